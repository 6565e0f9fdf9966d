# SPDX-License-Identifier: GPL-3.0-or-later
"""The world as it is built: accounts, posts, actions and what is true about them."""

from __future__ import annotations

import hashlib
import itertools
from dataclasses import dataclass, field
from datetime import UTC, datetime
from random import Random
from typing import TYPE_CHECKING, TypedDict, Unpack

import words

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

START = int(datetime(2026, 3, 2, tzinfo=UTC).timestamp())
DAYS = 14
END = START + DAYS * 86_400
ZONE = 8 * 3600
ID_EPOCH = 515_483_463
# share of a day's posts by local hour: a trough at four, peaks at noon and at nine in the evening
RHYTHM = (14, 8, 5, 3, 2, 3, 8, 18, 30, 36, 38, 40, 48, 44, 36, 34, 35, 38, 42, 48, 60, 66, 54, 30)
PLATFORM = "weiju"


@dataclass
class Account:
    """One account; `weight` is its share of what happens, `group` its community."""

    id: str
    handle: str
    created: int
    display: str = ""
    bio: str | None = None
    verified: bool = False
    credential: str | None = None
    expires: int | None = None
    owner: str | None = None
    followers: int = 0
    group: int = 0
    theme: str = "读书"
    english: bool = False
    weight: float = 1.0


@dataclass
class Post:
    """One post; `parent` and `root` are ids, because a post that they name may be gone."""

    id: str
    account: Account
    at: int
    kind: str = "original"
    text: str = ""
    parent: str | None = None
    root: str | None = None
    urls: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    media: tuple[str, ...] = ()
    source: str | None = None
    client: str | None = None
    deleted: int | None = None
    theme: str = "读书"


@dataclass
class Topic:
    """A hashtag: who cares about it, and when. `start` is None for what is always there."""

    title: str
    theme: str
    group: int | None
    english: bool = False
    category: str = "生活"
    weight: float = 1.0
    start: int | None = None
    decay: float = 36_000.0

    @property
    def mark(self) -> str:
        """The hashtag as written: two signs in Chinese, one in English."""
        return f"#{self.title}" if self.english else f"#{self.title}#"


class AboutAccount(TypedDict, total=False):
    """What may be said of a new account."""

    display: str
    bio: str | None
    verified: bool
    credential: str
    expires: int
    owner: str
    english: bool
    theme: str


class AboutPost(TypedDict, total=False):
    """What may be said of a new post."""

    kind: str
    parent: str
    root: str
    topics: Sequence[Topic]
    urls: tuple[str, ...]
    media: tuple[str, ...]
    source: str
    client: str
    theme: str


def citing(cited: Post) -> AboutPost:
    """A quote of a post, in the platform's own fields."""
    root = cited.id if cited.root is None else cited.root
    return {"kind": "quote", "parent": cited.id, "root": root}


@dataclass
class World:
    """All of it. Every part draws from dice of its own, so parts can be left out one by one."""

    seed: int
    scale: float = 1.0
    accounts: list[Account] = field(default_factory=list)
    people: list[Account] = field(default_factory=list)
    posts: list[Post] = field(default_factory=list)
    topics: list[Topic] = field(default_factory=list)
    actions: list[tuple[int, str, str, str]] = field(default_factory=list)
    labels: list[dict[str, object]] = field(default_factory=list)
    planted: list[dict[str, object]] = field(default_factory=list)
    innocent: list[dict[str, object]] = field(default_factory=list)
    held: list[tuple[int, int, str]] = field(default_factory=list)
    handles: set[str] = field(default_factory=set)
    categories: dict[str, str] = field(default_factory=dict)

    def dice(self, part: str) -> Random:
        """The random numbers of one part."""
        return Random(f"{self.seed}/{part}")

    def sized(self, count: int) -> int:
        """A count of the background, scaled."""
        return max(1, round(count * self.scale))

    def join(self, handle: str, created: int, **about: Unpack[AboutAccount]) -> Account:
        """A new account; a handle that is taken gets a number."""
        name = next(
            n
            for n in itertools.chain([handle], (f"{handle}{i}" for i in itertools.count(2)))
            if n not in self.handles
        )
        self.handles.add(name)
        number = 10**9 + self._hash("account", name) % (9 * 10**9)
        account = Account(str(number), name, created, **about)
        account.display = account.display if account.display else name
        self.accounts.append(account)
        return account

    def post(self, account: Account, at: int, text: str, **about: Unpack[AboutPost]) -> Post:
        """A new post. Its id carries its time in the upper bits, as on real platforms."""
        topics = about.pop("topics", ())
        text = " ".join((text, *(topic.mark for topic in topics), *about.get("urls", ())))
        self.categories.update({topic.title: topic.category for topic in topics})
        about.setdefault("client", words.CLIENTS[self._hash("client", account.id) % 5])
        made = Post(self.id_at(at, account.id, text), account, at, text=text, **about)
        made.tags = tuple(topic.title for topic in topics)
        self.posts.append(made)
        return made

    def act(self, account: Account, at: int, topic: str, act: str = "search") -> None:
        """One line of the platform's own log: an account searched for a topic or voted for it."""
        if START <= at < END:
            self.actions.append((at, account.id, topic, act))

    def id_at(self, at: int, *what: object) -> str:
        """An id of that second."""
        return str(((at - ID_EPOCH) << 22) | (self._hash(at, *what) & 0x3FFFFF))

    def hash_hex(self, *what: object) -> str:
        """Twelve hex digits: the hash of a picture that does not exist."""
        return f"{self._hash(*what):016x}"[:12]

    def _hash(self, *what: object) -> int:
        text = "/".join(map(str, (self.seed, *what)))
        return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big")


def address(post: Post) -> str:
    """The platform's own address of a post."""
    return f"https://weiju.example/{post.id}"


def local(day: int, hour: float) -> int:
    """Local wall-clock time on a day, counted from 0, as seconds UTC."""
    return START - START % 86_400 + day * 86_400 + round(hour * 3600) - ZONE


def moment(dice: Random) -> int:
    """A time in the two weeks, by the daily rhythm."""
    while True:
        hour = dice.choices(range(24), RHYTHM)[0]
        at = local(dice.randint(0, DAYS), hour) + dice.randrange(3600)
        if START <= at < END:
            return at


def awake(dice: Random, at: float) -> bool:
    """Whether somebody acts at this hour, by the daily rhythm."""
    return dice.random() < RHYTHM[int(at + ZONE) // 3600 % 24] / max(RHYTHM)


def chain(text: str, parent: Post) -> str:
    """A repost's text: own words, then who was reposted and their words, newest first."""
    return f"{text}//@{parent.account.handle}: {parent.text}" if parent.kind == "repost" else text


def ids(rows: Iterable[Account | Post]) -> list[str]:
    """Qualified ids, sorted, each once."""
    return sorted({f"{PLATFORM}:{row.id}" for row in rows})


def stamp(at: int) -> str:
    """A time as ISO 8601 in UTC."""
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def group_truth(
    name: str,
    what: str,
    *,
    accounts: Iterable[Account] = (),
    posts: Sequence[Post] = (),
    **more: object,
) -> dict[str, object]:
    """One entry of truth.json: names, ids and times of a group, and what may be said about it."""
    times = sorted(post.at for post in posts)
    window = {"start": stamp(times[0]), "end": stamp(times[-1])} if times else None
    entry = {"name": name, "what": what, "accounts": ids(accounts), "posts": ids(posts)}
    return {**entry, "topics": [], "urls": [], "window": window, **more}
