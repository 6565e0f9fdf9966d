# SPDX-License-Identifier: GPL-3.0-or-later
"""In what the sourcing chains of posts end: verified, claimed, unobserved, unread, or nowhere.

Known to end nowhere is only what the rows say positively: a vague attribution ("it is said
online"), a source that is known not to say it (`support` silent or contradicts), and a citation
that ends with the group itself. A post in which no rule reads a source may have one all the same:
its end is `unread`, and is possible in every bound.

A register says which ends count as verified; it is the accuser's weak point, so there are three:

- `none`: no end is verified.
- `investigator`: what the labels of `LABELS` name (accounts, urls, outlets; not retracted, not
  expired when cited; an outlet also by its saved pages, whose account is `web:` and its domain). A
  chain ends at a post of a registered account. It is verified only where the cited text is at hand
  and holds the claim (`support`, or `citation_support`), else claimed.
- `outlets`: that, and every named outlet and url, and every post without a source that shows
  pictures or whose author declares a credential. Nothing needs to be at hand.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from graphkit.graphs.citation_support import citation_support
from graphkit.kernels.chains import chain_end_masses

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from graphkit.graphs.citation import Citations
    from graphkit.tables import Corpus

STATES = ("verified", "claimed", "unobserved", "unread", "nowhere")
UPPER = pl.sum_horizontal(STATES[:-1])
"""The mass of chains that may end in a source: all but what is known to end nowhere."""
REGISTERS = ("none", "investigator", "outlets")
LABELS = ("outlet", "registered-outlet", "official", "first-hand", "affiliation")
SAYS_SO = (pl.col("support") == "supports").fill_null(value=False)
SILENT = pl.col("support").is_in(["silent", "contradicts"]).fill_null(value=False)
DECIDED = 0.5
"""An interval narrower than that tells more than nothing."""
RESAMPLES = 4000
LIMIT = 0.975
PSEUDO_COUNT = 50.0
"""Citations that the overall mean is worth against a stratum's own."""


@dataclass(frozen=True)
class Flow:
    """Citations under one register: where chains go on, and where they end.

    Attributes:
        posts_count: posts, numbered from 0.
        edges: citing_no, cited_no, certainty.
        ends: post_no, owner_no (account_no that the end belongs to), target_kind, state, certainty.
    """

    posts_count: int
    edges: pl.DataFrame
    ends: pl.DataFrame


def flows(
    corpus: Corpus, citations: Citations, *, labels: tuple[str, ...] = LABELS
) -> dict[str, Flow]:
    """The flow of `citations` under each of the three registers, by register.

    A label counts by what stands before its first colon ("affiliation:..." is an affiliation).
    """
    edges, ends = _with_register(corpus, citations, register(corpus, labels))
    unknown = pl.when(SILENT | (pl.col("target_kind") == "vague")).then(pl.lit("nowhere"))
    unread = (pl.col("state") == "vague_or_none") & (pl.col("target_kind") == "none")
    ends = ends.with_columns(
        state=unknown.when(unread).then(pl.lit("unread")).otherwise("state"),
    )
    named = pl.col("target_kind").is_in(["url", "outlet"])
    own = (pl.col("target_kind") == "none") & pl.col("is_registered")
    verified = {
        "none": pl.lit(value=False),
        "investigator": own | pl.col("is_registered") & pl.col("is_supported"),
        "outlets": pl.col("is_registered") | named | pl.col("is_first_hand"),
    }
    made = {}
    for name in REGISTERS:
        stops = pl.lit(value=False) if name == "none" else pl.col("is_registered")
        at_posts = edges.filter(stops).with_columns(
            state=pl.lit("claimed"), target_kind=pl.lit("post")
        )
        every = pl.concat([ends, at_posts], how="diagonal")
        state = pl.when(verified[name] & ~SILENT).then(pl.lit("verified")).otherwise("state")
        made[name] = Flow(
            posts_count=citations.posts.height,
            edges=edges.filter(~stops).select("cited_no", "certainty", citing_no="post_no"),
            ends=every.select("post_no", "owner_no", "target_kind", "certainty", state=state).sort(
                "post_no", "state", "owner_no", "target_kind", "certainty"
            ),
        )
    return made


