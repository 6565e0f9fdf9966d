# SPDX-License-Identifier: GPL-3.0-or-later
"""The address of a page. It holds everything that the reader chose, so a link is a citation."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlencode

if TYPE_CHECKING:
    from collections.abc import Mapping

LANGUAGES = ("en", "zh")
Mark = list[str]


@dataclass(frozen=True)
class Query:
    """A path and its parameters, in order; a parameter may occur more than once."""

    path: str
    pairs: tuple[tuple[str, str], ...] = ()

    @classmethod
    def read(cls, path: str | None, search: str | None) -> Query:
        """The query of an address as the browser gives it.

        >>> Query.read("/story", "?claim=c1&lang=zh").one("claim")
        'c1'
        """
        pairs = parse_qsl((search or "").removeprefix("?"), keep_blank_values=False)
        return cls(path or "/", tuple(pairs))

    def one(self, name: str) -> str | None:
        """The first value of `name`, or None."""
        return next((value for key, value in self.pairs if key == name), None)

    def all(self, name: str) -> list[str]:
        """All values of `name`."""
        return [value for key, value in self.pairs if key == name]

    @property
    def language(self) -> str:
        """The language asked for: en where none, or an unknown one, is."""
        asked = self.one("lang")
        return asked if asked in LANGUAGES else "en"

    @property
    def mark(self) -> Mark | None:
        """What was clicked, as [what, ...ids]; None when nothing was, or it does not parse."""
        try:
            mark = json.loads(self.one("mark") or "null")
        except (json.JSONDecodeError, RecursionError):
            return None
        whole = (
            isinstance(mark, list) and bool(mark) and all(isinstance(each, str) for each in mark)
        )
        return mark if whole else None

    def to(self, path: str, **parameters: str | list[str] | None) -> str:
        """The address of `path` with `parameters`, in the same language.

        >>> Query("/").to("/account", id="weibo:1")
        '/account?id=weibo%3A1'
        """
        lang = None if self.language == "en" else self.language
        return path + _search({**parameters, "lang": lang})

    def having(self, **changes: str | list[str] | None) -> str:
        """This address with some parameters changed, or left out where None."""
        names = dict.fromkeys(key for key, _ in self.pairs)
        kept: dict[str, str | list[str] | None] = {name: self.all(name) for name in names}
        return self.path + _search({**kept, **changes})

    def rows(self, *mark: str) -> str:
        """This address with the rows behind `mark` open."""
        return self.having(mark=mark_text(*mark))


def mark_text(*mark: str) -> str:
    """A mark as text, for addresses and figures."""
    return json.dumps(mark, ensure_ascii=False, separators=(",", ":"))


def paged(mark: Mark) -> tuple[Mark, str | None]:
    """A mark without the page of its rows, and that page.

    >>> paged(["account:3", "weibo:1"])
    (['account', 'weibo:1'], '3')
    """
    what, _, page = (mark[0] if mark else "").partition(":")
    return [what, *mark[1:]], page or None


def _search(parameters: Mapping[str, str | list[str] | None]) -> str:
    given = {name: value for name, value in parameters.items() if value}
    text = urlencode(given, doseq=True)
    return f"?{text}" if text else ""
