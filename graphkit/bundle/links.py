# SPDX-License-Identifier: GPL-3.0-or-later
"""The rows of findings: as graphs of their accounts, over time, and in words.

Everything is made of many findings at once, each row with its `finding`: one query costs the same
for one finding as for five hundred.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

Record = dict[str, Any]
HELD_ROWS = 50_000
_NO_EDGES = pl.DataFrame(
    schema={
        "finding": pl.Int64,
        "a": pl.String,
        "b": pl.String,
        "relation": pl.String,
        "weight": pl.Int64,
    }
)
# The time, the account and the words of a row, by table.
_TIMES = {
    "accounts": "created_at",
    "actions": "acted_at",
    "labels": "labelled_at",
    "posts": "created_at",
    "rankings": "snapshot_at",
}
_SAID = {
    "accounts": ("handle", "display_name", "credential", "created_at"),
    "posts": ("kind", "parent_id", "text"),
    "citations": ("target_kind", "target", "via", "support"),
    "actions": ("act", "object_id"),
    "rankings": ("list_id", "topic", "position", "heat"),
    "labels": ("subject_kind", "subject_id", "label", "labelled_by"),
}


@dataclass(frozen=True)
class Batch:
    """Some findings with all rows of their evidence, from the place `first` among all.

    `evidence` has `finding`, the place among `records`, is sorted by it, and each finding's part is
    in key order.
    """

    first: int
    records: Sequence[Record]
    evidence: pl.DataFrame


@dataclass(frozen=True)
class EvidenceGraphs:
    """Accounts and what they acted on, cited or answered: each edge is rows of its finding.

    `nodes` has finding, node, kind (account or object) and label, `edges` finding, a, b, relation
    (the act, cites, repost, quote or reply) and weight (rows), both sorted by all that they hold.
    Edges lead from the account that acted. A finding whose rows relate nothing is in neither.
    """

    nodes: pl.DataFrame
    edges: pl.DataFrame


def batches(evidence: pl.DataFrame, records: Sequence[Record]) -> Iterator[Batch]:
    """The records in their order, as many at a time as have 50,000 rows together, at least one.

    `evidence` is that of `contents.Contents`: the rows of one finding stand together.
    """
    places = evidence.with_row_index("start").group_by("run_id", "finding_id")
    by = {
        (run, name): (start, rows)
        for run, name, start, rows in places.agg(pl.col("start").min(), rows=pl.len()).rows()
    }
    none = (0, 0)
    parts = [by.get((each["run_id"], each["bundle_finding_id"]), none) for each in records]
    first = 0
    while first < len(parts):
        sizes = np.cumsum([rows for _, rows in parts[first:]])
        count = max(1, int(np.searchsorted(sizes, HELD_ROWS, side="right")))
        own = parts[first : first + count]
        numbers = pl.Series("finding", np.repeat(np.arange(count), [rows for _, rows in own]))
        held = pl.concat([evidence.slice(*each) for each in own], rechunk=True)
        yield Batch(first, records[first : first + count], held.with_columns(numbers))
        first += count


def own_rows(rows: Mapping[str, pl.DataFrame], evidence: pl.DataFrame) -> dict[str, pl.DataFrame]:
    """The rows of each table that the evidence names, once a `finding`; `key` is the bundle's."""
    found = {}
    for name in evidence["table"].unique().sort():
        asked = evidence.filter(pl.col("table") == name).select("finding", "key").unique()
        keyed = rows[name].drop("key").rename({"new_key": "key"})
        found[str(name)] = asked.join(keyed, on="key")
    return found


def evidence_graphs(
    rows: Mapping[str, pl.DataFrame], own: Mapping[str, pl.DataFrame]
) -> EvidenceGraphs:
    """The graphs of findings with rows `own` (from `own_rows`)."""
    parts = [_acts(own)]
    if "posts" in rows:
        authors = rows["posts"].select("post_id", "account_id")
        parts += [_cites(own, authors), _answers(own, authors)]
    edges = pl.concat(parts).sort(_NO_EDGES.columns)
    is_object = pl.col("is_object").any() & ~pl.col("is_actor").any()
    kind = pl.when(is_object).then(pl.lit("object")).otherwise(pl.lit("account"))
    ends = [
        part.select("finding", node=end, is_actor=pl.lit(end == "a"), is_object=pl.lit(is_target))
        for part, acts in ((parts[0], True), *((each, False) for each in parts[1:]))
        for end, is_target in (("a", False), ("b", acts))
    ]
    nodes = pl.concat(ends).group_by("finding", "node").agg(kind=kind).sort("finding", "node")
    return EvidenceGraphs(_labelled(nodes, rows), edges)


