# SPDX-License-Identifier: GPL-3.0-or-later
"""Graphs of a case as files that Gephi opens, accounts by pseudonym unless a person named them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING

import polars as pl

from graphkit.bundle.graphfiles import gexf, graphml
from graphkit.bundle.markup import sheet_safe
from graphkit.case import append_audit, load_corpus, named_accounts, pseudonyms, write_file
from graphkit.case.custody import refuse_changed
from graphkit.errors import ParameterError, UnknownNameError
from graphkit.graphs.act_logs import act_log, known_acts, window_of
from graphkit.graphs.citation import account_citations, citation_graph
from graphkit.graphs.coaction import coaction
from graphkit.graphs.coaction_size import capped
from graphkit.graphs.communities import communities, stable_communities
from graphkit.graphs.edge_rules import RULES, coordination_extent
from graphkit.graphs.layers import coaction_layers, layer_extents, pair_evidence
from graphkit.text.near_duplicates import near_duplicate_groups
from graphkit.text.normal import normal_form

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from graphkit.case import Case
    from graphkit.graphs.edge_rules import EdgeRule
    from graphkit.graphs.layers import Layers
    from graphkit.tables import Corpus


@dataclass(frozen=True)
class GraphOptions:
    """Which actions become edges: their act, window, least common objects, and largest q.

    `act` is one act, or several with commas between them, or `all`: then an edge stands for all of
    them, `min_objects` counts each post once, and q is that over all acts (`graphs.layers`).
    `rule` is a published rule (`graphs.edge_rules`) instead of the last two, for one act. `cap`
    leaves out rows of larger bursts (`coaction_size.capped`).
    """

    act: str = "repost"
    within: timedelta = timedelta(seconds=60)
    min_objects: int = 2
    q: float | None = None
    rule: str | None = None
    cap: int | None = None


@dataclass(frozen=True)
class Drawing:
    """Edges (a, b, attributes), the attributes of nodes (node first), what a reader must know."""

    edges: pl.DataFrame
    nodes: pl.DataFrame | None = None
    warning: str = ""


def _capped(logs: dict[str, pl.DataFrame], options: GraphOptions) -> tuple[pl.DataFrame, str]:
    """The rows of the acts, without those that `cap` leaves out, and how many these are."""
    if options.cap is None:
        return pl.concat(logs.values()), ""
    kept, left_out = [], 0
    for act, log in logs.items():
        rows, bursts = capped(log, within=window_of(act, options.within), cap=options.cap)
        kept.append(rows)
        left_out += int((bursts["rows_count"] - bursts["kept_count"]).sum())
    return pl.concat(kept), f"cap={options.cap} left out {left_out:,} rows of bursts"


def _acts(corpus: Corpus, wanted: str) -> list[str]:
    known, stored = known_acts(corpus), sorted(corpus.actions["act"].unique())
    acts = stored if wanted == "all" else sorted(set(wanted.split(",")))
    if not acts:
        raise ParameterError("all: this case has no actions; import posts or a log of actions")
    for act in acts:
        if act not in known:
            raise UnknownNameError.among("act of this case", act, known)
    return acts


def _coaction(corpus: Corpus, options: GraphOptions) -> Drawing:
    acts = _acts(corpus, options.act)
    log, told = _capped({act: act_log(corpus, act) for act in acts}, options)
    drawn = _layers(log, acts, options) if len(acts) > 1 else _one_act(log, acts[0], options)
    return replace(drawn, warning="; ".join(each for each in (told, drawn.warning) if each))


def _one_act(log: pl.DataFrame, act: str, options: GraphOptions) -> Drawing:
    if options.rule is not None:
        return _placed(rule_called(options.rule).edges(log, options.within), "weight")
    within = window_of(act, options.within)
    edges = coaction(log, within=within, min_objects=options.min_objects).edges
    kept = edges if options.q is None else edges.filter(pl.col("q_value") <= options.q)
    return _placed(kept.with_columns(weight="objects_count"), "p_value", edges)


def _placed(kept: pl.DataFrame, by: str, edges: pl.DataFrame | None = None) -> Drawing:
    """The edges of one act with the community, its stability, and the extent of every account.

    The extent is among all `edges` (None: `kept`), by weight or by the smallness of p_value.
    """
    every = kept if edges is None else edges
    weight = pl.col(by) if by == "weight" else -pl.col(by)
    extent = coordination_extent(every.select("a", "b", weight=weight))
    found = stable_communities(kept)
    return Drawing(kept, found.join(extent, left_on="node", right_on="account", how="left"))


def _layers(log: pl.DataFrame, acts: list[str], options: GraphOptions) -> Drawing:
    """One edge a pair with the counts and chances of each act beside those of all acts.

    Gephi draws parallel edges on top of each other, networkx forgets their kind, and most measures
    count them twice: so each act is a set of attributes and not an edge of its own.
    """
    if options.rule is not None:
        raise ParameterError("rule: published rules are for one act; give a single --act")
    for act in acts:
        if window_of(act, options.within) != options.within:
            raise ParameterError(f"{act}: it has no window; write its graph by itself")
    layers = coaction_layers(log, within=options.within)
    pairs = layers.pairs.filter(pl.col("meetings_count") >= options.min_objects)
    if options.q is not None:
        pairs = pairs.filter(pl.col("q_value") <= options.q)
    own = layers.edges.join(pairs, on=["a", "b"], how="semi")
    values = ["objects_count", "expected", "p_value", "q_value"]
    wide = own.pivot("act", on_columns=layers.acts, index=["a", "b"], values=values)
    met = own.group_by("a", "b").agg(acts=pl.col("act").sort().str.join(" "))
    edges = pairs.join(met, on=["a", "b"]).join(wide, on=["a", "b"])
    nodes = stable_communities(pair_evidence(pairs)).join(
        _extents(layers), left_on="node", right_on="account", how="left"
    )
    for act in layers.acts:
        alone = communities(own.filter(act=act).select("a", "b", weight="objects_count"))
        nodes = nodes.join(alone.rename({"community": f"community_{act}"}), on="node", how="left")
    return Drawing(edges.with_columns(weight="meetings_count"), nodes, _dependence(layers))


def _extents(layers: Layers) -> pl.DataFrame:
    """`layer_extents` with a column an act: account, extent (over all acts), extent_<act>."""
    named = layer_extents(layers).with_columns(
        name=pl.concat_str(pl.lit("extent"), "act", separator="_", ignore_nulls=True)
    )
    names = ["extent", *(f"extent_{act}" for act in layers.acts)]
    return named.pivot("name", on_columns=names, index="account", values="extent")


def _dependence(layers: Layers) -> str:
    """What a reader of several acts at once must know: which of them speak of the same posts."""
    most = layers.shared.sort("shared_share", "act", "other", descending=[True, False, False])
    told = "".join(
        f"; {share:.0%} of the posts behind {act} or {other} (the smaller) are behind both"
        for act, other, _, share in most.head(3).iter_rows()
        if share > 0
    )
    return (
        "the acts are not independent: one post can make rows in several" + told + ". p_value and "
        "q_value over all acts count each post once; under each act (p, q, extent, community) "
        "it counts again"
    )


def rule_called(name: str) -> EdgeRule:
    """The published rule called `name`.

    Raises:
        UnknownNameError: there is none.
    """
    if name not in RULES:
        raise UnknownNameError.among("rule", name, RULES)
    return RULES[name]


def _citation(corpus: Corpus, _options: GraphOptions) -> Drawing:
    edges, _ = account_citations(citation_graph(corpus))
    names = {"citing_account": "a", "cited_account": "b", "citations_count": "weight"}
    return Drawing(edges.rename(names))


def _cascade(corpus: Corpus, _options: GraphOptions) -> Drawing:
    of = corpus.posts.select("post_id", "account_id")
    steps = corpus.posts.drop_nulls("parent_id").select(
        a="account_id", post_id="parent_id", kind="kind"
    )
    known = (
        steps.join(of, on="post_id").rename({"account_id": "b"}).filter(pl.col("a") != pl.col("b"))
    )
    return Drawing(known.group_by("a", "b", "kind").agg(weight=pl.len().cast(pl.Int64)))


def _claims(corpus: Corpus, _options: GraphOptions) -> Drawing:
    texts = corpus.posts.filter(pl.col("kind") != "repost").select(
        text_id="post_id", text=normal_form(pl.col("text"))
    )
    groups = near_duplicate_groups(texts).rename({"text_id": "post_id", "group_id": "b"})
    said = groups.join(corpus.posts.select("post_id", a="account_id"), on="post_id")
    counts = said.group_by("a", "b").agg(weight=pl.len().cast(pl.Int64))
    return Drawing(counts.filter(pl.col("a").n_unique().over("b") > 1))


# name: (edges of the corpus, whether they are directed, prefix of the ends' pseudonyms)
GRAPHS: dict[str, tuple[Callable[[Corpus, GraphOptions], Drawing], bool, tuple[str, str]]] = {
    "coaction": (_coaction, False, ("acct", "acct")),
    "citation": (_citation, True, ("acct", "acct")),
    "cascade": (_cascade, True, ("acct", "acct")),
    "claims": (_claims, True, ("acct", "claim")),
}


def _masked(case: Case, frame: pl.DataFrame, prefixes: dict[str, str]) -> pl.DataFrame:
    """`frame` with pseudonyms (of these prefixes) in the columns of accounts, and times as text."""
    named = named_accounts(case)
    for column, prefix in prefixes.items():
        ids = frame[column].unique().to_list()
        names = {n: n if n in named else p for n, p in pseudonyms(case, ids, prefix=prefix).items()}
        frame = frame.with_columns(pl.col(column).replace_strict(names, return_dtype=pl.String))
    times = [name for name, dtype in frame.schema.items() if dtype.is_temporal()]
    return frame.with_columns(pl.col(times).dt.strftime("%Y-%m-%dT%H:%M:%SZ"))


def write_graph(
    case: Case,
    what: str,
    *,
    out: Path,
    options: GraphOptions | None = None,
    warn: Callable[[str], object] | None = None,
) -> tuple[int, int]:
    """How many nodes and edges were written to `out` (.graphml, .gexf or .csv).

    coaction: accounts that do the same within a window; citation: who cites whom; cascade: who
    reposts, quotes or answers whom; claims: which account says which text (near-duplicates are
    one claim). Accounts of coaction have the attributes community, stability (both
    `graphs.communities`) and extent. `warn` is told what a reader must know of the graph; it
    stands in the file too.

    Raises:
        UnknownNameError: no such graph or act.
        ParameterError: another suffix.
        CaseError: an input is missing or was changed.
    """
    refuse_changed(case)
    if what not in GRAPHS:
        raise UnknownNameError.among("graph", what, GRAPHS)
    if out.suffix not in (".graphml", ".gexf", ".csv"):
        raise ParameterError(f"{out.name}: write .graphml, .gexf or .csv")
    edges_of, directed, prefixes = GRAPHS[what]
    chosen = GraphOptions() if options is None else options
    if what == "coaction" and chosen.rule is not None:
        directed = rule_called(chosen.rule).is_directed
    drawn = edges_of(load_corpus(case), chosen)
    edges = _masked(case, drawn.edges, dict(zip(("a", "b"), prefixes, strict=True))).sort("a", "b")
    ends = pl.concat([edges.select(node="a"), edges.select(node="b")]).unique().sort("node")
    nodes = ends.with_columns(label="node")
    if drawn.nodes is not None:
        own = _masked(case, drawn.nodes, {"node": prefixes[0]})
        nodes = nodes.join(own, on="node", how="left", maintain_order="left")
    if drawn.warning and warn is not None:
        warn(drawn.warning)
    if out.suffix == ".csv":
        write_file(out, sheet_safe(edges).write_csv().encode())
    else:
        writer = graphml if out.suffix == ".graphml" else gexf
        write_file(out, writer(nodes, edges, directed=directed, about=drawn.warning))
    append_audit(case, "export", {"graph": what, "nodes": nodes.height, "edges": edges.height})
    return nodes.height, edges.height
