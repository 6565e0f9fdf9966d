# SPDX-License-Identifier: GPL-3.0-or-later
"""Invented action logs for the ranking measurements: organic life, its lookalikes, and plants."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from graphkit.tables import ACCOUNTS, ACTIONS, POSTS, Corpus

START = int(datetime(2026, 3, 2, tzinfo=UTC).timestamp())
HOUR = 3600
DAY = 86400
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Plant:
    """A push: so many accounts on so many topics, each taking part with probability `part`."""

    accounts: int
    topics: int
    part: float = 0.9
    width: int = 600
    camouflage: float = 0.0
    is_hijacked: bool = False
    others: float = 1.0  # organic audience of a pushed topic, as a multiple of the block
    side: str = ""  # what else it leaves: cohort, deleted or order
    announced: int = 0  # topics that a member of its own announces, five hours before
    is_call_kept: bool = True  # the calls are still there


@dataclass(frozen=True)
class Drive:
    """Willing people who act on three topics, each at a set minute: four in five inside it.

    `crowd` says who: fans (they also talk loosely on six other topics), active (drawn as everyday
    actions are), quiet (drawn evenly: most are seldom seen), joined (quiet, and made in one month).
    """

    crowd: str = "fans"
    is_public: bool = False  # announced in posts that are in the data
    is_purged: bool = False  # four in five of the posts are gone, as after a platform's campaign
    accounts: int = 150
    topics: int = 3
    width: int = 60


@dataclass(frozen=True)
class Call:
    """A post that announces a topic and its time: who made it when, and whether it is still there.

    `start` and `at` are seconds after the beginning of the world.
    """

    topic: int
    start: int
    account: int = 0
    is_kept: bool = True

    @property
    def at(self) -> int:
        return self.start - 5 * HOUR


@dataclass
class World:
    """Rows (account, topic, second) by piece; truth by kind: topics, and accounts of the plants."""

    rows: list[tuple[Ints, Ints, Ints]] = field(default_factory=list)
    topics: dict[str, list[int]] = field(default_factory=dict)
    members: dict[str, set[int]] = field(default_factory=dict)
    young: set[int] = field(default_factory=set)  # accounts made in one month
    gone: set[int] = field(default_factory=set)  # topics on which the members' posts are deleted
    calls: list[Call] = field(default_factory=list)
    next_topic: int = 0
    days: int = 14  # later actions are left out

    def add(self, kind: str, account: Ints, second: Ints) -> int:
        """Rows on one new topic of that kind; the topic."""
        topic = self.next_topic
        self.next_topic += 1
        self.topics.setdefault(kind, []).append(topic)
        self.rows.append((account, np.full(account.size, topic), second))
        return topic

    def actions(self) -> pl.DataFrame:
        """The actions table, in order of time."""
        account, topic, second = (np.concatenate(part) for part in zip(*self.rows, strict=True))
        inside = (second >= 0) & (second < self.days * DAY)
        frame = pl.DataFrame(
            {
                "account_id": account[inside],
                "object_id": topic[inside],
                "acted_at": (second[inside] + START) * 1_000_000,
            }
        ).sort("acted_at", "account_id", "object_id")
        return ACTIONS.conform(
            frame.with_row_index("action_id").with_columns(
                pl.format("a{}", pl.col("account_id")).alias("account_id"),
                pl.format("t{}", pl.col("object_id")).alias("object_id"),
                pl.format("x{}", pl.col("action_id").cast(pl.String).str.zfill(9)).alias(
                    "action_id"
                ),
                pl.col("acted_at").cast(pl.Datetime("us", "UTC")),
                act=pl.lit("search"),
                time_precision=pl.lit("second"),
                source_id=pl.lit("invented"),
            )
        )


def corpus_of(world: World) -> Corpus:
    """The world as tables: actions, when accounts were made, posts where there are any to tell."""
    actions = world.actions()
    names = actions["account_id"].unique().sort()
    numbers = names.str.slice(1).cast(pl.Int64).to_numpy()
    draw = np.random.default_rng(int(names.len()))
    age = draw.uniform(60, 3000, numbers.size)
    age = np.where(
        np.isin(numbers, sorted(world.young)), draw.uniform(0, 25, numbers.size) + 35, age
    )
    at = pl.lit(START).cast(pl.Int64) - pl.Series("made", (age * DAY).astype(np.int64))
    accounts = pl.select(
        account_id=names,
        platform=pl.lit("invented"),
        created_at=pl.from_epoch(at, "s").dt.cast_time_unit("us").dt.replace_time_zone("UTC"),
        source_id=pl.lit("invented"),
    )
    posts = [_announcing(world)] if world.calls else []
    if world.gone:
        actions = actions.with_columns(content_id=pl.concat_str(pl.lit("c"), "action_id"))
        posts.append(_carrying(world, actions))
    table = POSTS.conform(pl.concat(posts)) if posts else POSTS.empty()
    return Corpus(actions=actions, accounts=ACCOUNTS.conform(accounts), posts=table)


def _post(**columns: pl.Expr) -> list[pl.Expr]:
    empty = pl.lit([], pl.List(pl.String))
    fixed = {"platform": "invented", "time_precision": "second", "kind": "original"}
    return [
        *(each.alias(name) for name, each in columns.items()),
        *(pl.lit(value).alias(name) for name, value in fixed.items()),
        *(empty.alias(name) for name in ("urls", "mentions", "hashtags", "media_hashes")),
        pl.lit(value=True).alias("is_seen"),
        pl.lit("invented").alias("source_id"),
    ]


def _announcing(world: World) -> pl.DataFrame:
    """Calls that name the time as clocks in the zone UTC+8 show it."""
    rows = [
        (call.topic, call.account, datetime.fromtimestamp(START + call.at, UTC), call.is_kept,
         f"{datetime.fromtimestamp(START + call.start + 8 * HOUR, UTC):%H:%M}")
        for call in world.calls
    ]  # fmt: skip
    columns = ["topic", "account", "at", "is_kept", "clock"]
    calls = pl.DataFrame(rows, schema=columns, orient="row")
    at = pl.col("at").cast(pl.Datetime("us", "UTC"))
    return calls.select(
        _post(
            post_id=pl.format("call{}", "topic"),
            account_id=pl.format("a{}", "account"),
            created_at=at,
            text=pl.format("Everyone, join us at {}: t{}", "clock", "topic"),
            deleted_at=pl.when(~pl.col("is_kept")).then(at.dt.offset_by("1d")),
        )
    )


def _carrying(world: World, actions: pl.DataFrame) -> pl.DataFrame:
    """One post an action: four in five of a block's are deleted, 3 % of all others."""
    pushers = [f"a{n}" for n in sorted(set().union(*world.members.values()))]
    topics = [f"t{n}" for n in sorted(world.gone)]
    is_push = pl.col("account_id").is_in(pushers) & pl.col("object_id").is_in(topics)
    luck = pl.Series(np.random.default_rng(actions.height).random(actions.height))
    is_gone = luck < pl.when(is_push).then(0.8).otherwise(0.03)
    return actions.select(
        _post(
            post_id=pl.col("content_id"),
            account_id=pl.col("account_id"),
            created_at=pl.col("acted_at"),
            text=pl.lit(None, pl.String),
            deleted_at=pl.when(is_gone).then(pl.col("acted_at").dt.offset_by("5m")),
        )
    )


