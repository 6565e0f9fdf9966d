# SPDX-License-Identifier: GPL-3.0-or-later
"""From a file's cells to a table's columns: types, ids, lists; each problem becomes a reason."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import polars as pl

from graphkit.errors import InputError
from graphkit.reading.importer import PROBLEMS
from graphkit.reading.tables import REQUIRED
from graphkit.reading.times import parse_times
from graphkit.tables import TIME

if TYPE_CHECKING:
    from collections.abc import Sequence

    from graphkit.reading.importer import ReadOptions
    from graphkit.reading.rows import Rows
    from graphkit.tables import Table

# As spreadsheets and data frames write whole numbers that they took for measurements.
MANGLED_ID = r"^\d+(?:\.\d+)?[eE]\+\d+$|^\d+\.0+$"
LOST_DIGITS = "is a number that lost digits; export ids as text"
BLANKS = " \t\r\n\u00a0\u200b\ufeff"
TRUTH = {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False}
UNREADABLE = (pl.Binary, pl.Duration, pl.Object)  # polars has no text for them
NUMBER = r"^[+-]?\d+(?:\.0+)?$"
LEFT_OUT = "; left empty"
# An array of texts and nothing else, of which every reader of JSON makes the same.
PLAIN_TEXT = r'"(?:[^"\\\x00-\x1f]|\\["\\/bfnrt])*"'
PLAIN_ARRAY = rf"^\[(?:{PLAIN_TEXT}(?:, ?{PLAIN_TEXT})*)?\]$"


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

    def warning(self, condition: pl.Expr, reason: pl.Expr) -> Draft:
        """The draft with a warning for each row for which `condition` holds."""
        rows = self.frame.filter(condition).select(line="source_line", reason=reason)
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
    `required`. A cell that cannot be read rejects its row in a column of ids or lists, in `kind`
    and in what the table must have, as does an empty one in a column of `filled`; elsewhere it is
    left empty, with a warning.

    Raises:
        InputError: the file has no column for one of `required`, or not one that the map names.
    """
    chosen = _chosen(rows, table, options=options, required=required)
    lines = rows.frame["source_line"]
    columns, bad, doubtful = [lines], list[pl.Series](), list[pl.Series]()
    needed = {*REQUIRED.get(table.name, ()), *required, *filled, "kind"}
    for name, source in chosen.items():
        dtype = table.columns[name].dtype if name in table.columns else pl.String()  # platform
        cells = _plain(rows.frame[source].alias(name), dtype)
        values, problem = _typed_column(cells, dtype, options)
        columns += values
        problem = _told(cells, problem, source=source, filled=name in filled)
        rejects = name in needed or name.endswith("_id") or isinstance(dtype, pl.List)
        if problem is not None:
            (bad if rejects else doubtful).append(problem)
    frame = pl.DataFrame(columns)
    reason = pl.select(pl.coalesce(bad)).to_series() if bad else _no_problem(frame.height)
    good = reason.is_null()
    rejects_told = pl.DataFrame({"line": lines, "reason": reason}, PROBLEMS).filter(~good)
    warnings = [
        pl.DataFrame({"line": lines, "reason": each + LEFT_OUT}, PROBLEMS).filter(
            good & each.is_not_null()
        )
        for each in doubtful
    ]
    return Draft(
        frame.filter(good) if bad else frame,
        pl.concat([rows.rejects, rejects_told]),
        pl.concat([pl.DataFrame(schema=PROBLEMS), *warnings]),
    )


def _no_problem(height: int) -> pl.Series:
    return pl.Series([None], dtype=pl.String).new_from_index(0, height)


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
) -> tuple[list[pl.Series], pl.Series | None]:
    """The column (for a time also its precision, as `name__precision`) and its problems, if any."""
    name = cells.name
    if dtype == TIME:
        parsed = parse_times(cells, options)
        precision = parsed["precision"].alias(f"{name}__precision")
        return [parsed["value"].alias(name), precision], parsed["problem"]
    if isinstance(dtype, pl.List):
        return _lists(cells)
    if dtype != pl.String():
        values = _numbers(cells, dtype)
        unread = values.is_null() & cells.is_not_null()
        return [values.alias(name)], _where(unread, _what_it_is_not(dtype))
    if name.endswith("_id"):
        return _ids(cells)
    text = cells.cast(pl.String)
    return [_filled_text(text.str.strip_chars() if name == "topic" else text)], None


