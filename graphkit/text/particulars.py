# SPDX-License-Identifier: GPL-3.0-or-later
"""The particulars of a text, in which one statement differs from another that reads the same."""

from __future__ import annotations

import polars as pl

NUMBER = r"\p{Nd}+(?:[.,:]\p{Nd}+)*"
TITLE = r"《[^《》]{1,30}》"
PLACE = r"\p{Han}{2}(?:省|市|县|縣|区|區|镇|鎮|乡|鄉|村|州|岛|島|路|街)"
NAME = r"[\p{Ll},;] (?:\p{Lu}[\p{L}'’\-]+)(?: \p{Lu}[\p{L}'’\-]+)*"  # not at a sentence's start
PATTERN = f"{NUMBER}|{TITLE}|{PLACE}|{NAME}"


def particulars(texts: pl.Expr) -> pl.Expr:
    """Numbers, titles, places and names in each text, as a list in their order; null of null.

    Places are those that Chinese marks as such (市, 县, ...), by two characters before the mark.
    Names are capitalised words inside a sentence. Small letters, NFKC.

    >>> text = pl.lit("On 1.5.2026 the old bridge of Port Gray closes.")
    >>> pl.select(particulars(text)).item().to_list()
    ['1.5.2026', 'port gray']
    """
    found = texts.str.normalize("NFKC").str.extract_all(PATTERN)
    bare = pl.element().str.replace(r"^[\p{Ll},;] ", "").str.to_lowercase()
    return found.list.eval(bare).list.unique(maintain_order=True)


def missing_particulars(citing: pl.Expr, cited: pl.Expr) -> pl.Expr:
    """Which particulars of the `citing` text the `cited` one does not hold; an expression.

    >>> citing, cited = pl.lit("鹅城市死了12人"), pl.lit("鹅城市有2人受伤")
    >>> pl.select(missing_particulars(citing, cited)).to_series().to_list()
    [['12']]
    """
    there = particulars(cited)
    return particulars(citing).list.set_difference(there)
