# SPDX-License-Identifier: GPL-3.0-or-later
"""The actions that posts are: reposting, replying, linking, tagging, saying the same."""

from __future__ import annotations

import polars as pl

from graphkit.tables import ACTIONS
from graphkit.text.links import canonical_url, host
from graphkit.text.normal import normal_form, own_words

MIN_TEXT_CHARACTERS = 12
MIN_HASHTAGS = 5
READ = (
    *("post_id", "account_id", "kind", "text", "parent_id", "time_precision"),
    *("urls", "mentions", "hashtags", "media_hashes", "source_id", "source_line"),
)


def _lists(posts: pl.DataFrame, column: str, act: str) -> pl.DataFrame:
    """One row for each distinct, non-empty entry of a list column."""
    long = posts.rename({column: "object_id"}).explode("object_id")
    return long.with_columns(act=pl.lit(act)).drop_nulls("object_id")


def _pictured(seen: pl.DataFrame) -> pl.DataFrame:
    """Posts with pictures of their own, each picture by one hash: the perceptual one if known."""
    hashes = pl.col("media_hashes")
    alike = hashes.list.filter(pl.element().str.starts_with("phash:"))
    own = seen.filter(pl.col("kind") != "repost")
    return own.with_columns(pl.when(alike.list.len() > 0).then(alike).otherwise(hashes))


def _mentions(seen: pl.DataFrame) -> pl.DataFrame:
    """A row for each account that a post mentions; a repost only where its own words do.

    The rest of a repost's mentions are the post's that it passes on, or its author.
    """
    rows = _lists(seen, "mentions", "mention")
    reposts = rows.filter(pl.col("kind") == "repost")
    own = own_words(pl.col("text")).str.replace_all("＠", "@").str.to_lowercase()
    name = pl.lit("@") + pl.col("object_id").str.strip_chars_start("@＠").str.to_lowercase()
    named = reposts.filter(own.str.contains(name, literal=True))
    return pl.concat([rows.filter(pl.col("kind") != "repost"), named])


def post_actions(posts: pl.DataFrame) -> pl.DataFrame:
    """The actions table of `posts`, sorted by action_id.

    Acts: repost and reply (object: the parent post), url (canonical address), domain (its host),
    hashtag, hashtag_sequence (five or more in their order: Pacheco et al. 2021), image (hash of
    a picture of its own), mention (handle; of a repost those in its own words), text (the normal
    form, when it has 12 characters or more). An object is never made from an empty string, and is
    as written: `act_logs` folds names, and has the acts that are not stored. `content_id` is the
    post; `action_id` is `post_id#act#n`, counting the objects of that act in the post from 0.
    """
    seen = posts.filter("is_seen").select(*READ, acted_at="created_at")
    parents = seen.with_columns(object_id="parent_id", act="kind").filter(
        pl.col("kind").is_in(["repost", "reply"])
    )
    said = seen.filter(pl.col("kind") != "repost").with_columns(
        object_id=normal_form(pl.col("text")), act=pl.lit("text")
    )
    raw = _lists(seen, "urls", "url")
    urls = raw.with_columns(canonical_url(raw["object_id"]).alias("object_id"))
    domains = urls.with_columns(host(urls["object_id"]).alias("object_id"), act=pl.lit("domain"))
    sequences = seen.filter(pl.col("hashtags").list.len() >= MIN_HASHTAGS).with_columns(
        object_id=pl.col("hashtags").list.join(" "), act=pl.lit("hashtag_sequence")
    )
    frames = [
        parents,
        said.filter(pl.col("object_id").str.len_chars() >= MIN_TEXT_CHARACTERS),
        urls,
        domains,
        _lists(seen, "hashtags", "hashtag"),
        _lists(_pictured(seen), "media_hashes", "image"),
        sequences,
        _mentions(seen),
    ]
    columns = ["post_id", "account_id", "act", "object_id", "acted_at", "time_precision"]
    provenance = ["source_id", "source_line"]
    long = pl.concat([frame.select(*columns, *provenance) for frame in frames])
    kept = (
        long.drop_nulls("object_id")
        .filter(pl.col("object_id").str.strip_chars() != "")
        .unique(["post_id", "act", "object_id"])
    )
    numbered = kept.sort("post_id", "act", "object_id").with_columns(
        n=pl.int_range(pl.len()).over("post_id", "act"), content_id="post_id"
    )
    ids = pl.concat_str("post_id", "act", "n", separator="#")
    return ACTIONS.conform(numbered.with_columns(action_id=ids)).sort("action_id")
