# SPDX-License-Identifier: GPL-3.0-or-later
"""Pushes: accounts that turn up together at several topics, tighter than the topics' other people.

What is tested. An audience is the accounts that acted on a topic in one window (`scales`, each with
two offsets). Two audiences of different topics share accounts; how many chance would make follows
from each account's actions in each hour and each audience's size (graphs.coaudience). Pairs with
q <= `alpha` (Benjamini-Hochberg over all pairs of a grid, Bonferroni over the grids) join into
groups; accounts in enough of a group's topics are its core, others in the windows are associated
and never called members. Of the grids that show one family, that whose core is furthest from
chance is kept. `p_value` is the share of logs, shuffled within the hours, with a core as large.

What is concluded. Fans and viewers have a shared audience, too. The spread ratio tells them apart:
how tightly the group, chosen on the other topics, comes to a topic, over how tightly others do.

What an organiser can ask of willing people is a time, a topic, a text, and to sign up; so shared
windows, however tight, a common text (same-text), accounts seen for the first time (first-seen) or
made in one month (cohort: a class, a wave of newcomers) do not tell a rented crowd from a drive,
announced or not, and decide nothing. What willing people do not leave is posts that are gone
afterwards (deleted, p <= `side_alpha`) and one order on every topic (order, >= `ordered`).

A call covers the topics and minutes that it names. Where calls cover all topics to which a group
comes tightly, these are one finding and its loose topics another. Calls that were deleted do not
count; beside deleted posts or one order on their topics they keep the finding weak, no more.

- recurring-audience: spread ratio > `loose_ratio` (> `tight_ratio` at one time of day on several
  days), or the group declares what it has in common;
- openly-organised (weak): not that, neither deleted nor order, and posts at most `announced_within`
  before each tight topic name it, its start (`announced_near`), and call people;
- rented-or-automated: deleted or order, spread ratio <= `tight_ratio`, median share of the topics'
  peak score >= `least_share`, `least_core` core accounts, and no innocent explanation that weakens
  it. Strong: p_value <= `alpha` and a ratio against the topics' other accounts. Moderate: else;
- lead (weak): deleted or order without the rest; or one topic alone with two kinds of side
  evidence in one window, deleted or cohort among them;
- undetermined: everything else, also the tightest group without such evidence.

The ratios and shares were set on the tuning seeds of benchmarks/measure_ranking.py and are reported
on others in docs/measured/ranking-manipulation.md.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, fields
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import polars as pl

from graphkit.findings import (
    Caveat,
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
    span,
)
from graphkit.graphs.audience_groups import (
    Permutations,
    co_audience,
    distinct_groups,
    permutation_p_values,
)
from graphkit.graphs.coaudience import CoAudienceRule, two_grids
from graphkit.graphs.open_calls import OpenCalls, open_calls
from graphkit.graphs.push_explanations import (
    AFFILIATION,
    BROADCAST,
    Cutoffs,
    Setting,
    explanations,
)
from graphkit.graphs.pushes import (
    Push,
    PushLog,
    part,
    push_log,
    pushes,
    side_numbers,
    span_of,
)
from graphkit.graphs.scores import score_rules
from graphkit.graphs.single_topics import striking_windows
from graphkit.text.announcements import is_announcement

if TYPE_CHECKING:
    from collections.abc import Iterator

    from graphkit.tables import Corpus

KIND = "ranking-manipulation"

SINGLE_TOPIC = Caveat(
    "new or like-minded accounts that heard of one thing at once",
    "none: one topic cannot tell a push from news, a class or an app",
    CaveatOutcome.UNTESTED,
    "a lead, to be looked into by hand",
)


@dataclass(frozen=True)
class Params:
    """What is read, tested and concluded."""

    acts: tuple[str, ...] = param(
        ("search", "post", "hashtag", "vote", "like"),
        doc="acts on a topic that are counted, together",
    )
    scales: tuple[str, ...] = param(("60s", "10m", "1h"), doc="widths of the windows")
    min_accounts: int = param(5, doc="accounts of an audience that is tested", minimum=2)
    min_shared: int = param(3, doc="accounts that two audiences must share", minimum=2)
    max_daily_events: int = param(
        100, doc="mean events a day beyond which an account is set aside", minimum=1
    )
    quiet_daily_events: float = param(
        2, doc="mean events a day of the quiet accounts that are tested once more", minimum=0
    )
    alpha: float = param(0.01, doc="false discovery rate over pairs of audiences", maximum=0.2)
    member_error: float = param(0.1, doc="share of core accounts that chance may bring", maximum=1)
    permutations: int = param(99, doc="logs shuffled for the p-value (0: none)", minimum=0)
    seed: int = param(1, doc="seed of the first shuffle", minimum=0)
    whole_minute_share: float = param(
        0.2, doc="share of times on :00 from which windows of a minute are not used", maximum=1
    )
    tight_ratio: float = param(0.2, doc="spread ratio of a push at most", minimum=0, maximum=1)
    loose_ratio: float = param(0.5, doc="spread ratio above which an audience recurs", minimum=0)
    least_share: float = param(0.1, doc="core's share of the peak score at least", maximum=1)
    least_core: int = param(10, doc="core accounts of a push at least", minimum=2)
    side_alpha: float = param(0.001, doc="tail at which side evidence counts", maximum=0.2)
    ordered: float = param(0.5, doc="order agreement that counts as side evidence", maximum=1)
    single_accounts: int = param(20, doc="accounts of a single-topic lead at least", minimum=5)
    single_share: float = param(
        0.5, doc="share of them that each kind of side evidence must hold for", maximum=1
    )
    announced_within: timedelta = param(
        timedelta(days=7), doc="how long before a window an announcement counts", minimum=0
    )
    announced_near: timedelta = param(
        timedelta(minutes=5), doc="distance of the time that it names from the start", minimum=0
    )
    common_topics: int = param(3, doc="other topics in common from which fans explain", minimum=1)
    news_near: float = param(0.5, doc="news: share of the others within an hour", maximum=1)
    news_before: float = param(0.35, doc="news: share of those ahead of the core", maximum=1)
    notified: int = param(5, doc="notification: others in the core's busiest minute", minimum=1)
    notified_times: float = param(
        10, doc="notification: times the mean minute that they must be", minimum=1
    )
    notified_topics: float = param(0.5, doc="notification: share of the topics", maximum=1)
    broadcast_days: int = param(3, doc="broadcast: different days at least", minimum=2)
    broadcast_within: timedelta = param(
        timedelta(minutes=15), doc="broadcast: distance from the mean time of day", minimum=0
    )
    declared: float = param(0.5, doc="share of the core that declares the same body", maximum=1)
    app_share: float = param(0.8, doc="share of the core's posts that one client sent", maximum=1)
    app_common: float = param(
        0.5, doc="share of all posts from which a client is too common to explain", maximum=1
    )
    occasion_gap: timedelta = param(
        timedelta(hours=1), doc="time between windows of different occasions", minimum=0
    )
    scores: tuple[str, ...] = param(
        ("accounts", "actions"),
        doc="scores shown: accounts (always), actions, weighted, velocity, weibo2021",
    )
    act_weights: tuple[str, ...] = param(
        ("search=1", "post=3", "hashtag=3", "vote=1", "like=1"),
        doc="whole numbers by act, for the weighted score",
    )
    top: int = param(50, doc="length of the list for the minutes in it", minimum=1)


@dataclass(frozen=True)
class _Study:
    """What all findings of one run rest on."""

    corpus: Corpus
    params: Params
    base: PushLog
    whole_minutes: float
    dropped: bool
    calls: pl.DataFrame
    tests: int
    set_aside: int


def detect(corpus: Corpus, params: Params) -> Iterator[Finding]:
    """Findings on groups of audiences and leads on single topics, best score first."""
    actions = _actions(corpus, params)
    if actions.is_empty():
        return
    is_whole = actions["acted_at"].dt.epoch("us") % 60_000_000 == 0
    whole_minutes = int(is_whole.sum()) / actions.height
    is_coarse = whole_minutes >= params.whole_minute_share
    least = timedelta(minutes=1) if is_coarse else timedelta(0)
    grids = two_grids((span(scale) for scale in params.scales), coarser_than=least)
    rule = CoAudienceRule(family=2 * len(grids), **_fields_of(CoAudienceRule, params))
    base = push_log(actions, score_rules(params.scores, params.act_weights))
    tested = [co_audience(base.log, grid, rule) for grid in grids]
    families = distinct_groups(group for each in tested for group in each.groups)
    study = _Study(
        corpus,
        params,
        base,
        whole_minutes=whole_minutes,
        dropped=len(grids) < 2 * len(set(params.scales)),
        calls=corpus.posts.filter(is_announcement(pl.col("text"))),
        tests=sum(each.tests for each in tested),
        set_aside=max((each.set_aside for each in tested), default=0),
    )
    whole = pushes(base, corpus, [group for group, _ in families], top=params.top)
    measured = [each for push in whole for each in _parted(study, push)]
    p_values = permutation_p_values(
        base.log,
        grids,
        rule,
        sizes=[len(push.group.core) for push in measured],
        plan=Permutations(params.permutations, params.seed),
    )
    findings = [_finding(study, push, p) for push, p in zip(measured, p_values, strict=True)]
    taken = {topic for finding in findings for topic in finding.subjects.topics}
    single = striking_windows(
        actions,
        corpus,
        least=params.single_accounts,
        alpha=params.side_alpha,
        share=params.single_share,
    )
    findings += [_lead(*each) for each in single if not taken & set(each[0]["object_id"])]
    yield from sorted(findings, key=lambda each: (-each.score, each.finding_id))


def _actions(corpus: Corpus, params: Params) -> pl.DataFrame:
    """The dated actions on topics that are counted."""
    timed = pl.col("time_precision").is_in(["second", "minute"])
    counted = corpus.actions.filter(pl.col("act").is_in(params.acts), timed)
    return counted.drop_nulls("acted_at").sort("action_id")


def _fields_of(rule: type[CoAudienceRule | Cutoffs], params: Params) -> dict[str, Any]:
    """The parameters that have the names of the fields of `rule`."""
    return {each.name: getattr(params, each.name) for each in fields(rule) if each.name != "family"}


def _calls(study: _Study, push: Push) -> OpenCalls:
    params = study.params
    return open_calls(
        push,
        None if study.corpus.posts.is_empty() else study.calls,
        tight_ratio=params.tight_ratio,
        within=params.announced_within,
        near=params.announced_near,
    )


def _parted(study: _Study, push: Push) -> list[Push]:
    """The push, or its topics that open calls explain and the others, to which it comes loosely."""
    calls = _calls(study, push)
    loose = push.topics - calls.covered
    if not calls.explain_all or not loose:
        return [push]
    parts = [
        part(study.base, study.corpus, push, topics=topics, top=study.params.top)
        for topics in (set(calls.covered), loose)
    ]
    return [push] if _sides(study.params, parts[0]) else parts


def _finding(study: _Study, push: Push, p_value: float | None) -> Finding:
    calls = _calls(study, push)
    setting = Setting(calls, study.whole_minutes, dropped=study.dropped)
    cutoffs = Cutoffs(**_fields_of(Cutoffs, study.params))
    caveats = explanations(push, study.corpus, setting=setting, cutoffs=cutoffs)
    outcome, grade = _conclusion(study.params, push, caveats, (calls.explain_all, p_value))
    marked = push.rows.filter("in_window")
    role = pl.when("is_core").then(pl.lit("core")).otherwise(pl.lit("associated")).alias("role")
    rows = marked.select("action_id", role).sort("action_id")
    accounts, topics = (push.core[name].unique().sort() for name in ("account_id", "object_id"))
    numbers = {**push.measures, "accounts_set_aside": float(study.set_aside)}
    ratio = 1.0 if push.ratio is None else min(push.ratio, 1.0)
    return Finding(
        kind=KIND,
        outcome=outcome,
        grade=grade,
        score=0.0 if grade is None else rounded((1 - ratio) * numbers["peak_share"]) or 0.0,
        summary=push.summary,
        subjects=Subjects(accounts=tuple(accounts), topics=tuple(topics)),
        evidence=(
            *(EvidenceRow("actions", key, role) for key, role in rows.iter_rows()),
            *(EvidenceRow("posts", key, "announcement") for key in calls.keys),
        ),
        caveats=caveats,
        null_model=NullModel(
            name="shared audience given each account's actions an hour and each audience's size",
            expected=rounded(push.group.expected),
            tests_made=study.tests,
            family="pairs of audiences of different topics, all scales and offsets",
        ),
        p_value=rounded(p_value),
        q_value=rounded(push.group.q_value),
        window=span_of(marked["second"]),
        measures={name: rounded(value) or 0.0 for name, value in sorted(numbers.items())},
    )


def _conclusion(
    params: Params,
    push: Push,
    caveats: tuple[Caveat, ...],
    known: tuple[bool, float | None],
) -> tuple[str, Grade | None]:
    """The outcome and its grade, by the rule in the module's docstring."""
    is_open, p_value = known
    sides = _sides(params, push)
    explained = {each.hypothesis for each in caveats if each.outcome is CaveatOutcome.WEAKENS}
    ratio = math.inf if push.ratio is None else push.ratio
    loose = params.tight_ratio if BROADCAST in explained else params.loose_ratio
    if AFFILIATION in explained or loose < ratio < math.inf:
        return "recurring-audience", None
    if not sides:
        return ("openly-organised", Grade.WEAK) if is_open else ("undetermined", None)
    is_large = push.measures["core_accounts"] >= params.least_core
    is_heavy = is_large and push.measures["peak_share"] >= params.least_share
    if explained or ratio > params.tight_ratio or not is_heavy:
        return "lead", Grade.WEAK
    is_strong = push.has_others and p_value is not None and p_value <= params.alpha
    return "rented-or-automated", Grade.STRONG if is_strong else Grade.MODERATE


