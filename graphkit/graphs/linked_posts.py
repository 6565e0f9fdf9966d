# SPDX-License-Identifier: GPL-3.0-or-later
"""What addresses point to, over a whole case: posts, seen or not, accounts, or pages elsewhere.

An address is, in this order:

- the address that one post of the case calls its own (`post-address`; http or https, `www.` and a
  slash at the end aside). What several posts call their own is nobody's.
- by its platform's pattern the permalink of one post of the case (`permalink`). Where ids are
  chosen by who posts (Bluesky), the author in the address must be the post's; where the author in
  the address is nobody's known handle and the post's handle is not known either, the certainty is
  lower.
- the permalink of a post that the case does not have, where the address alone tells its id
  (`permalink-unseen`). The name in the addresses of X, TikTok and others is not checked by them
  and not read.
- the profile of an account of the case (`profile`).
- an address (`address`), or one whose target only a shortener knows (`short-address`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from graphkit.text.links import (
    canonical_url,
    host,
    is_short,
    platforms_by_id,
    references,
    registrable_domain,
    weibo_mid,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

RULES = ("post-address", "permalink", "permalink-unseen", "profile")
UNCHECKED, UNSEEN, PROFILE = 0.9, 0.9, 0.95  # certainties, estimated
ONE_FORM = (  # ids in their one form: the rest, what of it tells a post from others
    (r"^(mastodon:)https?://([^/]+)/.*?([^/]+)/?$", "$1$2/$3"),
    (r"^(bluesky:)at://.*/([^/]+)$", "$1$2"),  # the key alone: its author is compared apart
    (r"^(telegram:)(?:-100|c/|channel|@)", "$1"),
    (r"^(reddit:)t3_", "$1"),
)
AUTHOR_COUNTS = ("bluesky",)  # who posts chooses the id
PLATFORM = pl.col("post_id").str.extract("^([^:]+):")
PAGE = r"^https?://(?:www\.)?"
SITE_WIDE = 0.5
LEAST_PAGES = 5
TARGETS = {
    "address": pl.String,
    "target_kind": pl.String,
    "target": pl.String,
    "outlet": pl.String,
    "rule": pl.String,
    "certainty": pl.Float64,
}


def link_targets(
    addresses: pl.Series, *, posts: pl.DataFrame, accounts: pl.DataFrame, names: pl.DataFrame
) -> pl.DataFrame:
    """What each distinct http or https address of `addresses` points to.

    Args:
        addresses: as written.
        posts: all posts of the case.
        accounts: all its accounts.
        names: what those are called (`account_names`).

    Returns:
        `address`, `target_kind` (post, account or url), `target`, `outlet` (registrable domain of
        urls and of saved pages; null for shortened addresses), `rule`, `certainty`, sorted by
        address.
    """
    distinct = addresses.drop_nulls().unique().sort().alias("address")
    links = pl.DataFrame([distinct, canonical_url(distinct).alias("url")]).drop_nulls("url")
    if links.is_empty():
        return pl.DataFrame(schema=TARGETS)
    known = posts.select("post_id", "account_id", "kind", canonical_url(posts["url"]))
    handles, hosts = names.filter("is_handle"), _mastodon_hosts(known)
    links = _referring(links, handles, hosts)
    linked = known.filter(PLATFORM.is_in(links.filter(shows="post")["platform"].unique().implode()))
    found = [
        _same_page(links, known),
        _same_post(links, _keyed(linked, handles, hosts), accounts),
        _unseen(links),
        _profiles(links, accounts),
    ]
    order = {rule: place for place, rule in enumerate(RULES)}
    ranked = pl.concat(found).sort("address", pl.col("rule").replace_strict(order))
    first = ranked.unique("address", keep="first", maintain_order=True)
    return _described(links, first)


def site_wide(links: pl.DataFrame, posts: pl.DataFrame) -> pl.DataFrame:
    """Links that stand on more than half of a site's saved pages, such as a list of partners.

    They are the site's and not a page's source. Sites with fewer than `LEAST_PAGES` pages are not
    judged. `links` has platform, account_id, post_id and address; `posts` are those of the case.

    Returns:
        account_id and address, in no particular order.
    """
    pages = posts.filter("is_seen", platform="web").group_by("account_id").agg(pages=pl.len())
    held = (
        links.filter(platform="web")
        .group_by("account_id", "address")
        .agg(held=pl.col("post_id").n_unique())
    )
    often = (pl.col("held") > SITE_WIDE * pl.col("pages")) & (pl.col("pages") >= LEAST_PAGES)
    return held.join(pages, on="account_id").filter(often).select("account_id", "address")


def _mastodon_hosts(known: pl.DataFrame) -> list[str]:
    ids = known.filter(pl.col("post_id").str.starts_with("mastodon:"))
    addresses = pl.concat([ids["post_id"].str.strip_prefix("mastodon:"), ids["url"]])
    return host(addresses).drop_nulls().unique().to_list()


def _referring(links: pl.DataFrame, names: pl.DataFrame, hosts: Sequence[str]) -> pl.DataFrame:
    """`links` with what their `url` shows: the columns of `references`, `author_id` and `key`.

    `post_id` is the id of the post, where the address tells it, `author_id` the account that has
    the address's handle.
    """
    shown = references(links["url"], mastodon_hosts=hosts)
    handles = names.select("platform", name="name", named_id="named_id")
    named = shown.with_columns(name=pl.col("author").str.to_lowercase()).join(
        handles, on=["platform", "name"], how="left", maintain_order="left"
    )
    is_did = pl.col("author").str.starts_with("did:")
    author = pl.when(is_did).then("bluesky:" + pl.col("author")).otherwise("named_id")
    told = named.with_columns(author_id=author)
    number = pl.col("native_id").str.extract("/([0-9]+)$")
    in_chat = pl.concat_str("author_id", pl.lit("/"), number)
    plain = pl.concat_str("platform", pl.lit(":"), "native_id")
    is_chat = (pl.col("platform") == "telegram") & pl.col("author_id").is_not_null()
    told = told.with_columns(key=pl.when(is_chat).then(in_chat).otherwise(plain))
    told = told.with_columns(_keys(told["key"]))
    uri = pl.concat_str(
        pl.lit("bluesky:at://"),
        pl.col("author_id").str.strip_prefix("bluesky:"),
        pl.lit("/app.bsky.feed.post/"),
        "native_id",
    )
    one_form = pl.col("platform").is_in(["weibo", "telegram"])
    post_id = pl.when(platform="bluesky").then(uri).when(one_form).then("key").otherwise("post_id")
    whole = pl.when(pl.col("post_id").is_not_null()).then(post_id)
    shown = told.select("platform", "shows", "native_id", "author_id", "key", unseen=whole)
    return pl.concat([links, shown], how="horizontal")


def _keys(ids: pl.Series) -> pl.Series:
    """What tells each post `platform:id` from others, in one form however tools write ids."""
    text = pl.col("id")
    lower = pl.when(text.str.starts_with("telegram:")).then(text.str.to_lowercase()).otherwise(text)
    for pattern, form in ONE_FORM:
        lower = lower.str.replace(pattern, form)
    mid = "weibo:" + weibo_mid(ids.str.extract("^weibo:(.+)$"))
    return pl.select(id=ids).select(pl.coalesce(mid, lower)).to_series().alias(ids.name)


def _keyed(known: pl.DataFrame, names: pl.DataFrame, hosts: Sequence[str]) -> pl.DataFrame:
    """The keys of each post: by its id, or by the permalink that it calls its own."""
    by_id = known.select("post_id", key=_keys(known["post_id"]))
    elsewhere = known.filter(~PLATFORM.is_in(platforms_by_id())).drop_nulls("url")
    shown = _referring(elsewhere.select("post_id", "url"), names, hosts)
    by_url = shown.filter(pl.col("platform") == PLATFORM, shows="post").select("post_id", "key")
    both = pl.concat([by_id, by_url]).unique()
    return both.join(known.select("post_id", "account_id", "kind"), on="post_id")


def _same_page(links: pl.DataFrame, known: pl.DataFrame) -> pl.DataFrame:
    """Links to what one post calls its own address."""
    page = pl.col("url").str.replace(PAGE, "").str.strip_chars_end("/")
    pages = known.drop_nulls("url").select("post_id", "kind", page=page)
    return _of_one_post(links.with_columns(page=page).join(pages, on="page"), "post-address")


def _same_post(links: pl.DataFrame, keyed: pl.DataFrame, accounts: pl.DataFrame) -> pl.DataFrame:
    """Links whose permalink is that of one post, by whom the address says where that counts."""
    handles = accounts.select("account_id", "handle")
    hits = (
        links.filter(shows="post").join(keyed, on="key").join(handles, on="account_id", how="left")
    )
    agrees = pl.col("author_id") == pl.col("account_id")
    unknown = pl.col("author_id").is_null() & pl.col("handle").is_null()
    counts = pl.col("platform").is_in(AUTHOR_COUNTS)
    agreeing = hits.filter(~counts | agrees | unknown)
    sure = pl.when(counts & ~agrees.fill_null(value=False)).then(UNCHECKED).otherwise(1.0)
    return _of_one_post(agreeing.with_columns(certainty=sure), "permalink")


def _of_one_post(hits: pl.DataFrame, rule: str) -> pl.DataFrame:
    """`hits` whose address has one post; one that is no repost goes before those that are."""
    is_repost = pl.col("kind") == "repost"
    first = hits.filter(is_repost == is_repost.min().over("address"))
    one = first.filter(pl.col("post_id").n_unique().over("address") == 1).unique("address")
    certainty = pl.col("certainty") if "certainty" in one.columns else pl.lit(1.0)
    return _targets(one, "post", "post_id", rule=rule, certainty=certainty)


def _unseen(links: pl.DataFrame) -> pl.DataFrame:
    known = links.drop_nulls("unseen")
    return _targets(known, "post", "unseen", rule="permalink-unseen", certainty=pl.lit(UNSEEN))


def _profiles(links: pl.DataFrame, accounts: pl.DataFrame) -> pl.DataFrame:
    """Links to the page of an account of the case."""
    by_id = pl.concat_str("platform", pl.lit(":"), "native_id")
    pages = links.filter(shows="profile").with_columns(account_id=pl.coalesce(by_id, "author_id"))
    ours = pages.join(accounts.select("account_id"), on="account_id", how="semi")
    return _targets(ours, "account", "account_id", rule="profile", certainty=pl.lit(PROFILE))


def _targets(
    rows: pl.DataFrame, kind: str, target: str, *, rule: str, certainty: pl.Expr
) -> pl.DataFrame:
    constants = {"target_kind": pl.lit(kind), "rule": pl.lit(rule), "certainty": certainty}
    found = rows.with_columns(target=pl.col(target), **constants)
    return found.select(name for name in TARGETS if name != "outlet")


def _described(links: pl.DataFrame, found: pl.DataFrame) -> pl.DataFrame:
    """All `links`: as found, else as addresses."""
    both = links.select("address", "url").join(found, on="address", how="left")
    url, short = both["url"], is_short(both["url"])
    page = pl.col("target").is_null() & ~short | pl.col("target").str.starts_with("web:")
    plain = pl.when(short).then(pl.lit("short-address")).otherwise(pl.lit("address"))
    return both.select(
        "address",
        target_kind=pl.col("target_kind").fill_null("url"),
        target=pl.coalesce("target", "url"),
        outlet=pl.when(page).then(registrable_domain(url)),
        rule=pl.coalesce("rule", plain),
        certainty=pl.col("certainty").fill_null(1.0),
    ).sort("address")
