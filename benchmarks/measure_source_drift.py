# SPDX-License-Identifier: GPL-3.0-or-later
"""Drift planted in invented worlds and in real copies: which hop is named, and what else is told.

python -m benchmarks.measure_source_drift worlds 131 132     invented worlds with their plants
python -m benchmarks.measure_source_drift null 231 232       the same without any plant
python -m benchmarks.measure_source_drift copies SHARED      injected into real Weibo copies
python -m benchmarks.measure_source_drift attacks SHARED     the same, hidden or made up by somebody
python -m benchmarks.measure_source_drift read SHARED        what is told of the copies as they are
python -m benchmarks.measure_source_drift speed 200000       made texts, by number of posts

The real copies (SHARED is the folder of reference data) are local and never leave it.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from graphkit.case import create_case, load_corpus
from graphkit.detectors.labelled_before import Params as LabelParams
from graphkit.detectors.labelled_before import detect as labelled
from graphkit.detectors.source_drift import Params, detect
from graphkit.graphs.citation_rows import citation_rows
from graphkit.investigation.ingesting import ingest
from graphkit.tables import ACCOUNTS, CITATIONS, LABELS, POSTS, SOURCES, Corpus

if TYPE_CHECKING:
    from graphkit.findings import Finding

GENERATOR = Path(__file__).parent.parent / "datasets" / "invented_world" / "generate.py"
FILES = ("accounts.csv", "posts.parquet", "actions.parquet", "rankings.csv", "labels.csv")
START = datetime(2026, 1, 1, tzinfo=UTC)
Row = dict[str, Any]


def corpus_of(posts: list[Row], accounts: list[Row] = [], labels: list[Row] = []) -> Corpus:  # noqa: B006  never written to
    """The tables of `posts` (post_id, account_id, hours, text and more), with what they cite."""
    lists: Row = {name: [] for name in ("urls", "mentions", "hashtags", "media_hashes")}
    known = {"platform": "p", "time_precision": "second", "kind": "original", "is_seen": True}
    told = [
        {**known, **lists, "source_id": "s", "created_at": START + timedelta(hours=p["hours"]),
         **{name: value for name, value in p.items() if name != "hours"}}
        for p in posts
    ]  # fmt: skip
    who = {p["account_id"]: {} for p in told} | {a["account_id"]: a for a in accounts}
    people = [
        {"account_id": name, "platform": "p", "handle": name.removeprefix("p:"), "source_id": "s",
         **fields}
        for name, fields in sorted(who.items())
    ]  # fmt: skip
    named = [
        {"subject_kind": "post", "source_id": "s", "source_line": n, **each}
        for n, each in enumerate(labels, 1)
    ]
    counts = {"rows_read": 0, "accepted": 0, "duplicate": 0, "rejected": 0}
    source = {"source_id": "s", "file": "s.csv", "sha256": "0" * 64, "importer": "canonical",
              "collection": "stream", **counts}  # fmt: skip
    tables = (POSTS, ACCOUNTS, LABELS, SOURCES)
    made = [
        table.conform(pl.DataFrame(rows, infer_schema_length=None)) if rows else table.empty()
        for table, rows in zip(tables, (told, people, named, [source]), strict=True)
    ]
    cited = citation_rows(made[0], made[1]).with_columns(source_id=pl.lit("s"))
    citations = CITATIONS.conform(cited)
    return Corpus(accounts=made[1], posts=made[0], citations=citations, labels=made[2],
                  sources=made[3])  # fmt: skip


@dataclass(frozen=True)
class Plant:
    """One way to lose something: what the first copies bear, what the later ones, and as what."""

    name: str
    outcome: str
    before: str
    after: str


PLANTS = (
    Plant("named to nobody", "source-dropped", "据苇港时报报道，", ""),
    Plant("credit at the end to nobody", "source-dropped", "via@苇港老陈头 ", ""),
    Plant("named to 'it is said'", "made-vaguer", "据苇港时报报道，", "网传"),
    Plant("one outlet to another", "source-changed", "据苇港时报报道，", "据北汀通讯报道，"),
    Plant("'it is said' to a fact", "hearsay-dropped", "网传：", ""),
    Plant("'it is said' to an outlet", "made-firmer", "网传：", "据北汀通讯报道，"),
    Plant("advertisement", "label-dropped", "【广告】", ""),
    Plant("made by AI", "label-dropped", "（AI生成）", ""),
    Plant("unconfirmed", "label-dropped", "（未经证实）", ""),
    Plant("exercise", "label-dropped", "【演练】", ""),
)


def real_copies(shared: Path) -> pl.DataFrame:
    """Real Weibo texts that are copies of one another: story, order, post_id, hours, text."""
    path = shared / "data" / "cascades" / "stories" / "stories.parquet"
    told = pl.read_parquet(path).sort("story", "order")
    hours = (pl.col("t") - pl.col("t").min()) / 3600
    return told.select("story", "order", "text", post_id=pl.format("p:{}", "mid"), hours=hours)


def posts_of(copies: pl.DataFrame) -> list[Row]:
    """The copies as posts, each of an account of its own."""
    return [
        {"post_id": r["post_id"], "account_id": f"p:u{n}", "hours": r["hours"], "text": r["text"]}
        for n, r in enumerate(copies.to_dicts())
    ]


def injected(copies: pl.DataFrame, plant: Plant, rng: np.random.Generator) -> tuple[list[Row], Row]:
    """The posts with `plant` put into each story of three copies or more, and where it is lost.

    The first copies, one to all but one, bear it, the others do not.
    """
    posts, places = posts_of(copies), {}
    sizes = copies.group_by("story").len().sort("story")
    for story, size in sizes.rows():
        own = [n for n, each in enumerate(copies["story"]) if each == story]
        place = int(rng.integers(1, size)) if size >= 3 else size
        for order, n in enumerate(own):
            words = plant.before if order < place else plant.after
            at_end = "via" in words
            text = posts[n]["text"]
            posts[n]["text"] = f"{text} {words}" if at_end else f"{words}{text}"
        if size >= 3:
            places[story] = (
                posts[own[place]]["post_id"],
                [posts[n]["post_id"] for n in own[place:]],
            )
    return posts, places


def told_children(posts: list[Row], **params: float) -> list[tuple[str, list[str]]]:
    """For each finding its outcome and its children, the first hop's first."""
    found = []
    for finding in detect(corpus_of(posts), Params(least_accounts=2, least_posts=2, **params)):
        first = [row.key for row in finding.evidence if row.role == "first-child"]
        children = [row.key for row in finding.evidence if row.role == "child"]
        found.append((finding.outcome, first + [each for each in children if each not in first]))
    return found


