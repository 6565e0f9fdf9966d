# SPDX-License-Identifier: GPL-3.0-or-later
"""Places of a hot list that follow other rules than their neighbours, from snapshots alone.

It is about lists, not about accounts: no outcome accuses, and every grade is None. Rows are tested
without the platform's marks (promoted, pinned); what those say is told beside the finding.

- held-position: topics keep a rank while other topics pass them, more often than at the higher of
  the two neighbouring ranks. The rank's test has q <= `alpha` (Benjamini-Hochberg over all ranks of
  all lists), and its share is `least_ratio` times the neighbour's or more, or some runs of one
  topic have q <= `alpha` among the runs at that rank. Those runs are the evidence.
- given-place: a place shows topics that have no rank or no heat, more often than if all places
  were as likely, in `least_share` of the snapshots or more.
- declared-promotion: such a place where the platform marks at least half of the rows as promoted;
  and, once a list, ranked topics with heat that carry the mark.
- entry-spike: topics come in at a rank `least_spike` times as often as at its neighbours.
- engagement-gap: topics at a rank have less reads, discussions or original posts than the topics
  above and below at the same time, in `least_gap` of cases or more where chance makes a third.
- insufficient: fewer than `least_followed` snapshots of a list are followed by the next one, or
  it has no ranks.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import polars as pl

from graphkit.findings import (
    Detector,
    EvidenceRow,
    Finding,
    NullModel,
    Outcome,
    Subjects,
    param,
    rounded,
)
from graphkit.graphs.held_places import held_tests, steps
from graphkit.graphs.place_tests import (
    engagement_tests,
    entry_tests,
    given_places,
    given_rows,
)
from graphkit.graphs.placement import EARNED, RankingFacts, ranking_facts
from graphkit.graphs.placement_explanations import (
    Place,
    common_explanations,
    held_explanations,
    newness,
)
from graphkit.tables import RANKINGS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from graphkit.findings import Caveat
    from graphkit.tables import Corpus

    Findings = Iterator[Finding]

KIND = "ranking-placement"
RANK = ["list_id", "rank"]
MOST = 0.5  # the share of marked rows from which on a place is one of declared promotion
HELD_MEASURES = (
    "rank", "passed", "held", "held_share", "neighbour_share", "stayed", "kept", "kept_share",
    "neighbour_kept_share", "left_share", "topics", "longest_run",
)  # fmt: skip
GAP_MEASURES = ("rank", "topics", "least", "share", "new_share", "near_new_share")


@dataclass(frozen=True)
class Params:
    """Parameters of ranking-placement."""

    alpha: float = param(0.01, doc="largest q-value that is told", minimum=0, maximum=0.2)
    least_ratio: float = param(
        1.5, doc="least share held over the neighbour's, where no single run is told", minimum=1
    )
    least_spike: float = param(1.25, doc="least entries over the neighbours'", minimum=1)
    least_gap: float = param(
        0.5, doc="least share of topics with less engagement than both", minimum=0.34, maximum=1
    )
    least_share: float = param(
        0.05, doc="least share of snapshots with a place given away", minimum=0, maximum=1
    )
    least_followed: int = param(48, doc="least snapshots followed by the next one", minimum=2)


@dataclass(frozen=True)
class _Lists:
    """The rows of the lists that are tested, and what every finding needs to know of them."""

    rankings: pl.DataFrame
    facts: RankingFacts
    biased: frozenset[str]

    def place(self, list_id: str, rows: pl.DataFrame) -> Place:
        """What the tests of innocent explanations read."""
        mine = self.rankings.filter(list_id=list_id)
        snapshots = self.facts.snapshots.filter(list_id=list_id).to_dicts()[0]
        return Place(rows, mine, snapshots, is_biased=list_id in self.biased)


@dataclass(frozen=True)
class _Told:
    """What is said of one place: the numbers of its test, and its own caveats."""

    outcome: str
    role: str
    score: float
    summary: str
    null_model: NullModel
    p_value: float | None = None
    q_value: float | None = None
    measures: Mapping[str, float | None] = field(default_factory=dict)
    caveats: tuple[Caveat, ...] = ()
    names_topics: bool = True


def _finding(place: Place, told: _Told) -> Finding:
    rows = place.rows.select("snapshot_at", "topic", RANKINGS.row_key()).sort("key")
    topics = tuple(rows["topic"].unique().sort()) if told.names_topics else ()
    rounds = {name: rounded(v) for name, v in told.measures.items()}
    return Finding(
        kind=KIND,
        outcome=told.outcome,
        grade=None,
        score=float(f"{min(max(told.score, 0.0), 1.0):.12g}"),
        summary=told.summary,
        subjects=Subjects(topics=topics),
        evidence=tuple(EvidenceRow("rankings", key, told.role) for key in rows["key"]),
        caveats=(*common_explanations(place), *told.caveats),
        null_model=told.null_model,
        p_value=rounded(told.p_value),
        q_value=rounded(told.q_value),
        window=(rows["snapshot_at"].min(), rows["snapshot_at"].max()),  # type: ignore[arg-type]
        measures={name: value for name, value in rounds.items() if value is not None},
    )


def _held(lists: _Lists, params: Params, revolving: Mapping[tuple[str, int], bool]) -> Findings:
    tests = held_tests(steps(lists.rankings))
    ranks = tests.ranks.filter(pl.col("q_value") <= params.alpha)
    for of in ranks.join(lists.facts.ranks, on=RANK, maintain_order="left").to_dicts():
        at_rank = tests.runs.filter(pl.col("held") > 0, list_id=of["list_id"], rank=of["rank"])
        runs = at_rank.filter(pl.col("q_value") <= params.alpha)
        is_much = of["held_share"] >= params.least_ratio * of["neighbour_share"]
        if runs.is_empty() and not is_much:
            continue
        rows = _rows_of(at_rank if runs.is_empty() else runs, lists.rankings)
        place = lists.place(of["list_id"], rows)
        above = revolving.get((of["list_id"], of["rank"] - 1))
        yield _finding(
            place,
            _Told(
                outcome="held-position",
                role="held",
                score=of["held_share"] - of["neighbour_share"],
                summary=(
                    f"Of the topics at rank {of['rank']} that a list still has in the next "
                    f"snapshot {of['kept_share']:.0%} are still there; where others passed them, "
                    f"{of['held']} of {of['passed']} ({of['held_share']:.0%}, at the neighbouring "
                    f"rank {of['neighbour_share']:.0%}); runs too long for that: {runs.height}."
                ),
                null_model=NullModel(
                    name="the higher neighbour's rate: Fisher's exact test, and Simes over runs",
                    expected=rounded(of["passed"] * of["neighbour_share"]),
                    tests_made=tests.ranks.height,
                    family="ranks with a rank above and below, of all lists",
                ),
                p_value=of["p_value"],
                q_value=of["q_value"],
                measures={name: of[name] for name in HELD_MEASURES}
                | {"runs_told": runs.height, "runs_tested": of["runs"]},
                caveats=held_explanations(place, of["rank"], is_revolving=above),
            ),
        )


def _rows_of(runs: pl.DataFrame, rankings: pl.DataFrame) -> pl.DataFrame:
    """The rows of the topics at their rank during the runs."""
    spans = runs.select(*RANK, "topic", "start", "end")
    joined = rankings.join(spans, on=[*RANK, "topic"])
    return joined.filter(pl.col("snapshot_at").is_between("start", "end")).drop("start", "end")


def _given(lists: _Lists, params: Params) -> Findings:
    rows, places = given_rows(lists.rankings), given_places(lists.rankings)
    told = (places["q_value"] <= params.alpha) & (places["share"] >= params.least_share)
    for of in places.filter(told).to_dicts():
        here = pl.col("place").eq_missing(pl.lit(of["place"], pl.Int64))
        mine = rows.filter(here, list_id=of["list_id"])
        is_declared = of["promoted_share"] is not None and of["promoted_share"] >= MOST
        where = "below all ranks" if of["place"] is None else f"at place {of['place']}"
        marks = {n: of[n] for n in ("promoted_share", "pinned_share") if of[n] is not None}
        marked = " and ".join(f"{v:.0%} {n.removesuffix('_share')}" for n, v in marks.items())
        yield _finding(
            lists.place(of["list_id"], mine),
            _Told(
                outcome="declared-promotion" if is_declared else "given-place",
                role="given",
                score=of["share"],
                summary=(
                    f"In {of['share']:.0%} of the snapshots of a list the row {where} is a topic "
                    f"without rank or heat; the platform marks {marked or 'none'} of these."
                ),
                null_model=NullModel(
                    name="rows without rank or heat, equally likely at every place",
                    expected=rounded(of["expected"]),
                    tests_made=places.height,
                    family="places with such rows, of all lists",
                ),
                p_value=of["p_value"],
                q_value=of["q_value"],
                measures={n: of[n] for n in ("place", "rows", "snapshots", "share", *marks)},
            ),
        )


def _declared(lists: _Lists) -> Findings:
    ranked = lists.rankings.filter(EARNED, pl.col("is_promoted"))
    for (list_id,), rows in sorted(ranked.group_by("list_id"), key=lambda part: part[0]):
        topics, top = rows["topic"].n_unique(), _least(rows["rank"].mode())
        all_ranked = lists.rankings.filter(EARNED, list_id=list_id).height
        yield _finding(
            lists.place(str(list_id), rows),
            _Told(
                outcome="declared-promotion",
                role="declared",
                score=rows.height / all_ranked,
                summary=(
                    f"{topics} topics with a rank and heat carry the platform's mark of promotion "
                    f"in {rows.height} rows, most often at rank {top:.0f}."
                ),
                null_model=NullModel(reason="the platform's own mark, read and not tested"),
                measures={"topics": topics, "rows": rows.height, "best_rank": _least(rows["rank"])},
            ),
        )


def _least(ranks: pl.Series) -> float | None:
    return ranks.cast(pl.Float64).min()  # type: ignore[return-value]  # the least of floats


def _spikes(lists: _Lists, params: Params, tests: pl.DataFrame, rows: pl.DataFrame) -> Findings:
    told = (tests["q_value"] <= params.alpha) & (tests["ratio"] >= params.least_spike)
    for of in tests.filter(told).to_dicts():
        mine = rows.filter(list_id=of["list_id"], rank=of["rank"])
        yield _finding(
            lists.place(of["list_id"], mine),
            _Told(
                outcome="entry-spike",
                role="entered",
                score=1 - 1 / of["ratio"],
                summary=(
                    f"{of['entries']} topics that were not on a list in the snapshot before came "
                    f"in at rank {of['rank']}, {of['ratio']:.1f} times as many as at its "
                    "neighbours."
                ),
                null_model=NullModel(
                    name="binomial: a third of the entries at it and two ranks on one side",
                    expected=rounded(of["side"] / 2),
                    tests_made=tests.height,
                    family="ranks with two ranks above and below, of all lists",
                ),
                p_value=of["p_value"],
                q_value=of["q_value"],
                measures={n: of[n] for n in ("rank", "entries", "ratio")},
                names_topics=False,
            ),
        )


def _gaps(lists: _Lists, params: Params) -> Findings:
    tests, rows = engagement_tests(lists.rankings)
    told = tests.filter(pl.col("q_value") <= params.alpha, pl.col("share") >= params.least_gap)
    most = told.sort("p_value", -pl.col("share"), "measure").unique(RANK, keep="first")
    for of in most.sort(RANK).to_dicts():
        near = [f"{of['measure']}_{side}" for side in ("above", "below")]
        here = rows.filter(list_id=of["list_id"], rank=of["rank"])
        less = pl.col(of["measure"]) < pl.min_horizontal(near)
        mine = here.drop_nulls([of["measure"], *near]).filter(less)
        what = of["measure"].removesuffix("_count")
        yield _finding(
            lists.place(of["list_id"], mine),
            _Told(
                outcome="engagement-gap",
                role="less-engaged",
                score=of["share"] - 1 / 3,
                summary=(
                    f"Of {of['topics']} topics at rank {of['rank']} of a list {of['share']:.0%} "
                    f"had a lower {what} count than the topics above and below at that time."
                ),
                null_model=NullModel(
                    name="binomial: each of three neighbours is as likely to have the least",
                    expected=rounded(of["topics"] / 3),
                    tests_made=tests.height,
                    family="ranks and counts of reads, discussions and original posts",
                ),
                p_value=of["p_value"],
                q_value=of["q_value"],
                measures={n: of[n] for n in GAP_MEASURES},
                caveats=(newness(of["new_share"], of["near_new_share"], most=params.least_spike),),
                names_topics=False,
            ),
        )


def _insufficient(lists: _Lists, untested: pl.DataFrame) -> Findings:
    """One finding for each list with too little to test; its rows are its first snapshot."""
    for of in untested.to_dicts():
        ranked = lists.rankings.filter(EARNED, list_id=of["list_id"]).height
        first = lists.rankings.filter(list_id=of["list_id"], snapshot_at=of["first_at"])
        yield _finding(
            lists.place(of["list_id"], first),
            _Told(
                outcome="insufficient",
                role="first-snapshot",
                score=0.0,
                summary=(
                    f"A list has {of['snapshots']} snapshots, of which {of['followed']} are "
                    f"followed by the next one, and {ranked} ranked rows: too few to test."
                ),
                null_model=NullModel(reason="too few snapshots or ranks; no test was made"),
                measures={n: of[n] for n in ("snapshots", "followed", "missing")},
                names_topics=False,
            ),
        )


def detect(corpus: Corpus, params: Params) -> Iterator[Finding]:
    """Findings of ranking-placement in `corpus`: held places first, then by outcome and rank."""
    if corpus.rankings.is_empty():
        return
    facts, sources = ranking_facts(corpus.rankings), corpus.biased_sources("rankings")
    bad = corpus.rankings.join(sources, on="source_id", how="semi")["list_id"]
    biased = frozenset(bad.unique())
    ranked = corpus.rankings.filter(EARNED).select("list_id").unique()
    enough = facts.snapshots.filter(pl.col("followed") >= params.least_followed)
    enough = enough.join(ranked, on="list_id", how="semi")
    tested = corpus.rankings.join(enough, on="list_id", how="semi")
    lists = _Lists(tested, facts, biased)
    entries, entered = entry_tests(tested)
    revolving = {
        (list_id, rank): q_value <= params.alpha
        for list_id, rank, q_value in entries.select(*RANK, "q_value").iter_rows()
    }
    yield from _held(lists, params, revolving)
    yield from _given(lists, params)
    yield from _declared(lists)
    yield from _spikes(lists, params, entries, entered)
    yield from _gaps(lists, params)
    untested = facts.snapshots.join(enough, on="list_id", how="anti").sort("list_id")
    yield from _insufficient(_Lists(corpus.rankings, facts, biased), untested)


OUTCOMES = {
    "held-position": Outcome(
        "topics keep a rank while others pass them, more than at its neighbours", accuses=False
    ),
    "given-place": Outcome(
        "a place goes to topics without rank or heat, unmarked or pinned", accuses=False
    ),
    "declared-promotion": Outcome("places or topics that the platform marks so", accuses=False),
    "entry-spike": Outcome("topics come in at a rank more than at its neighbours", accuses=False),
    "engagement-gap": Outcome(
        "topics at a rank are read or discussed less than their neighbours", accuses=False
    ),
    "insufficient": Outcome("too few snapshots or ranks to tell", accuses=False),
}

DETECTOR = Detector(
    name=KIND,
    version="1",
    summary="Places of a hot list that follow other rules than their neighbours; no accounts.",
    outcomes=OUTCOMES,
    needs=("rankings",),
    limits=(
        "The first and the last rank are not tested for being held: nobody passes the first.",
        "A rank beside one that is held more is compared with that one, and may be missed.",
        "A topic held for fewer than about four steps in which others pass it is not seen.",
        "Snapshots are followed at their own step: what comes and goes in between is not seen.",
        "Displayed heat falls with rank by construction, so it is not taken for popularity.",
        "Who decided on a place, and why, snapshots do not say: it may be an open rule.",
    ),
    params=Params,
    detect=detect,
)
