# SPDX-License-Identifier: GPL-3.0-or-later
"""In what the sourcing chains of posts end: verified, claimed, unobserved, or vague and none.

A register says which ends count as verified; it is the accuser's weak point, so there are three:

- `none`: no end is verified.
- `investigator`: what the labels of `LABELS` name (accounts, urls, outlets; not retracted, not
  expired when cited). A chain ends at a post of a registered account. It is verified only where
  the cited text is at hand and contains the claim (`support`, or shingles), else claimed.
- `outlets`: that, and every named outlet and url, and every post without a source that shows
  pictures or whose author declares a credential. Nothing needs to be at hand.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
from scipy.special import betainc

from graphkit.graphs.citation import STATES, shared_shingles
from graphkit.kernels.chains import chain_end_masses
from graphkit.text.normal import normal_form

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from graphkit.graphs.citation import Citations
    from graphkit.tables import Corpus

REGISTERS = ("none", "investigator", "outlets")
LABELS = ("outlet", "registered-outlet", "official", "first-hand", "affiliation")
SAYS_SO = (pl.col("support") == "supports").fill_null(value=False)
RESAMPLES = 1000
Z = 1.96
"""Normal quantile of a two-sided 95 % interval, whose upper end is a 97.5 % limit."""
PSEUDO_COUNT = 50.0
"""Citations that the overall mean is worth against a stratum's own."""
CONTAINED = 0.6
"""Least share of the citing text's shingles that a registered source must hold."""


@dataclass(frozen=True)
class Flow:
    """Citations under one register: where chains go on, and where they end.

    Attributes:
        posts_count: posts, numbered from 0.
        edges: citing_no, cited_no, certainty.
        ends: post_no, owner_no (account_no that the end belongs to), state, certainty.
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
        at_posts = edges.filter(stops).with_columns(state=pl.lit("claimed"))
        every = pl.concat([ends, at_posts], how="diagonal")
        state = pl.when(verified[name]).then(pl.lit("verified")).otherwise("state")
        made[name] = Flow(
            posts_count=citations.posts.height,
            edges=edges.filter(~stops).select("cited_no", "certainty", citing_no="post_no"),
            ends=every.select("post_no", "owner_no", "certainty", state=state).sort(
                "post_no", "state", "owner_no", "certainty"
            ),
        )
    return made


def end_states(flow: Flow) -> pl.DataFrame:
    """The masses in which the chains of each post end: post_no, one column a state; they sum to 1.

    A citation's mass is its certainty over the certainties of its post's citations.
    """
    posts = np.arange(flow.posts_count, dtype=np.int64)
    return pl.DataFrame({"post_no": posts}).hstack(_masses(flow.edges, flow.ends, len(posts)))


def traceability(flow: Flow, starts: pl.DataFrame, inside: pl.DataFrame) -> pl.DataFrame:
    """Bounds of the mass that ends outside a group, for the posts from which its chains start.

    Args:
        flow: citations under a register.
        starts: group_no, post_no.
        inside: group_no, account_no of the group's members and their controllers' accounts. What
            ends with them counts as ending nowhere.

    Returns:
        group_no, post_no, lower (verified), upper (verified, claimed or unobserved), sorted.
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
    nowhere = pl.when("is_own").then(pl.lit(STATES[-1])).otherwise("state")
    ends = (
        place.join(flow.ends, on="post_no")
        .join(own, on=["group_no", "owner_no"], how="left")
        .select("certainty", post_no="place", state=nowhere)
    )
    local = edges.select("certainty", citing_no="place", cited_no="cited_place")
    found = place.hstack(_masses(local, ends, place.height))
    bounds = found.select(
        "group_no",
        "post_no",
        lower="verified",
        upper=pl.sum_horizontal("verified", "claimed", "unobserved"),
    )
    return bounds.join(starts.unique(), on=["group_no", "post_no"], how="semi").sort(
        "group_no", "post_no"
    )


def story_bounds(
    internal: pl.DataFrame, bounds: pl.DataFrame, *, traceable: float, seed: int
) -> pl.DataFrame:
    """How far the internal chains of groups can be followed out of them, with stories as units.

    Args:
        internal: the citations inside each group: group_no, cited_no, story_no.
        bounds: group_no, cited_no, lower and upper, as by `traceability`.
        traceable: the mass that makes chains sourced.
        seed: of the resampling of stories.

    Returns:
        group_no, lower and upper (means over the citations); bound, the larger of the 97.5th
        percentile of `upper` over resampled stories and Wilson's upper limit for that many
        stories (three stories that all say the same have no spread to resample); p_traceable, the
        binomial chance of so little upper mass in so many stories were `traceable` the mean.
    """
    stories = (
        internal.join(bounds, on=["group_no", "cited_no"])
        .group_by("group_no", "story_no")
        .agg(pl.len(), pl.col("lower", "upper").sort().sum())
        .sort("group_no", "story_no")
    )
    found = []
    for group in stories.partition_by("group_no", maintain_order=True):
        number = int(group["group_no"].item(0))
        count, lower, upper = (group[name].to_numpy() for name in ("len", "lower", "upper"))
        bound = _story_bound(count, upper, np.random.default_rng([seed, number]))
        least = float(np.round((upper / count).sum(), 9))
        chance = float(betainc(max(len(count) - least, 1e-9), least + 1, 1 - traceable))
        total = count.sum()
        found.append((number, lower.sum() / total, upper.sum() / total, bound, chance))
    names = ("lower", "upper", "bound", "p_traceable")
    return pl.DataFrame(
        found, {"group_no": pl.Int64, **dict.fromkeys(names, pl.Float64)}, orient="row"
    )


