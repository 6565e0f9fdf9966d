# SPDX-License-Identifier: GPL-3.0-or-later
"""How hostile text, times and numbers are shown. Names and posts are input of the other side."""

from __future__ import annotations

import html
import unicodedata
from datetime import UTC, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import timedelta
    from zoneinfo import ZoneInfo

_JOINERS = "\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180e\u2800\u3164\ufe0e\ufe0f\uffa0"


def is_hidden(character: str) -> bool:
    """Whether a character is invisible, or turns the reading direction."""
    return character in _JOINERS or unicodedata.category(character) in {
        "Cc",
        "Cf",
        "Cs",
        "Co",
        "Zl",
        "Zp",
    }


def visible(text: str | None) -> str:
    r"""`text` with hidden and direction-turning characters written out, one line.

    >>> visible("daily\u202eswen")
    'daily[U+202E]swen'
    """
    plain = (text or "").replace("\r\n", " ").replace("\n", " ").replace("\t", " ")
    return "".join(f"[U+{ord(c):04X}]" if is_hidden(c) else c for c in plain)


def hidden_characters(text: str | None) -> list[str]:
    r"""The hidden characters of `text` with their names, each once, in order.

    >>> hidden_characters("a\u200bb")
    ['U+200B ZERO WIDTH SPACE']
    """
    found = dict.fromkeys(c for c in (text or "") if is_hidden(c))
    return [f"U+{ord(c):04X} {unicodedata.name(c, 'CONTROL')}" for c in found]


def short(text: str | None, length: int = 80) -> str:
    """`visible(text)`, cut at `length` characters with an ellipsis."""
    plain = visible(text)
    return plain if len(plain) <= length else plain[: length - 1] + "…"


def in_figure(text: str | None, length: int = 60) -> str:
    """`short(text)` for plotly, which reads markup in every label.

    >>> in_figure("<a href=x>official</a>")
    '&lt;a href=x&gt;official&lt;/a&gt;'
    """
    return html.escape(short(text, length), quote=False)


def moment(text: str | datetime | None, zone: ZoneInfo) -> str:
    """A time as `2024-03-01 08:00` in the case's zone, with seconds where it has any.

    >>> from zoneinfo import ZoneInfo
    >>> moment("2024-03-01T08:00:00+00:00", ZoneInfo("Asia/Shanghai"))
    '2024-03-01 16:00'
    """
    if text is None:
        return "–"
    at = datetime.fromisoformat(text) if isinstance(text, str) else text
    at = (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(zone)
    return at.strftime("%Y-%m-%d %H:%M:%S" if at.second else "%Y-%m-%d %H:%M")


def duration(span: timedelta | float | None) -> str:
    """A span in its two largest units.

    >>> duration(93_784)
    '1 d 2 h'
    """
    if span is None:
        return "–"
    left = int(abs(span if isinstance(span, (int, float)) else span.total_seconds()))
    parts: list[str] = []
    for unit, size in (("y", 31_557_600), ("d", 86_400), ("h", 3600), ("min", 60), ("s", 1)):
        if left >= size and len(parts) < 2:
            parts.append(f"{left // size} {unit}")
            left %= size
        elif parts:
            break
    return " ".join(parts) if parts else "0 s"


def number(value: float | None) -> str:
    """A number as a reader wants it: thousands apart, four significant digits, null as a dash.

    >>> number(12345), number(0.0234567), number(7.596e-43), number(None)
    ('12,345', '0.02346', '7.6e-43', '–')
    """
    if value is None:
        return "–"
    if float(value).is_integer() and abs(value) < 1e15:
        return f"{int(value):,}"
    if abs(value) < 1e-4:
        return f"{value:.1e}"
    return f"{value:,.4g}" if abs(value) < 1e4 else f"{value:,.0f}"
