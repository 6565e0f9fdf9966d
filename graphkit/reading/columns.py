# SPDX-License-Identifier: GPL-3.0-or-later
"""From a file's cells to a table's columns: types, ids, lists; each problem becomes a reason."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import polars as pl

from graphkit.errors import InputError
from graphkit.reading.importer import DUPLICATES, PROBLEMS, Reading
from graphkit.reading.times import parse_times
from graphkit.tables import TIME

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from graphkit.reading.importer import ReadOptions
    from graphkit.reading.rows import Rows
    from graphkit.tables import Table

MANGLED_ID = r"^\d+(?:\.\d+)?[eE][+-]?\d+$|^\d+\.0$"
TRUTH = {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False}
UNREADABLE = (pl.Binary, pl.Duration, pl.Object)  # polars has no text for them
NUMBER = r"^[+-]?\d+(?:\.0+)?$"


@dataclass(frozen=True)
class Draft:
    """Rows on their way into a table: `frame` has source_line and typed columns.

    `rejects` and `warnings` have the columns line and reason.
    """

    frame: pl.DataFrame
    rejects: pl.DataFrame
    warnings: pl.DataFrame

    def rejecting(self, condition: pl.Expr, reason: pl.Expr) -> Draft:
        """The draft without the rows for which `condition` holds; they are rejected."""
        bad = self.frame.filter(condition).select(line="source_line", reason=reason)
        kept = self.frame.filter(~condition.fill_null(value=False))
        return replace(self, frame=kept, rejects=pl.concat([self.rejects, bad]))

    def warning(self, condition: pl.Expr, reason: str) -> Draft:
        """The draft with a warning for each row for which `condition` holds."""
        rows = self.frame.filter(condition).select(line="source_line", reason=pl.lit(reason))
        return replace(self, warnings=pl.concat([self.warnings, rows]))


def typed(
    rows: Rows,
    table: Table,
    *,
    options: ReadOptions,
    required: Sequence[str],
    filled: Sequence[str],
) -> Draft:
    """The rows with the columns that the file has for `table`, cast to their types.

    `options.columns` maps a table's column to the file's. The file must have the columns
    `required`; a cell that cannot be read, or is empty in a column of `filled`, rejects its row.

    Raises:
        InputError: the file has no column for one of `required`, or not one that the map names.
    """
    chosen = _chosen(rows, table, options=options, required=required)
    columns, problems = [rows.frame["source_line"]], []
    for name, source in chosen.items():
        dtype = table.columns[name].dtype if name in table.columns else pl.String()  # platform
        cells = _plain(rows.frame[source].alias(name), dtype)
        values, problem = _typed_column(cells, dtype, options)
        columns += values
        problems.append(_reason(cells, problem, source=source, filled=name in filled))
    frame = pl.DataFrame(columns)
    reasons = pl.select(pl.coalesce(problems)).to_series().alias("reason")
    good = reasons.is_null()
    rejects = pl.DataFrame({"line": frame["source_line"], "reason": reasons}).filter(~good)
    return Draft(
        frame.filter(good), pl.concat([rows.rejects, rejects]), pl.DataFrame(schema=PROBLEMS)
    )


def _chosen(
    rows: Rows, table: Table, *, options: ReadOptions, required: Sequence[str]
) -> dict[str, str]:
    """Which column of the file each column of the table is read from."""
    mapped = dict(options.columns)
    absent = sorted(set(mapped.values()) - set(rows.columns))
    if absent:
        raise InputError(
            f"the map names the column {', '.join(absent)}; the file has: {', '.join(rows.columns)}"
        )
    known = dict.fromkeys([*table.columns, "platform"])  # any table may say whose ids it has
    same = {n: n for n in known if n in rows.columns and n not in mapped.values()}
    chosen = {**same, **{n: source for n, source in mapped.items() if n in table.columns}}
    missing = [name for name in required if name not in chosen]
    if missing:
        raise InputError(
            f"no column {', '.join(missing)} for the table {table.name}; name them with --map "
            f"(the file has: {', '.join(rows.columns)})"
        )
    chosen.pop("source_line", None)
    chosen.pop("source_id", None)
    return chosen


def _typed_column(
    cells: pl.Series, dtype: pl.DataType, options: ReadOptions
) -> tuple[list[pl.Series], pl.Series]:
    """The column (for a time also its precision, as `name__precision`) and its problems."""
    name = cells.name
    if dtype == TIME:
        parsed = parse_times(cells, options)
        precision = parsed["precision"].alias(f"{name}__precision")
        return [parsed["value"].alias(name), precision], parsed["problem"]
    if isinstance(dtype, pl.List):
        return _lists(cells)
    text = cells.cast(pl.String)
    if dtype == pl.String():
        trimmed = text.str.strip_chars() if name.endswith("_id") or name == "topic" else text
        mangled = trimmed.str.contains(MANGLED_ID) if name.endswith("_id") else trimmed.is_null()
        bad = pl.select(
            pl.when(mangled & trimmed.is_not_null()).then(
                pl.lit("is a number that lost digits; export ids as text")
            )
        ).to_series()
        blank = pl.select(pl.when(trimmed != "").then(trimmed)).to_series()
        return [blank.alias(name)], bad
    values = _numbers(cells, text.str.strip_chars(), dtype)
    unread = pl.select(
        pl.when(values.is_null() & cells.is_not_null()).then(pl.lit(f"is not {dtype}"))
    ).to_series()
    return [values.alias(name)], unread


def _numbers(cells: pl.Series, text: pl.Series, dtype: pl.DataType) -> pl.Series:
    if cells.dtype != pl.String:
        return cells.cast(dtype, strict=False)
    if dtype == pl.Boolean():
        return text.str.to_lowercase().replace_strict(TRUTH, default=None, return_dtype=pl.Boolean)
    if dtype == pl.Int64():
        whole = pl.when(text.str.contains(NUMBER)).then(text.str.replace(r"\.0+$", ""))
        return pl.select(whole).to_series().cast(pl.Int64, strict=False)
    return text.cast(dtype, strict=False)


def _plain(cells: pl.Series, dtype: pl.DataType) -> pl.Series:
    """The cells; those of nested or binary Parquet columns as the text that JSON Lines would have.

    Lists of plain values stay lists where the table has a list.
    """
    kind = cells.dtype
    if isinstance(dtype, pl.List) and isinstance(kind, pl.List):
        inner = kind.inner
        if isinstance(inner, pl.DataType) and not (inner.is_nested() or inner in UNREADABLE):
            return cells
    if not kind.is_nested() and kind not in UNREADABLE:
        return cells
    values = cells.to_list()
    texts = [
        v.decode(errors="backslashreplace") if isinstance(v, bytes)
        else None if v is None
        else json.dumps(v, default=str, ensure_ascii=False)
        for v in values
    ]  # fmt: skip
    return pl.Series(cells.name, texts, pl.String)


def _lists(cells: pl.Series) -> tuple[list[pl.Series], pl.Series]:
    """Lists from lists, from JSON arrays, or of the one text that the cell is; null is empty."""
    none = pl.Series(cells.name, [None], pl.String).new_from_index(0, len(cells))
    if isinstance(cells.dtype, pl.List):
        return [cells.cast(pl.List(pl.String)).list.drop_nulls().fill_null([])], none
    distinct = cells.cast(pl.String).unique().drop_nulls().to_list()
    lists = pl.DataFrame(
        {"cell": distinct, "list": [_list(text) for text in distinct]},
        schema={"cell": pl.String, "list": pl.List(pl.String)},
    ).with_columns(
        problem=pl.when(pl.col("list").is_null()).then(pl.lit("is not a list of plain values"))
    )
    joined = (
        cells.cast(pl.String)
        .to_frame("cell")
        .join(lists, on="cell", how="left", maintain_order="left")
    )
    return [joined["list"].fill_null([]).alias(cells.name)], joined["problem"]


def _list(text: str) -> list[str] | None:
    """The texts of a JSON array, or the one text; None for an array of anything else."""
    if not text.lstrip().startswith("["):
        return [text]
    try:
        values = json.loads(text, parse_int=str, parse_float=str)
        "".join(each for each in values if isinstance(each, str)).encode()
    except json.JSONDecodeError:
        return [text]
    except (UnicodeEncodeError, RecursionError):
        return None
    known = [each for each in values if each is not None]
    return known if all(isinstance(each, str) for each in known) else None


def _reason(cells: pl.Series, problem: pl.Series, *, source: str, filled: bool) -> pl.Expr:
    shown = cells.cast(pl.String).str.slice(0, 40) if cells.dtype != pl.List else problem
    told = pl.when(problem.is_not_null()).then(
        pl.concat_str(pl.lit(f'column {source!r} ("'), shown, pl.lit('") '), problem)
    )
    if not filled:
        return told
    empty = cells.is_null()
    if cells.dtype == pl.String:
        empty = empty | (cells.str.strip_chars() == "")
    return pl.when(empty).then(pl.lit(f"nothing in column {source!r}")).otherwise(told)


def reading(
    draft: Draft, table: Table, *, rows: Rows, key: Sequence[str], notes: Sequence[str] = ()
) -> Reading:
    """The reading of a draft whose rows repeat where `key` does: the first stays."""
    frame = table.conform(draft.frame.with_columns(source_id=pl.lit(""))).sort("source_line")
    first = frame.with_columns(first=pl.col("source_line").first().over(key))
    again = pl.col("first") != pl.col("source_line")
    duplicates = first.filter(again).select(line="source_line", first="first").cast(DUPLICATES)
    tables: Mapping[str, pl.DataFrame] = {table.name: first.filter(~again).drop("first")}
    return Reading(
        tables=tables,
        rows_read=rows.rows_read,
        rejects=draft.rejects.sort("line"),
        duplicates=duplicates,
        warnings=draft.warnings.sort("line"),
        notes=tuple(notes),
    )
