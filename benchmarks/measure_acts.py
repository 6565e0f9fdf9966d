# SPDX-License-Identifier: GPL-3.0-or-later
"""What the derived acts find, and whom they would accuse: worlds, implanted groups, real logs.

python -m benchmarks.measure_acts worlds 311 312      groups a world and act
python -m benchmarks.measure_acts implants 321 322    altered copies, and people with a scheduler
python -m benchmarks.measure_acts posting             real logs as they are, and shuffled
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections import Counter
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import numpy as np
import polars as pl

from benchmarks.measure_worlds import FILES, GENERATOR
from graphkit.case import create_case, load_corpus
from graphkit.graphs.act_logs import act_log
from graphkit.graphs.coaction_groups import GroupRule, coaction_groups
from graphkit.graphs.near_texts import near_text_rows
from graphkit.graphs.occasions import occasion
from graphkit.investigation.ingesting import ingest

ACTS = ("url", "text", "near_text", "citation", "posting", "deletion", "handle")
SHUFFLES, SEED, EVENTS = 20, 9001, 300
COPIERS, TEXTS, SCHEDULERS, DAYS = 10, 5, 10, 14
USUAL_HOURS = (0, 4, 10, 13)
"""UTC: eight, twelve, eighteen and twenty-one o'clock where the people of the world live."""
RULE = GroupRule(
    within=timedelta(seconds=60), alpha=0.05, min_objects=2, min_accounts=3, min_partners=2,
    followed_share=0.9, permutations=99, seed=1, stratum_rows=100, max_pairs=50_000_000,
)  # fmt: skip


def world(seed: int, folder: Path):
    """The corpus of the invented world of `seed`, and its truth."""
    command = [sys.executable, str(GENERATOR), str(folder), "--seed", str(seed)]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    case = create_case(folder / "case")
    paths = [folder / name for name in FILES]
    ingest(case, paths, importer_name="canonical", collection="stream")
    return load_corpus(case), json.loads((folder / "truth.json").read_bytes())


def groups(log: pl.DataFrame, rule: GroupRule = RULE) -> list[set[str]]:
    """The accounts of each group with p at most .05."""
    timed = log.filter(pl.col("acted_at").is_not_null())
    if timed["account_id"].n_unique() < rule.min_accounts:
        return []
    found = coaction_groups(timed, rule)
    kept = found.chances.filter(pl.col("p_value") <= 0.05)["component"]
    edges = found.edges.filter(pl.col("component").is_in(kept.implode()))
    return [{*each["a"], *each["b"]} for _, each in sorted(edges.group_by("component"))]


def in_worlds(seeds: list[int]) -> None:
    """Prints for each world and act the groups, by what was planted, and who is in none."""
    for seed in seeds:
        with tempfile.TemporaryDirectory() as folder:
            corpus, truth = world(seed, Path(folder))
        plants = {each["name"]: set(each["accounts"]) for each in truth["planted"]}
        for act in ACTS:
            told = []
            for group in groups(act_log(corpus, act)):
                of = Counter({name: len(group & members) for name, members in plants.items()})
                [(name, count)] = of.most_common(1)
                told.append(f"{count} of {len(plants[name])} {name} and {len(group) - count} other")
            print(f"seed {seed}, {act}: {'; '.join(told) or 'nothing'}", flush=True)


def altered(text: str, dice: np.random.Generator) -> str:
    """`text` with one character put in somewhere."""
    place = int(dice.integers(1, len(text)))
    return text[:place] + chr(int(dice.integers(0x4E00, 0x9FA5))) + text[place:]


def implanted(log: pl.DataFrame, rows: list[tuple[str, str, object]]) -> pl.DataFrame:
    """`log` with further rows of account, object and time."""
    columns = ["account_id", "object_id", "acted_at"]
    more = pl.DataFrame(rows, schema={name: log.schema[name] for name in columns}, orient="row")
    ids = pl.format("implant-{}", pl.int_range(pl.len())).alias("action_id")
    return pl.concat([log, more.with_columns(ids)], how="diagonal")