def power(draw: np.random.Generator, size: int, exponent: float) -> NDArray[np.float64]:
    """Shuffled probabilities that fall as a power of the rank."""
    weights = (np.arange(size) + 10.0) ** -exponent
    return draw.permutation(weights / weights.sum())


def clock(draw: np.random.Generator, size: int, days: int) -> Ints:
    """Seconds over `days` days that follow a day's rhythm: least at 4, most at 20 o'clock."""
    hours = np.arange(24)
    rhythm = 1.0 + 0.8 * np.cos((hours - 20) / 24 * 2 * np.pi)
    hour = draw.choice(24, size, p=rhythm / rhythm.sum())
    return draw.integers(0, days, size) * DAY + hour * HOUR + draw.integers(0, HOUR, size)


def organic(world: World, draw: np.random.Generator, **size: int) -> NDArray[np.float64]:
    """Everyday actions: busy accounts, popular topics with a life, interests. Account weights."""
    accounts, topics, rows = size["accounts"], size["topics"], size["rows"]
    weight = power(draw, accounts, 0.9)
    interest = size.get("interests", 1)
    by_account, by_topic = draw.integers(0, interest, accounts), draw.integers(0, interest, topics)
    account = draw.choice(accounts, rows, p=weight)
    popular = power(draw, topics, 1.0)
    topic = draw.choice(topics, rows, p=popular)
    followed = np.flatnonzero(draw.random(rows) < 0.3) if interest > 1 else np.empty(0, np.int64)
    for each in range(interest if interest > 1 else 0):
        own = np.flatnonzero(by_topic == each)
        at = followed[by_account[account[followed]] == each]
        topic[at] = draw.choice(own, at.size, p=popular[own] / popular[own].sum())
    born, life = clock(draw, topics, size["days"] - 1), draw.lognormal(10.5, 0.8, topics)
    second = clock(draw, rows, size["days"])
    in_life = draw.random(rows) < 0.5
    later = born[topic] + draw.exponential(life[topic])
    second = np.where(in_life, later.astype(np.int64), second)
    world.rows.append((account, topic + world.next_topic, second))
    world.topics["organic"] = list(range(world.next_topic, world.next_topic + topics))
    world.next_topic += topics
    return weight


