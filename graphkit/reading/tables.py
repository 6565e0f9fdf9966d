# SPDX-License-Identifier: GPL-3.0-or-later
"""What each table needs beyond typed columns: qualified ids, defaults, checks of single rows."""

from __future__ import annotations

from dataclasses import replace
from hashlib import blake2b
from typing import TYPE_CHECKING

import polars as pl

from graphkit.tables import POST_KINDS, TABLES, TIME_PRECISIONS

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from graphkit.reading.columns import Draft
    from graphkit.reading.importer import ReadOptions

REQUIRED = {
    "accounts": ("account_id",),
    "posts": ("post_id", "account_id", "created_at"),
    "citations": ("post_id", "target_kind"),
    "actions": ("object_id", "account_id", "acted_at"),
    "rankings": ("topic", "snapshot_at"),
    "labels": ("subject_kind", "subject_id", "label"),
}
# A post whose time is unknown is still a post; an action or a snapshot without time says nothing.
MAY_BE_EMPTY = {"created_at", "acted_at"}
QUALIFIED = ("account_id", "post_id", "parent_id", "root_id", "content_id")
POST_OBJECTS = ("repost", "reply")


def must_be_filled(table: str) -> tuple[str, ...]:
    """The columns whose cells may not be empty: a row without them is rejected."""
    return tuple(name for name in REQUIRED[table] if name not in MAY_BE_EMPTY)


def finished(draft: Draft, table: str, *, options: ReadOptions, now: datetime) -> Draft:
    """The draft with every column that the table requires, ids qualified, rows checked."""
    draft = _with_platform(draft, options)
    frame = draft.frame.with_columns(_qualified(n) for n in QUALIFIED if n in draft.frame.columns)
    return FINISH[table](replace(draft, frame=frame), options, now)


def _with_platform(draft: Draft, options: ReadOptions) -> Draft:
    default = pl.lit("local" if options.platform is None else options.platform)
    given = "platform" in draft.frame.columns
    platform = pl.coalesce("platform", default) if given else default
    return replace(draft, frame=draft.frame.with_columns(platform=platform.str.to_lowercase()))


def _qualified(name: str) -> pl.Expr:
    prefix = pl.concat_str("platform", pl.lit(":"))
    bare = ~pl.col(name).str.starts_with(prefix)
    return pl.when(bare).then(prefix + pl.col(name)).otherwise(pl.col(name)).alias(name)


def _default(frame: pl.DataFrame, name: str, value: pl.Expr) -> pl.Expr:
    """Column `name` where the file has it and its cell is filled, else `value`."""
    return (pl.coalesce(name, value) if name in frame.columns else value).alias(name)


def _precision(frame: pl.DataFrame, time: str) -> pl.Expr:
    seen = pl.col(f"{time}__precision") if f"{time}__precision" in frame.columns else None
    read = pl.lit("unknown") if seen is None else seen
    if "time_precision" not in frame.columns:
        return read.alias("time_precision")
    given = pl.col("time_precision").is_in(TIME_PRECISIONS)
    return pl.when(given).then("time_precision").otherwise(read).alias("time_precision")


def _accounts(draft: Draft, _options: ReadOptions, _now: datetime) -> Draft:
    return draft


def _posts(draft: Draft, options: ReadOptions, now: datetime) -> Draft:
    frame, lists = draft.frame, ("urls", "mentions", "hashtags", "media_hashes")
    has_parent = "parent_id" in frame.columns
    parent = pl.col("parent_id") if has_parent else pl.lit(None, pl.String)
    kind = pl.when(parent.is_not_null()).then(pl.lit("repost")).otherwise(pl.lit("original"))
    empty = pl.lit([], pl.List(pl.String))
    posts = replace(
        draft,
        frame=frame.with_columns(
            _precision(frame, "created_at"),
            _default(frame, "kind", kind),
            _default(frame, "is_seen", pl.lit(value=True)),
            *(_default(frame, name, empty) for name in lists),
            parent.alias("parent_id"),
        ),
    )
    known = pl.col("kind").is_in(POST_KINDS)
    posts = posts.rejecting(~known, pl.lit(f"kind is none of {', '.join(POST_KINDS)}"))
    own = pl.col("parent_id") == pl.col("post_id")
    posts = posts.warning(own, "it cites itself; that citation is left out")
    latest = now if options.collected_at is None else options.collected_at
    posts = posts.warning(pl.col("created_at") > latest, "its time lies after its collection")
    without = pl.when(~own.fill_null(value=False)).then("parent_id").alias("parent_id")
    kinds = pl.when(own.fill_null(value=False)).then(pl.lit("original")).otherwise("kind")
    return replace(posts, frame=posts.frame.with_columns(without, kinds.alias("kind")))


def _citations(draft: Draft, _options: ReadOptions, _now: datetime) -> Draft:
    frame = draft.frame.sort("source_line")
    number = pl.int_range(pl.len(), dtype=pl.Int64).over("post_id")
    text, sure = pl.lit("import"), pl.lit(1.0)
    return replace(
        draft,
        frame=frame.with_columns(
            _default(frame, "citation_no", number),
            _default(frame, "via", text),
            _default(frame, "rule", text),
            _default(frame, "certainty", sure),
        ),
    )


def _actions(draft: Draft, _options: ReadOptions, _now: datetime) -> Draft:
    frame = draft.frame
    frame = frame.with_columns(
        _default(frame, "act", pl.lit("share")),
        _precision(frame, "acted_at"),
        content_id=pl.col("content_id")
        if "content_id" in frame.columns
        else pl.lit(None, pl.String),
    )
    is_post = pl.col("act").is_in(POST_OBJECTS)
    objects = pl.when(is_post).then(_qualified("object_id")).otherwise("object_id")
    frame = frame.with_columns(objects.alias("object_id"))
    if "action_id" in frame.columns:
        return replace(draft, frame=frame)
    return replace(draft, frame=frame.with_columns(action_id=action_ids(frame)))


def action_ids(frame: pl.DataFrame) -> pl.Series:
    """A name for each action from what it says: 16 hex digits of BLAKE2b over its five columns.

    Two rows that say the same get the same name, in any file and order.
    """
    parts = ["account_id", "act", "object_id", "acted_at", "content_id"]
    text = pl.concat_str([pl.col(p).cast(pl.String).fill_null("") for p in parts], separator="\x1f")
    said = frame.select(text).to_series().to_list()
    names = [blake2b(each.encode(), digest_size=8).hexdigest() for each in said]
    return pl.Series("action_id", names, pl.String)


def _rankings(draft: Draft, _options: ReadOptions, _now: datetime) -> Draft:
    frame = draft.frame
    return replace(
        draft, frame=frame.with_columns(_default(frame, "list_id", pl.col("platform")))
    ).rejecting(pl.col("snapshot_at").is_null(), pl.lit("no snapshot time"))


def _labels(draft: Draft, _options: ReadOptions, _now: datetime) -> Draft:
    on_account = pl.col("subject_kind").is_in(["account", "post"])
    subject = pl.when(on_account).then(_qualified("subject_id")).otherwise("subject_id")
    return replace(draft, frame=draft.frame.with_columns(subject.alias("subject_id")))


FINISH: dict[str, Callable[[Draft, ReadOptions, datetime], Draft]] = {
    "accounts": _accounts,
    "posts": _posts,
    "citations": _citations,
    "actions": _actions,
    "rankings": _rankings,
    "labels": _labels,
}


def identity(table: str) -> Sequence[str]:
    """The columns in which a row repeats another of the same file or case."""
    if table == "labels":
        return tuple(TABLES[table].columns)[:-2]
    return TABLES[table].key
