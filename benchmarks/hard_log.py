# SPDX-License-Identifier: GPL-3.0-or-later
"""Hard logs: small groups hidden among accounts that meet often and mean nothing by it.

Everything is invented. A log of reposts has power-law objects and activity, three time zones with a
daily rhythm, hyper-active accounts, viral bursts, fan clubs that act as soon as their idol posts,
open calls that many follow within minutes, scheduled tools; and planted groups of 5 to 50 accounts
that share four objects each, not all of them present each time, half of the objects popular with
others. Seeds 6101 to 6299 are for tuning, 6301 on for reporting.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime

import numpy as np
import polars as pl

from graphkit.tables import ACCOUNTS, ACTIONS, POSTS, SOURCES, Corpus

REPORTING = tuple(range(6301, 6401))
START = int(datetime(2026, 3, 2, tzinfo=UTC).timestamp())
HOUR, DAY, DAYS = 3_600, 86_400, 14
ZONES = (0, 6, 14)
SIZES = (5, 5, 6, 8, 8, 10, 12, 15, 20, 50)
CLASSES = ("planted", "hyper-active", "fans", "open call", "scheduled", "burst crowd", "ordinary")


@dataclass(frozen=True)
class Shape:
    """How large a hard log is, and what is in it."""

    rows: int = 200_000
    groups: int = 10
    objects_shared: int = 4
    present: float = 0.95
    within: int = 45
    crowds: bool = True  # fan clubs, open calls and scheduled tools
    evening: float = 1.5  # the larger, the shorter everybody's day

    def of_million(self, count: int) -> int:
        """So many in a log of a million rows, here in proportion."""
        return max(1, round(count * self.rows / 1e6))


@dataclass
class HardLog:
    """A hard log as it is built; `truth` is class -> list of groups of account numbers."""

    seed: int
    shape: Shape = Shape()
    truth: dict[str, list[np.ndarray]] = field(default_factory=dict)
    rows: list[np.ndarray] = field(default_factory=list)
    posts: list[tuple] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Fills the log."""
        self.rng = np.random.default_rng(self.seed)
        self.accounts = self.shape.rows // 9
        self.objects = int(0.18 * self.shape.rows)
        everybody = (np.arange(self.accounts) + 1.0) ** -0.8
        self.activity = self.rng.permutation(everybody / everybody.sum())
        self.zone = self.rng.choice(len(ZONES), self.accounts, p=(0.5, 0.3, 0.2))
        self.born = self.times(self.objects)
        self.appeal = (np.arange(self.objects) + 20.0) ** -0.9
        self.appeal = self.rng.permutation(self.appeal / self.appeal.sum())
        _background(self)
        _hyperactive(self)
        _bursts(self)
        for crowd in (_fan_clubs, _open_calls, _schedules) if self.shape.crowds else ():
            crowd(self)
        _planted(self)

    def awake(self, hours: np.ndarray) -> np.ndarray:
        """Activity by hour of the local day: a long evening, a short night."""
        sun = np.maximum(0, np.sin((hours % 24 - 7) / 17 * np.pi))
        return 0.12 / self.shape.evening + sun**self.shape.evening

    def times(self, count: int) -> np.ndarray:
        """Seconds at which somebody somewhere is awake."""
        weight = sum(self.awake(np.arange(24) - z) for z in ZONES)
        hours = self.rng.choice(24, count, p=weight / weight.sum())
        return (self.rng.integers(DAYS - 1, size=count) * 24 + hours) * HOUR + self.rng.integers(
            HOUR, size=count
        )

    def who(self, times: np.ndarray) -> np.ndarray:
        """Accounts that act at those times: by their activity, and awake in their zone."""
        hours = np.arange(24)
        shares = [np.bincount(self.zone, self.activity)[z] * self.awake(hours - ZONES[z]) for z in
                  range(len(ZONES))]  # fmt: skip
        odds = np.cumsum(np.array(shares) / np.sum(shares, axis=0), axis=0)
        hour = times // HOUR % 24
        zone = (self.rng.random(len(times)) > odds[:, hour]).sum(axis=0)
        found = np.empty(len(times), np.int64)
        for z in range(len(ZONES)):
            of_zone, here = np.flatnonzero(self.zone == z), zone == z
            p = self.activity[of_zone] / self.activity[of_zone].sum()
            found[here] = self.rng.choice(of_zone, here.sum(), p=p)
        return found

    def some(self, count: int) -> np.ndarray:
        """Accounts of a zone that belong to no class yet."""
        taken = [member for groups in self.truth.values() for group in groups for member in group]
        free = np.setdiff1d(np.arange(self.accounts), taken)
        near = free[self.zone[free] == self.rng.integers(len(ZONES))]
        free = near if len(near) >= count else free
        return np.sort(self.rng.choice(free, count, replace=False))

    def add(self, accounts: np.ndarray, objects: np.ndarray | int, times: np.ndarray) -> None:
        """Rows of accounts that act on objects."""
        whole = np.broadcast_to(objects, accounts.shape)
        self.rows.append(np.column_stack([accounts, whole, times.astype(np.int64)]))

    def new_object(self, author: int, born: int, text: str | None = None) -> int:
        """A post that others may repost; its number."""
        number = self.objects + len(self.posts)
        self.posts.append((number, author, born, text))
        return number

    def joined(self, kind: str, members: np.ndarray) -> np.ndarray:
        """The members are of that class."""
        self.truth.setdefault(kind, []).append(members)
        return members