def _story_bound(
    counts: NDArray[np.uint32], sums: NDArray[np.float64], rng: np.random.Generator
) -> float:
    """An upper 97.5 % limit of sum(sums) / sum(counts), stories being the independent unit."""
    stories, mean = len(counts), sums.sum() / counts.sum()
    drawn = rng.multinomial(stories, np.full(stories, 1 / stories), size=RESAMPLES)
    resampled = (drawn @ sums) / (drawn @ counts)
    spread = np.sqrt(mean * (1 - mean) / stories + (Z / (2 * stories)) ** 2)
    wilson = (mean + Z**2 / (2 * stories) + Z * spread) / (1 + Z**2 / stories)
    return max(float(np.quantile(resampled, 0.975)), float(wilson))


def outside_traceability(flow: Flow, rows: pl.DataFrame, members: pl.DataFrame) -> pl.DataFrame:
    """What the groups' upper bound would be if they cited like others: group_no, baseline.

    The mean over others' citations in the strata in which the group cites, in the halves that test
    it, weighted as the group cites there; few citations draw it to the overall mean.
    """
    upper = pl.sum_horizontal("verified", "claimed", "unobserved")
    of_post = end_states(flow).select(cited_no="post_no", upper=upper)
    valued = rows.filter(pl.col("half").is_not_null()).join(of_post, on="cited_no")
    level = ["half", "stratum"]
    overall = float(np.sort(valued["upper"].to_numpy()).sum()) / max(valued.height, 1)
    total = valued.group_by(level).agg(total=pl.col("upper").sort().sum(), total_count=pl.len())
    own = (
        members.select("group_no", "half", a="account_no")
        .join(valued, on=["half", "a"])
        .group_by("group_no", *level)
        .agg(own=pl.col("upper").sort().sum(), own_count=pl.len())
        .join(total, on=level)
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
    at = citations.posts.select("posted_at", post_no="post_no")
    accounts = citations.posts.select("account_id", owner_no="account_no").unique()
    cited = citations.posts.select(cited_no="post_no", owner_no="account_no")
    kind = pl.when(pl.col("target_kind") == "none").then(pl.lit("account")).otherwise("target_kind")
    subject = pl.when(kind == "account").then("account_id").otherwise("target")
    registered = (pl.col("until") >= pl.col("posted_at")).fill_null(value=False)

    def marked(frame: pl.DataFrame) -> pl.DataFrame:
        named = frame.join(accounts, on="owner_no", how="left").join(at, on="post_no")
        named = named.with_columns(subject_kind=kind, subject_id=subject)
        found = named.join(known, on=["subject_kind", "subject_id"], how="left")
        return found.with_columns(is_registered=registered)

    edges = citations.edges.rename({"citing_no": "post_no"}).join(cited, on="cited_no")
    no_name = pl.lit(None, pl.String)
    edges = edges.with_columns(target_kind=pl.lit("account"), target=no_name, is_first_hand=False)
    edges = marked(edges)
    ends = marked(citations.ends).with_columns(is_supported=SAYS_SO)
    return _supported(corpus, citations, edges), ends


def _supported(corpus: Corpus, citations: Citations, edges: pl.DataFrame) -> pl.DataFrame:
    """`edges` with is_supported: the cited text is at hand and contains the citing one."""
    asked = edges.filter(pl.col("is_registered") & pl.col("support").is_null())
    asked = asked.select("cited_no", citing_no="post_no").unique()
    numbers = pl.concat([asked["citing_no"], asked["cited_no"]]).unique().to_frame("post_no")
    ids = citations.posts.join(numbers, on="post_no", how="semi").select("post_no", "post_id")
    texts = corpus.posts.join(ids, on="post_id").select("post_no", text=normal_form(pl.col("text")))
    share = shared_shingles(asked, texts).rename({"citing_no": "post_no"})
    contains = (pl.col("contained") >= CONTAINED).fill_null(value=False)
    joined = edges.join(share, on=["post_no", "cited_no"], how="left")
    return joined.with_columns(is_supported=SAYS_SO | contains)
