# SPDX-License-Identifier: GPL-3.0-or-later
"""Worlds for the account matrix: operators that leak signs by degrees, innocents that look alike.

Everything is invented. A world has ordinary accounts, planted operators (size x signs leaked),
innocent groups, and framers who make their own accounts look like a victim's.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from string import ascii_lowercase

import numpy as np
import polars as pl

from graphkit.graphs.post_actions import post_actions
from graphkit.tables import ACCOUNTS, CITATIONS, POSTS, REVISIONS, SOURCES, Corpus

START = int(datetime(2026, 3, 2, tzinfo=UTC).timestamp())
DAY, DAYS, HOUR = 86_400, 28, 3_600
END = START + DAYS * DAY
YEARS = 8 * 365 * DAY
CLIENTS = ("Android", "iPhone", "Web", "Lite", "Tablet")
VOWELS = "aeiou"
TRADES = ("teacher", "nurse", "lawyer", "engineer", "chef", "news organisation")


@dataclass
class MatrixWorld:
    """A world as it is built; `truth` is class -> list of groups of account ids."""

    seed: int
    ordinary: int = 3_000
    accounts: list[dict] = field(default_factory=list)
    posts: list[dict] = field(default_factory=list)
    truth: dict[str, list[list[str]]] = field(default_factory=dict)
    planted: list[tuple] = field(default_factory=list)
    names: list[tuple] = field(default_factory=list)

    def __post_init__(self):
        self.rng, self.dice = (
            np.random.default_rng(self.seed),
            np.random.default_rng([self.seed, 7]),
        )
        self.wave = END - int(self.rng.integers(60, 200)) * DAY
        for _ in range(self.ordinary):
            account = self.account()
            self.live(account, min(int(self.rng.lognormal(1.6, 1.0)), 120))
        self.feast()

    def word(self, low=2, high=4):
        """A pronounceable word."""
        count = self.rng.integers(low, high + 1)
        return "".join(
            ascii_lowercase[self.rng.integers(26)] + VOWELS[self.rng.integers(5)]
            for _ in range(count)
        )

    def words(self, count):
        return " ".join(self.word(1, 4) for _ in range(count))

    def made_at(self):
        """Most accounts are young, and one in twenty came in a wave of two days."""
        if self.rng.random() < 0.05:
            return self.wave + int(self.rng.integers(2 * DAY))
        return END - 3 * DAY - int(self.rng.random() ** 1.6 * YEARS)

    def handle(self, made):
        """Chosen, with a number for every second, or what the platform gives: by time."""
        roll = self.rng.random()
        if roll < 0.1:
            return f"user{10**7 + (made - END + YEARS + 10**8) // 60:08d}"
        number = "" if roll < 0.5 else str(self.rng.integers(1, 10 ** int(self.rng.integers(1, 5))))
        return self.word() + number

    def account(self, **about):
        """A new account; what is not said is drawn."""
        made = about.pop("made", None)
        made = self.made_at() if made is None else int(made)
        number = len(self.accounts)
        bio = None
        if self.rng.random() < 0.4:
            bio = self.words(int(self.rng.integers(3, 9)))
            if self.rng.random() < 0.05:
                bio = f"{bio} wechat: {self.word(3, 4)}{self.rng.integers(100, 999)}"
            if self.rng.random() < 0.1:
                bio = "life is beautiful"
        row = {
            "account_id": f"w:{number:06d}",
            "platform": "w",
            "handle": self.handle(made),
            "created_at": made,
            "bio": bio,
            "is_verified": False,
            "credential": None,
            "declared_owner": None,
            "peak": float(self.rng.normal(13, 5)),
            "spread": float(self.rng.uniform(3, 6)),
            "client": CLIENTS[self.rng.integers(5)],
            "code": self.word(3, 4),
        }
        if self.rng.random() < 0.02:
            row |= {"is_verified": True, "credential": TRADES[self.rng.integers(5)]}
        if self.rng.random() < 0.003:
            row["declared_owner"] = f"{self.word()} ltd"
        row |= about
        self.accounts.append(row)
        return row

    def post(self, account, at, text, *, urls=(), tags=()):
        if START <= at < END:
            self.posts.append(
                {
                    "post_id": f"w:p{len(self.posts):07d}",
                    "account_id": account["account_id"],
                    "created_at": int(at),
                    "text": text,
                    "urls": list(urls),
                    "hashtags": list(tags),
                    "client": account["client"],
                }
            )

    def moment(self, account):
        """A time by the account's own clock."""
        hour = self.rng.normal(account["peak"], account["spread"]) % 24
        days = account.get("days")
        day = self.rng.integers(DAYS) if days is None else self.rng.choice(days)
        return START + int(day) * DAY + int(hour * HOUR)

    def live(self, account, count):
        """Ordinary posts: own words, some with an address, few with a code of their own."""
        for _ in range(count):
            roll, urls, tags = self.rng.random(), (), ()
            if roll < 0.1:
                urls = (
                    f"https://site{int(self.rng.pareto(1) * 5)}.example/{self.rng.integers(400)}",
                )
            elif roll < 0.13:
                urls = (
                    f"https://shop.example/item/{self.rng.integers(10**6)}?aff={account['code']}",
                )
            elif roll < 0.25:
                tags = (f"topic{int(self.rng.pareto(0.9) * 3)}",)
            self.post(account, self.moment(account), self.words(8), urls=urls, tags=tags)

    def rename(self, account, day, *, handle=None, shown=None):
        """The account is seen under another name when everybody is looked at again, every day."""
        said = [("handle", handle), ("display_name", shown)]
        at = START + int(day) * DAY + 3 * HOUR
        self.names += [(account["account_id"], c, name, at) for c, name in said if name is not None]

    def new_name(self):
        return "".join(ascii_lowercase[n] for n in self.dice.integers(0, 26, 9))

    def feast(self):
        """One in sixteen renames at some time; on one day some add a flag and some a greeting."""
        day = self.dice.integers(1, DAYS)
        for account in self.accounts:
            roll = self.dice.random()
            if roll < 0.06:
                self.rename(account, self.dice.integers(1, DAYS), handle=self.new_name())
            elif roll < 0.08:
                self.rename(account, day, shown=f"{self.new_name()} \N{SNOWFLAKE}")
            elif roll < 0.1:
                self.rename(account, day, handle=f"happy_{self.new_name()}")

    def meet(self, members, *, times, share=0.9, kind="url", hour=None):
        """The members do one thing within 45 seconds, `times` times."""
        for _ in range(times):
            at = self.rng.uniform(9, 23) if hour is None else hour + self.rng.uniform(0, 1)
            start = START + int(self.rng.integers(DAYS)) * DAY + int(at * HOUR)
            what = f"{self.word(4, 5)}{self.rng.integers(10**6)}"
            for account in members:
                if self.rng.random() > share:
                    continue
                about = (
                    {"urls": (f"https://{what}.example/a",)} if kind == "url" else {"tags": (what,)}
                )
                if kind == "text":
                    about = {}
                text = (
                    self.words(8) if kind != "text" else f"{what} is what all of us think about it"
                )
                self.post(account, start + int(self.rng.integers(45)), text, **about)

    def named(self, kind, members):
        """The members are of that class."""
        self.truth.setdefault(kind, []).append([a["account_id"] for a in members])
        return members


