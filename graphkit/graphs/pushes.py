# SPDX-License-Identifier: GPL-3.0-or-later
"""Groups of audiences with everything that is measured on them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from graphkit.graphs.audience_traits import (
    arrivals,
    group_rows,
    order_agreement,
    spread_ratios,
    topic_spreads,
    topics_in_common,
)
from graphkit.graphs.coaudience import DAY, HOUR, ActionLog, action_log
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

    `spreads` are `spread_ratios` with the column ratio, `ratio` is their median over the topics
    (None where no topic allows one), against the topics' other accounts, or, without `has_others`,
    against topics with as many accounts. `parted_from` is the group's topics where this is a part.
    """

    group: AudienceGroup
    rows: pl.DataFrame
    arrivals: pl.DataFrame
    sides: pl.DataFrame
    spreads: pl.DataFrame
    measures: Mapping[str, float]
    ratio: float | None
    has_others: bool
    parted_from: int | None = None

    @property
    def core(self) -> pl.DataFrame:
        """The rows of the core accounts in the windows."""
        return self.rows.filter("is_core", "in_window")

    @property
    def topics(self) -> set[str]:
        """Its topics."""
        return set(self.spreads["object_id"])

    @property
    def summary(self) -> str:
        """One sentence about its rows."""
        group, accounts = self.group, self.core["account_id"].n_unique()
        each = f"each acted on {group.threshold} or more of {len(self.topics)} topics"
        of = f"of a group on {self.parted_from} topics acted on {len(self.topics)} of them"
        return (
            f"{accounts} accounts {each if self.parted_from is None else of} in the same windows "
            f"of {group.grid.width / 60:g} minutes; pairs of windows share {group.shared} accounts "
            f"in all, where chance explains {group.expected:.1f}."
        )

    def loose_topics(self, *, tight_ratio: float) -> set[str]:
        """The topics to which the group comes over more than an hour, or no tighter than others.

        Topics with too few accounts of the group are not known to be loose.
        """
        is_loose = (pl.col("group_spread") > HOUR) | (pl.col("ratio") > tight_ratio)
        return set(self.spreads.filter(is_loose)["object_id"])


def push_log(actions: pl.DataFrame, rules: Iterable[ScoreRule]) -> PushLog:
    """The log, spreads and scores of dated actions."""
    log = action_log(actions)
    return PushLog(actions, log, topic_spreads(actions), all_scores(log, rules))


def pushes(
    base: PushLog, corpus: Corpus, groups: Sequence[AudienceGroup], *, top: int
) -> list[Push]:
    """What is measured on each of the groups, in their order."""
    found = [_Found(group, rows := group_rows(base.actions, base.log, group),
                    _spreads(base, group, rows)) for group in groups]  # fmt: skip
    sides = _sides(base, corpus, [each.rows for each in found])
    return [
        _push(base, each, sides=sides.filter(group=number), top=top)
        for number, each in enumerate(found)
    ]


@dataclass(frozen=True)
class _Found:
    """A group, its `group_rows` and its `spread_ratios` with the ratio."""

    group: AudienceGroup
    rows: pl.DataFrame
    spreads: pl.DataFrame


def _spreads(base: PushLog, group: AudienceGroup, rows: pl.DataFrame) -> pl.DataFrame:
    """`spread_ratios` with the column ratio, null with too few accounts of the group."""
    spreads = spread_ratios(rows, group.threshold, base.spreads)
    has_others = pl.col("other_accounts") >= LEAST_OTHERS
    by = pl.when(has_others).then("other_spread").otherwise("like_spread")
    ratio = pl.col("group_spread").clip(1) / by.clip(1)  # a spread of 0 is within a second
    is_known = pl.col("group_accounts") >= LEAST_GROUP
    return spreads.with_columns(ratio=pl.when(is_known).then(ratio))


