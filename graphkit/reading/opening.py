# SPDX-License-Identifier: GPL-3.0-or-later
"""Files as they lie on disk: compressed or not, text in one encoding or another."""

from __future__ import annotations

import bz2
import codecs
import csv
import gzip
import io
import shutil
import sqlite3
import tempfile
import zlib
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Protocol, TextIO, cast

import polars as pl
import zstandard

from graphkit.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from graphkit.reading.importer import ReadOptions

PACKED = {".gz", ".bz2", ".zst"}
HEAD_BYTES = 1 << 18
BLOCK = 1 << 13  # of packed bytes at once: a block of zeros unpacks to thousands of times its size
LONGEST_LINE = 1 << 27  # characters; what has no line break for longer is not read as lines
BOMS = {
    codecs.BOM_UTF8: "utf-8-sig", codecs.BOM_UTF32_LE: "utf-32", codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16",
}  # fmt: skip
COMMON_ROWS, PUNCTUATION_ROWS = range(0xB0, 0xD8), (0xA1, 0xA3)  # of GB 2312
KOREAN_ROWS = range(0xB0, 0xC9)  # in which EUC-KR has its syllables
AS_GB18030 = "the text is read as GB18030; give --encoding if it is not"
LOST = "graphkit-lost"
LOST_TEXT = "\udcff"  # half a character, which no text holds
DAMAGED = (EOFError, zlib.error, zstandard.ZstdError)
CUT = "the compressed file is cut off or damaged here; what follows cannot be read"


def bare_name(path: Path) -> str:
    """The file's name without what only says that it is compressed.

    >>> bare_name(Path("RC_2026-03.jsonl.zst")), bare_name(Path("a.csv"))
    ('RC_2026-03.jsonl', 'a.csv')
    """
    return path.stem if path.suffix.lower() in PACKED else path.name


@contextmanager
def guarded(path: Path) -> Iterator[None]:
    """Turns what the system and the parsers raise into one line for the person."""
    name = path.name
    try:
        yield
    except UnicodeError as error:
        raise InputError(f"{name}: is not text as its encoding says; give --encoding") from error
    except DAMAGED as error:
        raise InputError(f"{name}: is cut off or damaged ({error}); copy it again") from error
    except OSError as error:
        reason = error.strerror or str(error)
        raise InputError(f"{name}: cannot be read ({reason}); check the path") from error
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException) as error:
        raise InputError(f"{name}: is not a Parquet file; export it again") from error
    except csv.Error as error:
        raise InputError(f"{name}: is not a CSV file ({error}); export it again") from error
    except sqlite3.Error as error:
        raise InputError(f"{name}: is not a SQLite database ({error}); copy it again") from error


class _Closed(Protocol):
    def close(self) -> None: ...


class _Unpacked(io.RawIOBase):
    """The bytes of `blocks`; closes `packed`. All that stands before damage can be read."""

    def __init__(self, packed: _Closed, blocks: Iterator[bytes]) -> None:
        self._packed, self._blocks = packed, blocks
        self._left = memoryview(b"")

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray) -> int:  # type: ignore[override]  # any writable buffer
        while not self._left:
            block = next(self._blocks, None)
            if block is None:
                return 0
            self._left = memoryview(block)
        count = min(len(buffer), len(self._left))
        buffer[:count] = self._left[:count]
        self._left = self._left[count:]
        return count

    def close(self) -> None:
        self._packed.close()
        super().close()


def _buffered(raw: io.RawIOBase) -> BinaryIO:
    return io.BufferedReader(cast("io.FileIO", raw), 1 << 17)


def _zstandard_blocks(packed: BinaryIO) -> Iterator[bytes]:
    """What is packed in frames of Zstandard, one after another.

    Raises EOFError where the last frame is cut off, which the library's own reader keeps quiet.
    """
    # Reddit's dumps look back further than the 128 MB that the library allows by itself.
    library = zstandard.ZstdDecompressor(max_window_size=1 << 31)
    frame = None
    while block := packed.read(BLOCK):
        while block:
            frame = library.decompressobj() if frame is None else frame
            yield frame.decompress(block)
            block = frame.unused_data if frame.eof else b""
            frame = None if frame.eof else frame
    if frame is not None:
        raise EOFError("its last frame has no end")


