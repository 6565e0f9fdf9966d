# SPDX-License-Identifier: GPL-3.0-or-later
"""Open calls before a push, and which of its topics they explain."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from graphkit.text.announcements import timed_announcements

if TYPE_CHECKING:
    from datetime import timedelta

    from graphkit.graphs.pushes import Push


@dataclass(frozen=True)
class OpenCalls:
    """The posts that announce a push, and of which topics they explain the windows.

    `posts` are `timed_announcements` of its topics (None without any post to search), `by_core` how
    many of them core accounts made. `covered` are the topics announced to which the group comes
    tightly; `uncovered` those not announced to which it is not known to come loosely.
    """

    posts: pl.DataFrame | None
    by_core: int = 0
    covered: frozenset[str] = frozenset()
    uncovered: frozenset[str] = frozenset()

    @property
    def keys(self) -> tuple[str, ...]:
        """The posts' ids."""
        return () if self.posts is None else tuple(self.posts["post_id"].unique().sort())

    @property
    def explain_all(self) -> bool:
        """Whether no topic is left that is not announced and may be tight."""
        return bool(self.covered) and not self.uncovered

    @property
    def explain(self) -> bool:
        """Whether fewer than two such topics are left: no shared audience without the calls."""
        return bool(self.covered) and len(self.uncovered) < 2


def open_calls(
    push: Push,
    posts: pl.DataFrame | None,
    *,
    tight_ratio: float,
    within: timedelta,
    near: timedelta,
) -> OpenCalls:
    """The `timed_announcements` of a push; a topic starts when a tenth of the core is there."""
    if posts is None:
        return OpenCalls(None)
    start = pl.col("second").quantile(0.1, "lower").cast(pl.Int64)
    at = pl.from_epoch(start, "s").dt.cast_time_unit("us").dt.replace_time_zone("UTC")
    topics = push.core.group_by("object_id").agg(start=at).rename({"object_id": "topic"})
    calls = timed_announcements(posts, topics, within=within, near=near)
    named, loose = set(calls["topic"]), push.loose_topics(tight_ratio=tight_ratio)
    core = calls.filter(pl.col("account_id").is_in(push.core["account_id"].unique().implode()))
    return OpenCalls(
        calls,
        core["post_id"].n_unique(),
        covered=frozenset(named - loose),
        uncovered=frozenset(push.topics - named - loose),
    )
