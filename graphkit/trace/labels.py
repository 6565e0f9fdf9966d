# SPDX-License-Identifier: GPL-3.0-or-later
"""Labels that others attached to a story, and which of its posts came after them.

A label is what somebody, with a name and a date, said; nothing here says that it is right. A label
on a post or on a claim is one of the whole story; one on an address, an account or an outlet is one
of the posts that link it, are by it or name it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl

from graphkit.tables import LABELS
from graphkit.text.links import canonical_url
from graphkit.text.normal import normal_form
from graphkit.text.shingles import shingles

if TYPE_CHECKING:
    from collections.abc import Mapping

    from graphkit.tables import Corpus

SAYS = 0.6  # share of a labelled claim's shingles that a post must hold to say it
SHORTEST = 8  # characters in normal form of a claim that is looked for
BY_HAND = "found-by-hand"  # a note of the case on how it came by a row
ISO = "%Y-%m-%dT%H:%M:%SZ"
TIME = pl.Datetime("us", "UTC")


def labelled_posts(corpus: Corpus, members: pl.DataFrame) -> pl.DataFrame:
    """The posts of `members` that each label is about.

    Args:
        corpus: `labels`, `posts` (what they link) and `citations` (outlets that they name).
        members: story_id, post_id, account_id, at (null where unknown), text.

    Returns:
        The columns of `labels` with `key`, story_id, post_id, at, `after`: the post came after the
        label and before it was taken back or ran out; null where a time is not known. One row a
        label, story and post, sorted by key, story and post.
    """
    labels = corpus.labels.filter(pl.col("label") != BY_HAND).with_columns(LABELS.row_key())
    about = {
        kind: labels.filter(subject_kind=kind)
        for kind in ("post", "claim", "url", "account", "outlet")
    }
    plain = members.select("story_id", "post_id", "account_id", "at")
    on_posts = (
        about["post"]
        .select("key", "subject_id")
        .join(plain.select("story_id", subject_id="post_id"), on="subject_id")
    )
    of_story = pl.concat([on_posts.select("key", "story_id"), _said(about["claim"], members)])
    pairs = [
        of_story.unique().join(plain, on="story_id").select("key", "story_id", "post_id"),
        _linking(corpus, about["url"], plain),
        about["account"].join(plain, left_on="subject_id", right_on="account_id").select(
            "key", "story_id", "post_id"
        ),
        _naming(corpus, about["outlet"], plain),
    ]  # fmt: skip
    found = pl.concat(pairs).unique().join(labels, on="key").join(
        plain.select("story_id", "post_id", "at"), on=["story_id", "post_id"]
    )  # fmt: skip
    until = pl.min_horizontal("retracted_at", "expires_at")
    held = (pl.col("at") < until).fill_null(value=True)
    after = (pl.col("labelled_at") <= pl.col("at")) & held
    return found.with_columns(after=after).sort("key", "story_id", "post_id")


def _said(claims: pl.DataFrame, members: pl.DataFrame) -> pl.DataFrame:
    """The stories of labelled claims (key, story_id): by id, or by a post that says it."""
    by_id = claims.select("key", post_id=pl.col("subject_id").str.strip_prefix("claim:")).join(
        members, on="post_id"
    )
    texts = claims.select("key", words=normal_form(pl.col("subject_id")))
    asked = shingles(
        texts.filter(pl.col("words").str.len_chars() >= SHORTEST).select(
            text_id="key", text="words"
        )
    ).with_columns(size=pl.len().over("text_id"))
    wordings = members.select("story_id", words=normal_form(pl.col("text"))).drop_nulls().unique()
    numbered = wordings.sort("story_id", "words").with_row_index("no")
    held = shingles(numbered.select(text_id="no", text="words")).rename({"text_id": "no"})
    shared = asked.join(held, on="shingle").group_by("text_id", "no", "size").agg(n=pl.len())
    saying = shared.filter(pl.col("n") >= SAYS * pl.col("size")).join(numbered, on="no")
    found = [by_id.select("key", "story_id"), saying.select("story_id", key="text_id")]
    return pl.concat([each.select("key", "story_id") for each in found])


def _linking(corpus: Corpus, labels: pl.DataFrame, members: pl.DataFrame) -> pl.DataFrame:
    links = corpus.posts.join(members, on="post_id", how="semi").select("post_id", "url", "urls")
    own = [links.select("post_id", "url"), links.select("post_id", url="urls").explode("url")]
    shown = pl.concat(own).drop_nulls()
    linked = shown.with_columns(address=canonical_url(shown["url"])).drop_nulls()
    asked = labels.with_columns(address=canonical_url(labels["subject_id"])).drop_nulls("address")
    pairs = asked.select("key", "address").join(linked, on="address").join(members, on="post_id")
    return pairs.select("key", "story_id", "post_id")


def _naming(corpus: Corpus, labels: pl.DataFrame, members: pl.DataFrame) -> pl.DataFrame:
    named = corpus.citations.select("post_id", outlet=pl.col("outlet").str.to_lowercase())
    asked = labels.select("key", outlet=pl.col("subject_id").str.to_lowercase())
    pairs = asked.join(named.drop_nulls(), on="outlet").join(members, on="post_id")
    return pairs.select("key", "story_id", "post_id")


def story_labels(corpus: Corpus, trace: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The labels on a traced story, as JSON values: by whom, since when, and what came after.

    Args:
        corpus: the tables.
        trace: `Trace.to_json`.

    Returns:
        For each label subject_kind, subject_id, label, labelled_by, labelled_at, retracted_at,
        expires_at, url, `posts_count` (posts of the story that it is about), `after_count` (of
        them, posted while it held), `first_after` (the first of these), `before_posting` (whether
        there is one; null where no times are known), `conflicts` (other labels on the same subject
        that hold, as "label (by whom)"). Sorted by time, subject and label.
    """
    if corpus.labels.is_empty():
        return []
    found = labelled_posts(corpus, _members(trace))
    told = pl.col("after").fill_null(value=False)
    first = pl.col("post_id").sort_by("at", "post_id").filter(told.sort_by("at", "post_id")).first()
    columns = ["subject_kind", "subject_id", "label", "labelled_by", "labelled_at", "retracted_at",
               "expires_at", "url", "key"]  # fmt: skip
    rows = found.group_by(columns).agg(
        posts_count=pl.len().cast(pl.Int64),
        after_count=told.sum().cast(pl.Int64),
        first_after=first,
        before_posting=pl.when(pl.col("after").count() > 0).then(told.any()),
    )
    listed = rows.sort("labelled_at", "subject_kind", "subject_id", "label", "key", nulls_last=True)
    times = [
        pl.col(name).dt.strftime(ISO) for name in ("labelled_at", "retracted_at", "expires_at")
    ]
    return _with_conflicts(listed).with_columns(times).drop("key").to_dicts()


