# SPDX-License-Identifier: GPL-3.0-or-later
"""The steps of a claim from post to post: what refers to what, and by which evidence.

E1: the platform's own field. E2: the text (a relay chain, a named account, a link). E3: copied
text. What time and structure alone would suggest (E4) is not drawn.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
from scipy import sparse

from graphkit.text.id_times import id_times
from graphkit.trace.calibration import with_probability
from graphkit.trace.copies import copied_from
from graphkit.trace.relays import LEAST_QUOTE, Relays, relays
from graphkit.trace.sources import EDGES, named_sources

if TYPE_CHECKING:
    from graphkit.tables import Corpus
    from graphkit.trace.claim import Claim

REPOSTS_FIRST_POSTS = ("bluesky", "mastodon", "x")  # a repost's parent is never a repost there
EXTERNAL = r"^(?:account|outlet|url):"
REJECTED = ["child", "parent", "cls", "reason"]


@dataclass(frozen=True)
class Lineage:
    """The graph of a claim.

    `nodes`: `node_id`, `state` (seen, unseen, external), `post_id`, `account_id`, `handle`, `at`,
    `width`, `precision`, `kind`, `text`, `words`, `platform`, `declared_repost_count`, `is_first`
    (no repost, or the platform says that it begins a cascade). `edges`: the columns of
    `sources.EDGES` with `p`, `calibration`, `gap_seconds`. `rejected`: `child`, `parent`, `cls`,
    `reason`. `states`: what each post names as its source (`sources.Sources`). `aliases` as in
    `relays.Relays`. `chains_count` and `unseen_names_count`: posts with a chain, and those whose
    newest name is no seen post's.
    """

    nodes: pl.DataFrame
    edges: pl.DataFrame
    rejected: pl.DataFrame
    states: pl.DataFrame
    aliases: pl.DataFrame
    chains_count: int
    unseen_names_count: int


def lineage(claim: Claim, corpus: Corpus, *, fitted: pl.DataFrame | None = None) -> Lineage:
    """The nodes and edges of `claim`, and the edges that were looked at and rejected.

    A field that names the first post of a cascade gives way to a chain that names a nearer relay;
    a field that names any other post is believed over the chain. No edge points to what is later
    than its child beyond the precision of the clocks. `fitted`: calibration counts that go before
    the shipped ones.
    """
    said = _with_first_posts(relays(claim.posts, accounts=corpus.accounts), claim)
    by_field, relayed, overruled = _field_or_chain(claim, said)
    by_field = pl.concat([by_field, _to_first_posts(claim, by_field)])
    sources = named_sources(claim, corpus, _gone(claim, said))
    drawn = pl.concat([by_field, relayed, sources.edges])
    nodes = _nodes(claim, corpus, said, drawn)
    drawn, late = _without_late(drawn, nodes)
    drawn, circular = _without_circles(pl.concat([drawn, _copied(nodes, drawn, claim)]))
    edges = _measured(drawn, nodes, fitted)
    rejected = pl.concat(
        [each.select(REJECTED) for each in (overruled, sources.wrong, late, circular)]
    )
    touched = pl.concat(
        [claim.posts["post_id"], claim.says["node_id"], edges["child"], edges["parent"]]
    )
    newest = said.edges.filter(pl.col("child") == pl.col("carrier"))
    return Lineage(
        nodes=nodes.filter(pl.col("node_id").is_in(touched.implode())),
        edges=edges,
        rejected=rejected.unique().sort(REJECTED),
        states=sources.states,
        aliases=said.aliases,
        chains_count=newest.height,
        unseen_names_count=newest.filter(pl.col("parent").str.starts_with("unseen:")).height,
    )


def _with_first_posts(said: Relays, claim: Claim) -> Relays:
    """`said` with the unseen posts that are a first post under its name known by its id."""
    gone = claim.says.join(claim.posts, left_on="node_id", right_on="post_id", how="anti")
    first = gone.select("handle", cascade="node_id")
    same = said.unseen.join(first, on=["cascade", "handle"]).select(old="node_id", new="cascade")
    swap = dict(same.rows())
    edges = said.edges.with_columns(pl.col("child", "parent").replace(swap))
    edges = edges.filter(pl.col("child") != pl.col("parent"))
    edges = edges.sort("child", "parent", "carrier").unique(
        ["child", "parent"], keep="first", maintain_order=True
    )
    unseen = said.unseen.join(same, left_on="node_id", right_on="old", how="anti")
    return replace(said, edges=edges, unseen=unseen)


def _gone(claim: Claim, said: Relays) -> pl.DataFrame:
    """Posts that are gone and whose name is known: `node_id`, `handle`."""
    first = claim.says.join(claim.posts, left_on="node_id", right_on="post_id", how="anti")
    both = [frame.select("node_id", "handle") for frame in (first, said.unseen)]
    return pl.concat(both)


def _field_or_chain(claim: Claim, said: Relays) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    """Edges by field, edges by chain, and those that the other overrules."""
    posts = claim.posts.filter(pl.col("kind") != "original")
    field = posts.select(
        "cascade",
        child="post_id",
        field=pl.coalesce("parent_id", "root_id"),
    ).drop_nulls("field")
    chainless = said.chainless.select(child="post_id", chainless="evidence")
    field = field.join(chainless, on="child", how="left")
    field, unsaid = _claim_only(field, claim)
    chain = said.edges.rename({"parent": "relay"})
    both = field.join(chain, on="child", how="full", coalesce=True)
    differ = (pl.col("field") != pl.col("relay")).fill_null(value=False)
    nearer = differ & (pl.col("field") == pl.col("cascade"))
    by_field = both.filter(pl.col("field").is_not_null() & ~nearer)
    relayed = both.filter(pl.col("relay").is_not_null() & (pl.col("field").is_null() | nearer))
    overruled = [
        unsaid,
        _rejected(both.filter(nearer), "field", "E1", "its text names a nearer relay"),
        _rejected(
            both.filter(differ & ~nearer), "relay", "E2", "the platform names another parent"
        ),
    ]
    return _field_edges(by_field), _relay_edges(relayed), pl.concat(overruled)


def _claim_only(field: pl.DataFrame, claim: Claim) -> tuple[pl.DataFrame, pl.DataFrame]:
    """`field` without what says it while quoting or answering what is no post of the claim."""
    own = claim.posts.filter(pl.col("kind") != "repost").join(
        claim.says, left_on="post_id", right_on="node_id", how="semi"
    )
    of_claim = pl.concat([claim.posts["post_id"], claim.says["node_id"]])
    unsaid = pl.col("child").is_in(own["post_id"].implode()) & ~pl.col("field").is_in(
        of_claim.implode()
    )
    reason = "the post that it quotes or answers is not known to say this"
    return field.filter(~unsaid), _rejected(field.filter(unsaid), "field", "E1", reason)


def _rejected(rows: pl.DataFrame, parent: str, cls: str, reason: str) -> pl.DataFrame:
    return rows.select("child", parent=parent, cls=pl.lit(cls), reason=pl.lit(reason))


def _field_edges(rows: pl.DataFrame) -> pl.DataFrame:
    agrees = pl.col("relay") == pl.col("field")
    to_first = pl.col("field") == pl.col("cascade")
    return rows.select(
        "child",
        parent="field",
        cls=pl.lit("E1"),
        evidence=pl.when(~to_first)
        .then(pl.lit("parent-id"))
        .when(agrees)
        .then("evidence")
        .otherwise("chainless"),
        via=pl.lit("field"),
        span_start=pl.when(agrees).then("span_start"),
        span_end=pl.when(agrees).then("span_end"),
        table=pl.lit("posts"),
        key="child",
    )


def _relay_edges(rows: pl.DataFrame) -> pl.DataFrame:
    return rows.select(
        "child",
        "evidence",
        "span_start",
        "span_end",
        parent="relay",
        cls=pl.lit("E2"),
        via=pl.lit("text"),
        table=pl.lit("posts"),
        key="carrier",
    ).select(EDGES.keys())


def _to_first_posts(claim: Claim, by_field: pl.DataFrame) -> pl.DataFrame:
    """From parents that are not in the data to the first post that their reposts name by id."""
    roots = claim.posts.select("root_id", child="post_id").drop_nulls()
    gone = by_field.join(claim.seen, left_on="parent", right_on="post_id", how="anti")
    known = gone.join(roots, on="child").filter(pl.col("root_id") != pl.col("parent"))
    edges = known.with_columns(
        child="parent", parent="root_id", evidence=pl.lit("root-id"), key="child"
    )
    first = edges.sort("child", "parent", "key").unique(
        ["child", "parent"], keep="first", maintain_order=True
    )
    blank = pl.lit(None, pl.Int64)
    return first.with_columns(span_start=blank, span_end=blank).select(EDGES.keys())


def _first_post_ids(claim: Claim) -> pl.Series:
    """Ids of posts that are known to begin a cascade, though they may not be in the data."""
    reposts = claim.posts.filter(kind="repost")
    flat = reposts.filter(pl.col("platform").is_in(REPOSTS_FIRST_POSTS))
    own = claim.seen.filter(pl.col("kind") != "repost")
    ids = [own["post_id"], claim.posts["root_id"], flat["parent_id"]]
    return pl.concat(ids).drop_nulls().unique()


def _nodes(claim: Claim, corpus: Corpus, said: Relays, edges: pl.DataFrame) -> pl.DataFrame:
    """Every post, unseen post and external source that an edge or the claim speaks of."""
    ids = pl.concat([edges["child"], edges["parent"], claim.says["node_id"]]).unique().sort()
    seen = claim.seen.filter(
        pl.col("post_id").is_in(pl.concat([ids, claim.posts["post_id"]]).implode())
    ).with_columns(node_id="post_id", state=pl.lit("seen"))
    rest = pl.DataFrame({"node_id": ids}).join(seen, on="node_id", how="anti")
    every = pl.concat([seen, _unseen(rest, claim, corpus, said)], how="diagonal")
    is_first = pl.col("node_id").is_in(_first_post_ids(claim).implode())
    return (
        every.with_columns(is_first=is_first)
        .select(
            "node_id",
            "state",
            "post_id",
            "account_id",
            "handle",
            "at",
            "width",
            "precision",
            "kind",
            "text",
            "words",
            "platform",
            "declared_repost_count",
            "is_first",
        )
        .sort("node_id")
    )


def _unseen(ids: pl.DataFrame, claim: Claim, corpus: Corpus, said: Relays) -> pl.DataFrame:
    """Nodes that are not in the data, with what their ids and others' words tell of them."""
    quoted = pl.concat(
        [frame.select("node_id", "handle", "text") for frame in (claim.says, said.unseen)]
    )
    known = corpus.posts.filter(~pl.col("is_seen")).select(
        "account_id", node_id="post_id", known_at=pl.coalesce("id_time", "created_at")
    )
    rest = ids.join(quoted, on="node_id", how="left").join(known, on="node_id", how="left")
    rest = rest.join(claim.says.select("node_id", "words"), on="node_id", how="left")
    external, chained = (
        pl.col("node_id").str.contains(EXTERNAL),
        pl.col("node_id").str.starts_with("unseen:"),
    )
    at = pl.coalesce("known_at", id_times(rest["node_id"]))
    return rest.with_columns(
        at=at,
        width=pl.when(at.is_not_null()).then(pl.lit(1, pl.Int64)),
        precision=pl.when(at.is_not_null()).then(pl.lit("second")).otherwise(pl.lit("unknown")),
        state=pl.when(external).then(pl.lit("external")).otherwise(pl.lit("unseen")),
        post_id=pl.when(~external & ~chained).then("node_id"),
        account_id=pl.when(external)
        .then(pl.col("node_id").str.extract("^account:(.*)$"))
        .otherwise("account_id"),
        platform=pl.when(~external & ~chained).then(pl.col("node_id").str.extract("^([^:]*):")),
    )


