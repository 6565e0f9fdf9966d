# SPDX-License-Identifier: GPL-3.0-or-later
"""Posts that openly call people to act on a topic at a set time."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from io import BytesIO

import polars as pl

from graphkit.text.open_calls import calls_openly

DAY_PART = "早上|上午|中午|下午|傍晚|晚上|今晚|明晚|当晚|當晚|晚|凌晨|午前|午後"
CLOCK = "|".join(
    (
        r"(?:^|[^0-9])[0-2]?[0-9]:[0-5][0-9](?:[^0-9]|$)",
        r"[0-9]{1,2}\s*[点點时時]",
        rf"(?:{DAY_PART})\s*[一二两兩三四五六七八九十]{{1,3}}\s*[点點时時]",  # 一点 alone: a little
        r"[0-9]\s?(?:a\.?m\b|p\.?m\b|o'clock)",
    )
)


@cache
def _call_words() -> list[str]:
    table = files("graphkit.text").joinpath("announcements.csv").read_bytes()
    return pl.read_csv(BytesIO(table))["phrase"].to_list()


def is_announcement(text: pl.Expr) -> pl.Expr:
    """Whether `text` names a time of day and calls people; null stays null.

    Calls are phrases of announcements.csv (drives) and open_calls.csv (copying, sharing). It does
    not read what is announced, nor whether anyone came: that is for the caller.

    >>> said = ["今晚8点一起上 #河灯节#", "Join us at 8 pm for the lantern tag", "今晚8点下雨"]
    >>> pl.DataFrame({"text": said}).select(is_announcement(pl.col("text")))["text"].to_list()
    [True, True, False]
    """
    plain = text.str.normalize("NFKC").str.to_lowercase()
    calls = plain.str.contains_any(_call_words()) | calls_openly(text)
    return calls & plain.str.contains(CLOCK)


def announcements(posts: pl.DataFrame, topics: pl.DataFrame) -> pl.DataFrame:
    """Posts that announce a topic before its window: columns topic, post_id, created_at, sorted.

    `topics` has the columns topic and start (UTC). A post names a topic in its text or hashtags.
    """
    said = posts.filter(is_announcement(pl.col("text"))).select(
        "post_id", "created_at", "text", "hashtags"
    )
    named = pl.col("text").str.contains(pl.col("topic"), literal=True) | pl.col(
        "hashtags"
    ).list.contains(pl.col("topic"))
    pairs = said.drop_nulls("created_at").join(topics, how="cross")
    found = pairs.filter(pl.col("created_at") < pl.col("start"), named)
    return found.select("topic", "post_id", "created_at").unique().sort("topic", "post_id")
