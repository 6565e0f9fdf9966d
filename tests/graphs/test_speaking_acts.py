# SPDX-License-Identifier: GPL-3.0-or-later
"""Other acts speak for a group only by posts that did not make it a group."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np
import polars as pl
import pytest

from graphkit.findings import CaveatOutcome, Finding, NullModel, Subjects
from graphkit.graphs.coaction_groups import GroupRule
from graphkit.graphs.speaking_acts import speaking_acts, with_other_acts

START = datetime(2026, 3, 10, tzinfo=UTC)
GROUP = pl.Series([f"u{n}" for n in range(5)])
RULE = GroupRule(
    within=timedelta(seconds=60),
    alpha=0.05,
    min_objects=2,
    min_accounts=3,
    min_partners=2,
    followed_share=0.9,
    permutations=99,
    seed=1,
    stratum_rows=100,
    max_pairs=1_000_000,
)


def log_of(rows, act="hashtag"):
    frame = pl.DataFrame(
        rows, schema=["account_id", "object_id", "second", "content_id"], orient="row"
    )
    return frame.with_columns(
        act=pl.lit(act),
        action_id=pl.format("{}#{}", "content_id", "object_id"),
        acted_at=pl.lit(START) + pl.duration(seconds=pl.col("second")),
    ).drop("second")


def crowd(rows=600):
    rng = np.random.default_rng(2)
    draws = zip(*(rng.integers(0, top, rows) for top in (40, 60, 40_000)), strict=True)
    return [(f"u{a}", f"o{o}", int(t), f"c{n}") for n, (a, o, t) in enumerate(draws)]


def met(times, post="new"):
    return [
        (who, f"tag{time}", time + late, f"{post}-{who}-{time}")
        for time in times
        for late, who in enumerate(GROUP)
    ]


def spoken(rows, posts=()):
    return speaking_acts([log_of(rows)], GROUP, pl.Series(posts, dtype=pl.String), RULE)


def finding_of(frame):
    plain = Finding(
        kind="coordinated-sharing",
        outcome="coordinated",
        grade=None,
        score=0.5,
        summary="Accounts linked the same addresses.",
        subjects=Subjects(accounts=tuple(GROUP)),
        evidence=(),
        caveats=(),
        null_model=NullModel(name="n", expected=0.0, tests_made=1, family="f"),
        p_value=0.01,
        q_value=0.01,
        window=None,
        measures={"accounts_count": 5},
    )
    return with_other_acts(plain, frame)


def test_meetings_on_posts_of_their_own_speak():
    found = spoken([*crowd(), *met([500, 9000, 20000])])
    assert found.select("act", "same_posts_share", "members_count").rows() == [("hashtag", 0.0, 5)]
    assert found["shared_objects"].item() >= 30
    assert found["p_value"].item() == 0.01
    assert finding_of(found).measures["acts_speaking"] == 1


def test_the_same_posts_again_say_nothing():
    rows = met([500, 9000, 20000])
    found = spoken([*crowd(), *rows], posts=[post for *_, post in rows])
    assert found["same_posts_share"].item() > 0.1
    assert found["p_value"].item() > 0.05
    told = finding_of(found)
    assert (told.measures["acts_tested"], told.measures["acts_speaking"]) == (1, 0)
    [caveat] = told.caveats
    assert caveat.outcome is CaveatOutcome.STANDS
    assert "rows are the same posts" in caveat.detail


def test_ten_tags_of_one_post_are_one_meeting():
    rows = [
        (who, f"tag{n}", 500 + late, f"p-{who}")
        for n in range(10)
        for late, who in enumerate(GROUP)
    ]
    assert spoken([*crowd(), *rows])["shared_objects"].item() <= 12


def test_an_act_in_which_the_group_has_no_row_is_left_out():
    found = spoken([(f"v{n}", "o", n, f"v{n}") for n in range(9)])
    assert found.is_empty()
    assert finding_of(found).measures == {"accounts_count": 5, "acts_tested": 0, "acts_speaking": 0}
    assert finding_of(found).caveats == ()


def test_members_who_could_not_meet_anyone_are_not_tested():
    found = spoken([("u0", "o", 0, "a"), ("u1", "p", 0, "b")])
    assert found.select("rows_count", "members_count", "p_value").rows() == [(2, None, None)]
    assert "fewer than two could meet on others" in finding_of(found).caveats[0].detail


@pytest.mark.parametrize("seed", [1, 2])
def test_the_order_of_the_rows_does_not_matter(seed):
    log = log_of([*crowd(), *met([500])])
    mixed = log.sample(fraction=1, shuffle=True, seed=seed)
    none = pl.Series([], dtype=pl.String)
    assert speaking_acts([log], GROUP, none, RULE).equals(speaking_acts([mixed], GROUP, none, RULE))