def fans(world: World, draw: np.random.Generator, weight: Any, days: int) -> None:
    """One fan community: 60 to 400 accounts that talk for an evening on 4 to 8 topics."""
    crowd = draw.choice(weight.size, draw.integers(60, 400), replace=False, p=weight)
    others_share, habit = draw.uniform(0.1, 1.0), draw.uniform(0.3, 0.7)
    for _ in range(int(draw.integers(4, 9))):
        begin = int(draw.integers(0, days)) * DAY + int(draw.integers(9, 21)) * HOUR
        here = crowd[draw.random(crowd.size) < habit]
        guests = draw.choice(weight.size, int(others_share * here.size), p=weight)
        account = np.concatenate((here, guests))
        world.add("fans", account, begin + draw.gamma(2, 1.2 * HOUR, account.size).astype(int))


def show(world: World, draw: np.random.Generator, weight: Any, days: int) -> None:
    """A nightly programme: each night another topic, at the same hour, with recurring viewers."""
    viewers = draw.choice(weight.size, draw.integers(300, 800), replace=False, p=weight)
    begin = int(draw.integers(18, 22)) * HOUR
    for day in range(min(days, 7)):
        here = viewers[draw.random(viewers.size) < 0.5]
        guests = draw.choice(weight.size, int(here.size * draw.uniform(0.2, 0.6)), p=weight)
        account = np.concatenate((here, guests))
        start = day * DAY + begin
        world.add("show", account, start + draw.gamma(1.5, 1200, account.size).astype(int))


def news(world: World, draw: np.random.Generator, weight: Any, days: int) -> None:
    """Breaking news: several hundred accounts without a shared history, within the hour."""
    account = draw.choice(weight.size, draw.integers(400, 1500), p=weight)
    begin = int(clock(draw, 1, days)[0])
    world.add("news", account, begin + draw.exponential(1500, account.size).astype(int))