def end_states(flow: Flow) -> pl.DataFrame:
    """The masses in which the chains of each post end: post_no, one column a state; they sum to 1.

    A citation's mass is its certainty over the certainties of its post's citations.
    """
    posts = np.arange(flow.posts_count, dtype=np.int64)
    return pl.DataFrame({"post_no": posts}).hstack(_masses(flow.edges, flow.ends, len(posts)))


def decided_share(citations: Citations, flow: Flow) -> float:
    """The share of citing posts whose interval, verified to `UPPER`, is narrower than one half."""
    naming = citations.ends.filter(pl.col("target_kind") != "none")["post_no"]
    citing = pl.concat([citations.edges["citing_no"], naming]).unique()
    states = end_states(flow).filter(pl.col("post_no").is_in(citing.implode()))
    decided = states.filter(UPPER - pl.col("verified") < DECIDED)
    return decided.height / max(states.height, 1)


def traceability(flow: Flow, starts: pl.DataFrame, inside: pl.DataFrame) -> pl.DataFrame:
    """Bounds of the mass that ends outside a group, for the posts from which its chains start.

    Args:
        flow: citations under a register.
        starts: group_no, post_no.
        inside: group_no, account_no of the group's members and their controllers' accounts. A
            citation of them without a post ends nowhere; a post of theirs that names no source, or
            at which a register stops, is unread.

    Returns:
        group_no, post_no, lower (verified), upper (all but nowhere), sorted.
    """
    reached = _reached(starts.select("group_no", "post_no").unique(), flow.edges)
    place = reached.sort("group_no", "post_no").with_columns(
        place=pl.int_range(pl.len(), dtype=pl.Int64)
    )
    to = place.select("group_no", cited_no="post_no", cited_place="place")
    edges = place.join(flow.edges, left_on="post_no", right_on="citing_no").join(
        to, on=["group_no", "cited_no"]
    )
    own = inside.select("group_no", owner_no="account_no", is_own=True).unique()
    no_name = pl.col("target_kind").is_in(["none", "post"])
    of_own = pl.when(no_name).then(pl.lit("unread")).otherwise(pl.lit("nowhere"))
    state = pl.when("is_own").then(of_own).otherwise("state")
    ends = (
        place.join(flow.ends, on="post_no")
        .join(own, on=["group_no", "owner_no"], how="left")
        .select("certainty", post_no="place", state=state)
    )
    local = edges.select("certainty", citing_no="place", cited_no="cited_place")
    found = place.hstack(_masses(local, ends, place.height))
    bounds = found.select(
        "group_no",
        "post_no",
        lower="verified",
        upper=UPPER,
    )
    return bounds.join(starts.unique(), on=["group_no", "post_no"], how="semi").sort(
        "group_no", "post_no"
    )


def story_bounds(
    internal: pl.DataFrame, bounds: pl.DataFrame, *, traceable: float, seed: int
) -> pl.DataFrame:
    """How far the internal chains of groups can be followed out of them, with stories as units.

    A story's value is the mean over its citations inside the group. The limit is Gaffke's for the
    mean of values in 0..1: that of random (Dirichlet) weights on the values and on one story more,
    which leads out wholly. It needs no model, and for values of 0 and 1 it is Clopper and
    Pearson's. Gaffke 2005, "Three test statistics for a nonparametric one-sided hypothesis on the
    mean of a nonnegative variable"; Learned-Miller and Thomas 2019, arXiv 1905.06208.

    Args:
        internal: the citations inside each group: group_no, cited_no, story_no.
        bounds: group_no, cited_no, lower and upper, as by `traceability`.
        traceable: the mass that makes chains sourced.
        seed: of the weights.

    Returns:
        group_no, lower and upper (means over the stories); bound, the 97.5 % upper limit of
        `upper`; p_traceable, the chance of so little were `traceable` the mean.
    """
    stories = (
        internal.join(bounds, on=["group_no", "cited_no"])
        .group_by("group_no", "story_no")
        .agg(pl.col("lower", "upper").sort().mean())
        .sort("group_no", "story_no")
    )
    found = []
    for group in stories.partition_by("group_no", maintain_order=True):
        number = int(group["group_no"].item(0))
        lower, upper = (group[name].to_numpy() for name in ("lower", "upper"))
        means = _weighted_means(upper, np.random.default_rng([seed, number]))
        chance = (1 + np.count_nonzero(means >= traceable)) / (1 + RESAMPLES)
        limit = float(np.quantile(means, LIMIT))
        found.append((number, lower.mean(), upper.mean(), limit, chance))
    names = ("lower", "upper", "bound", "p_traceable")
    return pl.DataFrame(
        found, {"group_no": pl.Int64, **dict.fromkeys(names, pl.Float64)}, orient="row"
    )