def _blocks(packed: gzip.GzipFile | bz2.BZ2File) -> Iterator[bytes]:
    while True:
        try:
            block = packed.read1(1 << 16)
        except OSError as error:
            if error.errno is None:  # no word of the system, but of the unpacker
                raise EOFError(str(error)) from error
            raise
        if not block:
            return
        yield block


def _packing(path: Path) -> str | None:
    """How the file is packed, by its first bytes; None where it is not."""
    with path.open("rb") as handle:
        magic = handle.read(4)
    if magic == b"\x28\xb5\x2f\xfd" or magic[1:] == b"\x2a\x4d\x18":
        return "zst"
    return "gz" if magic[:2] == b"\x1f\x8b" else "bz2" if magic[:3] == b"BZh" else None


def opened(path: Path) -> BinaryIO:
    """The file's bytes, unpacked where it is gzip, bzip2 or Zstandard (known by its first bytes).

    Reading on raises one of DAMAGED where the packed file is cut off.

    Raises:
        OSError: it cannot be opened.
    """
    packing = _packing(path)
    if packing is None:
        return path.open("rb")
    if packing == "zst":
        handle = path.open("rb")
        return _buffered(_Unpacked(handle, _zstandard_blocks(handle)))
    inner = gzip.GzipFile(path) if packing == "gz" else bz2.BZ2File(path)
    return _buffered(_Unpacked(inner, _blocks(inner)))


def head(path: Path, size: int = HEAD_BYTES) -> bytes:
    """The first bytes of the file, unpacked; fewer where it is cut off.

    Raises:
        OSError: it cannot be opened.
        InputError: it is empty, or damaged from its beginning.
    """
    with opened(path) as handle:
        found, is_damaged = filled(handle, size)
    if not found and is_damaged:
        raise InputError(f"{path.name}: is damaged from its beginning; copy it again")
    if not found:
        raise InputError(f"{path.name}: the file is empty; export it again")
    return found


@contextmanager
def unpacked(path: Path) -> Iterator[Path]:
    """The path of the file as it is when unpacked, for formats that are not read from the front."""
    if _packing(path) is None:
        yield path
        return
    suffix = Path(bare_name(path)).suffix
    with opened(path) as inner, tempfile.NamedTemporaryFile(suffix=suffix) as whole:
        shutil.copyfileobj(inner, whole)
        whole.flush()
        yield Path(whole.name)


def text_encoding(path: Path, beginning: bytes, options: ReadOptions) -> str:
    """The encoding of a text: as the person says, by its mark, UTF-8, or plainly Chinese GB18030.

    Raises:
        InputError: none of them; the person must say.
    """
    if options.encoding is not None:
        return _told_encoding(path, beginning, options.encoding)
    for mark, name in BOMS.items():
        if beginning.startswith(mark):
            return name
    if _is_mostly_utf8(beginning):
        return "utf-8"
    if _is_chinese(beginning):
        return "gb18030"
    raise InputError(f"{path.name}: is not UTF-8 text; save it as UTF-8 or give its --encoding")


def _told_encoding(path: Path, beginning: bytes, encoding: str) -> str:
    try:
        bytes(4).decode(encoding)  # which also refuses what is no encoding of text, such as base64
        name = codecs.lookup(encoding).name
    except (LookupError, UnicodeError) as error:
        raise InputError(
            f"{path.name}: no encoding is called {encoding!r}; write gb18030 or utf-16"
        ) from error
    return "utf-8-sig" if name == "utf-8" and beginning.startswith(codecs.BOM_UTF8) else name


def _decodes(text: bytes, encoding: str) -> bool:
    try:
        codecs.getincrementaldecoder(encoding)().decode(text, final=False)
    except UnicodeDecodeError:
        return False
    return True


