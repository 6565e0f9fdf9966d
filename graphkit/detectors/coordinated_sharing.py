# SPDX-License-Identifier: GPL-3.0-or-later
"""Coordinated sharing: groups that act on the same objects within seconds, again and again.

Per act, pairs of accounts that co-act more than the burst-stratified null allows, with and without
the hour of day (Benjamini and Hochberg within their component), are edges; connected components
without followed accounts, in which everyone has two partners, are groups; `graphs.coaction_groups`
says how, and how permuting the accounts within the hour gives a group its p-value. That
p-value holds for all groups of its act, so the q-value is Bonferroni's over the acts searched: no
other group can lower it. Accounts that the rows cannot tell from one whom the others shadow are
not named (`graphs.shadowed`).

Outcome: `ordinary` when most members declare one owner; `openly-organised` when a public post of
somebody outside asked for most of the objects before the group acted; else `coordinated`.

Grade of the two others: weak, unless the outcome is `coordinated` and no explanation weakens it.
Then moderate when the q-value is at most `moderate_q`; strong when moreover the permutation p is
at most `strong_p`, half of the edges met `strong_objects` times or more, and every explanation
was tested and stands. What could not be tested keeps a finding from being strong, not from being
told.

With `accounts` that one group, named beforehand, is tested instead of searching: one hypothesis an
act, against comparable groups (`graphs.named_group`). `ordinary` is then also "no more than
comparable groups". Whether the group was named for what these same rows show is for a person to
say, so such a finding is never strong; and weak where most of its pairs met only once, for a single
meeting is what makes people name a group.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from datetime import timedelta
from inspect import signature
from typing import TYPE_CHECKING, TypeVar

import polars as pl

from graphkit.errors import ParameterError
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
)
from graphkit.graphs.act_logs import TIMELESS, act_log
from graphkit.graphs.coaction import MAX_PAIRS
from graphkit.graphs.coaction_groups import GroupRule, coaction_groups
from graphkit.graphs.named_group import NamedGroup, named_group
from graphkit.graphs.sharing_explanations import (
    EXPLANATIONS,
    Limits,
    called_share,
    owner_share,
)
from graphkit.graphs.sharing_groups import (
    group_measures,
    named_measures,
    sharing_group,
    without_shadowed,
)
from graphkit.graphs.sharing_reach import smallest_effect
from graphkit.graphs.speaking_acts import speaking_acts, with_other_acts

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from graphkit.graphs.coaction_groups import Groups
    from graphkit.graphs.sharing_explanations import SharingGroup
    from graphkit.tables import Corpus

R = TypeVar("R", GroupRule, Limits)
WORDS = {
    "repost": "reposted the same {n} posts",
    "url": "linked the same {n} addresses",
    "text": "posted the same {n} texts",
    "hashtag": "used the same {n} hashtags",
    "image": "posted the same {n} pictures",
    "share": "shared the same {n} objects",
    "near_text": "posted nearly the same {n} texts",
    "citation": "named the same {n} sources",
    "posting": "posted in the same {n} hours",
    "deletion": "had posts deleted in the same {n} hours that were made",
}


CHOSEN = Caveat(
    hypothesis="the accounts were named for what these same rows show",
    test="none: only whoever named them knows",
    outcome=CaveatOutcome.UNTESTED,
    detail="name a group before looking, or test it on rows that came later",
)


@dataclass(frozen=True)
class Params:
    """Parameters of coordinated-sharing."""

    # share is what a four-column log has; domain, mention and reply say where or with whom, not
    # what, and are too common; search, vote and like are counted by the ranking detector
    acts: tuple[str, ...] = param(
        ("repost", "url", "text", "hashtag", "image", "share"),
        doc="acts that are tested, each by itself",
    )
    accounts: tuple[str, ...] = param(
        (), doc="test this one group, named beforehand, and search for no other"
    )
    within: timedelta = param(
        timedelta(seconds=60), doc="window of a co-action, inclusive", minimum=0, maximum=86_400
    )
    alpha: float = param(0.05, doc="largest q-value of an edge", minimum=0, maximum=0.2)
    min_objects: int = param(2, doc="least objects that an edge shares", minimum=2)
    min_accounts: int = param(3, doc="least accounts of a group", minimum=3)
    min_partners: int = param(2, doc="least partners of an account in its group", minimum=1)
    followed_share: float = param(
        0.9, doc="first in this share of its pairs: followed, not a member", minimum=0.5, maximum=1
    )
    permutations: int = param(199, doc="permutations of accounts within the hour", minimum=19)
    seed: int = param(1, doc="seed of the permutations", minimum=0)
    stratum_rows: int = param(
        100, doc="an hour with fewer rows is permuted together with the next", minimum=1
    )
    declared_share: float = param(
        0.8, doc="share of members with one declared owner that makes it ordinary", minimum=0.5
    )
    explained_share: float = param(
        0.5, doc="share of objects that an explanation must cover to weaken", minimum=0, maximum=1
    )
    reaction: timedelta = param(
        timedelta(seconds=120), doc="acting this soon after publication is reacting", minimum=0
    )
    call_span: timedelta = param(
        timedelta(days=3), doc="a public call counts for this long", minimum=0
    )
    coarse_share: float = param(
        0.2, doc="share of times at second 0 above which the clock is coarse", minimum=0.02
    )
    moderate_q: float = param(0.05, doc="largest q-value of a moderate finding", minimum=0)
    strong_p: float = param(0.01, doc="largest permutation p of a strong finding", minimum=0)
    strong_objects: int = param(3, doc="median objects an edge of a strong finding", minimum=2)
    max_pairs: int = param(MAX_PAIRS, doc="in-window row pairs above which it refuses", minimum=1)


def _fields_for(rule: Callable[..., R], params: Params) -> R:
    """The dataclass `rule` with the parameters of the same names."""
    shared = {each.name for each in fields(params)} & set(signature(rule).parameters)
    return rule(**{name: getattr(params, name) for name in shared})


def _log(corpus: Corpus, act: str) -> pl.DataFrame:
    if act in TIMELESS:
        raise ParameterError(
            f"acts: {act} has no window and no chance to be reckoned; see account-matrix, or write "
            f"graphkit graph CASE coaction --act {act} --min-objects 1"
        )
    return act_log(corpus, act).filter(
        pl.col("time_precision").is_in(["second", "minute"]),
        pl.col("acted_at").is_not_null(),
    )


def _groups(corpus: Corpus, params: Params, act: str) -> tuple[list[SharingGroup], Groups | None]:
    """The groups of one act with their rows; None when too few accounts act to search."""
    log = _log(corpus, act)
    if log["account_id"].n_unique() < params.min_accounts:
        return [], None
    rule = _fields_for(GroupRule, params)
    found = coaction_groups(log, rule)
    made: list[SharingGroup] = []
    for component, _, p_value in found.chances.iter_rows():
        edges = found.edges.filter(pl.col("component") == component)
        evidence = found.evidence.join(edges, on=["a", "b"], how="semi")
        accounts = pl.concat([edges["a"], edges["b"]]).unique().sort()
        met = (edges, evidence)
        group = sharing_group(corpus, log, accounts=accounts, met=met, p_value=p_value)
        named = without_shadowed(corpus, group, evidence, rule)
        made += [] if named is None else [named]
    return made, found


def _outcome(corpus: Corpus, group: SharingGroup, params: Params) -> str:
    owner, called = (
        owner_share(corpus, group.accounts),
        called_share(corpus, group, _fields_for(Limits, params)),
    )
    if owner is not None and owner >= params.declared_share:
        return "ordinary"
    if called is not None and called >= params.explained_share:
        return "openly-organised"
    return "coordinated"


def _grade(found: Finding, params: Params) -> Grade | None:
    """The grade by the rule in the module's docstring."""
    outcomes = {caveat.outcome for caveat in found.caveats}
    p_value, q_value = found.p_value, found.q_value
    if found.outcome == "ordinary" or p_value is None or q_value is None:
        return None
    if found.outcome != "coordinated" or CaveatOutcome.WEAKENS in outcomes:
        return Grade.WEAK
    if found.measures["accounts_count"] < params.min_accounts or q_value > params.moderate_q:
        return Grade.WEAK
    if found.measures["median_meetings"] < params.min_objects:
        return Grade.WEAK
    clear = p_value <= params.strong_p and CaveatOutcome.UNTESTED not in outcomes
    often = found.measures["median_meetings"] >= params.strong_objects
    return Grade.STRONG if clear and often else Grade.MODERATE


