# SPDX-License-Identifier: GPL-3.0-or-later
"""Account matrices: accounts that appear to be run together, by signs that do not need each other.

One layer proposes a group: accounts that co-act beyond chance (`graphs.coaction_groups`), that
share a rare value (contact, shop code, bio, text with blanks) or whose handles are numbered in a
row. Other signs test it, each with its own null, never on the rows that proposed it
(`graphs.sign_tests`); kinds of signs are combined by Simes' test, candidates corrected in two
families (`graphs.matrix_scores`).

Signs that anybody can copy are one kind together, days of renaming among them: they name nobody. A
*cohort* (accounts made within days of one another, against the accounts made around then) and a
*run* (numbers in a row behind one stem, given the stem) name those that hold them, but nobody whom
others follow, who is older than the cohort, who came first where others could have copied, or who
took part in more than all others: whoever is met does. A shared credential is told, but is rather
an affiliation. Posting clocks and citing each other are told beside, with their rows, and never
count: fans, classes and newsrooms do both (docs/measured/account-matrix.md).

Outcome: `declared-family` when most of the accounts declare one owner, affiliation or a credential
that no others have; `ordinary` when the only sign that names is a cohort in a registration wave, or
when nothing that names speaks in a group that shared values proposed; else `run-together`.

Grade of run-together: weak, unless a cohort or run speaks, imitation was tested, and no explanation
weakens it: then moderate, if two of cohort, handles (a run, or parts in common) and shop code are
there (one may have proposed the group). With one of them it stays weak: a class that registered in
one day, acts together, names its teacher's contact and is renamed by it leaves the same rows.
Strong when cohort and run speak, each for most of the named, and every explanation was tested and
stands. Without them a group that co-acts, or whose handles run, and shares what can be copied is a
weak lead.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from datetime import UTC, datetime, timedelta
from math import log10
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
from graphkit.graphs.coaction import MAX_PAIRS
from graphkit.graphs.coaction_groups import GroupRule
from graphkit.graphs.matrix_beside import citation_beside, clock_beside
from graphkit.graphs.matrix_candidates import Proposing
from graphkit.graphs.matrix_explanations import EXPLANATIONS
from graphkit.graphs.matrix_scores import ALONE
from graphkit.graphs.matrix_search import SearchRule, search, told_groups
from graphkit.graphs.posting_clocks import Drawing
from graphkit.graphs.sharing_explanations import Limits

if TYPE_CHECKING:
    from collections.abc import Iterator

    from graphkit.graphs.matrix_explanations import MatrixGroup
    from graphkit.graphs.matrix_search import Search, Told
    from graphkit.tables import Corpus

SEPARATE = {
    "cohort": "cohort",
    "run": "handles",
    "handle": "handles",
    "code": "code",
}
"""Signs that a class or a club does not leave all at once, and what each is a sign of."""

PROPOSED = {
    "repost": "reposted the same posts",
    "url": "linked the same addresses",
    "text": "posted the same texts",
    "hashtag": "used the same hashtags",
    "image": "posted the same pictures",
    "share": "shared the same objects",
    "run": "have handles numbered in a row",
    "contact": "give the same contact",
    "code": "link with the same shop or payment code",
    "bio": "describe themselves in the same words",
    "template": "posted one text with other numbers and names in it",
}
SIGNS = {
    "cohort": "creation times",
    "run": "numbers of handles",
    "credential": "credentials",
    "handle": "parts of handles",
    "bio": "bios",
    "contact": "contacts",
    "code": "shop and payment codes",
    "template": "texts with blanks",
    "client": "clients",
    "rename": "days of renaming",
}


@dataclass(frozen=True)
class Params:
    """Parameters of account-matrix."""

    acts: tuple[str, ...] = param(
        ("repost", "url", "text", "hashtag", "image", "share"),
        doc="acts whose co-action proposes groups, each by itself",
    )
    within: timedelta = param(
        timedelta(seconds=60), doc="window of a co-action, inclusive", minimum=0, maximum=86_400
    )
    alpha: float = param(0.05, doc="largest q-value of a co-action edge", minimum=0, maximum=0.2)
    min_objects: int = param(2, doc="least objects that a co-action edge shares", minimum=2)
    min_accounts: int = param(4, doc="least accounts of a group, and of a sign", minimum=3)
    min_partners: int = param(2, doc="least partners of an account that co-acts", minimum=1)
    followed_share: float = param(
        0.9, doc="first in this share of its pairs: followed, not a member", minimum=0.5, maximum=1
    )
    max_pairs: int = param(MAX_PAIRS, doc="in-window row pairs above which it refuses", minimum=1)
    max_accounts: int = param(
        200, doc="most accounts that shared values may connect to one group", minimum=4
    )
    split_above: int = param(
        30, doc="accounts above which the communities of a group are tested too", minimum=4
    )
    sign_alpha: float = param(
        0.01, doc="chance of a sign that speaks falsely, over all groups", minimum=0, maximum=0.2
    )
    hub_share: float = param(
        0.02, doc="share of accounts outside above which a value says nothing", minimum=0, maximum=1
    )
    declared_share: float = param(
        0.8, doc="share of accounts with one declared owner that makes a family", minimum=0.5
    )
    explained_share: float = param(
        0.5, doc="share that an explanation must cover to weaken", minimum=0, maximum=1
    )
    call_span: timedelta = param(
        timedelta(days=3), doc="a public call counts for this long", minimum=0
    )
    permutations: int = param(999, doc="draws of the posting clocks", minimum=19)
    seed: int = param(1, doc="seed of draws and communities", minimum=0)


def _rule(params: Params) -> SearchRule:
    shared = {each.name for each in fields(GroupRule)} & {each.name for each in fields(params)}
    told = {name: getattr(params, name) for name in shared} | {"permutations": 0}
    # Groups are only proposed: no p-value of their own, and the hours they keep are told beside.
    rule = GroupRule(**told, stratum_rows=1, by_hour=False)
    proposing = Proposing(rule, params.acts, params.max_accounts, params.split_above)
    return SearchRule(proposing, params.sign_alpha, params.hub_share, params.declared_share)


def _counts(found: Search, told: Told) -> dict[str, float]:
    kinds = told.signs.group_by("kind").agg(
        pl.col("speaks").any(), tested=pl.col("p_value").is_not_null().any()
    )
    return {
        "accounts_count": len(told.group.accounts),
        "left_out_count": told.group.left_out,
        "followed_count": len(found.proposed.followed),
        "signs_speaking": int(told.signs["speaks"].sum()),
        "kinds_speaking": int(kinds["speaks"].sum()),
        "kinds_silent": int((kinds["tested"] & ~kinds["speaks"]).sum()),
        "kinds_untested": int((~kinds["tested"]).sum()),
    }


def _measures(found: Search, told: Told) -> dict[str, float]:
    measures = _counts(found, told)
    tested = told.signs.drop_nulls("p_value").select("sign", "p_value")
    measures |= {f"p_{sign}": p for sign, p in tested.iter_rows()}
    cohort = told.group.cohort
    if cohort is not None:
        measures["cohort_days"] = (cohort.end - cohort.start) / 86_400
        measures["cohort_accounts"] = cohort.members
        measures["expected_cohort_accounts"] = cohort.expected
    smallest = found.smallest(told)
    return measures | {f"smallest_detectable_{sign}": count for sign, count in smallest.items()}


def _grade(finding: Finding, told: Told) -> Grade | None:
    """The grade by the rule in the module's docstring."""
    if finding.outcome != "run-together":
        return None
    outcomes = {caveat.hypothesis.split(":")[0]: caveat.outcome for caveat in finding.caveats}
    weakened = CaveatOutcome.WEAKENS in outcomes.values()
    if weakened or not told.naming or outcomes["imitation"] != CaveatOutcome.STANDS:
        return Grade.WEAK
    speaking = {SEPARATE.get(each) for each in (told.score.layer, *told.group.signs)} - {None}
    if len(speaking) < 2:
        return Grade.WEAK
    held = told.evidence.filter(pl.col("role").is_in(ALONE)).group_by("role")
    most = pl.col("key") > len(told.group.accounts) / 2
    often = held.agg(pl.col("key").n_unique()).filter(most).height
    clear = set(outcomes.values()) == {CaveatOutcome.STANDS}
    return Grade.STRONG if clear and often == len(ALONE) else Grade.MODERATE


