# SPDX-License-Identifier: GPL-3.0-or-later
"""The rows behind a mark: what they say, and in which line of which file they stand."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import polars as pl

from graphkit import case as cases
from graphkit.investigation.network import Lens, link_rows
from graphkit.tables import TABLES

if TYPE_CHECKING:
    from collections.abc import Callable

    from dashboards.query import Mark
    from dashboards.snapshot import Snapshot
    from graphkit.tables import Corpus

_TEXT, _TIME = pl.String(), pl.Datetime("us", "UTC")
WANTED = pl.Schema({"table": _TEXT, "key": _TEXT, "role": _TEXT})
DESCRIBED = pl.Schema(
    {
        **WANTED,
        "at": _TIME,
        "account_id": _TEXT,
        "what": _TEXT,
        "file": _TEXT,
        "line": pl.Int64(),
        "sha256": _TEXT,
    }
)
_NONE = pl.lit(None, _TEXT)
_WHAT: dict[str, dict[str, pl.Expr]] = {
    "accounts": {"account_id": pl.col("account_id"), "what": pl.col("credential")},
    "posts": {
        "at": pl.col("created_at"),
        "account_id": pl.col("account_id"),
        "what": pl.coalesce("text", pl.concat_str("kind", "parent_id", separator=" ")),
    },
    "citations": {
        "at": pl.col("created_at"),
        "account_id": pl.col("account_id"),
        "what": pl.concat_str(
            "text",
            pl.concat_str("target_kind", "target", separator=": ", ignore_nulls=True),
            separator=" → ",
            ignore_nulls=True,
        ),
    },
    "actions": {
        "at": pl.col("acted_at"),
        "account_id": pl.col("account_id"),
        "what": pl.concat_str("act", "object_id", separator=": "),
    },
    "rankings": {
        "at": pl.col("snapshot_at"),
        "what": pl.concat_str(
            "topic", pl.lit(" · #") + pl.col("rank").cast(_TEXT), ignore_nulls=True
        ),
    },
    "labels": {
        "at": pl.col("labelled_at"),
        "what": pl.concat_str(
            "label", "labelled_by", "subject_id", separator=" · ", ignore_nulls=True
        ),
    },
    # never the value: it may be a name that is withheld
    "revisions": {
        "at": pl.col("collected_at"),
        "account_id": pl.when(subject_kind="account").then("subject_id"),
        "what": pl.col("column"),
    },
    "sources": {"what": pl.col("file")},
}


def described(corpus: Corpus, wanted: pl.DataFrame) -> pl.DataFrame:
    """`wanted` (table, key, role) with at, account_id, what, file, line, sha256; by time and key.

    Rows that the tables do not hold (any more) keep their key, and nulls elsewhere.
    """
    parts = [pl.DataFrame(schema=DESCRIBED)]
    for (name,), part in wanted.group_by("table", maintain_order=True):
        rows = _told(corpus, str(name), part["key"].unique())
        parts.append(part.join(rows, on="key", how="left").select(DESCRIBED.names()))
    return pl.concat(parts).sort(["at", "table", "key", "role"], nulls_last=True)


def held(corpus: Corpus, name: str, keys: pl.Series) -> pl.DataFrame:
    """The rows of table `name` with one of `keys`, and `key`. Citations with what their post says.

    Cheap however large the table is: only rows that may be meant get a key.
    """
    frame, table = corpus.table(name), TABLES[name]
    if name == "citations":
        of = pl.col("post_id").is_in(keys.str.extract(r"(?s)^(.*)\|").implode())
        said = corpus.posts.select("post_id", "account_id", "created_at", "text").filter(of)
        frame = frame.filter(of).join(said, on="post_id", how="left")
    found = frame.filter(table.row_key().is_in(keys.implode()))
    return found.with_columns(table.row_key())


def _told(corpus: Corpus, name: str, keys: pl.Series) -> pl.DataFrame:
    keyed = held(corpus, name, keys)
    told = {"at": pl.lit(None, _TIME), "account_id": _NONE, "what": _NONE, **_WHAT[name]}
    if name == "sources":
        return keyed.select("key", "file", "sha256", line=pl.lit(None, pl.Int64), **told)
    files = corpus.sources.select("source_id", "file", "sha256")
    rows = keyed.select("key", "source_id", line="source_line", **told)
    return rows.join(files, on="source_id", how="left")


def _asked(table: str, keys: pl.Series | list[str], role: str) -> pl.DataFrame:
    frame = pl.DataFrame({"key": keys}, schema={"key": _TEXT})
    return frame.select(pl.lit(table).alias("table"), "key", pl.lit(role).alias("role"))


def lens_from(text: str) -> Lens:
    """The lens written as `name:act:seconds:count:since:until`, times in seconds or empty.

    >>> lens_from("coaction:repost:60:2::1772409600").until.isoformat()
    '2026-03-02T00:00:00+00:00'
    """
    name, act, seconds, count, *days = f"{text}::".split(":")[:6]
    since, until = (datetime.fromtimestamp(int(d), UTC) if d else None for d in days)
    return Lens(name, act, timedelta(seconds=float(seconds)), int(count), since, until)


def lens_text(lens: Lens) -> str:
    """The lens as text for addresses."""
    days = ("" if day is None else f"{day.timestamp():.0f}" for day in (lens.since, lens.until))
    basis = f"{lens.name}:{lens.act}:{lens.within.total_seconds():g}:{lens.min_count}"
    return ":".join([basis, *days])


def _row(_snapshot: Snapshot, table: str, key: str) -> pl.DataFrame:
    return _asked(table, [key], "")


def _edge(snapshot: Snapshot, lens: str, a: str, b: str) -> pl.DataFrame:
    return link_rows(snapshot.corpus, lens_from(lens), (a, b))


def _account(snapshot: Snapshot, account_id: str) -> pl.DataFrame:
    corpus = snapshot.corpus
    own = pl.col("account_id") == account_id
    posts = corpus.posts.select("account_id", "post_id").filter(own)["post_id"]
    acts = corpus.actions.select("account_id", "action_id").filter(own)["action_id"]
    return pl.concat(
        [_asked("accounts", [account_id], ""), _asked("posts", posts, "")]
        if posts.len()
        else [_asked("actions", acts, "")]
    )


def _evidence(snapshot: Snapshot, run_id: str, finding_id: str, *role: str) -> pl.DataFrame:
    if run_id not in {run.run_id for run in snapshot.runs}:  # an address edited by hand
        return pl.DataFrame(schema=WANTED)
    rows = cases.evidence(snapshot.case, run_id, finding_id).select("table", "key", "role")
    return rows.filter(pl.col("role").is_in(list(role))) if role else rows


def _hour(snapshot: Snapshot, account_id: str, day: str, hour: str) -> pl.DataFrame:
    local = pl.col("created_at").dt.convert_time_zone(snapshot.case.zone)
    then = (local.dt.weekday() == int(day)) & (local.dt.hour() == int(hour))
    posts = snapshot.corpus.posts.filter(pl.col("account_id") == account_id, then)
    return _asked("posts", posts["post_id"], "")


def _volume(snapshot: Snapshot, topic: str, start: str, seconds: str) -> pl.DataFrame:
    begin = datetime.fromisoformat(start)
    during = pl.col("acted_at").is_between(
        begin, begin + timedelta(seconds=float(seconds)), closed="left"
    )
    acts = snapshot.corpus.actions.filter(pl.col("object_id") == topic, during)
    return _asked("actions", acts["action_id"], "")


def _trace_edge(snapshot: Snapshot, what: str, child: str | None, parent: str) -> pl.DataFrame:
    """The rows of that step; without a child those of all steps that lead to `parent`."""
    edges = [
        row
        for trace in snapshot.traces
        if trace["query"]["what"] == what
        for edge in trace["edges"]
        if edge["parent"] == parent and child in {None, edge["child"]}
        for row in edge["rows"]
    ]
    rows = [(row["table"], row["key"], "") for row in edges]
    return pl.DataFrame(rows, schema=WANTED, orient="row").unique(maintain_order=True)


def _told_of(snapshot: Snapshot, what: str, parent: str) -> pl.DataFrame:
    return _trace_edge(snapshot, what, None, parent)


def _tie(snapshot: Snapshot, push: str, other: str, topic: str, side: str) -> pl.DataFrame:
    """The rows of one side of a tie; `topic` is empty where it has none."""
    named = (push, other, topic)
    ties = [t for t in snapshot.ties if (t.finding_id, t.other_id, t.topic or "") == named]
    rows = [r for t in ties for r in (t.rows if side == "push" else t.other_rows)]
    return pl.DataFrame(rows, schema=WANTED)


_MARKS: dict[str, tuple[int, Callable[..., pl.DataFrame]]] = {
    "row": (2, _row),
    "edge": (3, _edge),
    "account": (1, _account),
    "evidence": (2, _evidence),
    "hour": (3, _hour),
    "volume": (3, _volume),
    "step": (3, _trace_edge),
    "told": (2, _told_of),
    "tie": (4, _tie),
}


def rows_behind(snapshot: Snapshot, mark: Mark) -> pl.DataFrame | None:
    """The described rows behind `mark`; None for a mark that nobody draws."""
    what, *ids = mark
    if what not in _MARKS or len(ids) < _MARKS[what][0]:
        return None
    try:
        wanted = _MARKS[what][1](snapshot, *ids)
    except (TypeError, ValueError, OverflowError):  # an address edited by hand
        return None
    known = wanted.filter(pl.col("table").is_in(list(TABLES)))
    return described(snapshot.corpus, known)
