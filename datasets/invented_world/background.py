# SPDX-License-Identifier: GPL-3.0-or-later
"""What goes on anyway: posts, cascades, quotes, replies and searches, all heavy-tailed."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

import words
from composing import remark, sentences
from people import Crowd, Weighted, topic_moment
from world import END, Account, Post, World, address, chain, citing, moment

if TYPE_CHECKING:
    from collections.abc import Callable
    from random import Random

ORIGINALS, REPOSTS, QUOTES, REPLIES, SEARCHES = 11_300, 8_600, 1_550, 3_500, 56_000
VAGUE = ("网传", "网友称，", "据说", "听说", "有人说", "来源：网络 ")
VAGUE_EN = ("It is said online that ", "People say ", "Source: the internet. ")


def _address(dice: Random, account: Account) -> str:
    """An address that somebody might post; a shop's carries a code of their own."""
    roll, number = dice.random(), dice.randint(1000, 9999)
    if roll < 0.60:
        return f"https://{dice.choice(words.HOSTS)}/p/{number}"
    if roll < 0.90:
        return f"https://{dice.choice(words.OUTLETS)[2]}/2026/03/{number}"
    return f"https://shop.huijia.example/item/{number}?aff={account.id[:5]}"


def _credit(dice: Random, world: World, *, english: bool) -> str:
    """Words in front of a text that name a source, or name none."""
    roll, seen = dice.random(), [each[1] for each in words.OUTLETS if each[3] == english]
    if roll < 0.25:
        name = dice.choice(seen)
        return f"According to {name}, " if english else f"据{name}报道，"
    if roll < 0.36:
        name = dice.choice(words.UNSEEN_EN_OUTLETS if english else words.UNSEEN_OUTLETS)
        return f"Reported by {name}: " if english else f"来源：{name}。"
    if roll < 0.55:
        name = dice.choice(world.people).handle
        return f"via @{name} " if english else f"转自@{name} "
    return dice.choice(VAGUE_EN if english else VAGUE)


def originals(world: World, crowd: Crowd) -> None:
    """The original posts of ordinary accounts; nine in ten name no source."""
    dice = world.dice("originals")
    for _ in range(world.sized(ORIGINALS)):
        account = crowd.all.draw(dice)
        topic = crowd.topic(dice, account) if dice.random() < 0.3 else None
        at = topic_moment(dice, topic) if topic is not None else moment(dice)
        if at >= END:
            continue
        english, roll = account.english, dice.random()
        url = _address(dice, account) if roll < 0.05 else ""
        lead = _credit(dice, world, english=english) if roll > 0.945 else ""
        text = lead + sentences(dice, account.theme, english=english)
        media = (world.hash_hex("media", account.id, at),) if dice.random() < 0.08 else ()
        world.post(
            account,
            at,
            text,
            topics=() if topic is None else (topic,),
            urls=(url,) if url else (),
            media=media,
            theme=account.theme,
        )


@dataclass(frozen=True)
class Spread:
    """How many repost, at which median delay in seconds, who, and how often by way of a repost."""

    count: int
    median: float
    who: Callable[[], Account]
    deep: float = 0.35


def _reads(dice: Random, account: Account, root: Post) -> bool:
    """Whether the account reposts posts in that language: seldom in another than its own."""
    return account.english == root.account.english or dice.random() < 0.04


def repost_tree(world: World, dice: Random, root: Post, spread: Spread) -> list[Post]:
    """Reposts of a post, each of the post itself or of an earlier repost.

    For three in ten reposts of reposts the platform gives only the root as the parent; the chain
    in the text still names the relay.
    """
    late = (dice.lognormvariate(0, 1.4) * spread.median for _ in range(spread.count))
    event = root.theme if root.theme in words.REMARKS else ""
    tree: list[Post] = []
    for at in sorted(root.at + round(each + dice.uniform(4, 40)) for each in late):
        if at >= END:
            break
        earlier = [p for p in tree[-40:] if p.at < at]
        relay = dice.choice(earlier) if earlier and dice.random() < spread.deep else root
        account = next(a for a in iter(spread.who, None) if _reads(dice, a, root))
        own = remark(dice, account.theme, english=account.english, event=event)
        parent = root.id if dice.random() < 0.3 else relay.id
        text = chain(own, relay)
        tree.append(world.post(account, at, text, kind="repost", parent=parent, root=root.id))
    return tree


def cascades(world: World, crowd: Crowd) -> None:
    """Reposts by popularity, and eleven viral bursts that leave their community."""
    dice = world.dice("cascades")
    roots = [p for p in world.posts if p.kind == "original"]
    fame = {p.id: dice.paretovariate(1.05) * (1 + p.account.followers) ** 0.25 for p in roots}
    popular = Weighted(roots, lambda p: min(fame[p.id], 400))
    counts = Counter(popular.draw(dice).id for _ in range(world.sized(REPOSTS)))
    viral = {root.id for root in dice.sample(roots, 11)}
    for root in roots:

        def who(root: Post = root) -> Account:
            loyal = 0.15 if root.id in viral else 0.7
            return crowd.someone(dice, root.account.group, loyal=loyal)

        burst = world.sized(dice.randint(90, 260)) if root.id in viral else 0
        median = 1_500.0 if burst else 7_200.0
        repost_tree(world, dice, root, Spread(counts[root.id] + burst, median, who))


def answers(world: World, crowd: Crowd) -> None:
    """Quotes, a few by address instead of the platform's field, and replies, which are short."""
    dice = world.dice("answers")
    popular = Weighted(list(world.posts), lambda p: (1 + p.account.followers) ** 0.3)
    for number in range(world.sized(QUOTES) + world.sized(REPLIES)):
        parent = popular.draw(dice)
        account = crowd.someone(dice, parent.account.group)
        at = round(parent.at + dice.lognormvariate(7.9, 1.3) + 10)
        if at >= END or account is parent.account:
            continue
        about = citing(parent)
        if number >= world.sized(QUOTES):
            about["kind"] = "reply"
            text = remark(dice, account.theme, english=account.english)
        else:
            text = sentences(dice, account.theme, english=account.english)
            about = {"urls": (address(parent),)} if dice.random() < 0.15 else about
        world.post(account, at, text, **about)


def deletions(world: World) -> None:
    """One ordinary post in eighty is deleted, hours or days later."""
    dice = world.dice("deletions")
    for post in dice.sample(world.posts, len(world.posts) // 80):
        post.deleted = post.at + round(dice.lognormvariate(9.6, 1.6)) + 5


def searches(world: World, crowd: Crowd) -> None:
    """The platform's own log: searches and, one in twelve, votes.

    Whoever has looked a topic up is less likely to do it once more.
    """
    curious = Weighted(world.people, lambda a: a.weight**0.8)
    dice, before = world.dice("searches"), Counter[tuple[str, str]]()
    target = len(world.actions) + world.sized(SEARCHES)
    while len(world.actions) < target:
        account = curious.draw(dice)
        topic = crowd.topic(dice, account)
        if dice.random() > 0.6 ** before[account.id, topic.title]:
            continue
        before[account.id, topic.title] += 1
        act = "vote" if dice.random() < 0.08 else "search"
        world.act(account, topic_moment(dice, topic), topic.title, act)
