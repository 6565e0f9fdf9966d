# SPDX-License-Identifier: GPL-3.0-or-later
"""The time that a post's id carries: a post that is gone is dated by the id others kept of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from graphkit.text.links import weibo_mid

if TYPE_CHECKING:
    from collections.abc import Callable

TIME = pl.Datetime("us", "UTC")
X_EPOCH = 1_288_834_974_657  # milliseconds
LAST = 4_102_444_800_000_000  # 2100: an id that says later was made up
BASE32 = "234567abcdefghijklmnopqrstuvwxyz"
BASE64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"


@dataclass(frozen=True)
class _Clock:
    """How a platform's ids count: number = time << `shift`, in `unit` microseconds since `epoch`.

    `first` is the earliest time in microseconds at which the platform gave such ids.
    """

    number: Callable[[pl.Series], pl.Series]
    shift: int
    unit: int
    epoch: int
    first: int

    def times(self, native: pl.Series) -> pl.Series:
        micros = (self.number(native) // 2**self.shift + self.epoch) * self.unit
        kept = pl.when(micros.is_between(self.first, LAST)).then(micros)
        return pl.select(kept.cast(TIME)).to_series()


def id_times(post_ids: pl.Series) -> pl.Series:
    """When each post was made, by its id; null where its platform's ids carry no time.

    Read are the ids of Weibo (as numbers or in base 62; `weiju:`, the invented platform, counts
    the same way), TikTok and Douyin to the second, of X, Mastodon (the end of the address),
    Discord, Instagram and Threads (numbers or short codes) to the millisecond, and of Bluesky (the
    key of the record) to the microsecond. Those of Instagram, Threads and TikTok are made when the
    upload begins, those of Bluesky by the author's own software.

    >>> id_times(pl.Series(["weibo:3489035978933121", "x:20", "reddit:abc"])).to_list()
    [datetime.datetime(2012, 9, 11, 3, 34, 23, tzinfo=zoneinfo.ZoneInfo(key='UTC')), None, None]
    """
    platforms = post_ids.str.extract("^([a-z]+):")
    found = pl.Series(post_ids.name, [None], TIME).new_from_index(0, len(post_ids))
    for platform in sorted(set(platforms.unique().drop_nulls()) & CLOCKS.keys()):
        here = (platforms == platform).fill_null(value=False)
        native = post_ids.zip_with(here, found.cast(pl.String))
        times = CLOCKS[platform].times(native.str.slice(len(platform) + 1))
        found = found.zip_with(~here, times)
    return found.alias(post_ids.name)


def _numbers(pattern: str) -> Callable[[pl.Series], pl.Series]:
    """Reads the one group of `pattern` as a number; null where it has more than 63 bits."""
    return lambda ids: ids.str.extract(pattern).cast(pl.Int64, strict=False)


def _weibo(ids: pl.Series) -> pl.Series:
    short = ids.str.extract("^([0-9a-zA-Z]{9})$")
    is_short = short.str.contains("[a-zA-Z]").fill_null(value=False)
    mid = ids.str.extract("^([0-9]{16})$")
    return mid.zip_with(~is_short, weibo_mid(short)).cast(pl.Int64, strict=False)


def _instagram(ids: pl.Series) -> pl.Series:
    numbers = ids.str.extract(r"^([0-9]{18,19})(?:_[0-9]+)?$").cast(pl.Int64, strict=False)
    return numbers.fill_null(_in_digits(ids.str.extract(r"^([A-E][\w-]{10})$"), BASE64))


def _bluesky(ids: pl.Series) -> pl.Series:
    return _in_digits(ids.str.extract(rf"(?:^|/)([2-7a-j][{BASE32}]{{12}})$"), BASE32)


def _in_digits(texts: pl.Series, digits: str) -> pl.Series:
    """Texts of one length as numbers in those digits."""
    known = texts.drop_nulls()
    if known.is_empty():
        return texts.cast(pl.Int64, strict=False)
    value_of = np.zeros(128, np.int64)
    value_of[np.frombuffer(digits.encode(), np.uint8)] = np.arange(len(digits))
    values = value_of[np.frombuffer("".join(known).encode(), np.uint8)].reshape(len(known), -1)
    numbers = pl.Series(np.zeros(len(known), np.int64))
    for column in values.T:
        numbers = numbers * len(digits) + pl.Series(column)
    table = pl.DataFrame({"text": known, "number": numbers}).unique("text")
    return texts.to_frame("text").join(table, on="text", how="left", maintain_order="left")[
        "number"
    ]


def _micros(year: int, month: int) -> int:
    return int(np.datetime64(f"{year}-{month:02}", "us").astype(np.int64))


# Weibo: right to a minute for 2,060,807 of 2,060,808 posts since 2012; before 2011-07-20 its ids
# were given differently. X: before November 2010 ids were counted.
WEIBO = _Clock(_weibo, 22, 1_000_000, 515_483_463, _micros(2011, 8))
TIKTOK = _Clock(_numbers("^([0-9]{19})$"), 32, 1_000_000, 0, _micros(2016, 9))
INSTAGRAM = _Clock(_instagram, 23, 1_000, 1_314_220_021_721, _micros(2011, 9))
CLOCKS = {
    "weibo": WEIBO, "weiju": WEIBO, "tiktok": TIKTOK, "douyin": TIKTOK,
    "instagram": INSTAGRAM, "threads": INSTAGRAM,
    "x": _Clock(_numbers("^([0-9]{11,19})$"), 22, 1_000, X_EPOCH, _micros(2010, 11)),
    "mastodon": _Clock(
        _numbers("^(?:https?://.*/statuses/)?([0-9]{15,19})$"), 16, 1_000, 0, _micros(2016, 3)
    ),
    "discord": _Clock(
        _numbers("^(?:.*/)?([0-9]{15,19})$"), 22, 1_000, 1_420_070_400_000, _micros(2015, 1)
    ),
    "bluesky": _Clock(_bluesky, 10, 1, 0, _micros(2022, 11)),
}  # fmt: skip
