# SPDX-License-Identifier: GPL-3.0-or-later
"""Who may be the earliest known source of a claim, and when to name nobody."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import polars as pl

from graphkit.findings import rounded
from graphkit.trace.calibration import NOT_HERE, with_probability
from graphkit.trace.lineage import EXTERNAL, Lineage
from graphkit.trace.outside import Outside, outside, outside_cell
from graphkit.trace.wordings import oddness

SHOWN = 10
EXTERNALS = 3
RIVAL_SHARE = 0.1  # a head with a tenth of the largest following counts as a beginning of its own
POOR = 0.2  # Weibo stories told in several cascades: first candidate right in .93, .70, .56 of
# cases with 10, 30, 50 % of the posts hidden
LEAST_REPORTS = 2  # explicit references without which copied text and time are all there is
LEAST_P = 0.5
TIME = pl.Datetime("us", "UTC")
NAMED, REFUSED = "named", "not determinable from this data"


@dataclass(frozen=True)
class Origin:
    """The answer: `candidates` in order, and why one is named or none.

    `candidates`: `node_id`, `p`, `weakest_link`, `reason`, `at`, `state`, `explicit_count`,
    `all_count`. `outside`: how probable it is that the story began outside the data.
    `missing_share`: at least this much of what the posts refer to is missing. `refusals` are the
    reasons against naming the first one.
    """

    candidates: pl.DataFrame
    outside: Outside
    missing_share: float | None
    verdict: str
    refusals: list[str]


def heads(graph: Lineage) -> pl.DataFrame:
    """The posts with which the explicit steps (E1, E2) begin, and what follows from them.

    Returns:
        `node_id`, `at`, `first_report_at` (the earliest post that leads to it), `state`,
        `explicit_count` (seen posts that lead to it by explicit steps, itself left out),
        `all_count` (by copied text too), `is_copy`, `weakest_link`, `platform`.
    """
    steps = graph.edges.filter(~pl.col("parent").str.contains(EXTERNAL))
    explicit = steps.filter(pl.col("cls") != "E3")
    nodes = graph.nodes.filter(pl.col("state") != "external")
    tops = nodes.with_columns(
        head=ends_of_steps(nodes, explicit), origin=ends_of_steps(nodes, steps)
    )
    seen = tops.filter(state="seen")
    own = (
        seen.filter(pl.col("node_id") != pl.col("head"))
        .group_by(node_id="head")
        .agg(explicit_count=pl.len().cast(pl.Int64), first_report_at=pl.col("at").min())
    )
    every = (
        seen.filter(pl.col("node_id") != pl.col("origin"))
        .group_by(node_id="origin")
        .agg(all_count=pl.len().cast(pl.Int64))
    )
    classes = (
        explicit.join(tops.select("head", child="node_id"), on="child")
        .group_by(node_id="head")
        .agg(weakest_link=pl.col("cls").max())
    )
    found = tops.filter(pl.col("node_id") == pl.col("head"))
    for part in (own, every, classes):
        found = found.join(part, on="node_id", how="left")
    return found.with_columns(
        pl.col("explicit_count", "all_count").fill_null(0),
        is_copy=pl.col("head") != pl.col("origin"),
    )


def ends_of_steps(nodes: pl.DataFrame, edges: pl.DataFrame) -> pl.Series:
    """For each node the one at the end of its first edges upwards, itself where it has none."""
    first = edges.sort("child", "cls", "parent").unique("child", keep="first", maintain_order=True)
    number = nodes.select("node_id").with_row_index("no")
    links = first.join(number, left_on="child", right_on="node_id").join(
        number, left_on="parent", right_on="node_id", suffix="_up"
    )
    up = np.arange(nodes.height)
    up[links["no"].to_numpy()] = links["no_up"].to_numpy()
    for _ in range(nodes.height.bit_length()):
        up = up[up]
    return nodes["node_id"].gather(up)


def coverage(graph: Lineage, heads_of: pl.DataFrame) -> dict[str, float | int | None]:
    """How much of what the posts refer to is in the data; a share of nothing is null.

    `dangling_share`: of the posts that are referred to by id, those not in the data; at random
    loss it estimates the share of posts that are missing (.09, .33, .51 at 10, 30, 50 % of 60
    Weibo cascades). `collected_share`: of the reposts that the platform declares for the heads,
    those collected. `unseen_chain_name_share`: of the posts with a relay chain, those whose newest
    name is that of no seen post.
    """
    fields = graph.edges.filter(cls="E1").select(node_id="parent").unique()
    unseen = graph.nodes.filter(state="unseen")
    dangling = fields.join(unseen, on="node_id", how="semi").height
    declared = heads_of.drop_nulls("declared_repost_count")
    total = int(declared["declared_repost_count"].sum()) if declared.height else None
    collected = int(declared["explicit_count"].sum())
    return {
        "seen_count": graph.nodes.filter(state="seen").height,
        "unseen_count": unseen.height,
        "dangling_share": _share(dangling, fields.height),
        "declared_repost_count": total,
        "collected_share": None if total is None else _share(min(collected, total), total),
        "unseen_chain_name_share": _share(graph.unseen_names_count, graph.chains_count),
    }


def _share(part: float, whole: float) -> float | None:
    return rounded(part / whole) if whole else None


def origin(graph: Lineage) -> Origin:
    """The candidates in order and the verdict.

    First come heads that are nobody's copy and have at least a tenth of the largest following,
    the earliest first, of those that the clocks leave tied the one whose wording is nearest to
    what all wordings share; then the others by following. The first is named when explicit
    references lead to it, no head has more of them, its text names no source, less than a fifth of
    what the posts refer to is missing, and it is as probable as not, where that was measured.
    Everything else is refused with its reasons. Sources outside the data stand last (`_external`).
    """
    found = heads(graph).join(
        graph.states.select("state", node_id="post_id").rename({"state": "attribution"}),
        on="node_id",
        how="left",
    )
    if found.is_empty():
        unknown = Outside("unknown", None, NOT_HERE)
        return Origin(_shown(found), unknown, None, REFUSED, ["no post of the data says this"])
    ordered = _ordered(found)
    missing, references = _missing(graph, ordered)
    ordered = _with_p(ordered, missing)
    first = ordered.row(0, named=True)
    cell = outside_cell(missing, references=references, tellings=ordered.height)
    beyond = outside(cell, platform=first["platform"], at=first["known_from"])
    refusals = _refusals(ordered, missing, beyond.p)
    verdict = REFUSED if refusals else NAMED
    shown = pl.concat([_shown(ordered), _external(graph)], how="diagonal")
    return Origin(shown, beyond, missing, verdict, refusals)


def _external(graph: Lineage) -> pl.DataFrame:
    """Outlets, addresses and accounts that posts give as their source, and of which none is here.

    They stand after the posts, the most named first, and are never the verdict: what they said
    is not in the data.
    """
    cited = graph.edges.filter(pl.col("parent").str.contains(EXTERNAL))
    counts = cited.group_by(node_id="parent").agg(
        weakest_link=pl.col("cls").max(), explicit_count=pl.len().cast(pl.Int64)
    )
    said = "external; {} posts give it as their source, and what it said is not in the data"
    most = counts.sort(["explicit_count", "node_id"], descending=[True, False]).head(EXTERNALS)
    return most.with_columns(state=pl.lit("external"), reason=pl.format(said, "explicit_count"))


def _ordered(found: pl.DataFrame) -> pl.DataFrame:
    """The heads in the order of `origin`, with `minor`, `known_from`, `is_tied` and `oddness`."""
    minor = pl.col("is_copy") | (pl.col("all_count") < RIVAL_SHARE * pl.col("all_count").max())
    placed = found.with_columns(minor=minor, known_from=pl.coalesce("at", "first_report_at")).join(
        oddness(found["words"]), on="words", how="left"
    )
    rivals = placed.filter(~pl.col("minor")).sort("known_from", "node_id", nulls_last=True).head(1)
    end = rivals.select(pl.col("known_from") + pl.duration(seconds="width")).to_series()
    is_tied = pl.col("known_from") < pl.lit(end[0] if len(end) else None, TIME)
    following = pl.col("all_count") + pl.col("explicit_count")
    return placed.with_columns(is_tied=is_tied.fill_null(value=False)).sort(
        "minor",
        pl.when(pl.col("minor")).then(-following).otherwise(0),
        ~pl.col("is_tied"),
        pl.when("is_tied").then("oddness"),
        "known_from",
        "node_id",
        nulls_last=True,
    )


def _missing(graph: Lineage, ordered: pl.DataFrame) -> tuple[float | None, int]:
    """At least this share of what the posts refer to is missing, and to how many they refer by id.

    The largest of: posts referred to by id that are not in the data, posts whose text names a
    relay that is not, and declared reposts of the first candidate that were not collected. The
    first candidate itself is left out.
    """
    first = ordered["node_id"][0]
    others = replace(
        graph,
        nodes=graph.nodes.filter(pl.col("node_id") != first),
        edges=graph.edges.filter(pl.col("parent") != first),
    )
    shares = coverage(others, ordered.head(1))
    referring = graph.edges.filter(pl.col("cls").is_in(["E1", "E2"]))["child"].n_unique()
    collected = shares["collected_share"]
    known = [
        shares["dangling_share"],
        _share(graph.unseen_names_count, referring),
        None if collected is None else rounded(1 - collected),
    ]
    references = others.edges.filter(cls="E1")["parent"].n_unique()
    return max((share for share in known if share is not None), default=None), references


def _refusals(ordered: pl.DataFrame, missing: float | None, beyond: float | None) -> list[str]:
    first = ordered.row(0, named=True)
    reasons = []
    if first["explicit_count"] < LEAST_REPORTS:
        reasons.append("only copied text and time lead to the first candidate")
    if ordered["explicit_count"].max() > first["explicit_count"]:
        reasons.append("another beginning has more explicit references than the first candidate")
    if not first["is_first"]:
        reasons.append("whether the first candidate passes on another post is not in the data")
    if first["attribution"] in ("named", "vague", "wrong"):
        reasons.append("the first candidate itself gives a source that is not among these posts")
    if missing is not None and missing >= POOR:
        reasons.append("a fifth or more of what these posts refer to is not in the data")
    if first["all_count"] > 2 * first["explicit_count"] and missing is None:
        reasons.append("most posts are tied to it by copied text only, and coverage is unknown")
    if first["p"] is not None and first["p"] < max(LEAST_P, beyond if beyond is not None else 0):
        reasons.append("it is not more probable than not that the first candidate is the first")
    return reasons


def _with_p(ordered: pl.DataFrame, missing_share: float | None) -> pl.DataFrame:
    """`p` of the first candidate where that is calibrated for how much seems to be missing.

    A story that is told once has none: the stories that were measured are told several times.
    """
    bounds = {0.4: "40-up", 0.2: "20-40", 0.05: "5-20"}
    known = 0.0 if missing_share is None else missing_share
    missing = next((name for least, name in bounds.items() if known >= least), "0-5")
    evidence = pl.lit(f"earliest-missing-{missing}")
    measured = with_probability(ordered.with_columns(at="known_from", evidence=evidence))
    explicit = (pl.int_range(pl.len()) == 0) & (pl.col("explicit_count") > 0)
    return ordered.with_columns(p=pl.when(explicit, pl.len() > 1).then(measured["p"]))


def _shown(ordered: pl.DataFrame) -> pl.DataFrame:
    if ordered.is_empty():
        return pl.DataFrame(
            schema={
                "node_id": pl.String,
                "p": pl.Float64,
                "weakest_link": pl.String,
                "reason": pl.String,
            }
        )
    copied = pl.col("all_count") - pl.col("explicit_count")
    known = (
        pl.when(pl.col("state") == "unseen").then(pl.lit("not in the data; ")).otherwise(pl.lit(""))
    )
    copy = (
        pl.when("is_copy").then(pl.lit("; an earlier post has similar words")).otherwise(pl.lit(""))
    )
    named = (
        pl.when(pl.col("attribution").is_not_null())
        .then(pl.format("; its text gives a source ({})", "attribution"))
        .otherwise(pl.lit(""))
    )
    tied = pl.when(copied > 0).then(pl.format(", {} by copied text", copied)).otherwise(pl.lit(""))
    reason = pl.concat_str(
        known, pl.format("{} posts lead to it by id or name", "explicit_count"), tied, copy, named
    )
    weakest = pl.when(copied > 0).then(pl.lit("E3")).otherwise("weakest_link")
    return ordered.head(SHOWN).with_columns(reason=reason, weakest_link=weakest)
