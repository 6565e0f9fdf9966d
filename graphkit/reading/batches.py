# SPDX-License-Identifier: GPL-3.0-or-later
"""From frames of a file's rows to batches of one table, without looking at single rows."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import polars as pl

from graphkit.reading.columns import typed
from graphkit.reading.importer import PROBLEMS, Batch
from graphkit.reading.tables import REQUIRED, finished, must_be_filled
from graphkit.tables import TABLES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from graphkit.reading.importer import ReadOptions
    from graphkit.reading.shapes import Rows


def table_batches(
    found: Iterable[Rows],
    table: str,
    *,
    options: ReadOptions,
    required: Sequence[str] | None = None,
    filled: Sequence[str] | None = None,
) -> Iterator[Batch]:
    """Batches of rows whose columns are those of `table`, or are mapped to them by `options`.

    A file must have the columns `required`, and a row something in those of `filled`; without them
    what the table itself needs.

    Raises:
        InputError: a file lacks a column that is required or that the map names.
    """
    now = datetime.now(UTC)
    needed = REQUIRED[table] if required is None else required
    must = must_be_filled(table) if filled is None else filled
    for rows in found:
        draft = typed(rows, TABLES[table], options=options, required=needed, filled=must)
        draft = finished(draft, table, options=options, now=now)
        yield Batch(
            rows_read=rows.rows_read,
            tables={table: TABLES[table].conform(draft.frame.with_columns(source_id=pl.lit("")))},
            rejects=draft.rejects.sort("line"),
            warnings=draft.warnings.sort("line"),
            notes=rows.notes,
        )


def note_batch(notes: Mapping[str, int]) -> Batch:
    """A batch without rows that says what is known of a file only at its end."""
    none = pl.DataFrame(schema=PROBLEMS)
    return Batch(rows_read=0, tables={}, rejects=none, warnings=none, notes=notes)
