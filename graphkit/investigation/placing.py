# SPDX-License-Identifier: GPL-3.0-or-later
"""Facts about the places of hot lists, for the page on rankings and for scripts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from graphkit.graphs.placement import RankingFacts, ranking_facts

if TYPE_CHECKING:
    from graphkit.tables import Corpus


def placement(corpus: Corpus) -> RankingFacts:
    """What the hot lists of `corpus` show about their places, without any account."""
    return ranking_facts(corpus.rankings)
