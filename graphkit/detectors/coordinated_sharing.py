# SPDX-License-Identifier: GPL-3.0-or-later
"""Coordinated sharing: groups that act on the same objects within seconds, again and again.

Per act, pairs of accounts that co-act more than the burst-stratified null allows (Benjamini and
Hochberg over all pairs) are edges; connected components without followed accounts, in which
everyone has two partners, are groups; `graphs.coaction_groups` says how, and how permuting the
accounts within the hour gives a group its p-value. q-values are over the groups of all acts.

Outcome: `ordinary` when most members declare one owner; `openly-organised` when a public post of
somebody outside asked for most of the objects before the group acted; else `coordinated`.

Grade of the two others: weak, unless the outcome is `coordinated` and no explanation weakens it.
Then moderate when the q-value is at most `moderate_q`; strong when moreover the permutation p is
at most `strong_p`, half of the edges share `strong_objects` objects or more, and every explanation
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

import numpy as np
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
from graphkit.graphs.coaction import MAX_PAIRS
from graphkit.graphs.coaction_groups import GroupRule, coaction_groups
from graphkit.graphs.named_group import NamedGroup, named_group
from graphkit.graphs.nulls import benjamini_hochberg, poisson_tail
from graphkit.graphs.sharing_explanations import (
    EXPLANATIONS,
    Limits,
    SharingGroup,
    called_share,
    owner_share,
)
from graphkit.graphs.windows import estimated_window

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from graphkit.graphs.coaction_groups import Groups
    from graphkit.tables import Corpus

R = TypeVar("R", GroupRule, Limits)
Met = tuple[pl.DataFrame, pl.DataFrame]
"""Edges of a group and the row pairs behind them."""

WORDS = {
    "repost": "reposted the same {n} posts",
    "url": "linked the same {n} addresses",
    "text": "posted the same {n} texts",
    "hashtag": "used the same {n} hashtags",
    "image": "posted the same {n} pictures",
    "share": "shared the same {n} objects",
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
    permutations: int = param(99, doc="permutations of accounts within the hour", minimum=19)
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
    return corpus.actions.filter(
        pl.col("act") == act,
        pl.col("time_precision").is_in(["second", "minute"]),
        pl.col("acted_at").is_not_null(),
    )


def _groups(corpus: Corpus, params: Params, act: str) -> tuple[list[SharingGroup], Groups | None]:
    """The groups of one act with their rows; None when too few accounts act to search."""
    log = _log(corpus, act)
    if log["account_id"].n_unique() < params.min_accounts:
        return [], None
    found = coaction_groups(log, _fields_for(GroupRule, params))
    made = []
    for component, _, p_value in found.chances.iter_rows():
        edges = found.edges.filter(pl.col("component") == component)
        evidence = found.evidence.join(edges, on=["a", "b"], how="semi")
        accounts = pl.concat([edges["a"], edges["b"]]).unique().sort()
        met = (edges, evidence)
        made.append(_sharing_group(corpus, log, accounts=accounts, met=met, p_value=p_value))
    return made, found


def _sharing_group(
    corpus: Corpus, log: pl.DataFrame, *, accounts: pl.Series, met: Met, p_value: float
) -> SharingGroup:
    """A group with its rows, those of others on its objects, and the texts that carried them."""
    edges, evidence = met
    ids = pl.concat([evidence["action_a"], evidence["action_b"]]).unique().sort()
    rows = log.filter(pl.col("action_id").is_in(ids.implode())).sort("action_id")
    same = log.filter(pl.col("object_id").is_in(rows["object_id"].unique().implode()))
    others = same.filter(~pl.col("account_id").is_in(accounts.implode()))
    posts = corpus.posts.select("text", "client", content_id="post_id")
    rows = rows.join(posts, on="content_id", how="left", maintain_order="left")
    return SharingGroup(log["act"][0], accounts, edges, rows, others, log, p_value)


def _smallest_detectable(expected: float, tests: int, alpha: float) -> int:
    """The fewest shared objects at which a lone pair with that expectation would be an edge."""
    counts = np.arange(1, 1000)
    return int(np.argmax(poisson_tail(counts, expected) * tests <= alpha) + 1)


def _measures(group: SharingGroup, found: Groups, params: Params) -> dict[str, float]:
    edges = group.edges
    typical = float(edges["expected"].median())  # type: ignore[arg-type]
    window = estimated_window(group.log)
    return {
        "accounts_count": len(group.accounts),
        "edges_count": edges.height,
        "objects_count": group.rows["object_id"].n_unique(),
        "pairs_count": int(edges["pairs_count"].sum()),
        "shared_objects": int(edges["objects_count"].sum()),
        "expected_objects": float(f"{edges['expected'].sum():.12g}"),
        "median_objects": float(edges["objects_count"].median()),  # type: ignore[arg-type]
        "median_lag_seconds": float(edges["median_lag_seconds"].median()),  # type: ignore[arg-type]
        "followed_count": len(found.followed),
        "permutations": found.permutations,
        "smallest_detectable_objects": _smallest_detectable(typical, found.tests, params.alpha),
        "estimated_window_seconds": 0.0 if window is None else window.total_seconds(),
    }


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
    if q_value > params.moderate_q or found.measures["median_objects"] < params.min_objects:
        return Grade.WEAK
    clear = p_value <= params.strong_p and CaveatOutcome.UNTESTED not in outcomes
    often = found.measures["median_objects"] >= params.strong_objects
    return Grade.STRONG if clear and often else Grade.MODERATE


def _finding(
    corpus: Corpus, group: SharingGroup, found: Groups, params: Params, q: float
) -> Finding:
    measures, limits = _measures(group, found, params), _fields_for(Limits, params)
    beyond = (measures["shared_objects"] - measures["expected_objects"]) / measures["edges_count"]
    what = WORDS.get(group.act, "acted on the same {n} objects").format(n=measures["objects_count"])
    finding = Finding(
        kind="coordinated-sharing",
        outcome=_outcome(corpus, group, params),
        grade=None,
        score=float(f"{1 - 1 / (1 + beyond):.12g}"),
        summary=f"{len(group.accounts)} accounts {what} within "
        f"{params.within.total_seconds():g} seconds of one another, in {measures['edges_count']} "
        "pairs that did so more often than chance explains.",
        subjects=Subjects(accounts=tuple(group.accounts)),
        evidence=tuple(EvidenceRow("actions", key, "co-action") for key in group.rows["action_id"]),
        caveats=tuple(explain(corpus, group, limits) for explain in EXPLANATIONS),
        null_model=NullModel(
            name="burst-stratified Poisson a pair; accounts permuted within the hour a group",
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
    group = _sharing_group(corpus, log, accounts=found.members, met=met, p_value=found.p_value)
    is_more = q_value <= params.moderate_q
    rows = group.rows if is_more else log.filter(pl.col("account_id").is_in(params.accounts))
    limits, role = _fields_for(Limits, params), "co-action" if is_more else "tested"
    tested = [explain(corpus, group, limits) for explain in EXPLANATIONS] if is_more else []
    measures = _named_measures(group, found, params)
    finding = Finding(
        kind="coordinated-sharing",
        outcome=_outcome(corpus, group, params) if is_more else "ordinary",
        grade=None,
        score=_named_score(measures),
        summary=_named_summary(group, measures, params)
        + ("." if is_more else ": no more than comparable groups."),
        subjects=Subjects(accounts=tuple(found.members)),
        evidence=tuple(EvidenceRow("actions", key, role) for key in rows["action_id"].sort()),
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


def _named_measures(group: SharingGroup, found: NamedGroup, params: Params) -> dict[str, float]:
    objects = found.edges["objects_count"].to_numpy()
    return {
        "accounts_count": len(found.members),
        "named_count": len(params.accounts),
        "edges_count": found.edges.height,
        "objects_count": group.rows["object_id"].n_unique(),
        "shared_objects": found.shared_objects,
        "expected_objects": float(f"{found.by_chance.mean():.12g}"),
        "chance_at_95": float(f"{np.quantile(found.by_chance, 0.95):.12g}"),
        "median_objects": float(np.median(objects)) if len(objects) else 0.0,
        "permutations": len(found.by_chance),
    }


def detect(corpus: Corpus, params: Params) -> Iterator[Finding]:
    """Findings of groups that co-act, by act and group; only of the named group if one is named."""
    if params.accounts:
        yield from _named(corpus, params)
        return
    searched = [_groups(corpus, params, act) for act in params.acts]
    pairs = [(group, found) for groups, found in searched for group in groups if found is not None]
    empty = sum(1 for groups, found in searched if found is not None and not groups)
    p_values = np.array([group.p_value for group, _ in pairs])
    q_values = benjamini_hochberg(p_values, tests=len(pairs) + empty)
    for (group, found), q_value in zip(pairs, q_values, strict=True):
        yield _finding(corpus, group, found, params, float(q_value))


DETECTOR = Detector(
    name="coordinated-sharing",
    version="1",
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
        "Strangers who act just after an account do not make it a member; strangers who foresee "
        "what it will do and act before it can.",
        "A declared owner exonerates; it is what the accounts say, not a proof.",
    ),
    params=Params,
    detect=detect,
)