def _summary(told: Told, measures: dict[str, float]) -> str:
    group = told.group
    signs = ", ".join(SIGNS[sign] for sign in group.signs)
    made = ""
    if group.cohort is not None:
        made = f" and were made within {measures['cohort_days']:.1f} days of one another"
    proposed = PROPOSED.get(told.score.layer, "acted on the same objects")
    return (
        f"{len(group.accounts)} accounts {proposed}{made}; beyond what proposed them they share "
        f"{signs if signs else 'nothing rare'}: "
        f"{measures['kinds_speaking']:.0f} kinds of signs speak, "
        f"{measures['kinds_silent']:.0f} do not, {measures['kinds_untested']:.0f} could not be "
        "tested."
    )


def _window(group: MatrixGroup) -> tuple[datetime, datetime] | None:
    if group.acts is not None:
        times = group.acts.rows["acted_at"].drop_nulls().sort()
        return (times[0], times[-1]) if len(times) else None
    if group.cohort is not None:
        first, last = (
            datetime.fromtimestamp(each, UTC) for each in (group.cohort.start, group.cohort.end)
        )
        return first, last
    return None


def _finding(found: Search, told: Told, params: Params) -> Finding:
    score, measures = told.score, _measures(found, told)
    acts = told.group.acts
    proposal = pl.Series([], dtype=pl.String) if acts is None else acts.rows["content_id"]
    beside = [
        clock_beside(found, told, Drawing(params.permutations, params.seed)),
        citation_beside(
            found.citing, told.group.accounts, proposal=proposal, alpha=params.sign_alpha
        ),
    ]
    rows = pl.concat([told.evidence, *(each.rows for each in beside)]).unique().sort(pl.all())
    for each in beside:
        measures |= each.measures
    limits = Limits(params.explained_share, timedelta(0), params.call_span, 1.0)
    acted = score.layer in params.acts
    surprise = -log10(max(score.p_value, 1e-300)) / 10 + len(told.group.signs)
    finding = Finding(
        kind="account-matrix",
        outcome=told.outcome,
        grade=None,
        score=float(f"{1 - 1 / (1 + surprise):.12g}"),
        summary=_summary(told, measures),
        subjects=Subjects(accounts=tuple(told.group.accounts)),
        evidence=tuple(EvidenceRow(*row) for row in rows.iter_rows()),
        caveats=tuple(explain(found.corpus, told.group, limits) for explain in EXPLANATIONS),
        null_model=NullModel(
            name="scan statistics of creation times and handle numbers and hypergeometric tail of "
            "credentials, combined by Simes (they may depend on one another, positively)",
            expected=rounded(score.p_value * score.tests),
            tests_made=score.tests,
            family=f"groups that {'co-act' if acted else 'share a value or numbered handles'}, "
            "counted twice because there are two families",
        ),
        p_value=rounded(score.p_value),
        q_value=rounded(score.q_value),
        window=_window(told.group),
        measures={name: float(f"{value:.12g}") for name, value in measures.items()},
    )
    return replace(finding, grade=_grade(finding, told))


