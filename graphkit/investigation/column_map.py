# SPDX-License-Identifier: GPL-3.0-or-later
"""A map file: which column of a person's file is which of graphkit's; read, guessed and written."""

from __future__ import annotations

import json
import tomllib
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from graphkit.errors import InputError, UnknownNameError
from graphkit.reading.guessing import ROWS_TESTED, guessed_map
from graphkit.reading.importer import ReadOptions
from graphkit.reading.mapped_posts import MEANT
from graphkit.reading.rows import table_rows
from graphkit.tables import TABLES
from graphkit.text.visible import visible

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from graphkit.reading.guessing import Guess

CONSTANTS = ("table", "platform", "sheet")


@dataclass(frozen=True)
class ColumnMap:
    """The file's column for each of graphkit's, and what holds for all rows.

    `table` None: to be recognised. `platform` and `sheet` None: not said. `reasons` say of each
    column why it was guessed; a map that a person wrote has none.
    """

    table: str | None
    columns: Mapping[str, str]
    platform: str | None = None
    sheet: str | None = None
    reasons: Mapping[str, str] = field(default_factory=dict)

    def options(self, told: ReadOptions) -> ReadOptions:
        """`told` with what the map says where the person says nothing else."""
        return replace(
            told,
            columns=self.columns,
            table=self.table if told.table is None else told.table,
            platform=self.platform if told.platform is None else told.platform,
            sheet=self.sheet if told.sheet is None else told.sheet,
        )


def column_map(path: Path) -> ColumnMap:
    """The map in a TOML or JSON file: `columns`, and `table`, `platform` and `sheet` if given.

    `columns` says graphkit's column = the file's column; the other way round is understood where
    only that makes sense. Besides a table's own columns it may name those of `MEANT`.

    Raises:
        InputError: the file cannot be read or is not such a map.
        UnknownNameError: no table or column has that name.
    """
    told = _parsed(path)
    constants = {name: told.get(name) for name in CONSTANTS}
    table = constants["table"]
    if table is not None and table not in TABLES:
        raise UnknownNameError.among("table", str(table), TABLES)
    columns = told.get("columns", {n: c for n, c in told.items() if n not in CONSTANTS})
    texts = [each for each in constants.values() if each is not None]
    if not isinstance(columns, dict) or not all(
        isinstance(each, str) for each in [*columns.values(), *texts]
    ):
        raise InputError(f"{path.name}: 'columns' must say graphkit's column = the file's column")
    tables = TABLES.values() if table is None else [TABLES[table]]
    known = {name for each in tables for name in each.columns} | MEANT.keys()
    if columns and not set(columns) <= known and set(columns.values()) <= known:
        columns = {ours: theirs for theirs, ours in columns.items()}
    for name in columns:
        if name not in known:
            raise UnknownNameError.among("column", name, known)
    return ColumnMap(table, columns, constants["platform"], constants["sheet"])


def guess_for(path: Path, options: ReadOptions | None = None) -> Guess:
    """What the columns of the file seem to be, by their names and its first rows.

    Raises:
        InputError: the file is no table that can be read.
    """
    first = next(table_rows(path, ReadOptions() if options is None else options))
    return guessed_map(first.columns, first.frame.head(ROWS_TESTED))


def map_of(guess: Guess) -> ColumnMap:
    """The guess as a map.

    Raises:
        InputError: it leaves open what the table must have.
    """
    if guess.table is None:
        told = "; ".join(guess.undecided)
        raise InputError(f"cannot tell which column is which ({told}); write a map for --map")
    return ColumnMap(
        guess.table, guess.columns, guess.constants.get("platform"), reasons=guess.reasons
    )


def map_text(mapped: ColumnMap) -> str:
    """The map as TOML, which `column_map` reads, with the reason for each guess as a comment.

    >>> print(map_text(ColumnMap("posts", {"post_id": "微博id"}, platform="weibo")))
    table = "posts"
    platform = "weibo"
    <BLANKLINE>
    [columns]
    post_id = "微博id"
    <BLANKLINE>
    """
    constants = {name: getattr(mapped, name) for name in CONSTANTS}
    lines = [f"{name} = {_quoted(value)}" for name, value in constants.items() if value is not None]
    lines += ["", "[columns]"]
    for ours, theirs in mapped.columns.items():
        reason = mapped.reasons.get(ours)
        lines += [] if reason is None else [f"# {visible(reason)}"]
        lines.append(f"{ours} = {_quoted(theirs)}")
    return "\n".join([*lines, ""])


def _quoted(text: str) -> str:
    """The text as a TOML string: JSON's escapes are TOML's, but for DEL, which JSON leaves."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _parsed(path: Path) -> dict[str, Any]:
    try:
        text = path.read_text("utf-8")
        told = json.loads(text) if path.suffix == ".json" else tomllib.loads(text)
    except OSError as error:
        raise InputError(f"{path.name}: cannot be read ({error.strerror}); check it") from error
    except ValueError as error:
        raise InputError(
            f"{path.name}: is not TOML or JSON ({error}); see docs/import.md"
        ) from error
    if not isinstance(told, dict):
        raise InputError(f"{path.name}: is not a map; see docs/import.md")
    return told
