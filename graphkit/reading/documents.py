# SPDX-License-Identifier: GPL-3.0-or-later
"""JSON documents, read element by element of the array that holds the records."""

from __future__ import annotations

import io
import json
import re
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from graphkit.errors import InputError
from graphkit.reading.cells import ESCAPED_NUL, HALF, NUL, UNDECODABLE
from graphkit.reading.opening import DAMAGED, opened_text
from graphkit.reading.shapes import Json, Record, Refused

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import TextIO

    from graphkit.reading.forms import Source

CHARACTERS_AT_ONCE = 1 << 20
READ_AT_ONCE = 1 << 16
BLANKS = re.compile(r"[ \t\r\n\ufeff]*")
LONGEST_VALUE = 1 << 28
ESCAPE_LENGTH = 12  # of two halves of a surrogate pair: an error so near to the end may be a cut
SAMPLED = 20
SAMPLED_CHARACTERS = 1 << 22
DECODER = json.JSONDecoder(strict=False, parse_constant=lambda _: None)
C_ESCAPE = re.compile(r"\\x([0-9A-Fa-f]{2})")
CUT_OFF = "the document is cut off here; what follows is missing"


class _Broken(Exception):
    """The document is no JSON from this line on."""

    def __init__(self, line: int, reason: str) -> None:
        super().__init__(reason)
        self.line = line
        self.reason = reason


class _Text:
    """A text of JSON that is read from the front; what was read is forgotten."""

    def __init__(self, handle: TextIO) -> None:
        self._handle = handle
        self._buffer, self._at, self._counted = "", 0, 0
        self._is_ended = False
        self._line = 1

    @property
    def line(self) -> int:
        """The line on which the next character stands."""
        self._line += self._buffer.count("\n", self._counted, self._at)
        self._counted = self._at
        return self._line

    def _more(self) -> None:
        """Reads as much again as is kept, so that a long value is not looked at too often."""
        kept = self._buffer[self._at :]
        if len(kept) > LONGEST_VALUE:
            raise _Broken(self.line, "one value is longer than 268 million characters")
        self._line = self.line
        parts, missing = [kept], max(CHARACTERS_AT_ONCE, len(kept))
        try:
            while missing > 0 and (part := self._handle.read(READ_AT_ONCE)):
                parts.append(part)
                missing -= len(part)
        except (*DAMAGED, UnicodeDecodeError):
            missing = 1
        self._is_ended = missing > 0
        self._buffer, self._at, self._counted = "".join(parts), 0, 0

    def peek(self) -> str:
        """The next character that is no blank; empty at the end."""
        while True:
            blanks = BLANKS.match(self._buffer, self._at)
            self._at = self._at if blanks is None else blanks.end()
            if self._at < len(self._buffer) or self._is_ended:
                return self._buffer[self._at : self._at + 1]
            self._more()

    def take(self, wanted: str) -> str:
        """The next character, which must be among `wanted`."""
        found = self.peek()
        if found == "" or found not in wanted:
            raise _Broken(self.line, _why(found, wanted))
        self._at += 1
        return found

    def value(self) -> tuple[int, Any]:
        """The next value with the line on which it begins; `Refused` for one that is no text."""
        self.peek()
        while (found := self._decoded()) is None:
            self._more()
        value, end = found
        line, text = self.line, self._buffer[self._at : end]
        self._at = end
        return line, _textual(value, text)

    def _decoded(self) -> tuple[Json, int] | None:
        """The next value and where it ends; None where more must be read to know."""
        while True:
            try:
                value, end = DECODER.raw_decode(self._buffer, self._at)
                break
            except json.JSONDecodeError as error:
                if self._is_mended(error):
                    continue
                may_be_cut = self._may_be_cut(error)
                if may_be_cut and not self._is_ended:
                    return None
                why = CUT_OFF if may_be_cut else f"no JSON: {error.msg}"
                raise _Broken(self.line, why) from error
            except (RecursionError, ValueError) as error:  # of numbers with thousands of digits
                raise _Broken(self.line, f"cannot be read: {error}") from error
        return (value, end) if end < len(self._buffer) or self._is_ended else None

    def _is_mended(self, error: json.JSONDecodeError) -> bool:
        r"""Whether the fault was an escape as in C, `\x0B` (Telegram Desktop); now it is JSON's."""
        found = C_ESCAPE.match(self._buffer, error.pos)
        if found is None or not error.msg.startswith("Invalid \\escape"):
            return False
        before, after = self._buffer[: error.pos], self._buffer[found.end() :]
        self._buffer = f"{before}\\u00{found[1]}{after}"
        return True

    def _may_be_cut(self, error: json.JSONDecodeError) -> bool:
        near_end = error.pos >= len(self._buffer) - ESCAPE_LENGTH
        return near_end or error.msg.startswith("Unterminated string")


def _why(found: str, wanted: str) -> str:
    return CUT_OFF if found == "" else f"no JSON: {found!r} where one of {wanted} must stand"


