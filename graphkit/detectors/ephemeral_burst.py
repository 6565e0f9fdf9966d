# SPDX-License-Identifier: GPL-3.0-or-later
"""Create-then-delete: posts of many accounts, made within minutes and all deleted soon after.

What is tested. In windows of twice `created_within`, begun every `created_within`: the accounts
with a post that was deleted within `longest_life`. Null model: the fates (when deleted, or not) are
dealt among the accounts in the windows of the same platform and hour; the tail is the exact one of
that permutation (hypergeometric), Benjamini-Hochberg over all windows with `min_accounts` accounts.
Windows that pass are bursts; bursts that share a quarter of the smaller one's accounts, and more
than active accounts would (Poisson, Benjamini-Hochberg over all pairs), are one family, and a
family is one finding. Only deletions
whose time is plausible count (graphs.lifetimes): a collector's pass makes none. Posts that their
account put right and posted again do not count.

Who is named. Accounts that posted there and deleted; of a recurring family only those in two of its
bursts or more (core). Set aside are accounts that delete soon alone, with hardly anybody else,
more often than in the bursts, and those that in each of theirs came before all others that recur:
beside such an account others can post and delete on purpose.

What is concluded.

- cleared-up: on half of the occasions, half as many posts of other accounts as of the burst were
  deleted in the same span, and three times the usual (a sweep, a retraction); or half of the
  accounts declare one owner;
- undetermined: half of the posts lived, to the second, as long as an application lets many others'
  posts live; or nobody is left to name;
- ephemeral, moderate: two bursts or more, `min_accounts` core accounts or more, and no innocent
  explanation that weakens it. A single burst is weak, and so is everything else. Never strong: when
  a post was deleted is what somebody recorded, and no labelled log of deletions was at hand to
  hold this against.

The thresholds were set on the tuning seeds of benchmarks/measure_ephemeral_burst.py and are
reported on others in docs/measured/ephemeral-burst.md. The thing itself: Elmas, Overdorf, Özkalay
and Aberer 2021, "Ephemeral Astroturfing Attacks: The Case of Fake Twitter Trends"
(doi 10.1109/EuroSP51992.2021.00035).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

import numpy as np
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
)
from graphkit.graphs.burst_explanations import OWNER, SWEEP, TIMER, Family, explanations
from graphkit.graphs.ephemeral_bursts import (
    BurstRule,
    Bursts,
    account_roles,
    deleted_together,
    ephemeral_bursts,
    posts_with_fate,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from graphkit.tables import Corpus

KIND = "ephemeral-burst"
LISTED = timedelta(hours=2)


@dataclass(frozen=True)
class Params:
    """Parameters of ephemeral-burst."""

    longest_life: timedelta = param(
        timedelta(minutes=20), doc="how long a short-lived post lives at most", minimum=1
    )
    created_within: timedelta = param(
        timedelta(seconds=60), doc="within what time the posts of a burst are made", minimum=1,
        maximum=600,
    )  # fmt: skip
    min_accounts: int = param(
        5, doc="least accounts with short-lived posts in a burst, and in a core", minimum=3
    )
    alpha: float = param(
        0.05, doc="false discovery rate over windows, and over pairs of bursts", maximum=0.2
    )
    permutations: int = param(
        199, doc="draws for the p-value of deletions close together (0: none)", minimum=0
    )
    seed: int = param(1, doc="seed of these draws", minimum=0)


def _rule(params: Params) -> BurstRule:
    return BurstRule(params.longest_life, params.created_within, params.min_accounts, params.alpha)


def detect(corpus: Corpus, params: Params) -> Iterator[Finding]:
    """Findings of ephemeral-burst in `corpus`: one a family of bursts, best score first."""
    if corpus.posts["deleted_at"].count() == 0:
        return
    bursts = ephemeral_bursts(corpus, _rule(params))
    found = [_finding(family, bursts, corpus, params) for family in _families(bursts, params)]
    yield from sorted(found, key=lambda each: (-each.score, each.finding_id))


def _families(bursts: Bursts, params: Params) -> Iterator[Family]:
    for key, rows in bursts.bursts.sort("burst").group_by("family", maintain_order=True):
        members = bursts.members.filter(family=key[0])
        roles = account_roles(members, bursts.posts)
        core = roles.filter(role="core")["account_id"]
        free = roles.filter(pl.col("role") != "aside")["account_id"]
        recurs = core.len() >= params.min_accounts
        known = members.join(roles, on="account_id").sort("burst", "post_id")
        yield Family(rows, known, core if recurs else free)


def _conclusion(
    family: Family, caveats: tuple[Caveat, ...], params: Params
) -> tuple[str, Grade | None]:
    """The outcome and its grade, by the rule in the module's docstring."""
    explained = {each.hypothesis for each in caveats if each.outcome is CaveatOutcome.WEAKENS}
    if explained & {SWEEP, OWNER}:
        return "cleared-up", None
    if TIMER in explained or family.named.is_empty():
        return "undetermined", None
    core = family.members.filter(role="core")["account_id"].n_unique()
    is_moderate = core >= params.min_accounts and not explained
    return "ephemeral", Grade.MODERATE if is_moderate else Grade.WEAK


