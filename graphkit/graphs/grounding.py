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
from graphkit.graphs.numbered_posts import NUMBER, nullable, places
from graphkit.kernels.chains import chain_end_masses

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from graphkit.graphs.citation import Citations
    from graphkit.tables import Corpus

STATES = ("verified", "claimed", "unobserved", "unread", "nowhere")
STATE = pl.Enum(STATES)
UPPER = pl.sum_horizontal(STATES[:-1])
"""The mass of chains that may end in a source: all but what is known to end nowhere."""
REGISTERS = ("none", "investigator", "outlets")
LABELS = ("outlet", "registered-outlet", "official", "first-hand", "affiliation")
SAYS_SO = (pl.col("support") == "supports").fill_null(value=False)
SILENT = pl.col("support").is_in(["silent", "contradicts"]).fill_null(value=False)
WEB = "web:"
ORDER = ("citing_no", "cited_no", "certainty")
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
        edges: citing_no, cited_no, certainty, in that order.
        ends: post_no, owner_no (account_no that the end belongs to), is_named (not by a post),
            state (an enum of `STATES`), certainty; by post_no and certainty.
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
    edges = edges.sort(ORDER)
    no_name = pl.col("target_kind") == "none"
    unknown = pl.when(SILENT | (pl.col("target_kind") == "vague")).then(pl.lit("nowhere"))
    unread = (pl.col("state") == "vague_or_none") & no_name
    ends = ends.with_columns(
        is_named=~no_name,
        state=unknown.when(unread).then(pl.lit("unread")).otherwise("state"),
    )
    at_registered = edges.filter("is_registered").select(
        pl.exclude("citing_no", "cited_no"),
        post_no="citing_no",
        state=pl.lit("claimed"),
        target_kind=pl.lit("post"),
        is_first_hand=False,
        is_named=False,
    )
    named = pl.col("target_kind").is_in(["url", "outlet"])
    verified = {
        "none": pl.lit(value=False),
        "investigator": pl.col("is_registered") & (no_name | pl.col("is_supported")),
        "outlets": pl.col("is_registered") | named | pl.col("is_first_hand"),
    }
    onward = edges.select(ORDER)
    going_on = onward.filter(~edges["is_registered"])
    made = {}
    for name in REGISTERS:
        every = ends if name == "none" else pl.concat([ends, at_registered], how="diagonal")
        state = pl.when(verified[name] & ~SILENT).then(pl.lit("verified")).otherwise("state")
        every = every.select(
            "post_no", "owner_no", "certainty", "is_named", state=state.cast(STATE)
        )
        made[name] = Flow(
            posts_count=citations.posts.height,
            edges=onward if name == "none" else going_on,
            ends=every.sort("post_no", "certainty"),
        )
    return made


def end_states(flow: Flow) -> pl.DataFrame:
    """The masses in which the chains of each post end: post_no, one column a state; they sum to 1.

    A citation's mass is its certainty over the certainties of its post's citations.
    """
    masses = _masses(flow.edges, flow.ends, flow.posts_count)
    return masses.with_row_index("post_no").with_columns(pl.col("post_no").cast(NUMBER))


