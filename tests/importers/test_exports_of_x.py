# SPDX-License-Identifier: GPL-3.0-or-later
"""The same eight posts of X out of every export of X: what each has, and what each lacks."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from graphkit.importers import (
    coordination_network_toolkit,
    fourcat_x,
    minet_tweets,
    twarc_csv,
    x_api_v1,
    x_api_v2,
    x_information_operations,
    zeeschuimer_x,
)
from graphkit.reading.importer import ReadOptions
from graphkit.reading.rows import sampled

SAMPLES = Path(__file__).parent / "samples"
P0, P1, P2, P3, P4, P5, P6, P7 = (
    f"x:{number}"
    for number in (
        1807990077649846272, 2031173187793846273, 2031174026654646274, 2031174467056566275,
        2031174865515446276, 2031175012316086277, 2031180737541046278, 2031203386782646279,
    )
)  # fmt: skip
BRIDGE, HZ1 = "https://southbank.example/2024/0702/bridge", "https://blog.example/hz1"
DEBUNK = "https://southbank.example/2026/0310/debunk"
CITED = "https://x.com/city_express01/status/2031174467056566275"
STORY = {
    P0: ("x:1001", "2024-07-02 04:10:00", "original", None, [BRIDGE], ["河洲大桥"]),
    P1: ("x:1002", "2026-03-10 01:00:00", "original", None, [HZ1], ["河洲大桥"]),
    P2: ("x:1003", "2026-03-10 01:03:20", "quote", P1, [], []),
    P3: ("x:1004", "2026-03-10 01:05:05", "repost", P2, [], []),
    P4: ("x:1002", "2026-03-10 01:06:40", "original", None, [CITED], []),
    P5: ("x:1005", "2026-03-10 01:07:15", "original", None, [HZ1], ["河洲大桥"]),
    P6: ("x:1006", "2026-03-10 01:30:00", "reply", P1, [], []),
    P7: ("x:1001", "2026-03-10 03:00:00", "quote", P1, [DEBUNK], []),
}
FILES = {
    "x_api_v1_tweets.jsonl": x_api_v1,
    "x_api_v2_twarc2_pages.jsonl": x_api_v2,
    "x_api_v2_flattened.jsonl": x_api_v2,
    "twarc_csv.csv": twarc_csv,
    "x_information_operations_hashed.csv": x_information_operations,
    "minet_tweets.csv": minet_tweets,
    "4cat_x_api_v2.csv": fourcat_x,
    "4cat_x_api_v2.ndjson": fourcat_x,
    "4cat_x_zeeschuimer.csv": fourcat_x,
    "zeeschuimer_x.ndjson": zeeschuimer_x,
    "coordination_network_toolkit.csv": coordination_network_toolkit,
}
PLATFORM = ReadOptions(platform="x")


def posts(file):
    """The rows of the story's posts, by id."""
    [batch] = FILES[file].IMPORTER.read(SAMPLES / file, PLATFORM)
    assert batch.rejects.height == 0
    columns = ("account_id", "created_at", "kind", "parent_id", "urls", "hashtags")
    return {
        row["post_id"]: tuple(
            str(row[c]).removesuffix("+00:00") if c == "created_at" else row[c] for c in columns
        )
        for row in batch.tables["posts"].to_dicts()
    }


@pytest.mark.parametrize(
    "file",
    [
        "x_api_v1_tweets.jsonl",
        "x_api_v2_flattened.jsonl",
        "twarc_csv.csv",
        "minet_tweets.csv",
        "4cat_x_api_v2.ndjson",
    ],
)
def test_an_export_that_can_hold_it_gives_the_whole_story(file):
    assert posts(file) == STORY


def test_a_page_gives_the_posts_asked_for_and_not_what_came_along():
    assert posts("x_api_v2_twarc2_pages.jsonl") == {k: v for k, v in STORY.items() if k != P0}


def test_an_archive_of_an_operation_has_hashed_accounts_and_minutes():
    for post_id, row in posts("x_information_operations_hashed.csv").items():
        account, time, *rest = STORY[post_id]
        assert row[0] == f"x:{int(account[2:]):064x}"
        assert row[1] == f"{time[:17]}00"
        assert list(row[2:]) == rest


@pytest.mark.parametrize("file", ["4cat_x_api_v2.csv", "4cat_x_zeeschuimer.csv"])
def test_the_csv_of_4cat_lacks_only_the_reposted_and_the_answered_post(file):
    lacking = {P3, P6}
    for post_id, row in posts(file).items():
        account, time, kind, parent, urls, hashtags = STORY[post_id]
        known = None if post_id in lacking else parent
        assert row == (account, time, kind, known, urls, hashtags)


def test_zeeschuimer_has_no_hashtags_where_x_sent_none():
    assert posts("zeeschuimer_x.ndjson") == {k: (*v[:-1], []) for k, v in STORY.items()}


def test_the_toolkit_of_coordination_networks_has_no_quotes_and_no_hashtags():
    expected = {k: (*v[:-1], []) for k, v in STORY.items()}
    for key in (P2, P7):
        account, time, _, _, urls, _ = STORY[key]
        expected[key] = (account, time, "original", None, urls, [])
    assert posts("coordination_network_toolkit.csv") == expected


@pytest.mark.parametrize("file", sorted(FILES))
def test_each_file_is_known_for_what_it_is_and_by_no_other_importer_of_x(file):
    sample = sampled(SAMPLES / file)
    reasons = {each.IMPORTER.name: each.IMPORTER.suits(sample) for each in FILES.values()}
    assert [name for name, why in reasons.items() if why] == [FILES[file].IMPORTER.name]


@pytest.mark.parametrize("file", sorted(set(FILES) - {"x_information_operations_hashed.csv"}))
def test_every_author_has_a_handle(file):
    [batch] = FILES[file].IMPORTER.read(SAMPLES / file, PLATFORM)
    accounts = batch.extras["accounts"]
    handles = dict(accounts.select("account_id", "handle").drop_nulls().iter_rows())
    assert handles["x:1002"] == "qingshi_news"
    assert set(batch.tables["posts"]["account_id"]) <= set(handles)


@pytest.mark.parametrize("file", sorted(set(FILES) - {"x_api_v2_twarc2_pages.jsonl"}))
@settings(max_examples=3, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(order=st.permutations(range(8)))
def test_the_order_of_the_rows_changes_nothing(file, order):
    lines = (SAMPLES / file).read_text("utf-8").splitlines()
    head = lines[:-8]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / file
        path.write_text("\n".join([*head, *(lines[len(head) + n] for n in order)]), "utf-8")
        [shuffled] = FILES[file].IMPORTER.read(path, PLATFORM)
    [plain] = FILES[file].IMPORTER.read(SAMPLES / file, PLATFORM)
    same = [each.tables["posts"].drop("source_line").sort("post_id") for each in (shuffled, plain)]
    assert same[0].equals(same[1])