def _unnamed(count: int) -> str:
    """The sentence on accounts left out of a finding."""
    if count == 0:
        return ""
    return (
        f" {count} more, which the rows cannot tell from an account that the others "
        "follow, precede or surround, are not named."
    )


def _finding(
    corpus: Corpus, group: SharingGroup, found: Groups, params: Params, q: float
) -> Finding:
    measures, limits = group_measures(group, found, params.alpha), _fields_for(Limits, params)
    beyond = (measures["shared_objects"] - measures["expected_objects"]) / measures["edges_count"]
    what = WORDS.get(group.act, "acted on the same {n} objects").format(n=measures["objects_count"])
    finding = Finding(
        kind="coordinated-sharing",
        outcome=_outcome(corpus, group, params),
        grade=None,
        score=float(f"{1 - 1 / (1 + beyond):.12g}"),
        summary=f"{len(group.accounts)} accounts {what} within "
        f"{params.within.total_seconds():g} seconds of one another, in {measures['edges_count']} "
        f"pairs that did so more often than chance explains.{_unnamed(group.unnamed_count)}",
        subjects=Subjects(accounts=tuple(group.accounts)),
        evidence=tuple(
            EvidenceRow(table, key, "co-action")
            for table, key in group.rows.select("table", "action_id").iter_rows()
        ),
        caveats=tuple(explain(corpus, group, limits) for explain in EXPLANATIONS),
        null_model=NullModel(
            name="burst-stratified Poisson a pair, also by hour of day; accounts permuted within "
            "the hour a group",
            expected=measures["expected_objects"],
            tests_made=found.tests,
            family=f"pairs of accounts with the act {group.act}",
        ),
        p_value=rounded(group.p_value),
        q_value=rounded(q),
        window=(group.edges["first_at"].min(), group.edges["last_at"].max()),  # type: ignore[arg-type]
        measures=measures,
    )
    return replace(finding, grade=_grade(finding, params))


