# SPDX-License-Identifier: GPL-3.0-or-later
"""Hashes of the pictures and videos that lie beside an imported file: by bytes and by looks.

`sha256:` is the hash of the bytes. `phash:` is the perceptual hash of a picture (64 bits, 16 hex
digits, of the library ImageHash), the same for most copies in another size or quality; it takes the
optional extra `media`. Files outside the folder are never read, and a picture that would unpack to
more than MOST_PIXELS is not unpacked.
"""

from __future__ import annotations

import hashlib
import json
import struct
import warnings
from dataclasses import replace
from functools import lru_cache
from importlib.util import find_spec
from typing import TYPE_CHECKING

import polars as pl

from graphkit.reading.shapes import Refused

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    from graphkit.reading.importer import Batch
    from graphkit.reading.records import Found
    from graphkit.reading.shapes import Record, Rows

MOST_BYTES = 1 << 30
MOST_PIXELS = 50_000_000
PICTURES = ("JPEG", "PNG", "GIF", "WEBP", "BMP", "TIFF")  # JPEG takes MPO too
MISSING = "{n} media files are not beside the file, or may not be read"
NO_EXTRA = "pictures have no perceptual hash; install the extra media: graphkit-investigate[media]"


def media_hashes(folder: Path, names: Iterable[str]) -> tuple[list[str], list[str]]:
    """The hashes of the files `names` in `folder`, and what is wrong with those that have none."""
    hashes: dict[str, None] = {}
    problems = []
    for name in names:
        path = _inside(folder, name)
        if isinstance(path, str):
            problems.append(f"{name[:80]!r} {path}")
            continue
        known = path.stat()
        hashes |= dict.fromkeys(_hashes(path, known.st_size, known.st_mtime_ns))
    return list(hashes), problems


def hashed(
    read: Callable[[Record], Iterable[Found | Refused]], folder: Path, record: Record
) -> Iterator[Found | Refused]:
    """What `read` finds in `record`, `media_files` of its row turned into `media_hashes`."""
    for found in read(record):
        if isinstance(found, Refused) or not found.row.get("media_files"):
            yield found
            continue
        hashes, problems = media_hashes(folder, found.row["media_files"])
        row = {**found.row, "media_hashes": [*found.row.get("media_hashes", ()), *hashes]}
        yield replace(found, row=row, warnings=(*found.warnings, *problems))


def with_media_hashes(rows: Rows, folder: Path) -> Rows:
    """The rows with the hashes of the files in their column `media_files`, if they have one.

    A cell is a name or a JSON array of names; the hashes are added to `media_hashes`.
    """
    if "media_files" not in rows.columns:
        return rows
    cells, missing = [], 0
    given = rows.frame["media_hashes"] if "media_hashes" in rows.columns else None
    for number, names in enumerate(rows.frame["media_files"]):
        hashes, problems = media_hashes(folder, _listed(names))
        missing += len(problems)
        cells.append([*([] if given is None else _listed(given[number])), *hashes])
    column = pl.Series("media_hashes", [json.dumps(each) for each in cells], pl.String)
    notes = {**rows.notes, **({MISSING: missing} if missing else {})}
    return replace(rows, frame=rows.frame.with_columns(column), notes=notes)


def _listed(cell: object) -> list[str]:
    if cell is None:
        return []
    if isinstance(cell, str):
        try:
            value = json.loads(cell) if cell.lstrip().startswith("[") else [cell]
        except ValueError:
            value = [cell]
    else:
        value = list(cell) if isinstance(cell, (list, pl.Series)) else [cell]
    return [each for each in value if isinstance(each, str) and each]


def noted(batch: Batch) -> Batch:
    """`batch`, with a note where its pictures could not be hashed by their looks."""
    posts = batch.tables.get("posts")
    if posts is None or not posts["media_hashes"].list.len().sum() or has_perceptual_hashes():
        return batch
    return replace(batch, notes={**batch.notes, NO_EXTRA: 1})


def has_perceptual_hashes() -> bool:
    """Whether the optional extra `media` is installed."""
    return find_spec("imagehash") is not None


def _inside(folder: Path, name: str) -> Path | str:
    """The file called `name` in `folder`, or what is wrong with it."""
    try:
        path = (folder / name).resolve(strict=True)
        if not path.is_relative_to(folder.resolve()):
            return "lies outside the file's folder and is not read"
        if not path.is_file():
            return "is not a file"
        return path if path.stat().st_size <= MOST_BYTES else "is larger than 1 GB and is not read"
    except (OSError, ValueError, RuntimeError):
        return "is not there"


@lru_cache(maxsize=100_000)
def _hashes(path: Path, _size: int, _modified: int) -> tuple[str, ...]:
    """The hashes of one file; a sticker that is used a thousand times is read once."""
    with path.open("rb") as handle:
        digest = hashlib.file_digest(handle, "sha256").hexdigest()
    looks = perceptual_hash(path) if has_perceptual_hashes() else None
    return (f"sha256:{digest}",) if looks is None else (f"sha256:{digest}", looks)


def perceptual_hash(path: Path) -> str | None:
    """`phash:` and 16 hex digits; None where it is no picture, too large, or of one colour.

    All pictures of one colour have the same hash and no more in common.
    """
    import imagehash  # noqa: PLC0415  the optional extra media
    from PIL import Image  # noqa: PLC0415

    try:
        with warnings.catch_warnings(), Image.open(path, formats=PICTURES) as picture:
            warnings.simplefilter("ignore")
            if picture.width * picture.height > MOST_PIXELS:
                return None
            grey = picture.convert("L")
    except (OSError, SyntaxError, ValueError, EOFError, struct.error, Image.DecompressionBombError):
        return None
    low, high = grey.getextrema()
    return None if low == high else f"phash:{imagehash.phash(grey)}"
