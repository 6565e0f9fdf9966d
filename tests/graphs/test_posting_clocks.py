# SPDX-License-Identifier: GPL-3.0-or-later
"""Posting clocks: who keeps the same hours, beyond people of like activity."""

from __future__ import annotations

from random import Random

import polars as pl
import pytest

from graphkit.graphs.posting_clocks import HOUR, Drawing, clock_test, clocks, event_rows
from graphkit.tables import ACTIONS, TIME, Corpus

DRAWING = Drawing(permutations=199, seed=1)
DAY, WEEKS = 86_400, 28


def rows(account, hours, dice, *, days=range(WEEKS), count=24):
    """Events of one account on random days, at the given hours."""
    days = list(days)
    return [
        (
            account,
            dice.choice(days) * DAY + int(dice.gauss(*hours) % 24 * HOUR) + dice.randrange(60),
        )
        for _ in range(count)
    ]


def corpus(events):
    frame = pl.DataFrame(events, schema=["account_id", "second"], orient="row").unique()
    return Corpus(
        actions=ACTIONS.conform(
            frame.select(
                "account_id",
                action_id=pl.format("a{}", pl.int_range(pl.len())),
                object_id=pl.lit("o"),
                act=pl.lit("search"),
                acted_at=pl.from_epoch("second", "s").cast(TIME),
                time_precision=pl.lit("second"),
                source_id=pl.lit("s"),
            )
        )
    )


def world(group_hours, group_days=range(WEEKS), seed=3):
    dice = Random(seed)
    events = [e for n in range(150) for e in rows(f"c{n:03}", (dice.uniform(8, 22), 3), dice)]
    for n in range(6):
        hours = group_hours if group_hours else (dice.uniform(8, 22), 3)
        events += rows(f"g{n}", hours, dice, days=group_days)
    return corpus(events)


def result(made, prefix="g"):
    own = clocks(made)
    mine = own.events.filter(pl.col("account_id").str.starts_with(prefix))
    return clock_test(own, mine, DRAWING, least=4)


def test_accounts_of_one_hour_keep_one_clock():
    found = result(world((3, 0.7)))
    assert found.p_value == 0.01  # the least that 199 draws and two clocks can give
    assert len(found.known) == 6
    assert found.cosine > 0.3 > found.expected


def test_accounts_that_are_silent_on_the_same_days_keep_one_clock():
    assert result(world(None, [1, 4, 5, 11, 17, 20])).p_value == 0.01


def test_people_as_all_others_do_not():
    assert result(world(None)).p_value > 0.05


def test_too_few_accounts_with_a_clock_are_not_tested():
    assert result(world((3, 0.7)), prefix="g0").p_value is None


def test_a_corpus_without_events_has_no_clocks():
    assert clocks(Corpus()) is None


def test_every_event_of_a_clock_has_one_row():
    made = world((3, 0.7))
    mine = clocks(made).events.filter(pl.col("account_id") == "g0")
    rows = event_rows(made, mine)
    theirs = made.actions.filter(pl.col("account_id") == "g0")["action_id"]
    assert rows["table"].unique().to_list() == ["actions"]
    assert sorted(rows["key"]) == sorted(theirs)
    assert rows.height == mine.height > 0


@pytest.mark.parametrize("seed", [1, 2])
def test_names_and_row_order_do_not_matter(seed):
    made = world((3, 2.0))
    dice = Random(seed)
    names = made.actions["account_id"].unique().sort().to_list()
    new = dict(
        zip(names, dice.sample([f"x{n}" for n in range(len(names))], len(names)), strict=True)
    )
    order = dice.sample(range(made.actions.height), made.actions.height)
    mixed = Corpus(actions=made.actions.with_columns(pl.col("account_id").replace(new))[order])
    before, own = result(made), clocks(mixed)
    members = [new[f"g{n}"] for n in range(6)]
    mine = own.events.filter(pl.col("account_id").is_in(members))
    after = clock_test(own, mine, DRAWING, least=4)
    assert (after.p_value, after.cosine) == (before.p_value, before.cosine)
