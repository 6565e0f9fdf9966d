# SPDX-License-Identifier: GPL-3.0-or-later
"""Graphs of a case as files that Gephi opens, accounts by pseudonym unless a person named them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

import polars as pl

from graphkit.bundle.graphfiles import gexf, graphml
from graphkit.case import append_audit, load_corpus, named_accounts, pseudonyms, write_file
from graphkit.errors import ParameterError, UnknownNameError
from graphkit.graphs.citation import account_citations, citation_graph
from graphkit.graphs.coaction import coaction
from graphkit.graphs.edge_rules import RULES
from graphkit.text.near_duplicates import near_duplicate_groups
from graphkit.text.normal import normal_form

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from graphkit.case import Case
    from graphkit.graphs.edge_rules import EdgeRule
    from graphkit.tables import Corpus


@dataclass(frozen=True)
class GraphOptions:
    """Which actions become edges: their act, window, least common objects, and largest q.

    `rule` is a published rule (`graphs.edge_rules`) instead of the last two.
    """

    act: str = "repost"
    within: timedelta = timedelta(seconds=60)
    min_objects: int = 2
    q: float | None = None
    rule: str | None = None


def _coaction(corpus: Corpus, options: GraphOptions) -> pl.DataFrame:
    known = sorted(corpus.actions["act"].unique())
    if options.act not in known:
        raise UnknownNameError.among("act of this case", options.act, known)
    log = corpus.actions.filter(pl.col("act") == options.act)
    if options.rule is not None:
        return rule_called(options.rule).edges(log, options.within)
    edges = coaction(log, within=options.within, min_objects=options.min_objects).edges
    kept = edges if options.q is None else edges.filter(pl.col("q_value") <= options.q)
    return kept.with_columns(weight="objects_count")


def rule_called(name: str) -> EdgeRule:
    """The published rule called `name`.

    Raises:
        UnknownNameError: there is none.
    """
    if name not in RULES:
        raise UnknownNameError.among("rule", name, RULES)
    return RULES[name]


def _citation(corpus: Corpus, _options: GraphOptions) -> pl.DataFrame:
    edges, _ = account_citations(citation_graph(corpus))
    names = {"citing_account": "a", "cited_account": "b", "citations_count": "weight"}
    return edges.rename(names)


def _cascade(corpus: Corpus, _options: GraphOptions) -> pl.DataFrame:
    of = corpus.posts.select("post_id", "account_id")
    steps = corpus.posts.drop_nulls("parent_id").select(
        a="account_id", post_id="parent_id", kind="kind"
    )
    known = (
        steps.join(of, on="post_id").rename({"account_id": "b"}).filter(pl.col("a") != pl.col("b"))
    )
    return known.group_by("a", "b", "kind").agg(weight=pl.len().cast(pl.Int64))


def _claims(corpus: Corpus, _options: GraphOptions) -> pl.DataFrame:
    texts = corpus.posts.filter(pl.col("kind") != "repost").select(
        text_id="post_id", text=normal_form(pl.col("text"))
    )
    groups = near_duplicate_groups(texts).rename({"text_id": "post_id", "group_id": "b"})
    said = groups.join(corpus.posts.select("post_id", a="account_id"), on="post_id")
    counts = said.group_by("a", "b").agg(weight=pl.len().cast(pl.Int64))
    return counts.filter(pl.col("a").n_unique().over("b") > 1)


# name: (edges of the corpus, whether they are directed, prefix of the ends' pseudonyms)
GRAPHS: dict[str, tuple[Callable[[Corpus, GraphOptions], pl.DataFrame], bool, tuple[str, str]]] = {
    "coaction": (_coaction, False, ("acct", "acct")),
    "citation": (_citation, True, ("acct", "acct")),
    "cascade": (_cascade, True, ("acct", "acct")),
    "claims": (_claims, True, ("acct", "claim")),
}


def _masked(case: Case, edges: pl.DataFrame, prefixes: tuple[str, str]) -> pl.DataFrame:
    named = named_accounts(case)
    for end, prefix in zip(("a", "b"), prefixes, strict=True):
        ids = edges[end].unique().to_list()
        names = {n: n if n in named else p for n, p in pseudonyms(case, ids, prefix=prefix).items()}
        edges = edges.with_columns(pl.col(end).replace_strict(names, return_dtype=pl.String))
    times = [name for name, dtype in edges.schema.items() if dtype.is_temporal()]
    return edges.with_columns(pl.col(times).dt.strftime("%Y-%m-%dT%H:%M:%SZ"))


def write_graph(
    case: Case, what: str, *, out: Path, options: GraphOptions | None = None
) -> tuple[int, int]:
    """How many nodes and edges were written to `out` (.graphml, .gexf or .csv).

    coaction: accounts that do the same within a window; citation: who cites whom; cascade: who
    reposts, quotes or answers whom; claims: which account says which text (near-duplicates are
    one claim).

    Raises:
        UnknownNameError: no such graph or act.
        ParameterError: another suffix.
    """
    if what not in GRAPHS:
        raise UnknownNameError.among("graph", what, GRAPHS)
    if out.suffix not in (".graphml", ".gexf", ".csv"):
        raise ParameterError(f"{out.name}: write .graphml, .gexf or .csv")
    edges_of, directed, prefixes = GRAPHS[what]
    chosen = GraphOptions() if options is None else options
    if what == "coaction" and chosen.rule is not None:
        directed = rule_called(chosen.rule).is_directed
    found = edges_of(load_corpus(case), chosen)
    edges = _masked(case, found, prefixes).sort("a", "b")
    ends = pl.concat([edges.select(node="a"), edges.select(node="b")]).unique().sort("node")
    nodes = ends.with_columns(label="node")
    if out.suffix == ".csv":
        write_file(out, edges.write_csv().encode())
    else:
        writer = graphml if out.suffix == ".graphml" else gexf
        write_file(out, writer(nodes, edges, directed=directed))
    append_audit(case, "export", {"graph": what, "nodes": nodes.height, "edges": edges.height})
    return nodes.height, edges.height