def decided_share(citations: Citations, flow: Flow) -> float:
    """The share of citing posts whose interval, verified to `UPPER`, is narrower than one half."""
    naming = citations.ends.filter(pl.col("target_kind") != "none")["post_no"]
    cites = np.zeros(flow.posts_count, np.bool_)
    cites[citations.edges["citing_no"].to_numpy()] = cites[naming.to_numpy()] = True
    states = end_states(flow).filter(cites)
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
    starts = starts.select("group_no", pl.col("post_no").cast(NUMBER)).unique()
    reached = _reached(starts, flow.edges)
    place = reached.sort("group_no", "post_no").with_columns(
        place=pl.int_range(pl.len(), dtype=pl.Int64)
    )
    to = place.select("group_no", cited_no="post_no", cited_place="place")
    edges = place.join(flow.edges, left_on="post_no", right_on="citing_no").join(
        to, on=["group_no", "cited_no"]
    )
    own = inside.select(
        "group_no", pl.col("account_no").cast(NUMBER).alias("owner_no"), is_own=True
    ).unique()
    of_own = pl.when("is_named").then(pl.lit("nowhere", STATE)).otherwise(pl.lit("unread", STATE))
    state = pl.when("is_own").then(of_own).otherwise("state")
    ends = (
        place.join(flow.ends, on="post_no")
        .join(own, on=["group_no", "owner_no"], how="left")
        .select("certainty", post_no="place", state=state)
    )
    local = edges.select("certainty", citing_no="place", cited_no="cited_place").sort(ORDER)
    found = place.hstack(_masses(local, ends.sort("post_no", "certainty"), place.height))
    bounds = found.select(
        "group_no",
        "post_no",
        lower="verified",
        upper=UPPER,
    )
    return bounds.join(starts, on=["group_no", "post_no"], how="semi").sort("group_no", "post_no")


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
    of_post = end_states(flow).select(UPPER).to_series()
    pooled = pl.when(pl.col("community") < 0).then(-1).otherwise("stratum")
    valued = rows.select("a", stratum=pooled, upper=of_post.gather(rows["cited_no"]))
    overall = float(np.sort(valued["upper"].to_numpy()).sum()) / max(valued.height, 1)
    every = valued.with_columns(stratum=pl.lit(-1, NUMBER))
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
    """One column a state, one row a post, for numbered posts; `edges` and `ends` in order."""
    counts = np.bincount(edges["citing_no"].to_numpy(), minlength=posts_count)
    ptr = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
    kinds = len(STATES)
    cell = ends["post_no"].cast(pl.Int64) * kinds + ends["state"].to_physical()
    counted = np.bincount(
        cell.to_numpy(), ends["certainty"].to_numpy(), minlength=posts_count * kinds
    )
    weights = counted.astype(np.float64, copy=False).reshape(posts_count, kinds)
    cited, weight = edges["cited_no"].to_numpy(), edges["certainty"].to_numpy()
    chain_end_masses(ptr, cited, weight, weights)
    return pl.DataFrame(weights, schema=list(STATES), orient="row")


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
    """Edges and ends of `citations` with is_registered and is_supported, edges with owner_no.

    Registered is the account, url or outlet, the outlet of the url, or its site: a saved page is a
    post of the account `web:` and its domain.
    """
    ids, posted_at = citations.accounts["account_id"], citations.posts["posted_at"]
    site = ids.set(~ids.str.starts_with(WEB), None).str.strip_prefix(WEB)
    by_site = pl.coalesce(_until(ids, known, "account"), _until(site, known, "outlet"))
    until = pl.select(by_site).to_series()
    edges, ends = citations.edges, citations.ends
    owner_no = citations.posts["account_no"].gather(edges["cited_no"])
    in_time = until.gather(owner_no) >= posted_at.gather(edges["citing_no"])
    edges = edges.select("citing_no", "cited_no", "certainty", "support").with_columns(
        owner_no.alias("owner_no"), is_registered=in_time.fill_null(value=False)
    )
    kind = ends["target_kind"]
    untils = [
        until.gather(ends["owner_no"].set(~kind.is_in(["none", "account"]), None)),
        *(
            _until(ends["target"].set(kind != each, None), known, each)
            for each in ("url", "outlet")
        ),
        _until(ends["outlet"], known, "outlet"),
    ]
    latest = pl.select(pl.max_horizontal(untils)).to_series()
    in_time = latest >= posted_at.gather(ends["post_no"])
    ends = ends.drop("citation_no", "post_id", "target", "outlet").with_columns(
        is_registered=in_time.fill_null(value=False), is_supported=SAYS_SO
    )
    return _supported(corpus, citations, edges), ends


def _until(ids: pl.Series, known: pl.DataFrame, kind: str) -> pl.Series:
    """Until when each of `ids` is registered as a subject of that kind; null where it is not."""
    subjects = known.filter(subject_kind=kind)
    return subjects["until"].gather(nullable("", places(ids, subjects["subject_id"])))


def _supported(corpus: Corpus, citations: Citations, edges: pl.DataFrame) -> pl.DataFrame:
    """`edges` with is_supported: the row says so, or else the cited text holds the citing one."""
    asked = edges.filter(pl.col("is_registered") & pl.col("support").is_null())
    asked = asked.select("citing_no", "cited_no").unique()
    numbers = pl.concat([asked["citing_no"], asked["cited_no"]]).unique()
    at = places(citations.posts["post_id"].gather(numbers), corpus.posts["post_id"])
    texts = pl.DataFrame([numbers.alias("post_no"), corpus.posts["text"].gather(at)])
    read = citation_support(asked, texts).select("citing_no", "cited_no", read="support")
    joined = edges.join(read, on=["citing_no", "cited_no"], how="left")
    holds = (pl.col("read") == "supports").fill_null(value=False)
    return joined.with_columns(is_supported=SAYS_SO | holds).drop("read")