def _textual(value: Json, text: str) -> Json:
    """The value, or `Refused` where it holds what no text does."""
    try:
        raw = text.encode()
    except UnicodeEncodeError:
        return Refused(UNDECODABLE)
    if b"\0" in raw or (b"\\u0000" in raw and ESCAPED_NUL.search(raw)):
        return Refused(NUL)
    if b"\\ud" in raw or b"\\uD" in raw:
        try:
            json.dumps(value, ensure_ascii=False).encode()
        except UnicodeEncodeError:
            return Refused(HALF)
    return value


def document_records(
    found: Source, at: Sequence[str] = ()
) -> Iterator[Record | tuple[int, Refused]]:
    """The elements of the array under the keys `at`, with the line on which each begins.

    Without `at` those of the document, where it is an array; what is no array is one record. Each
    has as `head` what stands beside the array and the keys that lead to it. Where the document
    is cut off or no JSON, the last record is refused and says so.

    Raises:
        InputError: there is nothing under `at`.
    """
    around = _Around() if not at else _around(found, at)
    with opened_text(found.path, found.encoding) as handle:
        text = _Text(handle)
        try:
            for key in at[: around.depth]:
                _enter(text, key)
            yield from _elements(text, around.head)
            if not at:
                _check_end(text)
        except _Broken as broken:
            yield broken.line, Refused(broken.reason)
            return
    if around.broken is not None:
        yield around.broken.line, Refused(around.broken.reason)


def _check_end(text: _Text) -> None:
    if text.peek():
        raise _Broken(text.line, "something follows the end of the document")


def _elements(text: _Text, head: dict[str, Any]) -> Iterator[Record | tuple[int, Refused]]:
    for line, value in _values(text) if text.peek() == "[" else [text.value()]:
        yield (line, value) if isinstance(value, Refused) else Record(line, value, head)


def _values(text: _Text) -> Iterator[tuple[int, Any]]:
    """The elements of the array that begins here."""
    text.take("[")
    if text.peek() == "]":
        text.take("]")
        return
    yield _element(text)
    while text.take(",]") == ",":
        yield _element(text)


def _element(text: _Text) -> tuple[int, Json]:
    """The next value, which is no number whose last digits are missing."""
    line, value = text.value()
    if isinstance(value, (int, float)) and text.peek() == "":
        raise _Broken(line, CUT_OFF)
    return line, value


def _members(text: _Text) -> Iterator[str]:
    """The keys of the object that begins here; whoever asks for the next has read the value."""
    text.take("{")
    if text.peek() == "}":
        text.take("}")
        return
    yield _key(text)
    while text.take(",}") == ",":
        yield _key(text)


def _key(text: _Text) -> str:
    if text.peek() != '"':
        text.take('"')
    _, key = text.value()
    text.take(":")
    return str(key)


def _enter(text: _Text, key: str) -> None:
    """Reads up to the value of `key` in the object that begins here."""
    for each in _members(text):
        if each == key:
            return
        text.value()


@dataclass
class _Around:
    """What stands beside the array, how many keys lead to it, and where the document breaks."""

    head: dict[str, Any] = field(default_factory=dict)
    depth: int = 0
    is_there: bool = False
    broken: _Broken | None = None


def _around(found: Source, at: Sequence[str]) -> _Around:
    """What stands beside the array under `at`: a first reading, since it may stand behind it."""
    around = _Around()
    with opened_text(found.path, found.encoding) as handle:
        text = _Text(handle)
        try:
            _look_around(text, at, around)
            _check_end(text)
        except _Broken as broken:
            around.broken = broken
    if not around.is_there and around.broken is None:
        raise InputError(f"{found.path.name}: has nothing under {'.'.join(at)}; export it again")
    return around


def _look_around(text: _Text, at: Sequence[str], around: _Around) -> None:
    if not at or text.peek() != "{":
        around.is_there = True
        for _ in _values(text) if text.peek() == "[" else [text.value()]:
            pass
        return
    for key in _members(text):
        if key == at[0] and not around.is_there:
            around.depth += 1
            _look_around(text, at[1:], around)
        else:
            _, value = text.value()
            around.head[key] = None if isinstance(value, Refused) else value


def document_sample(found: Source) -> tuple[Any, ...]:
    """The first values of the array that the document is, or the document with its arrays cut.

    An array is cut to 20 values. What lies behind the first 4 million characters is left out.
    """
    with opened_text(found.path, found.encoding) as handle:
        text = _Text(io.StringIO(handle.read(SAMPLED_CHARACTERS)))
    whole: list[Any] = []
    with suppress(_Broken, RecursionError):
        _shorten(text, whole)
    document = whole[0] if whole else None
    return tuple(document) if isinstance(document, list) else tuple(whole)


def _shorten(text: _Text, into: list[Any]) -> None:
    """Appends the next value; of an object or array what could be read when it breaks."""
    opening = text.peek()
    if opening == "{":
        value: dict[str, Any] = {}
        into.append(value)
        for key in _members(text):
            member: list[Any] = []
            try:
                _shorten(text, member)
            finally:
                value.update(zip([key], member, strict=False))
    elif opening == "[":
        values: list[Any] = []
        into.append(values)
        for _, each in _values(text):
            if len(values) < SAMPLED and not isinstance(each, Refused):
                values.append(each)
    else:
        _, value = text.value()
        into += [] if isinstance(value, Refused) else [value]
