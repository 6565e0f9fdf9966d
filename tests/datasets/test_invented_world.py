# SPDX-License-Identifier: GPL-3.0-or-later
"""The invented world is what its generator makes, and its truth is about its rows."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from datetime import UTC, datetime, timedelta

import polars as pl
import pytest

from graphkit.importers.canonical import IMPORTER
from graphkit.investigation.shipped import dataset
from graphkit.reading.importer import ReadOptions
from graphkit.tables import TABLES

FILES = ("accounts.csv", "posts.parquet", "actions.parquet", "rankings.csv", "labels.csv")
NAMED = "据|来源|转自|网传|网友|听说|听人说|有人说|via @|According|Reported by|Source"
HOST = re.compile(r"https?://([^/\s]+)|\b([a-z0-9-]+\.(?:com|cn|net|org|io|gov|edu))\b")


def generated(repository, out, *options):
    script = repository / "datasets" / "invented_world" / "generate.py"
    subprocess.run([sys.executable, str(script), str(out), *options], check=True, timeout=120)
    return out


def frame(folder, name):
    if name.endswith(".parquet"):
        return pl.read_parquet(folder / name)
    return pl.read_csv(folder / name, infer_schema=False)


def truth_of(folder):
    return json.loads((folder / "truth.json").read_text("utf-8"))


@pytest.fixture(scope="module")
def shipped(repository):
    return repository / "datasets" / "invented_world" / "data"


@pytest.fixture(scope="module")
def without_plants(repository, tmp_path_factory):
    return generated(repository, tmp_path_factory.mktemp("null"), "--without", "all")


@pytest.fixture(scope="module")
def tables(shipped):
    read = {}
    for name in FILES:
        batches = list(IMPORTER.read(shipped / name, ReadOptions()))
        assert [(batch.rejects.height, batch.notes) for batch in batches] == [(0, {})] * len(
            batches
        )
        for table in batches[0].tables:
            read[table] = pl.concat([batch.tables[table] for batch in batches])
    return read


@pytest.fixture(scope="module")
def truth(shipped):
    return truth_of(shipped)


@pytest.fixture(scope="module")
def groups(truth):
    return {each["name"]: each for each in [*truth["planted"], *truth["innocent"]]}


def posts_of(tables, ids):
    return tables["posts"].filter(pl.col("post_id").is_in(ids)).sort("created_at", "post_id")


def test_seed_2026_makes_the_shipped_frames_and_truth(repository, shipped, tmp_path):
    made = generated(repository, tmp_path)
    for name in FILES:
        assert frame(made, name).equals(frame(shipped, name)), name
    assert truth_of(made) == truth_of(shipped)


def test_the_shipped_files_are_those_of_dataset_toml(shipped):
    files = {each.path.name: each for each in dataset("invented_world").files}
    assert list(files) == list(FILES)
    assert {name: frame(shipped, name).height for name in FILES} == {
        name: each.rows for name, each in files.items()
    }
    assert sum(path.stat().st_size for path in shipped.iterdir()) < 5_000_000


@pytest.mark.parametrize("name", FILES)
def test_columns_are_those_of_the_tables(shipped, name):
    table = TABLES[name.split(".")[0]]
    given = set(frame(shipped, name).columns) - {"platform"}
    assert given <= set(table.columns) - {"source_id", "source_line"}
    needed = {column for column, told in table.columns.items() if not told.nullable}
    filled_in = {"source_id", "platform", "is_seen", "action_id", "time_precision", "list_id"}
    assert needed - filled_in <= given


def test_the_world_has_the_size_that_its_readme_says(tables):
    assert 5_700 < tables["accounts"].height < 6_300
    assert 28_000 < tables["posts"].height < 33_000
    assert 60_000 < tables["actions"].height < 90_000
    assert tables["posts"]["kind"].unique().sort().to_list() == [
        "original",
        "quote",
        "reply",
        "repost",
    ]
    assert tables["actions"]["act"].unique().sort().to_list() == ["search", "vote"]


def test_every_post_belongs_to_an_account_of_the_world(tables):
    known = tables["accounts"]["account_id"]
    assert known.is_unique().all()
    assert tables["posts"]["account_id"].is_in(known.implode()).all()
    assert tables["actions"]["account_id"].is_in(known.implode()).all()


def test_post_ids_rise_with_time_and_carry_it(tables):
    posts = tables["posts"]
    number = pl.col("post_id").str.strip_prefix("weiju:").cast(pl.Int64)
    in_order = posts.sort(number)
    assert in_order["created_at"].is_sorted()
    assert in_order["id_time"].equals(in_order["created_at"].alias("id_time"))


def test_every_id_of_the_truth_is_in_the_data(tables, groups):
    accounts, posts = set(tables["accounts"]["account_id"]), set(tables["posts"]["post_id"])
    assert {name for name, g in groups.items() if not accounts.issuperset(g["accounts"])} == set()
    assert {name for name, g in groups.items() if not posts.issuperset(g["posts"])} == set()


def test_the_first_post_of_the_false_story_is_only_referred_to(tables, groups):
    gone = groups["false_story"]["deleted_root"]
    posts, story = tables["posts"], posts_of(tables, groups["false_story"]["posts"])
    assert gone["post_id"] not in set(posts["post_id"])
    assert gone["handle"] not in set(tables["accounts"]["handle"])
    assert story.filter(root_id=gone["post_id"]).height == 92
    assert story["text"].str.contains(f"//@{gone['handle']}: ", literal=True).sum() > 10
    assert story["created_at"].min() > datetime(2026, 3, 8, 1, 12, tzinfo=UTC)
    others = posts.filter(pl.col("parent_id").is_not_null(), pl.col("root_id") != gone["post_id"])
    assert others["parent_id"].is_in(posts["post_id"].implode()).all()


def test_the_false_story_drifts_and_credits_an_outlet_that_never_said_it(tables, groups):
    story = groups["false_story"]
    assert 150 <= len(story["posts"]) <= 300
    assert [each["name"] for each in story["variants"]] == [
        "credited",
        "verbatim",
        "number",
        "place",
        "outlet",
        "urgent",
    ]
    outlet = tables["posts"].filter(account_id=story["wrong_attribution"]["outlet"])
    said = outlet.filter(pl.col("text").str.contains("苇港大桥"))
    assert said["post_id"].to_list() == story["denials"][:1]
    assert (
        posts_of(tables, story["wrong_attribution"]["posts"])["text"]
        .str.contains("据北汀通讯报道")
        .all()
    )


def test_each_story_of_the_matrix_ends_with_the_account_that_it_began_with(tables, groups):
    stories = [each["posts"] for each in groups["matrix"]["stories"]]
    assert len(stories) == 14
    ends = [posts_of(tables, ids)["account_id"].to_list() for ids in stories]
    assert all(who[0] == who[-1] and len(set(who)) == len(who) - 1 >= 5 for who in ends)


def test_the_matrix_shares_thirteen_addresses_within_a_minute_each(tables, groups):
    matrix = groups["matrix"]
    shared = posts_of(tables, matrix["posts"]).explode("urls", empty_as_null=True)
    spans = (
        shared.filter(pl.col("urls").is_in(matrix["urls"]))
        .group_by("urls")
        .agg(
            pl.col("account_id").n_unique(), span=pl.col("created_at").max() - pl.min("created_at")
        )
    )
    assert spans.height == 13
    assert spans["account_id"].min() >= 6
    assert spans["span"].max() <= timedelta(seconds=60)


def test_each_pushed_topic_enters_the_ten_highest_ranks(tables, groups):
    topics = groups["push"]["topics"]
    best = (
        tables["rankings"]
        .filter(pl.col("topic").is_in(topics))
        .group_by("topic")
        .agg(pl.min("rank"))
    )
    assert best.height == 6
    assert best["rank"].max() <= 10


def test_a_snapshot_counts_the_accounts_that_searched_or_posted_in_the_hour_before(tables):
    at = datetime(2026, 3, 10, 13, tzinfo=UTC)
    hour = [at - timedelta(hours=1), at]
    searched = tables["actions"].filter(
        pl.col("acted_at").is_between(*hour, closed="right"), pl.col("act") == "search"
    )
    posted = tables["posts"].filter(pl.col("created_at").is_between(*hour, closed="right"))
    tagged = posted.explode("hashtags", empty_as_null=True).drop_nulls("hashtags")
    pairs = pl.concat(
        [
            searched.select("account_id", topic="object_id"),
            tagged.select("account_id", topic="hashtags"),
        ]
    )
    scores = dict(pairs.unique().group_by("topic").len().iter_rows())
    shown = tables["rankings"].filter(pl.col("rank").is_not_null(), snapshot_at=at).sort("rank")
    assert shown["rank"].to_list() == list(range(1, 51))
    assert shown["heat"].to_list() == [scores[topic] for topic in shown["topic"]]
    assert shown["heat"].is_sorted(descending=True)


def test_every_snapshot_has_a_pin_and_a_promoted_place(tables):
    unranked = tables["rankings"].filter(pl.col("rank").is_null())
    snapshots = tables["rankings"]["snapshot_at"].n_unique()
    places = unranked.group_by("position", "is_pinned", "is_promoted").len().sort("position")
    assert places.rows() == [(1, True, False, snapshots), (5, False, True, snapshots)]


def test_most_original_posts_name_no_source(tables):
    originals = tables["posts"].filter(kind="original")
    named = pl.col("text").str.contains(NAMED)
    without = originals.filter(pl.col("urls").list.len() == 0, ~named)
    assert without.height / originals.height > 0.8


def test_every_host_is_under_example(shipped):
    for name in FILES:
        rows = frame(shipped, name)
        texts = rows.select(
            pl.concat_str(
                [
                    pl.col(c).list.join(" ") if t == pl.List(pl.String) else pl.col(c)
                    for c, t in rows.schema.items()
                    if t in (pl.String, pl.List(pl.String))
                ],
                separator=" ",
                ignore_nulls=True,
            )
        ).to_series()
        hosts = {a or b for a, b in HOST.findall(" ".join(texts))}
        assert {host for host in hosts if not host.endswith(".example")} == set(), name


def test_without_plants_the_rest_of_the_world_is_the_same(shipped, without_plants, groups):
    truth = truth_of(without_plants)
    assert truth["planted"] == []
    assert truth["innocent"] == truth_of(shipped)["innocent"]
    kept = frame(without_plants, "posts.parquet")
    shown = frame(shipped, "posts.parquet")
    assert kept.height < shown.height
    assert set(kept["post_id"]) < set(shown["post_id"])
    ranked = set(frame(without_plants, "rankings.csv")["topic"])
    assert ranked.isdisjoint(groups["push"]["topics"])


def test_another_seed_at_another_size_is_another_world(repository, shipped, tmp_path):
    made = generated(repository, tmp_path, "--seed", "7", "--scale", "0.2")
    assert truth_of(made)["seed"] == 7
    ids = set(frame(made, "posts.parquet")["post_id"])
    assert ids.isdisjoint(frame(shipped, "posts.parquet")["post_id"])


def test_innocent_groups_say_which_grade_is_tolerable(truth):
    assert {each["highest_grade"] for each in truth["innocent"]} == {None, "weak"}
    assert all(isinstance(each["tolerable"], dict) for each in truth["innocent"])
