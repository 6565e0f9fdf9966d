# SPDX-License-Identifier: GPL-3.0-or-later
"""Groups of accounts that one layer proposes as run together; the other signs then test them.

Layers stay apart. A co-action layer (one act) proposes its groups by `coaction_groups`, without
the accounts that others follow; a layer of shared values (one sign) proposes the accounts that its
values connect, and handles propose runs of numbers behind one stem. A group with more than
`split_above` accounts also proposes its communities, because groups that touch in one account are
one component; a component of shared values with more than `max_accounts` proposes only these.
What a layer proposes it cannot confirm: `rows` are the rows that a proposal rests on, and tests of
other signs leave them out.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from graphkit.graphs.coaction_groups import coaction_groups
from graphkit.graphs.communities import communities
from graphkit.graphs.components import components
from graphkit.text.handles import numbered_handles

if TYPE_CHECKING:
    from graphkit.graphs.account_signs import SharedValues
    from graphkit.graphs.coaction_groups import GroupRule
    from graphkit.tables import Corpus

VALUE_LAYERS = ("contact", "code", "bio", "template")
RUN_GAP, RUN_DIGITS = 3, 3
"""Largest step in a run of numbered handles, and fewest digits: shorter numbers are all close."""
MEMBERS = {"layer": pl.String, "group": pl.Int64, "account_id": pl.String}
ROWS = {"layer": pl.String, "group": pl.Int64, "table": pl.String, "key": pl.String}


@dataclass(frozen=True)
class Proposing:
    """What it takes to be proposed; `rule` is of the co-action layers, without permutations."""

    rule: GroupRule
    acts: tuple[str, ...]
    max_accounts: int
    split_above: int


@dataclass(frozen=True)
class Candidates:
    """The proposed groups, each set of accounts once, by the first layer that proposes it.

    Attributes:
        members: candidate (from 0), layer, account_id; by candidate and account.
        rows: candidate, table, key: the rows that the proposal rests on; sorted.
        followed: accounts that others follow in a co-action layer; never members.
        unsplit: components of shared values that are too large to be tested whole.
    """

    members: pl.DataFrame
    rows: pl.DataFrame
    followed: pl.Series
    unsplit: int


def candidates(corpus: Corpus, values: SharedValues, proposing: Proposing) -> Candidates:
    """The groups that any layer proposes: acts in the order given, then values, then runs."""
    acted = [_coaction(corpus, act, proposing) for act in proposing.acts]
    followed = pl.concat([pl.Series("account_id", [], pl.String), *(f for *_, f in acted)])
    valued = [_valued(values, sign, proposing) for sign in VALUE_LAYERS]
    proposals = [(m, r) for m, r, _ in (*acted, *valued)]
    proposals.append(_runs(corpus.accounts, proposing))
    members = pl.concat([m.cast(MEMBERS) for m, _ in proposals])  # type: ignore[arg-type]
    rows = pl.concat([r.cast(ROWS) for _, r in proposals])  # type: ignore[arg-type]
    shunned = followed.unique().sort()
    kept = members.filter(~pl.col("account_id").is_in(shunned.implode()))
    kept = kept.filter(pl.len().over("layer", "group") >= proposing.rule.min_accounts)
    order = [*proposing.acts, *VALUE_LAYERS, "run"]
    numbered = _numbered(kept, order)
    named = numbered.select("candidate", "layer", "group").unique()
    placed = rows.join(named, on=["layer", "group"]).select("candidate", "table", "key")
    return Candidates(
        numbered.select("candidate", "layer", "account_id").sort("candidate", "account_id"),
        placed.unique().sort(pl.all()),
        shunned,
        sum(unsplit for *_, unsplit in valued),
    )


def _numbered(members: pl.DataFrame, order: list[str]) -> pl.DataFrame:
    """`members` with candidate, by layer and smallest account; of equal sets only the first."""
    place = {layer: number for number, layer in enumerate(order)}
    sets = members.group_by("layer", "group").agg(accounts=pl.col("account_id").sort())
    ranked = sets.with_columns(place=pl.col("layer").replace_strict(place, return_dtype=pl.Int64))
    first = ranked.sort("place", "accounts", "group").unique(
        "accounts", keep="first", maintain_order=True
    )
    kept = first.with_row_index("candidate").with_columns(pl.col("candidate").cast(pl.Int64))
    return members.join(kept.select("candidate", "layer", "group"), on=["layer", "group"])


def _split(edges: pl.DataFrame, seed: int) -> pl.DataFrame:
    """The communities of `edges` (a, b, weight): node and group, counted from -1 downwards."""
    found = communities(edges, seed=seed)
    return found.select("node", group=-1 - pl.col("community"))


def _coaction(
    corpus: Corpus, act: str, proposing: Proposing
) -> tuple[pl.DataFrame, pl.DataFrame, pl.Series]:
    """Members and rows of the groups of one act, and whom others follow there."""
    log = corpus.actions.filter(
        pl.col("act") == act,
        pl.col("time_precision").is_in(["second", "minute"]),
        pl.col("acted_at").is_not_null(),
    )
    if log["account_id"].n_unique() < proposing.rule.min_accounts:
        nobody = pl.Series([], dtype=pl.String)
        return pl.DataFrame(schema=MEMBERS), pl.DataFrame(schema=ROWS), nobody
    found = coaction_groups(log, proposing.rule)
    edges = found.edges.select("a", "b", weight="objects_count", group="component")
    ends = [edges.select("group", node=end) for end in ("a", "b")]
    whole = pl.concat(ends).unique()
    large = whole.filter(pl.len().over("group") > proposing.split_above)["group"].unique()
    parts = _split(edges.filter(pl.col("group").is_in(large.implode())), proposing.rule.seed)
    members = pl.concat([whole.select("node", "group"), parts.select("node", "group")])
    members = members.select(pl.lit(act).alias("layer"), "group", account_id="node")
    return members, _acted_rows(members, found.evidence), found.followed


def _acted_rows(members: pl.DataFrame, evidence: pl.DataFrame) -> pl.DataFrame:
    """The actions of in-window pairs with both ends in a group."""
    inside = evidence.select("a", "b", "action_a", "action_b").join(
        members.rename({"account_id": "a"}), on="a"
    )
    both = inside.join(members.rename({"account_id": "b"}), on=["layer", "group", "b"])
    keys = [both.select("layer", "group", key=f"action_{end}") for end in ("a", "b")]
    named = pl.concat(keys).unique().with_columns(table=pl.lit("actions"))
    return named.select("layer", "group", "table", "key")


def _runs(accounts: pl.DataFrame, proposing: Proposing) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Accounts whose handles are one stem with numbers close to one another."""
    numbered = numbered_handles(accounts)
    chosen = numbered.filter(~pl.col("is_suggested"), pl.col("digits") >= RUN_DIGITS)
    ordered = chosen.sort("stem", "digits", "number", "account_id")
    step = pl.col("number").diff().over("stem", "digits")
    starts = ordered.with_columns(
        group=(step.is_null() | (step > RUN_GAP)).cum_sum().cast(pl.Int64)
    )
    size = pl.len().over("group")
    held = starts.filter(
        size >= proposing.rule.min_accounts, size <= proposing.max_accounts
    ).select(pl.lit("run").alias("layer"), "group", "account_id")
    rows = held.select("layer", "group", pl.lit("accounts").alias("table"), key="account_id")
    return held, rows