def _named(corpus: Corpus, params: Params) -> Iterator[Finding]:
    """A finding for each act in which two or more of the named accounts have a row."""
    tested = []
    for act in params.acts:
        log = _log(corpus, act)
        members = log.filter(pl.col("account_id").is_in(params.accounts))
        if members["account_id"].n_unique() >= 2:
            accounts = pl.Series(params.accounts, dtype=pl.String)
            tested.append((log, named_group(log, accounts, _fields_for(GroupRule, params))))
    if not tested:
        raise ParameterError(
            "accounts: no two of them did the same act in this case; write their ids as in the "
            "table accounts (platform:id)"
        )
    for log, found in tested:
        yield _named_finding(corpus, log, found, params, len(tested))


def _named_finding(
    corpus: Corpus, log: pl.DataFrame, found: NamedGroup, params: Params, tests: int
) -> Finding:
    """The finding about the named group in one act; the q-value is Bonferroni's over the acts."""
    q_value = min(1.0, found.p_value * tests)
    met = (found.edges, found.evidence)
    group = sharing_group(corpus, log, accounts=found.members, met=met, p_value=found.p_value)
    is_more = q_value <= params.moderate_q
    rows = group.rows if is_more else log.filter(pl.col("account_id").is_in(params.accounts))
    limits, role = _fields_for(Limits, params), "co-action" if is_more else "tested"
    tested = [explain(corpus, group, limits) for explain in EXPLANATIONS] if is_more else []
    measures = named_measures(group, found, len(params.accounts))
    finding = Finding(
        kind="coordinated-sharing",
        outcome=_outcome(corpus, group, params) if is_more else "ordinary",
        grade=None,
        score=_named_score(measures),
        summary=_named_summary(group, measures, params)
        + ("." if is_more else ": no more than comparable groups."),
        subjects=Subjects(accounts=tuple(found.members)),
        evidence=tuple(
            EvidenceRow(table, key, role)
            for table, key in rows.select("table", "action_id").sort("action_id").iter_rows()
        ),
        caveats=(CHOSEN, *tested),
        null_model=NullModel(
            name="accounts permuted within the hour",
            expected=measures["expected_objects"],
            tests_made=tests,
            family="acts of one named group",
        ),
        p_value=rounded(found.p_value),
        q_value=rounded(q_value),
        window=(rows["acted_at"].min(), rows["acted_at"].max()),  # type: ignore[arg-type]
        measures=measures,
    )
    return replace(finding, grade=_grade(finding, params))


