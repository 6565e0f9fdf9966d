# SPDX-License-Identifier: GPL-3.0-or-later
"""An invented world of citations in which who works in a closed group is known.

Background: communities whose accounts cite recent posts of theirs by copying, name outlets, show
pictures, or name nobody. Planted: rings and leaky matrices (guilty); broadcaster families, fan
clubs and academic circles, which cite each other as much but rest on named sources (innocent).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import numpy as np
import polars as pl

from graphkit.tables import ACCOUNTS, CITATIONS, POSTS, SOURCES, Corpus

DAY = 86400.0
SPAN = 90 * DAY
START = datetime(2026, 1, 1, tzinfo=UTC)
GUILTY = ("ring", "matrix-5", "matrix-10", "matrix-20", "matrix-40")
INNOCENT = ("family", "declared-family", "fan", "academic")
LEAK = {"matrix-5": 0.05, "matrix-10": 0.1, "matrix-20": 0.2, "matrix-40": 0.4}
SIZES = {"ring": (3, 13), "family": (8, 21), "declared-family": (8, 21), "fan": (10, 31)}
SOURCED_ROOTS = {"family": 0.9, "declared-family": 0.9, "fan": 0.72, "academic": 0.9}
FAMILIES = ("family", "declared-family")
OUTLET, PICTURES, VAGUE, NOTHING, SILENT, UNREAD = -1, -2, -3, -4, -5, -6
"""What a post names. Nothing, and a source that no rule reads, make the same row."""


@dataclass(frozen=True)
class Plan:
    """How large a world is, what is planted in it, and what goes wrong (shares).

    Attributes:
        silent: of the posts without a source, those that say nothing instead of "online".
        faked: of the guilty's stories, those that begin with a named outlet.
        misattributed: the same with an outlet's post at hand that is known not to say it.
        vague_instead: of the citations inside guilty groups, those turned into "online".
        unread_pictures: of everybody's first-hand pictures, those that are not recognised.
        unread_sources: of everybody's named outlets, those that no rule reads.
        unnamed: of the innocent groups' sources (outlets and pictures), those that no rule reads.
        hearsay: of the sources that no rule reads, those whose post says "online" besides.
        community: accounts of a background community, on average.
    """

    accounts: int = 5000
    posts_each: int = 15
    groups: dict[str, int] = field(
        default_factory=lambda: {
            "ring": 8,
            **dict.fromkeys(LEAK, 2),
            "family": 2,
            "declared-family": 2,
            "fan": 4,
            "academic": 4,
        }
    )
    stories: tuple[int, int] = (10, 25)
    silent: float = 0.0
    faked: float = 0.0
    misattributed: float = 0.0
    vague_instead: float = 0.0
    unread_pictures: float = 0.0
    unread_sources: float = 0.0
    unnamed: float = 0.0
    hearsay: float = 0.0
    community: int = 150


@dataclass
class _Draft:
    """Posts in no order: author, time, and what each cites (a post by number, or a kind of end)."""

    rng: np.random.Generator
    author: list[int] = field(default_factory=list)
    time: list[float] = field(default_factory=list)
    cites: list[list[int]] = field(default_factory=list)

    def post(self, author: int, time: float, cites: list[int]) -> int:
        self.author.append(author)
        self.time.append(time)
        self.cites.append(cites)
        return len(self.author) - 1


def make_world(seed: int, plan: Plan) -> tuple[Corpus, dict[str, list[list[str]]]]:
    """A corpus, and its planted groups by kind as lists of account ids."""
    draft, names, planted = _drafted(seed, plan)
    truth = {k: [[names[m] for m in g] for g in groups] for k, groups in planted.items()}
    return _corpus(draft, names, planted.get("declared-family", [])), truth


def unread_posts(seed: int, plan: Plan) -> list[str]:
    """The posts of the same world that name a source which no rule reads."""
    draft, _, _ = _drafted(seed, plan)
    return [post for post, cites in zip(_ids(draft), draft.cites, strict=True) if UNREAD in cites]


def _drafted(seed: int, plan: Plan) -> tuple[_Draft, list[str], dict[str, list[list[int]]]]:
    """The posts, the accounts' ids, and the planted groups by kind as lists of account numbers."""
    rng = np.random.default_rng(seed)
    draft = _Draft(rng)
    spare = list(rng.permutation(plan.accounts))
    planted: dict[str, list[list[int]]] = {}
    quiet = np.ones(plan.accounts)
    for kind, count in plan.groups.items():
        for _ in range(count):
            low, high = SIZES.get(kind, (5, 31 if kind in LEAK else 16))
            members = [int(spare.pop()) for _ in range(rng.integers(low, high))]
            planted.setdefault(kind, []).append(members)
            if kind in GUILTY:
                quiet[members] = 0.3
    _background(draft, plan, quiet)
    background = np.array(draft.time)
    for kind, groups in planted.items():
        for members in groups:
            for _ in range(rng.integers(*plan.stories)):
                _story(draft, (kind, members), background, plan)
    return draft, [f"local:a{n}" for n in rng.permutation(plan.accounts)], planted


