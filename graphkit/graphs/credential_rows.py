# SPDX-License-Identifier: GPL-3.0-or-later
"""Posts that claim a credential, held against what the platform says of the account."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from graphkit.graphs.standing_rows import AT, own_claims
from graphkit.text.standings import bio_standings, claims_of_words, standing_of, standings

if TYPE_CHECKING:
    from datetime import timedelta

    from graphkit.tables import Corpus

ROWS = ["account_id", "post_id", "at", "standing"]
FORMS = ("%Y-%m-%dT%H:%M:%S%.fZ", "%Y-%m-%dT%H:%MZ")
LATEST = pl.coalesce(
    [pl.col("value").str.strptime(pl.Datetime("us"), form, strict=False) for form in FORMS]
).dt.replace_time_zone("UTC")


def held_credentials(corpus: Corpus) -> pl.DataFrame:
    """Accounts with a credential: account_id, platform, credential, held (standing), expires_at.

    `expires_at` is the latest end that any row gives, revisions too: a later one is a renewal.
    """
    renewed = corpus.revisions.filter(subject_kind="account", column="credential_expires_at")
    latest = renewed.group_by(account_id="subject_id").agg(renewed_at=LATEST.max())
    held = corpus.accounts.filter(pl.col("credential").is_not_null())
    return held.join(latest, on="account_id", how="left").select(
        "account_id",
        "platform",
        "credential",
        "created_at",
        held=standing_of(pl.col("credential")),
        expires_at=pl.max_horizontal("credential_expires_at", "renewed_at"),
    )


def expired_claims(corpus: Corpus, claims: pl.DataFrame, grace: timedelta) -> pl.DataFrame:
    """Posts that claim the account's credential more than `grace` after it ended.

    The claim is of the credential's own words, or of its standing. Columns: account_id, post_id,
    at, standing, credential, expires_at, created_at (of the account); sorted, one row a post.
    """
    held = held_credentials(corpus).drop_nulls("expires_at")
    late = pl.col("at") > pl.col("expires_at") + grace
    seen = corpus.posts.filter("is_seen", pl.col("text").is_not_null())
    posts = seen.select("post_id", "account_id", "kind", "text", at=AT)
    after = posts.join(held, on="account_id").filter(late)
    worded = claims_of_words(after).select("post_id")
    own = own_claims(claims).filter(~pl.col("is_former")).select("post_id", held="standing")
    same = after.join(own, on=["post_id", "held"], how="semi").select("post_id")
    told = after.join(pl.concat([worded, same]).unique(), on="post_id", how="semi")
    told = told.join(claims.filter("is_former"), on="post_id", how="anti")
    return told.select(
        *ROWS[:3],
        "credential",
        "expires_at",
        "created_at",
        standing=pl.coalesce("held", "credential"),
    ).sort("account_id", "at", "post_id")


def other_credentials(corpus: Corpus, claims: pl.DataFrame) -> pl.DataFrame:
    """Claims of an exclusive profession by accounts whose credential is of another one.

    Columns: account_id, standing, held, table, key; sorted. Bios count too.
    """
    alone = [name for name, each in standings().items() if each.is_exclusive]
    held = held_credentials(corpus).filter(pl.col("held").is_in(alone))
    rows = pl.concat(
        [
            own_claims(claims).filter(~pl.col("is_former")).select(
                "account_id", "standing", table=pl.lit("posts"), key="post_id"
            ),
            bio_standings(corpus.accounts).filter(~pl.col("is_former")).select(
                "account_id", "standing", table=pl.lit("accounts"), key="account_id"
            ),
        ]
    )  # fmt: skip
    told = rows.filter(pl.col("standing").is_in(alone)).join(
        held.select("account_id", "held"), on="account_id"
    )
    other = told.filter(pl.col("standing") != pl.col("held"))
    return other.select("account_id", "standing", "held", "table", "key").unique().sort(pl.all())


def unverifiable_claims(corpus: Corpus, claims: pl.DataFrame) -> pl.DataFrame:
    """Claims of a licensed profession without a credential, where the platform shows credentials.

    Columns: account_id, post_id, at, standing; sorted.
    """
    licensed = [name for name, each in standings().items() if each.is_licensed]
    held = corpus.accounts.filter(pl.col("credential").is_not_null())
    bare = corpus.accounts.join(held, on="account_id", how="anti").join(
        held, on="platform", how="semi"
    )
    told = own_claims(claims).filter(
        pl.col("standing").is_in(licensed), ~pl.col("is_former")
    ).join(bare, on="account_id", how="semi")  # fmt: skip
    return told.select(ROWS).sort("standing", "account_id", "post_id")
