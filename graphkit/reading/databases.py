# SPDX-License-Identifier: GPL-3.0-or-later
"""Tables of SQLite databases, opened so that nothing of them changes."""

from __future__ import annotations

import sqlite3
from contextlib import closing, contextmanager
from itertools import count
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from graphkit.errors import InputError
from graphkit.reading.cells import in_batches
from graphkit.reading.opening import unpacked

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from graphkit.reading.shapes import Rows


@contextmanager
def database(path: Path) -> Iterator[sqlite3.Connection]:
    """The database, read-only. Texts that are no UTF-8 hold half a character for each odd byte.

    Raises:
        InputError: it is none, or some of its rows are in a log beside it.
    """
    log = path.with_name(f"{path.name}-wal")
    if log.exists() and log.stat().st_size:
        raise InputError(
            f"{path.name}: its last rows are in {log.name}; open it with sqlite3 and run "
            "PRAGMA wal_checkpoint(TRUNCATE), or take a copy made by .backup"
        )
    with unpacked(path) as plain:
        address = f"file:{quote(str(plain.absolute()))}?mode=ro&immutable=1"
        with closing(sqlite3.connect(address, uri=True)) as connection:
            connection.text_factory = lambda text: text.decode("utf-8", "surrogateescape")
            try:
                yield connection
            except sqlite3.Error as error:
                raise InputError(
                    f"{path.name}: is not a SQLite database ({error}); copy it again"
                ) from error


def table_names(path: Path) -> list[str]:
    """The names of the database's tables.

    Raises:
        InputError: it is none.
    """
    with database(path) as connection:
        return _table_names(connection)


def _table_names(connection: sqlite3.Connection) -> list[str]:
    told = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite@_%' "
    return [str(row[0]) for row in connection.execute(f"{told} ESCAPE '@' ORDER BY name")]


def database_rows(path: Path, table: str | None) -> Iterator[Rows]:
    """The rows of the table as texts, counted from 1 in the order in which they are stored.

    Raises:
        InputError: it is no database, or has no such table, or several and none is named.
    """
    with database(path) as connection:
        names = _table_names(connection)
        wanted = names[0] if table is None and len(names) == 1 else table
        if wanted is None or wanted not in names:
            what = "several tables" if wanted is None else f"no table {wanted}"
            raise InputError(f"{path.name}: has {what}; it has: {', '.join(names)}")
        quoted = wanted.replace('"', '""')
        cursor = connection.execute(f'SELECT * FROM "{quoted}"')
        columns = [str(column[0]) for column in cursor.description]
        numbered: Iterator[tuple[int, Any]] = zip(count(1), cursor)
        yield from in_batches(columns, ((line, len(row), row) for line, row in numbered))
