# SPDX-License-Identifier: GPL-3.0-or-later
"""Files with graphkit's own column names (docs/tables.md), or with a map to them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import polars as pl

from graphkit.errors import InputError
from graphkit.reading.batches import note_batch, table_batches
from graphkit.reading.importer import Importer
from graphkit.reading.mapped_posts import PARENTS, own_columns, with_meant
from graphkit.reading.media import noted, with_media_hashes
from graphkit.reading.rows import sampled, table_rows
from graphkit.reading.tables import REQUIRED
from graphkit.tables import TABLES

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator
    from pathlib import Path

    from graphkit.reading.importer import Batch, ReadOptions, Sample
    from graphkit.reading.rows import Rows

FORMS = {"delimited", "json-lines", "json", "parquet", "excel"}


def _fitting(columns: Iterable[str]) -> list[str]:
    """The tables that the columns fill. Posts that lack their times are no list of accounts."""
    have = set(columns)
    fits = [name for name, required in REQUIRED.items() if have.issuperset(required)]
    return [name for name in fits if name != "accounts" or "post_id" not in have]


def _best(columns: Iterable[str]) -> str | None:
    """The table of which most columns are there, of those that they fill."""
    have = set(columns)
    return max(_fitting(have), key=lambda n: len(have & set(TABLES[n].columns)), default=None)


def _suits(sample: Sample) -> str | None:
    best = _best(sample.columns) if sample.form in FORMS else None
    return None if best is None else f"it has the columns of the table {best}"


def _table(path: Path, options: ReadOptions) -> str:
    if options.table is not None:
        return options.table
    columns = sampled(path, options).columns
    by_handle = ["account_id"] if "account_handle" in options.columns else []
    best = _best([*columns, *options.columns, *by_handle])
    if best is None:
        raise InputError(
            f"{path.name}: fits no table (columns: {', '.join(columns)}); name one with --table, "
            "and its columns with --map"
        )
    return best


def _with_parents(rows: Rows, options: ReadOptions) -> Rows:
    """The rows with parent_id and kind, where none is given, from the columns named for them."""
    given = [name for name in PARENTS if name in rows.columns]
    known = {*rows.columns, *options.columns}
    if not given or "parent_id" in known:
        return rows
    kinds = [pl.when(pl.col(n).is_not_null()).then(pl.lit(PARENTS[n])) for n in given]
    kind = [] if "kind" in known else [pl.coalesce(kinds).alias("kind")]
    return replace(rows, frame=rows.frame.with_columns(*kind, parent_id=pl.coalesce(given)))


def _with_mapped(found: Iterable[Rows], options: ReadOptions, met: set[str]) -> Iterator[Rows]:
    """The rows with every column that the map names: JSON objects may leave out what is empty.

    Adds to `met` the columns that the file has.
    """
    for rows in found:
        met.update(rows.columns)
        absent = sorted(set(options.columns.values()) - met)
        empty = [pl.lit(None, pl.String).alias(name) for name in absent]
        yield replace(rows, frame=rows.frame.with_columns(empty))


def _read(path: Path, options: ReadOptions) -> Iterator[Batch]:
    name, met = _table(path, options), set[str]()
    found = table_rows(path, options)
    if sampled(path, options).form in {"json", "json-lines"}:
        found = _with_mapped(found, options, met)
    columns: dict[str, None] = {}
    found, own = _watched(found, columns), options
    if name == "posts":
        found = (_with_parents(with_meant(rows, options), options) for rows in found)
        found = (with_media_hashes(rows, path.parent) for rows in found)
        own = replace(options, columns=own_columns(options.columns))
    batches = map(noted, table_batches(found, name, options=own))
    yield from batches if name != "citations" else _numbered(batches, columns)
    absent = sorted(set(options.columns.values()) - met) if met else []
    if absent:
        raise InputError(
            f"the map names the column {', '.join(absent)}; the file has: {', '.join(sorted(met))}"
        )
    used = {*TABLES[name].columns, "platform", *options.columns.values(), *PARENTS}
    used |= {"media_files"} if name == "posts" else set()
    unused = [column for column in columns if column not in used]
    if unused:
        yield note_batch({f"columns not used: {', '.join(unused)}": 1})


def _watched(found: Iterable[Rows], columns: dict[str, None]) -> Iterator[Rows]:
    """The rows; adds to `columns` those that the file has."""
    for rows in found:
        columns.update(dict.fromkeys(rows.columns))
        yield rows


def _numbered(batches: Iterable[Batch], columns: Collection[str]) -> Iterator[Batch]:
    """Citations numbered on from those of the same post in earlier batches.

    Those of a file that has numbers for them, by its `columns`, keep them.
    """
    counts = pl.DataFrame(schema={"post_id": pl.String, "before": pl.Int64})
    for batch in batches:
        if "citation_no" in columns:
            yield batch
            continue
        frame = batch.tables["citations"]
        after = pl.col("citation_no") + pl.col("before").fill_null(0)
        joined = frame.join(counts, on="post_id", how="left", maintain_order="left")
        yield replace(
            batch, tables={"citations": joined.with_columns(citation_no=after).drop("before")}
        )
        here = frame.group_by("post_id").agg(before=pl.len().cast(pl.Int64))
        counts = pl.concat([counts, here]).group_by("post_id").agg(pl.col("before").sum())


IMPORTER = Importer(
    name="canonical",
    title="graphkit's own tables",
    summary="CSV, JSON Lines, Parquet or Excel with graphkit's column names, or mapped to them",
    needs=("the columns that a table must have, such as post_id, account_id, created_at",),
    gives=("posts", "accounts", "citations", "actions", "rankings", "labels"),
    order=50,
    suits=_suits,
    read=_read,
)
