# SPDX-License-Identifier: GPL-3.0-or-later
"""The world as frames with graphkit's column names, and its hot list."""

from __future__ import annotations

import re
from collections import defaultdict
from typing import TYPE_CHECKING, Any

import polars as pl
from world import END, ID_EPOCH, PLATFORM, START, local

if TYPE_CHECKING:
    from world import World

TIME = pl.Datetime("us", "UTC")
LIST = pl.List(pl.String)
STEP, WINDOW, LENGTH = 1800, 3600, 50
PINNED, PROMOTED_AT, HELD_AT = 1, 5, 3
PINS = ("汐城文明出行倡议", "云汀植树周")
PROMOTED = ("澄湖气泡水新品", "远屿旅行早鸟价", "步步App春季赛", "青棹手机发布会")
COLLECTED = END + 4 * 86_400
LABELS = (
    "subject_kind",
    "subject_id",
    "label",
    "labelled_at",
    "labelled_by",
    "retracted_at",
    "expires_at",
    "prominence",
    "url",
)
MENTION = re.compile(r"@(\w+)")


def _times(frame: pl.DataFrame, *columns: str) -> pl.DataFrame:
    return frame.with_columns(pl.from_epoch(pl.col(*columns), "s").cast(TIME))


def accounts_frame(world: World) -> pl.DataFrame:
    """The accounts, by id."""
    rows = [
        {
            "account_id": a.id,
            "platform": PLATFORM,
            "handle": a.handle,
            "display_name": a.display,
            "created_at": a.created,
            "bio": a.bio,
            "is_verified": a.verified,
            "credential": a.credential,
            "credential_expires_at": a.expires,
            "declared_owner": a.owner,
            "followers_count": a.followers,
        }
        for a in world.accounts
    ]
    frame = pl.DataFrame(rows, infer_schema_length=None)
    return _times(frame, "created_at", "credential_expires_at").sort("account_id")


def _repost_counts(world: World) -> dict[str, int]:
    counts: dict[str, int] = defaultdict(int)
    for post in world.posts:
        if post.kind == "repost" and post.root is not None:
            counts[post.root] += 1
    return counts


def posts_frame(world: World) -> pl.DataFrame:
    """The posts, by time and id. Reposts were collected nearly completely."""
    counts = _repost_counts(world)
    rows = [
        {
            "post_id": p.id,
            "account_id": p.account.id,
            "platform": PLATFORM,
            "created_at": p.at,
            "time_precision": "second",
            "id_time": (int(p.id) >> 22) + ID_EPOCH,
            "kind": p.kind,
            "text": p.text,
            "lang": "en" if p.account.english else "zh",
            "parent_id": p.parent,
            "root_id": p.root,
            "urls": list(p.urls),
            "mentions": list(dict.fromkeys(MENTION.findall(p.text))),
            "hashtags": list(p.tags),
            "media_hashes": list(p.media),
            "source_label": p.source,
            "client": p.client,
            "declared_repost_count": counts[p.id] + counts[p.id] // 12,
            "deleted_at": p.deleted,
            "collected_at": COLLECTED,
            "is_seen": True,
        }
        for p in world.posts
    ]
    lists = dict.fromkeys(("urls", "mentions", "hashtags", "media_hashes"), LIST)
    frame = pl.DataFrame(rows, schema_overrides=lists, infer_schema_length=None)
    frame = _times(frame, "created_at", "id_time", "deleted_at", "collected_at")
    return frame.sort("created_at", "post_id")


def actions_frame(world: World) -> pl.DataFrame:
    """Searches and votes, in time order."""
    schema = {"acted_at": pl.Int64, "account_id": pl.String, "object_id": pl.String}
    frame = pl.DataFrame(world.actions, schema={**schema, "act": pl.String}, orient="row")
    frame = _times(frame, "acted_at").sort("acted_at", "account_id", "object_id", "act")
    number = pl.int_range(1, pl.len() + 1).cast(pl.String)
    return frame.select(
        number.alias("action_id"),
        "account_id",
        "object_id",
        "act",
        "acted_at",
        pl.lit("second").alias("time_precision"),
        pl.lit(None, pl.String).alias("content_id"),
        pl.lit(PLATFORM).alias("platform"),
    )


def labels_frame(world: World) -> pl.DataFrame:
    """What the press register, the accounts themselves and a fact desk attached."""
    schema = dict.fromkeys(LABELS, pl.String)
    frame = pl.DataFrame(world.labels, schema=schema)
    stamps = ("labelled_at", "retracted_at", "expires_at")
    read = [pl.col(c).str.to_datetime("%Y-%m-%dT%H:%M:%SZ", time_zone="UTC") for c in stamps]
    return frame.with_columns(read).sort("subject_kind", "subject_id", "label")


def _scores(world: World) -> dict[int, dict[str, set[str]]]:
    """Per snapshot and topic the accounts that searched or posted in the hour before it."""
    log = [(at, who, topic) for at, who, topic, act in world.actions if act == "search"]
    log += [(p.at, p.account.id, tag) for p in world.posts for tag in p.tags]
    seen: dict[int, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for at, who, topic in log:
        first = at + -at % STEP
        for tick in range(first, at + WINDOW, STEP):
            seen[tick][topic].add(who)
    return seen


def _missed(tick: int) -> bool:
    """A few snapshots were missed: three hours in one night, and single ones."""
    return local(5, 3) <= tick < local(5, 6) or (tick // STEP) % 71 == 0


def _snapshot(
    tick: int, scores: dict[str, set[str]], held: str | None
) -> list[tuple[str, int | None, int | None]]:
    """Topic, rank and heat in the order shown: a pin, the ranks, one promoted place."""
    ranked = sorted(((-len(who), topic) for topic, who in scores.items()))
    shown = [(topic, -score) for score, topic in ranked if topic != held][:LENGTH]
    if held is not None:  # the heat shown is that of the neighbour below, so nothing looks odd
        shown.insert(HELD_AT - 1, (held, shown[:HELD_AT][-1][1] if shown else 0))
    rows: list[tuple[str, int | None, int | None]] = [
        (topic, rank, heat) for rank, (topic, heat) in enumerate(shown[:LENGTH], 1)
    ]
    day = (tick - START) // 86_400
    rows.insert(PROMOTED_AT - 2, (PROMOTED[day // 4 % len(PROMOTED)], None, None))
    return [(PINS[day // 7 % 2], None, None), *rows]


def rankings_frame(world: World) -> pl.DataFrame:
    """The hot list every half hour: distinct accounts that searched or posted in an hour."""
    scores = _scores(world)
    category = {**{t.title: t.category for t in world.topics}, **world.categories}
    rows: list[dict[str, Any]] = []
    for tick in range(START + WINDOW, END + 1, STEP):
        held = next((topic for start, end, topic in world.held if start <= tick < end), None)
        if _missed(tick):
            continue
        for position, (topic, rank, heat) in enumerate(_snapshot(tick, scores[tick], held), 1):
            rows.append(
                {
                    "list_id": "weiju-hot",
                    "snapshot_at": tick,
                    "topic": topic,
                    "rank": rank,
                    "position": position,
                    "is_pinned": topic in PINS,
                    "heat": heat,
                    "is_promoted": topic in PROMOTED,
                    "category": category.get(topic),
                    "read_count": None,
                    "discuss_count": None,
                    "origin_count": None,
                }
            )
    return _times(pl.DataFrame(rows, infer_schema_length=None), "snapshot_at")
