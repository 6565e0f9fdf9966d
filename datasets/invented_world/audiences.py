# SPDX-License-Identifier: GPL-3.0-or-later
"""Innocent audiences that look coordinated: fans, a nightly show, breaking news."""

from __future__ import annotations

from typing import TYPE_CHECKING

from background import Spread, repost_tree
from composing import remark, sentences
from people import Crowd, Weighted
from world import (
    DAYS,
    END,
    Account,
    Post,
    Topic,
    World,
    awake,
    citing,
    group_truth,
    local,
    moment,
    stamp,
)

if TYPE_CHECKING:
    from random import Random

IDOLS = {"许鹿鸣": (190, 0), "江予白": (130, 2), "程晚舟": (90, 5), "MiraVale": (70, 3)}
FAN_EVENTS = ("", "生日应援", "新歌首播", "舞台直拍", "巡演官宣", "杂志封面", "路透图")
FAN_EVENTS_EN = ("", "BirthdayProject", "NewSingle", "LiveStage", "TourDates", "CoverShoot", "Vlog")
DRIVE = "许鹿鸣新专辑长风"
DRIVE_CALL = (
    "【应援公告】明晚8点整，请大家一起搜索并带话题发博，时间20:00到20:10，"
    "自愿参加，内容写自己的话，不要复制。"
)
SHOW = "夜航灯塔"