def _finding(family: Family, bursts: Bursts, corpus: Corpus, params: Params) -> Finding:
    caveats = explanations(family, bursts, corpus)
    outcome, grade = _conclusion(family, caveats, params)
    members = family.members
    rows = members.select("post_id", "role").sort("post_id").iter_rows()
    numbers = _measures(family, bursts, corpus, params)
    surprise = 1 - numbers["expected_accounts"] / numbers["hits_count"]
    score = surprise * numbers["bursts_count"] / (numbers["bursts_count"] + 1)
    posts, accounts = members["post_id"].n_unique(), members["account_id"].n_unique()
    return Finding(
        kind=KIND,
        outcome=outcome,
        grade=grade,
        score=0.0 if grade is None else rounded(max(score, 0.0)) or 0.0,
        summary=(
            f"{posts} posts of {accounts} accounts, made within {bursts.width} seconds on "
            f"{family.bursts.height} occasion{'s' if family.bursts.height > 1 else ''}, were "
            f"deleted after {numbers['median_life_seconds']:.0f} seconds (median), "
            f"{params.longest_life.total_seconds():.0f} at most; the fates of the same hours' "
            f"posts, dealt at random, give {numbers['expected_accounts']:.1f} such accounts over "
            f"all occasions, where there were {numbers['hits_count']:.0f}."
        ),
        subjects=Subjects(
            accounts=() if grade is None else tuple(family.named.sort()),
            topics=tuple(family.topics["topic"]),
        ),
        evidence=tuple(EvidenceRow("posts", post, role) for post, role in rows),
        caveats=caveats,
        null_model=NullModel(
            name="fates dealt among the accounts of the same platform, hour and grid of windows",
            expected=rounded(numbers["expected_accounts"]),
            tests_made=bursts.tests,
            family="windows with enough accounts, all platforms, begun twice a width",
        ),
        p_value=rounded(family.bursts["p_value"].to_numpy().min()),
        q_value=rounded(family.bursts["q_value"].to_numpy().min()),
        window=(members["created_at"].to_list()[0], members["deleted_at"].sort().to_list()[-1]),
        measures={name: rounded(value) or 0.0 for name, value in sorted(numbers.items())},
    )


def _measures(family: Family, bursts: Bursts, corpus: Corpus, params: Params) -> dict[str, float]:
    members = family.members
    hits, accounts, expected = (
        float(family.bursts[name].to_numpy().sum()) for name in ("short", "accounts", "expected")
    )
    roles = dict(members.group_by("role").agg(pl.col("account_id").n_unique()).iter_rows())
    together = deleted_together(
        members, bursts.posts, permutations=params.permutations, seed=params.seed
    )
    numbers: dict[str, float | None] = {
        "bursts_count": family.bursts.height,
        "days": members["created_at"].dt.date().n_unique(),
        "hits_count": hits,
        "expected_accounts": expected,
        "deleted_share": hits / accounts,
        "core_accounts": roles.get("core", 0),
        "associated_accounts": roles.get("associated", 0),
        "accounts_set_aside": roles.get("aside", 0),
        "median_life_seconds": float(np.median(members["life_seconds"].to_numpy())),
        "p_deleted_together": together,
        **_on_lists(family, corpus),
    }
    return {name: float(value) for name, value in numbers.items() if value is not None}


def _on_lists(family: Family, corpus: Corpus) -> dict[str, float]:
    """How many of the topics were on a list within two hours from the burst on, and how high."""
    after = pl.col("snapshot_at") - pl.col("start")
    listed = corpus.rankings.join(family.topics, on="topic").filter(
        after.is_between(timedelta(0), LISTED), pl.col("rank").is_not_null()
    )
    if listed.is_empty():
        return {}
    best = float(listed["rank"].to_numpy().min())
    return {"listed_topics": listed["topic"].n_unique(), "best_rank": best}


def reach(corpus: Corpus, params: Params) -> tuple[str, ...]:
    """How many deletions could be read, which is what a run rests on."""
    deleted = corpus.posts.filter("is_seen", pl.col("deleted_at").is_not_null()).height
    posts = posts_with_fate(corpus, params.longest_life)
    told = posts["deleted_at"].count()
    return (
        f"Of {deleted} deleted posts {told} have a plausible time of deletion; "
        f"{posts.select(pl.col('is_short').sum()).item()} of them were deleted within "
        f"{params.longest_life.total_seconds():.0f} seconds and not put right.",
    )


OUTCOMES = {
    "ephemeral": Outcome(
        "accounts posted within minutes of one another and deleted it soon after", accuses=True
    ),
    "cleared-up": Outcome("others' posts went at the same time, or one owner's", accuses=False),
    "undetermined": Outcome("what the data cannot tell from an application", accuses=False),
}

DETECTOR = Detector(
    name=KIND,
    version="1",
    summary="Accounts that post within the same minutes and delete it soon after, once or often.",
    outcomes=OUTCOMES,
    needs=("posts",),
    limits=(
        "Without times of deletion to the second nothing is seen; most collections have none.",
        "Posts deleted in one and the same second look like a collector's pass, and are left out.",
        "Who lets the posts stand for longer than the limit, or spreads them over an hour, is not "
        "seen; nor is who posts in an hour in which hardly anybody else does.",
        "Decoys deleted at the same time, by other accounts and of other ages, look like a sweep.",
        "An account that posts at foreseeable times and deletes soon can be surrounded by others "
        "that do the same; it is set aside only if it also deletes alone, or came first.",
        "Whose topic was posted says nothing of who gains by it: anybody can post and delete.",
    ),
    params=Params,
    detect=detect,
    reach=reach,
)
