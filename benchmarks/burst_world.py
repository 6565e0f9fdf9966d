# SPDX-License-Identifier: GPL-3.0-or-later
"""A week of 5,000 invented accounts that delete as people, applications and platforms do.

Innocent: 3 % of posts deleted after log-normal lives (median an hour), news minutes, slips put
right, an application that deletes after exactly ten minutes, the same application posting for its
users at one minute on three days, sweeps of a topic, a story retracted five minutes after it broke,
a newsroom that twice takes down what its accounts posted together. Planted by `burst`: accounts
that post within 42 s and delete with a median life of 55 s, 83 % of them within five minutes
(the figures of the Elmas stream).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from benchmarks.ranking_world import DAY, HOUR, START, clock
from graphkit.tables import ACCOUNTS, POSTS, SOURCES, Corpus

Ints = NDArray[np.int64]
PEOPLE, DAYS, POSTS_MADE = 5_000, 7, 40_000
LIFE, LIFE_SIGMA = 55, 1.78


@dataclass
class World:
    """Posts by piece (columns by name), who is in which innocent group, and who declares whom."""

    draw: np.random.Generator
    pieces: list[dict[str, Any]] = field(default_factory=list)
    groups: dict[str, set[str]] = field(default_factory=dict)
    owners: dict[str, str] = field(default_factory=dict)

    def add(self, group: str, accounts: Ints, made: Ints, **more: Any) -> None:
        """Posts of `accounts` (numbers) at seconds `made`; `gone` 0 means it was not deleted."""
        size = len(accounts)
        columns: dict[str, Any] = {"gone": 0, "text": None, "topic": "", "client": "web"} | more
        whole = {name: np.broadcast_to(value, size) for name, value in columns.items()}
        self.pieces.append({"account": accounts, "made": made, **whole})
        self.groups.setdefault(group, set()).update(f"x:{a}" for a in accounts)

    def corpus(self) -> Corpus:
        """The tables."""
        rows = pl.concat(
            pl.DataFrame({**piece, "text": pl.Series(list(piece["text"]), dtype=pl.String)})
            for piece in self.pieces
        ).with_row_index("n")
        at, gone = pl.from_epoch(pl.col("made") + START), pl.from_epoch(pl.col("gone") + START)
        posts = rows.select(
            post_id=pl.format("x:{}", "n"),
            account_id=pl.format("x:{}", "account"),
            platform=pl.lit("x"),
            created_at=at.dt.replace_time_zone("UTC"),
            time_precision=pl.lit("second"),
            kind=pl.lit("original"),
            text=pl.coalesce("text", pl.format("words of {}", "n")),
            hashtags=pl.when(pl.col("topic") != "").then(pl.concat_list("topic")).otherwise([]),
            client="client",
            deleted_at=pl.when(pl.col("gone") > 0).then(gone.dt.replace_time_zone("UTC")),
            is_seen=pl.lit(value=True),
            source_id=pl.lit("s"),
            **{name: pl.lit([], pl.List(pl.String)) for name in ("urls", "mentions")},
            media_hashes=pl.lit([], pl.List(pl.String)),
        )
        accounts = posts.select("account_id", "platform", "source_id").unique("account_id")
        owner = pl.col("account_id").replace_strict(self.owners, default=None)
        source = {"source_id": "s", "file": "week.csv", "sha256": "0" * 64, "importer": "canonical",
                  "collection": "stream", "rows_read": 0, "accepted": 0, "duplicate": 0,
                  "rejected": 0}  # fmt: skip
        return Corpus(
            posts=POSTS.conform(posts.sort("post_id")),
            accounts=ACCOUNTS.conform(accounts.with_columns(declared_owner=owner)),
            sources=SOURCES.conform(pl.DataFrame([source])),
        )


def lives(draw: np.random.Generator, size: int, median: float, sigma: float) -> Ints:
    """Log-normal lives in whole seconds, five or more."""
    return np.maximum(draw.lognormal(np.log(median), sigma, size), 5).astype(np.int64)


def people(draw: np.random.Generator, size: int) -> Ints:
    """Different ordinary accounts."""
    return draw.choice(PEOPLE, size, replace=False)


def moment(draw: np.random.Generator) -> int:
    """A second of the week that follows the day's rhythm, with hours left behind it."""
    return int(clock(draw, 1, DAYS - 1)[0]) + HOUR


def innocent(seed: int) -> World:
    """The week without a plant."""
    world = World(np.random.default_rng(seed))
    draw = world.draw
    weight = (np.arange(PEOPLE) + 30.0) ** -0.7
    accounts = draw.choice(PEOPLE, POSTS_MADE, p=weight / weight.sum())
    made = clock(draw, POSTS_MADE, DAYS)
    gone = np.where(draw.random(POSTS_MADE) < 0.03, made + lives(draw, POSTS_MADE, 3600, 2.0), 0)
    topic = np.array([f"t{n}" for n in draw.zipf(1.5, POSTS_MADE) % 400])
    world.add("ordinary", accounts, made, gone=gone, topic=topic)
    for n in range(4):
        _news(world, f"news{n}")
        _swept(world, f"swept{n}")
    _slips(world)
    _application(world)
    _retracted(world)
    _newsroom(world)
    return world


