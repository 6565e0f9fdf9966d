# SPDX-License-Identifier: GPL-3.0-or-later
"""What docs/measured/layers.md says: evidence over acts, its false pairs, and communities.

`python -m benchmarks.measure_layers`; everything is generated.
"""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from benchmarks.real_logs import default_rule
from graphkit.case import create_case, load_corpus
from graphkit.graphs.coaction_groups import coaction_groups
from graphkit.graphs.communities import stable_communities
from graphkit.graphs.components import components
from graphkit.graphs.layers import coaction_layers, pair_evidence
from graphkit.graphs.speaking_acts import SPEAKING, speaking_acts
from graphkit.investigation.ingesting import ingest
from graphkit.investigation.shipped import dataset

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from graphkit.graphs.layers import Layers

WITHIN = timedelta(seconds=60)
START = datetime(2026, 3, 1, tzinfo=UTC)
DAYS = 14
ACTS = ("hashtag", "repost", "text", "url")
SEEDS = tuple(range(9101, 9106))  # rules were chosen on seeds below 100
NULL_SEEDS = tuple(range(9101, 9121))
COLUMNS = ["act", "account_id", "object_id", "content_id", "acted_at"]


def _numbered(log: pl.DataFrame) -> pl.DataFrame:
    return log.sort(COLUMNS).with_columns(action_id=pl.int_range(pl.len()).cast(pl.String))


def posts_about(
    rng: np.random.Generator, *, posts: int, accounts: int, minutes: float = 120
) -> pl.DataFrame:
    """Posts by accounts of uneven activity about topics that flare up and fade.

    Half of a topic's posts come within `minutes`. Nobody coordinates: who posts does not depend on
    what the post is about.
    """
    topics = posts // 12
    loved = (np.arange(topics) + 20.0) ** -0.9
    active = (np.arange(accounts) + 5.0) ** -0.8
    topic = rng.choice(topics, posts, p=loved / loved.sum())
    born = rng.random(topics) * DAYS * 86_400
    second = born[topic] + rng.lognormal(np.log(60 * minutes), 1.6, posts)
    awake = rng.random(posts) < 0.35 + 0.65 * np.sin(second / 86_400 * np.pi) ** 2  # by day
    frame = pl.DataFrame(
        {
            "content_id": np.arange(posts),
            "account": rng.choice(accounts, posts, p=active / active.sum()),
            "topic": topic,
            "second": second.astype(np.int64),
        }
    ).filter(pl.Series(awake))
    return frame.select(
        pl.format("p{}", "content_id").alias("content_id"),
        pl.format("u{}", "account").alias("account_id"),
        "topic",
        acted_at=pl.lit(START) + pl.duration(seconds="second"),
    )


def background(seed: int, *, minutes: float = 120) -> pl.DataFrame:
    """A log of four acts in which one post often makes rows in several, and nobody coordinates."""
    rng = np.random.default_rng(seed)
    about = posts_about(rng, posts=30_000, accounts=3_000, minutes=minutes)
    logs = []
    for act, share, copies in (("url", 0.6, 1), ("hashtag", 0.7, 2), ("text", 0.1, 1)):
        some = about.filter(pl.Series(rng.random(about.height) < share))
        names = [pl.format(act + "-{}-{}", "topic", pl.lit(n)) for n in range(copies)]
        logs += [some.select(pl.lit(act).alias("act"), pl.all(), object_id=n) for n in names]
    other = posts_about(rng, posts=15_000, accounts=3_000, minutes=minutes)
    logs.append(
        other.select(
            pl.lit("repost").alias("act"),
            pl.all().exclude("content_id"),
            object_id=pl.format("post-{}", "topic"),
            content_id=pl.format("r{}", "content_id"),
        )
    )
    return _numbered(pl.concat(log.select(COLUMNS) for log in logs))


def copied(seed: int, *, acts: int) -> pl.DataFrame:
    """A log whose acts are copies of one another: the same posts, the objects by other names."""
    about = posts_about(np.random.default_rng(seed), posts=30_000, accounts=3_000)
    logs = [
        about.with_columns(act=pl.lit(f"act{n}"), object_id=pl.format("o{}-{}", pl.lit(n), "topic"))
        for n in range(acts)
    ]
    return _numbered(pl.concat(logs).select(COLUMNS))


