# SPDX-License-Identifier: GPL-3.0-or-later
"""Frames that can be made again at will, kept under `derived/` so that they are made once.

They are whole or not there: written into a hidden folder, then renamed, under a seal with the
case's key; what does not fit its seal is made anew. Where the folder cannot be written (a full
disk, a read-only case), what was made is used and made again the next time.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import shutil
from typing import TYPE_CHECKING

import polars as pl

from graphkit.case.journal import seal_of
from graphkit.ids import canonical_json

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from pathlib import Path

    from graphkit.case.folder import Case

ROW_GROUP = 100_000
SEAL = "seal.txt"


def kept(
    case: Case, name: str, *, state: str, make: Callable[[], Mapping[str, pl.DataFrame]]
) -> dict[str, pl.DataFrame]:
    """The frames that `make` gives, from `derived/<name>-<state>/` once they were made.

    Frames of another state under the same name are removed when new ones are kept.
    """
    place = case.root / "derived" / f"{name}-{state}"
    try:
        return _read(case, place)
    except (
        OSError,
        ValueError,
        pl.exceptions.PolarsError,
    ):  # not there, taken away meanwhile, or damaged
        made = dict(make())
    with contextlib.suppress(OSError, pl.exceptions.PolarsError), _alone(place.parent):
        _keep(case, place, made)
        _remove_others(place, name)
    return made


def _read(case: Case, place: Path) -> dict[str, pl.DataFrame]:
    files = sorted(place.glob("*.parquet"))
    if (place / SEAL).read_text("utf-8") != _seal(case, files):
        raise ValueError(f"{place.name} is not what was kept")
    return {file.stem: pl.read_parquet(file) for file in files}


def _seal(case: Case, files: Iterable[Path]) -> str:
    """A keyed hash of the files, by their names: one read, and no second one in memory."""
    hashes = {}
    for file in files:
        with file.open("rb") as handle:
            hashes[file.name] = hashlib.file_digest(handle, "sha256").hexdigest()
    return seal_of(case, canonical_json(hashes))


@contextlib.contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Holds the folder; an OSError when another process does, which then keeps the same."""
    folder.mkdir(exist_ok=True)
    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    finally:
        os.close(handle)


def _keep(case: Case, place: Path, frames: Mapping[str, pl.DataFrame]) -> None:
    for left in place.parent.glob(".*.part"):  # of a killed process: nobody else holds the folder
        shutil.rmtree(left)
    part = place.with_name(f".{place.name}.part")
    part.mkdir()
    try:
        for name, frame in frames.items():
            with (part / f"{name}.parquet").open("wb") as handle:
                frame.write_parquet(handle, compression_level=3, row_group_size=ROW_GROUP)
                handle.flush()
                os.fsync(handle.fileno())
        (part / SEAL).write_text(_seal(case, part.glob("*.parquet")), "utf-8")
        shutil.rmtree(place, ignore_errors=True)  # damaged, or it would have been read
        part.rename(place)
    except (OSError, pl.exceptions.PolarsError):
        shutil.rmtree(part, ignore_errors=True)
        raise


def _remove_others(place: Path, name: str) -> None:
    for old in place.parent.glob(f"{name}-*"):
        if old != place and old.is_dir():
            shutil.rmtree(old, ignore_errors=True)
