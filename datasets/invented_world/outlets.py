# SPDX-License-Identifier: GPL-3.0-or-later
"""Innocent sources: eight outlets and a broadcaster whose twelve branches share every item."""

from __future__ import annotations

from typing import TYPE_CHECKING

import words
from composing import THEMES, headline, sentences
from world import DAYS, END, Account, Post, World, address, citing, group_truth, local

if TYPE_CHECKING:
    from random import Random

FAMILY = "岚屿广播集团"
BRANCHES = (
    "汐城", "澍州", "墨溪", "云汀", "临樾", "霁川", "苇港", "望砚", "青棹", "南堰", "雾桥", "西埠",
)  # fmt: skip
SCENE_ZH = ("本报记者在现场看到，", "记者实地走访了解到，", "本报记者从发布会获悉，")
SCENE_EN = ("Our reporter at the scene: ", "Seen by our reporter: ", "From the briefing: ")


def _register(world: World, account: Account, label: str) -> None:
    world.labels.append(
        {
            "subject_kind": "account",
            "subject_id": f"weiju:{account.id}",
            "label": label,
            "labelled_at": "2025-12-01T00:00:00Z",
            "labelled_by": "Invented Press Register",
            "url": f"https://press-register.example/{account.id}",
        }
    )


def outlets(world: World) -> list[Account]:
    """Eight outlets: verified, on the register, reporting first-hand with their own address."""
    dice, made = world.dice("outlets"), []
    for name, display, host, english in words.OUTLETS:
        account = world.join(name, local(-dice.randint(2500, 4500), 10), display=display)
        account.verified, account.english, account.owner = True, english, f"{display} Press"
        account.credential = "News organisation" if english else "新闻机构"
        account.expires = END + 400 * 86_400
        account.bio = f"{display} · https://{host}"
        account.followers = dice.randint(200_000, 2_000_000)
        account.theme = dice.choice(THEMES)
        _register(world, account, "registered-outlet")
        made.append(account)
        for _ in range(world.sized(dice.randint(30, 44))):
            _report(world, dice, account, host)
    _cite_each_other(world, dice, made)
    world.innocent.append(
        group_truth(
            "press",
            "Eight outlets on the register, reporting first-hand and crediting one another.",
            accounts=made,
            posts=[post for post in world.posts if post.account in made],
            highest_grade=None,
            tolerable={"citation-loop": ["tight-but-sourced"], "copied-text": ["ordinary"]},
        )
    )
    return made


def _report(world: World, dice: Random, account: Account, host: str) -> None:
    theme, english = dice.choice(THEMES), account.english
    scene = dice.choice(SCENE_EN if english else SCENE_ZH) if dice.random() < 0.6 else ""
    text = scene + headline(dice, theme, english=english)
    text += "." if english else "。" + sentences(dice, theme, english=False, clauses=1)
    at = local(dice.randrange(DAYS), dice.triangular(8.1, 23, 12))
    url = f"https://{host}/2026/03/{dice.randint(1000, 9999)}"
    urls = (url,) if dice.random() < 0.85 else ()
    about = {"source": account.display, "client": "Weiju Web"}
    world.post(account, at, text, urls=urls, **about)


def _cite_each_other(world: World, dice: Random, made: list[Account]) -> None:
    posts = [p for p in world.posts if p.account in made]
    for cited in dice.sample(posts, len(posts) // 8):
        other = dice.choice([a for a in made if a.english == cited.account.english])
        at = cited.at + dice.randint(900, 20_000)
        if other is not cited.account and at < END:
            credit = "According to {}, " if other.english else "据{}报道，"
            text = credit.format(cited.account.display) + cited.text.split(" http")[0]
            world.post(other, at, text, urls=(address(cited),), theme=cited.theme)


def _family(world: World, dice: Random) -> list[Account]:
    made = []
    for name in ("岚屿广播", *(f"岚屿广播{branch}站" for branch in BRANCHES)):
        account = world.join(name, local(-dice.randint(1500, 3000), 9), owner=FAMILY)
        account.verified, account.credential = True, "广播电视机构"
        account.expires, account.followers = END + 300 * 86_400, dice.randint(20_000, 300_000)
        account.bio = f"{FAMILY}所属 · https://lanyu-radio.example"
        _register(world, account, "registered-outlet")
        made.append(account)
    return made


def broadcaster(world: World, press: list[Account]) -> None:
    """Head office and branches: one copy for all within minutes, and all of it sourced."""
    dice = world.dice("broadcaster")
    family = _family(world, dice)
    outside = [p for p in world.posts if p.account in press and not p.account.english]
    items = [_syndicated(world, dice, family, (number, outside)) for number in range(38)]
    posts = [post for item in items for post in item]
    world.innocent.append(
        group_truth(
            "broadcaster",
            "A broadcaster and its twelve branches: the same copy within minutes, citing one"
            " another heavily, and outside sources and reporters at the scene too.",
            accounts=family,
            posts=posts,
            urls=sorted({url for post in posts for url in post.urls}),
            declared_owner=FAMILY,
            highest_grade=None,
            tolerable={
                "account-matrix": ["declared-family"],
                "citation-loop": ["tight-but-sourced"],
                "copied-text": ["declared-family", "openly-organised", "ordinary"],
                "coordinated-sharing": ["openly-organised", "ordinary"],
            },
        )
    )


def _syndicated(
    world: World, dice: Random, family: list[Account], item: tuple[int, list[Post]]
) -> list[Post]:
    """One item: a branch reports it first-hand, the others carry it word for word."""
    number, outside = item
    theme = dice.choice(THEMES)
    first, *rest = dice.sample(family, dice.randint(6, 10))
    story = headline(dice, theme, english=False)
    body = f"{story}。{sentences(dice, theme, english=False, clauses=2)}"
    url = f"https://lanyu-radio.example/2026/03/{1000 + number}"
    at = local(dice.randrange(DAYS), dice.triangular(8.2, 22, 11))
    urls, lead = (url,), f"本台{first.handle}记者现场报道："
    earlier = [p for p in outside if p.at < at]
    if earlier and dice.random() < 0.35:
        cited = dice.choice(earlier)
        urls, lead = (address(cited), url), f"据{cited.account.handle}报道，本台记者核实："
    posts = [world.post(first, at, lead + body, urls=urls, source="岚屿广播", theme=theme)]
    for account in rest:
        at += dice.randint(15, 200)
        posts.append(_carried(world, dice, account, (at, body, dice.choice(posts))))
    if dice.random() < 0.4:  # an update by the first branch
        more = sentences(dice, theme, english=False, clauses=2)
        text = f"后续：{more}（{posts[-1].account.handle}提供）"
        about = {**citing(posts[-1]), "urls": (url,)}
        posts.append(world.post(first, at + dice.randint(1200, 3900), text, **about))
    return posts


def _carried(world: World, dice: Random, account: Account, copy: tuple[int, str, Post]) -> Post:
    """The same words under another branch's name, quoting or linking the branch they come from."""
    at, body, cited = copy
    text, own = f"【{cited.account.handle}】{body}", cited.urls[-1:]
    if dice.random() < 0.7:
        return world.post(account, at, text, **citing(cited), urls=own, source="岚屿广播")
    return world.post(account, at, text, urls=(address(cited), *own), source="岚屿广播")