def plant(world: World, draw: np.random.Generator, weight: Any, push: tuple[Plant, int]) -> None:
    """One push with its camouflage; its members are recorded under `plant-<n>`."""
    block, days = push
    number = sum(name.startswith("plant") for name in world.members)
    fresh = 10_000_000 + 100_000 * number + np.arange(block.accounts)
    members = (
        draw.choice(weight.size, block.accounts, replace=False, p=weight)
        if block.is_hijacked
        else fresh
    )
    kind = f"plant-{number}"
    world.members[kind] = set(members.tolist())
    if block.side == "cohort":
        world.young |= set(members.tolist())
    place = np.argsort(draw.random(members.size)) / members.size  # the scheduler's list
    for at in range(block.topics):
        taking = draw.random(members.size) < block.part
        here = members[taking]
        begin = int(clock(draw, 1, days)[0])
        late = draw.integers(0, block.width, here.size)
        if block.side == "order":
            late = (block.width * (0.9 * place[taking] + 0.1 * draw.random(here.size))).astype(int)
        guests = draw.choice(weight.size, int(block.others * block.accounts), p=weight)
        spread = begin + (draw.gamma(1.5, 4 * HOUR, guests.size) - HOUR).astype(int)
        both = np.concatenate((begin + late, spread))
        topic = world.add(kind, np.concatenate((here, guests)), both)
        world.gone |= {topic} if block.side == "deleted" else set()
        if at < block.announced:
            world.calls.append(Call(topic, begin, int(members[0]), block.is_call_kept))
    extra = int(block.camouflage * block.accounts * block.topics * block.part)
    hidden = draw.choice(world.rows[0][1], extra)  # topics as popular as in everyday actions
    world.rows.append((draw.choice(members, extra), hidden, clock(draw, extra, days)))


def drive(world: World, draw: np.random.Generator, weight: Any, asked: tuple[Drive, int]) -> None:
    """One drive, whose topics others visit too; its people are recorded under `drive-<n>`."""
    what, days = asked
    even = what.crowd in {"quiet", "joined"}
    people = draw.choice(weight.size, what.accounts, replace=False, p=None if even else weight)
    if what.crowd == "joined":
        people = 20_000_000 + 100_000 * len(world.members) + np.arange(what.accounts)
        world.young |= set(people.tolist())
    number = sum(name.startswith("drive") for name in world.members)
    world.members[f"drive-{number}"] = set(people.tolist())
    for _ in range(6 if what.crowd == "fans" else 0):
        here = people[draw.random(people.size) < 0.5]
        begin = int(clock(draw, 1, days)[0])
        world.add("fans", here, begin + draw.gamma(2, 1.2 * HOUR, here.size).astype(int))
    for _ in range(what.topics):
        here = people[draw.random(people.size) < 0.8]
        begin = int(clock(draw, 1, days - 1)[0]) // 60 * 60 + DAY
        late = draw.integers(0, what.width, here.size)
        at = np.where(draw.random(here.size) < 0.8, late, draw.gamma(1.5, 900, here.size)).astype(
            int
        )
        guests = draw.choice(weight.size, what.accounts, p=weight)
        spread = begin + (draw.gamma(1.5, 4 * HOUR, guests.size) - HOUR).astype(int)
        account = np.concatenate((here, guests))
        topic = world.add(f"drive-{number}", account, np.concatenate((begin + at, spread)))
        world.gone |= {topic} if what.is_purged else set()
        if what.is_public:
            world.calls.append(Call(topic, begin))


SMALL = {"accounts": 20_000, "topics": 4_000, "rows": 150_000, "days": 7}
WEEKS = {"accounts": 20_000, "topics": 4_000, "rows": 300_000, "days": 28}
LARGE = {"accounts": 200_000, "topics": 20_000, "rows": 1_000_000, "days": 7}


def world_of(
    seed: int,
    plants: tuple[Plant | Drive, ...] = (),
    *,
    interests: int = 1,
    size: dict[str, int] = SMALL,
    lookalikes: bool = True,
) -> World:
    """A week of everyday actions, its lookalikes, and `plants` (pushes and drives).

    `SMALL` has 150,000 actions of 20,000 accounts; `LARGE`, as the reference says, a million of
    200,000 on 20,000 topics, with four times the lookalikes.
    """
    draw = np.random.default_rng(seed)
    days = size["days"]
    world = World(days=max(14, days))
    weight = organic(world, draw, **size, interests=interests)
    more = 4 if size["rows"] >= LARGE["rows"] else 1
    for kind, count in ((fans, 5), (show, 2), (news, 4)):
        for _ in range(count * more * lookalikes):
            kind(world, draw, weight, days)
    for block in plants:
        if isinstance(block, Drive):
            drive(world, draw, weight, (block, days))
        else:
            plant(world, draw, weight, (block, days))
    return world