def _labelled(nodes: pl.DataFrame, rows: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    if "accounts" not in rows:
        return nodes.with_columns(label="node")
    handles = rows["accounts"].select(node="account_id", label="handle")
    joined = nodes.join(handles, on="node", how="left", maintain_order="left")
    return joined.with_columns(pl.col("label").fill_null(pl.col("node")))


def _acts(own: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    """Who acted on what, by how many rows."""
    if "actions" not in own:
        return _NO_EDGES
    return _counted(own["actions"].select("finding", a="account_id", b="object_id", relation="act"))


def _cites(own: Mapping[str, pl.DataFrame], authors: pl.DataFrame) -> pl.DataFrame:
    """Who cites whom, by how many citations; accounts that cite themselves are left out."""
    if "citations" not in own:
        return _NO_EDGES
    target = pl.when(pl.col("target_kind") == "account").then("target").otherwise("account_id_to")
    cited = (
        own["citations"]
        .join(authors, on="post_id")
        .join(authors, left_on="target", right_on="post_id", how="left", suffix="_to")
        .select("finding", a="account_id", b=target, relation=pl.lit("cites"))
    )
    return _counted(cited)


def _answers(own: Mapping[str, pl.DataFrame], authors: pl.DataFrame) -> pl.DataFrame:
    """Who reposts, quotes or answers whom, where the parent's author is in the bundle."""
    if "posts" not in own:
        return _NO_EDGES
    answers = own["posts"].join(authors, left_on="parent_id", right_on="post_id", suffix="_to")
    return _counted(answers.select("finding", a="account_id", b="account_id_to", relation="kind"))


def _counted(edges: pl.DataFrame) -> pl.DataFrame:
    others = edges.filter(pl.col("b").is_not_null() & (pl.col("a") != pl.col("b")))
    counted = others.group_by("finding", "a", "b", "relation").agg(weight=pl.len().cast(pl.Int64))
    return counted.select(_NO_EDGES.columns)


def described(rows: Mapping[str, pl.DataFrame], own: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    """The rows of findings in words: columns finding, table, key, at (UTC), account_id, said."""
    texts = dict.fromkeys(["table", "key", "account_id", "said"], pl.String())
    empty = pl.DataFrame(schema={"finding": pl.Int64(), **texts, "at": pl.Datetime("us", "UTC")})
    said = [
        _timed(name, frame, rows).select(
            "finding",
            "key",
            "at",
            "account_id",
            table=pl.lit(name),
            said=_said(name),
        )
        for name, frame in own.items()
    ]
    return pl.concat([empty, *(part.select(empty.columns) for part in said)])


def happened(rows: Mapping[str, pl.DataFrame], own: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    """When the rows of findings happened: columns finding and at (UTC), unknown times left out.

    When an account was made or labelled is not when something happened.
    """
    none = pl.DataFrame(schema={"finding": pl.Int64(), "at": pl.Datetime("us", "UTC")})
    parts = [
        _timed(name, frame, rows).select(none.columns)
        for name, frame in own.items()
        if name not in ("accounts", "labels")
    ]
    return pl.concat([none, *parts]).drop_nulls("at")


def _timed(name: str, frame: pl.DataFrame, rows: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    """The rows of one table with `at` and `account_id`, null where there is no such thing."""
    if name == "citations" and "posts" in rows:
        posts = rows["posts"].select("post_id", "account_id", at="created_at")
        frame = frame.join(posts, on="post_id", how="left")
    at = _TIMES.get(name, "at")
    time = pl.col(at) if at in frame.columns else pl.lit(None)
    who = pl.col("account_id") if "account_id" in frame.columns else pl.lit(None, pl.String)
    return frame.with_columns(at=time.cast(pl.Datetime("us", "UTC")), account_id=who)


def _said(name: str) -> pl.Expr:
    """What the row of the table `name` says: its telling columns, each with its name."""
    said = [
        pl.format("{} {}", pl.lit(column.replace("_", " ") + ":"), pl.col(column).cast(pl.String))
        for column in _SAID.get(name, ())
    ]
    return pl.concat_str(said, separator="; ", ignore_nulls=True) if said else pl.lit("")
