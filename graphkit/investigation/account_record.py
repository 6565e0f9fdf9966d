# SPDX-License-Identifier: GPL-3.0-or-later
"""What the rows say of one account: its names over time, its look-alikes, how much it repeats."""

from __future__ import annotations

import polars as pl

from graphkit.graphs.handle_history import handle_history
from graphkit.graphs.lookalike_names import name_twins
from graphkit.tables import Corpus
from graphkit.text.lookalikes import WAYS

NAMES = ("handle", "display_name")


def names_of(corpus: Corpus, account_id: str) -> pl.DataFrame:
    """The names that rows give an account, each with when it was first seen and seen no more.

    Columns: kind (handle or display_name), name, since (first seen; null where no row says),
    until (when a row first has another name of that kind; null where none has), table, key,
    source_id, source_line (the row); by kind and time (unknown last), table and key. A name that
    comes back is a row of its own, one that is said again is not.
    """
    accounts = corpus.accounts.filter(account_id=account_id)
    revisions = corpus.revisions.filter(subject_kind="account", subject_id=account_id)
    lines = pl.concat([each["source_line"] for each in (accounts, revisions)])
    own = Corpus(  # of a large case only what is asked for is checked and joined
        accounts=accounts,
        revisions=revisions,
        posts=corpus.posts.filter(pl.col("source_line").is_in(lines.implode())),
        sources=corpus.sources,
    )
    rows = handle_history(own)
    place = ["seen_at", "table", "key", "source_id", "source_line"]
    kinds = [rows.select(*place, kind=pl.lit(each), name=each) for each in NAMES]
    said = pl.concat(kinds).drop_nulls("name").sort(
        "kind", "seen_at", "table", "key", descending=[True, False, False, False], nulls_last=True
    )  # fmt: skip
    changes = said.filter(
        (pl.col("name") != pl.col("name").shift(1).over("kind")).fill_null(value=True)
    )
    until = pl.col("seen_at").shift(-1).over("kind")
    return changes.select("kind", "name", *place[1:], since="seen_at", until=until).select(
        "kind", "name", "since", "until", *place[1:]
    )


def like_names(corpus: Corpus, account_id: str, like_id: str) -> tuple[str, str, str] | None:
    """The two names by which an account looks like another, and the way; None where none is alike.

    Of several the plainest way (`text.lookalikes.WAYS`), then by name: the rule of the detector
    lookalike-account, which does not keep the names.
    """
    own, other = (_names(corpus, each) for each in (account_id, like_id))
    if not own.len() or not other.len():
        return None
    twins = name_twins(own, other).with_columns(pl.col("way").cast(pl.Enum(WAYS)))
    best = twins.sort("way", "name", "like").head(1)
    return next(((name, like, str(way)) for name, like, way in best.iter_rows()), None)


def _names(corpus: Corpus, account_id: str) -> pl.Series:
    rows = corpus.accounts.filter(account_id=account_id)
    return pl.concat([rows[each].alias("name") for each in NAMES]).drop_nulls()


def copy_shares(corpus: Corpus) -> pl.DataFrame:
    """How much of what each account says others of the case had said before, and others say after.

    A text is the normal form of a post's own words (act text; reposts are none), at its first time
    from that account; at the same second nobody was before the other.

    Columns: account_id, texts, repeated (of them, that another account had posted before),
    repeated_share, median_lag_seconds (of these, behind the first of all; null where there are
    none), copied (of texts, that another account posted later); by account.
    """
    texts = corpus.actions.filter(pl.col("act") == "text", pl.col("acted_at").is_not_null())
    said = texts.group_by("account_id", "object_id").agg(at=pl.col("acted_at").min())
    first, last = (getattr(pl.col("at"), end)().over("object_id") for end in ("min", "max"))
    lag = (pl.col("at") - first).dt.total_seconds(fractional=True)
    told = said.with_columns(lag=lag, is_later=pl.col("at") < last)
    is_repeat = pl.col("lag") > 0
    return (
        told.group_by("account_id")
        .agg(
            texts=pl.len().cast(pl.Int64),
            repeated=is_repeat.sum().cast(pl.Int64),
            repeated_share=is_repeat.mean(),
            median_lag_seconds=pl.col("lag").filter(is_repeat).median(),
            copied=pl.col("is_later").sum().cast(pl.Int64),
        )
        .sort("account_id")
    )
