# SPDX-License-Identifier: GPL-3.0-or-later
"""A large invented case, tables written as an import writes them: eight imports, Chinese texts.

Of the posts 55 % repost (half with a comment and the chain of handles before it), 35 % are new; the
rest replies and quotes. Twenty accounts have 20,000 posts each (fewer in a case of fewer posts).
"""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from graphkit.case import create_case, imports, load_corpus, save_import, save_run
from graphkit.findings import (
    Caveat,
    CaveatOutcome,
    EvidenceRow,
    Finding,
    Grade,
    NullModel,
    Subjects,
)
from graphkit.tables import ACCOUNTS, POSTS, RANKINGS

if TYPE_CHECKING:
    from pathlib import Path

    from graphkit.case import Case

BATCHES, BUSY, TOPICS = 8, 20, 400
START = datetime(2026, 3, 2, tzinfo=UTC)
SECONDS = 30 * 86_400
_KINDS = ("repost", "original", "reply", "quote")
_FIRST_ID, _ID_STEP = 5_270_000_000_000_000, 4_099


def account_ids(numbers: pl.Expr) -> pl.Expr:
    """The ids of the accounts of these numbers."""
    return pl.format("weiju:{}", 5_000_000_000 + numbers * 7_919)


def post_ids(numbers: pl.Expr) -> pl.Expr:
    """The ids of the posts of these numbers."""
    return pl.format("weiju:{}", _FIRST_ID + numbers * _ID_STEP)


def _phrases(rng: np.random.Generator, count: int, length: int) -> pl.Series:
    """Words of common Chinese characters, the frequent ones often."""
    common = 0x4E00 + rng.permutation(20_000)[:2_500]
    chosen = (common.size * rng.power(0.4, (count, length))).astype(int)
    return pl.Series("phrase", ["".join(map(chr, row)) for row in common[chosen]])


def accounts(count: int, source_id: str) -> pl.DataFrame:
    """The accounts: handles, and shown names of Chinese characters."""
    n = pl.col("n")
    frame = pl.int_range(count, eager=True).alias("n").to_frame()
    return ACCOUNTS.conform(
        frame.select(
            account_id=account_ids(n),
            platform=pl.lit("weiju"),
            handle=pl.format("reader_{}", n),
            display_name=pl.format("芦苇{}号", n),
            created_at=pl.lit(START) - pl.duration(days=n % 3_000),
            is_verified=n % 50 == 0,
            followers_count=n * 104_729 % 100_000,
            source_id=pl.lit(source_id),
            source_line=n + 1,
        )
    )


def posts(batch: int, *, size: int, people: int, total: int, source_id: str) -> pl.DataFrame:
    """The posts of one import; posts of any import repost posts of any earlier one."""
    rng = np.random.default_rng(100 + batch)
    number = np.arange(size) + batch * size
    kind = rng.choice(4, size, p=[0.55, 0.35, 0.07, 0.03])
    busy = rng.random(size) < min(0.1, BUSY * 20_000 / total)
    who = np.where(busy, rng.integers(0, BUSY, size), (people * rng.power(0.6, size)).astype(int))
    parent = (number * rng.power(2.0, size)).astype(int)
    spread = rng.integers(0, 86_400, size)
    words = _phrases(np.random.default_rng(7), 20_000, 6)
    picks = {f"w{i}": words.gather(rng.integers(0, words.len(), size)) for i in range(14)}
    length = rng.integers(3, 14, size)
    frame = pl.DataFrame(
        {"n": number, "kind": kind, "who": who, "parent": parent, "spread": spread, **picks}
    ).with_columns(length=length, dice=rng.random(size), topic=rng.zipf(1.4, size) % TOPICS)
    return _told(frame, total, source_id)


