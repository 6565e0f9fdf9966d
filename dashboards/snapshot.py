# SPDX-License-Identifier: GPL-3.0-or-later
"""The case as pages read it: tables and runs held until they change, decisions read each time."""

from __future__ import annotations

from collections import defaultdict
from functools import cached_property, lru_cache
from threading import RLock
from typing import TYPE_CHECKING, Any, TypeVar
from zoneinfo import ZoneInfo

import polars as pl

from dashboards.shown import visible
from graphkit import case as cases
from graphkit.investigation.masking import Withheld, kept_names, masked_texts
from graphkit.investigation.network import Lens, Network, network
from graphkit.investigation.ties import Tie, case_ties

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from graphkit.tables import Corpus

Record = dict[str, Any]
T = TypeVar("T")
_ROWS = ("inputs/*.json",)
_WATCHED = (*_ROWS, "runs/*/recipe.json", "traces/*.json")


class Rows:
    """The imported rows and what is computed of them: held until an import, whatever is run."""

    def __init__(self, root: Path) -> None:
        self._case = cases.open_case(root)
        self._made: dict[object, Any] = {}
        self._locks: defaultdict[object, RLock] = defaultdict(RLock)
        self._withheld: Withheld | None = None

    @property
    def corpus(self) -> Corpus:
        """The tables."""
        return self.once("corpus", lambda: cases.load_corpus(self._case))

    def once(self, key: object, make: Callable[[], T]) -> T:
        """What `make` gives, made once for these rows under `key`, whoever else asks meanwhile."""
        with self._locks[key]:
            if key not in self._made:
                self._made[key] = make()
            found: T = self._made[key]
            return found

    def withheld(self) -> Withheld:
        """The names that the case withholds now."""
        corpus = self.corpus
        with self._locks["withheld"]:
            named = cases.named_accounts(self._case)
            if self._withheld is None or self._withheld.accounts != named:
                self._withheld = kept_names(self._case, corpus)
            return self._withheld


class Snapshot:
    """One state of a case's rows, runs and traces."""

    def __init__(self, root: Path, rows: Rows) -> None:
        self.case = cases.open_case(root)
        self.zone = ZoneInfo(self.case.zone)
        self._rows = rows

    @property
    def corpus(self) -> Corpus:
        """The tables."""
        return self._rows.corpus

    def once(self, make: Callable[..., T], *told: str) -> T:
        """What `make` computes of the tables and what it is `told`, once for these rows."""
        return self._rows.once((make, *told), lambda: make(self.corpus, *told))

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
        return self._rows.once(lens, lambda: network(self.corpus, lens))

    def names(self, ids: Iterable[str]) -> dict[str, str]:
        """What each account is called here: its id once a person named it, else a pseudonym."""
        wanted = list(dict.fromkeys(ids))
        named = cases.named_accounts(self.case)
        hidden = cases.pseudonyms(self.case, [each for each in wanted if each not in named])
        return {each: hidden.get(each, each) for each in wanted}

    def masked(self, texts: Iterable[str]) -> dict[str, str]:
        """Each text with pseudonyms in place of withheld names, hidden characters written out."""
        asked = set(texts)
        changed = masked_texts(self._rows.withheld(), asked) if asked else {}
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


def account_ids(corpus: Corpus) -> pl.Series:
    """The accounts that occur in any table, sorted."""
    frames = (corpus.accounts, corpus.posts, corpus.actions)
    return pl.concat([frame["account_id"].unique() for frame in frames]).unique().sort()


def snapshot(root: Path) -> Snapshot:
    """The case in `root` as it is now; the same object until its rows, runs or traces change.

    A new run or trace reads no rows again.
    """
    return _snapshot(root, _state(root, _ROWS), _state(root, _WATCHED))


def _state(root: Path, patterns: Iterable[str]) -> tuple[tuple[str, int], ...]:
    files = [file for pattern in patterns for file in sorted(root.glob(pattern))]
    return tuple((str(file), file.stat().st_mtime_ns) for file in files)


@lru_cache(maxsize=2)
def _snapshot(
    root: Path,
    rows: tuple[tuple[str, int], ...],
    state: tuple[tuple[str, int], ...],  # noqa: ARG001  what the cache goes by
) -> Snapshot:
    return Snapshot(root, _rows(root, rows))


@lru_cache(maxsize=1)  # tables of gigabytes: those of before an import go
def _rows(root: Path, state: tuple[tuple[str, int], ...]) -> Rows:  # noqa: ARG001
    return Rows(root)