def with_groups(
    log: pl.DataFrame, seed: int, *, meetings: int, acts: tuple[str, ...]
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """`log` and ten groups of six of its accounts, and the pairs in them (a, b).

    Each group meets `meetings` times within 45 s at the time of a random row, on a new object, with
    a post of its own, in a random act of `acts`; each member is there with chance .9.
    """
    rng = np.random.default_rng(seed + 1_000_000)
    names = log["account_id"].unique().sort()
    members = names.gather(rng.choice(len(names), 60, replace=False))
    group = np.repeat(np.arange(10), 6)
    times = log["acted_at"].gather(rng.integers(log.height, size=10 * meetings))
    meeting = pl.DataFrame(
        {
            "group": np.repeat(np.arange(10), meetings),
            "object_id": [f"new{n}" for n in range(10 * meetings)],
            "act": rng.choice(np.array(acts), 10 * meetings),
            "start": times,
        }
    )
    who = pl.DataFrame({"group": group, "account_id": members})
    rows = meeting.join(who, on="group", maintain_order="left")
    rows = rows.filter(pl.Series(rng.random(rows.height) < 0.9))
    delay = pl.Series(rng.integers(0, 45, rows.height)) * timedelta(seconds=1)
    added = rows.with_columns(
        acted_at=pl.col("start") + delay, content_id=pl.format("n{}", pl.int_range(pl.len()))
    )
    true = who.join(who, on="group").filter(pl.col("account_id") < pl.col("account_id_right"))
    pairs = true.select(a="account_id", b="account_id_right")
    return _numbered(pl.concat([log.select(COLUMNS), added.select(COLUMNS)])), pairs


def _outcome(found: pl.DataFrame, pairs: pl.DataFrame) -> tuple[int, int]:
    """Planted pairs among `found` (a, b), and others."""
    hit = found.join(pairs, on=["a", "b"], how="semi").height
    return hit, found.height - hit


def false_pairs() -> Iterator[str]:
    """Pairs at q .05 in logs in which nobody coordinates: of single acts, and of all together."""
    kinds: dict[str, Callable[[int], pl.DataFrame]] = {
        "one post, several acts": background,
        "the same, half of a topic in ten minutes": partial(background, minutes=10),
        "two acts, copies of one": partial(copied, acts=2),
        "four acts, copies of one": partial(copied, acts=4),
    }
    for name, make in kinds.items():
        single, together, small, tests = 0, [], 0, 0
        for seed in NULL_SEEDS:
            layers = coaction_layers(make(seed), within=WITHIN)
            at_q = layers.edges.filter(pl.col("q_value") <= 0.05).select("a", "b")
            single += at_q.unique().height
            together.append(layers.pairs.filter(pl.col("q_value") <= 0.05).height)
            small += layers.pairs.filter(pl.col("p_value") <= 1e-4).height
            tests += layers.tests
        yield (
            f"| {name} | {single} | {sum(together)} | {sum(n > 0 for n in together)} of "
            f"{len(NULL_SEEDS)} | {small / (1e-4 * tests):.2f} |"
        )


def power() -> Iterator[str]:
    """Per acts and meetings: planted pairs at q .05 (single acts, together), others at q .05."""
    for acts in (("url",), ("repost", "url"), ACTS):
        for meetings in (3, 4, 6, 8):
            alone, together = np.zeros(2, int), np.zeros(2, int)
            for seed in SEEDS:
                log, pairs = with_groups(background(seed), seed, meetings=meetings, acts=acts)
                layers = coaction_layers(log, within=WITHIN)
                at_q = layers.edges.filter(pl.col("q_value") <= 0.05).select("a", "b").unique()
                alone += _outcome(at_q, pairs)
                kept = layers.pairs.filter(pl.col("q_value") <= 0.05).select("a", "b")
                together += _outcome(kept, pairs)
            shares = f"{alone[0] / 750:.2f} | {together[0] / 750:.2f}"
            yield f"| {len(acts)} | {meetings} | {shares} | {alone[1]} | {together[1]} |"


def two_objects() -> Iterator[str]:
    """Groups that the search of one act finds where tags come in pairs and nobody coordinates."""
    for name, tags in (("two tags a post", "-"), ("one tag a post", "-0")):
        groups = []
        for seed in SEEDS:
            log = background(seed).filter(pl.col("object_id").str.contains(f"^hashtag-.*{tags}"))
            groups.append(coaction_groups(log, default_rule()).chances.height)
        yield f"{name}: {groups} groups"


def _overlap(found: pl.DataFrame, groups: pl.DataFrame) -> float:
    """The mean over groups (node, component) of the best Jaccard index with a community."""
    both = groups.join(found, on="node").group_by("component", "community").agg(n=pl.len())
    sizes = groups.group_by("component").agg(size=pl.len())
    other = found.group_by("community").agg(found=pl.len())
    all_of = both.join(sizes, on="component").join(other, on="community")
    index = pl.col("n") / (pl.col("size") + pl.col("found") - pl.col("n"))
    best = all_of.group_by("component").agg(index.max().alias("best"))
    return float(best["best"].sum()) / sizes.height


def _flattened(layers: Layers, *, evenly: bool) -> pl.DataFrame:
    """All edges of all acts added up, each act with the same total when `evenly`."""
    weight = pl.col("objects_count")
    share = weight / weight.sum().over("act") if evenly else weight
    return layers.edges.select("a", "b", weight=share)


def overlaps() -> Iterator[str]:
    """How well communities match twenty groups of which ten meet in url and ten in repost."""
    ways: dict[str, list[float]] = {}
    for seed in SEEDS:
        log, first = with_groups(background(seed), seed, meetings=8, acts=("url",))
        log, other = with_groups(log, seed + 500, meetings=8, acts=("repost",))
        layers = coaction_layers(log, within=WITHIN)
        sets = [components(first), components(other).with_columns(pl.col("component") + 100)]
        kept = layers.pairs.filter(pl.col("q_value") <= 0.05)
        weights = {
            "all pairs, counts added up": _flattened(layers, evenly=False),
            "all pairs, each act with the same total": _flattened(layers, evenly=True),
            "all pairs, by evidence": pair_evidence(layers.pairs),
            "pairs at q .05, counts added up": _flattened(
                replace(layers, edges=layers.edges.join(kept, on=["a", "b"], how="semi")),
                evenly=False,
            ),
            "pairs at q .05, by evidence": pair_evidence(kept),
        }
        for name, edges in weights.items():
            found = stable_communities(edges)
            stability = found["stability"].to_numpy().mean()
            ways.setdefault(name, []).extend([_overlap(found, pl.concat(sets)), stability])
    for name, values in ways.items():
        yield f"| {name} | {np.mean(values[::2]):.2f} | {np.mean(values[1::2]):.2f} |"


def speaking() -> Iterator[str]:
    """Of ten groups that were found in url: those for which another act speaks."""
    for name, acts in (("url only", ("url",)), ("all acts", ACTS)):
        tested = spoke = 0
        for seed in SEEDS:
            log, pairs = with_groups(background(seed), seed, meetings=12, acts=acts)
            for members in (
                components(pairs).group_by("component", maintain_order=True).agg("node")["node"]
            ):
                own = log.filter(pl.col("account_id").is_in(members.implode()), act="url")
                made = own.filter(pl.col("object_id").str.starts_with("new"))["content_id"]
                logs = [log.filter(act=act) for act in ACTS if act != "url"]
                found = speaking_acts(logs, members, made, default_rule()).drop_nulls("p_value")
                tested += not found.is_empty()
                spoke += bool((found["p_value"] * found.height <= SPEAKING).any())
        yield f"groups that meet in {name}: another act speaks for {spoke} of {tested} tested"


def world() -> Iterator[str]:
    """Pairs at q .05 in the shipped world: inside a planted group, and others."""
    data = dataset("invented_world")
    truth = json.loads((data.folder / "data" / "truth.json").read_bytes())
    with TemporaryDirectory() as folder:
        case = create_case(Path(folder) / "case", zone="UTC")
        for file in data.files:
            ingest(case, [file.path], importer_name=file.importer, collection=file.collection)
        actions = load_corpus(case).actions
    members = [
        pl.DataFrame({"name": group["name"], "account": group["accounts"]})
        for group in truth["planted"]
        if group["name"] in ("matrix", "push")
    ]
    planted = (
        pl.concat(members)
        .join(pl.concat(members), on="name")
        .select(a="account", b="account_right")
    )
    layers = coaction_layers(actions, within=WITHIN)
    for name, frame in (("single acts", layers.edges), ("all acts", layers.pairs)):
        found = frame.filter(pl.col("q_value") <= 0.05).select("a", "b").unique()
        inside = found.join(planted, on=["a", "b"], how="semi").height
        others = found.height - inside
        yield f"shipped world, {name}: {inside} pairs of matrix or push, {others} others"


def main() -> None:
    """Prints the figures of docs/measured/layers.md."""
    for part in (false_pairs, power, two_objects, overlaps, speaking, world):
        for line in part():
            print(line, flush=True)


if __name__ == "__main__":
    main()
