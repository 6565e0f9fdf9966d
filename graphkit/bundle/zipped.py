# SPDX-License-Identifier: GPL-3.0-or-later
"""A bundle as one zip: the same bag in one folder, without a clock; and opening one with care."""

from __future__ import annotations

import contextlib
import shutil
import stat
import tempfile
import zipfile
import zlib
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

from graphkit.bundle.bag import TAG_MANIFEST, files_in, sha256_of
from graphkit.errors import BundleError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

SUFFIX = ".zip"
DATE = (1980, 1, 1, 0, 0, 0)
CHUNK = 1 << 20
MOST_FILES = 100_000
MOST_RATIO = 1_000  # texts of a bundle shrink tenfold; deflate cannot do more than 1,032
MOST_BYTES = 64 << 30


def write_zip(root: Path, out: Path) -> None:
    """Packs the bag `root` into the new file `out`; the same bag gives the same bytes.

    Nothing is compressed, for the bytes of a deflated file depend on the zlib that made them. The
    folder in the zip is called after the tag manifest: two bundles unpack side by side.
    """
    folder = f"bundle-{sha256_of(root / TAG_MANIFEST)[:12]}"
    with zipfile.ZipFile(out, "x", zipfile.ZIP_STORED) as archive:
        for path in files_in(root):
            name = f"{folder}/{path.relative_to(root).as_posix()}"
            entry = zipfile.ZipInfo(name, DATE)
            entry.create_system = 3
            entry.external_attr = (stat.S_IFREG | 0o644) << 16
            entry.file_size = path.stat().st_size
            with path.open("rb") as source, archive.open(entry, "w") as target:
                shutil.copyfileobj(source, target, CHUNK)


@contextlib.contextmanager
def bundle_folder(path: Path) -> Iterator[Path]:
    """The folder of the bundle `path`: itself, or what its zip holds, unpacked for a while.

    Raises:
        BundleError: it is no zip, or one that cannot be unpacked safely.
    """
    if not path.is_file():
        yield path
        return
    problems = zip_problems(path)
    if problems:
        raise BundleError("; ".join(problems))
    with tempfile.TemporaryDirectory() as folder:
        _unpack(path, Path(folder))
        tops = sorted(each for each in Path(folder).iterdir() if each.is_dir())
        is_inside = len(tops) == 1 and not (Path(folder) / "bagit.txt").exists()
        yield tops[0] if is_inside and not _beside(Path(folder)) else Path(folder)


def _beside(folder: Path) -> list[Path]:
    return [each for each in folder.iterdir() if not each.is_dir()]


def _unpack(path: Path, folder: Path) -> None:
    with zipfile.ZipFile(path) as archive:
        for entry in archive.infolist():
            if not entry.is_dir():
                place = folder / entry.filename
                place.parent.mkdir(parents=True, exist_ok=True)
                with archive.open(entry) as source, place.open("xb") as target:
                    shutil.copyfileobj(source, target, CHUNK)


def zip_problems(path: Path) -> list[str]:
    """Why the zip must not be unpacked, a sentence each; it is only looked at, not unpacked.

    Raises:
        BundleError: the file is no zip.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            entries, comment = archive.infolist(), archive.comment
    except (zipfile.BadZipFile, NotImplementedError, OSError, ValueError) as error:
        raise BundleError(f"{path.name}: is neither a folder nor a zip that can be read") from error
    problems = [problem for entry in entries for problem in _entry_problems(entry)]
    problems += _name_problems([entry.filename for entry in entries])
    problems += _size_problems(path, entries)
    if comment:
        problems.append("has a comment, which nobody signed")
    if min((entry.header_offset for entry in entries), default=0):
        problems.append("begins with something that is not in the zip")
    return [f"{path.name}: {each}" for each in problems or _broken(path)]


def _broken(path: Path) -> list[str]:
    """Whether what the zip holds fits its checksums and headers; nothing is written."""
    try:
        with zipfile.ZipFile(path) as archive:
            bad = archive.testzip()
    except (zipfile.BadZipFile, EOFError, NotImplementedError, zlib.error) as error:
        return [f"is damaged ({error})"]
    return [] if bad is None else [f"{bad!r}: is damaged"]


def _entry_problems(entry: zipfile.ZipInfo) -> Iterator[str]:
    name = entry.orig_filename
    parts = name.removesuffix("/").split("/")
    if set(parts) & {"", ".", ".."} or set(name) & set('\\:\0"<>|?*') or not name.isprintable():
        yield f"{name!r}: is a path that leads elsewhere, or that not every system can hold"
    if entry.flag_bits & 1:
        yield f"{name!r}: is encrypted; a bundle holds nothing that cannot be read"
    if stat.S_IFMT(entry.external_attr >> 16) not in (0, stat.S_IFREG, stat.S_IFDIR):
        yield f"{name!r}: is a link or a device, a bundle holds none"
    if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        yield f"{name!r}: is packed in a way that zips of bundles are not"


def _name_problems(names: Sequence[str]) -> Iterator[str]:
    for name, count in sorted(Counter(names).items()):
        if count > 1:
            yield f"{name!r}: is there {count} times"
    folded = Counter(each.casefold() for each in set(names))
    for name in sorted(set(names)):
        if folded[name.casefold()] > 1:
            yield f"{name!r}: differs from another name only by case"


def _size_problems(path: Path, entries: Sequence[zipfile.ZipInfo]) -> Iterator[str]:
    total = sum(entry.file_size for entry in entries)
    if len(entries) > MOST_FILES:
        yield f"holds {len(entries):,} files, no bundle has over {MOST_FILES:,}"
    if total > MOST_BYTES or total > MOST_RATIO * path.stat().st_size:
        yield f"would unpack to {total:,} bytes from {path.stat().st_size:,}"
    elif total > shutil.disk_usage(tempfile.gettempdir()).free:
        yield f"unpacks to {total:,} bytes, more than are free in {tempfile.gettempdir()}"
