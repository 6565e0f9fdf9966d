# SPDX-License-Identifier: GPL-3.0-or-later
"""Text written by others, made safe to look at: hidden characters shown, formulas defused."""

from __future__ import annotations

import re
import unicodedata

# C0 and C1 controls, soft hyphen, zero-width and bidi marks, variation and tag characters.
_HIDDEN = re.compile(
    "[\x00-\x1f\x7f-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200b-\u200f"
    "\u2028-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\U000e0000-\U000e0fff]"
)
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")


def visible(text: str) -> str:
    r"""`text` on one line, each hidden, control or bidi character as [U+XXXX].

    >>> visible("safe\u202egnp.exe")
    'safe[U+202E]gnp.exe'
    """
    return _HIDDEN.sub(lambda found: f"[U+{ord(found.group()):04X}]", text)


def defused(cell: str) -> str:
    """`cell` with a leading apostrophe where a spreadsheet would run it as a formula.

    >>> defused("=HYPERLINK(1)")
    "'=HYPERLINK(1)"
    """
    return f"'{cell}" if cell.startswith(_FORMULA) else cell


def columns(text: str) -> int:
    """The columns that `text` takes in a terminal; Chinese characters take two.

    >>> columns("ab桥")
    4
    """
    return sum(2 if unicodedata.east_asian_width(each) in "WF" else 1 for each in text)
