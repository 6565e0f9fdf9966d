# SPDX-License-Identifier: GPL-3.0-or-later
"""The four-column log of CooRTweet: object_id, account_id, content_id, timestamp_share."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import polars as pl

from graphkit.reading.batches import note_batch, table_batches
from graphkit.reading.importer import Importer
from graphkit.reading.rows import TABULAR, table_rows

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from graphkit.reading.importer import Batch, ReadOptions, Sample

COLUMNS = ("object_id", "account_id", "content_id", "timestamp_share")
NEEDED = ("object_id", "account_id", "content_id", "acted_at")
SHARED = "{n} content ids stand on more than one object; all kept"


def _suits(sample: Sample) -> str | None:
    fits = sample.form in TABULAR and set(sample.columns).issuperset(COLUMNS)
    return "it has the four columns of a co-action log" if fits else None


def _read(path: Path, options: ReadOptions) -> Iterator[Batch]:
    mapped = replace(options, columns={"acted_at": "timestamp_share", **options.columns})
    found = table_rows(path, options)
    pairs = []
    for batch in table_batches(
        found, "actions", options=mapped, required=NEEDED, filled=NEEDED[:3]
    ):
        yield batch
        pairs.append(_pairs(batch.tables["actions"]))
    shared = pl.concat(pairs).unique().group_by("content").len().filter(pl.col("len") > 1).height
    if shared:
        yield note_batch({SHARED: shared})


def _pairs(actions: pl.DataFrame) -> pl.DataFrame:
    """Content and object of each action as two numbers each, which is little to keep of a row."""
    content, shared = pl.col("content_id").hash(), pl.col("object_id").hash()
    return actions.select(content=content, object=shared).unique()


IMPORTER = Importer(
    name="coaction-log",
    title="Co-action log (CooRTweet)",
    summary="the four-column log of CooRTweet (object, account, content, time)",
    needs=COLUMNS,
    gives=("actions",),
    order=10,
    suits=_suits,
    read=_read,
)