def _without_late(edges: pl.DataFrame, nodes: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """`edges` without those to a parent later than the child, and those, with the reason."""
    ends = pl.col("at") + pl.duration(seconds="width")
    child = nodes.select(child="node_id", child_end=ends)
    parent = nodes.select(parent="node_id", parent_at="at")
    timed = edges.join(child, on="child", how="left").join(parent, on="parent", how="left")
    late = (pl.col("parent_at") >= pl.col("child_end")).fill_null(value=False)
    seconds = (pl.col("parent_at") - pl.col("child_end")).dt.total_seconds() + 1
    rejected = timed.filter(late).with_columns(
        reason=pl.format("the parent is at least {} s later than the child", seconds)
    )
    return timed.filter(~late).select(EDGES.keys()), rejected.select(REJECTED)


def _without_circles(edges: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """`edges` without those on a way back to where it began, and those, with the reason."""
    ids = pl.concat([edges["child"], edges["parent"]]).unique().sort()
    number = pl.DataFrame({"id": ids}).with_row_index("no")
    both = edges.join(number, left_on="child", right_on="id", maintain_order="left").join(
        number, left_on="parent", right_on="id", suffix="_up", maintain_order="left"
    )
    ends = (both["no"].to_numpy(), both["no_up"].to_numpy())
    graph = sparse.coo_matrix((np.ones(edges.height), ends), shape=(len(ids), len(ids)))
    label = sparse.csgraph.connected_components(graph, connection="strong")[1]
    circular = pl.Series(label[ends[0]] == label[ends[1]], dtype=pl.Boolean)
    rejected = both.filter(circular).with_columns(reason=pl.lit("these steps lead in a circle"))
    return both.filter(~circular).select(EDGES.keys()), rejected.select(REJECTED)


def _copied(nodes: pl.DataFrame, edges: pl.DataFrame, claim: Claim) -> pl.DataFrame:
    """E3 edges for what says the claim and has no edge to a post by field or text."""
    to_posts = edges.filter(~pl.col("parent").str.contains(EXTERNAL))
    says = nodes.join(claim.says.select("node_id"), on="node_id", how="semi")
    says = says.filter(pl.col("words").str.len_chars() >= LEAST_QUOTE)
    copied = copied_from(says).join(to_posts, on="child", how="anti")
    seen = copied.join(nodes.filter(state="seen"), left_on="child", right_on="node_id", how="semi")
    blank = pl.lit(None, pl.Int64)
    return seen.select(
        "child",
        "parent",
        cls=pl.lit("E3"),
        evidence=pl.lit("copied-text"),
        via=pl.lit("text"),
        span_start=blank,
        span_end=blank,
        table=pl.lit("posts"),
        key="child",
    )


def _measured(
    edges: pl.DataFrame, nodes: pl.DataFrame, fitted: pl.DataFrame | None
) -> pl.DataFrame:
    """`edges` with gap and probability; of several for one pair the first class and row holds."""
    order = ["child", "parent", "cls", "span_start", "key"]
    once = edges.sort(order, nulls_last=True).unique(
        ["child", "parent"], keep="first", maintain_order=True
    )
    child = nodes.select("platform", "at", child="node_id")
    timed = once.join(child, on="child").join(
        nodes.select(parent="node_id", parent_at="at"), on="parent"
    )
    gap = (pl.col("at") - pl.col("parent_at")).dt.total_seconds()
    measured = with_probability(timed.with_columns(gap_seconds=gap), fitted=fitted)
    return measured.drop("platform", "at", "parent_at").sort("child", "cls", "parent")
