# SPDX-License-Identifier: GPL-3.0-or-later
"""What is told beside the signs of a group and never counts: one clock, and citing each other.

People who share anything keep like hours and cite each other, so neither tells one operator
(docs/measured/account-matrix.md). What is close beyond chance comes with its rows.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import polars as pl

from graphkit.graphs.chained_loops import Reach
from graphkit.graphs.citation import SameClaim, citation_graph
from graphkit.graphs.citation_groups import (
    account_rows,
    group_loops,
    internal_excess,
    internal_rows,
)
from graphkit.graphs.posting_clocks import clock_test, event_rows
from graphkit.tables import CITATIONS

if TYPE_CHECKING:
    from graphkit.graphs.citation import Citations
    from graphkit.graphs.matrix_search import Search, Told
    from graphkit.graphs.posting_clocks import Drawing
    from graphkit.tables import Corpus

ROWS = {"table": pl.String, "key": pl.String, "role": pl.String}


@dataclass(frozen=True)
class Beside:
    """Measures by name, and the rows (table, key, role) behind those that chance does not make."""

    measures: dict[str, float] = field(default_factory=dict)
    rows: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=ROWS))


def clock_beside(found: Search, told: Told, drawing: Drawing) -> Beside:
    """The posting clock of the named accounts, without the hours in which they co-acted."""
    if found.clocks is None:
        return Beside()
    mine = pl.col("account_id").is_in(told.group.accounts.implode())
    own = found.clocks.events.filter(mine)
    if told.group.acts is not None:
        hour = (pl.col("second") // 3600).alias("hour")
        acted = told.group.acts.rows.select("account_id", second=pl.col("acted_at").dt.epoch("s"))
        busy = acted.select("account_id", hour).unique()
        own = own.with_columns(hour).join(busy, on=["account_id", "hour"], how="anti")
    clock = clock_test(found.clocks, own, drawing, least=found.rule.least)
    if clock.p_value is None:
        return Beside()
    measures = {
        "p_clock": clock.p_value,
        "clock_cosine": clock.cosine,
        "expected_clock_cosine": clock.expected,
    }
    if clock.p_value > found.rule.sign_alpha:
        return Beside(measures)
    counted = own.filter(pl.col("account_id").is_in(list(clock.known)))
    rows = event_rows(found.corpus, counted).with_columns(role=pl.lit("clock"))
    return Beside(measures, rows.select(*ROWS))


@dataclass(frozen=True)
class CitingAccounts:
    """The citations of a corpus between accounts: `rows` as by `account_rows`."""

    graph: Citations
    rows: pl.DataFrame


def citing_accounts(corpus: Corpus, *, seed: int) -> CitingAccounts | None:
    """The citations between a corpus's accounts; None where no post cites a post or an account."""
    if not corpus.citations["target_kind"].is_in(["post", "account"]).any():
        return None
    graph = citation_graph(corpus, SameClaim(similarity=None))
    rows = account_rows(graph, seed=seed)
    return None if rows.is_empty() else CitingAccounts(graph, rows)


def citation_beside(
    citing: CitingAccounts | None, accounts: pl.Series, *, proposal: pl.Series, alpha: float
) -> Beside:
    """How often the named accounts cite each other, against what others' citing would make.

    The posts by which they were proposed are left out. Loops are stories of which the claim comes
    back to its author inside the group.
    """
    if citing is None:
        return Beside()
    rows, posts = citing.rows, citing.graph.posts
    rows = rows.filter(~pl.col("post_id").is_in(proposal.drop_nulls().implode()))
    named = posts.filter(pl.col("account_id").is_in(accounts.implode()))
    members = named.select("account_no", group_no=pl.lit(0, pl.Int64)).unique().sort("account_no")
    halves = pl.DataFrame({"half": [0, 1]}, schema={"half": pl.Int8})
    excess = internal_excess(rows, members.join(halves, how="cross"))
    if excess.is_empty():
        return Beside()
    inside = internal_rows(rows, members)
    loops = group_loops(inside, posts, author="controller_no", reach=Reach())
    stories = loops.join(posts.select("story_no", start_no="post_no"), on="start_no")
    measures = {
        "p_citation": excess["p_value"].item(),
        "internal_citations": excess["internal_count"].item(),
        "expected_internal_citations": excess["expected"].item(),
        "loop_stories": stories["story_no"].n_unique(),
    }
    if measures["p_citation"] > alpha:
        return Beside(measures)
    key = CITATIONS.row_key()
    return Beside(
        measures, inside.select(pl.lit("citations").alias("table"), key, role=pl.lit("citation"))
    )
