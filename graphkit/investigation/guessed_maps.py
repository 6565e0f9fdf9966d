# SPDX-License-Identifier: GPL-3.0-or-later
"""Which column is which in a file that no importer knows: guessed, used where there is no doubt."""

from __future__ import annotations

from typing import TYPE_CHECKING

from graphkit.case import write_file
from graphkit.errors import InputError
from graphkit.investigation.column_map import ColumnMap, guess_for, map_of, map_text

if TYPE_CHECKING:
    from pathlib import Path

    from graphkit.case import Case
    from graphkit.reading.guessing import Guess
    from graphkit.reading.importer import ReadOptions

UNKNOWN = (
    "no importer knows this format; name a table and a column map with --table and --map, or see "
    "graphkit formats"
)
LONGEST_NAME = 200  # bytes; file systems allow 255


def guessed_columns(
    path: Path, options: ReadOptions, *, case: Case
) -> tuple[ReadOptions, list[str]]:
    """The options with the guessed map of the file, and what to tell of the guess.

    The map is written into the case's folder `maps`, for a person to check and to use again.

    Raises:
        InputError: the columns tell nothing; or not all, and then the map is one to fill in.
    """
    guess = guess_for(path, options)
    if not guess.columns:
        raise InputError(UNKNOWN)
    name = f"{path.name.encode()[:LONGEST_NAME].decode(errors='ignore')}.toml"
    if guess.table is None or guess.undecided:
        write_file(case.root / "maps" / name, _to_fill_in(guess).encode())
        raise InputError(
            f"{path.name}: no importer knows this format, and not every column can be told: "
            f"{'; '.join(guess.undecided)}; fill that in in {case.root / 'maps' / name} and give "
            "it with --map"
        )
    mapped = map_of(guess)
    write_file(case.root / "maps" / name, map_text(mapped).encode())
    told = [f"{ours} is the column {theirs!r}: {guess.reasons[ours]}"
            for ours, theirs in guess.columns.items()]  # fmt: skip
    told += [f"{what} is {value}" for what, value in guess.constants.items()]
    return mapped.options(options), [*told, f"this map is kept in the case as maps/{name}"]


def _to_fill_in(guess: Guess) -> str:
    """The map as far as it is known, and as comments what is not."""
    known = ColumnMap(guess.table, guess.columns, guess.constants.get("platform"),
                      reasons=guess.reasons)  # fmt: skip
    open_ones = [f"# to fill in: {' '.join(each.split())}" for each in guess.undecided]
    return "\n".join([map_text(known), *open_ones, ""])
