# SPDX-License-Identifier: GPL-3.0-or-later
"""More innocent groups: an open call, scholars, a class, an app, an authority, credentials."""

from __future__ import annotations

from typing import TYPE_CHECKING

from audiences import members_of
from composing import remark, sentences
from world import END, Account, Post, Topic, World, citing, group_truth, local, moment, stamp

if TYPE_CHECKING:
    from random import Random

    from people import Crowd

CALL = (
    "青棹河口的夜鹭巢区又要修栈道了，请把这段话复制到自己的主页，"
    "让规划局在公示期内听到我们的意见，公示截止3月20日。"
)
TALKS = ("潮汐沉积", "古地磁", "河口泥沙", "海岸植被")
LESSONS = {1: "统计学第三讲", 3: "抽样调查作业", 8: "回归分析答疑", 10: "实验报告互评"}
NOTICE = (
    "每周一早间提示：请提前十分钟出门，先下后上，大件行李请走无障碍通道，线路调整以车站公告为准。"
)


def open_call(world: World, crowd: Crowd) -> None:
    """A public post asks people to copy a text, and they do, over hours."""
    dice, start = world.dice("open_call"), local(6, 13.2)
    head, *joined = members_of(dice, list(crowd.communities[13].rows), 63)
    call = world.post(head, start, f"【请复制，不必转发】{CALL}", theme="观鸟")
    posts = [call]
    for account in joined:
        at = start + round(dice.lognormvariate(9.2, 0.8)) + 120
        own = remark(dice, "观鸟", english=False) if dice.random() < 0.4 else ""
        posts.append(world.post(account, at, CALL + own, theme="观鸟"))
    world.innocent.append(
        group_truth(
            "open_call",
            "A public call to copy a text; sixty people do so over hours.",
            accounts=[head, *joined],
            posts=posts,
            announcement=f"weiju:{call.id}",
            highest_grade="weak",
            tolerable={
                "copied-text": ["openly-organised", "ordinary", "lead"],
                "coordinated-sharing": ["openly-organised", "ordinary"],
            },
        )
    )


def _thread(world: World, dice: Random, people: list[Account], *, paper: int) -> list[Post]:
    """A paper, and what the others say about it, each quoting one of the last two."""
    first, *rest = dice.sample(people, dice.randint(3, 6))
    topic = TALKS[paper % len(TALKS)]
    text = f"读了一篇讲{topic}的新论文，{sentences(dice, '读书', english=False, clauses=1)}"
    url = f"https://tidal-journal.example/doi/{2200 + paper}"
    posts = [world.post(first, moment(dice), text, urls=(url,))]
    for account in [*rest, *([first] if dice.random() < 0.4 else [])]:
        at = posts[-1].at + dice.randint(900, 9000)
        cited = dice.choice(posts[-2:])
        if at >= END or cited.account is account:
            continue
        text = f"关于{topic}，{sentences(dice, '读书', english=False, clauses=2)}"
        posts.append(world.post(account, at, text, **citing(cited)))
    return posts


def academics(world: World, crowd: Crowd) -> None:
    """A dozen scholars who quote one another, and papers that exist outside."""
    dice = world.dice("academics")
    people = members_of(dice, list(crowd.communities[16].rows), 12)
    threads = [_thread(world, dice, people, paper=paper) for paper in range(24)]
    world.innocent.append(
        group_truth(
            "academics",
            "A small group of scholars who quote one another about papers outside the platform.",
            accounts=people,
            posts=[post for thread in threads for post in thread],
            urls=[thread[0].urls[0] for thread in threads],
            highest_grade="weak",
            tolerable={"citation-loop": ["tight-but-sourced", "insufficient", "lead"]},
        )
    )


def _affiliation(account: Account) -> dict[str, object]:
    return {
        "subject_kind": "account",
        "subject_id": f"weiju:{account.id}",
        "label": "affiliation:云汀大学统计课",
        "labelled_at": "2026-03-01T00:00:00Z",
        "labelled_by": "account's own profile",
        "url": f"https://weiju.example/u/{account.id}",
    }


