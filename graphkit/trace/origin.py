# SPDX-License-Identifier: GPL-3.0-or-later
"""The trace of a story: its claim, the steps back, and the earliest known source.

First seen, probable origin and main amplifiers are three different answers and stay apart.
Nothing here says that a post is the origin: it is the earliest known appearance in these data.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING, Any

import polars as pl

from graphkit.ids import stable_id
from graphkit.text.normal import own_words
from graphkit.trace.calibration import NOT_HERE
from graphkit.trace.candidates import Origin, coverage, ends_of_steps, heads, origin
from graphkit.trace.claim import Claim, find_claim
from graphkit.trace.copies import text_change
from graphkit.trace.lineage import EXTERNAL, Lineage, lineage
from graphkit.trace.lost_sources import source_lost, wrong_sources
from graphkit.trace.same_claim import may_say_the_same

if TYPE_CHECKING:
    from collections.abc import Mapping

    from graphkit.tables import Corpus
    from graphkit.trace.same_claim import Embedding

AMPLIFIERS = 10
TO_FETCH = 5
QUOTED = 30  # characters of a wording: enough to search for
ISO = "%Y-%m-%dT%H:%M:%SZ"


@dataclass(frozen=True)
class Trace:
    """A traced story: what was asked, what was found, and what was not.

    Frames as in `lineage.Lineage` and `candidates.Origin`; `variants` has `variant_id`, `text`,
    `posts_count`, `first_at`; `amplifiers` has `node_id`, `account_id`, `reposts_count`; `others`
    are no part of it but may say the same (`same_claim.may_say_the_same`).
    """

    claim: Claim
    graph: Lineage
    origin: Origin
    coverage: Mapping[str, float | int | None]
    variants: pl.DataFrame
    amplifiers: pl.DataFrame
    others: pl.DataFrame

    def to_json(self) -> dict[str, Any]:
        """The trace as JSON values, in a fixed order: the same data give the same bytes."""
        first = _first_seen(self.graph)
        return {
            "query": {"what": self.claim.what, "as": self.claim.kind},
            "claim": {
                "claim_id": _claim_id(self.claim, self.graph),
                "posts": self.claim.posts["post_id"].sort().to_list(),
                "variants": self.variants.with_columns(_iso("first_at")).to_dicts(),
            },
            "nodes": _nodes_json(self.graph),
            "edges": _edges_json(self.graph),
            "candidates": self.origin.candidates.select(
                "node_id", "p", "weakest_link", "reason"
            ).to_dicts(),
            "outside_p": self.origin.outside.p,
            "outside_calibration": self.origin.outside.calibration,
            "missing_share": self.origin.missing_share,
            "verdict": self.origin.verdict,
            "next_steps": _next_steps(self),
            "first_seen": first,
            "main_amplifiers": self.amplifiers.to_dicts(),
            "source_lost": source_lost(self.graph),
            "wrong_sources": wrong_sources(self.graph),
            "may_say_the_same": self.others.with_columns(_iso("at")).to_dicts(),
            "coverage": dict(self.coverage),
            "rejected_edges": self.graph.rejected.to_dicts(),
            "aliases": _aliases_json(self.graph),
            "searched": [],
        }


def trace_story(
    corpus: Corpus,
    what: str,
    *,
    kind: str | None = None,
    fitted: pl.DataFrame | None = None,
    embed: Embedding | None = None,
) -> Trace:
    """The trace of the story that `what` tells.

    Args:
        corpus: the tables; `posts` and `accounts` are read, and `citations` where it has rows for
            the posts of the claim (else they are read from the texts).
        what: a post id (with or without its platform), a claim id, an address or a text.
        kind: post, claim, url or text; guessed when None.
        fitted: calibration counts of the corpus itself (`refit.Refit`).
        embed: turns texts into rows of numbers, for the posts that may say the same in other
            words; character 2-grams when None.

    Raises:
        InputError: `kind` is none of these, or no such post is known.
    """
    claim = find_claim(corpus, what, kind=kind)
    graph = _with_pictures(lineage(claim, corpus, fitted=fitted), claim)
    graph = _with_variants(graph, claim)
    return Trace(
        claim=claim,
        graph=graph,
        origin=origin(graph),
        coverage=coverage(graph, heads(graph)),
        variants=_variants(graph, claim),
        amplifiers=_amplifiers(graph),
        others=may_say_the_same(claim, embed),
    )


def _with_pictures(graph: Lineage, claim: Claim) -> Lineage:
    """`graph` with E3 edges from posts without words to those whose rare picture they show."""
    linked = graph.edges.filter(~pl.col("parent").str.contains(EXTERNAL))
    tied = claim.pictures.join(linked, on="child", how="anti")
    times = graph.nodes.select("node_id", "at")
    timed = tied.join(times, left_on="child", right_on="node_id").join(
        times, left_on="parent", right_on="node_id", suffix="_up"
    )
    edges = timed.select(
        "child",
        "parent",
        cls=pl.lit("E3"),
        evidence=pl.lit("same-picture"),
        via=pl.lit("media"),
        table=pl.lit("posts"),
        key="child",
        gap_seconds=(pl.col("at") - pl.col("at_up")).dt.total_seconds(),
        calibration=pl.lit(NOT_HERE),
    )
    every = pl.concat([graph.edges, edges], how="diagonal_relaxed")
    return replace(graph, edges=every.sort("child", "cls", "parent"))


def _with_variants(graph: Lineage, claim: Claim) -> Lineage:
    """`graph` with `variant_id` for its nodes: the own wording, or that of the post passed on."""
    words = claim.says.select("words").unique().sort("words")
    ids = pl.Series([f"variant:{stable_id(text)}" for text in words["words"]], dtype=pl.String)
    own = claim.says.join(words.with_columns(variant_id=ids), on="words")
    explicit = graph.edges.filter(pl.col("cls") != "E3", ~pl.col("parent").str.contains(EXTERNAL))
    nodes = graph.nodes.with_columns(head=ends_of_steps(graph.nodes, explicit))
    by_node = own.select("node_id", "variant_id")
    found = nodes.join(by_node, on="node_id", how="left").join(
        by_node, left_on="head", right_on="node_id", how="left", suffix="_head"
    )
    variant = pl.coalesce("variant_id", "variant_id_head")
    named = found.with_columns(variant_id=variant).drop("variant_id_head", "head")
    return replace(graph, nodes=named.sort("node_id"))


def _variants(graph: Lineage, claim: Claim) -> pl.DataFrame:
    """The wordings by their first appearance; posts that pass one on count with it."""
    says = claim.says.select("node_id", said="text")
    nodes = graph.nodes.drop_nulls("variant_id").join(says, on="node_id", how="left")
    by_time = nodes.sort(pl.col("said").is_null(), "at", "node_id", nulls_last=True)
    found = by_time.group_by("variant_id", maintain_order=True).agg(
        text=pl.col("said").first().str.strip_chars(),
        posts_count=(pl.col("state") == "seen").sum().cast(pl.Int64),
        first_at=pl.col("at").min(),
    )
    return found.sort("first_at", "variant_id", nulls_last=True)


def _amplifiers(graph: Lineage) -> pl.DataFrame:
    """Posts that others were reposted from, though they are themselves passed on or copied."""
    steps = graph.edges.filter(pl.col("cls") != "E3", ~pl.col("parent").str.contains(EXTERNAL))
    counts = steps.group_by(node_id="parent").agg(reposts_count=pl.col("child").n_unique())
    beginnings = heads(graph).filter(~pl.col("is_copy"))
    passed_on = counts.join(beginnings, on="node_id", how="anti")
    named = passed_on.join(graph.nodes.select("node_id", "account_id"), on="node_id")
    ranked = named.sort("reposts_count", "node_id", descending=[True, False]).head(AMPLIFIERS)
    return ranked.select("node_id", "account_id", pl.col("reposts_count").cast(pl.Int64))


def _iso(column: str) -> pl.Expr:
    return pl.col(column).dt.strftime(ISO)


def _first_seen(graph: Lineage) -> str | None:
    seen = graph.nodes.filter(state="seen").drop_nulls(["at", "width"]).sort("at", "node_id")
    return seen["node_id"][0] if seen.height else None


def _claim_id(claim: Claim, graph: Lineage) -> str | None:
    """`claim:` and the id of the first post that says it, which finds the same claim again."""
    of_claim = pl.concat([claim.says["node_id"], claim.posts["post_id"]])
    posts = graph.nodes.filter(pl.col("node_id").is_in(of_claim.implode()))
    first = posts.sort(pl.col("variant_id").is_null(), "at", "node_id", nulls_last=True)
    return f"claim:{first['node_id'][0]}" if first.height else None


def _span() -> pl.Expr:
    known = pl.col("span_start").is_not_null()
    return pl.when(known).then(pl.concat_list("span_start", "span_end")).alias("span")


def _nodes_json(graph: Lineage) -> list[dict[str, Any]]:
    referred = graph.edges.group_by(node_id="parent").agg(referred_by_count=pl.len().cast(pl.Int64))
    states = graph.states.rename({"state": "named"})
    nodes = graph.nodes.join(referred, on="node_id", how="left").join(
        states, left_on="node_id", right_on="post_id", how="left"
    )
    attribution = pl.struct(pl.col("named").fill_null("none").alias("state"), "target", _span())
    listed = nodes.sort("at", "node_id", nulls_last=True).select(
        "node_id",
        "state",
        "post_id",
        "account_id",
        _iso("at"),
        "precision",
        "kind",
        "text",
        "variant_id",
        attribution.alias("attribution"),
        pl.col("referred_by_count").fill_null(0),
    )
    return listed.to_dicts()


def _edges_json(graph: Lineage) -> list[dict[str, Any]]:
    listed = graph.edges.select(
        "child",
        "parent",
        "cls",
        "p",
        "calibration",
        _span(),
        "via",
        pl.concat_list(pl.struct("table", "key")).alias("rows"),
        "gap_seconds",
    ).to_dicts()
    copies = pl.concat(graph.edges.filter(cls="E3").select("child", "parent").get_columns())
    copied = graph.nodes.filter(pl.col("node_id").is_in(copies.implode()))
    own = own_words(pl.col("text")).fill_null("").str.strip_chars()
    texts = dict(copied.select("node_id", own).rows())
    changes = cache(text_change)  # one wording is often copied from another by many
    for edge in listed:
        is_copy = edge["cls"] == "E3" and edge["via"] == "text"
        edge["text_change"] = (
            changes(texts[edge["parent"]], texts[edge["child"]]) if is_copy else None
        )
    return listed


def _aliases_json(graph: Lineage) -> list[dict[str, Any]]:
    """Names that no account bears, whose they are, the posts that show it and those quoted."""
    name = pl.format("@{}", "name").alias("name")
    return graph.aliases.select(name, "account_id", "accounts_count", "posts", "quoted").to_dicts()


def _next_steps(trace: Trace) -> list[str]:
    """What would change the answer, in the order in which it is worth doing."""
    steps = [f"No single origin is named: {reason}." for reason in trace.origin.refusals]
    counts = trace.graph.edges.group_by(node_id="parent").agg(times=pl.len())
    referred = counts.join(trace.graph.nodes, on="node_id").sort(
        "times", "node_id", descending=[True, False]
    )
    unseen = referred.filter(state="unseen").with_columns(name=_name()).head(TO_FETCH)
    external = referred.filter(state="external").head(TO_FETCH)
    look = pl.format("Look for {}, which is referred to {} times.", "name", "times")
    check = pl.format("Check {}, which {} posts give as their source.", "node_id", "times")
    steps += (
        unseen.select(look).to_series().to_list() + external.select(check).to_series().to_list()
    )
    steps += [
        f"Ask {each['target']} whether it ever said this; posts that credit it: "
        f"{each['posts_count']}."
        for each in wrong_sources(trace.graph)
    ]
    if trace.origin.candidates.height:
        steps += _about_first(trace)
    return steps


def _name() -> pl.Expr:
    """An unseen post by what is known of it: the id, the name under which others quote it."""
    by_name = pl.format("the post of @{}", "handle")
    by_both = pl.format("the post of @{} ({})", "handle", "post_id")
    return pl.coalesce(by_both, by_name, "node_id")


def _about_first(trace: Trace) -> list[str]:
    """Whom to ask about the first candidate, and what to search before it."""
    first = trace.origin.candidates.row(0, named=True)
    ask = f"Ask {first['account_id']} where {first['node_id']} is from."
    asked = [ask] if trace.origin.refusals and first["account_id"] is not None else []
    before = "" if first["at"] is None else f" before {first['at'].strftime(ISO)}"
    said = trace.variants["text"].drop_nulls().head(1).to_list()
    words = "".join(f", “{text[:QUOTED]}”," for text in said)
    return [*asked, f"Search archives and other platforms for the earliest wording{words}{before}."]
