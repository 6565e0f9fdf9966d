# SPDX-License-Identifier: GPL-3.0-or-later
"""The case as pages read it: tables and runs held until they change, decisions read each time."""

from __future__ import annotations

from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from dashboards.shown import visible
from graphkit import case as cases
from graphkit.investigation.masking import Withheld, masked_texts, withheld_names
from graphkit.investigation.network import Lens, Network, network
from graphkit.investigation.ties import Tie, case_ties

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from graphkit.tables import Corpus

Record = dict[str, Any]
_WATCHED = ("inputs/*.json", "runs/*/recipe.json", "traces/*.json")


class Snapshot:
    """One state of a case's rows, runs and traces."""

    def __init__(self, root: Path) -> None:
        self.case = cases.open_case(root)
        self.zone = ZoneInfo(self.case.zone)
        self._networks: dict[Lens, Network] = {}
        self._withheld: Withheld | None = None

    @cached_property
    def corpus(self) -> Corpus:
        """The tables."""
        return cases.load_corpus(self.case)

    @cached_property
    def imports(self) -> str:
        """What was imported, as recipes name it."""
        return cases.imports(self.case)

    @cached_property
    def runs(self) -> list[cases.Run]:
        """All runs, empty ones too."""
        return cases.runs(self.case)

    @cached_property
    def findings(self) -> list[Record]:
        """Each finding once, accusing ones first, then by falling score."""
        newest: dict[str, Record] = {}
        for record in cases.findings(self.case):
            newest.setdefault(record["finding_id"], record)
        return list(newest.values())

    @cached_property
    def traces(self) -> list[Record]:
        """The traces made in this case."""
        return cases.traces(self.case)

    @cached_property
    def sources(self) -> list[Record]:
        """The import records."""
        return cases.source_records(self.case)

    @cached_property
    def ties(self) -> list[Tie]:
        """What joins graded findings to each other and to the traces."""
        return case_ties(self.case, corpus=self.corpus)

    def finding(self, finding_id: str | None) -> Record | None:
        """The finding of that id, or None."""
        return next((f for f in self.findings if f["finding_id"] == finding_id), None)

    def network(self, lens: Lens) -> Network:
        """The network under a lens, computed once."""
        if lens not in self._networks:
            self._networks[lens] = network(self.corpus, lens)
        return self._networks[lens]

    def names(self, ids: Iterable[str]) -> dict[str, str]:
        """What each account is called here: its id once a person named it, else a pseudonym."""
        wanted = list(dict.fromkeys(ids))
        named = cases.named_accounts(self.case)
        hidden = cases.pseudonyms(self.case, [each for each in wanted if each not in named])
        return {each: hidden.get(each, each) for each in wanted}

    def masked(self, texts: Iterable[str]) -> dict[str, str]:
        """Each text with pseudonyms in place of withheld names, hidden characters written out."""
        asked = set(texts)
        if self._withheld is None or self._withheld.accounts != cases.named_accounts(self.case):
            self._withheld = withheld_names(self.case, self.corpus)
        changed = masked_texts(self._withheld, asked)
        return {text: visible(changed.get(text, text)) for text in asked}

    def judgements(self) -> dict[str, Record]:
        """The last judgement on each finding, unless it was taken back."""
        return cases.standing_judgements(self.case)

    def basket(self) -> list[str]:
        """The findings in the evidence basket, in order."""
        return cases.basket(self.case)

    def pins(self) -> list[str]:
        """The pinned accounts, in order."""
        return cases.pins(self.case)


def snapshot(root: Path) -> Snapshot:
    """The case in `root` as it is now; the same object until its rows, runs or traces change."""
    files = [file for pattern in _WATCHED for file in sorted(root.glob(pattern))]
    return _snapshot(root, tuple((str(file), file.stat().st_mtime_ns) for file in files))


@lru_cache(maxsize=2)
def _snapshot(root: Path, state: tuple[tuple[str, int], ...]) -> Snapshot:  # noqa: ARG001
    return Snapshot(root)
