# SPDX-License-Identifier: GPL-3.0-or-later
"""Moments and zones as people type them."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from graphkit.errors import ParameterError


def zone(name: str | None) -> str | None:
    """`name` itself when it is a time zone, or None for None.

    Raises:
        ParameterError: no such zone.
    """
    if name is not None:
        try:
            ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError) as error:
            raise ParameterError(f"no time zone is called {name!r}; write Asia/Shanghai") from error
    return name


def moment(text: str, *, tz: str | None) -> datetime:
    """The time that `text` says, in UTC; without offset it is read in the zone `tz`.

    >>> moment("2026-03-10T09:00+08:00", tz=None)
    datetime.datetime(2026, 3, 10, 1, 0, tzinfo=datetime.timezone.utc)

    Raises:
        ParameterError: it is not ISO 8601, or has neither offset nor zone.
    """
    try:
        read = datetime.fromisoformat(text)
    except ValueError as error:
        raise ParameterError(f"{text!r} is not a time; write 2026-03-10T09:00+08:00") from error
    if read.tzinfo is None:
        if zone(tz) is None:
            raise ParameterError(f"{text!r} has no offset; write 2026-03-10T09:00+08:00 or --tz")
        read = read.replace(tzinfo=ZoneInfo(str(tz)))
    try:
        return read.astimezone(UTC)
    except OverflowError as error:
        raise ParameterError(f"{text!r} is not a time; write 2026-03-10T09:00+08:00") from error
