# SPDX-License-Identifier: GPL-3.0-or-later
"""Groups that somebody adds elsewhere change no other finding of coordinated sharing."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from random import Random

import polars as pl
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from graphkit.detectors.coordinated_sharing import Params, detect
from graphkit.tables import ACTIONS, SOURCES, Corpus

START = datetime(2026, 3, 2, tzinfo=UTC)
PARAMS = Params(permutations=19)
FIXED = {"act": "url", "time_precision": "second", "source_id": "s"}
SOURCE = {
    "source_id": "s",
    "file": "x.csv",
    "sha256": "0",
    "importer": "x",
    "collection": "stream",
    **dict.fromkeys(("rows_read", "accepted", "duplicate", "rejected"), 0),
}


def corpus(rows):
    """Each row is an account that links an address at a second."""
    actions = [
        FIXED | {"action_id": f"t:{a}.{o}.{s}", "account_id": f"t:{a}", "object_id": o,
                 "acted_at": START + timedelta(seconds=s)}
        for a, o, s in dict.fromkeys(rows)
    ]  # fmt: skip
    return Corpus(
        actions=ACTIONS.conform(pl.DataFrame(actions)),
        sources=SOURCES.conform(pl.DataFrame([SOURCE])),
    )


def group(dice, name, *, size, objects):
    """The accounts meet on each address within fifty seconds, in any order."""
    starts = [dice.randrange(400_000) for _ in range(objects)]
    return [
        (f"{name}{m}", f"{name}.{k}", start + dice.randrange(50))
        for k, start in enumerate(starts)
        for m in range(size)
    ]


def told(rows, without):
    """Every finding without the decoys, but for what the whole log counts for."""
    return {
        found.subjects.accounts: (found.outcome, found.grade, found.p_value, found.q_value)
        for found in detect(corpus(rows), PARAMS)
        if not any(each.startswith(f"t:{without}") for each in found.subjects.accounts)
    }


@settings(max_examples=4, deadline=None, phases=[Phase.explicit, Phase.generate])
@given(st.integers(8, 16), st.integers(7, 12), st.integers(1, 2), st.integers(0, 10_000))
def test_decoys_change_no_other_finding(size, objects, decoys, seed):
    dice = Random(seed)
    rows = [
        (f"n{dice.randrange(400)}", f"o{dice.randrange(500)}", dice.randrange(432_000))
        for _ in range(2000)
    ]
    for number, shared in enumerate((2, 3, 5)):
        rows += group(dice, f"g{number}x", size=4, objects=shared)
    added = [
        row
        for number in range(decoys)
        for row in group(dice, f"decoy{number}x", size=size, objects=objects)
    ]
    before = told(rows, "decoy")
    assert len(before) >= 2
    assert told(rows + added, "decoy") == before
