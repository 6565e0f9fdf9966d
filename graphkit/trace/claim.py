# SPDX-License-Identifier: GPL-3.0-or-later
"""A claim: the posts that say what is asked for, and the posts that pass those on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from graphkit.errors import InputError
from graphkit.text.links import canonical_url, permalinks
from graphkit.text.normal import normal_form, own_words
from graphkit.text.shingles import shingles
from graphkit.trace.pictures import wordless_copies
from graphkit.trace.relays import CHAIN_OMITS_ROOT, LEAST_QUOTE, relays

if TYPE_CHECKING:
    from graphkit.tables import Corpus

KINDS = ("post", "claim", "url", "text")
SIMILAR = (
    0.4  # Jaccard index of 3-shingles; with EXCERPT it adds 121 pairs to those at .5 and .8 among
)
EXCERPT = 0.6  # 2,220 Weibo originals, of which 40 were read: 40 tell the same story
ANCHOR = 0.25  # share of the shorter that must be in a text asked for, however many steps away
SHORTEST_EXCERPT = 20
SHORTEST_QUERY = 4
HASHTAG = r"#[^#\n]{1,40}#|#[\p{L}\p{N}_]+"  # a topic is not a statement
WIDTHS = {"second": 1, "minute": 60, "hour": 3_600, "day": 86_400}


@dataclass(frozen=True)
class Claim:
    """What is traced.

    `kind` is how the question was read. `seen` are all seen posts of the data (`placed_posts`),
    `posts` those of the claim.
    `says` are those that say it in their own words, `node_id`, `words` (normal form), `text`,
    `handle`: seen posts, and first posts that are gone where reposts quote them. `pictures`:
    `child` (a post without words) and `parent` (of those that say it, with the same rare picture).
    """

    what: str
    kind: str
    seen: pl.DataFrame
    posts: pl.DataFrame
    says: pl.DataFrame
    pictures: pl.DataFrame


def placed_posts(corpus: Corpus) -> pl.DataFrame:
    """The seen posts with what the trace needs beside the table's columns.

    `at` (the time in the id, else the shown one) and `width` (seconds that its precision leaves
    open, null where unknown), `cascade` (id of the first post above it, seen or not), `handle`
    and `display_name` of its account, `words` (normal form of its own words).
    """
    names = corpus.accounts.select("account_id", "handle", "display_name")
    seen = corpus.posts.filter("is_seen").join(names, on="account_id", how="left")
    by_id = pl.col("id_time").is_not_null()
    width = pl.col("time_precision").replace_strict(WIDTHS, default=None, return_dtype=pl.Int64)
    return seen.with_columns(
        at=pl.coalesce("id_time", "created_at"),
        width=pl.when(by_id).then(1).otherwise(width),
        precision=pl.when(by_id).then(pl.lit("second")).otherwise("time_precision"),
        cascade=first_posts(seen),
        words=_statement(pl.col("text")),
    ).sort("post_id")


def _statement(text: pl.Expr) -> pl.Expr:
    """The normal form of a text's own words, without hashtags."""
    return normal_form(own_words(text).str.replace_all(HASHTAG, " "))


def first_posts(posts: pl.DataFrame) -> pl.Series:
    """The first post above each post, by root and parent ids: its own id where it is the first."""
    above = pl.coalesce("root_id", "parent_id", "post_id")
    links = posts.select("post_id", above=above)
    ids = pl.concat([links["post_id"], links["above"]]).unique().sort()
    number = pl.DataFrame({"id": ids}).with_row_index("no")
    numbered = links.join(number, left_on="post_id", right_on="id").join(
        number, left_on="above", right_on="id", suffix="_above"
    )
    up = np.arange(len(ids))
    up[numbered["no"].to_numpy()] = numbered["no_above"].to_numpy()
    for _ in range(len(ids).bit_length()):
        up = up[up]
    tops = pl.DataFrame({"post_id": ids, "top": ids.gather(up)})
    return links.join(tops, on="post_id", how="left", maintain_order="left")["top"]


