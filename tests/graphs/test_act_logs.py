# SPDX-License-Identifier: GPL-3.0-or-later
"""The logs from which co-action is counted: near texts, citations, posting, deletion, handles."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graphkit.graphs.act_logs import act_log, known_acts, window_of
from graphkit.graphs.coaction import coaction
from graphkit.graphs.lifetimes import lifetimes
from graphkit.graphs.post_actions import post_actions
from graphkit.tables import TABLES, Corpus

NINE = datetime(2026, 3, 10, 9, tzinfo=UTC)
CALL = "the bridge at weigang has fallen into the river please tell everybody"


def rows(name, given):
    schema = {column: spec.dtype for column, spec in TABLES[name].columns.items()}
    return TABLES[name].check(pl.DataFrame(list(given), schema=schema, orient="row"))


def post(post_id, account="x:a", *, at=0, gone=None, **more):
    """A post `at` seconds after nine, deleted at `gone` seconds after nine."""
    plain = {
        "post_id": post_id,
        "account_id": account,
        "platform": "x",
        "created_at": NINE + timedelta(seconds=at),
        "time_precision": "second",
        "kind": "original",
        **{name: [] for name in ("urls", "mentions", "hashtags", "media_hashes")},
        "deleted_at": None if gone is None else NINE + timedelta(seconds=gone),
        "is_seen": True,
        "source_id": "s",
    }
    return plain | more


def corpus(*posts, actions=(), citations=(), **tables):
    table = rows("posts", posts)
    acts = pl.concat([post_actions(table), rows("actions", actions)])
    return Corpus(posts=table, actions=acts, citations=rows("citations", citations), **tables)


def citation(post_id, kind, target, *, no=0, certainty=1.0, rule="r", outlet=None):
    return {
        "post_id": post_id,
        "citation_no": no,
        "target_kind": kind,
        "target": target,
        "outlet": outlet,
        "via": "text",
        "rule": rule,
        "certainty": certainty,
        "source_id": "s",
    }


def objects(log):
    return dict(zip(log["content_id"], log["object_id"], strict=True))


def test_nearly_the_same_text_is_one_object_and_a_short_one_is_none():
    found = act_log(
        corpus(
            post("x:1", text=CALL),
            post("x:2", text=f"{CALL.upper()}!!"),
            post("x:3", text=f"{CALL} now"),
            post("x:4", text="something else is said in here, at some length"),
            post("x:5", text="good day"),
        ),
        "near_text",
    )
    of = objects(found)
    assert of["x:1"] == of["x:2"] == of["x:3"] != of["x:4"]
    assert "x:5" not in of
    assert set(found["act"]) == {"near_text"}
    assert found.select("table", "action_id").row(0) == ("actions", "x:1#text#0")


def test_the_name_of_a_near_text_does_not_depend_on_who_posted_it_or_in_what_order():
    texts = [CALL, f"{CALL} now", f"{CALL} today", CALL]
    one = corpus(*(post(f"x:{n}", text=text) for n, text in enumerate(texts)))
    other = corpus(*(post(f"x:{9 - n}", text=text) for n, text in enumerate(texts[::-1])))
    names = {act_log(each, "near_text")["object_id"].unique().item() for each in (one, other)}
    assert len(names) == 1


def test_hashtags_and_mentions_are_the_same_in_any_case_and_with_invisible_characters():
    log = corpus(
        post("x:1", hashtags=["Bridge", "bridge", "\u200b"], mentions=["Lin"]),
        post("x:2", hashtags=["ＢＲＩＤＧＥ\ufe0f"], mentions=["@lin\u2060"]),
    )
    assert act_log(log, "hashtag")["object_id"].to_list() == ["bridge", "bridge"]
    assert act_log(log, "mention")["object_id"].to_list() == ["lin", "lin"]


def test_texts_that_differ_in_invisible_characters_are_the_same_text():
    log = corpus(post("x:1", text=CALL), post("x:2", text="\ufe0f\u200b".join(CALL)))
    assert act_log(log, "text")["object_id"].n_unique() == 1


def test_an_imported_action_with_an_empty_object_is_no_action():
    empty = {"account_id": "x:a", "act": "share", "time_precision": "second", "source_id": "s"}
    imported = [
        {**empty, "action_id": str(n), "object_id": o} for n, o in enumerate(("", " ", "o"))
    ]
    log = act_log(corpus(actions=imported), "share")
    assert log.select("object_id", "table").rows() == [("o", "actions")]


def test_what_a_post_names_as_its_source_is_the_object_of_a_citation():
    log = act_log(
        corpus(
            *(post(f"x:{n}") for n in range(7)),
            post("x:8", kind="repost", parent_id="x:1"),
            citations=[
                citation("x:0", "url", "https://a.example/1", outlet="a.example"),
                citation("x:1", "outlet", "Harbour News"),
                citation("x:2", "outlet", "harbour news\u200b", outlet="Harbour NEWS"),
                citation("x:3", "account", "x:b"),
                citation("x:4", "vague", None),
                citation("x:5", "account", "x:b", certainty=0.79),
                citation("x:6", "post", "x:b"),
                citation("x:8", "post", "x:1", rule="parent-id"),
            ],
        ),
        "citation",
    )
    assert log.select("action_id", "object_id").rows() == [
        ("x:0|0", "url:https://a.example/1"),
        ("x:1|0", "outlet:harbour news"),
        ("x:2|0", "outlet:harbour news"),
        ("x:3|0", "account:x:b"),
        ("x:6|0", "post:x:b"),
    ]
    assert set(log["table"]) == {"citations"}


def test_posting_at_the_same_time_counts_once_an_hour_however_much_is_posted():
    often = [post(f"x:{who}{n}", f"x:{who}", at=n) for who in "ab" for n in range(20)]
    later = [post(f"x:{who}l", f"x:{who}", at=3_600 + ord(who) - 97) for who in "ab"]
    log = act_log(corpus(*often, *later), "posting")
    [edge] = coaction(log, within=timedelta(seconds=60)).edges.to_dicts()
    assert (edge["objects_count"], edge["pairs_count"]) == (2, 401)


@pytest.mark.parametrize(
    ("first", "second", "met"),
    [(0, 60, True), (0, 61, False), (2_240, 2_249, True), (2_249, 2_250, False)],
)
def test_the_window_of_posting_is_inclusive_and_cut_at_37_minutes_30(first, second, met):
    log = act_log(corpus(post("x:1", "x:a", at=first), post("x:2", "x:b", at=second)), "posting")
    assert coaction(log, within=timedelta(seconds=60)).edges.height == met


def test_posts_made_together_and_deleted_in_one_hour_meet_and_kept_ones_do_not():
    log = act_log(
        corpus(
            post("x:1", "x:a", at=0, gone=70),
            post("x:2", "x:b", at=9, gone=95),
            post("x:3", "x:c", at=9, gone=8_000),
            post("x:4", "x:d", at=9),
            post("x:5", "x:e", at=9),
        ),
        "deletion",
    )
    edges = coaction(log, within=timedelta(seconds=60)).edges
    assert edges.select("a", "b").rows() == [("x:a", "x:b")]
    assert log.height == 5


def test_a_log_without_a_plausible_deletion_is_empty():
    assert act_log(corpus(post("x:1"), post("x:2", gone=-5)), "deletion").is_empty()


def faults(*posts, **tables):
    found = lifetimes(corpus(*posts, **tables))
    return dict(zip(found["post_id"], found["fault"], strict=True))


def test_the_life_of_a_post_is_the_time_from_making_to_deletion():
    [life] = lifetimes(corpus(post("x:1", at=5, gone=60))).to_dicts()
    assert (life["life_seconds"], life["fault"]) == (55.0, None)


def test_a_deletion_without_a_known_creation_or_before_it_is_not_plausible():
    assert faults(post("x:1", gone=61, time_precision="minute"), post("x:2", at=90, gone=62)) == {
        "x:1": "creation unknown",
        "x:2": "before creation",
    }


def test_a_deletion_at_the_time_of_a_collection_is_its_discovery():
    seen = post("x:2", collected_at=NINE + timedelta(seconds=61))
    assert faults(post("x:1", gone=61), seen) == {"x:1": "time of collection"}
    assert faults(post("r:1", gone=61, platform="reddit")) == {"r:1": "time of collection"}


def test_deletions_that_all_end_on_the_minute_are_not_known_to_the_second():
    found = faults(*(post(f"x:{n}", f"x:{n}", gone=60 * (n + 1)) for n in range(3)))
    assert set(found.values()) == {"whole minutes"}


def test_one_deletion_time_for_posts_of_many_ages_is_a_pass_of_the_collector():
    found = faults(*(post(f"x:{n}", f"x:{n}", at=-1_800 * n, gone=61) for n in range(3)))
    assert set(found.values()) == {"many ages"}


def test_one_deletion_time_of_many_accounts_with_none_around_it_is_a_lone_peak():
    found = faults(*(post(f"x:{n}", f"x:{n}", gone=61) for n in range(3)))
    assert set(found.values()) == {"lone peak"}


def test_a_burst_of_deletions_over_many_seconds_is_plausible():
    burst = [post(f"x:{n}", f"x:{n}", at=n % 7, gone=61 + n % 40) for n in range(160)]
    assert set(faults(*burst).values()) == {None}


def test_a_handle_that_went_from_one_account_to_another_meets_at_any_time():
    accounts = [
        {"account_id": f"x:{n}", "platform": "x", "handle": "moon", "source_id": f"f{n}"}
        for n in range(2)
    ]
    plain = {"file": "f", "sha256": "0", "importer": "i", "collection": "stream"}
    counts = dict.fromkeys(("rows_read", "accepted", "duplicate", "rejected"), 1)
    files = [
        {"source_id": f"f{n}", "collected_at": NINE + timedelta(days=n), **plain, **counts}
        for n in range(2)
    ]
    log = act_log(
        Corpus(accounts=rows("accounts", accounts), sources=rows("sources", files)), "handle"
    )
    within = window_of("handle", timedelta(seconds=60))
    [edge] = coaction(log, within=within).edges.to_dicts()
    assert (edge["a"], edge["b"], edge["median_lag_seconds"]) == ("x:0", "x:1", 86_400.0)
    assert window_of("url", timedelta(seconds=60)) == timedelta(seconds=60)


def test_the_acts_of_a_corpus_are_those_stored_and_those_that_its_tables_may_hold():
    one = corpus(post("x:1", text=CALL), citations=[citation("x:1", "account", "x:b")])
    assert known_acts(one) == ["citation", "near_text", "posting", "text"]
    assert known_acts(Corpus()) == []


@pytest.mark.parametrize("act", ["near_text", "citation", "posting", "deletion", "handle"])
def test_an_empty_corpus_has_an_empty_log(act):
    assert act_log(Corpus(), act).is_empty()


@settings(max_examples=15, deadline=None)
@given(st.permutations(range(6)))
def test_the_order_of_rows_changes_no_log(order):
    posts = [
        post(f"x:{n}", f"x:{n % 3}", at=n, gone=70 + 3 * n, text=f"{CALL} {n}", hashtags=["A", "a"])
        for n in range(6)
    ]
    cited = [citation(f"x:{n}", "account", "x:b") for n in range(6)]
    one = corpus(*posts, citations=cited)
    other = corpus(*(posts[n] for n in order), citations=[cited[n] for n in order])
    for act in ("near_text", "citation", "posting", "deletion", "hashtag"):
        assert act_log(one, act).equals(act_log(other, act))
