# SPDX-License-Identifier: GPL-3.0-or-later
"""Ties between finished findings: a group that pushes, and a traced story that was pushed.

A tie is beside findings and never in them: it changes no grade and no outcome, and says which rows
of both sides it rests on. Accounts in common are tested against chance, over all pairs of a push
and another graded finding; posts of a story that carry a pushed topic, over all pairs of a pushed
topic and a story. Only what has q <= ALPHA (Benjamini and Hochberg 1995) is told.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from graphkit.case import evidence, findings, load_corpus, traces
from graphkit.findings import Caveat, rounded, tested_caveat
from graphkit.graphs.member_overlap import Overlap, overlap
from graphkit.graphs.nulls import benjamini_hochberg
from graphkit.investigation.pushed_stories import Told, pushed_stories
from graphkit.tables import CITATIONS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from graphkit.case import Case
    from graphkit.tables import Corpus

Record = dict[str, Any]
Rows = tuple[dict[str, str], ...]
PUSH = "ranking-manipulation"
ALPHA = 0.01
SAME_ROWS = 0.5  # share of one side's rows that are the other side's too, from which it weakens


@dataclass(frozen=True)
class Tie:
    """One tie.

    `kind` is `shared-members` or `pushed-story`; `finding_id` is the push, `other_id` the other
    finding or the traced claim. `shared` counts accounts or posts in common, of `sizes` on either
    side, `expected` by chance. `rows` and `other_rows` are what it rests on, on either side (table,
    key, role). `topic` and `course` belong to a story: see `pushed_stories.Told`.
    """

    kind: str
    finding_id: str
    other_id: str
    shared: int
    sizes: tuple[int, int]
    expected: float
    p_value: float
    q_value: float
    tests_made: int
    rows: Rows
    other_rows: Rows
    caveats: tuple[Caveat, ...]
    topic: str | None = None
    course: Record = field(default_factory=dict)


def case_ties(case: Case, *, corpus: Corpus | None = None) -> list[Tie]:
    """The ties of the case's graded findings, surest first; [] where it has no push."""
    records = {r["finding_id"]: r for r in reversed(findings(case)) if r["grade"] is not None}
    told = [records[name] for name in sorted(records)]
    pushes = [r for r in told if r["kind"] == PUSH]
    others = [r for r in told if r["kind"] != PUSH and r["subjects"]["accounts"]]
    stories = list({t["claim"]["claim_id"]: t for t in reversed(traces(case))}.values())
    if not pushes or not (others or stories):
        return []
    tables = load_corpus(case) if corpus is None else corpus

    def rows_of(record: Record) -> pl.DataFrame:
        own = evidence(case, record["run_id"], record["finding_id"])
        return row_owners(tables, own.select("table", "key", "role"))

    pairs = [(push, other) for push in pushes if push["subjects"]["accounts"] for other in others]
    found = [*_member_ties(tables, pairs, rows_of), *_story_ties(tables, pushes, stories, rows_of)]
    return sorted(found, key=lambda t: (t.p_value, t.finding_id, t.other_id, t.topic or ""))


def ties_of(ties: Sequence[Tie], finding_id: str) -> list[Tie]:
    """The ties that have the finding on either side."""
    return [tie for tie in ties if finding_id in (tie.finding_id, tie.other_id)]


def row_owners(corpus: Corpus, rows: pl.DataFrame) -> pl.DataFrame:
    """`rows` (table, key, role) with account_id, at, topic (of an action) and `what`.

    `what` is the same for rows that say the same thing: the post that an action or a citation was
    read from, else the row itself.
    """
    keys = rows["key"].unique()  # of a large case only what is asked for is joined
    citing = keys.str.extract(r"(?s)^(.*)\|")
    of = pl.col("post_id").is_in(pl.concat([keys, citing]).drop_nulls().implode())
    posts = corpus.posts.filter(of).select("post_id", "account_id", at="created_at")
    links = corpus.citations.filter(of)
    cited = links.select("post_id", key=CITATIONS.row_key()).join(posts, on="post_id")
    acts = corpus.actions.filter(pl.col("action_id").is_in(keys.implode())).select(
        key="action_id",
        account_id="account_id",
        at="acted_at",
        topic="object_id",
        what="content_id",
    )
    known = {
        "actions": acts,
        "posts": posts.select("account_id", "at", key="post_id", what="post_id"),
        "citations": cited.select("account_id", "at", "key", what="post_id"),
        "accounts": corpus.accounts.select("account_id", key="account_id"),
    }
    named = [frame.with_columns(table=pl.lit(name)) for name, frame in known.items()]
    owners = pl.concat(named, how="diagonal")
    own = pl.concat_str("table", "key", separator="|")
    joined = rows.join(owners, on=["table", "key"], how="left")
    return joined.with_columns(what=pl.coalesce("what", own)).sort("table", "key", "role")


