# SPDX-License-Identifier: GPL-3.0-or-later
"""The rows of evidence behind findings: which are shown, and the ids that hold all of them."""

from __future__ import annotations

import hashlib
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import polars as pl

from graphkit.findings import Subjects
from graphkit.ids import canonical_json

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

Record = dict[str, Any]
SHOWN_EVIDENCE = 100
EVIDENCE_KEY = ("run_id", "finding_id", "table", "key", "role")


def finding_id_of(kind: str, subjects: Mapping[str, Sequence[str]], keys: str) -> str:
    """The id of a finding of `kind` about `subjects`; `keys` are its rows (`evidence_keys`).

    It is that of `Finding.finding_id`.
    """
    asked = Subjects(**{name: tuple(ids) for name, ids in subjects.items()})
    every = {name: sorted(ids) for name, ids in asdict(asked).items()}
    head = canonical_json([kind, every]).removesuffix(b"]")
    return hashlib.sha256(b"%b,[%b]]" % (head, keys.encode())).hexdigest()[:16]


def evidence_keys(rows: pl.DataFrame) -> dict[tuple[str, str], str]:
    """table, key and role of the evidence of each (run_id, finding_id), as canonical JSON.

    Raises:
        ValueError: a row lacks one of them.
    """
    owner, parts = ["run_id", "finding_id"], ["table", "key", "role"]
    keys = rows.select(*owner, *parts).unique().sort(*owner, *parts)
    if any(column.null_count() for column in keys.iter_columns()):
        raise ValueError("a row of evidence lacks its finding, table, key or role")
    keys = keys.with_columns(_in_json(keys[name]) for name in parts)
    lists = keys.group_by(owner, maintain_order=True).agg(
        pl.format('["{}","{}","{}"]', *parts).str.join(",")
    )
    return {(run_id, finding_id): text for run_id, finding_id, text in lists.rows()}


def _in_json(texts: pl.Series) -> pl.Series:
    """The texts as they stand in JSON, between the quotes."""
    odd = texts.filter(texts.str.contains(r'["\\\x00-\x1f]')).unique()
    plain = [canonical_json(each).decode()[1:-1] for each in odd]
    return texts.replace(odd, pl.Series(plain, dtype=pl.String))


def shown_evidence(rows: pl.DataFrame) -> dict[tuple[str, str], list[Record]]:
    """By (run_id, finding_id) the first hundred rows of evidence in key order, as records have."""
    owner = ["run_id", "finding_id"]
    first = rows.sort(EVIDENCE_KEY).filter(pl.int_range(pl.len()).over(owner) < SHOWN_EVIDENCE)
    source = pl.struct("file", "line", "sha256").alias("source")
    shown: dict[tuple[str, str], list[Record]] = {pair: [] for pair in first.select(owner).rows()}
    told = first.select("table", "key", "role", source).to_dicts()
    for pair, record in zip(first.select(owner).rows(), told, strict=True):
        shown[pair].append(record)
    return shown