def in_implants(seeds: list[int]) -> None:
    """Prints how many of the implanted accounts each act finds, and how many others."""
    for seed in seeds:
        with tempfile.TemporaryDirectory() as folder:
            corpus, truth = world(seed, Path(folder))
        planted = {name for each in truth["planted"] for name in each["accounts"]}
        dice = np.random.default_rng(seed)
        texts = act_log(corpus, "text")
        long = texts.filter(pl.col("object_id").str.len_chars() >= 40)
        chosen = long.sample(TEXTS, seed=seed).sort("action_id")
        names = corpus.accounts["account_id"].sort().sample(SCHEDULERS, seed=seed).to_list()
        copies = [
            (name, altered(row["object_id"], dice), row["acted_at"] + timedelta(seconds=int(late)))
            for row in chosen.iter_rows(named=True)
            for name, late in zip(names[:COPIERS], dice.integers(1, 46, COPIERS), strict=True)
        ]
        both = implanted(texts, copies)
        copiers = set(names[:COPIERS])
        tell(f"{seed}, altered copies, text", groups(both), copiers, planted)
        near = groups(near_text_rows(both))
        tell(f"{seed}, altered copies, near_text", near, copiers, planted)
        posting = act_log(corpus, "posting")
        first = posting["acted_at"].min().replace(hour=0, minute=0, second=0)
        rows = [
            (name, "", first + timedelta(days=day, hours=int(hour), seconds=int(late)))
            for name in names
            for hour in dice.choice(USUAL_HOURS, 2, replace=False)
            for day, late in enumerate(dice.integers(0, 21, DAYS))
        ]
        planned = implanted(posting, rows).with_columns(object_id=occasion(pl.col("acted_at")))
        tell(f"{seed}, people with a scheduler, posting", groups(planned), set(names), planted)


def tell(what: str, found: list[set[str]], implants: set[str], planted: set[str]) -> None:
    """Prints how many of `implants` are in the groups, and how many that nobody planted."""
    named = set().union(*found)
    print(f"seed {what}: {len(named & implants)} of {len(implants)}, "
          f"{len(named - implants - planted)} strangers", flush=True)  # fmt: skip


def posting_log(rows: pl.DataFrame) -> pl.DataFrame:
    """Rows of account_id and second as a log of the act `posting`."""
    at = pl.from_epoch(pl.col("second").cast(pl.Int64)).dt.replace_time_zone("UTC")
    timed = rows.select(pl.col("account_id").cast(pl.String), acted_at=at.dt.cast_time_unit("us"))
    log = timed.with_columns(object_id=occasion(pl.col("acted_at")))
    return log.sort("acted_at", "account_id").with_columns(
        action_id=pl.int_range(pl.len()).cast(pl.String)
    )


def shuffled(log: pl.DataFrame, seed: int) -> pl.DataFrame:
    """`log` with the accounts permuted within the hour."""
    dice = np.random.default_rng(seed).random(log.height)
    hour = log["acted_at"].dt.truncate("1h").dt.epoch("us").to_numpy()
    dealt = np.empty(log.height, np.int64)
    dealt[np.argsort(hour, kind="stable")] = np.lexsort((dice, hour))
    return log.with_columns(log["account_id"].gather(dealt).alias("account_id"))


def on_real_logs() -> None:
    """Prints the groups that `posting` finds on real logs, and in how many of their shuffles."""
    folder = next(each / "shared" / "data" for each in Path(__file__).resolve().parents
                  if (each / "shared" / "data").exists())  # fmt: skip
    reposts = pl.read_parquet(folder / "coordination" / "russian_coord_tweets.parquet")
    trees = pl.read_parquet(folder / "cascades" / "weibo_ma2016" / "trees.parquet")
    events = trees["event"].unique().sort().sample(EVENTS, seed=SEED)
    logs = {
        "russian reposts": reposts.select("account_id", second="timestamp_share"),
        f"{EVENTS} Weibo cascades": trees.filter(pl.col("event").is_in(events.implode())).select(
            account_id="u", second="t"
        ),
    }
    for name, rows in logs.items():
        log = posting_log(rows)
        sizes = [len(group) for group in groups(log)]
        few = replace(RULE, permutations=19)
        wrong = sum(bool(groups(shuffled(log, SEED + n), few)) for n in range(SHUFFLES))
        print(f"{name}: {log.height} rows, {log['account_id'].n_unique()} accounts, groups {sizes},"
              f" in {wrong} of {SHUFFLES} shuffles any", flush=True)  # fmt: skip


if __name__ == "__main__":
    what, *seeds = sys.argv[1:]
    if what == "posting":
        on_real_logs()
    else:
        {"worlds": in_worlds, "implants": in_implants}[what]([int(seed) for seed in seeds])
