# SPDX-License-Identifier: GPL-3.0-or-later
"""Handles and hashtags in the form in which two that look the same are the same."""

from __future__ import annotations

from typing import TypeVar

import polars as pl

Text = TypeVar("Text", pl.Expr, pl.Series)

INVISIBLE = (
    r"[\p{Cc}\p{Cf}\x{34f}\x{115f}\x{1160}\x{17b4}\x{17b5}\x{180b}-\x{180f}\x{2028}\x{2029}"
    r"\x{3164}\x{fe00}-\x{fe0f}\x{ffa0}\x{e0100}-\x{e01ef}]"
)
"""Controls, zero-width and direction marks, fillers and variation selectors."""


def folded_name(names: Text) -> Text:
    r"""`names` (a column or expression) without case, width, invisible characters, @ and #.

    NFKC; blanks around it go too. What is empty then is null: it is nobody's name.

    >>> folded_name(pl.Series(["＠Moon\u200b_7", "#Brücke#", "\u2060 "])).to_list()
    ['moon_7', 'brücke', None]
    """
    plain = names.str.replace_all(INVISIBLE, "").str.normalize("NFKC").str.to_lowercase()
    bare = plain.str.normalize("NFC").str.strip_chars(" \u00a0\u3000@＠#＃")
    return bare.replace("", None)
