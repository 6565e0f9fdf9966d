# SPDX-License-Identifier: GPL-3.0-or-later
"""Plant: a scare about a bridge. Its first post is gone; copies drift and lose their source."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from background import Spread, repost_tree
from composing import comment
from push import STORY_TOPICS
from world import END, Account, Post, Topic, World, citing, group_truth, local, stamp

if TYPE_CHECKING:
    from random import Random

    from people import Crowd

FIRST = local(6, 9.2)
DENIAL = local(7, 16.1)
TEXT = "苇港大桥主塔出现3条裂缝，昨晚有人听到钢索在响，家在桥边的赶紧绕路！"
CREDIT = "据北汀通讯报道，"


@dataclass(frozen=True)
class Variant:
    """A wording, when it appears (hours after the first post), how long and how often."""

    name: str
    text: str
    after: float
    spread: float
    count: int


VARIANTS = (
    Variant("credited", f"【提醒】{TEXT}转自@苇港老陈头", 0.5, 4, 9),
    Variant("verbatim", TEXT, 1.1, 8, 14),
    Variant(
        "number",
        "苇港大桥主塔出现13条裂缝，昨晚很多人听到钢索在响，家在桥边的赶紧绕路！",
        3,
        14,
        17,
    ),
    Variant(
        "place", "望砚大桥主塔出现13条裂缝，昨晚很多人听到钢索在响，家在桥边的赶紧绕路！", 7, 16, 12
    ),
    Variant(
        "outlet",
        f"{CREDIT}苇港大桥主塔出现30条裂缝，昨晚很多人听到钢索在响，专家称随时可能封桥，赶紧绕路！",
        10,
        22,
        21,
    ),
    Variant(
        "urgent",
        "速转！苇港大桥主塔出现30条裂缝，今晚可能封桥，专家称钢索随时会断，家在桥边的赶紧绕路！",
        24,
        20,
        18,
    ),
)
DOUBTS = (
    "有没有官方说法？",
    "我刚从桥上过，没看到啊。",
    "谁拍到了？",
    "先别传，等通报。",
    "昨晚我就住桥头，很安静。",
)


def _gone(world: World) -> Post:
    """The first post. It is not in the data, and neither is its account."""
    author = Account("0", "苇港老陈头", FIRST - 90_000_000)
    return Post(world.id_at(FIRST, TEXT), author, FIRST, "original", TEXT, theme="bridge")


def _first_wave(world: World, dice: Random, crowd: Crowd, gone: Post) -> list[Post]:
    """Reposts of the post that is gone; some clients repeat its name and words in the chain."""
    spread = Spread(92, 6_500, lambda: crowd.someone(dice, 11, loyal=0.5), deep=0.45)
    tree = repost_tree(world, dice, gone, spread)
    for post in tree:
        if dice.random() < 0.25:
            post.text = f"{post.text}//@{gone.account.handle}: {TEXT}"
    return tree


def _copies(world: World, dice: Random, crowd: Crowd, variant: Variant) -> list[Post]:
    posts = []
    picture = world.hash_hex("media", "bridge")
    topics = [Topic(title, "读书", None, category="社会") for title in STORY_TOPICS]
    for number in range(variant.count):
        account = crowd.someone(dice, 11, loyal=0.3)
        late = 0.0 if number == 0 else dice.expovariate(1 / variant.spread)
        at = round(FIRST + (variant.after + late) * 3600) + dice.randrange(60)
        own = f" {comment(dice, 'bridge')}" if dice.random() < 0.35 else ""
        posts.append(
            world.post(
                account,
                min(at, END - 1),
                variant.text + own,
                topics=(dice.choice(topics),) if dice.random() < 0.25 else (),
                media=(picture,) if dice.random() < 0.45 else (),
                theme="bridge",
            )
        )
    return posts


def _answers(world: World, dice: Random, crowd: Crowd, copies: list[Post]) -> list[Post]:
    """Reposts and doubting quotes of the copies."""
    posts = []
    for copy in copies:
        if dice.random() < 0.3:
            spread = Spread(dice.randint(1, 4), 4_000, lambda: crowd.someone(dice, 11))
            posts += repost_tree(world, dice, copy, spread)
        if dice.random() < 0.24:
            text = dice.choice(DOUBTS) + comment(dice, "bridge")
            at = copy.at + dice.randint(200, 12_000)
            if at < END:
                posts.append(world.post(crowd.all.draw(dice), at, text, **citing(copy)))
    return posts


def _denials(world: World, dice: Random, crowd: Crowd) -> list[Post]:
    """The outlet and the bridge's keeper deny it; some people quote that."""
    url = "https://beiting-wire.example/2026/03/statement"
    text = "声明：本社从未发布“苇港大桥出现裂缝”的报道，相关截图系伪造，请勿转发。"
    outlet = crowd.press[0]
    keeper = world.join("苇港桥梁管理处", FIRST - 80_000_000, verified=True, credential="政务机构")
    keeper.owner, keeper.expires, keeper.followers = "苇港桥梁管理处", END + 40_000_000, 31_000
    official = "https://bridges.weigang-office.example/notice/12"
    checked = "经今日上午全面检测，苇港大桥主塔与钢索状态正常，未发现裂缝，通行不受影响。"
    posts = [
        world.post(outlet, DENIAL, text, urls=(url,), source=outlet.display),
        world.post(keeper, DENIAL - 5_400, checked, urls=(official,), source=keeper.handle),
    ]
    for _ in range(14):
        cited = dice.choice(posts[:2])
        at = cited.at + round(dice.lognormvariate(9, 0.9))
        if at < END:
            own = comment(dice, "bridge")
            posts.append(world.post(crowd.all.draw(dice), at, f"辟谣了，{own}", **citing(cited)))
    return posts


