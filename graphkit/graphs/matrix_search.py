# SPDX-License-Identifier: GPL-3.0-or-later
"""The search for account matrices: propose groups, test their signs, and say whom they name."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, partial
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from graphkit.graphs.account_signs import shared_values
from graphkit.graphs.cohorts import smallest_cohort
from graphkit.graphs.matrix_beside import citing_accounts
from graphkit.graphs.matrix_candidates import candidates
from graphkit.graphs.matrix_explanations import MatrixGroup, asking_posts, family_share, is_wave
from graphkit.graphs.matrix_members import dated_rows, first_posters, most_met, named_accounts
from graphkit.graphs.matrix_scores import ALONE, scores
from graphkit.graphs.posting_clocks import clocks
from graphkit.graphs.sign_tests import cohort_tests, run_tests, smallest_run, value_tests

if TYPE_CHECKING:
    from graphkit.graphs.account_signs import SharedValues
    from graphkit.graphs.cohorts import Cohort
    from graphkit.graphs.matrix_beside import CitingAccounts
    from graphkit.graphs.matrix_candidates import Candidates, Proposing
    from graphkit.graphs.matrix_scores import Scores
    from graphkit.graphs.posting_clocks import Clocks
    from graphkit.tables import Corpus

FAMILY, ORDINARY, RUN_TOGETHER = "declared-family", "ordinary", "run-together"


@dataclass(frozen=True)
class SearchRule:
    """How groups are proposed, and what it takes for a sign to speak and for a family.

    Attributes:
        proposing: what proposes groups.
        sign_alpha: chance that any sign of any group of a corpus speaks falsely.
        hub_share: share of the accounts outside a group above which a value says nothing.
        declared_share: share of accounts that openly belong together in a family.
    """

    proposing: Proposing
    sign_alpha: float
    hub_share: float
    declared_share: float

    @property
    def least(self) -> int:
        """The fewest accounts of a group, and of a sign."""
        return self.proposing.rule.min_accounts


@dataclass(frozen=True)
class Score:
    """One row of `Scores.groups`."""

    candidate: int
    layer: str
    kinds: int
    p_value: float
    tests: int
    q_value: float


@dataclass(frozen=True)
class Told:
    """One group that is worth telling of.

    `signs` are its rows of `Scores.signs`; `evidence` has table, key and role: its rows of the
    proposal, and of the signs that speak (role: the sign).
    """

    score: Score
    group: MatrixGroup
    outcome: str
    signs: pl.DataFrame
    evidence: pl.DataFrame

    @property
    def naming(self) -> frozenset[str]:
        """The signs that speak and name accounts."""
        return frozenset(ALONE) & frozenset(self.group.signs)


@dataclass(frozen=True)
class Search:
    """A corpus with the groups that its layers propose, and what their signs say.

    `sign_rows` and `hubs` are those of `SignTests`, `cohorts` the closest cohort by candidate.
    """

    corpus: Corpus
    rule: SearchRule
    values: SharedValues
    proposed: Candidates
    scores: Scores
    sign_rows: pl.DataFrame
    hubs: pl.DataFrame
    cohorts: dict[int, Cohort]

    @cached_property
    def clocks(self) -> Clocks | None:
        """The posting clocks of the corpus."""
        return clocks(self.corpus)

    @cached_property
    def citing(self) -> CitingAccounts | None:
        """The citations between accounts of the corpus."""
        return citing_accounts(self.corpus, seed=self.rule.proposing.rule.seed)

    @cached_property
    def calls(self) -> Corpus:
        """The posts of the corpus that ask for anything."""
        return asking_posts(self.corpus)

    def smallest(self, told: Told) -> dict[str, int]:
        """The fewest of a group's accounts that would have spoken, by sign, where it is tested.

        cohort: made in one day; run: with handles numbered in a row behind a stem.
        """
        level = self.rule.sign_alpha / (told.score.kinds * told.score.tests)
        made = self.corpus.accounts["created_at"].drop_nulls().dt.epoch("s").sort().to_numpy()
        found = {}
        if len(made):
            total = len(told.group.accounts) + told.group.left_out
            found["cohort"] = smallest_cohort(total, made.astype(np.int64), level=level)
        if self.corpus.accounts["handle"].count():
            found["run"] = smallest_run(least=self.rule.least, level=level)
        return found


def search(corpus: Corpus, rule: SearchRule) -> Search | None:
    """All proposed groups of a corpus with their tests; None when no group is proposed."""
    values = shared_values(corpus, least=rule.least)
    proposed = candidates(corpus, values, rule.proposing)
    members = proposed.members.select("candidate", "account_id")
    if members.is_empty():
        return None
    carried = corpus.actions.select(key="action_id", post="content_id")
    acted = proposed.rows.join(carried, on="key").select("candidate", key="post").drop_nulls()
    made, cohorts = cohort_tests(members, corpus.accounts, least=rule.least)
    shared = value_tests(
        members, values, held_out=acted.unique(), hub_share=rule.hub_share, least=rule.least
    )
    parts = [made, run_tests(members, corpus.accounts, least=rule.least), shared]
    layers = proposed.members.select("candidate", "layer").unique()
    tests = pl.concat([part.tests for part in parts])
    scored = scores(layers, tests, acts=rule.proposing.acts, alpha=rule.sign_alpha)
    rows = pl.concat([part.rows for part in parts])
    return Search(corpus, rule, values, proposed, scored, rows, shared.hubs, cohorts)


def told_groups(found: Search) -> list[Told]:
    """The groups to tell of, best supported first; of mostly the same accounts only the best."""
    scored = [Score(**row) for row in found.scores.groups.iter_rows(named=True)]
    every = [each for each in (_told(found, score) for score in scored) if each is not None]
    told: list[Told] = []
    seen: set[str] = set()
    for each in sorted(every, key=_order):
        accounts = set(each.group.accounts)
        if 2 * len(accounts & seen) <= len(accounts):
            seen |= accounts
            told.append(each)
    return told


def _order(told: Told) -> tuple[int, int, float, int]:
    """Best first: named by more signs, more signs, less by chance, the earlier layer."""
    score = told.score
    return -len(told.naming), -len(told.group.signs), score.p_value, score.candidate


def _told(found: Search, score: Score) -> Told | None:
    """What there is to tell of one candidate; None when nothing speaks and nothing is declared."""
    own = pl.col("candidate") == score.candidate
    if score.layer not in found.rule.proposing.acts and not found.scores.speaking(score.candidate):
        return None
    members = found.proposed.members.filter(own)["account_id"]
    signs, rows = found.scores.speaking(score.candidate), found.sign_rows.filter(own)
    accounts = _named(found, score, signs, rows) if set(ALONE) & set(signs) else members
    keys = found.proposed.rows.filter(own)
    of = partial(dated_rows, found.corpus, found.values, layer=score.layer, keys=keys["key"])
    acts = of(accounts)
    if acts is not None:
        accounts = accounts.filter(~accounts.is_in(most_met(acts).implode()))
    if len(accounts) < found.rule.least - 1:  # who came first is left out
        return None
    outcome = _outcome(found, score, signs, accounts)
    if not signs and outcome != FAMILY:
        return None
    tested = found.scores.signs.filter(own)
    group = MatrixGroup(
        accounts,
        len(members) - len(accounts),
        tuple(signs),
        tuple(tested.filter(~pl.col("speaks"), pl.col("p_value").is_not_null())["sign"]),
        tuple(tested.filter(pl.col("p_value").is_null())["sign"]),
        tuple(found.hubs.filter(own)["sign"].unique().sort()),
        found.cohorts.get(score.candidate) if "cohort" in signs else None,
        of(accounts),
        found.calls,
    )
    spoken = rows.filter(pl.col("sign").is_in(signs))
    return Told(score, group, outcome, tested, _evidence(found.corpus, accounts, spoken, keys))


def _named(found: Search, score: Score, signs: list[str], rows: pl.DataFrame) -> pl.Series:
    """Whom the signs that name accounts name."""
    naming = rows.filter(pl.col("sign").is_in(ALONE), pl.col("sign").is_in(signs))
    is_copied = score.layer not in found.rule.proposing.acts
    return named_accounts(
        naming.select("sign", "account_id"),
        found.corpus.accounts,
        first_posters=first_posters(found.corpus, rows) if is_copied else None,
    )


def _outcome(found: Search, score: Score, signs: list[str], accounts: pl.Series) -> str:
    family = family_share(found.corpus, accounts)
    if family is not None and family >= found.rule.declared_share:
        return FAMILY
    naming = set(ALONE) & set(signs)
    if naming == {"cohort"} and is_wave(found.cohorts[score.candidate]):
        return ORDINARY
    is_lead = score.layer in (*found.rule.proposing.acts, "run")
    return RUN_TOGETHER if naming or is_lead else ORDINARY


def _evidence(
    corpus: Corpus, accounts: pl.Series, rows: pl.DataFrame, keys: pl.DataFrame
) -> pl.DataFrame:
    """table, key, role: the accounts' rows of the proposal and of the signs that speak."""
    owners = {"actions": "action_id", "posts": "post_id", "accounts": "account_id"}
    proposed = [
        keys.filter(pl.col("table") == table).join(
            corpus.table(table).select(owner="account_id", key=key), on="key"
        )
        for table, key in owners.items()
    ]
    mine = accounts.implode()
    proposal = pl.concat(proposed).filter(pl.col("owner").is_in(mine))
    signed = rows.filter(pl.col("account_id").is_in(mine)).rename({"sign": "role"})
    columns = ("table", "key", "role")
    both = [proposal.with_columns(role=pl.lit("proposal")).select(columns), signed.select(columns)]
    return pl.concat(both).unique().sort(columns)
