# SPDX-License-Identifier: GPL-3.0-or-later
"""The time that a post's id carries: a post that is gone is dated by the id others kept of it."""

from __future__ import annotations

import polars as pl

from graphkit.text.links import weibo_mid

TIME = pl.Datetime("us", "UTC")
WEIBO_EPOCH = 515_483_463  # seconds; right to a minute for 2,060,807 of 2,060,808 posts since 2012
WEIBO_FIRST = 3_340_000_000_000_000  # 2011-08: before 2011-07-20 ids were given differently
X_EPOCH = 1_288_834_974_657  # milliseconds
X_FIRST = 30_000_000_000  # 2010-11: before it ids were counted


def id_times(post_ids: pl.Series) -> pl.Series:
    """When each post was made, by its id; null where its platform's ids carry no time.

    Read are `weibo:` ids (as numbers or in base 62; `weiju:`, the invented platform, counts the
    same way) to the second, and `x:` ids to the millisecond.

    >>> id_times(pl.Series(["weibo:3489035978933121", "x:20", "reddit:abc"])).to_list()
    [datetime.datetime(2012, 9, 11, 3, 34, 23, tzinfo=zoneinfo.ZoneInfo(key='UTC')), None, None]
    """
    ids = pl.DataFrame({"platform": post_ids, "native": post_ids}).with_columns(
        pl.col("platform").str.extract("^([a-z]+):"), pl.col("native").str.extract("^[a-z]+:(.+)$")
    )
    is_mid = ids["native"].str.contains("^[0-9]{16}$")
    is_short = ids["native"].str.contains("^[0-9a-zA-Z]{9}$") & ~ids["native"].str.contains(
        r"^\d+$"
    )
    mid = pl.when(is_mid).then("native").when(is_short).then(weibo_mid(ids["native"]))
    number = ids.with_columns(
        mid=mid.cast(pl.Int64),
        snowflake=pl.col("native").str.extract("^([0-9]{1,19})$").cast(pl.Int64, strict=False),
    )
    weibo = pl.col("platform").is_in(["weibo", "weiju"]) & (pl.col("mid") >= WEIBO_FIRST)
    x = (pl.col("platform") == "x") & (pl.col("snowflake") >= X_FIRST)
    return number.select(
        pl.when(weibo)
        .then(((pl.col("mid") // 2**22 + WEIBO_EPOCH) * 1_000_000).cast(TIME))
        .when(x)
        .then(((pl.col("snowflake") // 2**22 + X_EPOCH) * 1_000).cast(TIME))
        .alias(post_ids.name)
    ).to_series()