def classroom(world: World, crowd: Crowd) -> None:
    """A class that does its homework in the same two hours; its affiliation is declared."""
    dice, posts, times = world.dice("classroom"), [], []
    people = members_of(dice, list(crowd.communities[15].rows), 26)
    world.labels += [_affiliation(account) for account in people]
    for day, lesson in LESSONS.items():
        topic, start = Topic(f"云汀大学{lesson}", "备考", None, category="教育"), local(day, 10)
        times.append({"topic": topic.title, "start": stamp(start), "end": stamp(start + 5400)})
        for account in people:
            if dice.random() < 0.12:
                continue
            at = start + dice.randrange(5400)
            world.act(account, at, topic.title)
            if dice.random() < 0.6:
                text = sentences(dice, "备考", english=False)
                posts.append(world.post(account, at + 90, text, topics=(topic,)))
    world.innocent.append(
        group_truth(
            "classroom",
            "A class at its lesson: the same topics in the same hours, affiliation declared.",
            accounts=people,
            posts=posts,
            topics=[each["topic"] for each in times],
            times=times,
            highest_grade="weak",
            tolerable={
                "ranking-manipulation": ["recurring-audience", "openly-organised", "lead"],
                "coordinated-sharing": ["openly-organised", "ordinary"],
            },
        )
    )


def app_shares(world: World, crowd: Crowd) -> None:
    """An app that writes its users' posts: one sentence, their own numbers, its own client."""
    dice, posts = world.dice("app_shares"), []
    people = members_of(dice, list(crowd.communities[2].rows), 75)
    for account in people:
        for _ in range(dice.choice((1, 1, 2, 3))):
            distance, minutes = dice.uniform(2, 18), dice.randint(12, 110)
            text = f"我刚刚用步步App跑了{distance:.2f}公里，用时{minutes}分钟，一起来跑步吧！"
            url = f"https://bubu-run.example/r/{dice.randrange(16**6):06x}"
            posts.append(world.post(account, moment(dice), text, urls=(url,), client="步步App"))
    world.innocent.append(
        group_truth(
            "app_shares",
            "Posts that an app writes for its users: one template, one client.",
            accounts=people,
            posts=posts,
            client="步步App",
            highest_grade="weak",
            tolerable={
                "copied-text": ["ordinary", "lead"],
                "coordinated-sharing": ["ordinary"],
            },
        )
    )


def weekly_notice(world: World) -> None:
    """A transport authority that repeats its own notice, word for word, on Mondays."""
    account = world.join("汐城交通服务", local(-2400, 9), verified=True, credential="政务机构")
    account.owner, account.expires = "汐城交通局", END + 500 * 86_400
    account.followers, account.theme = 71_204, "铁路"
    url = "https://transit.xicheng-services.example/notice"
    posts = [
        world.post(account, local(day, 8.02), NOTICE, urls=(url,), source="汐城交通局")
        for day in (-280, -140, -7, 0, 7)
    ]
    world.innocent.append(
        group_truth(
            "weekly_notice",
            "An authority repeating its own notice on Mondays, older ones included.",
            accounts=[account],
            posts=posts,
            urls=[url],
            highest_grade=None,
            tolerable={"recycled-news": ["ordinary"], "copied-text": ["ordinary"]},
        )
    )


def valid_credentials(world: World) -> None:
    """One claims a credential that is valid; another let its own end, and claims nothing."""
    dice = world.dice("valid_credentials")
    made: list[Account] = []
    posts: list[Post] = []
    for name, ends in (("禾老师讲营养", END + 90 * 86_400), ("退休的桥梁工", local(-200, 0))):
        account = world.join(name, local(-1500, 12), verified=True, expires=ends)
        account.credential = "注册营养师" if ends > END else "桥梁工程师"
        account.followers = dice.randint(5_000, 40_000)
        lead = "作为注册营养师，我的看法是：" if ends > END else ""
        for _ in range(6):
            text = lead + sentences(dice, "厨房", english=False)
            posts.append(world.post(account, moment(dice), text))
        made.append(account)
    world.innocent.append(
        group_truth(
            "valid_credentials",
            "One account claims a credential that is valid; another's has ended, and it claims"
            " none.",
            accounts=made,
            posts=posts,
            highest_grade=None,
            tolerable={},
        )
    )
