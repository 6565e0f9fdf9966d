# SPDX-License-Identifier: GPL-3.0-or-later
"""Plant: sixty rented accounts that lift six topics into the hot list, a minute each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from audiences import others
from composing import comment
from people import topic_moment
from world import END, Account, Post, Topic, World, group_truth, local, moment, stamp

if TYPE_CHECKING:
    from random import Random

    from people import Crowd

WINDOW = 60
STORY_TOPICS = ("苇港大桥主塔裂缝", "苇港大桥连夜封桥")
WAVES = (  # topic, day, local hour
    ("澄湖云栈民宿节", 2, 12.42),
    ("露芽净颜三分钟", 4, 21.37),
    (STORY_TOPICS[0], 6, 20.44),
    (STORY_TOPICS[1], 7, 12.93),
    ("拾光里公寓抢房", 9, 18.89),
    ("晚枫苑二期加推", 11, 21.91),
)
TAKE_PART = 0.8


def _rented(world: World, dice: Random) -> list[Account]:
    """Accounts with lives of their own: neither the quietest nor the busiest."""
    pool = [a for a in world.people if 1.4 < a.weight < 9 and not a.english and not a.verified]
    return dice.sample(pool, min(60, len(pool)))


def _wave(
    world: World, dice: Random, accounts: list[Account], topic: Topic, start: int
) -> list[Post]:
    posts = []
    for account in accounts:
        if dice.random() > TAKE_PART:
            continue
        at = start + dice.randrange(WINDOW - 8)
        world.act(account, at, topic.title)
        if dice.random() < 0.75:
            text = comment(dice, "bridge" if topic.title in STORY_TOPICS else "advert")
            post = world.post(account, at + dice.randint(1, 7), text, topics=(topic,))
            post.deleted = post.at + dice.randint(180, 900) if dice.random() < 0.6 else None
            posts.append(post)
    return posts


def _camouflage(world: World, dice: Random, crowd: Crowd, accounts: list[Account]) -> None:
    """One and a half times as many searches, on what is popular anyway."""
    for _ in range(round(1.5 * len(WAVES) * TAKE_PART * len(accounts))):
        topic = max(crowd.topics.draw(dice), crowd.topics.draw(dice), key=lambda t: t.weight)
        at = topic_moment(dice, topic)
        world.act(dice.choice(accounts), at if at < END else moment(dice), topic.title)


def push(world: World, crowd: Crowd) -> None:
    """Six waves on six days; two of the topics carry the false story."""
    dice = world.dice("push")
    accounts, posts, times = _rented(world, dice), [], []
    for title, day, hour in WAVES:
        topic = Topic(title, "读书", None, category="社会" if title in STORY_TOPICS else "生活")
        start = local(day, hour)
        posts += _wave(world, dice, accounts, topic, start)
        times.append({"topic": title, "start": stamp(start), "end": stamp(start + WINDOW)})
        others(world, dice, topic, start=start + 400, spread=14_000)
    _camouflage(world, dice, crowd, accounts)
    world.planted.append(
        group_truth(
            "push",
            "Sixty accounts search for and post six topics, each within one minute, on six days;"
            " each topic enters the ten highest ranks.",
            accounts=accounts,
            posts=posts,
            topics=[title for title, _, _ in WAVES],
            times=times,
            expected=[
                {"kind": "ranking-manipulation", "outcomes": ["rented-or-automated"]},
                {"kind": "coordinated-sharing", "outcomes": ["coordinated"]},
                {"kind": "ephemeral-burst", "outcomes": None},
            ],
        )
    )
