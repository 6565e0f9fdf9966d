# SPDX-License-Identifier: GPL-3.0-or-later
"""Facts about the places of the shipped hot lists."""

from __future__ import annotations

from graphkit.case import load_corpus
from graphkit.investigation import placement


def test_the_places_of_the_worlds_hot_list_are_followed_from_snapshot_to_snapshot(world_case):
    corpus = load_corpus(world_case)
    facts = placement(corpus)
    [snapshots] = facts.snapshots.rows(named=True)
    assert snapshots["snapshots"] == corpus.rankings["snapshot_at"].n_unique()
    assert 0 < snapshots["followed"] < snapshots["snapshots"]
    assert facts.ranks["rank"].to_list() == sorted(facts.ranks["rank"].to_list())
