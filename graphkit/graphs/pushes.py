# SPDX-License-Identifier: GPL-3.0-or-later
"""Groups of audiences with everything that is measured on them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from graphkit.graphs.audience_traits import (
    arrivals,
    group_rows,
    order_agreement,
    spread_ratios,
    topic_spreads,
    topics_in_common,
)
from graphkit.graphs.coaudience import DAY, ActionLog, action_log
from graphkit.graphs.push_impact import all_scores, push_impact
from graphkit.graphs.side_evidence import side_evidence

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from graphkit.graphs.audience_groups import AudienceGroup
    from graphkit.graphs.scores import ScoreRule
    from graphkit.tables import Corpus

LEAST_GROUP = 5  # accounts of a group on a topic for a spread
LEAST_OTHERS = 10  # others on a topic that the group is compared with


@dataclass(frozen=True)
class PushLog:
    """The dated actions with what is computed on all of them once."""

    actions: pl.DataFrame
    log: ActionLog
    spreads: pl.DataFrame
    scores: Mapping[ScoreRule, pl.DataFrame]


@dataclass(frozen=True)
class Push:
    """One group of audiences with its rows (`group_rows`), `arrivals`, `side_evidence`, numbers.

    `ratio` is the median spread ratio over the topics (None where no topic allows one), against
    the topics' other accounts, or, without `has_others`, against topics with as many accounts.
    """

    group: AudienceGroup
    rows: pl.DataFrame
    arrivals: pl.DataFrame
    sides: pl.DataFrame
    measures: Mapping[str, float]
    ratio: float | None
    has_others: bool

    @property
    def core(self) -> pl.DataFrame:
        """The rows of the core accounts in the windows."""
        return self.rows.filter("is_core", "in_window")


def push_log(actions: pl.DataFrame, rules: Iterable[ScoreRule]) -> PushLog:
    """The log, spreads and scores of dated actions."""
    log = action_log(actions)
    return PushLog(actions, log, topic_spreads(actions), all_scores(log, rules))


def pushes(
    base: PushLog, corpus: Corpus, groups: Sequence[AudienceGroup], *, top: int
) -> list[Push]:
    """What is measured on each of the groups, in their order."""
    rows = [group_rows(base.actions, base.log, group) for group in groups]
    core = [
        base.actions.join(each.filter("is_core", "in_window"), on="action_id", how="semi")
        for each in rows
    ]
    marked = [each.with_columns(group=pl.lit(n, pl.Int64)) for n, each in enumerate(core)]
    if not marked:
        return []
    sides = side_evidence(pl.concat(marked), base.actions, corpus.accounts, corpus.posts)
    return [
        _push(base, group, rows[n], sides=sides.filter(group=n), top=top)
        for n, group in enumerate(groups)
    ]


def _push(
    base: PushLog, group: AudienceGroup, rows: pl.DataFrame, *, sides: pl.DataFrame, top: int
) -> Push:
    spreads = spread_ratios(rows, group.threshold, base.spreads)
    ratio, has_others = _ratio(spreads)
    measures = _counts(group, rows) | _habits(base.actions, rows)
    loose = spreads.filter(pl.col("group_spread") > group.grid.width)
    common = topics_in_common(base.actions, rows) + loose.height
    measures |= {"loose_topics_in_common": float(common)}
    measures |= push_impact(base.log, base.scores, group, top=top) | side_numbers(sides)
    known = {"spread_ratio": ratio, "order_agreement": order_agreement(rows)}
    measures |= {name: value for name, value in known.items() if value is not None}
    return Push(group, rows, arrivals(rows), sides, measures, ratio, has_others)


def _ratio(spreads: pl.DataFrame) -> tuple[float | None, bool]:
    """The median spread ratio, and whether it is against the same topics' other accounts."""
    known = spreads.filter(pl.col("group_accounts") >= LEAST_GROUP)
    compared = known.filter(pl.col("other_accounts") >= LEAST_OTHERS)
    by = "other_spread" if compared.height else "like_spread"
    ratios = (compared if compared.height else known).select(
        pl.col("group_spread").clip(1) / pl.col(by).clip(1)  # a spread of 0 is within a second
    )
    median = ratios.to_series().median()
    return (median if isinstance(median, float) else None), compared.height > 0


def _counts(group: AudienceGroup, rows: pl.DataFrame) -> dict[str, float]:
    inside = rows.filter("in_window")
    return {
        "core_accounts": float(len(group.core)),
        "core_by_chance": group.core_by_chance,
        "associated_accounts": float(group.members.height - len(group.core)),
        "topics_of_core_at_least": float(group.threshold),
        "topics": float(group.windows["topic"].n_unique()),
        "windows": float(group.windows.height),
        "window_seconds": float(group.grid.width),
        "days": float((inside["second"] // DAY).n_unique()),
        "pairs": float(group.pairs),
        "shared_accounts": float(group.shared),
        "expected_shared_accounts": group.expected,
        "surprise": group.surprise,
    }


def _habits(actions: pl.DataFrame, rows: pl.DataFrame) -> dict[str, float]:
    """Medians over core accounts: other topics, and the share of their actions that is here."""
    here = rows.filter("is_core", "in_window").select("action_id", "account_id", is_here=True)
    theirs = actions.join(here.select("account_id").unique(), on="account_id", how="semi")
    marked = theirs.join(here.drop("account_id"), on="action_id", how="left")
    topics = rows["object_id"].unique().implode()
    each = marked.group_by("account_id").agg(
        others=pl.col("object_id").filter(~pl.col("object_id").is_in(topics)).n_unique(),
        share=pl.col("is_here").fill_null(value=False).mean(),
    )
    others, share = each["others"].median(), each["share"].median()
    return {
        "median_other_topics": float(str(others)),
        "median_share_of_actions": float(str(share)),
    }


def busy_windows(actions: pl.DataFrame, taken: set[str], *, least: int) -> pl.DataFrame:
    """Actions in the windows of ten minutes in which `least` accounts came to one topic.

    Without the topics that are `taken`; with the column group, a number for topic and window.
    """
    windows = actions.with_columns(start=pl.col("acted_at").dt.truncate("10m"))
    size = pl.col("account_id").n_unique().over("object_id", "start")
    busy = windows.filter(size >= least, ~pl.col("object_id").is_in(sorted(taken)))
    number = pl.struct("object_id", "start").rank("dense").cast(pl.Int64)
    return busy.with_columns(group=number).drop("start")


def side_numbers(sides: pl.DataFrame) -> dict[str, float]:
    """The numbers of `side_evidence` rows of one group, by test and column."""
    columns = ("share", "expected_share", "p_value")
    return {
        f"{test.replace('-', '_')}_{name}": value
        for test, *values in sides.select("test", *columns).iter_rows()
        for name, value in zip(columns, values, strict=True)
    }
