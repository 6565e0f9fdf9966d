# SPDX-License-Identifier: GPL-3.0-or-later
"""A corpus: the checked tables in memory. Detectors and the trace read nothing else."""

from __future__ import annotations

from dataclasses import dataclass, field, fields

import polars as pl

from graphkit.tables.schemas import TABLES

MOST_ROWS_BY_HAND = 0.01


@dataclass(frozen=True)
class Corpus:
    """The tables, each checked against its schema when the corpus is made.

    Raises:
        TableError: a frame is not of its table.
    """

    accounts: pl.DataFrame = field(default_factory=TABLES["accounts"].empty)
    posts: pl.DataFrame = field(default_factory=TABLES["posts"].empty)
    citations: pl.DataFrame = field(default_factory=TABLES["citations"].empty)
    actions: pl.DataFrame = field(default_factory=TABLES["actions"].empty)
    rankings: pl.DataFrame = field(default_factory=TABLES["rankings"].empty)
    labels: pl.DataFrame = field(default_factory=TABLES["labels"].empty)
    revisions: pl.DataFrame = field(default_factory=TABLES["revisions"].empty)
    sources: pl.DataFrame = field(default_factory=TABLES["sources"].empty)

    def __post_init__(self) -> None:
        for each in fields(self):
            TABLES[each.name].check(getattr(self, each.name))

    def table(self, name: str) -> pl.DataFrame:
        """The frame of the table called `name`."""
        frame: pl.DataFrame = getattr(self, TABLES[name].name)
        return frame

    def biased_sources(self, table: str) -> pl.DataFrame:
        """The sources of `table` whose collection breaks a null model: snowball or unknown.

        Columns as the table `sources`. Findings that rest on them stay weak and say so. A source of
        a hundredth of the rows or less (what a person added by hand) breaks none.
        """
        rows = self.table(table)
        shares = rows.group_by("source_id").agg(rows_count=pl.len())
        used = shares.filter(pl.col("rows_count") > MOST_ROWS_BY_HAND * rows.height)
        sources = self.sources.join(used, on="source_id", how="semi")
        return sources.filter(sources["collection"].is_in(["snowball", "unknown"]))
