# SPDX-License-Identifier: GPL-3.0-or-later
"""The log of each act from which co-action is counted: what is stored, and what is derived."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import polars as pl

from graphkit.graphs.cited_objects import citation_acts
from graphkit.graphs.handle_history import handed_on
from graphkit.graphs.lifetimes import deletion_acts
from graphkit.graphs.near_texts import near_text_rows
from graphkit.graphs.occasions import occasion
from graphkit.text.names import INVISIBLE, folded_name

if TYPE_CHECKING:
    from collections.abc import Callable

    from graphkit.tables import Corpus

NAMES = ("hashtag", "hashtag_sequence", "mention")
"""Acts on names, which are the same whatever their case and width."""
TIMELESS = ("handle",)
"""Acts whose rows meet at any distance in time."""
ANY_TIME = timedelta(days=36_500)


def act_log(corpus: Corpus, act: str) -> pl.DataFrame:
    """What accounts did of `act`: the columns of `actions`, and `table`; by action_id.

    `table` has the row behind each action, under the key action_id. Imported actions of the act are
    always there. Derived, when asked for and not before, are:

    - near_text: posting nearly the same text (`near_texts`)
    - citation: naming the same source (`cited_objects`)
    - posting: posting anything in the same hour, `occasions`; so a window inside it counts once
    - deletion: making posts together that are deleted in the same hour (`lifetimes`)
    - handle: having a handle that another account had before (`handle_history`); it has no window,
      use `window_of`

    Hashtags and mentions are compared without case, width and invisible characters, texts without
    the last. Nothing is made from an empty object.
    """
    stored = corpus.actions.filter(pl.col("act") == act).with_columns(table=pl.lit("actions"))
    log = _compared(stored, act).filter(pl.col("object_id").str.strip_chars() != "")
    if act not in DERIVED:
        return log
    derived = DERIVED[act](corpus).with_columns(act=pl.lit(act)).select(log.columns)
    return pl.concat([log, derived]).sort("table", "action_id")


def _compared(rows: pl.DataFrame, act: str) -> pl.DataFrame:
    """`rows` with objects in the form in which they are compared, each once in a post."""
    if act not in (*NAMES, "text"):
        return rows
    name = pl.col("object_id")
    same = folded_name(name) if act in NAMES else name.str.replace_all(INVISIBLE, "")
    compared = rows.with_columns(object_id=same)
    once = ["content_id", "account_id", "object_id", "acted_at"]
    return compared.filter(pl.col("content_id").is_null() | pl.struct(once).is_first_distinct())


def _near_text_acts(corpus: Corpus) -> pl.DataFrame:
    return near_text_rows(act_log(corpus, "text"))


def _posting_acts(corpus: Corpus) -> pl.DataFrame:
    """A row for each seen post whose time is known to the second; the object is its hour."""
    seen = corpus.posts.filter("is_seen", time_precision="second")
    return seen.with_columns(
        action_id="post_id",
        content_id="post_id",
        table=pl.lit("posts"),
        acted_at="created_at",
        object_id=occasion(pl.col("created_at")),
    )


def _handle_acts(corpus: Corpus) -> pl.DataFrame:
    return handed_on(corpus).with_columns(
        action_id="key",
        acted_at="seen_at",
        time_precision=pl.lit("second"),
        content_id=pl.lit(None, pl.String),
    )


DERIVED: dict[str, Callable[[Corpus], pl.DataFrame]] = {
    "near_text": _near_text_acts,
    "citation": citation_acts,
    "posting": _posting_acts,
    "deletion": deletion_acts,
    "handle": _handle_acts,
}


def known_acts(corpus: Corpus) -> list[str]:
    """The acts of which the corpus has, or may have, rows; sorted. Nothing is derived for it."""
    stored = set(corpus.actions["act"].unique())
    posts = corpus.posts
    may = {
        "near_text": "text" in stored,
        "citation": corpus.citations["target"].count() > 0,
        "posting": posts.height > 0,
        "deletion": posts["deleted_at"].count() > 0,
        "handle": corpus.accounts["handle"].count() > 0,
    }
    return sorted(stored | {act for act, is_there in may.items() if is_there})


def window_of(act: str, within: timedelta) -> timedelta:
    """The window in which rows of `act` meet: `within`, or a century for a handle."""
    return ANY_TIME if act in TIMELESS else within
