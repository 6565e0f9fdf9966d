# SPDX-License-Identifier: GPL-3.0-or-later
"""Real Weibo cascades and stories as a case would hold them, with posts hidden or ties cut.

The data are local (`shared/data/cascades`, see its README) and are never copied.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl

from graphkit.tables import ACCOUNTS, POSTS, Corpus
from graphkit.text.normal import normal_form, own_words

CASCADES = Path(__file__).resolve().parents[2] / "shared" / "data" / "cascades"
REPOSTS = 150
CUTS = {"second": "1s", "minute": "1m", "day": "1d"}


def sample(name: str = "text_sample") -> pl.DataFrame:
    """The posts of `text_sample` or `trees`, sorted by event and time.

    `event`, `label`, `post_id`, `account_id`, `handle`, `text` (null in `trees`), `at`, `is_root`,
    `parent` (the true one), `root`.
    """
    rows = pl.read_parquet(CASCADES / "weibo_ma2016" / f"{name}.parquet")
    rows = rows.with_columns(post_id=pl.format("weibo:{}", "mid")).sort("event", "i")
    parents = rows.select("event", parent_i="i", parent="post_id")
    root = rows.filter("is_root").select("event", root="post_id")
    whole = rows.join(parents, on=["event", "parent_i"], how="left", maintain_order="left")
    missing = {c: pl.lit(None, pl.String) for c in ("text", "name") if c not in rows.columns}
    return (
        whole.join(root, on="event", maintain_order="left")
        .with_columns(**missing)
        .with_columns(account_id=pl.format("weibo:{}", "u"), at=_moment(pl.col("t")))
        .rename({"name": "handle"})
        .select("event", "label", "post_id", "account_id", "handle", "text", "at", "is_root",
                "parent", "root")
    )  # fmt: skip


def _moment(seconds: pl.Expr) -> pl.Expr:
    return pl.from_epoch(seconds).cast(pl.Datetime("us")).dt.replace_time_zone("UTC")


def events(rows: pl.DataFrame, *, count: int, seed: int, half: int) -> list[int]:
    """`count` events at random of one half (0 to tune on, 1 to report)."""
    ids = rows["event"].unique().sort().to_numpy()
    mixed = np.random.default_rng(0).permutation(ids)[half::2]
    return [int(e) for e in np.random.default_rng(seed).permutation(mixed)[:count]]


def stories() -> pl.DataFrame:
    """Copies of one text under several cascades, by `story` and time, with up to 150 reposts each.

    The columns of `sample`; `event` is the copy's own id, `copy_no` its place in the story.
    """
    told = pl.read_parquet(CASCADES / "stories" / "stories.parquet")
    post_id = pl.format("weibo:{}", "mid")
    copies = told.select(
        "story", "label", "text", post_id=post_id, at=_moment(pl.col("t")),
        account_id=pl.format("weibo:of-{}", "mid"), handle=pl.lit(None, pl.String),
        copy_no=pl.col("order").rank("ordinal").over("story") - 1, is_root=pl.lit(value=True),
        parent=pl.lit(None, pl.String), root=post_id,
    )  # fmt: skip
    below = sample("trees").filter(~pl.col("is_root")).group_by("event", maintain_order=True)
    reposts = below.head(REPOSTS).join(copies.select("story", "copy_no", "root"), on="root")
    columns = [c for c in copies.columns if c != "event"]
    return pl.concat(
        [copies.select(columns), reposts.select(columns)], how="vertical_relaxed"
    ).sort("story", "copy_no", "at", "post_id")


def corpus_of(rows: pl.DataFrame, *, ids: str = "root", precision: str = "second") -> Corpus:
    """`rows` as a case holds them.

    `ids` tells what the platform hands out: `root` (the first post, as parent too), `parents` (the
    true parent and the first post), `parent` (the true parent alone), `none`.
    """
    parent = {"root": "root", "parents": "parent", "parent": "parent", "none": None}[ids]
    blank, empty = pl.lit(None, pl.String), pl.lit([], dtype=pl.List(pl.String))
    is_repost = ~pl.col("is_root") if ids != "none" else pl.lit(value=False)
    named = pl.col(parent) if parent is not None else blank
    posts = rows.select(
        "post_id", "account_id", "text", created_at="at", platform=pl.lit("weibo"),
        time_precision=pl.lit(precision),
        kind=pl.when(is_repost).then(pl.lit("repost")).otherwise(pl.lit("original")),
        parent_id=pl.when(is_repost).then(named),
        root_id=pl.when(is_repost & pl.lit(ids in ("root", "parents"))).then("root"),
        is_seen=pl.lit(value=True), source_id=pl.lit("s"),
        urls=empty, mentions=empty, hashtags=empty, media_hashes=empty,
    )  # fmt: skip
    names = rows.select("account_id", "handle", platform=pl.lit("weibo"), source_id=pl.lit("s"))
    once = names.unique("account_id", keep="first", maintain_order=True)
    return Corpus(posts=POSTS.conform(posts), accounts=ACCOUNTS.conform(once))


def hidden(rows: pl.DataFrame, share: float, *, seed: int) -> pl.DataFrame:
    """`rows` without a random share."""
    draw = np.random.default_rng(seed).random(rows.height)
    return rows.filter(pl.Series(draw) >= share)


def copied(rows: pl.DataFrame, *, seed: int, most: int = 60) -> pl.DataFrame:
    """The first posts of one cascade as if each had been pasted with the words above it.

    Along the true parents: three in ten add their own real words in front, two in ten drop a
    clause, one in ten changes a number. Ids tell nothing, and of ties only text and time are left.
    """
    draw = np.random.default_rng(seed)
    first = rows.sort("at", "post_id").head(most)
    texts: dict[str, str] = {}
    own = first.select("post_id", "parent", "text").rows()
    for post_id, parent, text in own:
        said = str(text or "").split("//@")[0].strip()
        texts[post_id] = _pasted(texts[parent], said, draw) if parent in texts else said
    codes = {post_id: f"local:{code}" for (post_id, _, _), code
             in zip(own, draw.permutation(len(own)), strict=True)}  # fmt: skip
    return first.with_columns(
        text=pl.Series([texts[row[0]] for row in own], dtype=pl.String),
        post_id=pl.col("post_id").replace(codes), root=pl.col("root").replace(codes),
    )  # fmt: skip


def _pasted(above: str, own: str, draw: np.random.Generator) -> str:
    roll = draw.random()
    if roll < 0.3:
        return f"{own[:20]} {above}"
    if roll < 0.5:
        clauses = above.replace("。", "，").split("，")
        drop = int(draw.integers(len(clauses)))
        rest = "，".join(clauses[:drop] + clauses[drop + 1 :])
        return rest if len(rest) >= 20 else above
    if roll < 0.6:
        return "".join(str((int(c) * 3 + 1) % 10) if c in "123456789" else c for c in above)
    return above


def clocked(rows: pl.DataFrame, precision: str) -> pl.DataFrame:
    """`rows` with times cut to the second, minute or day."""
    return rows.with_columns(at=pl.col("at").dt.truncate(CUTS[precision]))


def wordings() -> pl.DataFrame:
    """Distinct `words` of all originals, with the `story` of those that belong to one, else -1."""
    originals = pl.read_parquet(CASCADES / "weibo_ma2016" / "originals.parquet")
    told = stories().filter("is_root").select("story", "text")
    rest = originals.select(pl.lit(-1, pl.Int64).alias("story"), "text")
    said = normal_form(own_words(pl.col("text")))
    every = pl.concat([told, rest]).select("story", words=said)
    long_enough = every.filter(pl.col("words").str.len_chars() >= 20)
    return long_enough.unique("words", keep="first", maintain_order=True)


def rewritten(text: str, draw: np.random.Generator) -> str:
    """Half of the clauses of `text` in another order, without half of the characters.

    A stand-in for a paraphrase, which no data set at hand holds: it keeps words, not phrases.
    """
    size = max(4, len(text) // 8)
    parts = [text[at : at + size] for at in range(0, len(text), size)]
    kept = draw.permutation(len(parts))[: max(2, (len(parts) + 1) // 2)]
    joined = "".join(parts[int(place)] for place in kept)
    return "".join(c for c in joined if draw.random() >= 0.5)
