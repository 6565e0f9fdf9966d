# SPDX-License-Identifier: GPL-3.0-or-later
"""Character shingles, packed without loss: three 21-bit code points are one 63-bit integer."""

from __future__ import annotations

import numpy as np
import polars as pl

BITS = np.uint64(21)


def shingles(texts: pl.DataFrame) -> pl.DataFrame:
    """The set of character 3-shingles of each text of `texts` (`text_id`, `text`).

    A text of one or two characters is one shingle of its own; an empty or null text has none.

    Returns:
        `text_id` and `shingle` (UInt64), distinct, in no particular order. Two shingles are equal
        only where their characters are: nothing is hashed.
    """
    known = texts.filter(pl.col("text").str.len_chars() > 0)
    padded = known["text"].str.pad_end(3, "\0")
    lengths = padded.str.len_chars().to_numpy()
    joined = "".join(padded.to_list()).encode("utf-32-le")
    points = np.frombuffer(joined, np.uint32).astype(np.uint64)
    packed = (points[:-2] << (BITS + BITS)) | (points[1:-1] << BITS) | points[2:]
    text_no = np.repeat(np.arange(known.height, dtype=np.uint32), lengths)
    inside = text_no[:-2] == text_no[2:]
    of_texts = pl.DataFrame({"text_no": text_no[:-2][inside], "shingle": packed[inside]}).unique()
    names = known["text_id"].gather(of_texts["text_no"])
    return of_texts.select(names.alias("text_id"), "shingle")
