# SPDX-License-Identifier: GPL-3.0-or-later
"""What a map of columns may name beyond a table's own: accounts by handle, targets by address."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import polars as pl

from graphkit.text.links import canonical_url, references

if TYPE_CHECKING:
    from collections.abc import Mapping

    from graphkit.reading.importer import ReadOptions
    from graphkit.reading.shapes import Rows

MEANT = {
    "account_handle": "the name of who posted it, where the file has no id",
    "target_handle": "the name of whose post it reposts, quotes or answers",
    "target_url": "the address of the post that it reposts, quotes, answers or links to",
    "repost_of": "the post that it reposts",
    "quote_of": "the post that it quotes",
    "reply_to": "the post that it answers",
}
PARENTS = {"repost_of": "repost", "quote_of": "quote", "reply_to": "reply"}
TO_ANOTHER = ("repost", "quote", "reply")
LOCAL = "local"


@cache
def names_of_columns() -> Mapping[str, Any]:
    """What `column_names.toml` says: `names` (groups of them) and `kinds`."""
    file = files("graphkit.reading").joinpath("column_names.toml")
    return tomllib.loads(file.read_text("utf-8"))


@cache
def kinds_by_name() -> Mapping[str, str]:
    """Graphkit's kind of post for each name that one is known by, in lower case."""
    kinds = {n: names for n, names in names_of_columns()["kinds"].items() if n != "source"}
    return {name: kind for kind, names in kinds.items() for name in names}


def own_columns(columns: Mapping[str, str]) -> dict[str, str]:
    """The columns of the table `posts` that the map names, without what `with_meant` has read."""
    read = {*MEANT, "kind", *(("urls",) if "target_url" in columns else ())}
    return {ours: theirs for ours, theirs in columns.items() if ours not in read}


def with_meant(rows: Rows, options: ReadOptions) -> Rows:
    """The rows of posts with the columns that the map's own names (`MEANT`) stand for.

    An account known by its handle only has the id `@handle`. Other names of a kind of post become
    graphkit's; what only links is an original. Where `target_url` is the permalink of a post of
    the same platform, and the row is a repost, quote or reply, that post is its parent; where it
    is not, the address is among the post's `urls`, and `source_label` says whose post it is.
    """
    columns, frame = options.columns, rows.frame
    if "kind" in columns:
        told = pl.col(columns["kind"]).cast(pl.String).str.strip_chars()
        named = told.str.to_lowercase().replace_strict(kinds_by_name(), default=told)
        frame = frame.with_columns(named.alias("kind"))
    if "account_handle" in columns and "account_id" not in columns:
        frame = frame.with_columns(account_id=_handle(columns["account_handle"]))
    parents = {name: columns[name] for name in PARENTS if name in columns}
    frame = frame.with_columns(pl.col(theirs).alias(ours) for ours, theirs in parents.items())
    if "target_url" in columns:
        frame = _with_target(frame, columns["target_url"], options)
    if "target_handle" in columns and {"kind", "parent_id"} <= set(frame.columns):
        unknown = pl.col("kind").is_in(TO_ANOTHER) & pl.col("parent_id").is_null()
        label = pl.when(unknown).then(_handle(columns["target_handle"]))
        frame = frame.with_columns(source_label=label)
    return replace(rows, frame=frame)


def _handle(column: str) -> pl.Expr:
    name = pl.col(column).cast(pl.String).str.strip_chars().str.strip_chars_start("@")
    return pl.when(name != "").then("@" + name)


def _with_target(frame: pl.DataFrame, address: str, options: ReadOptions) -> pl.DataFrame:
    """The frame with urls and parent_id from the column of addresses, and with kind."""
    shown = references(canonical_url(frame[address].cast(pl.String)))
    platform = LOCAL if options.platform is None else options.platform
    given = [pl.col("platform")] if "platform" in frame.columns else []
    here = pl.coalesce(*given, pl.lit(platform)).str.to_lowercase()
    kind = pl.col("kind") if "kind" in frame.columns else pl.lit("original")
    is_parent = kind.is_in(TO_ANOTHER) & (pl.lit(shown["platform"]) == here)
    parent = pl.when(is_parent).then(pl.lit(shown["post_id"]))
    link = pl.when(parent.is_null()).then(pl.col(address).cast(pl.String))
    return frame.with_columns(kind=kind, urls=link, parent_id=parent)