def _is_mostly_utf8(beginning: bytes) -> bool:
    """Whether the lines beyond ASCII are UTF-8 but for some: a damaged row is no other encoding."""
    if _decodes(beginning, "utf-8"):
        return True
    lines = [line for line in beginning.split(b"\n")[:-1] if not line.isascii()]
    good = sum(_decodes(line + b"\n", "utf-8") for line in lines)
    return good > 0 and good >= len(lines) / 2


def _is_chinese(beginning: bytes) -> bool:
    """Whether this is GB18030: mostly its 3,755 commonest characters, from all parts of the list.

    Others decode as GB18030 by chance: those of Europe and Big5 into rare characters, Korean into
    common ones, but only of the first 25 of 40 rows, in which half of Chinese is not, and what 的
    would be is a syllable that Korean hardly has.
    """
    text = beginning[: beginning.rfind(b"\n") + 1] or beginning
    if not _decodes(text, "gb18030"):
        return False
    foreign = [c for c in text.decode("gb18030", "ignore") if not c.isascii()]
    rows = [packed[0] for c in foreign if len(packed := c.encode("gb2312", "ignore")) == 2]
    common = sum(row in COMMON_ROWS or row in PUNCTUATION_ROWS for row in rows)
    late = sum(row in COMMON_ROWS and row not in KOREAN_ROWS for row in rows)
    is_korean = late <= 0.15 * len(foreign) and "的" not in foreign
    return common > 0.75 * len(foreign) and not is_korean


@cache
def _register_lost() -> None:
    """Names the way in which undecodable bytes are kept: as half a surrogate, which no text has."""

    def lost(error: UnicodeError) -> tuple[str, int]:
        return LOST_TEXT, getattr(error, "end", 1)

    codecs.register_error(LOST, lost)


def opened_utf8(path: Path, encoding: str) -> BinaryIO:
    """The file's text as UTF-8 without a mark; bytes that its encoding lacks stay no UTF-8.

    Raises:
        OSError: it cannot be opened.
    """
    handle = opened(path)
    if encoding in {"utf-8", "utf-8-sig"}:
        with suppress(*DAMAGED):
            handle.read(3 if encoding == "utf-8-sig" else 0)
        return handle
    _register_lost()
    text = io.TextIOWrapper(handle, encoding=encoding, errors=LOST, newline="")

    def blocks() -> Iterator[bytes]:
        yield text.read(1).removeprefix("\ufeff").encode("utf-8", "surrogatepass")
        for part in iter(lambda: text.read(1 << 16), ""):
            yield part.encode("utf-8", "surrogatepass")

    return _buffered(_Unpacked(text, blocks()))


def as_text(utf8: BinaryIO, *, newline: str = "") -> TextIO:
    """The text in UTF-8. Bytes that are none come as half a character, which no text holds."""
    _register_lost()
    return io.TextIOWrapper(utf8, encoding="utf-8", errors=LOST, newline=newline)


def opened_text(path: Path, encoding: str, *, newline: str = "") -> TextIO:
    """The file's text. Bytes that its encoding lacks come as half a character.

    Raises:
        OSError: it cannot be opened.
    """
    return as_text(opened_utf8(path, encoding), newline=newline)


def filled(handle: BinaryIO, size: int) -> tuple[bytes, bool]:
    """The next `size` bytes, fewer at the end; and whether the packed file is damaged there."""
    parts, missing = [], size
    try:
        while missing > 0 and (part := handle.read1(missing)):  # type: ignore[attr-defined]  # buffered
            parts.append(part)
            missing -= len(part)
    except (*DAMAGED, UnicodeDecodeError):
        return b"".join(parts), True
    return b"".join(parts), False


def again(read: bytes, left: BinaryIO, *, is_damaged: bool) -> BinaryIO:
    """What was read of a stream and what is left of it, as one stream.

    Where it `is_damaged`, reading on raises EOFError as it did before.
    """

    def blocks() -> Iterator[bytes]:
        yield read
        if is_damaged:
            raise EOFError(CUT)
        yield from iter(lambda: left.read(1 << 16), b"")

    return _buffered(_Unpacked(left, blocks()))
