# SPDX-License-Identifier: GPL-3.0-or-later
"""The table `citations`, read from posts: by field, by link, and by what their own words name."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from graphkit.graphs.account_names import account_names
from graphkit.graphs.linked_posts import link_targets, site_wide
from graphkit.tables import CITATIONS
from graphkit.text.attributions import RELAY_RULES, attributions, is_vague
from graphkit.text.normal import own_words

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

COLUMNS = {
    name: column.dtype
    for name, column in CITATIONS.columns.items()
    if name not in ("source_id", "source_line")
}
VIA_ORDER = pl.Enum(["field", "link", "text", "import"])
PASSED_ON = pl.col("kind").is_in(["repost", "quote"])
BY_HANDLE, BY_NAME, AS_WRITTEN = 0.95, 0.8, 0.95
"""Certainties of a source label that is a handle, a shown name, and no account's: estimated."""


def citation_rows(
    posts: pl.DataFrame,
    accounts: pl.DataFrame,
    *,
    known: pl.DataFrame | None = None,
    lexicons: Sequence[Path] = (),
) -> pl.DataFrame:
    """What each seen post cites: the table `citations` without its provenance.

    - A repost or quote cites its parent (via field); where the parent is unknown, what its
      `source_label` names; where its text names nobody either, the target is null.
    - What the platform gives as the source of any other post (`source_label`) is an account by
      handle or by a display name that only one shows, otherwise an outlet.
    - An address (via link) cites the post of `known` (where None, of `posts`), or the account, that
      it shows, a post that the case lacks where the address alone tells its id, and otherwise is a
      url (`linked_posts`). One that stands on most pages of a saved site says nothing of a page
      (`site-wide-link`, certainty 0). What a repost inherits is not its own: of its addresses only
      those count that its own words hold, and vague phrases in the comment of a repost or quote
      do not.
    - A name in the text (via text) is an account if one of that platform has the handle, or else
      if exactly one has it as display name; otherwise an outlet. Vague phrases have no target:
      an unnamed source is never shared between posts.
    - `outlet` is the registrable domain of a url, or the outlet named: the domain of the saved
      site that alone shows that name, otherwise the name as written.
    - A post without any source has one row `none`, certain 1.0, or 0.0 where its text is unknown.

    Posts with `is_seen` false are somebody else's references and cite nothing. A post does not cite
    itself, nor its author by a label or a profile's address. `lexicons` are files of further rules
    (`attributions`).

    Returns:
        The columns of `citations` but `source_id` and `source_line`, `support` null, sorted by key.
        One target counts once a post, the first by field, link, text and place.
    """
    seen = posts.filter("is_seen")
    named = attributions(seen, lexicons=lexicons).join(
        seen.select("post_id", "account_id", "platform", "kind", "text", "parent_id"), on="post_id"
    )
    names = account_names(accounts)
    rows = pl.concat(
        [
            _field_rows(seen),
            _label_rows(seen, names),
            _link_rows(named, posts if known is None else known, accounts, names),
            _text_rows(named, names),
        ],
        how="diagonal",
    )
    first = rows.with_columns(pl.col("via").cast(VIA_ORDER)).sort(
        "post_id", "via", "span_start", "rule", "target", nulls_last=True
    )
    once = first.unique(["post_id", "target_kind", "target"], keep="first", maintain_order=True)
    certain = once.filter(
        pl.col("target").is_not_null()
        | (pl.col("target_kind") != "post")
        | (pl.len().over("post_id") == 1)
    )
    return _numbered(pl.concat([certain, _sourceless(seen, certain)], how="diagonal"))


def _numbered(rows: pl.DataFrame) -> pl.DataFrame:
    """The columns of the table; the rows of each post are in their order."""
    ordered = rows.sort("post_id", maintain_order=True)
    complete = ordered.with_columns(
        citation_no=pl.int_range(pl.len()).over("post_id"), support=pl.lit(None, pl.String)
    )
    return complete.select(pl.col(name).cast(dtype) for name, dtype in COLUMNS.items())


def _field_rows(seen: pl.DataFrame) -> pl.DataFrame:
    return seen.filter(PASSED_ON).select(
        "post_id",
        target_kind=pl.lit("post"),
        target="parent_id",
        via=pl.lit("field"),
        rule=pl.lit("parent-id"),
        certainty=pl.lit(1.0),
    )


