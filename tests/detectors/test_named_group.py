# SPDX-License-Identifier: GPL-3.0-or-later
"""A group that was named beforehand: one hypothesis, no penalty for searching, no quick blame."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from random import Random

import polars as pl
import pytest

from graphkit.detectors.coordinated_sharing import Params, detect
from graphkit.errors import ParameterError
from graphkit.graphs.coaction_groups import GroupRule
from graphkit.graphs.named_group import named_group
from graphkit.tables import ACTIONS, Corpus

START = datetime(2026, 3, 2, tzinfo=UTC)
GROUP = tuple(f"t:g{number}" for number in range(4))
RULE = GroupRule(
    within=timedelta(seconds=60), alpha=0.05, min_objects=2, min_accounts=3, min_partners=2,
    followed_share=0.9, permutations=99, seed=1, stratum_rows=100, max_pairs=10**7,
)  # fmt: skip


def crowd(seed):
    """Two hundred accounts, four thousand rows on eighty busy objects in one day."""
    dice = Random(seed)
    return [
        (f"t:n{dice.randrange(200)}", f"u{dice.randrange(80)}", dice.randrange(86_400))
        for _ in range(4000)
    ]


def together(accounts, objects, seed=3):
    dice = Random(seed)
    starts = [(f"s{k}", dice.randrange(80_000)) for k in range(objects)]
    return [(a, name, start + dice.randrange(50)) for name, start in starts for a in accounts]


def log_of(rows):
    return pl.DataFrame(
        {
            "action_id": [f"t:p{n:05}" for n in range(len(rows))],
            "account_id": [account for account, _, _ in rows],
            "object_id": [object_ for _, object_, _ in rows],
            "act": "url",
            "acted_at": [START + timedelta(seconds=second) for _, _, second in rows],
            "time_precision": "second",
            "source_id": "s1",
        }
    )


def corpus_of(rows):
    return Corpus(actions=ACTIONS.conform(log_of(rows)).sort("action_id"))


def found_in(rows, accounts=GROUP):
    return list(detect(corpus_of(rows), Params(accounts=tuple(accounts), permutations=99)))


def test_the_statistic_is_each_pairs_distinct_objects():
    rows = [("t:a", "x", 0), ("t:b", "x", 30), ("t:a", "x", 40), ("t:b", "y", 0), ("t:c", "y", 60),
            ("t:a", "y", 500), ("t:z", "x", 10)]  # fmt: skip
    found = named_group(log_of(rows), pl.Series(["t:a", "t:b", "t:c"]), RULE)
    assert found.shared_objects == 2
    assert found.edges.select("a", "b", "objects_count", "pairs_count").rows() == [
        ("t:a", "t:b", 1, 2),
        ("t:b", "t:c", 1, 1),
    ]
    assert found.members.to_list() == ["t:a", "t:b", "t:c"]


def test_a_permutation_counts_what_the_sweep_over_all_rows_counts():
    rows = crowd(5) + together(GROUP, 4)
    found = named_group(log_of(rows), pl.Series(GROUP), RULE)
    assert found.shared_objects == found.edges["objects_count"].sum() == 24


def test_two_objects_are_enough_for_a_group_that_was_named_beforehand():
    [finding] = found_in(crowd(5) + together(GROUP, 2))
    assert (finding.outcome, finding.p_value) == ("coordinated", 0.01)
    assert finding.grade is not None
    assert finding.grade.value != "strong"
    assert "named accounts linked the same 2 addresses" in finding.summary


def test_a_group_that_met_once_is_never_more_than_weak():
    [finding] = found_in(crowd(5) + together(GROUP, 1))
    assert (finding.outcome, finding.grade.value) == ("coordinated", "weak")


def test_accounts_of_the_crowd_share_no_more_than_comparable_groups():
    outcomes = []
    for seed in range(20):
        named = Random(seed).sample(sorted({account for account, _, _ in crowd(5)}), 5)
        [finding] = found_in(crowd(5), named)
        outcomes.append(finding.outcome)
        if finding.outcome == "ordinary":
            assert finding.grade is None
            assert finding.summary.endswith("no more than comparable groups.")
            assert {row.role for row in finding.evidence} == {"tested"}
    assert outcomes.count("ordinary") >= 18


def test_nobody_knows_whether_the_group_was_named_after_looking():
    [finding] = found_in(crowd(5) + together(GROUP, 8))
    told = {caveat.hypothesis: caveat.outcome.value for caveat in finding.caveats}
    assert told["the accounts were named for what these same rows show"] == "untested"


def test_accounts_that_did_nothing_are_an_error_that_says_what_to_write():
    with pytest.raises(ParameterError, match="write their ids as in the table accounts"):
        found_in(crowd(5), ["t:nobody", "t:noone"])