def _ids(cells: pl.Series) -> tuple[list[pl.Series], pl.Series | None]:
    """Ids without the blanks and apostrophes that keep a spreadsheet from taking them apart."""
    text = cells.cast(pl.String).str.strip_chars(BLANKS)
    if text.str.contains("'", literal=True).any():
        text = text.str.replace(r"^'?(\d+)'?$", "$1")
    lost = cells.is_not_null() if cells.dtype.is_float() else text.str.contains(MANGLED_ID)
    return [_filled_text(text)], _where(lost.fill_null(value=False), LOST_DIGITS)


def _filled_text(text: pl.Series) -> pl.Series:
    empty = text == ""
    return text.set(empty, None) if empty.any() else text


def _where(condition: pl.Series, reason: str) -> pl.Series | None:
    """The reason where the condition holds, else null; None where it holds nowhere."""
    if not condition.any():
        return None
    return pl.select(pl.when(condition).then(pl.lit(reason))).to_series()


def _what_it_is_not(dtype: pl.DataType) -> str:
    if dtype == pl.Boolean():
        return "is neither true nor false"
    return "is no whole number" if dtype == pl.Int64() else "is no number"


def _numbers(cells: pl.Series, dtype: pl.DataType) -> pl.Series:
    if cells.dtype != pl.String:
        return cells.cast(dtype, strict=False)
    text = cells.str.strip_chars()
    if dtype == pl.Boolean():
        return text.str.to_lowercase().replace_strict(TRUTH, default=None, return_dtype=pl.Boolean)
    values = text.cast(dtype, strict=False)
    unread = values.is_null() & text.is_not_null()
    if dtype == pl.Int64() and unread.any():  # 12.0 is a whole number, 12.5 is none
        whole = pl.when(text.str.contains(NUMBER)).then(text.str.replace(r"\.0+$", ""))
        return pl.select(whole).to_series().cast(pl.Int64, strict=False)
    return values


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


def _lists(cells: pl.Series) -> tuple[list[pl.Series], pl.Series | None]:
    """Lists from lists, from JSON arrays, or of the one text that the cell is; null is empty."""
    if isinstance(cells.dtype, pl.List):
        return [cells.cast(pl.List(pl.String)).list.drop_nulls().fill_null([])], None
    texts = cells.cast(pl.String)
    distinct = texts.drop_nulls().unique()
    is_plain = distinct.str.contains(PLAIN_ARRAY)
    plain, others = distinct.filter(is_plain), distinct.filter(~is_plain)
    arrays = pl.DataFrame({"cell": plain, "list": plain.str.json_decode(pl.List(pl.String))})
    others_read = {"cell": others, "list": [_list(text) for text in others]}
    read = pl.concat([arrays, pl.DataFrame(others_read, arrays.schema)])
    joined = texts.to_frame("cell").join(read, on="cell", how="left", maintain_order="left")
    unread = joined["list"].is_null() & texts.is_not_null()
    values = joined["list"].fill_null([]).alias(cells.name)
    return [values], _where(unread, "is not a list of plain values")


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
    return known if all(isinstance(each, str) and "\0" not in each for each in known) else None


def _told(
    cells: pl.Series, problem: pl.Series | None, *, source: str, filled: bool
) -> pl.Series | None:
    """The problem with its cell and column; of a column that must be filled also what is empty."""
    told = None
    if problem is not None and problem.null_count() < len(problem):
        shown = cells.cast(pl.String).str.slice(0, 40) if cells.dtype != pl.List else problem
        words = pl.concat_str(pl.lit(f'column {source!r} ("'), shown, pl.lit('") '), problem)
        told = pl.select(pl.when(problem.is_not_null()).then(words)).to_series()
    if not filled:
        return told
    empty = cells.is_null()
    if cells.dtype == pl.String:
        empty = empty | (cells.str.strip_chars(BLANKS) == "")
    nothing = _where(empty, f"nothing in column {source!r}")
    if told is None or nothing is None:
        return nothing if told is None else told
    return pl.select(pl.coalesce(nothing, told)).to_series()
