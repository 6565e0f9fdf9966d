# SPDX-License-Identifier: GPL-3.0-or-later
"""The ledger of an import: what became of every row of a file."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import polars as pl

from graphkit.case.batches import LEDGER
from graphkit.reading.importer import PROBLEMS

if TYPE_CHECKING:
    from collections.abc import Mapping

DUPLICATES = pl.Schema({"line": pl.Int64(), "first": pl.Int64()})
REASONS_KEPT = 50
LINES_KEPT = 5
MET_AGAIN = "met again: "


@dataclass(frozen=True)
class Ledger:
    """What became of the rows of one file: accepted + duplicate + rejected = rows_read.

    Attributes:
        file: its name, inside the folder where a folder was named.
        importer: the importer that read it, and `why` that one.
        tables: the tables that its counted rows are of.
        rejects: line and reason.
        duplicates: line, and first: the line that it repeats, null for a row of another file.
        warnings: line and reason.
        notes: what concerns the whole file.
        is_known: the same bytes, told the same, are in the case; nothing was changed.
        unread: why a file in a folder was not imported.
    """

    file: str
    importer: str = ""
    why: str = ""
    tables: tuple[str, ...] = ()
    rows_read: int = 0
    accepted: int = 0
    rejects: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=PROBLEMS), repr=False)
    duplicates: pl.DataFrame = field(
        default_factory=lambda: pl.DataFrame(schema=DUPLICATES), repr=False
    )
    warnings: pl.DataFrame = field(
        default_factory=lambda: pl.DataFrame(schema=PROBLEMS), repr=False
    )
    notes: tuple[str, ...] = ()
    is_known: bool = False
    unread: str | None = None


def met_again(anew: pl.DataFrame) -> pl.DataFrame:
    """A warning (file, line, reason) for each counted row that says otherwise what is known."""
    said = anew.filter("is_main", ~pl.col("is_gap")).group_by("file", line="source_line")
    columns = pl.col("column").unique(maintain_order=True).str.join(", ")
    differ = (
        pl.when(pl.col("column").n_unique() == 1)
        .then(pl.lit("differs"))
        .otherwise(pl.lit("differ"))
    )
    reason = pl.concat_str(pl.lit(MET_AGAIN), columns, pl.lit(" "), differ.first(),
                           pl.lit("; kept as a revision"))  # fmt: skip
    return said.agg(reason=reason)


def ledger_frame(problems: Mapping[str, pl.DataFrame], ids: Mapping[int, str]) -> pl.DataFrame:
    """The rows of `graphkit.case.ledger_rows` for the files of `ids` (number: source_id).

    `problems` has the frames "rejected" and "warning" (file, line, reason) and "duplicate" (file,
    line, first, is_held).
    """
    place = pl.when(pl.col("is_held")).then(pl.lit("a row of an earlier import"))
    other = place.when(pl.col("first").is_null()).then(pl.lit("a row of another file"))
    again = problems["duplicate"].with_columns(reason=other)
    frames = [
        problems["rejected"],
        problems["warning"],
        again.select("file", "line", "reason", "first"),
    ]
    outcomes = ("rejected", "warning", "duplicate")
    rows = pl.concat(
        [
            frame.with_columns(outcome=pl.lit(outcome))
            for frame, outcome in zip(frames, outcomes, strict=True)
        ],
        how="diagonal",
    )
    kept = rows.filter(pl.col("file").is_in(list(ids)))
    source = pl.col("file").replace_strict(ids, return_dtype=pl.String)
    return kept.select(source.alias("source_id"), *LEDGER.names()[1:]).sort(
        "source_id", "line", "outcome", "reason"
    )


def reasons(problems: pl.DataFrame) -> list[list[Any]]:
    """[reason, how often, first five lines] for each reason without the cell that it quotes.

    The commonest fifty, by falling count; then by reason.
    """
    if problems.is_empty():
        return []
    bare = pl.col("reason").str.replace(r'\(".*"\) ', "")
    found = (
        problems.group_by(reason=bare)
        .agg(count=pl.len(), lines=pl.col("line").sort().head(LINES_KEPT))
        .sort("count", "reason", descending=[True, False])
    )
    return [list(row) for row in found.head(REASONS_KEPT).rows()]