def measure_copies(shared: Path, seeds: range) -> None:
    """Prints, for each plant, how many losses are told, and how many of those told are right."""
    copies = real_copies(shared)
    for plant in PLANTS:
        stories = hits = firsts = told = right = 0
        for seed in seeds:
            posts, places = injected(copies, plant, np.random.default_rng(seed))
            found = [c for outcome, c in told_children(posts) if outcome == plant.outcome]
            story_of = dict(zip(copies["post_id"], copies["story"], strict=True))
            told_of = {story_of[c[0]]: c for c in found if story_of[c[0]] in places}
            stories += len(places)
            hits += len(told_of)
            firsts += sum(c[0] == places[story][0] for story, c in told_of.items())
            told += sum(map(len, told_of.values()))
            right += sum(each in places[story][1] for story, c in told_of.items() for each in c)
        share = f"{right / max(told, 1):.3f}"
        print(f"{plant.name:30}{plant.outcome:18} stories {stories:5}  told {hits:5}  first hop "
              f"right {firsts:5}  copies told {told:5}  right {share}")  # fmt: skip


def attacks(shared: Path, seeds: range) -> None:
    """Prints what is told when somebody hides a loss, or makes one up, in the same copies."""
    copies, plant = real_copies(shared), PLANTS[0]
    ways = ("as it is", "a bare copy comes first", "the copy mentions anybody", "framed by an edit",
            "framed by an edit that no row records")  # fmt: skip
    for way in ways:
        told = stories = 0
        for seed in seeds:
            rng = np.random.default_rng(seed)
            posts, places = injected(copies, plant, rng)
            lost = {each for _, rest in places.values() for each in rest}
            stories += len(places)
            told += len(attacked(posts, places, lost, way))
        print(f"{way:42} stories {stories:5}  told {told:5}")


def attacked(posts: list[Row], places: Row, lost: set[str], way: str) -> set[str]:
    """The first copies without the source (`places`) that are told as having dropped it."""
    by_id = {post["post_id"]: post for post in posts}
    targets = {place[0] for place in places.values()}
    if way == "a bare copy comes first":
        for number, target in enumerate(sorted(targets)):
            early = {**by_id[target], "post_id": f"p:d{number}", "account_id": f"p:d{number}"}
            posts.append({**early, "hours": min(p["hours"] for p in posts) - 1})
    elif way == "the copy mentions anybody":
        for each in lost:
            by_id[each]["text"] += " @路人甲"
    elif way.startswith("framed"):
        _framed(posts, targets, edited=way == "framed by an edit")
    found = [c for outcome, c in told_children(posts) if outcome == "source-dropped"]
    return targets & {each for children in found for each in children}


