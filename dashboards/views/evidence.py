# SPDX-License-Identifier: GPL-3.0-or-later
"""What a bundle of the basket would hold, and the bundles that were made."""

from __future__ import annotations

import hashlib
import zipfile
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import polars as pl

from dashboards.views.rows import described
from graphkit import case as cases
from graphkit.investigation.previewing import bundled_records

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from dashboards.query import Query
    from dashboards.snapshot import Record, Snapshot

_TAGS, _SIGNATURE = "tagmanifest-sha256.txt", "bundle.dsse.json"


@dataclass(frozen=True)
class Choices:
    """What the reader chose for the bundle: findings that nobody reviewed too, texts in full."""

    unreviewed: bool
    in_full: bool

    @classmethod
    def read(cls, query: Query) -> Choices:
        """The choices of an address."""
        return cls(query.one("unreviewed") == "1", query.one("full") == "1")


@dataclass(frozen=True)
class Preview:
    """What becomes of each finding of the basket, and what a bundle of those that go in holds.

    `fates` has by finding: in, marked (nobody judged it, and it goes in), out (nobody judged it) or
    contested (two people judged it differently, and it stays out). `rows` counts, by table, what
    stands behind those that go in; `named` are those of its accounts whose name the bundle shows.
    """

    fates: dict[str, str]
    rows: dict[str, int]
    accounts_count: int
    named: list[str]

    def of(self, *fates: str) -> list[str]:
        """The findings with one of these fates, in the order of the basket."""
        return [finding_id for finding_id, fate in self.fates.items() if fate in fates]


def in_basket(snapshot: Snapshot) -> list[Record]:
    """The findings of the basket, in its order."""
    return [f for f in map(snapshot.finding, snapshot.basket()) if f is not None]


def preview(snapshot: Snapshot, basket: Sequence[Record], choices: Choices) -> Preview:
    """What a bundle of the basket would hold under these choices."""
    ids = [f["finding_id"] for f in basket]
    records = bundled_records(snapshot.case, ids)
    told = {record["finding_id"]: _fate(record, choices) for record in records}
    fates = {each: told[each] for each in ids}
    taken = [record for record in records if fates[record["finding_id"]] in {"in", "marked"}]
    keys = [cases.evidence(snapshot.case, r["run_id"], r["finding_id"]) for r in taken]
    none = pl.DataFrame(schema={"table": pl.String, "key": pl.String})
    rows = pl.concat([none, *(each.select("table", "key") for each in keys)]).unique()
    behind = described(snapshot.corpus, rows.with_columns(role=pl.lit("")))
    accounts = {a for record in taken for a in record["subjects"]["accounts"]}
    accounts |= set(behind["account_id"].drop_nulls().to_list())
    counts = rows.group_by("table").len().sort("table")
    named = sorted(accounts & cases.named_accounts(snapshot.case))
    return Preview(fates, dict(counts.iter_rows()), len(accounts), named)


def _fate(record: Record, choices: Choices) -> str:
    """What a bundle does with the record; one without a grade accuses nobody and goes in."""
    if record["grade"] is None or record["reviewed"]:
        return "in"
    if choices.unreviewed:
        return "marked"
    return "contested" if record["contested"] else "out"


@dataclass(frozen=True)
class Export:
    """A bundle that was made: the SHA-256 of its tag manifest, and whether it has a signature."""

    path: Path
    made_at: datetime
    sha256: str
    is_signed: bool


def exports(case: cases.Case) -> list[Export]:
    """The bundles under `exports/` of the case, the newest first."""
    found = [_export(path) for path in (case.root / "exports").glob("*")]
    made = [each for each in found if each is not None]
    return sorted(made, key=lambda each: (each.made_at, each.path.name), reverse=True)


def _export(path: Path) -> Export | None:
    root = _opened(path)
    if root is None or not (root / _TAGS).is_file():
        return None
    made_at = datetime.fromtimestamp(path.stat().st_mtime, UTC)
    digest = hashlib.sha256((root / _TAGS).read_bytes()).hexdigest()
    return Export(path, made_at, digest, (root / _SIGNATURE).is_file())


def _opened(path: Path) -> Path | zipfile.Path | None:
    """The folder of the bundle: itself, or the only one of its zip."""
    if path.is_dir():
        return path
    if not zipfile.is_zipfile(path):
        return None
    inside = sorted(zipfile.Path(path).iterdir(), key=str)
    return inside[0] if len(inside) == 1 and inside[0].is_dir() else None
