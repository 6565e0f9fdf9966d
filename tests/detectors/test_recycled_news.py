# SPDX-License-Identifier: GPL-3.0-or-later
"""Old words and pictures posted as new: what is told of, what is not, and what it becomes."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import polars as pl
import pytest

from graphkit.case import runs
from graphkit.detectors.recycled_news import DETECTOR, Params, detect
from graphkit.findings import CaveatOutcome, Grade
from graphkit.tables import CITATIONS, POSTS, SOURCES, Corpus

OLD = "临樾县上游连降暴雨，下游三个村连夜转移四百余人，暂无人员伤亡。"
NEW = "突发：临樾县上游连降暴雨，下游三个村连夜转移四百余人，转给亲友！"
NOW = datetime(2026, 3, 5, 8, tzinfo=UTC)
LISTS = ("urls", "mentions", "hashtags", "media_hashes")
SOURCE = {"source_id": "s", "file": "posts.csv", "sha256": "0" * 64, "importer": "canonical",
          "collection": "stream", "rows_read": 0, "accepted": 0, "duplicate": 0,
          "rejected": 0}  # fmt: skip


def post(name, text, *, days=0.0, **more):
    """A post that many days after NOW, with the same time in its id."""
    at = NOW + timedelta(days=days)
    fixed = {"post_id": f"x:{name}", "account_id": f"x:u{name}", "text": text, "created_at": at,
             "id_time": at, "kind": "original", "platform": "x", "source_id": "s",
             "time_precision": "second"}  # fmt: skip
    return fixed | {name: [] for name in LISTS} | more


def corpus(*rows, **tables):
    lists = dict.fromkeys(LISTS, pl.List(pl.String))
    posts = pl.DataFrame(rows, schema_overrides=lists, infer_schema_length=None)
    sources = SOURCES.conform(pl.DataFrame([SOURCE]))
    seen = posts.with_columns(is_seen=pl.lit(value=True)).sort("post_id")
    return Corpus(posts=POSTS.conform(seen), sources=sources, **tables)


def outcomes(*rows, **tables):
    return [f.outcome for f in detect(corpus(*rows, **tables), Params())]


def told(finding, word):
    [caveat] = [c for c in finding.caveats if word in c.hypothesis]
    return caveat.outcome


OLDEST = post("old", OLD, days=-270)


def test_old_words_with_a_word_of_newness_are_recycled_and_weak():
    rows = [post(f"n{n}", NEW, days=n) for n in range(3)]
    [finding] = detect(corpus(OLDEST, *rows), Params())
    assert (finding.outcome, finding.grade) == ("recycled", Grade.WEAK)
    assert finding.subjects.accounts == ("x:un0", "x:un1", "x:un2")
    assert [row.role for row in finding.evidence] == ["copy"] * 3 + ["earliest"]
    assert finding.measures["least_gap_days"] == 270
    assert finding.measures["newness_count"] == 3
    assert finding.measures["lacking_outcome_count"] == 3
    assert finding.measures["lacking_place_count"] == 0


@pytest.mark.parametrize(
    ("text", "more", "outcome"),
    [
        (NEW.replace("突发", "去年"), {}, "dated"),
        (NEW.replace("突发", "2025年6月"), {}, "dated"),
        (NEW.replace("突发", "#历史上的今天#"), {}, "dated"),
        (NEW, {"account_id": "x:uold"}, "evergreen"),
        (NEW, {"parent_id": "x:old", "kind": "quote"}, "attributed"),
        (NEW, {"urls": ["https://news.example/2025/1"]}, "attributed"),
        (NEW[3:], {}, "recycled"),
    ],
)
def test_what_a_copy_says_of_its_time_decides_what_it_is(text, more, outcome):
    old = OLDEST | {"urls": ["https://news.example/2025/1"]}
    assert outcomes(old, post("n", text, **more)) == [outcome]


def test_naming_the_author_is_enough_only_where_nothing_is_said_to_be_new():
    fixed = {"post_id": "x:n", "citation_no": 0, "target_kind": "account", "target": "x:uold",
             "via": "text", "rule": "r", "certainty": 1.0, "source_id": "s"}  # fmt: skip
    citations = CITATIONS.conform(pl.DataFrame([fixed]))
    assert outcomes(OLDEST, post("n", NEW[3:]), citations=citations) == ["attributed"]
    assert outcomes(OLDEST, post("n", NEW), citations=citations) == ["recycled"]


def test_twenty_nine_days_are_too_few_and_thirty_one_enough():
    assert outcomes(post("old", OLD, days=-29), post("n", NEW)) == []
    assert outcomes(post("old", OLD, days=-31), post("n", NEW)) == ["recycled"]


def test_the_time_in_the_id_counts_and_not_the_shown_one():
    shown = OLDEST | {"created_at": NOW}
    assert outcomes(shown, post("n", NEW))[0] == "recycled"
    hidden = post("n", NEW, days=-268) | {"created_at": NOW}
    assert "recycled" not in outcomes(OLDEST, hidden)


def test_an_advice_in_which_nothing_grows_old_is_evergreen_until_it_is_said_to_be_new():
    advice = "煮鸡蛋的时候加一勺盐，剥壳就容易多了，大家都可以试试看，真的很好用"
    assert outcomes(post("old", advice, days=-200), post("n", advice)) == ["evergreen"]
    assert outcomes(post("old", advice, days=-200), post("n", "刚刚！" + advice)) == ["recycled"]


def test_what_has_returned_four_times_is_evergreen():
    rows = [post(f"r{n}", NEW[3:], days=-60 + 10 * n) for n in range(3)]
    assert outcomes(OLDEST, *rows, post("n", NEW[3:])) == ["recycled", "evergreen"]


def test_a_rare_picture_with_other_words_is_recycled_only_where_they_say_new():
    old = OLDEST | {"media_hashes": ["h1"]}
    said = post("n", "突发！我们这里今早发大水了，大家看看吧", media_hashes=["h1"])
    assert outcomes(old, said) == ["recycled"]
    many = [post(f"m{n}", f"表情包 {n}", days=-n, media_hashes=["h1"]) for n in range(40)]
    assert outcomes(old, said, *many) == []


def test_a_saved_page_without_a_time_counts_from_when_it_was_collected():
    page = OLDEST | {"created_at": None, "id_time": None, "collected_at": NOW - timedelta(days=90)}
    [finding] = detect(corpus(page, post("n", NEW)), Params())
    assert finding.measures["least_gap_days"] == 90


def test_a_number_that_the_old_text_has_not_may_mean_that_it_happened_again():
    old = post("old", OLD.replace("四百", "400"), days=-270)
    again = post("n", NEW.replace("四百", "900"))
    [finding] = detect(corpus(old, again), Params())
    assert told(finding, "it happened again") is CaveatOutcome.WEAKENS


def test_a_shown_time_that_is_not_in_the_id_is_re_dated_unless_a_whole_file_is_so():
    plain = [post(f"p{n}", f"{n}号的早饭是豆浆和油条", days=n / 10) for n in range(40)]
    moved = post("moved", "随便说说今天的天气", days=1) | {"created_at": NOW + timedelta(days=300)}
    [finding] = detect(corpus(*plain, moved), Params())
    assert (finding.outcome, finding.grade) == ("re-dated", None)
    assert finding.measures["shown_later_count"] == 1
    assert [row.key for row in finding.evidence] == ["x:moved"]
    late = [each | {"created_at": each["id_time"] + timedelta(hours=8)} for each in plain]
    assert outcomes(*late) == []


def test_a_minute_or_a_day_of_precision_is_no_difference():
    plain = [post(f"p{n}", f"{n}号的早饭是豆浆和油条", days=n / 10) for n in range(40)]
    coarse = post("c", "随便说说今天的天气") | {
        "created_at": NOW + timedelta(hours=9), "time_precision": "day",
    }  # fmt: skip
    assert outcomes(*plain, coarse) == []


def test_the_reach_of_a_run_says_how_far_back_the_data_go():
    [said] = DETECTOR.reach(corpus(OLDEST, post("n", NEW)), Params())
    assert said.startswith("The posts span 270 days; what was posted less than 30 days after")


def test_neither_the_order_of_rows_nor_the_names_of_accounts_change_a_finding():
    whole = corpus(OLDEST, *(post(f"n{n}", NEW, days=n) for n in range(3)))
    plain = list(detect(whole, Params()))
    mixed = replace(whole, posts=whole.posts.sample(fraction=1, shuffle=True, seed=5))
    assert list(detect(mixed, Params())) == plain
    renamed = whole.posts.with_columns(pl.col("account_id").str.replace("x:u", "x:z"))
    [finding] = detect(replace(whole, posts=renamed), Params())
    assert finding.measures == plain[0].measures


@pytest.fixture(scope="module")
def of_the_world(world_case):
    [run] = [run for run in runs(world_case) if run.detector == "recycled-news"]
    return run.findings


def test_the_old_news_of_the_shipped_world_is_found_and_the_notice_is_evergreen(
    of_the_world, repository
):
    truth = json.loads((repository / "datasets/invented_world/data/truth.json").read_bytes())
    [plant] = [g for g in truth["planted"] if g["name"] == "old_news"]
    assert [f["outcome"] for f in of_the_world] == ["recycled", "evergreen"]
    recycled, evergreen = of_the_world
    assert recycled["subjects"]["posts"] == sorted(plant["posts"])
    assert {r["key"] for r in recycled["evidence"] if r["role"] == "earliest"} == {
        plant["original"]
    }
    assert recycled["measures"]["newness_count"] == 5
    assert recycled["measures"]["lacking_outcome_count"] == 5
    [notice] = [g for g in truth["innocent"] if g["name"] == "weekly_notice"]
    assert set(evergreen["subjects"]["posts"]) < set(notice["posts"])
    assert evergreen["grade"] is None
