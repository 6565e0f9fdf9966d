# SPDX-License-Identifier: GPL-3.0-or-later
"""A map file: which column of a person's file is which of graphkit's."""

from __future__ import annotations

import json
import tomllib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from graphkit.errors import InputError, UnknownNameError
from graphkit.tables import TABLES

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


@dataclass(frozen=True)
class ColumnMap:
    """The table (None: to be recognised), and the file's column for each of the table's."""

    table: str | None
    columns: Mapping[str, str]


def column_map(path: Path) -> ColumnMap:
    """The map in a TOML or JSON file: `table` (may be left out) and `columns`.

    `columns` says graphkit's column = the file's column; the other way round is understood where
    only that makes sense.

    Raises:
        InputError: the file cannot be read or is not such a map.
        UnknownNameError: no table or column has that name.
    """
    told = _parsed(path)
    table = told.get("table")
    if table is not None and table not in TABLES:
        raise UnknownNameError.among("table", str(table), TABLES)
    columns = told.get("columns", {name: c for name, c in told.items() if name != "table"})
    if not isinstance(columns, dict) or not all(isinstance(c, str) for c in columns.values()):
        raise InputError(f"{path.name}: 'columns' must say graphkit's column = the file's column")
    tables = TABLES.values() if table is None else [TABLES[table]]
    known = {name for each in tables for name in each.columns}
    if columns and not set(columns) <= known and set(columns.values()) <= known:
        columns = {ours: theirs for theirs, ours in columns.items()}
    for name in columns:
        if name not in known:
            raise UnknownNameError.among("column", name, known)
    return ColumnMap(table, columns)


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
