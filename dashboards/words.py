# SPDX-License-Identifier: GPL-3.0-or-later
"""What pages say, in English and Chinese, from the one catalogue words.json."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import cache
from importlib import resources
from string import Formatter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


@cache
def catalogue() -> dict[str, dict[str, str]]:
    """All entries: key -> {en, zh}."""
    text = resources.files("dashboards").joinpath("words.json").read_text("utf-8")
    entries: dict[str, dict[str, str]] = json.loads(text)
    return entries


@dataclass(frozen=True)
class Words:
    """The catalogue in one language."""

    language: str

    def __call__(self, key: str, **values: object) -> str:
        """The entry `key` with its {places} filled.

        >>> Words("en")("nav.network")
        'Network'
        """
        return catalogue()[key][self.language].format(**values)

    def of(self, group: str, name: str | None) -> str:
        """The entry `group.name`, or `name` with spaces where the catalogue has none.

        >>> Words("en").of("kind", "something-new")
        'something new'
        """
        if name is None:
            return "–"
        entry = catalogue().get(f"{group}.{name}")
        return name.replace("-", " ").replace("_", " ") if entry is None else entry[self.language]

    def group(self, group: str) -> dict[str, str]:
        """All entries of a group by their names in it.

        >>> Words("zh").group("grid")["of"]
        '共'
        """
        start = f"{group}."
        entries = {key: entry for key, entry in catalogue().items() if key.startswith(start)}
        return {key.removeprefix(start): entry[self.language] for key, entry in entries.items()}

    def numbered(self, group: str, name: str) -> str:
        """The entry of a name that holds numbers, with them put back; as `of` where there is none.

        >>> Words("en").numbered("role", "loop 1 hop 2")
        'loop 1, hop 2'
        """
        entry = catalogue().get(f"{group}.{re.sub('[0-9]+', '#', name)}")
        if entry is None:
            return self.of(group, name)
        return entry[self.language].format(*re.findall("[0-9]+", name))

    def sentence(self, keys: Iterable[str], values: Mapping[str, str]) -> str:
        """The first of the entries `keys` all of whose {places} have a value, filled."""
        known = (catalogue()[key][self.language] for key in keys if key in catalogue())
        return next(text.format(**values) for text in known if places(text) <= values.keys())


def places(text: str) -> set[str]:
    """The names in the {places} of an entry."""
    return {name for _, name, _, _ in Formatter().parse(text) if name}