def detect(corpus: Corpus, params: Params) -> Iterator[Finding]:
    """Findings of groups that appear to be run together, the best supported first.

    Of groups that are mostly the same accounts, only the best supported is told.
    """
    found = search(corpus, _rule(params))
    if found is not None:
        yield from (_finding(found, told, params) for told in told_groups(found))


DETECTOR = Detector(
    name="account-matrix",
    version="2",
    summary="groups of accounts that look run together, by signs that do not need each other",
    outcomes={
        "run-together": Outcome("signs of one operator speak that nothing tested explains", True),  # noqa: FBT003
        "declared-family": Outcome("most of the accounts openly belong together", False),  # noqa: FBT003
        "ordinary": Outcome("what they share is copied, or came with many others", False),  # noqa: FBT003
    },
    needs=("accounts",),
    limits=(
        "An operator who makes accounts over months, or buys old ones, leaves no cohort.",
        "Groups of fewer than four accounts are not looked for; every finding says how many of one "
        "day, or numbered in a row, would have spoken.",
        "Accounts without known creation times and handles can only be weak leads.",
        "People who register together for one purpose (a class, a campaign) look the same when "
        "they declare nothing.",
        "Whoever is there each time that an account posts, before it and after, and copies what it "
        "says of itself can make it a weak lead together with his own accounts.",
        "Where accounts were collected because they are suspected, rare values look common, and "
        "cohorts are missed.",
        "Renames tell only where accounts were collected more than once, beside others who rename.",
        "A declared owner or credential exonerates; it is what is said, not a proof.",
    ),
    params=Params,
    detect=detect,
)