def find_claim(corpus: Corpus, what: str, *, kind: str | None = None) -> Claim:
    """The claim that `what` is or belongs to.

    A post (id with or without its platform, seen or only referred to) stands for what the first
    post of its cascade says; an address for what the posts say that link it, or the post that it
    is the permalink of; a text for the posts that say the same or hold it. To the posts that say
    it come, step by step, those whose words are similar, then all reposts and quotes of them. A
    post that says it and something else as long stands for both: ask by the words to keep them
    apart.

    Raises:
        InputError: `kind` is none of post, claim, url and text, or no such post is known.
    """
    posts = placed_posts(corpus)
    known = pl.concat(
        [posts["post_id"], *(posts[c].drop_nulls() for c in ("parent_id", "root_id"))]
    )
    known = pl.concat([known, corpus.posts["post_id"]]).unique().sort()
    read_as, post = _read(what, kind, known)
    says = pl.concat([_own_statements(posts), _quoted_first_posts(posts)])
    asked = _asked(what, read_as, post, posts, says)
    found = says.join(
        _similar_words(asked["words"], says["words"], as_query=read_as == "text"), on="words"
    )
    pictures = wordless_copies(posts, found["node_id"])
    start = pl.concat([found["node_id"], asked["node_id"].drop_nulls(), pictures["child"]])
    members = posts.join(_passed_on(posts, start.unique()), on="post_id", how="semi")
    return Claim(what, read_as, posts, members, found.sort("node_id"), pictures)


def _read(what: str, kind: str | None, known: pl.Series) -> tuple[str, str | None]:
    """How to read the question, and the id of the post that it names, if it names one."""
    if kind is not None and kind not in KINDS:
        raise InputError(f"{kind!r} cannot be traced; give one of {', '.join(KINDS)}")
    name = what.strip().removeprefix("claim:")
    matches = known.filter((known == name) | known.str.ends_with(f":{name}"))
    linked = permalinks(pl.Series([name], dtype=pl.String)).row(0)
    is_url = name.startswith(("http://", "https://"))
    if is_url and None not in linked:
        matches = known.filter(known == ":".join(linked))
    read_as = kind
    if read_as is None:
        named = "claim" if what.startswith("claim:") else "post"
        read_as = "url" if is_url else named if len(matches) else "text"
    if read_as in ("post", "claim") and len(matches) != 1:
        found = (
            f"is the id of {len(matches)} posts; name its platform"
            if len(matches)
            else "is no post of the data"
        )
        raise InputError(f"{what!r} {found}")
    return read_as, matches[0] if len(matches) == 1 and read_as != "text" else None


def _own_statements(posts: pl.DataFrame) -> pl.DataFrame:
    long_enough = posts.filter(pl.col("words").str.len_chars() >= LEAST_QUOTE)
    return long_enough.select("words", "handle", node_id="post_id", text=own_words(pl.col("text")))


def _quoted_first_posts(posts: pl.DataFrame) -> pl.DataFrame:
    """First posts that are not in the data, in the words under which all their reposts quote them.

    Not on platforms whose chains leave the first post out, and only where every chain that ends
    without a seen post ends with one and the same name.
    """
    gone = posts.filter(
        ~pl.col("cascade").is_in(posts["post_id"].implode()),
        ~pl.col("platform").is_in(CHAIN_OMITS_ROOT),
    )
    said = relays(gone)
    ends = said.unseen.join(
        said.edges.filter(evidence="chain-end"), left_on="node_id", right_on="child", how="semi"
    )
    quoted = ends.with_columns(words=_statement(pl.col("text"))).filter(
        pl.col("words").str.len_chars() >= LEAST_QUOTE,
        pl.col("handle").n_unique().over("cascade") == 1,
    )
    first = quoted.sort("cascade", "node_id").unique("cascade", keep="first", maintain_order=True)
    text = pl.col("text").str.strip_chars()
    return first.select("words", "handle", node_id="cascade", text=text)


