# SPDX-License-Identifier: GPL-3.0-or-later
"""Times whose lack should not lose a row: of a page, a review, an archive."""

from __future__ import annotations

import re
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from graphkit.reading.importer import ReadOptions

EPOCH = re.compile(r"^\d{9,16}$")
SCRIPT_DATE = re.compile(r"^\w{3} (\w{3}) (\d{1,2}) (\d{4}) ([\d:]{8}) GMT([+-]\d{4}).*$")
YEAR_FIRST = re.compile(r"^(\d{4})[年/.-](\d{1,2})[月/.-](\d{1,2})日?(?:\s*|T)(?=\d|$)")
YEAR_LAST = re.compile(r"^(\d{1,2})[/.](\d{1,2})[/.](\d{4})(?:\s+|$)")
ORDERS = {"DMY": (3, 2, 1), "MDY": (3, 1, 2)}
SHORT_HOUR = re.compile(r"(?<= )(\d):")
LONGEST = 80
NO_YEAR = 1970  # what systems write for a time that was never set lies in 1 or 1970


def known_time(value: object, options: ReadOptions) -> tuple[str | None, str | None]:
    """The time that `value` says, as ISO 8601 or epoch, and why none can be told.

    Both are None where there is no value. Reads ISO 8601, epochs, RFC 2822, JavaScript's dates,
    2026/3/10 and 2026年3月10日; what has no offset needs `options.tz`, 03/04/2026 needs
    `options.date_order`.

    >>> from graphkit.reading.importer import ReadOptions
    >>> known_time("Tue, 10 Mar 2026 03:00:00 GMT", ReadOptions())
    ('2026-03-10T03:00:00+00:00', None)
    >>> known_time("2026-03-10 11:00", ReadOptions())
    (None, '"2026-03-10 11:00" has no time zone; give --tz, such as Asia/Shanghai')
    """
    text = "" if value is None else str(value).strip()
    if not text or EPOCH.match(text):
        return (text if text else None), None
    told = f'"{text[:40]}"'
    slashed = YEAR_LAST.match(text)
    if slashed and options.date_order is None:
        return None, f"{told} may be day-first or month-first; give --date-order DMY or MDY"
    if slashed:
        year, month, day = (slashed[part] for part in ORDERS[str(options.date_order)])
        text = f"{year}-{month}-{day} {text[slashed.end() :]}"
    read = _read(text[:LONGEST].strip())
    if read is None or read.year <= NO_YEAR:
        return None, f"{told} cannot be read as a time"
    if read.tzinfo is None and options.tz is None:
        return None, f"{told} has no time zone; give --tz, such as Asia/Shanghai"
    return _as_precise_as(text, read), None


def _read(text: str) -> datetime | None:
    padded = YEAR_FIRST.sub(lambda d: f"{d[1]}-{int(d[2]):02}-{int(d[3]):02} ", text)
    padded = SHORT_HOUR.sub(r"0\1:", padded).strip()
    try:
        return datetime.fromisoformat(padded)
    except ValueError:
        pass
    # Browsers write -0000 for UTC into MHTML; the library takes it for a time without offset.
    mail = SCRIPT_DATE.sub(r"\2 \1 \3 \4 \5", text).replace(" -0000", " +0000")
    try:
        return parsedate_to_datetime(mail)
    except (ValueError, IndexError, TypeError):
        return None


def _as_precise_as(text: str, read: datetime) -> str:
    """The time to the day, the minute or the second, as `text` has it."""
    if not re.search(r"\d:\d\d|T\d{4}", text):
        return read.date().isoformat()
    has_seconds = re.search(r"\d:\d\d:\d\d|T\d{6}", text)
    return read.isoformat() if has_seconds else read.isoformat(timespec="minutes")