def _background(log):
    count = log.shape.rows - log.shape.of_million(100_000 + 40_000)
    objects = log.rng.choice(log.objects, count, p=log.appeal)
    times = log.born[objects] + np.exp(log.rng.normal(np.log(2 * HOUR), 1.6, count)).astype(int)
    times %= DAYS * DAY
    log.add(log.who(times), objects, times)


def _hyperactive(log):
    """Five hundred reposts each, soon after something popular appears."""
    members = log.joined("hyper-active", np.sort(log.rng.choice(log.accounts,
                         log.shape.of_million(200), replace=False)))  # fmt: skip
    accounts = np.repeat(members, 500)
    objects = log.rng.choice(log.objects, len(accounts), p=log.appeal)
    delay = np.exp(log.rng.normal(np.log(15 * 60), 1.5, len(accounts))).astype(int)
    log.add(accounts, objects, (log.born[objects] + delay) % (DAYS * DAY))


def _bursts(log):
    """A thousand accounts on one object within minutes, the hyper-active ones among them."""
    crowd = []
    hyper = log.truth["hyper-active"][0]
    for start in log.times(log.shape.of_million(40)):
        times = start + log.rng.exponential(150, 1000).astype(int)
        accounts = log.who(times)
        late = log.rng.choice(hyper, len(hyper) // 3, replace=False)
        accounts[: len(late)] = late
        log.add(accounts, log.new_object(int(log.rng.integers(log.accounts)), start - 60), times)
        crowd.append(accounts)
    log.joined("burst crowd", np.setdiff1d(np.concatenate(crowd), hyper))


def _fan_clubs(log):
    """Fans repost what their idol posts, half of them each time, most within a minute."""
    for _ in range(log.shape.of_million(40)):
        fans = log.joined("fans", log.some(int(log.rng.integers(20, 60))))
        idol = int(log.some(1)[0])
        for born in log.times(int(log.rng.integers(8, 16))):
            there = fans[log.rng.random(len(fans)) < 0.5]
            item = log.new_object(idol, born, "new song out today")
            log.add(there, item, born + 2 + log.rng.exponential(45, len(there)))


def _open_calls(log):
    """A public post asks to be reposted, several times; many come within minutes."""
    for _ in range(log.shape.of_million(40)):
        crowd = log.joined("open call", log.some(int(log.rng.integers(40, 120))))
        caller = int(log.some(1)[0])
        for born in log.times(int(log.rng.integers(3, 6))):
            there = crowd[log.rng.random(len(crowd)) < 0.6]
            item = log.new_object(caller, born, "Please share this widely, everybody")
            log.add(there, item, born + 90 + log.rng.exponential(90, len(there)))


def _schedules(log):
    """Customers of a tool that reposts an item of its feed at one minute of the day."""
    for _ in range(log.shape.of_million(40)):
        members = log.joined("scheduled", log.some(int(log.rng.integers(5, 15))))
        minute = int(log.rng.integers(24 * 60)) * 60
        for day in log.rng.choice(DAYS, 8, replace=False):
            there = members[log.rng.random(len(members)) < 0.9]
            author, start = int(log.rng.integers(log.accounts)), day * DAY + minute
            item = log.new_object(author, start - int(log.rng.integers(600, 7200)))
            log.add(there, item, start + log.rng.integers(0, 40, len(there)))


def _planted(log):
    """Groups on four objects each: two new ones, two that are popular anyway."""
    shape = log.shape
    popular = np.argsort(-log.appeal)[: log.objects // 50]
    for number in range(shape.groups):
        members = log.joined("planted", log.some(SIZES[number % len(SIZES)]))
        starts = log.times(shape.objects_shared)
        for place, start in enumerate(starts):
            author = int(log.rng.integers(log.accounts))
            item = log.new_object(author, start - int(log.rng.integers(HOUR, 6 * HOUR)))
            if place % 2:
                item = int(log.rng.choice(popular))
            first = log.born[item] + int(log.rng.integers(HOUR, 12 * HOUR)) if place % 2 else start
            there = members[log.rng.random(len(members)) < shape.present]
            log.add(there, item, first + log.rng.integers(0, shape.within, len(there)))


def _at(seconds):
    return pl.from_epoch(
        pl.Series(np.asarray(seconds, np.int64) + START), "s"
    ).dt.replace_time_zone("UTC")


def corpus(log):
    """The corpus of a log: every object is a post; nobody declares an owner."""
    accounts, objects, times = np.concatenate(log.rows).T
    numbers = pl.int_range(len(accounts), eager=True)
    actions = pl.DataFrame(
        {
            "action_id": pl.select(pl.format("h:r{}", numbers)).to_series(),
            "account_id": ids("u", accounts),
            "object_id": ids("o", objects),
            "acted_at": _at(times),
        }
    ).with_columns(act=pl.lit("repost"), time_precision=pl.lit("second"), source_id=pl.lit("s"))
    made = pl.DataFrame(
        log.posts,
        schema={"number": pl.Int64, "author": pl.Int64, "born": pl.Int64, "text": pl.String},
        orient="row",
    )
    first = {"number": np.arange(log.objects), "born": log.born}
    author = np.random.default_rng(log.seed).integers(log.accounts, size=log.objects)
    plain = pl.DataFrame({**first, "author": author}).with_columns(text=pl.lit(None, pl.String))
    all_posts = pl.concat([plain.select(made.columns), made])
    words = pl.format("what {} has to say", pl.col("number"))
    posts = all_posts.select(
        ids("o", all_posts["number"]).alias("post_id"),
        ids("u", all_posts["author"]).alias("account_id"),
        _at(all_posts["born"]).alias("created_at"),
        pl.coalesce("text", words).alias("text"),
        platform=pl.lit("h"), time_precision=pl.lit("second"), kind=pl.lit("original"),
        is_seen=pl.lit(True), source_id=pl.lit("s"),  # noqa: FBT003
        **{name: pl.lit([], pl.List(pl.String))
           for name in ("urls", "mentions", "hashtags", "media_hashes")},
    )  # fmt: skip
    source = {
        "source_id": "s", "file": "hard", "sha256": "0", "importer": "benchmark",
        "collection": "stream", "rows_read": 0, "accepted": 0, "duplicate": 0, "rejected": 0,
    }  # fmt: skip
    known = pl.DataFrame({"account_id": ids("u", np.arange(log.accounts))})
    return Corpus(
        actions=ACTIONS.conform(actions),
        posts=POSTS.conform(posts),
        accounts=ACCOUNTS.conform(known.with_columns(platform=pl.lit("h"), source_id=pl.lit("s"))),
        sources=SOURCES.conform(pl.DataFrame([source])),
    )


def ids(letter, numbers):
    """The ids of numbered accounts (u) or objects (o)."""
    codes = pl.Series("id", np.asarray(numbers, np.int64))
    return pl.select(pl.format("h:" + letter + "{}", codes)).to_series()


def class_of(log):
    """The class of every account: account_id, kind, group (a number, -1 without one)."""
    kinds = np.full(log.accounts, len(CLASSES) - 1)
    groups = np.full(log.accounts, -1)
    number = 0
    for kind in reversed(CLASSES[:-1]):
        for members in log.truth.get(kind, ()):
            kinds[members], groups[members] = CLASSES.index(kind), number
            number += 1
    names = pl.Series("kind", CLASSES).gather(kinds)
    return pl.DataFrame({"account_id": ids("u", np.arange(log.accounts)), "kind": names,
                         "group": groups})  # fmt: skip