@dataclass(frozen=True)
class Plan:
    """One operator: accounts, signs leaked, days in which a cohort is made, meetings, posts."""

    size: int
    leaks: tuple[str, ...]
    days: float = 3.0
    meets: int = 5
    posts: int = 25


def operator(world, plan):
    """One operator's accounts: they meet on addresses, and leak signs."""
    rng = world.rng
    start = END - int(rng.uniform(60, 900)) * DAY
    stem, numbers = (
        world.word(3, 4),
        rng.integers(1000, 9000) + rng.integers(1, 3, plan.size).cumsum(),
    )
    clock = {"peak": float(rng.uniform(0, 24)), "spread": 1.5,
             "days": rng.choice(DAYS, 12, replace=False)}  # fmt: skip
    contact, code = f"{world.word(3, 4)}{rng.integers(100, 999)}", world.word(4, 4)
    leaked = {
        "cohort": lambda _: {"made": start + int(rng.random() * plan.days * DAY)},
        "run": lambda number: {"handle": f"{stem}{numbers[number]}"},
        "copyable": lambda _: {"bio": f"{world.words(3)} wechat: {contact}", "code": code},
        "clock": lambda _: clock,
        "rename": lambda _: {},
        "credential": lambda number: (
            {"is_verified": True, "credential": f"{contact} media ltd"}
            if number < 0.7 * plan.size
            else {}
        ),
    }
    members = []
    for number in range(plan.size):
        about = {}
        for sign in plan.leaks:
            about |= leaked[sign](number)
        members.append(world.account(**about))
    if "rename" in plan.leaks:
        renamed(world, members, f"{world.new_name()[:5]}_")
    for account in members:
        world.live(account, int(rng.integers(plan.posts // 2, plan.posts * 2)))
    world.meet(members, times=plan.meets)
    world.planted.append((plan, [a["account_id"] for a in members]))
    return world.named("operator", members)


def renamed(world, members, stem, *, share=0.9):
    """Nine in ten members are renamed to one pattern, on one day or the next."""
    day = int(world.dice.integers(1, DAYS - 1))
    for account in members:
        if world.dice.random() < share:
            name = f"{stem}{world.new_name()[:4]}"
            world.rename(account, day + int(world.dice.integers(2)), handle=name)


def innocents(world):
    """One group of every class that looks alike without being run together."""
    rng = world.rng
    idol = world.word(3, 4)
    fans = [
        world.account(
            handle=f"{idol}{world.word() if rng.random() < 0.5 else rng.integers(1, 200)}",
            bio=f"{idol} forever and ever {world.word()}",
            made=END - int(rng.uniform(5, 400)) * DAY,
            peak=21.0, spread=2.0,
        )
        for _ in range(40)
    ]  # fmt: skip
    world.meet(world.named("fan club", fans), times=8, share=0.5, kind="hashtag", hour=20)
    for kind, owner in (("newsroom, declared", "Herald"), ("newsroom, silent", None)):
        paper = world.word(3, 3)
        staff = [
            world.account(
                handle=f"{paper}_{world.word()}", bio=f"from the desk of the {paper} herald",
                is_verified=i < 7, credential="news organisation" if i < 7 else None,
                declared_owner=owner and f"{paper} {owner}", peak=11.0, spread=2.5,
                made=END - int(rng.uniform(300, 2500)) * DAY,
            )
            for i in range(10)
        ]  # fmt: skip
        world.meet(world.named(kind, staff), times=12, share=0.8)
    classes = (
        ("class, one month", 30, 10),
        ("class, one day", 1, 10),
        ("class, any hour", 1, None),
    )
    for kind, spread, hour in classes:
        teacher = f"{world.word(3, 4)}{rng.integers(100, 999)}"
        start = END - int(rng.uniform(40, 400)) * DAY
        pupils = [
            world.account(
                made=start + int(rng.random() * spread * DAY), peak=10.0, spread=2.0,
                bio=f"{world.words(2)} wechat: {teacher}",
            )
            for _ in range(25)
        ]  # fmt: skip
        world.meet(world.named(kind, pupils), times=5, share=0.8, hour=hour)
    _newcomers(world)
    _plain(world)
    _renamers(world, idol)
    for groups in [g for kind, g in world.truth.items() if kind != "operator"]:
        for account in [world.accounts[int(a[2:])] for group in groups for a in group]:
            world.live(account, int(rng.integers(8, 30)))


def _newcomers(world):
    """Accounts of the wave that copy what a public post asks them to copy."""
    body = f"they want to close the {world.word(3, 4)} library, tell them what you think of it"
    caller, at = world.account(), START + 9 * DAY
    world.post(caller, at - 7_200, f"Please copy this: {body}")
    came = [world.account(made=world.wave + int(world.rng.integers(2 * DAY))) for _ in range(60)]
    for number in range(3):
        for account in came:
            when = at + number * 9_000 + int(world.rng.exponential(60))
            world.post(account, when, f"{body} {'!' * number} {'again ' * number}")
    world.named("registration wave, open call", came)


def _renamers(world, idol):
    """Fans on a birthday, with as many from outside; a newsroom and a class that are renamed."""
    (fans,), (staff,) = world.truth["fan club"], world.truth["newsroom, silent"]
    (pupils,) = world.truth["class, any hour"]
    other = world.dice.choice(world.ordinary, 40, replace=False)
    birthday = [world.accounts[int(a[2:])] for a in fans] + [world.accounts[n] for n in other]
    renamed(world, birthday, f"{idol}day_", share=0.7)
    renamed(world, [world.accounts[int(a[2:])] for a in staff], f"{world.new_name()[:5]}_daily_")
    renamed(world, [world.accounts[int(a[2:])] for a in pupils], f"{world.new_name()[:5]}_7b_")


def _plain(world):
    """People with suggested names who meet, and people for whom an app writes."""
    rng = world.rng
    first = 10**7 + int(rng.integers(4 * 10**6))
    given = [world.account(handle=f"user{first + int(rng.integers(60)):08d}") for _ in range(15)]
    world.meet(world.named("suggested names", given), times=5)
    runners = [world.account() for _ in range(30)]
    for account in runners:
        account["client"] = "Runs"
        for _ in range(3):
            text = f"I just ran {rng.integers(2, 20)} miles with Runs, come and join all of us"
            world.post(account, world.moment(account), text)
    world.named("app users", runners)


CIRCLES = {"operator": 10, "newsroom": 10, "scholars": 20, "fan club": 40, "class": 25, "none": 20}
"""Groups of `citing` and their accounts; "none" are accounts that only live beside one another."""


def citing(world, *, stories=15, crowd_stories=1_200):
    """Posts that quote: the crowd the crowd, the circles mostly their own.

    A story is a post and six that quote it or, an operator's always, the last of them; of an
    operator's four in five stay inside, of the others' three in five.
    """
    crowd = world.accounts[: world.ordinary]
    circles = {
        kind: world.named(kind, [world.account() for _ in range(size)])
        for kind, size in CIRCLES.items()
    }
    for _ in range(crowd_stories):
        _story(world, (crowd, crowd), 1.0, 0.5)
    for kind, circle in circles.items():
        inside, onward = (0.8, 1.0) if kind == "operator" else (0.6, 0.5)
        for _ in range(0 if kind == "none" else stories):
            _story(world, (circle, crowd), inside, onward)
        for account in circle:
            _story(world, ([account], crowd), 0.0, 0.5)
            _story(world, (crowd, [account]), 0.9, 0.5)


def _story(world, who, inside, onward):
    """One of the first of `who` posts, then accounts of the first or else of the second quote."""
    rng, ids = world.rng, []
    at = START + int(rng.integers(DAYS - 3)) * DAY
    for hop in range(7):
        circle = who[0] if hop == 0 or rng.random() < inside else who[1]
        at += int(rng.integers(600, 6 * HOUR))
        world.post(circle[rng.integers(len(circle))], at, world.words(8))
        if hop:
            parent = ids[-1] if rng.random() < onward else ids[0]
            world.posts[-1] |= {"kind": "quote", "parent_id": parent}
        ids.append(world.posts[-1]["post_id"])


FRAMES = {
    "copied": (),
    "copied and shadowed": ("shadow",),
    "copied, neighbouring numbers": ("run",),
    "copied, shadowed, neighbouring numbers": ("shadow", "run"),
    "a victim of the same days, copied": ("same",),
    "a new victim, copied": ("fresh",),
    "a new victim, copied and shadowed": ("fresh", "shadow"),
    "copied, met before and after": ("around",),
    "old framers, copied": ("old",),
    "old framers, copied and shadowed": ("old", "shadow"),
    "old framers, copied, met before and after": ("old", "around"),
    "old framers, copied, neighbouring numbers": ("old", "run"),
    "a victim of the same days, met before and after": ("same", "around"),
    "copied, shadowed, renamed after the victim": ("shadow", "rename"),
    "a victim of the same days, renamed after it, met": ("same", "around", "rename"),
    "the same, nine times in ten": ("same", "around", "eager"),
    "the same, and met without it too": ("same", "around", "own"),
    "the same, each time": ("same", "around", "always"),
    "old framers, copied, met before and after each time": ("old", "around", "always"),
}


def framing(world, kind, *, framers=10):
    """Framers made within three days copy a victim's bio, contact, code and texts, and more."""
    rng, ways = world.rng, FRAMES[kind]
    start = END - int(rng.uniform(35, 1500)) * DAY
    made = start - int(rng.uniform(300, 1400)) * DAY
    if "fresh" in ways or "same" in ways:
        made = start + (DAY if "same" in ways else -3_600)
    contact, number = f"{world.word(3, 4)}{rng.integers(100, 999)}", int(rng.integers(2000, 8000))
    bio, stem, code = f"{world.words(4)} wechat: {contact}", world.word(3, 4), world.word(4, 4)
    about = {"bio": bio, "code": code, "peak": 15.0, "spread": 2.0}
    victim = world.account(made=made, handle=f"{stem}{number}", **about)
    often = 1 if "always" in ways else 0.9 if "eager" in ways else 0.5
    copies = []
    for place in range(framers):
        more = {"handle": f"{stem}{number - 5 + place + (place > 4)}"} if "run" in ways else {}
        more |= {} if "old" in ways else {"made": start + int(rng.random() * 3 * DAY)}
        copies.append(world.account(**about, **more))
    for _ in range(25):
        at, text = world.moment(victim), world.words(8)
        url = f"https://shop.example/item/{rng.integers(10**6)}?aff={code}"
        world.post(victim, at, text, urls=(url,))
        for account in copies:
            late = int(rng.integers(2, 50)) if "shadow" in ways else int(rng.exponential(DAY))
            late = int(rng.integers(-40, 40)) if "around" in ways else late
            if rng.random() < often:
                world.post(account, at + late, text, urls=(url,))
    if "own" in ways:
        world.meet(copies, times=5)
    if "rename" in ways:
        renamed(world, [victim, *copies], f"{world.new_name()[:5]}_", share=1)
    world.named(f"victim: {kind}", [victim])
    world.named("framers", copies)


LISTS = ("urls", "hashtags", "mentions", "media_hashes")
FIXED = {
    "platform": "w", "time_precision": "second", "kind": "original", "lang": "en", "mentions": [],
    "media_hashes": [], "is_seen": True, "source_id": "s",
}  # fmt: skip


def _stamped(frame):
    return frame.with_columns(pl.from_epoch("created_at", "s").dt.replace_time_zone("UTC"))


def tables(*, accounts=(), posts=None, actions=None, names=()):
    """A corpus from account rows, a frame of posts, actions (else of the posts) and later names."""
    source = {
        "source_id": "s", "file": "world", "sha256": "0", "importer": "benchmark",
        "collection": "stream", "rows_read": 0, "accepted": 0, "duplicate": 0, "rejected": 0,
        "collected_at": datetime.fromtimestamp(START, UTC),
    }  # fmt: skip
    texts = dict.fromkeys(("credential", "declared_owner", "bio"), pl.String)
    rows = [{"source_id": "s", **row} for row in accounts]
    known = pl.DataFrame(rows, schema_overrides=texts, infer_schema_length=1)
    later = pl.DataFrame(list(names), schema=["subject_id", "column", "value", "at"], orient="row")
    at = pl.from_epoch(pl.col("at").cast(pl.Int64), "s").dt.replace_time_zone("UTC")
    later = later.with_columns(
        subject_kind=pl.lit("account"), source_id=pl.lit("s"), collected_at=at,
        source_line=pl.int_range(pl.len()),
    )  # fmt: skip
    said = POSTS.empty() if posts is None else POSTS.conform(_stamped(posts))
    return Corpus(
        accounts=ACCOUNTS.conform(_stamped(known)) if rows else ACCOUNTS.empty(),
        posts=said,
        actions=post_actions(said) if actions is None else actions,
        citations=quotes(said),
        revisions=REVISIONS.conform(later) if names else REVISIONS.empty(),
        sources=SOURCES.conform(pl.DataFrame([source])),
    )


def quotes(posts):
    """The citations of quotes: what they quote."""
    cited = posts.filter(kind="quote").select(
        "post_id", "source_id", "source_line", target="parent_id",
        citation_no=pl.lit(1, pl.Int64), target_kind=pl.lit("post"), via=pl.lit("field"),
        rule=pl.lit("quote"), certainty=pl.lit(1.0),
    )  # fmt: skip
    return CITATIONS.conform(cited)


def corpus(world):
    """The corpus of a world."""
    lists = dict.fromkeys(LISTS, pl.List(pl.String))
    posts = [{**FIXED, **post} for post in world.posts]
    frame = pl.DataFrame(posts, schema_overrides=lists, infer_schema_length=None)
    return tables(accounts=world.accounts, posts=frame, names=world.names)


def large_corpus(accounts, posts):
    """Plain posts of many accounts, of which twenty made in one week share ten addresses."""
    rng = np.random.default_rng(1)
    world = MatrixWorld(1, ordinary=0)
    words = pl.Series([world.word(1, 3) for _ in range(8000)])
    made = [world.account() for _ in range(accounts)]
    for row in made[:20]:
        row["created_at"] = END - 99 * DAY + int(rng.integers(3 * DAY))
    who = (rng.pareto(0.9, posts) * 300).astype(int) % accounts
    at, roll = START + rng.integers(0, DAYS * DAY, posts), rng.random(posts)
    place = (rng.pareto(0.9, posts) * 50).astype(int)
    for meeting in range(10):
        rows = slice(meeting * 20, meeting * 20 + 20)
        who[rows], place[rows], roll[rows] = np.arange(20), -1 - meeting, 0
        at[rows] = at[rows.start] + rng.integers(0, 50, 20)
    text = pl.DataFrame(
        [
            words.gather((rng.pareto(1, posts) * 40).astype(int) % 8000).alias(str(n))
            for n in range(9)
        ]
    )
    none, number = pl.lit([], pl.List(pl.String)), pl.col("place").cast(pl.String)
    ids = pl.Series("account_id", [row["account_id"] for row in made]).gather(who)
    frame = text.select(text=pl.concat_str(pl.all(), separator=" ")).with_columns(
        ids, pl.Series("created_at", at), pl.Series("place", place), pl.Series("roll", roll)
    )
    fixed = {name: pl.lit(v) for name, v in FIXED.items() if name not in LISTS}
    url = pl.concat_list(pl.lit("https://site.example/") + number)
    frame = frame.with_columns(
        post_id=pl.format("w:p{}", pl.int_range(posts)), client=pl.lit("web"),
        urls=pl.when(pl.col("roll") < 0.1).then(url).otherwise(none),
        hashtags=pl.when(pl.col("roll") > 0.85).then(pl.concat_list(number)).otherwise(none),
        mentions=none, media_hashes=none, **fixed,
    )  # fmt: skip
    return tables(accounts=made, posts=frame)