def _background(draft: _Draft, plan: Plan, quiet: np.ndarray) -> None:
    """Posts of everybody: roots, and citations of recent posts of one's community by copying."""
    rng = draft.rng
    community = rng.integers(0, max(plan.accounts // plan.community, 1), plan.accounts)
    activity = rng.lognormal(0, 1, plan.accounts) * quiet
    authors = rng.choice(
        plan.accounts, plan.accounts * plan.posts_each, p=activity / activity.sum()
    )
    recent: dict[int, list[int]] = {}
    for author, time in zip(
        authors.tolist(), np.sort(rng.random(len(authors))) * SPAN, strict=True
    ):
        home = int(community[author])
        if rng.random() < 0.1:
            home = int(rng.integers(0, community.max() + 1))
        here = recent.setdefault(home, [])
        if not here or rng.random() < 0.4:
            root = int(rng.choice([OUTLET, PICTURES, VAGUE, NOTHING], p=[0.65, 0.12, 0.13, 0.1]))
            cites = [_read(rng, root, plan)]
        else:
            cites = [
                _copied(draft, here, author)
                for _ in range(rng.choice([1, 2, 3], p=[0.7, 0.23, 0.07]))
            ]
        here.append(draft.post(author, time, sorted(set(cites))))


def _copied(draft: _Draft, here: list[int], author: int) -> int:
    """A recent post of `here`, or half the time what that post itself cites."""
    for _ in range(5):
        post = here[-1 - min(int(draft.rng.exponential(40)), len(here) - 1)]
        inner = [c for c in draft.cites[post] if c >= 0]
        if inner and draft.rng.random() < 0.5:
            post = inner[0]
        if draft.author[post] != author:
            return post
    return OUTLET


def _story(draft: _Draft, group: tuple[str, list[int]], background: np.ndarray, plan: Plan) -> None:
    """One story of a planted group, and the outsiders who pass it on."""
    rng, (kind, members) = draft.rng, group
    time = rng.random() * (SPAN - 12 * DAY)
    step = (8 if kind == "academic" else 2) * DAY / 10
    is_ring, length = kind == "ring", int(rng.integers(6, 13))
    if is_ring:
        length = int(rng.integers(len(members) + 1, 2 * len(members) + 1))
    heads = members[:1] if is_ring or (kind in FAMILIES and rng.random() < 0.7) else members
    told = [draft.post(int(rng.choice(heads)), time, [_root(rng, kind, plan)])]
    for turn in range(1, length):
        time += rng.exponential(step)
        author = members[turn % len(members)] if is_ring else int(rng.choice(members))
        twice = not is_ring and rng.random() < 0.3
        cites = [
            _leaked(rng, time, background)
            if rng.random() < LEAK.get(kind, 0.0)
            else _inner(draft, kind, told, author, plan)
            for _ in range(1 + twice)
        ]
        told.append(draft.post(author, time, sorted(set(cites))))
    for _ in range(rng.poisson(2)):
        outsider = int(draft.author[int(rng.integers(len(background)))])
        draft.post(outsider, time + rng.exponential(DAY), [int(rng.choice(told))])


def _root(rng: np.random.Generator, kind: str, plan: Plan) -> int:
    """What the first post of a story names, as far as rules read it."""
    sourceless = NOTHING if rng.random() < plan.silent else VAGUE
    if kind in GUILTY:
        if rng.random() < plan.misattributed:
            return SILENT
        return _read(rng, OUTLET, plan) if rng.random() < plan.faked else sourceless
    if rng.random() >= SOURCED_ROOTS[kind]:
        return sourceless
    root = OUTLET if rng.random() < 0.85 else PICTURES
    return _read(rng, root, plan, also_unread=plan.unnamed)


def _read(rng: np.random.Generator, root: int, plan: Plan, *, also_unread: float = 0.0) -> int:
    """What rules read of a post that names `root`."""
    unread = {OUTLET: plan.unread_sources, PICTURES: plan.unread_pictures}.get(root)
    if unread is None or rng.random() >= max(unread, also_unread):
        return root
    return VAGUE if rng.random() < plan.hearsay else UNREAD


def _inner(draft: _Draft, kind: str, told: list[int], author: int, plan: Plan) -> int:
    """The post that `author` cites: the last in a ring, mostly the first in a family."""
    if kind in GUILTY and draft.rng.random() < plan.vague_instead:
        return VAGUE
    if kind == "ring":
        return told[-1]
    if kind in FAMILIES and draft.rng.random() < 0.6:
        return told[0]
    others = [post for post in told if draft.author[post] != author]
    return int(draft.rng.choice(others)) if others else told[0]


def _leaked(rng: np.random.Generator, time: float, background: np.ndarray) -> int:
    """A source outside: an outlet, or a recent post of the background."""
    earlier = int(np.searchsorted(background, time))
    if earlier == 0 or rng.random() < 0.5:
        return OUTLET
    return max(0, earlier - 1 - int(rng.integers(0, 500)))


def _ids(draft: _Draft) -> list[str]:
    """The id of each post: its number in time order."""
    order = np.argsort(draft.time, kind="stable")
    number = np.empty(len(order), np.int64)
    number[order] = np.arange(len(order))
    return [f"local:{n}" for n in number]


def _corpus(draft: _Draft, names: list[str], declared: list[list[int]]) -> Corpus:
    """The tables of `draft`."""
    owner = {m: f"Group {n}" for n, members in enumerate(declared) for m in members}
    post_id = _ids(draft)
    source = {"source_id": "world", "source_line": None}
    accounts = [
        {"account_id": name, "platform": "local", "declared_owner": owner.get(n), **source}
        for n, name in enumerate(names)
    ]
    posts = pl.DataFrame(
        {
            "post_id": post_id,
            "account_id": [names[a] for a in draft.author],
            "created_at": [START + timedelta(seconds=t) for t in draft.time],
            "media_hashes": [["m"] if PICTURES in c else [] for c in draft.cites],
        },
        schema_overrides={"media_hashes": pl.List(pl.String)},
    ).with_columns(
        platform=pl.lit("local"),
        time_precision=pl.lit("second"),
        kind=pl.lit("original"),
        is_seen=True,
        source_id=pl.lit("world"),
        **{name: pl.lit([], pl.List(pl.String)) for name in ("urls", "mentions", "hashtags")},
    )
    return Corpus(
        accounts=ACCOUNTS.conform(
            pl.DataFrame(accounts, schema_overrides={"declared_owner": pl.String})
        ),
        posts=POSTS.conform(posts),
        citations=_citations(draft, post_id),
        sources=SOURCES.conform(pl.DataFrame([_source(len(posts))])),
    )


def _citations(draft: _Draft, post_id: list[str]) -> pl.DataFrame:
    nothing = dict.fromkeys((PICTURES, NOTHING, UNREAD), "none")
    ends = {OUTLET: "outlet", SILENT: "outlet", VAGUE: "vague", **nothing}
    rows = [
        (
            post_id[p],
            no,
            ends.get(c, "post"),
            post_id[c] if c >= 0 else "Outlet" if c in (OUTLET, SILENT) else None,
            "silent" if c == SILENT else None,
        )
        for p, cites in enumerate(draft.cites)
        for no, c in enumerate(cites)
    ]
    names = ["post_id", "citation_no", "target_kind", "target", "support"]
    frame = pl.DataFrame(
        rows, names, orient="row", infer_schema_length=None, schema_overrides={"support": pl.String}
    )
    return CITATIONS.conform(
        frame.with_columns(
            via=pl.lit("link"), rule=pl.lit("world"), certainty=1.0, source_id=pl.lit("world")
        )
    )


def _source(rows: int) -> dict[str, object]:
    counts = {"rows_read": rows, "accepted": rows, "duplicate": 0, "rejected": 0}
    return {
        "source_id": "world",
        "file": "world.csv",
        "sha256": "0" * 64,
        "importer": "canonical",
        "collection": "stream",
        **counts,
    }