def _valued(
    values: SharedValues, sign: str, proposing: Proposing
) -> tuple[pl.DataFrame, pl.DataFrame, int]:
    """Members and rows of the groups that the values of one sign connect, and how many too large.

    A value with more holders than a group may have connects nobody.
    """
    rows = values.rows.filter(pl.col("sign") == sign)
    most = pl.col("account_id").n_unique().over("value") <= proposing.max_accounts
    held = rows.filter(most).select(a="a" + pl.col("account_id"), b="v" + pl.col("value"))
    edges = held.unique().sort("a", "b").with_columns(weight=pl.lit(1.0))
    whole = components(edges).select("node", group="component")
    own = pl.col("node").str.starts_with("a")
    sized = whole.with_columns(size=own.sum().over("group"))
    large = sized.filter(pl.col("size") > proposing.max_accounts)
    tried = sized.filter(pl.col("size") > proposing.split_above)
    parts = _split(edges.filter(pl.col("a").is_in(tried["node"].implode())), proposing.rule.seed)
    small = sized.filter(pl.col("size") <= proposing.max_accounts).select("node", "group")
    grouped = pl.concat([small, parts])
    fits = own.sum().over("group") <= proposing.max_accounts
    told = grouped.filter(fits).sort("group", "node")
    bare = pl.col("node").str.slice(1)
    members = told.filter(own).select(pl.lit(sign).alias("layer"), "group", account_id=bare)
    via = told.filter(~own).select("group", value=bare)
    said = rows.join(via, on="value").join(members, on=["group", "account_id"])
    return (
        members,
        said.select("layer", "group", "table", "key").unique(),
        large["group"].n_unique(),
    )
