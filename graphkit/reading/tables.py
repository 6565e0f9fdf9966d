# SPDX-License-Identifier: GPL-3.0-or-later
"""What each table needs beyond typed columns: qualified ids, defaults, checks of single rows."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from hashlib import blake2b
from typing import TYPE_CHECKING

import polars as pl

from graphkit.tables import POST_KINDS, TABLES, TIME, TIME_PRECISIONS
from graphkit.text.id_times import id_times

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
NO_CONTENT = {"citation_no", "source_id", "source_line"}
QUALIFIED = ("account_id", "post_id", "parent_id", "root_id", "content_id")
POST_OBJECTS = ("repost", "reply")
SUBJECT_KINDS = ("post", "account", "url", "outlet", "claim")
TARGET_KINDS = ("post", "account", "url", "outlet", "vague", "none")
# Their ids are made when the upload begins, which may be days before the post is shown.
DATED_AT_UPLOAD = ("instagram", "threads")
SPANS = {"second": 1, "minute": 60, "hour": 3_600, "day": 86_400}  # seconds that a time lies in
TOLERANCE = timedelta(minutes=1)


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
            _default(frame, "created_at", pl.lit(None, TIME)),
            _default(frame, "kind", kind),
            _default(frame, "is_seen", pl.lit(value=True)),
            _default(frame, "id_time", pl.lit(id_times(frame["post_id"]))),
            *(_default(frame, name, empty) for name in lists),
            parent.alias("parent_id"),
        ),
    )
    known = pl.col("kind").is_in(POST_KINDS)
    posts = posts.rejecting(~known, pl.lit(f"kind is none of {', '.join(POST_KINDS)}"))
    own = pl.col("parent_id") == pl.col("post_id")
    posts = posts.warning(own, pl.lit("it cites itself; that citation is left out"))
    latest = now if options.collected_at is None else options.collected_at
    posts = posts.warning(
        pl.col("created_at") > latest, pl.lit("its time lies after its collection")
    )
    posts = posts.warning(_is_dated_otherwise(), _two_times())
    without = pl.when(~own.fill_null(value=False)).then("parent_id").alias("parent_id")
    kinds = pl.when(own.fill_null(value=False)).then(pl.lit("original")).otherwise("kind")
    return replace(posts, frame=posts.frame.with_columns(without, kinds.alias("kind")))


def _is_dated_otherwise() -> pl.Expr:
    """Whether the time in the post's id lies over a minute off the one that the platform shows."""
    seconds = pl.col("time_precision").replace_strict(SPANS, default=None, return_dtype=pl.Int64)
    begins, ends = pl.col("created_at"), pl.col("created_at") + pl.duration(seconds=seconds)
    agrees = pl.col("id_time").is_between(begins - TOLERANCE, ends + TOLERANCE)
    return ~agrees & ~pl.col("platform").is_in(DATED_AT_UPLOAD)


def _two_times() -> pl.Expr:
    shown, carried = (
        pl.col(n).dt.strftime("%Y-%m-%dT%H:%M:%SZ") for n in ("created_at", "id_time")
    )
    return pl.format("its id carries the time {}, while it shows {}", carried, shown)


def _citations(draft: Draft, _options: ReadOptions, _now: datetime) -> Draft:
    frame = draft.frame.sort("source_line")
    number = pl.int_range(pl.len(), dtype=pl.Int64).over("post_id")
    text, sure = pl.lit("import"), pl.lit(1.0)
    numbered = replace(
        draft,
        frame=frame.with_columns(
            _default(frame, "citation_no", number),
            _default(frame, "via", text),
            _default(frame, "rule", text),
            _default(frame, "certainty", sure),
        ),
    )
    known = pl.col("target_kind").is_in(TARGET_KINDS)
    return numbered.rejecting(~known, pl.lit(f"target_kind is none of {', '.join(TARGET_KINDS)}"))


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


PLATFORM_AND_ID = r"^[a-z][a-z0-9_-]*:[^/]"


def _labels(draft: Draft, _options: ReadOptions, _now: datetime) -> Draft:
    on_account = pl.col("subject_kind").is_in(["account", "post"])
    untold = pl.col("platform") == "local"  # then `weiju:42` names its platform itself
    names_it = untold & pl.col("subject_id").str.contains(PLATFORM_AND_ID)
    subject = pl.when(on_account & ~names_it).then(_qualified("subject_id")).otherwise("subject_id")
    labels = replace(draft, frame=draft.frame.with_columns(subject.alias("subject_id")))
    known = pl.col("subject_kind").is_in(SUBJECT_KINDS)
    return labels.rejecting(~known, pl.lit(f"subject_kind is none of {', '.join(SUBJECT_KINDS)}"))


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
    if table in {"labels", "citations"}:  # what is numbered by us, or not at all
        return tuple(name for name in TABLES[table].columns if name not in NO_CONTENT)
    return TABLES[table].key