def _label(world: World, posts: list[Post]) -> None:
    for post in posts:
        world.labels.append(
            {
                "subject_kind": "post",
                "subject_id": f"weiju:{post.id}",
                "label": "false",
                "labelled_at": stamp(DENIAL + 7_200),
                "labelled_by": "Invented Fact Desk",
                "url": "https://fact-desk.example/2026/03/bridge",
            }
        )


def false_story(world: World, crowd: Crowd) -> None:
    """The scare, its drift, a credit to an outlet that never said it, and the denials."""
    dice, gone = world.dice("false_story"), _gone(world)
    tree = _first_wave(world, dice, crowd, gone)
    by_variant = {v.name: _copies(world, dice, crowd, v) for v in VARIANTS}
    copies = [post for posts in by_variant.values() for post in posts]
    answers = _answers(world, dice, crowd, copies)
    denials = _denials(world, dice, crowd)
    _label(world, [by_variant["outlet"][0], by_variant["number"][0]])
    posts = [*tree, *copies, *answers]
    world.planted.append(
        group_truth(
            "false_story",
            "A scare about a bridge whose first post was deleted. Copies change the number and the"
            " place, drop the source, and credit an outlet that never said it and denies it later.",
            note="The accounts passed the story on; nothing is said against them.",
            accounts=[post.account for post in posts],
            posts=posts,
            topics=STORY_TOPICS,
            expected=[
                {"kind": "source-drift", "outcomes": None},
                {"kind": "unsourced-claim", "outcomes": None},
                {"kind": "citation-anomaly", "outcomes": None},
                {"kind": "trace", "outcomes": ["unseen root named, and dated by its id"]},
            ],
            deleted_root={
                "post_id": f"weiju:{gone.id}",
                "handle": gone.account.handle,
                "created_at": stamp(FIRST),
                "text": TEXT,
                "in_the_data": False,
            },
            first_seen=f"weiju:{min(posts, key=lambda p: (p.at, p.id)).id}",
            variants=[
                {"name": v.name, "text": v.text, "posts": [f"weiju:{p.id}" for p in rows]}
                for v, rows in zip(VARIANTS, by_variant.values(), strict=True)
            ],
            wrong_attribution={
                "outlet": f"weiju:{crowd.press[0].id}",
                "posts": [f"weiju:{p.id}" for p in by_variant["outlet"]],
            },
            denials=[f"weiju:{p.id}" for p in denials[:2]],
            denial_quotes=[f"weiju:{p.id}" for p in denials[2:]],
        )
    )
