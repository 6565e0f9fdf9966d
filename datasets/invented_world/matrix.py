# SPDX-License-Identifier: GPL-3.0-or-later
"""Plant: nine accounts that cite one another in a circle and share the same shop links."""

from __future__ import annotations

from typing import TYPE_CHECKING

from composing import THEMES, sentences
from world import (
    DAYS,
    END,
    AboutPost,
    Account,
    Post,
    World,
    address,
    citing,
    group_truth,
    local,
    moment,
)

if TYPE_CHECKING:
    from random import Random

    from people import Crowd

KINDS = ("新鲜", "身边", "大小", "热点", "街坊", "闲话", "要紧", "眼前", "巷口")
CLAIMS = (
    "云汀三个老小区的电梯下月起按层收费，每层两角，刷卡才能上楼",
    "墨溪一家连锁早餐店用隔夜高汤兑开水，十二家分店都一样",
    "临樾二手房过户窗口每天只放二十个号，黄牛号炒到三百块",
    "青棹路口的新测速杆把骑自行车的也拍了，已有四十人收到短信",
    "霁川体育馆的游泳池半年没换水，池底的瓷砖都变色了",
    "南堰的共享充电宝会在夜里自动续租，一觉醒来扣掉九十九元",
    "西埠菜场的电子秤统一调过，一斤青菜只有八两四",
    "望砚几所小学的校服换了供应商，洗两次就掉色染手",
    "石枕镇的桶装水是拿井水灌的，封口用吹风机一吹就能换",
    "橘子坡的地下车位要涨到每月九百，物业连公示都没贴",
    "澍州夜间公交其实早就空跑，司机绕圈只为凑里程补贴",
    "白鹭洲的网红餐厅把预制菜按现炒卖，后厨只有一台微波炉",
    "竹喧村的有机草莓全是批发市场拉来的，标签当天现贴",
    "汐城宠物医院把一针疫苗拆成两次打，收两份挂号费",
)
VAGUE = ("网传", "有网友爆料，", "据说", "听人说", "来源：网络。", "")
ECHO = (
    "更多细节来了：",
    "果然不止我们知道：",
    "这事有下文：",
    "多方都在说：",
    "再次提醒：",
    "又有人证实：",
)


def _members(world: World, dice: Random) -> list[Account]:
    made = []
    for kind in KINDS:
        created = local(-dice.randint(112, 117), dice.uniform(9, 18))
        account = world.join(f"云汀{kind}事", created, theme=dice.choice(THEMES))
        account.followers, account.weight = dice.randint(1_500, 9_000), 20.0
        account.bio = f"云汀本地{kind}事，天天看"
        made.append(account)
    return made


def _cite(dice: Random, cited: Post, body: str) -> tuple[str, AboutPost]:
    """A text that credits an earlier post, and how: platform field, address or words."""
    roll = dice.random()
    if roll < 0.55:
        return body, citing(cited)
    if roll < 0.8:
        return body, {"urls": (address(cited),)}
    return f"{body} 转自@{cited.account.handle}", {}


def _story(world: World, dice: Random, members: list[Account], claim: str, day: int) -> list[Post]:
    """A chain of citations over hours that ends where it began."""
    order = dice.sample(members, dice.randint(5, 9))
    at = local(day, dice.uniform(8.2, 13))
    lead = dice.choice(VAGUE)
    own = sentences(dice, "读书", english=False, clauses=1)
    posts = [world.post(order[0], at, f"{lead}{claim}。{own}")]
    for account in [*order[1:], order[0]]:
        at += dice.randint(700, 3_400)
        own = sentences(dice, account.theme, english=False, clauses=1)
        text, about = _cite(dice, posts[-1], f"{dice.choice(ECHO)}{claim}。{own}")
        posts.append(world.post(account, at, text, **about))
    return posts


def _shop(world: World, dice: Random, members: list[Account], url: str) -> list[Post]:
    """One shop address, shared by most members within a minute."""
    start = moment(dice)
    start = min(start, END - 120)
    posts = []
    for account in dice.sample(members, dice.randint(6, 9)):
        text = sentences(dice, dice.choice(THEMES), english=False, clauses=1) + "这家可以看看"
        posts.append(world.post(account, start + dice.randrange(56), text, urls=(url,)))
    return posts


def _camouflage(world: World, dice: Random, members: list[Account], press: list[Account]) -> None:
    """Ordinary posts, and one citation in ten to a good outlet."""
    for account in members:
        for _ in range(dice.randint(18, 26)):
            text = sentences(dice, account.theme, english=False)
            world.post(account, moment(dice), text, theme=account.theme)
    good = [p for p in world.posts if p.account in press and not p.account.english]
    for cited in dice.sample(good, 11):
        at = cited.at + dice.randint(600, 9000)
        if at < END:
            text = sentences(dice, "读书", english=False, clauses=1)
            world.post(dice.choice(members), at, text, **citing(cited))


def matrix(world: World, crowd: Crowd) -> None:
    """Nine accounts, fourteen stories, thirteen shop addresses."""
    dice = world.dice("matrix")
    members = _members(world, dice)
    stories = [_story(world, dice, members, claim, day % DAYS) for day, claim in enumerate(CLAIMS)]
    urls = [
        f"https://shop.huijia.example/item/{dice.randint(10_000, 99_999)}?aff=yt9"
        for _ in range(13)
    ]
    shared = [post for url in urls for post in _shop(world, dice, members, url)]
    _camouflage(world, dice, members, crowd.press)
    cited = [post for story in stories for post in story]
    world.planted.append(
        group_truth(
            "matrix",
            "Nine accounts cite one another in a circle over fourteen stories that end nowhere, and"
            " share the same shop addresses within a minute.",
            accounts=members,
            posts=[*cited, *shared],
            urls=urls,
            expected=[
                {"kind": "citation-loop", "outcomes": ["loop"]},
                {"kind": "account-matrix", "outcomes": ["run-together"]},
                {"kind": "coordinated-sharing", "outcomes": ["coordinated"]},
            ],
            stories=[
                {"claim": claim, "posts": [f"weiju:{post.id}" for post in story]}
                for claim, story in zip(CLAIMS, stories, strict=True)
            ],
        )
    )
