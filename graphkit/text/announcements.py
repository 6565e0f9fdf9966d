# SPDX-License-Identifier: GPL-3.0-or-later
"""Posts that openly call people to act on a topic at a set time."""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from importlib.resources import files
from io import BytesIO
from typing import TYPE_CHECKING

import polars as pl

from graphkit.text.open_calls import calls_openly

if TYPE_CHECKING:
    from datetime import timedelta

DAY_PART = "早上|上午|中午|下午|傍晚|晚上|今晚|明晚|当晚|當晚|晚|凌晨|午前|午後"
NUMERALS = {n: at for at, n in enumerate("一二三四五六七八九十", 1)} | {"两": 2, "兩": 2}
MINUTE = r"(?:(半|一刻|三刻)|([0-5]?[0-9])\s*分)?"
TIME = r"([0-2]?[0-9]):([0-5][0-9])"
CLOCKS = (
    rf"([0-9]{{1,2}})\s*[点點时時]{MINUTE}",
    rf"(?:{DAY_PART})\s*([一二两兩三四五六七八九十]{{1,3}})\s*[点點时時]{MINUTE}",  # 一点: a little
    r"([0-9]{1,2})\s?(?:a\.?m\b|p\.?m\b|o'clock)",
)
ALONE = (rf"(?<![0-9]){TIME}(?![0-9])", *CLOCKS[:2], rf"(?<![:0-9]){CLOCKS[2]}")
MINUTES = {"半": 30, "一刻": 15, "三刻": 45}
HALF_DAY = 720  # minutes: texts seldom say which half
MOST_TIMES = 4  # a call that names more sets no time
ZONE = 30  # minutes: nearly all zones differ by whole or half hours


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
    return calls & plain.str.contains("|".join((rf"(?:^|[^0-9]){TIME}(?:[^0-9]|$)", *CLOCKS)))


def named_times(text: str) -> list[int]:
    """The clock times that a text names, in minutes of the half-day, sorted.

    >>> (
    ...     named_times("明晚8点半，20:30到20:40"),
    ...     named_times("tonight at 8 pm"),
    ...     named_times("今晚八点"),
    ... )
    ([510, 520], [480], [480])
    """
    plain = unicodedata.normalize("NFKC", text).lower()
    found = {_minutes(match) for clock in ALONE for match in re.finditer(clock, plain)}
    return sorted(minute for minute in found if minute is not None)


def _minutes(match: re.Match[str]) -> int | None:
    """The time of one match of `ALONE`: hour, then minute as a word, as a number, or none."""
    hour, *rest = match.groups()
    number = int(hour) if hour.isdecimal() else sum(NUMERALS[digit] for digit in hour)
    minute = next((said for said in rest if said is not None), "0")
    late = MINUTES[minute] if minute in MINUTES else int(minute)
    return (60 * number + late) % HALF_DAY if number <= 24 else None


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


def timed_announcements(
    posts: pl.DataFrame, topics: pl.DataFrame, *, within: timedelta, near: timedelta
) -> pl.DataFrame:
    """Posts that announce a topic and when it starts: topic, post_id, account_id, sorted.

    Of the `announcements`, those that are still there, made at most `within` before the start, and
    that name up to four times of day, one of them at most `near` the start: in the zone, of those
    that differ by half hours, that fits most of the topics.
    """
    kept = posts.filter(pl.col("deleted_at").is_null())
    calls = announcements(kept, topics).join(topics, on="topic")
    recent = calls.filter(pl.col("start") - pl.col("created_at") <= within)
    said = recent.join(kept.select("post_id", "account_id", "text"), on="post_id")
    times = [(text, named_times(text)) for text in said["text"].unique()]
    named = pl.DataFrame(times, {"text": pl.String, "named": pl.List(pl.Int64)}, orient="row")
    minute = pl.col("start").dt.hour().cast(pl.Int64) * 60 + pl.col("start").dt.minute()
    late = pl.col("named") - minute
    fitting = (
        said.join(named, on="text")
        .filter(pl.col("named").list.len() <= MOST_TIMES)
        .explode("named")
        .with_columns(late=late, zone=(late / ZONE).round().cast(pl.Int64) * ZONE)
        .filter((pl.col("late") - pl.col("zone")).abs() * 60 <= near.total_seconds())
        .with_columns(pl.col("zone") % HALF_DAY)
    )
    best = fitting.group_by("zone").agg(pl.col("topic").n_unique()).sort("topic", "zone").tail(1)
    found = fitting.join(best.select("zone"), on="zone")
    return found.select("topic", "post_id", "account_id").unique().sort("topic", "post_id")
