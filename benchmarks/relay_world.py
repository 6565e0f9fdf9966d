# SPDX-License-Identifier: GPL-3.0-or-later
"""Generated cascades of a platform that records from whom each post was reposted."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import polars as pl

from graphkit.tables import ACCOUNTS, POSTS, Corpus

START = datetime(2026, 3, 1, tzinfo=UTC)
WORDS = "江桥雨路灯船塔风钟票门雪河站街楼树鱼马鸟"
EMPTY: dict[str, Any] = {"urls": [], "mentions": [], "hashtags": [], "media_hashes": []}


@dataclass(frozen=True)
class Habits:
    """What the people of a platform do; shares of the reposts.

    `stripped`: the chain is deleted. `skipped`: the chain names not the nearest relay but the one
    before. `bare`: nothing is added. `renamed`: of the accounts, called otherwise in old chains.
    """

    stripped: float = 0.4
    skipped: float = 0.15
    bare: float = 0.4
    renamed: float = 0.1


def relay_world(seed: int, *, habits: Habits, cascades: int = 30, mean_size: int = 40) -> Corpus:
    """Cascades with true parents; about half of all reposts are of reposts."""
    dice = random.Random(seed)
    rows: list[dict[str, Any]] = []
    for number in range(cascades):
        rows += _cascade(
            dice, f"{seed}-{number}", habits, size=round(dice.expovariate(1 / mean_size))
        )
    accounts = pl.DataFrame(rows).select("account_id", "platform", "source_id", "handle").unique()
    posts = pl.DataFrame(rows, infer_schema_length=None)
    return Corpus(
        posts=POSTS.conform(posts), accounts=ACCOUNTS.conform(accounts.sort("account_id"))
    )


def _cascade(dice: random.Random, name: str, habits: Habits, *, size: int) -> list[dict[str, Any]]:
    rows = [_post(f"{name}-0", None, _words(dice, 30), START + timedelta(days=dice.random() * 20))]
    old = {}
    for number in range(1, size + 3):
        parent = rows[0] if dice.random() < 0.45 else dice.choice(rows)
        own = "转发微博" if dice.random() < habits.bare else _words(dice, dice.randint(3, 12))
        later = timedelta(seconds=dice.randint(5, 4000))
        row = _post(f"{name}-{number}", parent, own, rows[-1]["created_at"] + later)
        old[row["post_id"]] = (
            f"旧{row['handle']}" if dice.random() < habits.renamed else row["handle"]
        )
        quoted = parent
        if dice.random() < habits.skipped and parent["parent_id"] not in (None, rows[0]["post_id"]):
            quoted = next(each for each in rows if each["post_id"] == parent["parent_id"])
        if quoted is not rows[0] and dice.random() >= habits.stripped:
            row["text"] = f"{own}//@{old[quoted['post_id']]}:{quoted['text']}"
        rows.append(row)
    return rows


def _words(dice: random.Random, length: int) -> str:
    return "".join(dice.choice(WORDS) for _ in range(length))


def _post(name: str, parent: dict[str, Any] | None, text: str, at: datetime) -> dict[str, Any]:
    root = None if parent is None else parent["root_id"] or parent["post_id"]
    return EMPTY | {
        "post_id": f"weiju:{name}",
        "account_id": f"weiju:a{name}",
        "platform": "weiju",
        "handle": f"n{name}",
        "created_at": at,
        "time_precision": "second",
        "kind": "original" if parent is None else "repost",
        "text": text,
        "parent_id": None if parent is None else parent["post_id"],
        "root_id": root,
        "is_seen": True,
        "source_id": "generated",
    }
