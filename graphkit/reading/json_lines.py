# SPDX-License-Identifier: GPL-3.0-or-later
"""JSON Lines files: one value a line."""

from __future__ import annotations

import json
from contextlib import suppress
from itertools import repeat
from operator import itemgetter
from typing import TYPE_CHECKING, Any

import orjson

from graphkit.errors import InputError
from graphkit.reading.cells import ESCAPED_NUL, HALF, NUL, UNDECODABLE, Gathered, in_batches
from graphkit.reading.opening import CUT, DAMAGED, LONGEST_LINE, filled, opened_utf8
from graphkit.reading.shapes import Json, Refused

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from typing import BinaryIO

    from graphkit.reading.forms import Source
    from graphkit.reading.shapes import Rows

BYTES_AT_ONCE = 1 << 19
REASONS = {
    "surrogate in": HALF,
    "depth limit": "not a row: nested too deeply",
    "valid UTF-8": UNDECODABLE,
}


def decoded(text: bytes) -> Json:
    """The value of a JSON text, or why it is none (`Refused`). NaN, which pandas writes, is null.

    >>> decoded(b'{"a": NaN}'), decoded(b'{"a":')
    ({'a': None}, Refused(reason='not a row: unexpected end of data'))
    """
    try:
        value = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        value = _with_nan(text, error.msg)
    if b"\\u0000" in text and ESCAPED_NUL.search(text):
        return Refused(NUL)
    return value


def _with_nan(text: bytes, told: str) -> Json:
    if b"NaN" in text or b"Infinity" in text:
        try:
            value = json.loads(text, parse_constant=lambda _: None)
            json.dumps(value, ensure_ascii=False).encode()
        except (ValueError, RecursionError):
            pass
        else:
            return value
    reason = next((reason for part, reason in REASONS.items() if part in told), None)
    return Refused(f"not a row: {told}" if reason is None else reason)


def values(found: Source) -> Iterator[tuple[int, Any]]:
    """The values with their lines; for a line that holds none why (`Refused`)."""
    for line, text in _blocks(found):
        objects = None if isinstance(text, Refused) else _objects(text)
        if isinstance(text, Refused):
            yield line, text
        elif objects is None:
            yield from ((place, value) for place, _, value in _values(text, line))
        else:
            yield from enumerate(objects, start=line)


def _values(text: bytes, line: int) -> Iterator[tuple[int, int, Any]]:
    """The values of some lines with the line and the length of each."""
    for number, each in enumerate(text.split(b"\n"), start=line):
        bare = each.removeprefix(b"\xef\xbb\xbf").strip()
        if bare:
            yield number, len(bare), decoded(bare)


def _blocks(found: Source) -> Iterator[tuple[int, bytes | Refused]]:
    """Some lines at a time, with the number of the first. A line that is too long is told so."""
    line, is_damaged, is_ended = 1, False, False
    with opened_utf8(found.path, found.encoding) as handle:
        while not (is_damaged or is_ended):
            text, is_damaged = filled(handle, BYTES_AT_ONCE)
            is_ended = len(text) < BYTES_AT_ONCE
            if not (is_damaged or is_ended):
                rest, is_damaged = _rest_of_line(handle)
                text += rest
            if is_damaged:
                text = text[: text.rfind(b"\n") + 1]
            if text:
                yield line, text
                line += text.count(b"\n")
    if is_damaged:
        yield line, Refused(CUT)


def _rest_of_line(handle: BinaryIO) -> tuple[bytes, bool]:
    try:
        return handle.readline(LONGEST_LINE), False
    except (*DAMAGED, UnicodeDecodeError):
        return b"", True


def line_rows(found: Source) -> Iterator[Rows]:
    """Rows of the JSON objects, one a line; what is no object is rejected.

    The columns are the keys met so far, in the order in which they came.

    Raises:
        InputError: no line is an object.
    """
    names: dict[str, None] = {}
    gathered = Gathered(names)
    for line, text in _blocks(found):
        objects = None if isinstance(text, Refused) else _objects(text)
        if isinstance(text, Refused):
            gathered.add(line, 0, text)
        elif objects is None:
            for row in _cells(_values(text, line), names):
                gathered.add(*row)
        else:
            columns = _columns(objects, names)
            gathered.add_columns(columns, range(line, line + len(objects)), len(text))
        if gathered.is_full():
            yield gathered.rows()
            gathered = Gathered(names)
    if len(gathered):
        yield gathered.rows()
    _check_has_objects(found, names)


def _objects(text: bytes) -> list[dict[str, Any]] | None:
    """The objects of some lines, None where one of them is none or holds NUL."""
    if b"\\u0000" in text:
        return None
    try:
        values = list(map(orjson.loads, text.removesuffix(b"\n").split(b"\n")))
    except orjson.JSONDecodeError:
        return None
    return values if all(map(isinstance, values, repeat(dict))) else None


def _columns(objects: Sequence[dict[str, Any]], names: dict[str, None]) -> Sequence[Sequence[Any]]:
    """What the objects have under each of `names`, to which their other keys are added."""
    if len(names) > 1 and sum(map(len, objects)) == len(names) * len(objects):
        with suppress(KeyError):  # when all have the same keys, this takes half the time
            return list(zip(*map(itemgetter(*names), objects), strict=True))
    _add_names(names, objects)
    return [[each.get(name) for each in objects] for name in names]


def _add_names(names: dict[str, None], objects: Iterable[dict[str, Any]]) -> None:
    for each in objects:
        if not each.keys() <= names.keys():
            names.update(dict.fromkeys(each))


def object_rows(found: Source, given: Iterable[tuple[int, int, Any]]) -> Iterator[Rows]:
    """Rows of the JSON objects in `given` (line, length, value), as `line_rows` gives them.

    Raises:
        InputError: no value is an object.
    """
    names: dict[str, None] = {}
    yield from in_batches(names, _cells(given, names))
    _check_has_objects(found, names)


def _check_has_objects(found: Source, names: dict[str, None]) -> None:
    if not names:
        raise InputError(f"{found.path.name}: no value is a JSON object; give JSON Lines")


def _cells(
    given: Iterable[tuple[int, int, Any]], names: dict[str, None]
) -> Iterator[tuple[int, int, list[Any] | Refused]]:
    for line, size, value in given:
        if isinstance(value, dict):
            _add_names(names, [value])
            yield line, size, list(map(value.get, names))
        elif isinstance(value, Refused):
            yield line, size, value
        else:
            yield line, size, Refused("not a row: not a JSON object")
