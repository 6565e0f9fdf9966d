# SPDX-License-Identifier: GPL-3.0-or-later
"""Citation anomalies planted among innocent ones that look alike: which rows are told as what.

Two files of posts, of two platforms. Planted, some rows each: later sources (of one account, and
scattered), posts cited after their deletion and deleted since, accounts named before they were
made, sources that say something else, and, in half of the worlds, a whole file read eight hours
late. Innocent: citers edited since, times cut to the minute or the day, shown times that the ids
put right, deletions a moment before, dates of accounts that are of something else, sources quoted
in other words. Innocent, and not to be told from the others by rows: edits that no row records, an
account with a wrong clock, sources quoted in hardly any of their words.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import polars as pl

from graphkit.detectors.citation_anomaly import OUTCOMES, Params, detect
from graphkit.tables import ACCOUNTS, CITATIONS, POSTS, SOURCES, Corpus

START = datetime(2026, 1, 1, tzinfo=UTC)
LETTERS = list("abcdefghijklmnoprstuvwyz")
Row = dict[str, Any]
Key = tuple[str, int]


@dataclass
class World:
    """Posts, citations and accounts as they are made, and what was planted, by outcome or name."""

    rng: np.random.Generator
    posts: list[Row] = field(default_factory=list)
    citations: list[Row] = field(default_factory=list)
    accounts: dict[str, Row] = field(default_factory=dict)
    planted: dict[str, set[Key]] = field(default_factory=dict)

    def text(self, words: int = 14) -> str:
        """Some invented words."""
        return " ".join("".join(self.rng.choice(LETTERS, 6)) for _ in range(words))

    def post(self, account: str, hours: float, **more: object) -> str:
        """A post of `account`, which is of platform `a` (file a) or `b`, and its id."""
        platform = account.partition(":")[0]
        at = START + timedelta(seconds=round(hours * 3600))
        post_id = f"{platform}:{len(self.posts)}"
        self.accounts.setdefault(account, {"created_at": START - timedelta(days=900)})
        names = ("urls", "mentions", "hashtags", "media_hashes")
        lists: Row = {name: [] for name in names}
        known = {"post_id": post_id, "account_id": account, "platform": platform,
                 "source_id": platform, "created_at": at, "time_precision": "second",
                 "kind": "original", "text": self.text(), "is_seen": True}  # fmt: skip
        self.posts.append({**known, **lists, **more})
        return post_id

    def cite(self, name: str, post_id: str, kind: str, target: str, via: str = "link") -> None:
        """A citation that is planted as `name`."""
        self.citations.append({"post_id": post_id, "citation_no": 0, "target_kind": kind,
                               "target": target, "via": via})  # fmt: skip
        self.planted.setdefault(name, set()).add((post_id, 0))

    def corpus(self, late: float) -> Corpus:
        """The tables; the times shown in file b are `late` hours late."""
        more = {"rule": "made", "certainty": 1.0, "source_id": "a"}
        shift = timedelta(hours=late)
        posts = [
            p if p["platform"] == "a" else {**p, "created_at": p["created_at"] + shift}
            for p in self.posts
        ]
        accounts = [
            {"account_id": a, "platform": a.partition(":")[0], "source_id": "a", **fields}
            for a, fields in sorted(self.accounts.items())
        ]
        counts = {"rows_read": 0, "accepted": 0, "duplicate": 0, "rejected": 0}
        sources = [{"source_id": s, "file": f"{s}.csv", "sha256": "0" * 64, **counts,
                    "importer": "canonical", "collection": "stream"} for s in "ab"]  # fmt: skip
        frames = (accounts, posts, [{**c, **more} for c in self.citations], sources)
        tables = (ACCOUNTS, POSTS, CITATIONS, SOURCES)
        made = [t.conform(pl.DataFrame(f, infer_schema_length=None))
                for t, f in zip(tables, frames, strict=True)]  # fmt: skip
        return Corpus(accounts=made[0], posts=made[1], citations=made[2], sources=made[3])


def make_world(seed: int, *, late: float = 0.0) -> tuple[Corpus, dict[str, set[Key]]]:
    """A corpus, and the planted citations by outcome or by the name of their innocence."""
    world = World(np.random.default_rng(seed))
    rng = world.rng
    people = [f"{p}:p{n}" for p in "ab" for n in range(60)]
    for _ in range(600):
        one, other = rng.choice(people, 2, replace=False)
        hours = 48 + rng.random() * 1000
        earlier = world.post(other, hours - rng.exponential(6) - 0.01)
        name = "across" if one[0] == "a" and other[0] == "b" else "ordinary"
        world.cite(name, world.post(one, hours), "post", earlier)
    _later(world)
    _gone(world)
    _named(world)
    return world.corpus(late), world.planted


def _later(world: World) -> None:
    rng = world.rng
    for n in range(16):
        hours = float(100 + rng.random() * 900)
        late = float(0.5 + rng.exponential(20))
        after = world.post(f"a:source{n}", hours + late)
        citer = "a:backdated" if n < 6 else f"a:citer{n}"
        world.cite("later-source", world.post(citer, hours), "post", after)
        edit = START + timedelta(hours=hours + late + 1)
        edited = world.post(f"a:editor{n}", hours, edited_at=edit)
        world.cite("edited since", edited, "post", after)
        unsaid = world.post(f"a:unsaid{n}", hours)
        world.cite("edited, not recorded", unsaid, "post", after)
        zoned = world.post("a:zoned", hours + 5)
        world.cite("an account's clock", world.post(f"a:reader{n}", hours + 1), "post", zoned)
        day = {"created_at": START + timedelta(days=int(hours // 24)), "time_precision": "day"}
        same_day = world.post(f"a:source{n}", hours // 24 * 24 + 20)
        world.cite("cut to the day", world.post(f"a:dated{n}", hours, **day), "post", same_day)
        id_time = START + timedelta(hours=hours)
        first = world.post(f"a:source{n}", hours + 9, id_time=id_time)
        second = world.post(f"a:id{n}", hours, id_time=id_time + timedelta(minutes=4))
        world.cite("put right by ids", second, "post", first)
        near = world.post(f"a:source{n}", hours + 0.02, time_precision="minute")
        cut = world.post(f"a:minute{n}", hours, time_precision="minute")
        world.cite("cut to the minute", cut, "post", near)


def _gone(world: World) -> None:
    for n in range(12):
        hours = float(100 + world.rng.random() * 900)
        gone = START + timedelta(hours=hours)
        post = world.post(f"a:gone{n // 4}", hours - 3, deleted_at=gone)
        after, before = 0.3 + world.rng.exponential(10), world.rng.random() * 2
        world.cite("deleted-source", world.post(f"b:late{n}", hours + after), "post", post)
        world.cite("deleted-since", world.post(f"a:early{n}", hours - before - 0.1), "post", post)
        moment = world.post(f"a:moment{n}", hours + 0.05)
        world.cite("deleted a moment before", moment, "post", post)


def _named(world: World) -> None:
    rng = world.rng
    for n in range(12):
        hours = float(300 + rng.random() * 700)
        made = START + timedelta(hours=hours)
        for name, days, own in (
            ("account-not-yet", 3 + rng.exponential(30), 0.0),
            ("made the day after", 1, 0.0),
            ("older than its date", 30, 100.0),
        ):
            account = f"a:{name.replace(' ', '-')}{n}"
            world.post(account, own if own else hours + 24 * days + 1)
            world.accounts[account] = {"created_at": made + timedelta(days=days)}
            world.cite(name, world.post(f"a:who{n}", hours), "account", account, via="text")
        claim = world.text().split()
        said = {"silent-source": world.text()}
        for name, kept in (("in other words", 0.6), ("barely in its words", 0.25)):
            words = (w if rng.random() < kept else world.text(1) for w in claim)
            said[name] = " ".join(words)
        for name, told in said.items():
            source = f"a:{name.replace(' ', '-')}{n}"
            for text in (world.text(), world.text(), told):
                world.post(source, hours - 5, text=text)
            post = world.post(f"b:teller{n}", hours, text=" ".join(claim))
            world.cite(name, post, "account", source, via="text")


def told_rows(corpus: Corpus) -> tuple[dict[Key, set[str]], int]:
    """The outcomes that each citation is told of with, and how many findings are about accounts."""
    told: dict[Key, set[str]] = {}
    accounts = 0
    for finding in detect(corpus, Params()):
        accounts += bool(finding.subjects.accounts)
        for row in finding.evidence:
            if row.table == "citations":
                post_id, _, number = row.key.rpartition("|")
                told.setdefault((post_id, int(number)), set()).add(finding.outcome)
    return told, accounts


def measure(seeds: range, *, late: float) -> None:
    """Prints, over worlds, how many of each kind of planted rows are told as what."""
    count, told_as, findings = Counter[str](), Counter[tuple[str, str]](), 0
    for seed in seeds:
        corpus, planted = make_world(seed, late=late)
        told, accounts = told_rows(corpus)
        findings += accounts
        for name, keys in planted.items():
            count[name] += len(keys)
            told_as.update((name, outcome) for key in keys for outcome in told.get(key, {"-"}))
    print(f"\n{len(seeds)} worlds, file b {late:g} hours late; {findings} findings about accounts")
    for outcome in OUTCOMES:
        right = told_as[outcome, outcome]
        all_told = sum(n for (_, o), n in told_as.items() if o == outcome)
        if all_told or count[outcome]:
            share = f"{right / all_told:.3f}" if all_told else "-"
            print(f"  {outcome:20} planted {count[outcome]:5}  told {all_told:5}  right {share}")
    for name in sorted(set(count) - set(OUTCOMES)):
        others = {o: n for (m, o), n in sorted(told_as.items()) if m == name and o != "-"}
        print(f"  {name:26}{count[name]:6} rows, told: {others or 'none'}")


def main() -> None:
    """Prints the tables of docs/measured/citation-anomaly.md."""
    for late in (0.0, 8.0):
        measure(range(300, 320), late=late)


if __name__ == "__main__":
    main()