def _weighted_means(values: NDArray[np.float64], rng: np.random.Generator) -> NDArray[np.float64]:
    """Means of `values` and one 1 more under random weights."""
    weights = rng.standard_exponential((RESAMPLES, len(values) + 1))
    sums: NDArray[np.float64] = weights @ np.append(np.sort(values), 1.0) / weights.sum(axis=1)
    return sums


def outside_traceability(flow: Flow, rows: pl.DataFrame, members: pl.DataFrame) -> pl.DataFrame:
    """What the groups' upper bound would be if they cited like others: group_no, baseline.

    The mean over others' citations in the strata in which the group cites, weighted as the group
    cites there; few citations draw it to the overall mean. Communities that are pooled for being
    small are no others to compare with (closed groups are small communities): there it is the mean
    over all.
    """
    of_post = end_states(flow).select(cited_no="post_no", upper=UPPER)
    pooled = pl.when(pl.col("community") < 0).then(-1)
    valued = rows.join(of_post, on="cited_no").with_columns(stratum=pooled.otherwise("stratum"))
    overall = float(np.sort(valued["upper"].to_numpy()).sum()) / max(valued.height, 1)
    every = valued.with_columns(stratum=pl.lit(-1, pl.Int64))
    total = (
        pl.concat([valued.filter(pl.col("stratum") >= 0), every])
        .group_by("stratum")
        .agg(total=pl.col("upper").sort().sum(), total_count=pl.len())
    )
    own = (
        members.select("group_no", a="account_no")
        .join(valued, on="a")
        .group_by("group_no", "stratum")
        .agg(own=pl.col("upper").sort().sum(), own_count=pl.len())
        .join(total, on="stratum")
    )
    others = pl.col("total") - pl.col("own") + PSEUDO_COUNT * overall
    of_others = others / (pl.col("total_count") - pl.col("own_count") + PSEUDO_COUNT)
    weighted = (of_others * pl.col("own_count")).sort().sum() / pl.col("own_count").sum()
    return own.group_by("group_no").agg(baseline=weighted).sort("group_no")


def _masses(edges: pl.DataFrame, ends: pl.DataFrame, posts_count: int) -> pl.DataFrame:
    """One column a state, one row a post, for numbered posts."""
    ordered = edges.sort("citing_no", "cited_no", "certainty")
    counts = np.bincount(ordered["citing_no"].to_numpy(), minlength=posts_count)
    ptr = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
    weights = np.zeros((posts_count, len(STATES)))
    for column, state in enumerate(STATES):
        of_state = ends.filter(pl.col("state") == state).sort("post_no", "certainty")
        post_no, certainty = of_state["post_no"].to_numpy(), of_state["certainty"].to_numpy()
        weights[:, column] = np.bincount(post_no, certainty, minlength=posts_count)
    cited, weight = ordered["cited_no"].to_numpy(), ordered["certainty"].to_numpy()
    masses = chain_end_masses(ptr, cited, weight, weights)
    return pl.DataFrame(masses, schema=list(STATES), orient="row")


def _reached(starts: pl.DataFrame, edges: pl.DataFrame) -> pl.DataFrame:
    """`starts` (group_no, post_no) and all posts on their chains."""
    found = fresh = starts
    pair = ["group_no", "post_no"]
    while fresh.height:
        ahead = fresh.join(edges, left_on="post_no", right_on="citing_no")
        ahead = ahead.select("group_no", post_no="cited_no").unique()
        fresh = ahead.join(found, on=pair, how="anti")
        found = pl.concat([found, fresh])
    return found


