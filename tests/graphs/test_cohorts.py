# SPDX-License-Identifier: GPL-3.0-or-later
"""Cohorts of creation times, against simulation."""

from __future__ import annotations

import numpy as np
import pytest

from graphkit.graphs.cohorts import DAY, cohort, scan_tail, smallest_cohort

YEARS = np.arange(0, 1000) * DAY  # an account a day for 1,000 days


@pytest.mark.parametrize(("n", "width", "count"), [(5, 0.05, 3), (9, 0.05, 4), (30, 0.05, 6)])
def test_the_tail_is_what_simulation_gives(n, width, count):
    points = np.sort(np.random.default_rng(1).random((20_000, n)), axis=1)
    inside = (points[:, None, :] <= points[:, :, None] + width).sum(axis=2) - np.arange(n)
    simulated = (inside.max(axis=1) >= count).mean()
    assert scan_tail(count, n, width) == pytest.approx(simulated, rel=0.1)


def test_all_points_in_the_window_are_exact():
    assert float(scan_tail(4, 4, 0.1)) == pytest.approx(4 * 0.1**3 - 3 * 0.1**4)


def test_no_more_than_expected_is_no_surprise():
    assert scan_tail([1, 5, 3], [9, 50, 3], [0.2, 0.2, 1.0]).tolist() == [1.0, 1.0, 1.0]


def with_members(times):
    members = np.sort(np.asarray(times, np.int64))
    return cohort(members, np.sort(np.concatenate([YEARS, members])), least=4)


def test_six_accounts_of_one_day_are_a_cohort():
    found = with_members(500 * DAY + np.arange(6) * 3_600)
    assert found.members == 6
    assert found.outsiders <= 2
    assert found.p_value < 1e-6
    assert (found.start, found.end) == (500 * DAY, 500 * DAY + 5 * 3_600)


def test_accounts_spread_over_the_years_are_none():
    assert with_members(np.arange(6) * 150 * DAY) is None


def test_a_young_group_is_no_cohort():
    found = with_members(900 * DAY + np.arange(20) * 4 * DAY)
    assert found is None or found.p_value > 0.05


def test_a_wave_of_outsiders_takes_the_surprise_away():
    members = 500 * DAY + np.arange(6) * 3_600
    wave = 500 * DAY + np.arange(200) * 400
    everyone = np.sort(np.concatenate([YEARS, members, wave]))
    alone = with_members(members)
    found = cohort(members, everyone, least=4)
    assert found.p_value > 1e4 * alone.p_value
    assert found.outsiders >= 190
    assert found.usual == pytest.approx(3, abs=0.1)  # of three days, the window that it is in


def test_fewer_than_asked_for_are_no_cohort():
    assert with_members(500 * DAY + np.arange(3)) is None
    assert cohort(np.empty(0, np.int64), YEARS, least=4) is None


def test_random_members_are_rarely_a_cohort():
    rng = np.random.default_rng(7)
    small = 0
    for _ in range(300):
        found = cohort(np.sort(rng.choice(YEARS, 20, replace=False)), YEARS, least=4)
        small += found is not None and found.p_value <= 0.05
    assert small <= 15


def test_the_smallest_cohort_falls_with_the_level():
    assert smallest_cohort(20, YEARS, level=0.01) == 6
    assert smallest_cohort(20, YEARS, level=1e-9) == 13
    assert smallest_cohort(4, YEARS, level=1e-30) == 5