def _sides(params: Params, push: Push) -> set[str]:
    """What willing people do not leave."""
    kept = push.sides.filter(pl.col("p_value") <= params.side_alpha, test="deleted")
    ordered = push.measures.get("order_agreement")
    is_ordered = ordered is not None and ordered >= params.ordered
    return {*kept["test"], *(["order"] if is_ordered else [])}


def _lead(rows: pl.DataFrame, sides: pl.DataFrame) -> Finding:
    accounts = rows["account_id"].n_unique()
    kinds = ", ".join(sides["test"])
    keys, seconds = rows["action_id"], rows["acted_at"].dt.epoch("s")
    return Finding(
        kind=KIND,
        outcome="lead",
        grade=Grade.WEAK,
        score=0.0,
        summary=(
            f"{accounts} accounts acted on one topic within ten minutes and differ from "
            f"everybody else in: {kinds}."
        ),
        subjects=Subjects(topics=(rows["object_id"][0],)),
        evidence=tuple(EvidenceRow("actions", key, "associated") for key in sorted(keys)),
        caveats=(SINGLE_TOPIC,),
        null_model=NullModel(
            reason="one topic has no shared audience to test; the tails of the side evidence are "
            "of accounts that are not independent"
        ),
        window=span_of(seconds),
        measures=side_numbers(sides) | {"accounts": float(accounts)},
    )


