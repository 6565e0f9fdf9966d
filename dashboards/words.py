# SPDX-License-Identifier: GPL-3.0-or-later
"""What pages say, in English and Chinese, from the one catalogue words.json."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from importlib import resources


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