def _sides(base: PushLog, corpus: Corpus, rows: Sequence[pl.DataFrame]) -> pl.DataFrame:
    """`side_evidence` of the core rows in the windows, numbered as `rows` are."""
    cores = [
        each.filter("is_core", "in_window").select("action_id", group=pl.lit(number, pl.Int64))
        for number, each in enumerate(rows)
    ]
    none = pl.DataFrame(schema={"action_id": pl.String, "group": pl.Int64})
    marked = base.actions.join(pl.concat([none, *cores]), on="action_id")
    return side_evidence(marked, base.actions, corpus.accounts, corpus.posts)


def part(base: PushLog, corpus: Corpus, push: Push, *, topics: set[str], top: int) -> Push:
    """What is measured on some of a push's topics: the core are its core that came to them.

    The significant pairs are those between these topics, or, where there is none, from them to the
    others.
    """
    group, log = push.group, base.log
    rows = push.rows.filter(pl.col("object_id").is_in(topics))
    codes = np.flatnonzero(log.topic_ids.is_in(topics).to_numpy())
    came = rows.filter("in_window").group_by("account_id").agg(pl.col("object_id").n_unique())
    hits = pl.DataFrame(
        {
            "account": pl.Series(log.account_ids.search_sorted(came["account_id"])).cast(pl.Int64),
            "topics": came["object_id"].cast(pl.Int64),
        }
    )
    own, ends = [pl.col(f"{side}_topic").is_in(codes) for side in ("left", "right")], group.pairs
    between = ends.filter(own[0] & own[1])
    some = replace(
        group,
        windows=group.windows.filter(pl.col("topic").is_in(codes)),
        members=group.members.drop("topics").join(hits, on="account").sort("account"),
        threshold=1,
        pairs=between if between.height else ends.filter(own[0] | own[1]),
    )
    spreads = push.spreads.filter(pl.col("object_id").is_in(topics))
    sides = _sides(base, corpus, [rows])
    measured = _push(base, _Found(some, rows, spreads), sides=sides, top=top)
    return replace(measured, parted_from=len(push.topics))


def _push(base: PushLog, found: _Found, *, sides: pl.DataFrame, top: int) -> Push:
    group, rows, spreads = found.group, found.rows, found.spreads
    ratio, has_others = _ratio(spreads)
    measures = _counts(group, rows) | _habits(base.actions, rows)
    loose = spreads.filter(pl.col("group_spread") > group.grid.width)
    common = topics_in_common(base.actions, rows) + loose.height
    measures |= {"loose_topics_in_common": float(common)}
    measures |= push_impact(base.log, base.scores, group, top=top) | side_numbers(sides)
    known = {"spread_ratio": ratio, "order_agreement": order_agreement(rows)}
    measures |= {name: value for name, value in known.items() if value is not None}
    return Push(group, rows, arrivals(rows), sides, spreads, measures, ratio, has_others)


def _ratio(spreads: pl.DataFrame) -> tuple[float | None, bool]:
    """The median spread ratio, and whether it is against the same topics' other accounts."""
    compared = spreads.filter(pl.col("other_accounts") >= LEAST_OTHERS)["ratio"].drop_nulls()
    median = (compared if compared.len() else spreads["ratio"].drop_nulls()).median()
    return (median if isinstance(median, float) else None), compared.len() > 0


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
        "pairs": float(group.pairs.height),
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


def side_numbers(sides: pl.DataFrame) -> dict[str, float]:
    """The numbers of `side_evidence` rows of one group, by test and column."""
    columns = ("share", "expected_share", "p_value")
    return {
        f"{test.replace('-', '_')}_{name}": value
        for test, *values in sides.select("test", *columns).iter_rows()
        for name, value in zip(columns, values, strict=True)
    }


def span_of(seconds: pl.Series) -> tuple[datetime, datetime]:
    """The first and the last of some seconds since 1970, as times."""
    ordered = seconds.sort()
    return datetime.fromtimestamp(ordered[0], UTC), datetime.fromtimestamp(ordered[-1], UTC)
