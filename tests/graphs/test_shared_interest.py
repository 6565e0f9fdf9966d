# SPDX-License-Identifier: GPL-3.0-or-later
"""Shared interest: a crowd explains meetings only when it was there at the same moments."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import polars as pl
import pytest

from graphkit.graphs.sharing_explanations import Limits, SharingGroup, shared_interest
from graphkit.tables import Corpus

START = datetime(2026, 3, 2, tzinfo=UTC)
LIMITS = Limits(
    explained_share=0.5,
    reaction=timedelta(seconds=120),
    call_span=timedelta(days=3),
    coarse_share=0.2,
)


def rows(accounts, second):
    """The accounts act on four objects, a day apart, at that second of the day."""
    return pl.DataFrame(
        [
            (account, f"o{day}", START + timedelta(days=day, seconds=second))
            for day in range(4)
            for account in accounts
        ],
        schema={
            "account_id": pl.String,
            "object_id": pl.String,
            "acted_at": pl.Datetime("us", "UTC"),
        },
        orient="row",
    )


@pytest.mark.parametrize(
    ("second", "outsiders", "outcome"),
    [(90, 3, "weakens"), (-90, 3, "weakens"), (90, 2, "stands"), (3600, 40, "stands")],
)
def test_only_a_crowd_of_the_same_moments_explains(second, outsiders, outcome):
    ours = rows(["a", "b", "c"], 36_000)
    others = rows([f"n{k}" for k in range(outsiders)], 36_000 + second)
    group = SharingGroup(
        act="repost",
        accounts=pl.Series(["a", "b", "c"]),
        edges=pl.DataFrame(),
        rows=ours,
        others=others,
        log=pl.concat([ours, others]),
        p_value=0.01,
    )
    caveat = shared_interest(Corpus(), group, LIMITS)
    assert caveat.outcome.value == outcome
