# SPDX-License-Identifier: GPL-3.0-or-later
"""The people and the topics of the world, and the weights by which they are drawn."""

from __future__ import annotations

from bisect import bisect
from dataclasses import dataclass
from itertools import accumulate
from typing import TYPE_CHECKING, Generic, TypeVar

import words
from composing import THEMES
from world import END, START, Account, Topic, World, awake, moment

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from random import Random

COMMUNITIES, PEOPLE, DAY = 40, 5_960, 86_400
T = TypeVar("T")


class Weighted(Generic[T]):
    """Draws members of a list by weight."""

    def __init__(self, rows: Sequence[T], weight: Callable[[T], float]) -> None:
        self.rows, self.sums = rows, list(accumulate(map(weight, rows)))

    def draw(self, dice: Random) -> T:
        return self.rows[bisect(self.sums, dice.random() * self.sums[-1])]


@dataclass
class Crowd:
    """Everybody, and everybody by community, to be drawn by activity."""

    all: Weighted[Account]
    communities: list[Weighted[Account]]
    press: list[Account]
    topics: Weighted[Topic]
    by_group: list[Weighted[Topic]]

    def someone(self, dice: Random, group: int | None, *, loyal: float = 0.7) -> Account:
        """An account, from `group` with probability `loyal`."""
        if group is None or dice.random() > loyal:
            return self.all.draw(dice)
        return self.communities[group].draw(dice)

    def topic(self, dice: Random, account: Account, *, loyal: float = 0.55) -> Topic:
        """A topic that the account may care about."""
        if dice.random() < loyal:
            return self.by_group[account.group].draw(dice)
        return self.topics.draw(dice)


def handle(dice: Random, *, english: bool) -> str:
    """A made-up handle."""
    if english or dice.random() < 0.22:
        parts = "".join(dice.sample(words.LATIN, dice.choice((2, 2, 3))))
        return parts + dice.choice(("", "", "_", "x")) + dice.choice(("", str(dice.randint(1, 99))))
    if dice.random() < 0.4:
        theme = dice.choice(words.THEMES[dice.choice(THEMES)]["zh_noun"])
        return dice.choice(words.SURNAMES) + theme + dice.choice(("", str(dice.randint(2, 99))))
    return dice.choice(words.SURNAMES) + dice.choice(words.GIVEN)


def _bio(dice: Random, account: Account) -> str | None:
    if account.english or dice.random() > 0.3:
        return None
    place = dice.choice(words.ZH["place"])
    return dice.choice(words.BIOS).format(theme=account.theme, place=place)


def join_person(world: World, dice: Random, group: int) -> Account:
    """An ordinary account of a community: every tenth community writes English."""
    english = group % 7 == 3
    age = (dice.random() ** 1.6) * 13.5 * 365 * DAY
    account = world.join(handle(dice, english=english), round(START - 3 * DAY - age))
    account.group, account.theme, account.english = group, THEMES[group % len(THEMES)], english
    account.weight = min(dice.paretovariate(1.15), 260.0)
    account.followers = round(dice.lognormvariate(4.6, 1.5) * account.weight**0.6)
    account.bio = _bio(dice, account)
    if dice.random() < 0.012:
        account.verified, account.credential = True, dice.choice(words.JOBS)
        account.expires = END + round(dice.uniform(30, 900) * DAY)
    return account


def people(world: World) -> None:
    """The accounts, in communities whose sizes follow a power law."""
    dice = world.dice("people")
    sizes = [(rank + 3) ** -0.9 for rank in range(COMMUNITIES)]
    groups = dice.choices(range(COMMUNITIES), sizes, k=world.sized(PEOPLE))
    world.people = [join_person(world, dice, group) for group in groups]


def topics(world: World) -> None:
    """Standing topics of the communities and events that come and go."""
    dice, titles = world.dice("topics"), set()
    for group in range(COMMUNITIES):
        theme, english = THEMES[group % len(THEMES)], group % 7 == 3
        nouns = words.THEMES[theme]["en_noun" if english else "zh_noun"]
        for noun in dice.sample(nouns, 4):
            tail = dice.choice(words.EN_TOPIC_ENDS if english else words.TOPIC_ENDS)
            title = f"{noun.title().replace(' ', '')}{tail}" if english else noun + tail
            if title not in titles:
                titles.add(title)
                weight = dice.paretovariate(1.1) * (6 / (group + 6))
                world.topics.append(Topic(title, theme, group, english, weight=min(weight, 9)))
    for frame in words.NEWS_EVENTS * 2:
        title = frame.format(place=dice.choice(words.ZH["place"]))
        if title not in titles:
            titles.add(title)
            start = moment(dice)
            weight, decay = min(dice.paretovariate(0.9), 14), dice.lognormvariate(10.3, 0.5)
            made = Topic(title, dice.choice(THEMES), None, weight=weight, start=start, decay=decay)
            made.category = dice.choice(words.CATEGORIES)
            world.topics.append(made)


def crowd(world: World, press: list[Account]) -> Crowd:
    """The weights by which people and topics are drawn."""
    members: list[list[Account]] = [[] for _ in range(COMMUNITIES)]
    interests: list[list[Topic]] = [[] for _ in range(COMMUNITIES)]
    for account in world.people:
        members[account.group].append(account)
    for topic in world.topics:
        if topic.group is not None:
            interests[topic.group].append(topic)
    return Crowd(
        Weighted(world.people, lambda a: a.weight),
        [Weighted(rows if rows else world.people, lambda a: a.weight) for rows in members],
        press,
        Weighted(world.topics, lambda t: t.weight * (1 if t.start is None else 2.2)),
        [Weighted(rows, lambda t: t.weight) for rows in interests],
    )


def topic_moment(dice: Random, topic: Topic) -> int:
    """A time at which people turn to a topic; for an event the interest fades from its start."""
    if topic.start is None:
        return moment(dice)
    while True:
        at = topic.start + dice.expovariate(1 / topic.decay)
        if awake(dice, at):
            return round(at)
