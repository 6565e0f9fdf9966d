# SPDX-License-Identifier: GPL-3.0-or-later
"""Numbers in place of ids: where an id stands among others, and where following ends."""

from __future__ import annotations

import numpy as np
import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from graphkit.graphs.numbered_posts import followed, places

IDS = st.text("ab:0", max_size=3)


@settings(deadline=None, max_examples=60)
@given(st.lists(st.one_of(st.none(), IDS), max_size=12), st.lists(IDS, unique=True, max_size=8))
def test_an_id_is_found_where_it_stands_and_nothing_is_where_it_is_not(ids, known):
    where = places(pl.Series(ids, dtype=pl.String), pl.Series(known, dtype=pl.String))
    assert where.tolist() == [known.index(each) if each in known else -1 for each in ids]


def test_following_ends_at_what_steps_to_itself_or_nowhere():
    step = np.array([0, 0, 1, -1, 3, 2], np.int32)
    assert followed(step).tolist() == [0, 0, 0, -1, -1, 0]
