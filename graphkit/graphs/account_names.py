# SPDX-License-Identifier: GPL-3.0-or-later
"""Which account a name means: a handle first, else a display name that only one account shows."""

from __future__ import annotations

import polars as pl

ACTOR = (
    r"^mastodon:https?://([^/]+)/(?:users/|@)([^/]+)/?$"  # of Mastodon: the account's own address
)


def account_names(accounts: pl.DataFrame) -> pl.DataFrame:
    """The names that mean one account of their platform.

    Anybody may show the name of somebody else, so a name that two accounts show means neither; a
    handle is one account's.

    Returns:
        `platform`, `name` (lower case), `named_id` (the account), `is_handle`; handles win over
        display names. A Mastodon account is also known as name@host, an account of which only the
        handle is known by that.
    """
    actors = accounts.filter(platform="mastodon")
    actor = pl.col("account_id").str.extract_groups(ACTOR).struct
    full_name = pl.format("{}@{}", actor.field("2"), actor.field("1"))
    kinds = [
        (accounts, pl.col("handle"), True),
        (accounts, pl.col("account_id").str.extract("^[^:]*:@(.+)$"), True),
        (actors, full_name, True),
        (accounts, pl.col("display_name"), False),
    ]
    named = pl.concat(
        frame.select("platform", "account_id", name=name.str.to_lowercase(), is_handle=is_handle)
        for frame, name, is_handle in kinds
    )
    held = named.drop_nulls("name").group_by("platform", "name", "is_handle")
    holders = held.agg(named_id=pl.col("account_id").min(), holders=pl.col("account_id").n_unique())
    best = holders.filter(pl.col("is_handle") == pl.col("is_handle").max().over("platform", "name"))
    return best.filter(pl.col("holders") == 1).select("platform", "name", "named_id", "is_handle")
