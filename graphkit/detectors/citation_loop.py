# SPDX-License-Identifier: GPL-3.0-or-later
"""Citation loops: groups whose sourcing comes back to themselves and is known to end nowhere.

Stories are split in halves at random. Each half proposes groups: strongly connected accounts of a
community of citing in which some claim is sourced, through others, to its own author. The other
half tests them. Where both propose nearly the same accounts they make one group: each half tests
what the other proposes, all stories count, and the accounts in both proposals are told. Tested are

- excess: more citations inside than others' citing into the group makes likely (q_excess);
- loops: more stories with a chained loop than the causality-preserving swap null makes (q_loops).

Of groups with an excess that share accounts one is kept (`distinct_groups`), whatever its chains
end in. Over all its stories then:

- traceability: how much of the internal chains' end mass may lie outside the group, up to an upper
  limit over stories, with no register, the investigator's, and one that believes every named outlet
  and first-hand post. Only what is said to be hearsay, or is known not to be in its source, ends
  nowhere; a post in which no source is read may have one, and counts as if it had. "Ungrounded"
  means that with all three registers the limit is under `traceable` and under what others'
  citations give there, and that so little is improbable were `traceable` the mean (q_traceable,
  over the groups kept).

Accounts that declare one owner count as one controller: its quoting itself is no loop.

Outcome, the first that holds:

- tight-but-sourced: excess, and at least `traceable` of the chains end in named outlets, in the
  register, or in first-hand posts of outsiders.
- single-origin: excess, but among accounts of one declared owner only; or ungrounded, without
  loops, and what all its accounts carry has `single_root` effective roots at most.
- loop: excess, ungrounded, and loops in `min_loop_stories` stories or more.
- sourceless-group: excess and ungrounded.
- lead: excess, loops and ungrounded, each before correction for the number of tests.
- insufficient: excess, and none of the above can be told.

All need `min_stories` held-out stories.

Grade: a lead is weak, and so is whatever a caveat weakens: a limit of traceability over `clearly`,
snowball or unknown collection, mostly inferred citations, a loop without inferred citations in
fewer than two stories, fewer than 80 % of the members of whom each can be left out, or fewer than a
tenth of the posts cited inside decided. Otherwise loop and sourceless-group are moderate. Nothing
is strong: that friends merely quote each other is not tested.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING

import polars as pl

from graphkit.findings import (
    CaveatOutcome,
    Detector,
    EvidenceRow,
    Finding,
    Grade,
    NullModel,
    Outcome,
    Subjects,
    param,
    rounded,
)
from graphkit.graphs.chained_loops import Reach
from graphkit.graphs.citation import SameClaim, citation_graph
from graphkit.graphs.grounding import LABELS, REGISTERS, decided_share, flows, register
from graphkit.graphs.loop_evidence import (
    account_cycles,
    amplifiers_of_groups,
    exculpating_chains,
    exits_of_groups,
    group_evidence,
    loops_of_groups,
    members_of_groups,
)
from graphkit.graphs.loop_explanations import LoopGroup, Surroundings, explanations
from graphkit.graphs.loop_groups import (
    Search,
    distinct_groups,
    stable_share,
    tested_groups,
    traced,
)
from graphkit.graphs.nulls import benjamini_hochberg
from graphkit.tables import CITATIONS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from graphkit.findings import Caveat
    from graphkit.graphs.citation import Citations
    from graphkit.graphs.loop_groups import TestedGroups
    from graphkit.tables import Corpus

ORDER = ("loop", "sourceless-group", "lead", "tight-but-sourced", "single-origin", "insufficient")


@dataclass(frozen=True)
class Params:
    """Parameters of citation-loop."""

    window: timedelta = param(
        timedelta(days=30), doc="longest time from a claim back to its author", minimum=60
    )
    depth: int = param(16, doc="most hops of a chain", minimum=2, maximum=64)
    look_back: timedelta = param(
        timedelta(days=7), doc="how far back a named account's post is looked for", minimum=0
    )
    overlap: float = param(
        0.4, doc="least share of shingles with a named account's post", minimum=0.1, maximum=1
    )
    similarity: float = param(
        0.7, doc="least Jaccard index of texts of one story", minimum=0.3, maximum=1
    )
    largest: int = param(60, doc="most accounts of a group", minimum=2)
    min_stories: int = param(3, doc="least held-out stories with a citation inside", minimum=3)
    min_loop_stories: int = param(2, doc="least held-out stories with a loop", minimum=2)
    alpha: float = param(0.05, doc="largest q-value of excess and of loops", minimum=0, maximum=0.2)
    traceable: float = param(
        0.5, doc="mass of chain ends outside that makes a group sourced", minimum=0.1, maximum=0.9
    )
    clearly: float = param(
        0.45, doc="limit of traceability over which a finding is weak", minimum=0.1, maximum=0.9
    )
    single_root: float = param(
        1.25, doc="most effective roots of a group that has one origin", minimum=1, maximum=2
    )
    labels: tuple[str, ...] = param(LABELS, doc="labels that make up the investigator's register")
    copies: int = param(39, doc="copies of the swap null", minimum=9)
    seed: int = param(1, doc="seed of the halves, the null and the resampling", minimum=0)


def _judged(measured: pl.DataFrame, params: Params) -> pl.DataFrame:
    """`measured` with p_traceable (the largest of the registers'), its q-value, and outcome.

    The groups were chosen by their excess, which says nothing of where their chains end.
    """
    largest = pl.max_horizontal(pl.col(f"p_traceable_{name}").fill_null(1.0) for name in REGISTERS)
    judged = measured.with_columns(p_traceable=largest)
    q_values = benjamini_hochberg(judged["p_traceable"].to_numpy(), tests=judged.height)
    judged = judged.with_columns(q_traceable=pl.Series(q_values, dtype=pl.Float64))
    return judged.with_columns(outcome=_outcome(params))


def _outcome(params: Params) -> pl.Expr:
    """The outcome of each measured group; null where nothing is to be said."""
    alpha = params.alpha
    enough = pl.col("stories_count").fill_null(0) >= params.min_stories
    excess = (pl.col("q_excess") <= alpha) & enough
    marks = (pl.min_horizontal(pl.lit(params.traceable), f"baseline_{name}") for name in REGISTERS)
    under = [pl.col(f"bound_{n}") < mark for n, mark in zip(REGISTERS, marks, strict=True)]
    closed = enough & pl.all_horizontal(under)
    ungrounded = excess & closed & (pl.col("q_traceable") <= alpha)
    looped = pl.col("loop_stories") >= params.min_loop_stories
    nearly = [pl.col(f"p_{what}") <= alpha for what in ("excess", "loops", "traceable")]
    of_family = (pl.col("q_family") <= alpha) & ~excess
    sourced = (excess | of_family) & (pl.col("lower_outlets") >= params.traceable)
    declared = of_family & (pl.col("controllers_count") < pl.col("accounts_count"))
    one_root = ungrounded & (pl.col("effective_roots") <= params.single_root)
    return (
        pl.when(sourced)
        .then(pl.lit("tight-but-sourced"))
        .when(declared)
        .then(pl.lit("single-origin"))
        .when(ungrounded & looped & (pl.col("q_loops") <= alpha))
        .then(pl.lit("loop"))
        .when(one_root)
        .then(pl.lit("single-origin"))
        .when(ungrounded)
        .then(pl.lit("sourceless-group"))
        .when(closed & looped & pl.all_horizontal(nearly))
        .then(pl.lit("lead"))
        .when(excess)
        .then(pl.lit("insufficient"))
    )


def _told(groups: TestedGroups, params: Params) -> pl.DataFrame:
    """The measured groups of which something is said, accusations first."""
    rank = pl.col("outcome").replace_strict(ORDER, range(len(ORDER)), return_dtype=pl.Int64)
    told = _judged(groups.measured, params).filter(pl.col("outcome").is_not_null())
    return told.sort(
        rank, "q_loops", "q_excess", -pl.col("accounts_count").cast(pl.Int64), "group_no"
    )


def _groups(
    corpus: Corpus, citations: Citations, tested: TestedGroups, params: Params
) -> Iterator[LoopGroup]:
    """The tested groups with their rows, in the order of `tested.measured`."""
    reach = _search(params).reach
    loops = loops_of_groups(citations, tested, reach=reach)
    of_accounts = loops_of_groups(citations, tested, reach=reach, author="account_no")
    exits = exits_of_groups(citations, tested)
    chains = exculpating_chains(citations, tested)
    known = corpus.accounts["account_id"]
    members = members_of_groups(citations, tested, known=known, loops=loops, exits=exits)
    amplifiers = dict(amplifiers_of_groups(citations, tested).iter_rows())
    for measured in tested.measured.to_dicts():
        number = measured["group_no"]
        mine, group = pl.col("group_no") == number, tested.only([number])
        accounts = citations.accounts["account_id"].gather(group.members["account_no"])
        stable = None
        if DETECTOR.outcomes[measured["outcome"]].accuses:
            stable = stable_share(group, stories=params.min_stories, traceable=params.traceable)
        yield LoopGroup(
            measured=measured,
            tested=group,
            accounts=tuple(sorted(accounts)),
            loops=loops.filter(mine),
            loops_of_accounts=of_accounts.filter(mine)["start_no"].n_unique(),
            exits=exits.filter(mine),
            chains=chains.filter(mine),
            members=members.filter(mine),
            amplifiers=amplifiers.get(number, 0),
            stable=stable,
        )


def _measures(group: LoopGroup) -> dict[str, float]:
    of, internal, leaving = group.measured, group.tested.internal, group.exits.height
    counted = {
        "accounts_count": of["accounts_count"],
        "controllers_count": of["controllers_count"],
        "amplifiers_count": group.amplifiers,
        "stories_count": internal["story_no"].n_unique(),
        "held_out_stories_count": of["stories_count"],
        "loops_count": group.loops_count,
        "loops_of_accounts_count": group.loops_of_accounts,
        "loop_stories": of["loop_stories"],
        "expected_loops": of["expected_loops"],
        "internal_count": of["internal_count"],
        "expected_internal": of["expected"],
        "internal_share": of["internal_count"] / of["member_count"] if of["member_count"] else None,
        "escape_rate": leaving / (leaving + internal.height),
        "traceability_lower": of["lower_investigator"],
        "traceability_upper": of["upper_investigator"],
        "decided_share": of["decided_investigator"],
        "account_cycles_count": account_cycles(internal),
        "inferred_share": group.inferred_share,
        "members_stable_share": group.stable,
        "carriers_per_story": of["carriers_per_story"],
        "roots_per_story": of["roots_per_story"],
        "effective_roots": of["effective_roots"],
    }
    for name in REGISTERS:
        for what in ("lower", "upper", "bound", "baseline", "decided"):
            counted[f"{what}_{name}"] = of[f"{what}_{name}"]
    known = {name: rounded(float(value)) for name, value in counted.items() if value is not None}
    return {name: value for name, value in known.items() if value is not None}


def _grade(group: LoopGroup, caveats: tuple[Caveat, ...]) -> Grade | None:
    """The grade by the rule in the module's docstring."""
    if group.stable is None:
        return None
    weakened = any(each.outcome is CaveatOutcome.WEAKENS for each in caveats)
    is_lead = group.measured["outcome"] == "lead"
    return Grade.WEAK if is_lead or weakened else Grade.MODERATE


def _summary(group: LoopGroup) -> str:
    of = group.measured
    told = (
        f"{of['accounts_count']} accounts cite one another in "
        f"{group.tested.internal['story_no'].n_unique()} stories"
    )
    back = f"{group.loops_count} posts' sourcing comes back to their own author"
    upper = max(of[f"upper_{name}"] for name in REGISTERS)
    share = f"{upper:.0%} at most of it can end outside them"
    return {
        "loop": f"{told}; {back}, and {share}.",
        "sourceless-group": f"{told}, and of that sourcing {share}.",
        "lead": f"{told}; {back}, more often than by chance, but the rows do not settle it.",
        "tight-but-sourced": f"{told}; {of['lower_outlets']:.0%} of that sourcing ends in named "
        "sources outside them.",
        "single-origin": f"{told} whose posts come from one account or one declared owner.",
        "insufficient": f"{told} more than others do; where that sourcing ends cannot be told.",
    }[of["outcome"]]


def _finding(
    group: LoopGroup, posts: pl.DataFrame, *, caveats: tuple[Caveat, ...], tests: int
) -> Finding:
    of, outcome = group.measured, group.measured["outcome"]
    rows = group_evidence(group.tested.internal, group.loops, group.exits, group.chains)
    keys = rows.select(pl.lit("citations"), CITATIONS.row_key(), "role").rows()
    keys += group.members.select(pl.lit("accounts"), "key", "role").rows()
    times = posts["posted_at"].gather(rows["post_no"])
    upper = max(of[f"upper_{name}"] for name in REGISTERS)
    by_loops = outcome in {"loop", "lead"}
    return Finding(
        kind="citation-loop",
        outcome=outcome,
        grade=_grade(group, caveats),
        score=float(f"{(1 - upper) * of['internal_count'] / max(of['member_count'], 1):.12g}")
        if group.stable is not None
        else 0.0,
        summary=_summary(group),
        subjects=Subjects(accounts=group.accounts),
        evidence=tuple(EvidenceRow(*key) for key in keys),
        caveats=caveats,
        null_model=NullModel(
            name="causality-preserving swaps; Poisson excess over others' citing; least p 2.2e-308",
            expected=rounded(of["expected_loops"] if by_loops else of["expected"]),
            tests_made=tests,
            family="groups proposed by either half of the stories",
        ),
        p_value=rounded(max(of["p_excess"], of["p_loops"]) if by_loops else of["p_family"]),
        q_value=rounded(max(of["q_excess"], of["q_loops"]) if by_loops else of["q_family"]),
        window=(times.min(), times.max()),  # type: ignore[arg-type]
        measures=_measures(group),
    )


def _search(params: Params) -> Search:
    return Search(
        reach=Reach(params.window, params.depth),
        largest=params.largest,
        copies=params.copies,
        traceable=params.traceable,
        seed=params.seed,
    )


def detect(corpus: Corpus, params: Params) -> Iterator[Finding]:
    """Findings of citation-loop in `corpus`, accusing outcomes first."""
    citations = citation_graph(
        corpus, SameClaim(params.look_back, params.overlap, params.similarity)
    )
    if citations.edges.is_empty():
        return
    tested = tested_groups(citations, _search(params))
    distinct = distinct_groups(tested.measured, tested.members, alpha=params.alpha)
    by_register = flows(corpus, citations, labels=params.labels)
    traced_ones = traced(citations, tested.only(distinct), by_register, _search(params))
    measured = _told(traced_ones, params)
    told = replace(traced_ones.only(measured["group_no"].to_list()), measured=measured)
    surroundings = Surroundings(
        register_size=register(corpus, params.labels).height,
        biased=corpus.biased_sources("posts").height,
        decided_share=decided_share(citations, by_register["investigator"]),
    )
    for group in _groups(corpus, citations, told, params):
        caveats = explanations(group, surroundings, clearly=params.clearly)
        yield _finding(group, citations.posts, caveats=caveats, tests=tested.measured.height)


DETECTOR = Detector(
    name="citation-loop",
    version="3",
    summary="groups whose sourcing comes back to themselves and ends nowhere outside",
    outcomes={
        "loop": Outcome("claims come back to their own author, and chains do not lead out", True),  # noqa: FBT003
        "sourceless-group": Outcome("the group cites itself, and chains do not lead out", True),  # noqa: FBT003
        "lead": Outcome("loops beyond chance, of which the rows do not settle the rest", True),  # noqa: FBT003
        "tight-but-sourced": Outcome("the group cites itself, and chains lead out", False),  # noqa: FBT003
        "single-origin": Outcome("one declared owner or one account begins what is cited", False),  # noqa: FBT003
        "insufficient": Outcome("the group cites itself; where chains end is not known", False),  # noqa: FBT003
    },
    needs=("posts", "citations"),
    limits=(
        "A named outlet or address counts as a possible source: a group that names its own site, "
        "or any other, in half of its stories is not accused.",
        "Plain reposts carry no claim of their own: a group that only reposts itself is not seen.",
        "A handful of stories is not enough: of ten, three that may be sourced clear a group.",
        "Only a vague attribution that a rule reads, or a source known not to say it, counts as no "
        "source: a group that names nobody and nothing is not accused. Where a rule reads hearsay "
        "and misses the source beside it, it can be accused wrongly.",
        "No null model keeps pairs that quote each other.",
        "Owners are joined only where they declare themselves.",
        "Groups larger than `largest` are not looked for, nor any in a case that holds little else "
        "than the group.",
    ),
    params=Params,
    detect=detect,
)
