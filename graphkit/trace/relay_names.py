# SPDX-License-Identifier: GPL-3.0-or-later
"""The names that a text gives of those who passed it on, newest first, and what it quotes of them.

`//@name:`, `||@name:`, `/@name:` with a slash cut off, and `RT @name:` are headers of a chain. One
that lost its colon or its slashes is read too, but only counts where it leads to a seen post.
"""

from __future__ import annotations

import polars as pl

from graphkit.text.attributions import HOPS, repost_chain
from graphkit.text.normal import HANDLE, own_words

START = r"(?is)^(?P<own>.*?)"
NAMED = rf"[@＠](?P<handle>{HANDLE})"
RETWEET = rf"{START}(?P<mark>(?-u:\b)RT\s*{NAMED}\s*[:：])"
NO_COLON = rf"{START}(?P<mark>(?://|\|\|)\s*{NAMED})"
NO_SLASHES = rf"{START}(?P<mark>{NAMED}\s*[:：])"
ANSWER = rf"(?i)^\s*(?:回复|回覆|reply to)\s*[:：]?\s*[@＠]({HANDLE})\s*[:：]"
FADED = r"[\s\p{So}\p{Sk}\p{Cf}\p{Mn}]+"  # blanks and emoji: copies of a text differ in them


def plain(text: pl.Expr) -> pl.Expr:
    """`text` as it is compared with what others quote of it."""
    return text.str.replace_all(FADED, "").str.to_lowercase()


def relay_names(posts: pl.DataFrame) -> pl.DataFrame:
    """Every name by which the texts of `posts` say that they pass something on.

    Left out is the name after an answer, `回复@name: ... //@name: ...`: what is quoted under it is
    a comment, which is no post, and what follows is the post that it was written under.

    Args:
        posts: `post_id`, `account_id`, `platform`, `cascade`, `at` and `text`.

    Returns:
        `post_id`, `hop` (from 1, newest first; 0 and below for a header that lost a part),
        `handle` (lower case), `written` (as it is), `tail_text` (all that follows), `quoted` (the
        same as `plain`), `span_start`, `span_end`, `is_whole` (no part of the header is lost),
        `is_sure` (a name that counts though none of its posts is quoted), and `cascade`,
        `platform`, `at` and `by` (the account) of the post.
    """
    own = posts.select("post_id", text=own_words(pl.col("text")))
    bare = own.filter(~pl.col("text").str.contains(ANSWER))
    found = [
        _whole_headers(posts).with_columns(is_whole=True, is_sure=True),
        _headers(own, NO_COLON, hop=0).with_columns(is_whole=False, is_sure=True),
        _headers(bare, NO_SLASHES, hop=-1).with_columns(is_whole=False, is_sure=False),
    ]
    of_post = posts.select("post_id", "cascade", "platform", "at", "text", by="account_id")
    named = pl.concat(found).join(of_post, on="post_id")
    tail = pl.col("text").str.slice(pl.col("span_end"))
    return named.with_columns(
        pl.col("handle").str.to_lowercase(), written="handle", tail_text=tail, quoted=plain(tail)
    ).drop("text")


def _whole_headers(posts: pl.DataFrame) -> pl.DataFrame:
    chain = repost_chain(posts).drop("tail_text")
    steps = pl.concat([chain, *_retweets(posts)])
    in_order = steps.with_columns(
        hop=pl.int_range(1, pl.len() + 1).over("post_id", order_by="span_start")
    ).sort("post_id", "hop")
    said = in_order.join(posts.select("post_id", "text"), on="post_id", maintain_order="left")
    end = pl.col("span_end").shift(1).over("post_id").fill_null(0)
    before = pl.col("text").str.slice(end, pl.col("span_start") - end)
    answers = (before.str.extract(ANSWER) == pl.col("handle")).fill_null(value=False)
    return said.filter(~answers).drop("text")


def _retweets(posts: pl.DataFrame) -> list[pl.DataFrame]:
    """All `RT @name:` of each text, a frame for the first, one for the second, and so on."""
    found = [_headers(posts, RETWEET, hop=1)]
    while found[-1].height:
        end = found[-1].select("post_id", end="span_end")
        rest = posts.select("post_id", "text").join(end, on="post_id")
        rest = rest.with_columns(pl.col("text").str.slice(pl.col("end")))
        step = _headers(rest, RETWEET, hop=1).join(end, on="post_id")
        moved = step.with_columns(pl.col("span_start", "span_end") + pl.col("end"))
        found.append(moved.drop("end"))
    return found


def _headers(posts: pl.DataFrame, pattern: str, *, hop: int) -> pl.DataFrame:
    """The first header of each text."""
    parts = posts.select("post_id", parts=pl.col("text").str.extract_groups(pattern))
    found = parts.unnest("parts").drop_nulls("handle")
    start = pl.col("own").str.len_chars().cast(pl.Int64)
    width = pl.col("mark").str.len_chars().cast(pl.Int64)
    placed = found.with_columns(hop=pl.lit(hop, pl.Int64), span_start=start, span_end=start + width)
    return placed.select(name for name in HOPS if name != "tail_text")
