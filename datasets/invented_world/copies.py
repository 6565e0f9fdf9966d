# SPDX-License-Identifier: GPL-3.0-or-later
"""Smaller plants: a template, old news as new, a lookalike, an expired credential, a held rank."""

from __future__ import annotations

from typing import TYPE_CHECKING

from background import Spread, repost_tree
from composing import headline, sentences
from world import END, Post, World, group_truth, local, moment, stamp

if TYPE_CHECKING:
    from people import Crowd

FEELS = (
    "脸上清清爽爽",
    "一点都不紧绷",
    "毛孔明显干净了",
    "妆都更服帖了",
    "闺蜜以为我换了滤镜",
    "换季也没泛红",
)
WHERE = ("宿舍", "出差", "健身房", "早八", "加班", "旅行")
PRAISE = "用了{n}天露芽净颜洗面奶，{feel}，{where}也带着它，已经回购第{k}次了，姐妹们闭眼入不会错！"
CLAIMS_OF_DOCTOR = (
    "作为执业医师，我建议大家春天别再吃生芽菜",
    "我是执业医师，负责任地说：这种头痛不用看，喝热水就好",
    "以我执业医师的经验，感冒药可以减半吃",
    "身为执业医师提醒一句，体检单上的箭头大多不用管",
    "本执业医师亲测，艾草泡脚三天退烧",
)
FLOOD = "霁川上游连降暴雨，南堰闸口水位超警戒零点八米，下游三个村连夜转移四百余人"


def templated_copy(world: World, _crowd: Crowd) -> None:
    """Fourteen accounts praise one product in one sentence with blanks filled in."""
    dice = world.dice("templated_copy")
    pool = [a for a in world.people if a.weight < 6 and not a.english and not a.verified]
    accounts, posts = dice.sample(pool, 14), []
    start = local(9, 10)
    for number in range(40):
        account = accounts[number % 14]
        text = PRAISE.format(
            n=dice.randint(7, 60), k=dice.randint(2, 6), feel=dice.choice(FEELS),
            where=dice.choice(WHERE),
        )  # fmt: skip
        posts.append(world.post(account, start + round(dice.uniform(0, 3 * 86_400)), text))
    world.planted.append(
        group_truth(
            "templated_copy",
            "Fourteen accounts post one template about one product, its blanks filled in.",
            accounts=accounts,
            posts=posts,
            template=PRAISE,
            expected=[{"kind": "copied-text", "outcomes": None}],
        )
    )


def old_news(world: World, crowd: Crowd) -> None:
    """A report from nine months ago, posted as if it had just happened."""
    dice = world.dice("old_news")
    outlet = crowd.press[3]
    first = world.post(
        outlet,
        local(-264, 7.4),
        f"本报记者在现场看到，{FLOOD}，暂无人员伤亡。",
        urls=("https://jichuan-news.example/2025/06/3301",),
        media=(world.hash_hex("media", "flood"),),
        source=outlet.display,
    )
    accounts, posts = [crowd.someone(dice, 5) for _ in range(5)], []
    for number, account in enumerate(accounts):
        lead = ("刚刚！", "突发：", "就在今天早上，", "最新消息，", "【紧急】")[number]
        media = first.media if dice.random() < 0.6 else ()
        at = local(3, 19) + round(number * 70_000 * dice.uniform(0.6, 1.2))
        posts.append(
            world.post(account, at, f"{lead}{FLOOD}，转给下游的亲友！", media=media, theme="flood")
        )
    reposts: list[Post] = []
    for post in posts:
        spread = Spread(9, 5000, lambda: crowd.someone(dice, 5))
        reposts += repost_tree(world, dice, post, spread)
    world.planted.append(
        group_truth(
            "old_news",
            "Five accounts post a report of June 2025 as new; the report itself is in the data.",
            accounts=[post.account for post in posts],
            posts=posts,
            original=f"weiju:{first.id}",
            original_created_at=stamp(first.at),
            reposts=[f"weiju:{post.id}" for post in reposts],
            expected=[{"kind": "recycled-news", "outcomes": None}],
        )
    )


def lookalike(world: World, crowd: Crowd) -> None:
    """An account named like an outlet: two letters are Cyrillic."""
    dice, outlet = world.dice("lookalike"), crowd.press[5]
    name = outlet.handle.replace("o", "\N{CYRILLIC SMALL LETTER O}")
    display = outlet.display.replace("o", "\N{CYRILLIC SMALL LETTER O}")
    account = world.join(name, local(-24, 3), display=display, bio=outlet.bio, english=True)
    account.followers, posts = 312, []
    for _ in range(6):
        text = f"BREAKING: {headline(dice, '铁路', english=True)}."
        posts.append(world.post(account, moment(dice), text))
        repost_tree(world, dice, posts[-1], Spread(7, 4000, lambda: crowd.all.draw(dice)))
    world.planted.append(
        group_truth(
            "lookalike",
            "An account whose name differs from an outlet's by Cyrillic letters.",
            accounts=[account],
            posts=posts,
            imitates=f"weiju:{outlet.id}",
            expected=[{"kind": "lookalike-account", "outcomes": None}],
        )
    )


def expired_credential(world: World, _crowd: Crowd) -> None:
    """An account that goes on claiming a certificate that ended in December."""
    dice = world.dice("expired_credential")
    account = world.join("岚大夫谈健康", local(-1900, 11), credential="执业医师", verified=True)
    account.expires, account.followers = local(-61, 0), 48_210
    account.bio = "执业医师，只说实话"
    posts = []
    for claim in CLAIMS_OF_DOCTOR:
        own = sentences(dice, "茶", english=False, clauses=1)
        posts.append(world.post(account, moment(dice), f"{claim}。{own}"))
    world.planted.append(
        group_truth(
            "expired_credential",
            "An account claims a credential in posts made after it had ended.",
            accounts=[account],
            posts=posts,
            credential="执业医师",
            credential_expires_at=stamp(local(-61, 0)),
            expected=[
                {"kind": "credential-mismatch", "outcomes": None},
                {"kind": "claimed-standing", "outcomes": None},
            ],
        )
    )


def held_rank(world: World, _crowd: Crowd) -> None:
    """Placement: on six days one topic stays on rank 3 for hours, whatever its score."""
    dice = world.dice("held_rank")
    news = [t for t in world.topics if t.start is not None and t.start < END - 14 * 3600]
    chosen, times = sorted(dice.sample(news, 6), key=lambda t: t.start or 0), []
    free = 0
    for topic in chosen:
        start = max(topic.start or 0, free, local(0, 9))
        start += -start % 1800
        free = start + dice.randint(10, 18) * 1800
        world.held.append((start, free, topic.title))
        times.append({"topic": topic.title, "start": stamp(start), "end": stamp(free)})
    world.planted.append(
        group_truth(
            "held_rank",
            "A fact about the list, not about accounts: a topic is held on rank 3 for hours.",
            topics=[topic.title for topic in chosen],
            times=times,
            rank=3,
            expected=[{"kind": "ranking-placement", "outcomes": ["held-position"]}],
        )
    )
