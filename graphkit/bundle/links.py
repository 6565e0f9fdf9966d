# SPDX-License-Identifier: GPL-3.0-or-later
"""The rows of one finding: as a graph of its accounts, over time, and in words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from collections.abc import Mapping

_NO_EDGES = pl.DataFrame(
    schema={"a": pl.String, "b": pl.String, "relation": pl.String, "weight": pl.Int64}
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
class EvidenceGraph:
    """Accounts and what they acted on, cited or answered: each edge is rows of the finding.

    `nodes` has node, label and kind (account or object), `edges` a, b, relation (the act, cites,
    repost, quote or reply) and weight (rows). Edges lead from the account that acted.
    """

    nodes: pl.DataFrame
    edges: pl.DataFrame


def own_rows(rows: Mapping[str, pl.DataFrame], evidence: pl.DataFrame) -> dict[str, pl.DataFrame]:
    """The rows of each table that the evidence of one finding names; `key` is the bundle's."""
    found = {}
    for (name,), part in sorted(evidence.partition_by("table", as_dict=True).items()):
        keyed = rows[str(name)].drop("key").rename({"new_key": "key"}).sort("key")
        keys = part["key"].unique().sort()
        at = keyed["key"].search_sorted(keys).clip(upper_bound=max(keyed.height - 1, 0))
        found[str(name)] = keyed[at].filter(pl.col("key") == keys)
    return found


def evidence_graph(
    rows: Mapping[str, pl.DataFrame], own: Mapping[str, pl.DataFrame]
) -> EvidenceGraph | None:
    """The graph of a finding with rows `own` (from `own_rows`); None when they relate nothing."""
    parts = [_acts(own)]
    if "posts" in rows:
        authors = rows["posts"].select("post_id", "account_id")
        parts += [_cites(own, authors), _answers(own, authors)]
    edges = pl.concat(parts).sort("a", "b", "relation")
    if not edges.height:
        return None
    objects = pl.concat([part["b"] for part in parts[:1]]).unique()
    nodes = pl.concat([edges["a"], edges["b"]]).unique().sort().to_frame("node")
    is_object = pl.col("node").is_in(objects.implode()) & ~pl.col("node").is_in(
        edges["a"].implode()
    )
    kind = pl.when(is_object).then(pl.lit("object")).otherwise(pl.lit("account"))
    return EvidenceGraph(_labelled(nodes.with_columns(kind=kind), rows), edges)


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
    return _counted(own["actions"].select(a="account_id", b="object_id", relation="act"))


def _cites(own: Mapping[str, pl.DataFrame], authors: pl.DataFrame) -> pl.DataFrame:
    """Who cites whom, by how many citations; accounts that cite themselves are left out."""
    if "citations" not in own:
        return _NO_EDGES
    target = pl.when(pl.col("target_kind") == "account").then("target").otherwise("account_id_to")
    cited = (
        own["citations"]
        .join(authors, on="post_id")
        .join(authors, left_on="target", right_on="post_id", how="left", suffix="_to")
        .select(a="account_id", b=target, relation=pl.lit("cites"))
    )
    return _counted(cited)


def _answers(own: Mapping[str, pl.DataFrame], authors: pl.DataFrame) -> pl.DataFrame:
    """Who reposts, quotes or answers whom, where the parent's author is in the bundle."""
    if "posts" not in own:
        return _NO_EDGES
    answers = own["posts"].join(authors, left_on="parent_id", right_on="post_id", suffix="_to")
    return _counted(answers.select(a="account_id", b="account_id_to", relation="kind"))


def _counted(edges: pl.DataFrame) -> pl.DataFrame:
    others = edges.filter(pl.col("b").is_not_null() & (pl.col("a") != pl.col("b")))
    counted = others.group_by("a", "b", "relation").agg(weight=pl.len().cast(pl.Int64))
    return counted.select(_NO_EDGES.columns)


def described(rows: Mapping[str, pl.DataFrame], own: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    """The rows of a finding in words: columns table, key, at (UTC), account_id, said."""
    parts = [_described(name, frame, rows) for name, frame in own.items()]
    schema = dict.fromkeys(["table", "key", "account_id", "said"], pl.String())
    empty = pl.DataFrame(schema={**schema, "at": pl.Datetime("us", "UTC")})
    return pl.concat([empty, *(part.select(empty.columns) for part in parts)])


def _described(name: str, frame: pl.DataFrame, rows: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    if name == "citations" and "posts" in rows:
        posts = rows["posts"].select("post_id", "account_id", at="created_at")
        frame = frame.join(posts, on="post_id", how="left")
    columns = {each for each in ("account_id", "at") if each in frame.columns}
    said = [
        pl.format("{} {}", pl.lit(column.replace("_", " ") + ":"), pl.col(column).cast(pl.String))
        for column in _SAID.get(name, ())
    ]
    return frame.select(
        "key",
        table=pl.lit(name),
        at=_TIMES[name] if name in _TIMES else "at" if "at" in columns else pl.lit(None),
        account_id="account_id" if "account_id" in columns else pl.lit(None, pl.String),
        said=pl.concat_str(said, separator="; ", ignore_nulls=True) if said else pl.lit(""),
    ).with_columns(pl.col("at").cast(pl.Datetime("us", "UTC")))
