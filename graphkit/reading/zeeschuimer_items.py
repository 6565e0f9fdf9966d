# SPDX-License-Identifier: GPL-3.0-or-later
"""The envelope that Zeeschuimer puts around what a browser saw, also as 4CAT keeps it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from graphkit.reading.records import Found
from graphkit.reading.shapes import Refused
from graphkit.reading.values import at

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from graphkit.reading.extra_rows import Extra
    from graphkit.reading.importer import Sample

META = "__import_meta"
EXACT = 2**53  # JavaScript, which wrote the file, keeps whole numbers exact up to here


def captured(value: object) -> tuple[dict[str, Any], dict[str, Any]]:
    """What the platform sent, and the envelope around it (of 4CAT: what lies in `__import_meta`).

    Raises:
        TypeError: there is no envelope.

    >>> captured({"item_id": "7", "source_platform": "gab.com", "data": {"i": "7"}})[0]
    {'i': '7'}
    >>> captured({"i": "7", "__import_meta": {"source_platform": "gab.com"}})[1]
    {'source_platform': 'gab.com'}
    """
    if isinstance(value, dict) and isinstance(value.get(META), dict):
        return value, value[META]
    if isinstance(value, dict) and isinstance(value.get("data"), dict):
        return value["data"], value
    raise TypeError("no data of Zeeschuimer")


def captured_on(sample: Sample, platforms: Collection[str]) -> str | None:
    """Why the sample is of Zeeschuimer on one of `platforms`, else None."""
    for value in sample.objects:
        envelope = at(value, META) or (value if at(value, "data") is not None else None)
        platform = at(envelope, "source_platform")
        if platform in platforms and at(envelope, "timestamp_collected") is not None:
            return f"its items were captured by Zeeschuimer (source_platform {platform})"
    return None


def exact_id(candidates: Iterable[object]) -> str | None:
    """The first of `candidates` that is an id as the platform has it.

    A text is; a number is, as long as JavaScript could hold it: larger ones have lost digits.

    >>> exact_id([6752887346621023000, "6752887346621023238"]), exact_id([1002]), exact_id([None])
    ('6752887346621023238', '1002', None)
    """
    for each in candidates:
        if isinstance(each, str) and each.strip():
            return each.strip()
        if isinstance(each, int) and not isinstance(each, bool) and 0 < each < EXACT:
            return str(each)
    return None


def captured_post(
    rows: Sequence[Extra], envelope: Mapping[str, Any], *, refusal: str
) -> Found | Refused:
    """The first of `rows` as the post that was captured, the others as what came along.

    Without rows the record is refused, with `refusal` as the reason.
    """
    if not rows:
        return Refused(refusal)
    collected = {"collected_at": envelope.get("timestamp_collected")}
    return Found("posts", {**rows[0][1], **collected}, rows[1:])