def _member_ties(
    corpus: Corpus,
    pairs: Sequence[tuple[Record, Record]],
    rows_of: Callable[[Record], pl.DataFrame],
) -> Iterator[Tie]:
    if not pairs:
        return
    activity = corpus.actions.group_by("account_id").agg(count=pl.len())
    tested = [overlap(activity, *(r["subjects"]["accounts"] for r in pair)) for pair in pairs]
    q_values = _q_values([each.p_value for each in tested])
    for (push, other), found, q_value in zip(pairs, tested, q_values, strict=True):
        if q_value > ALPHA:
            continue
        both = sorted(set(push["subjects"]["accounts"]) & set(other["subjects"]["accounts"]))
        sides = [rows_of(r).filter(pl.col("account_id").is_in(both)) for r in (push, other)]
        yield Tie(
            kind="shared-members",
            finding_id=push["finding_id"],
            other_id=other["finding_id"],
            shared=found.shared,
            sizes=found.sizes,
            expected=rounded(found.expected) or 0.0,
            p_value=rounded(found.p_value) or 0.0,
            q_value=rounded(q_value) or 0.0,
            tests_made=len(pairs),
            rows=_rows(sides[0]),
            other_rows=_rows(sides[1]),
            caveats=(_busy(found), _same_rows(*sides)),
        )


def _q_values(p_values: Sequence[float]) -> list[float]:
    values = benjamini_hochberg(np.array(p_values, dtype=float), tests=len(p_values))
    return [float(each) for each in values]


def _rows(rows: pl.DataFrame) -> Rows:
    return tuple(rows.select("table", "key", "role").unique(maintain_order=True).to_dicts())


def _busy(found: Overlap) -> Caveat:
    return tested_caveat(
        "busy accounts, which are in everything",
        "accounts in common where members are drawn from accounts with as many actions",
        explains=found.p_alike > ALPHA,
        detail=f"{found.expected_alike:.2g} expected among accounts as busy, "
        f"{found.shared} in common (p {found.p_alike:.2g})",
    )


def _same_rows(push: pl.DataFrame, other: pl.DataFrame) -> Caveat:
    """Two findings over one set of rows are one observation, told twice."""
    acts = other.filter(pl.col("table") != "accounts")
    same = acts.filter(pl.col("what").is_in(push["what"].implode())).height
    return tested_caveat(
        "both findings are made of the same rows",
        "rows of the other finding, by the accounts in common, that are rows of the push too",
        explains=None if acts.is_empty() else same >= SAME_ROWS * acts.height,
        detail="the other finding has no rows of posts or actions by these accounts"
        if acts.is_empty()
        else f"{same} of {acts.height}",
    )


def _story_ties(
    corpus: Corpus,
    pushes: Sequence[Record],
    stories: Sequence[Record],
    rows_of: Callable[[Record], pl.DataFrame],
) -> Iterator[Tie]:
    if not stories:
        return
    tested = [
        (push, told)
        for push in pushes
        for told in pushed_stories(corpus, push, rows_of(push), stories)
    ]
    q_values = _q_values([told.p_value for _, told in tested]) if tested else []
    for (push, told), q_value in zip(tested, q_values, strict=True):
        if q_value <= ALPHA:
            yield _story_tie(push, told, q_value=q_value, tests=len(tested))


def _story_tie(push: Record, told: Told, *, q_value: float, tests: int) -> Tie:
    return Tie(
        kind="pushed-story",
        finding_id=push["finding_id"],
        other_id=told.claim_id,
        shared=told.shared,
        sizes=told.sizes,
        expected=rounded(told.expected) or 0.0,
        p_value=rounded(told.p_value) or 0.0,
        q_value=rounded(q_value) or 0.0,
        tests_made=tests,
        rows=_rows(told.push_rows),
        other_rows=_rows(told.rows),
        caveats=told.caveats,
        topic=told.topic,
        course={
            name: each.isoformat() if isinstance(each, datetime) else each
            for name, each in told.course.items()
        },
    )