def _members(trace: Mapping[str, Any]) -> pl.DataFrame:
    """The posts of a traced story, seen or not, as `labelled_posts` asks for them."""
    columns = {"post_id": pl.String, "account_id": pl.String, "at": pl.String, "text": pl.String}
    nodes = [node for node in trace["nodes"] if node["post_id"] is not None]
    rows = {name: [node.get(name) for node in nodes] for name in columns}
    frame = pl.DataFrame(rows, schema=columns).unique("post_id", keep="first", maintain_order=True)
    at = pl.col("at").str.to_datetime(ISO, time_unit="us").dt.replace_time_zone("UTC")
    return frame.with_columns(at=at, story_id=pl.lit(""))


def _with_conflicts(rows: pl.DataFrame) -> pl.DataFrame:
    """`rows` with the other labels on each subject that say something else and hold."""
    subject = ["subject_kind", "subject_id"]
    said = pl.format("{} ({})", "label", pl.col("labelled_by").fill_null("nobody named"))
    holding = rows.filter(pl.col("retracted_at").is_null())
    others = holding.select(*subject, other="label", said=said)
    pairs = rows.select("key", *subject, "label").join(others, on=subject)
    differ = pairs.filter(pl.col("other") != pl.col("label")).sort("key", "said")
    listed = differ.group_by("key", maintain_order=True).agg(
        conflicts=pl.col("said").unique().sort()
    )
    joined = rows.join(listed, on="key", how="left", maintain_order="left")
    none = pl.lit([], pl.List(pl.String))
    return joined.with_columns(pl.coalesce("conflicts", none))