def register(corpus: Corpus, labels: tuple[str, ...] = LABELS) -> pl.DataFrame:
    """What the investigator's register names: subject_kind, subject_id, until (when that ends)."""
    known = corpus.labels.filter(
        pl.col("label").str.split(":").list.first().is_in(labels),
        pl.col("subject_kind").is_in(["account", "outlet", "url"]),
        pl.col("retracted_at").is_null(),
    )
    until = pl.col("expires_at").fill_null(pl.datetime(9999, 1, 1, time_zone="UTC")).max()
    return known.group_by("subject_kind", "subject_id").agg(until=until)


def _with_register(
    corpus: Corpus, citations: Citations, known: pl.DataFrame
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Edges and ends of `citations` with is_registered and is_supported, edges with owner_no."""
    cited = citations.posts.select(cited_no="post_no", owner_no="account_no")
    edges = citations.edges.rename({"citing_no": "post_no"}).join(cited, on="cited_no")
    no_name = pl.lit(None, pl.String)
    edges = edges.with_columns(
        target_kind=pl.lit("account"), target=no_name, outlet=no_name, is_first_hand=False
    )
    outlets = corpus.citations.select("post_id", "citation_no", "outlet")
    ends = citations.ends.join(outlets, on=["post_id", "citation_no"], how="left")
    ends = _registered(citations, ends, known).with_columns(is_supported=SAYS_SO)
    return _supported(corpus, citations, _registered(citations, edges, known)), ends


def _registered(citations: Citations, frame: pl.DataFrame, known: pl.DataFrame) -> pl.DataFrame:
    """`frame` with is_registered: the account, url or outlet, the outlet of the url, or its site.

    A saved page is a post of the account `web:` and its domain.
    """
    at = citations.posts.select("posted_at", post_no="post_no")
    accounts = citations.posts.select("account_id", owner_no="account_no").unique()
    site = known.filter(subject_kind="outlet").with_columns(
        subject_kind=pl.lit("account"), subject_id="web:" + pl.col("subject_id")
    )
    subjects = pl.concat([known, site]).unique(["subject_kind", "subject_id"], keep="first")
    kind = pl.when(pl.col("target_kind") == "none").then(pl.lit("account")).otherwise("target_kind")
    subject = pl.when(kind == "account").then("account_id").otherwise("target")
    named = frame.join(accounts, on="owner_no", how="left").join(at, on="post_no")
    named = named.with_columns(subject_kind=kind, subject_id=subject)
    by_outlet = known.filter(subject_kind="outlet").select(
        outlet="subject_id", outlet_until="until"
    )
    found = named.join(subjects, on=["subject_kind", "subject_id"], how="left").join(
        by_outlet, on="outlet", how="left"
    )
    until = pl.max_horizontal("until", "outlet_until")
    return found.with_columns(
        is_registered=(until >= pl.col("posted_at")).fill_null(value=False)
    ).drop("outlet", "outlet_until")


def _supported(corpus: Corpus, citations: Citations, edges: pl.DataFrame) -> pl.DataFrame:
    """`edges` with is_supported: the row says so, or else the cited text holds the citing one."""
    asked = edges.filter(pl.col("is_registered") & pl.col("support").is_null())
    asked = asked.select("cited_no", citing_no="post_no").unique()
    numbers = pl.concat([asked["citing_no"], asked["cited_no"]]).unique().to_frame("post_no")
    ids = citations.posts.join(numbers, on="post_no", how="semi").select("post_no", "post_id")
    texts = corpus.posts.join(ids, on="post_id").select("post_no", "text")
    read = citation_support(asked, texts).select("cited_no", post_no="citing_no", read="support")
    joined = edges.join(read, on=["post_no", "cited_no"], how="left")
    holds = (pl.col("read") == "supports").fill_null(value=False)
    return joined.with_columns(is_supported=SAYS_SO | holds).drop("read")