def _asked(
    what: str, read_as: str, post: str | None, posts: pl.DataFrame, says: pl.DataFrame
) -> pl.DataFrame:
    """The posts asked for (`node_id`, null for a text) and their `words` (null where unknown)."""
    if post is not None:
        seen = posts.filter(post_id=post)
        top = post if seen.is_empty() else seen["cascade"][0]
        asked = pl.DataFrame({"node_id": [top]})
        if post.startswith("web:"):  # a page is asked for with the posts that link it
            asked = pl.concat([asked, _linking(posts, what)]).unique(maintain_order=True)
    elif read_as == "url":
        asked = _linking(posts, what)
    else:
        words = normal_form(pl.Series([what], dtype=pl.String))
        return pl.DataFrame({"node_id": pl.Series([None], dtype=pl.String), "words": words})
    return asked.join(says.select("node_id", "words"), on="node_id", how="left")


def _linking(posts: pl.DataFrame, address: str) -> pl.DataFrame:
    """The posts (`node_id`) that link the address."""
    links = posts.select("post_id", url="urls").explode("url").drop_nulls()
    url = canonical_url(pl.Series([address.strip()]))[0]
    is_asked = canonical_url(links["url"]) == pl.lit(url, pl.String)  # null: no address at all
    return links.filter(is_asked).select(node_id="post_id").unique().sort("node_id")


def _similar_words(asked: pl.Series, pool: pl.Series, *, as_query: bool) -> pl.DataFrame:
    """The distinct `words` of `pool` that are reached from `asked` by steps of similarity.

    A copy with a comment resembles the comment too: without an anchor in the words asked for,
    the steps would lead from the copies to everything else that is said about them.
    """
    texts = pl.DataFrame({"text": pool.unique().sort()}).with_row_index("text_id")
    sets = shingles(texts).with_columns(size=pl.len().over("text_id"))
    frontier = asked.drop_nulls().unique().sort()
    found = texts.filter(pl.col("text").is_in(frontier.implode()))
    anchored = _shared(sets, frontier).filter(pl.col("shared") >= ANCHOR * pl.col("smaller"))
    sets = sets.join(anchored, on="text_id", how="semi").join(found, on="text_id", how="anti")
    shortest = SHORTEST_QUERY if as_query else SHORTEST_EXCERPT
    while len(frontier):
        shared = _shared(sets, frontier)
        excerpt = pl.col("shared") >= EXCERPT * pl.col("smaller")
        excerpt = excerpt & (pl.col("smaller") >= shortest)
        close = shared.filter((pl.col("shared") >= SIMILAR * pl.col("union")) | excerpt)
        new = texts.join(close, on="text_id", how="semi")
        sets = sets.join(new, on="text_id", how="anti")
        found, frontier, shortest = pl.concat([found, new]), new["text"], SHORTEST_EXCERPT
    return found.select(words="text")


def _shared(sets: pl.DataFrame, asked: pl.Series) -> pl.DataFrame:
    """For each set and each text asked for with common shingles: `shared`, `smaller`, `union`."""
    texts = pl.DataFrame({"text": asked}).with_row_index("text_id")
    own = shingles(texts).select("shingle", asked="text_id", asked_size=pl.len().over("text_id"))
    pairs = sets.join(own, on="shingle").group_by("text_id", "asked", "size", "asked_size")
    shared = pairs.agg(shared=pl.len())
    return shared.with_columns(
        smaller=pl.min_horizontal("size", "asked_size"),
        union=pl.col("size") + pl.col("asked_size") - pl.col("shared"),
    )


def _passed_on(posts: pl.DataFrame, start: pl.Series) -> pl.DataFrame:
    """The ids in `start`, of what reposts and quotes them in any steps, and of relays between."""
    passing = posts.filter(pl.col("kind").is_in(["repost", "quote"]))
    links = pl.concat(
        [passing.select("post_id", above=column) for column in ("parent_id", "root_id")]
    ).drop_nulls()
    reached = frontier = pl.DataFrame({"post_id": start})
    while frontier.height:
        below = links.join(frontier, left_on="above", right_on="post_id", how="semi")
        frontier = below.select("post_id").unique().join(reached, on="post_id", how="anti")
        reached = pl.concat([reached, frontier])
    reposts = posts.filter(kind="repost").join(reached, on="post_id", how="semi")
    return pl.concat([reached, reposts.select(post_id="parent_id").drop_nulls()]).unique()
