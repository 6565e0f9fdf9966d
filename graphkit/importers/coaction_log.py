# SPDX-License-Identifier: GPL-3.0-or-later
"""The four-column log of CooRTweet: object_id, account_id, content_id, timestamp_share."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import polars as pl

from graphkit.reading.columns import reading, typed
from graphkit.reading.importer import Importer
from graphkit.reading.rows import SUFFIXES, column_names, read_rows
from graphkit.reading.tables import finished
from graphkit.tables import ACTIONS

if TYPE_CHECKING:
    from pathlib import Path

    from graphkit.reading.importer import Reading, ReadOptions

COLUMNS = ("object_id", "account_id", "content_id", "timestamp_share")


def _suits(path: Path) -> str | None:
    columns = column_names(path) if path.suffix.lower() in SUFFIXES else []
    fits = set(columns).issuperset(COLUMNS)
    return "it has the four columns of a co-action log" if fits else None


def _read(path: Path, options: ReadOptions) -> Reading:
    rows = read_rows(path)
    mapped = replace(options, columns={"acted_at": "timestamp_share", **options.columns})
    needed = ("object_id", "account_id", "content_id", "acted_at")
    draft = typed(rows, ACTIONS, options=mapped, required=needed, filled=needed[:3])
    draft = finished(draft, "actions", options=mapped, now=datetime.now(UTC))
    done = reading(draft, ACTIONS, rows=rows, key=("action_id",))
    return replace(done, notes=_shared_content(done.tables["actions"]))


def _shared_content(actions: pl.DataFrame) -> tuple[str, ...]:
    """A note on content ids that stand on several objects: each is an action of its own."""
    objects = actions.group_by("content_id").agg(n=pl.col("object_id").n_unique())
    count = objects.filter(pl.col("n") > 1).height
    return (f"{count} content ids stand on more than one object; all kept",) if count else ()


IMPORTER = Importer(
    name="coaction-log",
    summary="the four-column log of CooRTweet (object, account, content, time)",
    order=10,
    suits=_suits,
    read=_read,
)
