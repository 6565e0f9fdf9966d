# SPDX-License-Identifier: GPL-3.0-or-later
"""Naming the same source: the act `citation`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from graphkit.tables import CITATIONS
from graphkit.text.names import folded_name

if TYPE_CHECKING:
    from graphkit.tables import Corpus

KINDS = ("post", "account", "url", "outlet")
MIN_CERTAINTY = 0.8
"""A rule that errs more often than once in five makes no object: it would join strangers."""


def citation_acts(corpus: Corpus) -> pl.DataFrame:
    """A row for each source that a seen post names: the table `citations` as a log of actions.

    The object is `kind:target`. A url is the address and not its outlet: half of a platform cites
    one agency, and who links one report of it does so with few. Only where the words name an outlet
    and no address does that stay the object. A repost's parent is left to the act `repost`; vague
    sources, and those read with a certainty below 0.8, are no objects. action_id is the key of the
    citation.
    """
    outlet = folded_name(pl.coalesce("outlet", "target"))
    target = pl.when(target_kind="outlet").then(outlet).otherwise("target")
    cited = corpus.citations.filter(
        pl.col("target_kind").is_in(KINDS), pl.col("certainty") >= MIN_CERTAINTY
    ).with_columns(
        CITATIONS.row_key().alias("action_id"),
        object_id=pl.concat_str("target_kind", target, separator=":"),
    )
    posts = corpus.posts.filter("is_seen").select(
        "post_id", "account_id", "kind", "time_precision", acted_at="created_at"
    )
    named = cited.join(posts, on="post_id").filter(
        ~((pl.col("kind") == "repost") & (pl.col("rule") == "parent-id"))
    )
    return named.with_columns(table=pl.lit("citations"), content_id="post_id")
