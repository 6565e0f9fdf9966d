# SPDX-License-Identifier: GPL-3.0-or-later
"""Pictures of who acts with whom and who cites whom: small frames with coordinates, for pages."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import polars as pl

from graphkit.errors import UnknownNameError
from graphkit.graphs.act_logs import act_log, known_acts, window_of
from graphkit.graphs.coaction import coaction
from graphkit.graphs.communities import communities
from graphkit.graphs.shortest_ways import shortest_ways
from graphkit.investigation.places import Places, Shelf, account_places, group_places

if TYPE_CHECKING:
    from collections.abc import Sequence

    from graphkit.case import Case
    from graphkit.tables import Corpus

MAX_DISCS = 60
MAX_ACCOUNTS = 50_000
MAX_LINKS = 150_000
MAX_COMPARED_TEXTS = 100_000  # nearly-same texts of more are found by the detectors, not on a page
_ROWS = {"table": pl.String(), "key": pl.String(), "role": pl.String()}


@dataclass(frozen=True)
class Lens:
    """What counts as a link between two accounts.

    `coaction`: both did `act` to `min_count` or more objects, at most `within` apart.
    `citation`: the first named the second, or a post of it, `min_count` times or more.
    Only what was done from `since` on and before `until` counts, where they are given.
    """

    name: str
    act: str = "repost"
    within: timedelta = timedelta(seconds=60)
    min_count: int = 2
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True)
class Network:
    """All links of a corpus under a lens, and the communities that they form.

    Attributes:
        links: a, b, weight (objects or citations), q_value (null for citations), by a and b;
            citations run from a to b.
        groups: node, community; numbered from 0 by falling size, then by smallest member.
        alone: how many accounts did what the lens is about and have no link.
    """

    lens: Lens
    links: pl.DataFrame
    groups: pl.DataFrame
    alone: int


@dataclass(frozen=True)
class Picture:
    """What is drawn, and what is not.

    Attributes:
        nodes: node (account id or community number), community, members (accounts in it), links,
            weight (sum over its links), x, y, radius (of a community's disc, else null).
        edges: a, b (nodes), weight.
        discs: community, x, y, radius behind the nodes.
        left_out: how many accounts, and how many links, are not drawn.
    """

    nodes: pl.DataFrame
    edges: pl.DataFrame
    discs: pl.DataFrame
    left_out: tuple[int, int]


def acts(corpus: Corpus) -> pl.DataFrame:
    """The acts that a lens may have: act, rows; by falling number of rows.

    rows is null for what is derived only when it is asked for (`graphs.act_logs`). Nearly the same
    texts are left out where there are more than 100,000 texts to compare.
    """
    stored = corpus.actions.group_by("act").agg(rows=pl.len().cast(pl.Int64))
    known = pl.DataFrame({"act": known_acts(corpus)}, schema={"act": pl.String()})
    counts = known.join(stored, on="act", how="left")
    many = counts.filter(pl.col("act") == "text", pl.col("rows") > MAX_COMPARED_TEXTS).height > 0
    if many:
        counts = counts.filter((pl.col("act") != "near_text") | pl.col("rows").is_not_null())
    return counts.sort(["rows", "act"], descending=[True, False], nulls_last=True)


def _log(corpus: Corpus, lens: Lens) -> pl.DataFrame:
    """The log of the lens's act, in its days."""
    return _during(act_log(corpus, lens.act), lens, "acted_at")


def _cited_accounts(corpus: Corpus, *, of: Sequence[str] | None = None) -> pl.DataFrame:
    """Citations whose target's account is known: post_id, citation_no, a, b, at, target_at.

    With `of` only those from or to one of these accounts, at a fraction of the time.
    """
    known = corpus.posts.select("post_id", "account_id", "created_at")
    rows = corpus.citations.select("post_id", "citation_no", "target_kind", "target", "certainty")
    counts = pl.col("target_kind").is_in(["account", "post"]) & (pl.col("certainty") > 0)
    if of is None:
        cited = rows.filter(counts)
    else:
        own = known.filter(pl.col("account_id").is_in(list(of)))["post_id"]
        theirs = pl.concat([own, pl.Series(of, dtype=pl.String)])
        from_them = pl.col("post_id").is_in(own.implode())
        cited = rows.filter(counts & (from_them | pl.col("target").is_in(theirs.implode())))
        met = pl.concat([cited["post_id"], cited["target"].rename("post_id")])
        known = known.filter(pl.col("post_id").is_in(met.implode()))
    posts = known.select("post_id", a="account_id", at="created_at")
    of_post = known.select(target="post_id", owner="account_id", target_at="created_at")
    joined = cited.join(posts, on="post_id").join(of_post, on="target", how="left")
    is_account = pl.col("target_kind") == "account"
    named = joined.with_columns(b=pl.when(is_account).then("target").otherwise("owner"))
    return named.filter(pl.col("b").is_not_null() & (pl.col("a") != pl.col("b"))).select(
        "post_id", "citation_no", "a", "b", "at", "target_at"
    )


def _during(rows: pl.DataFrame, lens: Lens, time: str) -> pl.DataFrame:
    """The rows whose `time` lies in the days of the lens; unknown times only where it has none."""
    since = [] if lens.since is None else [pl.col(time) >= lens.since]
    until = [] if lens.until is None else [pl.col(time) < lens.until]
    return rows.filter(*since, *until) if since or until else rows


def _acted(corpus: Corpus, lens: Lens) -> pl.DataFrame:
    """What the lens counts, in its days: the log of its act, or citations of known accounts."""
    if lens.name == "coaction":
        return _log(corpus, lens)
    if lens.name == "citation":
        return _during(_cited_accounts(corpus), lens, "at")
    raise UnknownNameError.among("lens", lens.name, ["citation", "coaction"])


def _links(acted: pl.DataFrame, lens: Lens) -> pl.DataFrame:
    if lens.name == "coaction":
        within = window_of(lens.act, lens.within)
        edges = coaction(acted, within=within, min_objects=lens.min_count).edges
        return edges.select("a", "b", "q_value", weight="objects_count").sort("a", "b")
    counts = acted.group_by("a", "b").agg(weight=pl.len().cast(pl.Int64))
    kept = counts.filter(pl.col("weight") >= lens.min_count)
    return kept.with_columns(q_value=pl.lit(None, pl.Float64)).sort("a", "b")


def network(corpus: Corpus, lens: Lens) -> Network:
    """The links of `corpus` under `lens` and their communities (Leiden, seed 1).

    Raises:
        UnknownNameError: no such lens.
        ParameterError: the act has too many pairs of rows within the window.
    """
    acted = _acted(corpus, lens)
    links = _links(acted, lens)
    found = communities(links)
    sizes = found.group_by("community").agg(members=pl.len(), first=pl.col("node").min())
    order = sizes.sort(["members", "first"], descending=[True, False])
    order = order.with_columns(number=pl.int_range(pl.len(), dtype=pl.Int64))
    numbered = found.join(order.select("community", "number"), on="community")
    groups = numbered.select("node", community="number").sort("community", "node")
    alone = _active(acted, lens).join(groups, on="node", how="anti").height
    return Network(lens, links, groups, alone)


def _active(acted: pl.DataFrame, lens: Lens) -> pl.DataFrame:
    """The accounts that the lens is about: who did the act, or named a source and was named."""
    if lens.name == "coaction":
        return acted.select(node="account_id").unique()
    return pl.concat([acted.select(node=end) for end in ("a", "b")]).unique()


def _grouped_links(whole: Network) -> pl.DataFrame:
    """The links with the communities of both ends: and a_community, b_community."""
    links = whole.links
    for end in ("a", "b"):
        of = whole.groups.select(
            pl.col("node").alias(end), pl.col("community").alias(f"{end}_community")
        )
        links = links.join(of, on=end)
    return links


def community_picture(whole: Network, *, case: Case | None = None) -> Picture:
    """The communities as discs, the largest 60. `members` and `links` count what is inside one.

    With a case they lie where they lay when it was last shown (`investigation.places`).
    """
    sizes = whole.groups.group_by("community").agg(accounts=pl.len())
    drawn = whole.groups.filter(pl.col("community") < MAX_DISCS)
    links = _grouped_links(whole)
    inside = links.filter(pl.col("a_community") == pl.col("b_community"))
    counts = inside.group_by("a_community").agg(
        links=pl.len().cast(pl.Int64), weight=pl.col("weight").sum()
    )
    discs = _places(whole, drawn, whole.links, case=case, of_groups=True).discs
    nodes = discs.join(counts, left_on="community", right_on="a_community", how="left").select(
        pl.col("community").cast(pl.String).alias("node"),
        "community",
        "members",
        pl.col("links", "weight").fill_null(0),
        *("x", "y", "radius"),
    )
    ends = [
        pl.min_horizontal("a_community", "b_community"),
        pl.max_horizontal("a_community", "b_community"),
    ]
    between = (
        links.filter(pl.col("a_community") != pl.col("b_community"))
        .group_by(a=ends[0], b=ends[1])
        .agg(weight=pl.col("weight").sum())
        .filter(pl.col("b") < MAX_DISCS)
        .with_columns(pl.col("a", "b").cast(pl.String))
        .sort("a", "b")
    )
    hidden = int(sizes.filter(pl.col("community") >= MAX_DISCS)["accounts"].sum())
    away = pl.max_horizontal("a_community", "b_community") >= MAX_DISCS
    left_out = (hidden, links.filter(away).height)
    return Picture(nodes.sort("community"), between, discs.clear(), left_out)


def linked_to(whole: Network, accounts: Sequence[str]) -> list[str]:
    """The accounts that have a link with one of `accounts`, those themselves left out, by id."""
    known = pl.Series(list(accounts), dtype=pl.String).implode()
    ends = [("a", "b"), ("b", "a")]
    found = pl.concat([whole.links.filter(pl.col(a).is_in(known))[b].alias("n") for a, b in ends])
    return found.filter(~found.is_in(known)).unique().sort().to_list()


def way_between(whole: Network, ends: tuple[str, str]) -> list[str]:
    """The accounts on the shortest ways between two, the ends too; none where there is no way."""
    return shortest_ways(whole.links, *ends)["node"].to_list()


def beyond(whole: Network, drawn: Picture) -> pl.DataFrame:
    """Where the drawn accounts are linked to accounts that are not: community, accounts, links.

    By falling links, then community.
    """
    shown = drawn.nodes["node"].implode()
    ends = [("a", "b"), ("b", "a")]
    out = [
        whole.links.filter(pl.col(a).is_in(shown), ~pl.col(b).is_in(shown)).select(node=b)
        for a, b in ends
    ]
    counts = pl.concat(out).join(whole.groups, on="node").group_by("community")
    found = counts.agg(accounts=pl.col("node").n_unique(), links=pl.len())
    return found.sort(["links", "community"], descending=[True, False])


def account_picture(
    whole: Network, *, accounts: Sequence[str] | None = None, case: Case | None = None
) -> Picture:
    """The accounts named, or all; with the links among them.

    At most 50,000 accounts (the largest communities first) and the 150,000 strongest links. With a
    case, accounts stand where they stood when it was last shown (`investigation.places`).
    """
    chosen = whole.groups
    if accounts is not None:
        chosen = chosen.filter(pl.col("node").is_in(list(accounts)))
    asked = chosen.height if accounts is None else len(set(accounts))
    chosen = chosen.sort("community", "node").head(MAX_ACCOUNTS)
    names = chosen.select("node")
    among = whole.links.join(names, left_on="a", right_on="node", how="semi")
    among = among.join(names, left_on="b", right_on="node", how="semi")
    strongest = among.sort(["weight", "a", "b"], descending=[True, False, False]).head(MAX_LINKS)
    strongest = strongest.sort("a", "b")
    places = _places(whole, chosen, strongest, case=case)
    nodes = chosen.join(places.nodes.select("node", "x", "y"), on="node")
    left_out = (asked - nodes.height, among.height - strongest.height)
    edges = strongest.select("a", "b", "weight")
    return Picture(_with_degrees(nodes, among), edges, places.discs, left_out)


def _places(
    whole: Network,
    groups: pl.DataFrame,
    links: pl.DataFrame,
    *,
    case: Case | None,
    of_groups: bool = False,
) -> Places:
    """The places of `groups`, kept in the case if there is one."""
    drawn = links.select("a", "b", "weight")
    if case is None:
        return (group_places if of_groups else account_places)(groups, drawn)
    lens = whole.lens
    rule = (lens.name, lens.act, str(lens.within.total_seconds()), str(lens.min_count))
    return Shelf(case, rule, of_groups).places(groups, drawn)


def _with_degrees(nodes: pl.DataFrame, links: pl.DataFrame) -> pl.DataFrame:
    ends = pl.concat([links.select("weight", node=end) for end in ("a", "b")])
    degrees = ends.group_by("node").agg(
        links=pl.len().cast(pl.Int64), weight=pl.col("weight").sum()
    )
    return (
        nodes.join(degrees, on="node", how="left")
        .select(
            "node",
            "community",
            pl.lit(1, pl.Int64).alias("members"),
            pl.col("links", "weight").fill_null(0),
            *("x", "y"),
            pl.lit(None, pl.Float64).alias("radius"),
        )
        .sort("community", "node")
    )


def link_rows(corpus: Corpus, lens: Lens, ends: tuple[str, str]) -> pl.DataFrame:
    """The rows that make the link between two accounts: table, key, role, sorted."""
    if lens.name == "citation":
        among = _cited_accounts(corpus, of=ends).filter(_between(*ends) | _between(*ends[::-1]))
        cited = _during(among, lens, "at")
        key = pl.concat_str("post_id", "citation_no", separator="|")
        rows = cited.select(
            pl.lit("citations").alias("table"), key.alias("key"), pl.lit("cites").alias("role")
        )
        return rows.unique().sort(list(_ROWS))
    log = _log(corpus, lens).filter(pl.col("account_id").is_in(list(ends)))
    pairs = coaction(log, within=window_of(lens.act, lens.within)).evidence
    keys = pl.concat([pairs["action_a"], pairs["action_b"]]).implode()
    rows = log.filter(pl.col("action_id").is_in(keys)).select(
        "table", pl.col("action_id").alias("key"), pl.lit(lens.act).alias("role")
    )
    return rows.unique().sort(list(_ROWS))


def _between(a: str, b: str) -> pl.Expr:
    return (pl.col("a") == pl.lit(a)) & (pl.col("b") == pl.lit(b))


def neighbours(corpus: Corpus, account_id: str) -> pl.DataFrame:
    """Whom an account cites and repeats, and who cites and repeats it.

    Columns: other (account id), relation (cites, cited-by, repeats, repeated-by), times (citations,
    or distinct texts), median_lag_seconds (null where a time is unknown), first_at; by relation and
    falling times. `repeats` is posting the same text later, at any distance.
    """
    cited = _cited_accounts(corpus, of=[account_id]).with_columns(
        lag=(pl.col("at") - pl.col("target_at")).dt.total_seconds(fractional=True)
    )
    said = _same_texts(corpus, account_id)
    me = pl.lit(account_id)
    parts = [
        (cited.filter(pl.col("a") == me), "b", "cites", pl.len()),
        (cited.filter(pl.col("b") == me), "a", "cited-by", pl.len()),
        (said.filter(pl.col("lag") > 0), "b", "repeats", pl.col("object_id").n_unique()),
        (said.filter(pl.col("lag") < 0), "b", "repeated-by", pl.col("object_id").n_unique()),
    ]
    frames = [
        rows.group_by(other=other).agg(
            relation=pl.lit(relation),
            times=times.cast(pl.Int64),
            median_lag_seconds=pl.col("lag").abs().median(),
            first_at=pl.col("at").min(),
        )
        for rows, other, relation, times in parts
    ]
    return pl.concat(frames).sort(["relation", "times", "other"], descending=[False, True, False])


def _same_texts(corpus: Corpus, account_id: str) -> pl.DataFrame:
    """The texts it shares with others: b, object_id, at, lag (positive when b was first)."""
    acts = corpus.actions.select("act", "account_id", "object_id", at="acted_at")
    texts = acts.filter(pl.col("act") == "text")
    mine = texts.filter(pl.col("account_id") == account_id)["object_id"].unique()
    shared = texts.filter(pl.col("object_id").is_in(mine.implode()))
    first = shared.group_by("account_id", "object_id").agg(pl.col("at").min())
    own = first.filter(pl.col("account_id") == account_id).select("object_id", mine="at")
    other = first.filter(pl.col("account_id") != account_id).rename({"account_id": "b"})
    return own.join(other, on="object_id").with_columns(
        lag=(pl.col("mine") - pl.col("at")).dt.total_seconds(fractional=True), at="mine"
    )
