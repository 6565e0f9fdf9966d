# SPDX-License-Identifier: GPL-3.0-or-later
"""A push against the real list: where its topic stood, and would stand by score without it."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import polars as pl

from graphkit.graphs.listed_ranks import listed_ranks
from graphkit.graphs.scores import score_rules

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from graphkit.tables import Corpus

BEFORE = timedelta(hours=26)  # of actions: velocity reads the day before the trailing hour
SCORES = ("accounts", "actions")
AFTER = timedelta(hours=1)  # the scores' trailing time


def against_list(
    corpus: Corpus, push: Mapping[str, Any], topic: str, *, during: tuple[datetime, datetime]
) -> pl.DataFrame:
    """`listed_ranks` of a pushed topic, from the push's first row on it to an hour after the last.

    `during` are the times of those rows. Under the scores of the finding's own parameters (those
    of SCORES where an earlier version had none), without its accounts' actions; no row where the
    list has no snapshot with the topic then.
    """
    start, end = during[0], during[1] + AFTER
    window = corpus.rankings.filter(pl.col("snapshot_at").is_between(start, end))
    with_topic = window.filter(pl.col("topic") == topic).select("list_id", "snapshot_at")
    lists = window.join(with_topic, on=["list_id", "snapshot_at"], how="semi")
    params = push["params"]
    actions = corpus.actions.filter(
        pl.col("act").is_in(params["acts"]), pl.col("acted_at").is_between(start - BEFORE, end)
    )
    rules = score_rules(params.get("scores", SCORES), params.get("act_weights", ()))
    ranks = listed_ranks(lists, actions, rules, accounts=push["subjects"]["accounts"])
    return ranks.filter(pl.col("topic") == topic)