def _told(frame: pl.DataFrame, total: int, source_id: str) -> pl.DataFrame:
    n, dice = pl.col("n"), pl.col("dice")
    kind = pl.col("kind").replace_strict(list(range(4)), list(_KINDS), return_dtype=pl.String)
    topic = pl.format("话题{}号", "topic")
    parts = [pl.when(pl.col("length") > i).then(pl.col(f"w{i}")) for i in range(14)]
    new = pl.concat_str(
        pl.when(dice < 0.25).then(pl.format("#{}#", topic)).otherwise(pl.lit("")),
        pl.concat_str(parts, separator=",", ignore_nulls=True),
        pl.when(dice > 0.9).then(pl.format(" https://news{}.example/a/{}", n % 300, n % 50_000))
        .otherwise(pl.lit("")),
        pl.when(dice.is_between(0.5, 0.6)).then(pl.format(" @reader_{} ", n % 30_011))
        .otherwise(pl.lit("")),
    )  # fmt: skip
    chain = pl.format("{}//@reader_{}:{}", "w0", n % 30_011, "w1")
    text = pl.when(pl.col("kind") != 0).then(new).when(dice < 0.5).then(chain)
    none, lists = pl.lit([], pl.List(pl.String)), pl.List(pl.String)
    said = frame.with_columns(text=text)
    return POSTS.conform(
        said.select(
            "text",
            post_id=post_ids(n),
            account_id=account_ids(pl.col("who")),
            platform=pl.lit("weiju"),
            created_at=pl.lit(START)
            + pl.duration(seconds=n * SECONDS // total + pl.col("spread")),
            time_precision=pl.lit("second"),
            kind=kind,
            lang=pl.lit("zh"),
            parent_id=pl.when(pl.col("kind") != 1).then(post_ids(pl.col("parent"))),
            url=pl.format("https://weiju.example/status/{}", _FIRST_ID + n * _ID_STEP),
            urls=pl.col("text").str.extract_all(r"https://\S+").fill_null([]).cast(lists),
            mentions=pl.col("text").str.extract_all(r"reader_\d+").fill_null([]).cast(lists),
            hashtags=pl.when((dice < 0.25) & (pl.col("kind") != 0))
            .then(pl.concat_list(topic)).otherwise(none),
            media_hashes=none,
            client=pl.lit("微聚网页版"),
            declared_repost_count=n % 97,
            collected_at=pl.lit(START + timedelta(days=40)),
            is_seen=pl.lit(value=True),
            source_id=pl.lit(source_id),
            source_line=pl.int_range(pl.len()) + 1,
        )
    )  # fmt: skip


def rankings(source_id: str) -> pl.DataFrame:
    """Fifty topics in each of 720 hourly snapshots."""
    n = pl.col("n")
    frame = pl.int_range(50 * 720, eager=True).alias("n").to_frame()
    return RANKINGS.conform(
        frame.select(
            list_id=pl.lit("hot"),
            snapshot_at=pl.lit(START) + pl.duration(hours=n // 50),
            topic=pl.format("话题{}号", (n % 50 * 7 + n // 350) % TOPICS),
            rank=n % 50 + 1,
            source_id=pl.lit(source_id),
            source_line=n + 1,
        ).unique(["list_id", "snapshot_at", "topic"], keep="first", maintain_order=True)
    )


def make(folder: Path, total: int) -> Case:
    """A case of `total` posts in `folder`, without findings."""
    case = create_case(folder, zone="Asia/Shanghai")
    people, size = max(100, total // 20), total // BATCHES
    for batch in range(BATCHES):
        source_id = hashlib.sha256(b"%d" % batch).hexdigest()[:16]
        tables = {"posts": posts(batch, size=size, people=people, total=total, source_id=source_id)}
        if batch == 0:
            tables |= {"accounts": accounts(people, source_id), "rankings": rankings(source_id)}
        _saved(case, source_id, tables)
    return case


def _saved(case: Case, source_id: str, tables: dict[str, pl.DataFrame]) -> None:
    staged = case.root.parent / "staged"
    for name, frame in tables.items():
        (staged / "tables" / name).mkdir(parents=True, exist_ok=True)
        path = staged / "tables" / name / f"{source_id}.parquet"
        frame.write_parquet(path, compression="zstd", compression_level=3)
    copy = source_id.encode()
    digest, rows = hashlib.sha256(copy).hexdigest(), sum(each.height for each in tables.values())
    (staged / "inputs").mkdir(exist_ok=True)
    (staged / "inputs" / digest).write_bytes(copy)
    record = {
        "told": {}, "source_id": source_id, "file": f"{source_id}.jsonl", "sha256": digest,
        "importer": "canonical", "collection": "stream", "collected_at": "2026-04-20T00:00:00Z",
        "rows_read": rows, "accepted": rows, "duplicate": 0, "rejected": 0, "bytes": len(copy),
        "reasons": {"rejected": [], "warning": []}, "notes": [],
    }  # fmt: skip
    save_import(case, staged, record={"batch_id": source_id, "sources": [record]})


def add_findings(case: Case, count: int = 12, rows: int = 5_000) -> None:
    """A run of graded findings, each of some accounts with their reposts of one stretch of time."""
    corpus = load_corpus(case)
    keys = corpus.actions.filter(pl.col("act") == "repost")["action_id"].head(count * rows)
    people = corpus.accounts["account_id"]
    untested = Caveat("One newsroom posts for all", "owner", CaveatOutcome.UNTESTED, "no rows")
    each = keys.len() // count
    made = [
        Finding(
            kind="coordinated-sharing", outcome="coordinated", grade=Grade.WEAK, score=0.5,
            summary="Accounts reposted the same posts.", caveats=(untested,),
            subjects=Subjects(accounts=tuple(people[number : number + 9])),
            evidence=tuple(EvidenceRow("actions", key, "co-action")
                           for key in keys[number * each : (number + 1) * each]),
            null_model=NullModel("burst-stratified", 0.01, 100, "pairs"),
            window=(START, START + timedelta(days=3)),
        )
        for number in range(count)
    ]  # fmt: skip
    recipe = {"detector": "coordinated-sharing", "version": "1", "params": {}, "inputs": [],
              "imports": imports(case), "versions": {}, "not_tested": []}  # fmt: skip
    save_run(case, recipe, findings=made, corpus=corpus)
