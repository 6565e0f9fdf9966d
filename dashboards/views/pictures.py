# SPDX-License-Identifier: GPL-3.0-or-later
"""The pictures that a row is in: findings, traced stories, topics of the hot list, the network."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from dashboards.views.rows import held
from graphkit import case as cases
from graphkit.tables import TABLES

if TYPE_CHECKING:
    from dashboards.snapshot import Record, Snapshot


@dataclass(frozen=True)
class Pictures:
    """Where a row is shown; `post_id` is the post that it is or acts on, `act` what it did."""

    account_id: str | None
    post_id: str | None
    act: str | None
    findings: list[Record]
    traces: list[Record]
    topics: list[str]


def pictures_with(snapshot: Snapshot, table: str, key: str) -> Pictures:
    """The pictures with the row `key` of `table`; none of a row that the case does not hold."""
    rows = held(snapshot.corpus, table, pl.Series([key])).to_dicts() if table in TABLES else []
    row = rows[0] if rows else {}
    post = row.get("post_id", row.get("object_id"))
    is_post = post is not None and post in snapshot.corpus.posts["post_id"]
    named = {row.get("topic"), row.get("object_id"), *(row.get("hashtags") or ())}
    listed = snapshot.corpus.rankings["topic"].unique()
    return Pictures(
        account_id=row.get("account_id") or _author(snapshot, post),
        post_id=post if is_post else None,
        act=row.get("act"),
        findings=_findings(snapshot, table, key),
        traces=[each for each in snapshot.traces if _is_in(each, table, key)],
        topics=listed.filter(listed.is_in([n for n in named if n is not None])).sort().to_list(),
    )


def _author(snapshot: Snapshot, post_id: str | None) -> str | None:
    posts = snapshot.corpus.posts.filter(pl.col("post_id") == pl.lit(post_id, pl.String))
    return None if posts.is_empty() else str(posts["account_id"][0])


def _findings(snapshot: Snapshot, table: str, key: str) -> list[Record]:
    """The findings with the row among their evidence, accusing ones first."""
    has_row = (pl.col("table") == table) & (pl.col("key") == key)
    ids = {
        finding_id
        for run in snapshot.runs
        for finding_id in cases.evidence(snapshot.case, run.run_id).filter(has_row)["finding_id"]
    }
    return [each for each in snapshot.findings if each["finding_id"] in ids]


def _is_in(trace: Record, table: str, key: str) -> bool:
    nodes = {node["post_id"] for node in trace["nodes"]} if table == "posts" else set()
    rows = {(row["table"], row["key"]) for edge in trace["edges"] for row in edge["rows"]}
    return key in nodes or (table, key) in rows
