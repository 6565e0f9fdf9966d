# SPDX-License-Identifier: GPL-3.0-or-later
"""The table `citations`, read from posts: by field, by link, and by what their own words name."""

from __future__ import annotations

import polars as pl

from graphkit.tables import CITATIONS
from graphkit.text.attributions import attributions
from graphkit.text.links import canonical_url, permalinks, weibo_mid
from graphkit.text.normal import own_words

COLUMNS = {
    name: column.dtype
    for name, column in CITATIONS.columns.items()
    if name not in ("source_id", "source_line")
}
VIA_ORDER = pl.Enum(["field", "link", "text", "import"])


def citation_rows(
    posts: pl.DataFrame, accounts: pl.DataFrame, *, known: pl.DataFrame | None = None
) -> pl.DataFrame:
    """What each seen post cites: the table `citations` without its provenance.

    - A repost or quote cites its parent (via field); where the parent is unknown and its text
      names nobody either, the target is null.
    - An address (via link) that is the permalink of a post in `known` (where None, in `posts`)
      cites that post, any other is a url. What a repost inherits is not its own: of its addresses
      only those count that its own words hold, and vague phrases in the comment of a repost or
      quote do not.
    - A name in the text (via text) is an account if one of that platform has the handle, or else
      if exactly one has it as display name; otherwise an outlet. Vague phrases have no target:
      an unnamed source is never shared between posts.
    - A post without any source has one row `none`, certain 1.0, or 0.0 where its text is unknown.

    Posts with `is_seen` false are somebody else's references and cite nothing.

    Returns:
        The columns of `citations` but `source_id` and `source_line`, `support` null, sorted by key.
        One target counts once a post, the first by field, link, text and place.
    """
    seen = posts.filter("is_seen")
    named = attributions(seen).join(
        seen.select("post_id", "account_id", "platform", "kind", "text", "parent_id"), on="post_id"
    )
    rows = pl.concat(
        [
            _field_rows(seen),
            _link_rows(named, posts if known is None else known),
            _text_rows(named, accounts),
        ],
        how="diagonal",
    )
    first = rows.with_columns(pl.col("via").cast(VIA_ORDER)).sort(
        "post_id", "via", "span_start", "rule", "target", nulls_last=True
    )
    once = first.unique(["post_id", "target_kind", "target"], keep="first", maintain_order=True)
    known = once.filter(
        pl.col("target").is_not_null()
        | (pl.col("target_kind") != "post")
        | (pl.len().over("post_id") == 1)
    )
    return _numbered(pl.concat([known, _sourceless(seen, known)], how="diagonal"))


def _numbered(rows: pl.DataFrame) -> pl.DataFrame:
    number = pl.int_range(pl.len()).over(
        "post_id", order_by=["via", "span_start", "rule", "target"]
    )
    complete = rows.with_columns(citation_no=number, support=pl.lit(None, pl.String))
    return complete.select(pl.col(name).cast(dtype) for name, dtype in COLUMNS.items()).sort(
        "post_id", "citation_no"
    )


def _field_rows(seen: pl.DataFrame) -> pl.DataFrame:
    return seen.filter(pl.col("kind").is_in(["repost", "quote"])).select(
        "post_id",
        target_kind=pl.lit("post"),
        target="parent_id",
        via=pl.lit("field"),
        rule=pl.lit("parent-id"),
        certainty=pl.lit(1.0),
    )


def _link_rows(named: pl.DataFrame, known: pl.DataFrame) -> pl.DataFrame:
    links = named.filter(pl.col("via") == "link")
    own = own_words(pl.col("text")).str.contains(pl.col("target"), literal=True)
    links = links.filter((pl.col("kind") != "repost") | own.fill_null(value=False))
    post = _linked_posts(links["target"], known)
    links = links.with_columns(url=canonical_url(links["target"]), post=post)
    cited = links.filter(
        pl.col("url").is_not_null(),
        pl.col("post").is_null() | (pl.col("post") != pl.col("post_id")),
    )
    to_post = pl.col("post").is_not_null()
    return cited.with_columns(
        target=pl.coalesce("post", "url"),
        target_kind=pl.when(to_post).then(pl.lit("post")).otherwise(pl.lit("url")),
        rule=pl.when(to_post).then(pl.lit("permalink")).otherwise(pl.lit("address")),
    ).select(_columns_of(cited))


def _columns_of(frame: pl.DataFrame) -> list[str]:
    return [name for name in COLUMNS if name in frame.columns]


def _linked_posts(urls: pl.Series, posts: pl.DataFrame) -> pl.Series:
    """For each address the id of the post that it is the permalink of, or null."""
    native = pl.col("post_id").str.strip_prefix(pl.col("platform") + ":")
    known = posts.select("platform", "post_id", native_id=native.str.extract("([^/]+)/?$"))
    found = permalinks(urls).with_columns(order=pl.int_range(pl.len()))
    mids = found.filter(platform="weibo")
    mids = mids.with_columns(weibo_mid(mids["native_id"]))
    hits = pl.concat([found, mids]).join(known, on=["platform", "native_id"])
    of_url = hits.group_by("order").agg(pl.col("post_id").min())
    return found.join(of_url, on="order", how="left", maintain_order="left")["post_id"]


def _text_rows(named: pl.DataFrame, accounts: pl.DataFrame) -> pl.DataFrame:
    """Rows of names and vague phrases in the text, names resolved to accounts where they can be."""
    texts = named.filter(pl.col("via") == "text")
    comment = pl.col("kind").is_in(["repost", "quote"]) & pl.col("parent_id").is_not_null()
    chain = pl.col("rule").is_in(["repost-chain", "retweet"])
    kept = texts.filter(~(comment & (chain | (pl.col("target_kind") == "vague"))))
    name = pl.col("target").str.to_lowercase()
    resolved = kept.with_columns(name=name).join(
        _names(accounts), on=["platform", "name"], how="left", maintain_order="left"
    )
    return resolved.with_columns(
        target=pl.coalesce("named_id", "target"),
        target_kind=pl.when(pl.col("target_kind") == "vague")
        .then(pl.lit("vague"))
        .when(pl.col("named_id").is_not_null())
        .then(pl.lit("account"))
        .otherwise(pl.lit("outlet")),
    ).select(_columns_of(resolved))


def _names(accounts: pl.DataFrame) -> pl.DataFrame:
    """`platform`, `name` (lower case), `named_id`: names that mean one account; handles win."""
    both = pl.concat(
        [
            accounts.select("platform", "account_id", name="handle", order=pl.lit(0)),
            accounts.select("platform", "account_id", name="display_name", order=pl.lit(1)),
        ]
    ).drop_nulls("name")
    named = both.with_columns(pl.col("name").str.to_lowercase()).unique()
    first = named.filter(pl.col("order") == pl.col("order").min().over("platform", "name"))
    holders = first.group_by("platform", "name").agg(
        named_id=pl.col("account_id").min(), holders=pl.col("account_id").n_unique()
    )
    return holders.filter(pl.col("holders") == 1).select("platform", "name", "named_id")


def _sourceless(seen: pl.DataFrame, rows: pl.DataFrame) -> pl.DataFrame:
    without = seen.join(rows, on="post_id", how="anti")
    return without.select(
        "post_id",
        target_kind=pl.lit("none"),
        via=pl.lit("text").cast(VIA_ORDER),
        rule=pl.lit("none"),
        certainty=pl.col("text").is_not_null().cast(pl.Float64),
    )