def _framed(posts: list[Row], targets: set[str], *, edited: bool) -> None:
    """Nobody names a source; then one old post for each target is made to look as if it had."""
    for post in posts:
        post["text"] = post["text"].removeprefix(PLANTS[0].before)
    by_id = {post["post_id"]: post for post in posts}
    for number, target in enumerate(sorted(targets)):
        old = {"post_id": f"p:f{number}", "account_id": f"p:f{number}", "hours": -9.0,
               "text": PLANTS[0].before + by_id[target]["text"]}  # fmt: skip
        if edited:
            old["edited_at"] = START + timedelta(hours=by_id[target]["hours"] + 5)
        posts.append(old)


def world(seed: int, folder: Path, *, null: bool) -> tuple[Corpus, Row]:
    """An invented world and its truth."""
    without = ["--without", "all"] if null else []
    command = [sys.executable, str(GENERATOR), str(folder), "--seed", str(seed), *without]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    case = create_case(folder / "case", zone="Asia/Shanghai")
    paths = [folder / name for name in FILES]
    ingest(case, paths, importer_name="canonical", collection="stream")
    return load_corpus(case), json.loads((folder / "truth.json").read_bytes())


def measure_worlds(seeds: list[int], *, null: bool) -> None:
    """Prints what is told of the false story, and how much of anything else."""
    other, seconds = Counter[str](), 0.0
    for seed in seeds:
        with tempfile.TemporaryDirectory() as name:
            corpus, truth = world(seed, Path(name), null=null)
        start = time.process_time()
        found = [*detect(corpus, Params()), *labelled(corpus, LabelParams())]
        seconds += time.process_time() - start
        story = next((g for g in truth["planted"] if g["name"] == "false_story"), None)
        own = set() if story is None else set(story["posts"])
        mine = [f for f in found if own & set(f.subjects.posts)]
        other.update(f.outcome for f in found if not own & set(f.subjects.posts))
        told = [f"{f.outcome} ({_verdict(f, story)})" for f in mine]
        print(f"seed {seed}: {'; '.join(told) or 'nothing about a planted story'}", flush=True)
    print(f"about other stories in {len(seeds)} worlds: {dict(other) or 'nothing'}; "
          f"{seconds / len(seeds):.1f} CPU s a world")  # fmt: skip


def _verdict(finding: Finding, story: Row) -> str:
    """Whether the first hop is one of the truth."""
    variants = {p: v["name"] for v in story["variants"] for p in v["posts"]}
    first = {r.role: r.key for r in finding.evidence if r.role.startswith("first-")}
    child = variants.get(first.get("first-child", ""), "no variant")
    parent = variants.get(first.get("first-parent", ""), "-")
    if finding.outcome == "never-said":
        wrong = set(story["wrong_attribution"]["posts"])
        children = {r.key for r in finding.evidence if r.role == "child"}
        return f"{len(children & wrong)} of {len(children)} posts of the wrong attribution"
    return f"{parent} to {child}"


def measure_speed(count: int) -> None:
    """Prints the CPU time of `count` made posts, a tenth of them copies in 200 stories."""
    rng = np.random.default_rng(1)
    letters = np.array([chr(0x4E00 + n) for n in range(2000)])
    posts = []
    bases = ["".join(rng.choice(letters, 60)) for _ in range(200)]
    for n in range(count):
        own = "".join(rng.choice(letters, 50))
        base = bases[int(rng.integers(200))] + own[:8] if n % 10 == 0 else own
        lead = ("据苇港时报报道，", "", "网传")[n % 3]
        posts.append({"post_id": f"p:{n}", "account_id": f"p:u{n % 5000}", "hours": n / 100,
                      "text": lead + base})  # fmt: skip
    corpus = corpus_of(posts)
    start = time.process_time()
    found = list(detect(corpus, Params()))
    print(f"{count} posts: {len(found)} findings, {time.process_time() - start:.1f} CPU s")


def main() -> None:
    """Prints the tables of docs/measured/source-drift.md."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=["worlds", "null", "copies", "attacks", "read", "speed"])
    parser.add_argument("arguments", nargs="+")
    args = parser.parse_args()
    if args.what in ("worlds", "null"):
        measure_worlds([int(each) for each in args.arguments], null=args.what == "null")
    elif args.what == "speed":
        measure_speed(int(args.arguments[0]))
    elif args.what == "read":
        for outcome, children in told_children(posts_of(real_copies(Path(args.arguments[0])))):
            print(outcome, children)
    else:
        seeds = range(500, 503)
        {"copies": measure_copies, "attacks": attacks}[args.what](Path(args.arguments[0]), seeds)


if __name__ == "__main__":
    main()
