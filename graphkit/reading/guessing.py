# SPDX-License-Identifier: GPL-3.0-or-later
"""Which column of a person's table is which of graphkit's: guessed by names, tested on cells.

Nothing ambiguous is decided. A guess is shown with its reasons and saved as a map; it is used only
when a person says so.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import polars as pl

from graphkit.reading.columns import MANGLED_ID
from graphkit.reading.importer import ReadOptions
from graphkit.reading.mapped_posts import kinds_by_name, names_of_columns
from graphkit.reading.tables import REQUIRED
from graphkit.reading.times import parse_times
from graphkit.tables import POST_KINDS, TABLES
from graphkit.text.links import canonical_url, references

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

ROWS_TESTED = 200
TIMES_READ = 0.9  # of the cells: some rows of real tables lack theirs or have a note in its place
ANY_TIME = [
    ReadOptions(tz="UTC", date_order=order, collected_at=datetime(2100, 1, 1, tzinfo=UTC))
    for order in ("DMY", "MDY")
]
NEEDED = {
    "posts": ("post_id", "account", "created_at"),
    "edges": ("post_id", "account", "created_at", "kind", "target_url"),
}
TIMES = {"created_at", "acted_at", "snapshot_at", "collected_at"}
NUMBERS = {"followers_count", "declared_repost_count", "rank", "heat"}
DISTINCT = {"posts": "post_id", "edges": "post_id", "accounts": "account_id"}
TABLE_OF = {"edges": "posts"}
ORDER = ("edges", "posts", "actions", "accounts", "rankings")


@dataclass(frozen=True)
class Guess:
    """What a table's columns seem to be.

    Attributes:
        table: the table they fill best; None where they fill none.
        columns: graphkit's column (or a name of `mapped_posts.MEANT`): the file's.
        reasons: for each of `columns` why.
        constants: what holds for all rows (`platform`).
        undecided: what a person must say, or may: columns that could be two things.
    """

    table: str | None
    columns: Mapping[str, str]
    reasons: Mapping[str, str]
    constants: Mapping[str, str] = field(default_factory=dict)
    undecided: tuple[str, ...] = ()


def guessed_map(columns: Iterable[str], rows: pl.DataFrame) -> Guess:
    """The guess for a file with these columns, of which `rows` are the first (200 are enough).

    A name stands for a column of graphkit's only where its cells fit: times can be read, ids are
    whole, those of posts differ. Where two of the file's columns fit a column that its table must
    have, it stays undecided.
    """
    cells = rows.head(ROWS_TESTED).select(pl.col(c).cast(pl.String) for c in columns if c in rows)
    guesses = [_guess(table, cells) for table in ORDER]
    if any("post_id" in guess.columns for guess in guesses):  # posts without times are no accounts
        guesses = [guess for guess in guesses if guess.table != "accounts"]
    whole = [guess for guess in guesses if not _lacking(guess)]
    best = max(whole or guesses, key=lambda guess: len(guess.columns))
    if not whole:
        missing = tuple(f"no column for {name}" for name in _lacking(best))
        return replace(best, table=None, undecided=(*best.undecided, *missing))
    table = str(best.table)
    return replace(best, table=TABLE_OF.get(table, table))


def _lacking(guess: Guess) -> list[str]:
    """What the table of the guess must have and the guess has not."""
    table = str(guess.table)
    have = {"account" if name in {"account_id", "account_handle"} else name
            for name in guess.columns} | set(guess.columns)  # fmt: skip
    return [name for name in NEEDED.get(table, REQUIRED.get(table, ())) if name not in have]


def _guess(table: str, cells: pl.DataFrame) -> Guess:
    fitting = {ours: _fitting(table, ours, names, cells) for ours, names in _names(table).items()}
    columns: dict[str, str] = {}
    undecided: list[str] = []
    for ours, theirs in fitting.items():
        free = [name for name in theirs if name not in columns.values()]
        exact = [name for name in free if name == ours]
        if len(free) == 1 or exact:
            columns[ours] = exact[0] if exact else free[0]
        elif free:
            undecided.append(f"{ours}: {', '.join(free)} (each fits)")
    if "account_id" in columns:
        columns.pop("account_handle", None)
    guess = Guess(table, columns, _reasons(table, columns), undecided=tuple(undecided))
    return _with_targets(guess, cells) if table == "edges" else guess


def _reasons(table: str, columns: Mapping[str, str]) -> dict[str, str]:
    names = _names(table)
    tested = dict.fromkeys(TIMES, "its cells are times")
    tested |= dict.fromkeys(NUMBERS, "its cells are numbers")
    tested |= {
        DISTINCT.get(table, ""): "no cell comes twice",
        "kind": "its cells are kinds of posts",
    }
    return {
        ours: f"{theirs!r} is a name for it ({names[ours][_plain(theirs)]})"
        + (f"; {tested[ours]}" if ours in tested else "")
        for ours, theirs in columns.items()
    }


def _names(table: str) -> dict[str, dict[str, str]]:
    """For each column of the table the plain names for it, with where they were met."""
    own = TABLES[TABLE_OF.get(table, table)].columns
    found: dict[str, dict[str, str]] = {}
    shared = {"post_id", "created_at"} if table == "edges" else set()
    for group in names_of_columns()["names"]:
        column = group["column"]
        if group["table"] == table or (group["table"] == "posts" and column in shared):
            found.setdefault(column, {}).update(
                {_plain(n): group["source"] for n in group["names"]}
            )
    for column in own if table != "edges" else ():
        found.setdefault(column, {}).setdefault(_plain(column), "graphkit")
    return found


def _plain(name: str) -> str:
    return re.sub(r"[\s_.:-]+", "", name).casefold()


def _fitting(table: str, ours: str, names: Mapping[str, str], cells: pl.DataFrame) -> list[str]:
    """The columns that are named so and hold what they should."""
    named = [name for name in cells.columns if _plain(name) in names]
    fits = {name: _fits(table, ours, cells[name].drop_nulls()) for name in named}
    return [name for name in named if name == ours or fits[name]]


def _fits(table: str, ours: str, cells: pl.Series) -> bool:
    """Whether the cells are such as a column holds; without any there is nothing to go by."""
    test = TESTS.get(ours, _is_whole if ours.endswith("_id") else None)
    if ours == DISTINCT.get(table) and cells.n_unique() < len(cells):
        return False
    return not cells.is_empty() and (test is None or test(cells))


def _is_whole(cells: pl.Series) -> bool:
    return not cells.str.contains(MANGLED_ID).any()


def _is_time(cells: pl.Series) -> bool:
    unread = [parse_times(cells, told)["value"].null_count() for told in ANY_TIME]
    return min(unread) <= (1 - TIMES_READ) * len(cells)


def _is_number(cells: pl.Series) -> bool:
    return cells.cast(pl.Float64, strict=False).null_count() == 0


def _is_kind(cells: pl.Series) -> bool:
    return bool(cells.str.to_lowercase().is_in([*POST_KINDS, *kinds_by_name()]).all())


def _is_address(cells: pl.Series) -> bool:
    return bool(cells.str.contains("(?i)^https?://").all())


TESTS: Mapping[str, Callable[[pl.Series], bool]] = {
    **dict.fromkeys(TIMES, _is_time),
    **dict.fromkeys(NUMBERS, _is_number),
    **dict.fromkeys(("url", "target_url"), _is_address),
    "kind": _is_kind,
}


def _with_targets(guess: Guess, cells: pl.DataFrame) -> Guess:
    """The guess for an edge list, with what its addresses tell of platform and names.

    Where each address is a post's on one platform by the account in `target`, source and target
    are handles there. Else the addresses are not known to be the targets'.
    """
    columns = dict(guess.columns)
    if "target_url" not in columns or "target_handle" not in columns:
        return replace(guess, columns={n: c for n, c in columns.items() if n != "target_url"})
    shown = references(canonical_url(cells[columns["target_url"]]))
    target = cells[columns["target_handle"]].str.strip_chars().str.strip_chars_start("@")
    same = shown["author"].str.to_lowercase() == target.str.to_lowercase()
    platforms = shown["platform"].drop_nulls().unique().to_list()
    if len(platforms) != 1 or not same.fill_null(value=False).all():
        del columns["target_url"]
        return replace(guess, columns=columns)
    why = f"each is a post on {platforms[0]} of the account in {columns['target_handle']!r}"
    reasons = {**guess.reasons, "target_url": f"{guess.reasons['target_url']}; {why}"}
    return replace(guess, reasons=reasons, constants={"platform": platforms[0]})