OUTCOMES = {
    "rented-or-automated": Outcome(
        "accounts came far tighter than others, weighed on topics, and left deletions or one order",
        accuses=True,
    ),
    "openly-organised": Outcome("accounts came together, as announced in public", accuses=True),
    "lead": Outcome(
        "part of that, or one topic with side evidence only: where to look", accuses=True
    ),
    "recurring-audience": Outcome("the same people come back, as loosely as anyone", accuses=False),
    "undetermined": Outcome("a shared audience that the data cannot tell apart", accuses=False),
}

DETECTOR = Detector(
    name=KIND,
    version="3",
    summary="Accounts that turn up together at several topics, within the same windows of time.",
    outcomes=OUTCOMES,
    needs=("actions",),
    limits=(
        "A push of one topic leaves no shared audience: only side evidence can show it, as a lead.",
        "Accounts that took part in one topic only are not named; often that is most of them.",
        "Accounts that come as loosely as the public, over hours, look like a recurring audience.",
        "Accounts that also meet loosely on three unrelated topics, by design, stay a lead.",
        "Calls that name all topics and times, feigned ones too, keep a finding weak.",
        "Windows and ranks alone cannot tell rented accounts from people who agreed in private.",
        "Two pushes by the same accounts, or joined by a popular topic, are one group.",
        "Topics pushed at one time only count as one gathering.",
        "The platform's own score is unknown: ranks are under stated scores.",
        "Accounts busier than the daily limit are set aside, and so are acts without a second.",
    ),
    params=Params,
    detect=detect,
)