def _label_rows(seen: pl.DataFrame, names: pl.DataFrame) -> pl.DataFrame:
    """What the platform itself says that a post comes from, where it does not say which post."""
    label = pl.col("source_label").str.strip_chars()
    told = seen.filter(label != "", ~(PASSED_ON & pl.col("parent_id").is_not_null()))
    is_handle = label.str.contains("^[@＠]")
    bare = label.str.strip_chars_start("@＠")
    labelled = told.select(
        "post_id", "account_id", "platform", at=is_handle, target=bare, vague=is_vague(label)
    )
    found = _resolved(labelled, names)
    found = found.with_columns(
        named_id=pl.when(~pl.col("at") | pl.col("is_handle")).then("named_id")
    )
    sure = pl.when(pl.col("named_id").is_null()).then(AS_WRITTEN)
    others = found.filter(
        pl.col("named_id").is_null() | (pl.col("named_id") != pl.col("account_id"))
    )
    return _as_named(others, "vague").select(
        "post_id",
        "target_kind",
        "target",
        "outlet",
        via=pl.lit("field"),
        rule=pl.lit("source-label"),
        certainty=sure.when("is_handle").then(BY_HANDLE).otherwise(BY_NAME),
    )


def _link_rows(
    named: pl.DataFrame, known: pl.DataFrame, accounts: pl.DataFrame, names: pl.DataFrame
) -> pl.DataFrame:
    links = named.filter(via="link").rename({"target": "address"})
    own = own_words(pl.col("text")).str.contains(pl.col("address"), literal=True)
    links = links.filter((pl.col("kind") != "repost") | own.fill_null(value=False))
    targets = link_targets(links["address"], posts=known, accounts=accounts, names=names)
    links = links.drop("target_kind", "rule", "certainty").join(targets, on="address")
    wide = site_wide(links, known).with_columns(wide=pl.lit("site-wide-link"))
    links = links.join(wide, on=["account_id", "address"], how="left").with_columns(
        rule=pl.coalesce("wide", "rule"),
        certainty=pl.when(pl.col("wide").is_null()).then("certainty").otherwise(0.0),
    )
    cited = links.filter(
        pl.col("target") != pl.col("post_id"), pl.col("target") != pl.col("account_id")
    )
    return cited.select(_columns_of(cited))


def _columns_of(frame: pl.DataFrame) -> list[str]:
    return [name for name in COLUMNS if name in frame.columns]


def _text_rows(named: pl.DataFrame, names: pl.DataFrame) -> pl.DataFrame:
    """Rows of names and vague phrases in the text, names resolved to accounts where they can be."""
    texts = named.filter(via="text")
    comment = PASSED_ON & pl.col("parent_id").is_not_null()
    is_vague_phrase = pl.col("target_kind") == "vague"
    kept = texts.filter(~(comment & (pl.col("rule").is_in(RELAY_RULES) | is_vague_phrase)))
    named_rows = _as_named(_resolved(kept, names), is_vague_phrase)
    return named_rows.select(_columns_of(named_rows))


def _resolved(rows: pl.DataFrame, names: pl.DataFrame) -> pl.DataFrame:
    """`rows` with the account that each `target` names on its platform, and the site."""
    sites = names.filter(platform="web").select(
        "name", site=pl.col("named_id").str.strip_prefix("web:")
    )
    keyed = rows.with_columns(name=pl.col("target").str.to_lowercase())
    return keyed.join(names, on=["platform", "name"], how="left", maintain_order="left").join(
        sites, on="name", how="left", maintain_order="left"
    )


def _as_named(rows: pl.DataFrame, vague: str | pl.Expr) -> pl.DataFrame:
    """`rows` as vague, account or outlet, with their `target` and `outlet`."""
    is_vague_phrase = pl.col(vague) if isinstance(vague, str) else vague
    kind = (
        pl.when(is_vague_phrase)
        .then(pl.lit("vague"))
        .when(pl.col("named_id").is_not_null())
        .then(pl.lit("account"))
        .otherwise(pl.lit("outlet"))
    )
    return rows.with_columns(target_kind=kind).with_columns(
        target=pl.when(pl.col("target_kind") != "vague").then(pl.coalesce("named_id", "target")),
        outlet=pl.when(target_kind="outlet").then(pl.coalesce("site", "target")),
    )


def _sourceless(seen: pl.DataFrame, rows: pl.DataFrame) -> pl.DataFrame:
    without = seen.join(rows, on="post_id", how="anti")
    return without.select(
        "post_id",
        target_kind=pl.lit("none"),
        via=pl.lit("text").cast(VIA_ORDER),
        rule=pl.lit("none"),
        certainty=pl.col("text").is_not_null().cast(pl.Float64),
    )