def _named_score(measures: dict[str, float]) -> float:
    """The share of the shared objects that chance does not explain."""
    shared = max(1.0, measures["shared_objects"])
    return float(f"{max(0.0, 1 - measures['expected_objects'] / shared):.12g}")


def _named_summary(group: SharingGroup, measures: dict[str, float], params: Params) -> str:
    what = WORDS.get(group.act, "acted on the same {n} objects")
    return (
        f"{len(group.accounts)} named accounts {what.format(n=measures['objects_count'])} within "
        f"{params.within.total_seconds():g} seconds of one another; their pairs share "
        f"{measures['shared_objects']} objects where groups of the same activity share "
        f"{measures['expected_objects']:.3g} on average"
    )


def _spoken(corpus: Corpus, group: SharingGroup, params: Params) -> pl.DataFrame:
    """What the group shares in the other acts, on posts other than those that made it one."""
    logs = (_log(corpus, act) for act in params.acts if act != group.act)
    posts = group.rows["content_id"].drop_nulls().unique()
    return speaking_acts(logs, group.accounts, posts, _fields_for(GroupRule, params))


def detect(corpus: Corpus, params: Params) -> Iterator[Finding]:
    """Findings of groups that co-act, by act and group; only of the named group if one is named."""
    if params.accounts:
        yield from _named(corpus, params)
        return
    searched = [_groups(corpus, params, act) for act in params.acts]
    tried = [(groups, found) for groups, found in searched if found is not None]
    for groups, found in tried:
        for group in groups:
            q_value = min(1.0, group.p_value * len(tried))
            finding = _finding(corpus, group, found, params, q_value)
            yield with_other_acts(finding, _spoken(corpus, group, params))


def reach(corpus: Corpus, params: Params) -> tuple[str, ...]:
    """Per act the smallest effect that the search could have shown; none for a named group."""
    rule, logs = _fields_for(GroupRule, params), [(act, _log(corpus, act)) for act in params.acts]
    return tuple(
        f"{act}: {smallest_effect(log, rule)}"
        for act, log in logs
        if not params.accounts and log["account_id"].n_unique() >= params.min_accounts
    )


DETECTOR = Detector(
    name="coordinated-sharing",
    version="2",
    summary="groups of accounts that share the same objects within seconds, beyond chance",
    outcomes={
        "coordinated": Outcome("co-action beyond chance that nothing tested explains away", True),  # noqa: FBT003
        "openly-organised": Outcome("a public post asked for it before", True),  # noqa: FBT003
        "ordinary": Outcome("most members declare one owner", False),  # noqa: FBT003
    },
    needs=("actions",),
    limits=(
        "An improbable coincidence is not inauthentic: fans who react alike are found too.",
        "Accounts that stay apart by more than the window, or never repeat, are not seen.",
        "A group that is nearly alone in its log and hours raises what chance is held to make.",
        "Strangers who copy all that an account does do not make it a member: not after it, not "
        "before it, nor a dozen of them closely around it. Fewer closely around it can, or those "
        "who surround a part of what it does, or are all before it once and all after it then.",
        "Members that are always first, last or in the very middle are not named.",
        "A declared owner exonerates; it is what the accounts say, not a proof.",
    ),
    params=Params,
    detect=detect,
    reach=reach,
)
