# SPDX-License-Identifier: GPL-3.0-or-later
"""Posts in which accounts claim a standing, and claims that go ill together."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import polars as pl

from graphkit.text.normal import normal_form
from graphkit.text.particulars import PLACE
from graphkit.text.standings import bio_standings, in_play, standing_claims, standings

if TYPE_CHECKING:
    from graphkit.tables import Corpus

AT = pl.coalesce("created_at", "id_time")
DAY = timedelta(days=1)


def claim_rows(corpus: Corpus) -> pl.DataFrame:
    """Every claim of a standing in a seen post's own words (`standing_claims`).

    Columns: post_id, standing, span_start, span_end, is_former; account_id, platform, at; words
    (normal form of the sentence that claims); group; event (first hashtag, else the first place
    that the text marks as one); is_credited (the text names another as its source); is_play (a
    joke, a story: standings.toml); first_account (who wrote the sentence first on the platform,
    null where that is unknown). Sorted by post and standing.
    """
    posts = corpus.posts.filter("is_seen", pl.col("text").is_not_null())
    found = standing_claims(posts)
    credited = corpus.citations.filter(
        pl.col("certainty") > 0, pl.col("target_kind").is_in(["account", "outlet"]), via="text"
    )
    groups = {name: each.group for name, each in standings().items()}
    rows = found.join(
        posts.select("post_id", "account_id", "platform", "text", "hashtags", at=AT), on="post_id"
    ).with_columns(
        words=normal_form(pl.col("sentence")),
        group=pl.col("standing").replace_strict(groups, return_dtype=pl.String),
        event=pl.coalesce(
            pl.col("hashtags").list.sort().list.first(), pl.col("text").str.extract(f"({PLACE})")
        ),
        is_credited=pl.col("post_id").is_in(credited["post_id"].implode()),
        is_play=in_play(pl.col("text")),
    )
    first = rows.drop_nulls("at").sort("at", "post_id").unique(
        ["platform", "words"], keep="first", maintain_order=True
    )  # fmt: skip
    told = rows.join(
        first.select("platform", "words", first_account="account_id"),
        on=["platform", "words"],
        how="left",
    )
    return told.drop("sentence", "text", "hashtags").sort("post_id", "standing")


def own_claims(claims: pl.DataFrame) -> pl.DataFrame:
    """The rows of `claim_rows` that are neither credited, nor copied, nor a play."""
    copied = pl.col("first_account") != pl.col("account_id")
    return claims.filter(~pl.col("is_credited"), ~pl.col("is_play"), ~copied.fill_null(value=False))


def rival_professions(claims: pl.DataFrame, corpus: Corpus, within: timedelta) -> pl.DataFrame:
    """Claims of an account of two professions that hardly anybody holds at once.

    Those of standings.toml that are exclusive; former ones do not count, a bio counts at any time,
    and two claims in posts are at most `within` apart.

    Columns: account_id, standing, table, key (the row that claims); sorted.
    """
    alone = [name for name, each in standings().items() if each.is_exclusive]
    bios = bio_standings(corpus.accounts).filter(~pl.col("is_former"))
    rows = pl.concat(
        [
            own_claims(claims).filter(~pl.col("is_former")).select(
                "account_id", "standing", "at", table=pl.lit("posts"), key="post_id"
            ),
            bios.select("account_id", "standing", at=pl.lit(None, pl.Datetime("us", "UTC")),
                        table=pl.lit("accounts"), key="account_id"),
        ]
    ).filter(pl.col("standing").is_in(alone))  # fmt: skip
    several = rows.filter(pl.col("standing").n_unique().over("account_id") > 1)
    spans = several.group_by("account_id", "standing").agg(
        first_at=pl.col("at").min(), last_at=pl.col("at").max()
    )
    pairs = spans.join(spans, on="account_id", suffix="_2").filter(
        pl.col("standing") != pl.col("standing_2")
    )
    apart = pl.max_horizontal(
        pl.col("first_at") - pl.col("last_at_2"), pl.col("first_at_2") - pl.col("last_at")
    )
    near = pairs.filter((apart <= within).fill_null(value=True))
    kept = several.join(near, on=["account_id", "standing"], how="semi")
    return kept.select("account_id", "standing", "table", "key").unique().sort(pl.all())


def many_events(claims: pl.DataFrame, min_events: int) -> pl.DataFrame:
    """Claims of accounts to be party, relative or witness in `min_events` events or more.

    Events are told by hashtag or place, and are on different days.

    Columns: account_id, standing, table, key; sorted.
    """
    told = own_claims(claims).filter(group="event").drop_nulls(["event", "at"])
    counted = told.group_by("account_id").agg(
        events=pl.col("event").n_unique(), days=pl.col("at").dt.date().n_unique()
    )
    many = counted.filter(pl.min_horizontal("events", "days") >= min_events)
    rows = told.join(many, on="account_id", how="semi")
    return rows.select("account_id", "standing", table=pl.lit("posts"), key="post_id").sort(
        pl.all()
    )


def shared_claims(claims: pl.DataFrame, *, min_accounts: int, min_characters: int) -> pl.DataFrame:
    """Claims in one and the same sentence by several accounts of a platform, without credit.

    Columns: those of `claim_rows`, and is_first (by the account that wrote it first; null where
    times are unknown); sorted by platform, words and post. The sentence has `min_characters` in
    its normal form or more.
    """
    long = claims.filter(pl.col("words").str.len_chars() >= min_characters, ~pl.col("is_credited"))
    accounts = pl.col("account_id").n_unique().over("platform", "words")
    return (
        long.filter(accounts >= min_accounts)
        .with_columns(is_first=pl.col("first_account") == pl.col("account_id"))
        .sort("platform", "words", "post_id", "standing")
    )