def members_of(dice: Random, pool: list[Account], count: int) -> list[Account]:
    """Different accounts of a pool, the busy ones rather."""
    drawn: dict[str, Account] = {}
    crowd = Weighted(pool, lambda a: a.weight**0.4)
    while len(drawn) < min(count, len(pool) // 2 + 1):
        account = crowd.draw(dice)
        drawn[account.id] = account
    return list(drawn.values())


def others(world: World, dice: Random, topic: Topic, *, start: int, spread: float) -> None:
    """The rest of a topic's audience: unrelated people over the following hours."""
    crowd = Weighted(world.people, lambda a: a.weight**0.6)
    for _ in range(120):
        at = start + round(dice.expovariate(1 / spread))
        if awake(dice, at):
            world.act(crowd.draw(dice), at, topic.title)


def fan_clubs(world: World, crowd: Crowd) -> None:
    """Four clubs that follow their idol for two weeks; one holds an announced drive."""
    dice = world.dice("fan_clubs")
    for idol, (size, group) in IDOLS.items():
        members = members_of(dice, list(crowd.communities[group].rows), size)
        ends = FAN_EVENTS_EN if idol.isascii() else FAN_EVENTS
        topics = [_fan_topic(dice, idol, end) for end in ends]
        posts = _fan_days(world, dice, members, topics)
        world.innocent.append(
            group_truth(
                f"fan_club_{idol}",
                "A fan club: recurring posts, searches and votes on its idol's topics.",
                accounts=members,
                posts=posts,
                topics=[topic.title for topic in topics],
                highest_grade=None,
                tolerable={
                    "ranking-manipulation": ["recurring-audience", "undetermined"],
                    "coordinated-sharing": ["ordinary", "openly-organised"],
                    "citation-loop": ["tight-but-sourced", "insufficient"],
                },
            )
        )
        if idol == next(iter(IDOLS)):
            _drive(world, dice, members)


def _fan_topic(dice: Random, idol: str, end: str) -> Topic:
    start = local(dice.randint(1, 12), dice.choice((12, 18, 19, 20))) if end else None
    made = Topic(idol + end, "乐队", None, idol.isascii(), "文娱")
    made.start, made.decay = start, 28_000.0
    return made


def _fan_days(
    world: World, dice: Random, members: list[Account], topics: list[Topic]
) -> list[Post]:
    posts: list[Post] = []
    for account in members:
        for _ in range(min(round(dice.lognormvariate(1.9, 0.7)), 40)):
            topic = topics[0] if dice.random() < 0.4 else dice.choice(topics[1:])
            at = moment(dice)
            if topic.start is not None:
                at = topic.start + round(dice.expovariate(1 / topic.decay))
            if at >= END:
                continue
            world.act(account, at, topic.title, "vote" if dice.random() < 0.25 else "search")
            if dice.random() < 0.12:
                posts.append(_fan_post(world, dice, topic, (account, at, posts)))
    return posts


def _fan_post(
    world: World, dice: Random, topic: Topic, when: tuple[Account, int, list[Post]]
) -> Post:
    """Own words, and for three in ten a quote of another fan."""
    account, at, posts = when
    text = remark(dice, "乐队", english=topic.english, event="fans")
    earlier = [p for p in posts if p.at < at]
    if earlier and dice.random() < 0.3:
        about = citing(dice.choice(earlier))
        return world.post(account, at, text, topics=(topic,), **about)
    return world.post(account, at, text, topics=(topic,), theme="fans")


def _drive(world: World, dice: Random, members: list[Account]) -> None:
    """Announced in public a day before: at eight everybody searches and posts, for ten minutes."""
    topic, start = Topic(DRIVE, "乐队", None, category="文娱"), local(8, 20)
    head, *rest = members
    call = world.post(head, start - 26 * 3600, DRIVE_CALL, topics=(topic,), theme="fans")
    joined, posts = rest[:148], [call]
    for account in joined:
        at = start + round(dice.triangular(0, 600, 120))
        world.act(account, at, topic.title)
        text = remark(dice, "乐队", english=False, event="fans")
        posts.append(world.post(account, at + dice.randint(3, 60), text, topics=(topic,)))
    others(world, dice, topic, start=start - 3000, spread=30_000)
    world.innocent.append(
        group_truth(
            "fan_drive",
            "An openly announced drive: a public post a day earlier names the hour and the topic.",
            accounts=[head, *joined],
            posts=posts,
            topics=[topic.title],
            announcement=f"weiju:{call.id}",
            times=[{"topic": topic.title, "start": stamp(start), "end": stamp(start + 660)}],
            highest_grade="weak",
            tolerable={
                "ranking-manipulation": ["openly-organised", "recurring-audience", "lead"],
                "coordinated-sharing": ["openly-organised"],
                "copied-text": ["openly-organised", "ordinary"],
            },
        )
    )


def _evening(
    world: World, dice: Random, viewers: list[Account], topic: Topic, start: int
) -> list[Post]:
    """One episode: viewers search and post within an hour and a half, others too."""
    posts = []
    watching = min(dice.randint(200, 320), len(viewers))
    for account in dice.sample(viewers, watching):
        at = start + round(dice.triangular(-300, 5400, 1500))
        world.act(account, at, topic.title)
        if dice.random() < 0.13:
            text = remark(dice, account.theme, english=account.english, event="show")
            posts.append(world.post(account, at + dice.randint(20, 400), text, topics=(topic,)))
    others(world, dice, topic, start=start, spread=6000)
    return posts


def television(world: World) -> None:
    """A nightly show: each episode's topic at eight, by viewers who come back."""
    dice = world.dice("television")
    viewers, posts, times = members_of(dice, world.people, 430), [], []
    for night in range(DAYS):
        topic = Topic(f"{SHOW}第{night + 1}集", "读书", None, category="文娱")
        start = local(night, 20)
        times.append({"topic": topic.title, "start": stamp(start), "end": stamp(start + 5400)})
        posts += _evening(world, dice, viewers, topic, start)
    world.innocent.append(
        group_truth(
            "television",
            "The audience of a show that runs every night at eight, one topic per episode.",
            accounts=viewers,
            posts=posts,
            topics=[each["topic"] for each in times],
            times=times,
            highest_grade=None,
            tolerable={
                "ranking-manipulation": ["recurring-audience"],
                "coordinated-sharing": ["ordinary"],
            },
        )
    )


def _report(world: World, dice: Random, crowd: Crowd, topic: Topic) -> list[Post]:
    """Five outlets report first-hand, and are reposted."""
    posts = []
    for delay, outlet in zip((0, 500, 900, 1500, 4000), crowd.press, strict=False):
        detail = sentences(dice, "铁路", english=False, clauses=2)
        text = f"本报记者在现场看到，墨溪地铁二号线因信号故障限速运行。{detail}"
        url = f"https://{str(outlet.bio).split('//')[1]}/2026/03/{7000 + delay}"
        about = {"topics": (topic,), "urls": (url,), "source": outlet.display, "theme": "metro"}
        root = world.post(outlet, local(4, 17.7) + delay, text, **about)
        spread = Spread(110, 1800, lambda: crowd.all.draw(dice))
        posts += [root, *repost_tree(world, dice, root, spread)]
    return posts


def breaking_news(world: World, crowd: Crowd) -> None:
    """A huge spike by unrelated people, reported first-hand by the outlets."""
    dice = world.dice("breaking_news")
    topic = Topic("墨溪地铁信号故障", "铁路", None, category="社会")
    posts = _report(world, dice, crowd, topic)
    seen: dict[str, Account] = {}
    for _ in range(5200):
        account = crowd.all.draw(dice)
        if account.id in seen and dice.random() < 0.85:
            continue
        at = local(4, 17.7) + round(dice.expovariate(1 / 7200))
        seen[account.id] = account
        world.act(account, at, topic.title)
        if dice.random() < 0.1 and at < END:
            text = remark(dice, "铁路", english=account.english, event="metro")
            posts.append(world.post(account, at + 30, text, topics=(topic,), theme="metro"))
    world.innocent.append(
        group_truth(
            "breaking_news",
            "A spike after an underground line failed: a thousand accounts without a shared past.",
            accounts=seen.values(),
            posts=posts,
            topics=[topic.title],
            highest_grade=None,
            tolerable={
                "ranking-manipulation": ["recurring-audience", "undetermined"],
                "coordinated-sharing": ["ordinary"],
                "ephemeral-burst": ["ordinary"],
            },
        )
    )