def _news(world: World, topic: str) -> None:
    """A hundred posts within two minutes and a tail; slips as everywhere, more by haste."""
    draw, at = world.draw, moment(world.draw)
    crowd = people(draw, 100)
    made = at + draw.integers(0, 120, 100)
    hasty = draw.random(100) < 0.06
    gone = np.where(hasty, made + lives(draw, 100, 60, 0.7), 0)
    words = [f"breaking {topic} words of person {n} about it all" for n in range(100)]
    world.add("news", crowd, made, gone=gone, topic=topic, text=words)
    again = [f"{words[n]} indeed" for n in np.flatnonzero(hasty)]
    later = made[hasty] + draw.integers(20, 150, hasty.sum())
    world.add("news", crowd[hasty], later, topic=topic, text=np.array(again, dtype=object))


def _slips(world: World) -> None:
    """Six hundred posts that are put right: the first is deleted, a like one stays."""
    draw = world.draw
    crowd = draw.choice(PEOPLE, 600)
    made = clock(draw, 600, DAYS)
    words = np.array([f"a longer thought of number {n} with a slpi in it" for n in range(600)])
    gone = made + lives(draw, 600, 60, 0.7)
    world.add("slips", crowd, made, gone=gone, text=words)
    right = np.array([w.replace("slpi", "slip") for w in words])
    world.add("slips", crowd, made + draw.integers(15, 200, 600), text=right)


def _application(world: World) -> None:
    """Users of an application that deletes after ten minutes; forty let it post at nine."""
    draw = world.draw
    users = PEOPLE + np.arange(100)
    posting = draw.choice(users, 900)
    made = clock(draw, 900, DAYS)
    world.add("application", posting, made, gone=made + 600, client="Fade")
    for day in (1, 3, 5):
        at = day * DAY + 21 * HOUR + draw.integers(0, 45, 40)
        world.add("application", users[:40], at, gone=at + 600, client="Fade", topic="mood")


def _swept(world: World, topic: str) -> None:
    """A topic of five hours with a peak of one minute, taken down minutes after the peak."""
    draw, at = world.draw, moment(world.draw)
    made = np.concatenate([at - draw.integers(0, 5 * HOUR, 150), at + draw.integers(60, size=50)])
    taken = at + 420 + draw.integers(0, 150, 200)
    gone = np.where(draw.random(200) < 0.9, taken, 0)
    world.add("swept", people(draw, 200), made, gone=gone, topic=topic)


def _retracted(world: World) -> None:
    """A story that sixty post at once and forty more after; most delete when it is taken back."""
    draw, at = world.draw, moment(world.draw)
    made = at + np.concatenate([draw.integers(0, 90, 60), draw.integers(120, 600, 40)])
    gone = np.where(draw.random(100) < 0.7, at + 660 + lives(draw, 100, 120, 1.0), 0)
    world.add("retracted", people(draw, 100), made, gone=gone, topic="retracted")


def _newsroom(world: World) -> None:
    """Twelve accounts of one declared owner post together, and take it down, twice."""
    draw = world.draw
    staff = PEOPLE + 200 + np.arange(12)
    world.owners |= {f"x:{a}": "Newsroom" for a in staff}
    for _ in range(2):
        made = moment(draw) + draw.integers(0, 40, 12)
        world.add("newsroom", staff, made, gone=made.max() + draw.integers(200, 260, 12))


@dataclass(frozen=True)
class Plant:
    """Bursts: so many accounts, so often, each taking part at 0.8 and deleting with `deleting`."""

    accounts: int
    times: int
    deleting: float


def burst(world: World, plant: Plant) -> None:
    """Plants bursts of accounts of which half are ordinary people's."""
    draw = world.draw
    half = plant.accounts // 2
    members = np.concatenate([people(draw, half), 10 * PEOPLE + np.arange(plant.accounts - half)])
    for n in range(plant.times):
        here = members[draw.random(len(members)) < 0.8]
        made = moment(draw) + draw.integers(0, 42, len(here))
        taken = made + lives(draw, len(here), LIFE, LIFE_SIGMA)
        gone = np.where(draw.random(len(here)) < plant.deleting, taken, 0)
        world.add("planted", here, made, gone=gone, topic=f"pushed{n}")


def framed(world: World, *, times: int, is_foreseen: bool, share: float = 0.0) -> str:
    """Thirty accounts post and delete beside one that does so; that account.

    They react within 40 s, or foresee it and come from 20 s before on. `share` is how many of its
    posts the account deletes soon by itself, at other times, for each that they come to.
    """
    draw, victim = world.draw, 20 * PEOPLE
    puppets = victim + 1 + np.arange(30)
    for _ in range(times):
        at = moment(draw)
        world.add("framed", np.array([victim]), np.array([at]), gone=at + 150)
        low = at - 20 if is_foreseen else at + 3
        made = draw.integers(low, at + 40, 30)
        world.add("puppets", puppets, made, gone=at + 150 + draw.integers(-60, 60, 30))
    alone = round(share * times)
    made = clock(draw, alone, DAYS)
    world.add("framed", np.full(alone, victim), made, gone=made + 150)
    kept = clock(draw, 20, DAYS)
    world.add("framed", np.full(20, victim), kept)
    return f"x:{victim}"
