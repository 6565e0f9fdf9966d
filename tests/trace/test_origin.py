# SPDX-License-Identifier: GPL-3.0-or-later
import json

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graphkit.ids import canonical_json
from graphkit.tables import CITATIONS, Corpus
from graphkit.trace import candidates
from graphkit.trace.origin import trace_story

SAYS = "苇港大桥主塔出现3条裂缝，昨晚有人听到钢索在响，家在桥边的赶紧绕路！"
CHANGED = "苇港大桥主塔出现13条裂缝，昨晚很多人听到钢索在响，家在桥边的赶紧绕路！"
GONE = "5271930629428128"  # 2026-03-02T00:01:12Z
SHAPE = {
    "query": {"what", "as"},
    "claim": {"claim_id", "posts", "variants"},
    "coverage": {
        "seen_count",
        "unseen_count",
        "dangling_share",
        "declared_repost_count",
        "collected_share",
        "unseen_chain_name_share",
    },
}
ROWS = {
    "nodes": {
        "node_id",
        "state",
        "post_id",
        "account_id",
        "at",
        "precision",
        "kind",
        "text",
        "variant_id",
        "attribution",
        "referred_by_count",
    },
    "edges": {
        "child",
        "parent",
        "cls",
        "p",
        "calibration",
        "span",
        "via",
        "rows",
        "gap_seconds",
        "text_change",
    },
    "candidates": {"node_id", "p", "weakest_link", "reason"},
    "main_amplifiers": {"node_id", "account_id", "reposts_count"},
    "rejected_edges": {"child", "parent", "cls", "reason"},
}


def reposts_of(post_id, *, first, count, text="转发微博"):
    row = {"kind": "repost", "parent_id": post_id, "root_id": post_id, "text": text}
    return [
        {"id": str(first + n), "by": f"u{first + n}", "minute": first + n} | row
        for n in range(count)
    ]


def whole_story():
    """A post with reposts and a relay, a copy of it with its own, and one that names the press."""
    relayed = {"text": "嗯//@u12:转发微博"}
    return [
        {"id": "1", "by": "root", "minute": 0, "text": SAYS, "declared_repost_count": 6},
        *reposts_of("1", first=10, count=5),
        *(row | relayed for row in reposts_of("1", first=20, count=1)),
        {"id": "3", "by": "copier", "minute": 60, "text": CHANGED},
        *reposts_of("3", first=70, count=2),
        {"id": "4", "by": "late", "minute": 200, "text": f"据@press 报道，{CHANGED}"},
        {"id": "5", "by": "press", "minute": 100, "text": "今天全市天气晴朗适合出门散步"},
    ]


@pytest.fixture
def told(corpus_of):
    def trace(*rows, what="1", **options):
        return trace_story(corpus_of(*rows, **options), what).to_json()

    return trace


def test_a_trace_has_the_shape_that_scripts_and_pages_rely_on(told):
    trace = told(*whole_story())
    assert set(trace) == {
        *SHAPE,
        *ROWS,
        "outside_p",
        "outside_calibration",
        "missing_share",
        "source_lost",
        "wrong_sources",
        "may_say_the_same",
        "verdict",
        "aliases",
        "next_steps",
        "first_seen",
        "searched",
    }
    assert {name: set(trace[name]) for name in SHAPE} == SHAPE
    assert {name: set(trace[name][0]) for name in ROWS} == ROWS
    assert set(trace["claim"]["variants"][0]) == {"variant_id", "text", "posts_count", "first_at"}
    assert set(trace["nodes"][0]["attribution"]) == {"state", "target", "span"}
    assert json.loads(canonical_json(trace)) == trace


def test_first_seen_probable_origin_and_amplifiers_are_three_answers(told):
    trace = told(*whole_story())
    assert trace["verdict"] == "named"
    assert trace["candidates"][0] == {
        "node_id": "weiju:1",
        "p": None,
        "weakest_link": "E3",
        "reason": "6 posts lead to it by id or name, 4 by copied text",
    }
    assert trace["first_seen"] == "weiju:1"
    assert trace["main_amplifiers"][0] == {
        "node_id": "weiju:3",
        "account_id": "weiju:copier",
        "reposts_count": 2,
    }
    assert trace["coverage"] == {
        "seen_count": 11,
        "unseen_count": 0,
        "dangling_share": 0.0,
        "declared_repost_count": 6,
        "collected_share": 1.0,
        "unseen_chain_name_share": 0.0,
    }


def test_wordings_come_by_time_with_the_posts_that_pass_them_on(told):
    variants = told(*whole_story())["claim"]["variants"]
    assert [(each["text"], each["posts_count"]) for each in variants] == [
        (SAYS, 7),
        (CHANGED, 3),
        (f"据@press 报道，{CHANGED}", 1),
    ]
    assert variants[1]["first_at"] == "2026-03-10T01:00:00Z"


def test_a_copy_shows_what_changed_and_a_relay_the_words_that_name_it(told):
    edges = {edge["child"]: edge for edge in told(*whole_story())["edges"]}
    assert edges["weiju:3"]["text_change"] == {"added": ["13", "很多"], "dropped": ["3", "有"]}
    assert edges["weiju:20"]["span"] == [1, 8]
    assert edges["weiju:20"]["parent"] == "weiju:12"
    assert edges["weiju:20"]["rows"] == [{"table": "posts", "key": "weiju:20"}]
    assert edges["weiju:10"]["text_change"] is None


def test_a_source_that_never_said_it_is_a_wrong_attribution(told):
    trace = told(*whole_story())
    node = next(node for node in trace["nodes"] if node["node_id"] == "weiju:4")
    assert node["attribution"] == {"state": "wrong", "target": "weiju:press", "span": [0, 7]}
    assert {
        "child": "weiju:4",
        "parent": "account:weiju:press",
        "cls": "E2",
        "reason": "no earlier post of the named account says this",
    } in trace["rejected_edges"]


def test_a_first_post_that_is_gone_is_named_and_dated_by_its_id(told):
    trace = told(*reposts_of(GONE, first=10, count=5), what=GONE)
    assert trace["verdict"] == "named"
    assert trace["candidates"][0]["node_id"] == f"weiju:{GONE}"
    node = trace["nodes"][0]
    assert (node["state"], node["at"]) == ("unseen", "2026-03-02T00:01:12Z")
    assert trace["first_seen"] == "weiju:10"
    assert trace["next_steps"][0] == f"Look for weiju:{GONE}, which is referred to 5 times."


def test_the_next_steps_name_ids_to_fetch_accounts_to_ask_and_words_to_search(told):
    rows = [*whole_story(), {"id": "6", "by": "z", "minute": 300, "text": f"据网传，{SAYS}"}]
    steps = told(*rows[-3:], what="4")["next_steps"]
    assert steps[-3:] == [
        "Ask weiju:press whether it ever said this; posts that credit it: 1.",
        "Ask weiju:late where weiju:4 is from.",
        "Search archives and other platforms for the earliest wording, "
        "“据@press 报道，苇港大桥主塔出现13条裂缝，昨晚很多人”, "
        "before 2026-03-10T03:20:00Z.",
    ]


def refusals(trace):
    assert trace["verdict"] == "not determinable from this data"
    start = "No single origin is named: "
    return [step.removeprefix(start) for step in trace["next_steps"] if step.startswith(start)]


def test_copied_text_and_time_alone_name_nobody(told):
    copies = [{"id": str(n), "by": f"u{n}", "minute": n, "text": SAYS} for n in range(1, 6)]
    assert refusals(told(*copies)) == [
        "only copied text and time lead to the first candidate.",
        "most posts are tied to it by copied text only, and coverage is unknown.",
    ]


def test_a_beginning_with_fewer_reports_than_another_is_not_named(told):
    rows = [
        {"id": "1", "by": "small", "minute": 0, "text": SAYS},
        *reposts_of("1", first=10, count=2),
        {"id": "3", "by": "large", "minute": 60, "text": SAYS},
        *reposts_of("3", first=70, count=9),
    ]
    assert refusals(told(*rows)) == [
        "another beginning has more explicit references than the first candidate."
    ]


def test_a_beginning_that_gives_a_source_itself_is_not_named(told):
    first = {"id": "1", "by": "root", "minute": 0, "text": f"据网传，{SAYS}"}
    trace = told(first, *reposts_of("1", first=10, count=5))
    assert refusals(trace) == [
        "the first candidate itself gives a source that is not among these posts."
    ]


def test_a_parent_that_may_be_a_repost_itself_is_not_named(told):
    rows = [row | {"root_id": None} for row in reposts_of(GONE, first=10, count=5)]
    reason = "whether the first candidate passes on another post is not in the data."
    assert refusals(told(*rows, what=GONE)) == [reason]
    on_x = [row | {"parent_id": "1898990000000000000"} for row in rows]
    assert told(*on_x, what="1898990000000000000", platform="x")["verdict"] == "named"


def test_poor_coverage_names_nobody(told):
    root = {"id": "1", "by": "root", "minute": 0, "text": SAYS, "declared_repost_count": 100}
    trace = told(root, *reposts_of("1", first=10, count=50))
    assert (trace["outside_p"], trace["missing_share"]) == (None, 0.5)
    assert refusals(trace) == ["a fifth or more of what these posts refer to is not in the data."]


def test_a_first_candidate_less_probable_than_not_is_not_named(told, monkeypatch):
    monkeypatch.setattr(
        candidates, "with_probability", lambda rows: rows.with_columns(p=pl.lit(0.49))
    )
    reason = "it is not more probable than not that the first candidate is the first."
    trace = told(*whole_story())
    assert refusals(trace) == [reason]
    assert trace["candidates"][0]["p"] == 0.49


@pytest.mark.parametrize("extra", [{}, {"kind": "repost", "parent_id": "77"}])
def test_posts_that_quote_somebody_who_never_said_it_name_nobody(told, extra):
    forged = [
        {"id": str(n), "by": f"u{n}", "minute": n, "text": f"快看//@victim:{SAYS}", **extra}
        for n in range(10, 16)
    ]
    victim = {"id": "1", "by": "victim", "minute": 0, "text": "今天天气不错适合出门散步看花"}
    for rows in (forged, [victim, *forged]):
        assert told(*rows, what="10")["verdict"] == "not determinable from this data"


def test_a_copy_that_shows_an_earlier_time_does_not_take_the_name(told):
    real = [
        {"id": "5", "by": "real", "minute": 0, "text": SAYS},
        *reposts_of("5", first=10, count=8),
    ]
    earlier = {"id": "9", "by": "victim", "minute": -60, "text": SAYS}
    assert refusals(told(*real, earlier, what="5")) == [
        "only copied text and time lead to the first candidate.",
        "another beginning has more explicit references than the first candidate.",
    ]


def test_a_story_that_is_told_once_has_no_probability(told, monkeypatch):
    monkeypatch.setattr(
        candidates, "with_probability", lambda rows: rows.with_columns(p=pl.lit(0.49))
    )
    trace = told(*whole_story()[:7])
    assert (trace["verdict"], trace["candidates"][0]["p"]) == ("named", None)


def test_of_posts_that_the_clock_leaves_tied_the_one_with_the_common_words_goes_first(told):
    cut = {"time_precision": "minute"}
    rows = [
        {"id": "1", "by": "a", "minute": 0, "text": f"看完手都抖了快转给家人{SAYS}", **cut},
        {"id": "2", "by": "b", "minute": 0, "text": SAYS, **cut},
        {"id": "3", "by": "c", "minute": 0, "text": f"真的假的我天天走这条路{SAYS}", **cut},
        *(row | cut for n in "123" for row in reposts_of(n, first=int(n) * 10, count=1)),
    ]
    names = [each["node_id"] for each in told(*rows)["candidates"]]
    assert names == ["weiju:2", "weiju:1", "weiju:3"]
    later = [row | {"minute": 1} if row["id"] == "2" else row for row in rows]
    assert told(*later)["candidates"][0]["node_id"] == "weiju:1"


def test_a_story_that_is_not_in_the_data_is_an_empty_trace(told):
    trace = told(*whole_story(), what="月亮是方的而且会说话")
    assert (trace["nodes"], trace["edges"], trace["candidates"]) == ([], [], [])
    assert refusals(trace) == ["no post of the data says this."]
    assert trace["first_seen"] is None
    assert trace["coverage"]["dangling_share"] is None


def test_citations_of_the_corpus_are_read_where_it_has_them(corpus_of):
    corpus = corpus_of(*whole_story())
    rows = pl.DataFrame(
        {
            "post_id": ["weiju:4"],
            "citation_no": [0],
            "target_kind": ["post"],
            "target": ["weiju:3"],
            "via": ["import"],
            "rule": ["by-hand"],
            "certainty": [1.0],
            "source_id": ["s"],
        }
    )
    corpus = Corpus(posts=corpus.posts, accounts=corpus.accounts, citations=CITATIONS.conform(rows))
    edges = {edge["child"]: edge for edge in trace_story(corpus, "1").to_json()["edges"]}
    assert edges["weiju:4"]["parent"] == "weiju:3"
    assert edges["weiju:4"]["rows"] == [{"table": "citations", "key": "weiju:4|0"}]


@settings(max_examples=10, deadline=None)
@given(order=st.permutations(range(12)))
def test_the_same_rows_in_any_order_give_the_same_bytes(corpus_of, order):
    rows = whole_story()
    shuffled = [rows[place] for place in order]
    one = trace_story(corpus_of(*rows), "1").to_json()
    other = trace_story(corpus_of(*shuffled), "1").to_json()
    assert canonical_json(one) == canonical_json(other)


def test_other_names_for_the_accounts_change_only_the_names(corpus_of):
    rows = whole_story()
    named = [
        row | {"by": f"n-{row['by']}", "text": row["text"].replace("@", "@n-")} for row in rows
    ]
    one = json.dumps(trace_story(corpus_of(*rows), "1").to_json()["edges"])
    other = json.dumps(trace_story(corpus_of(*named), "1").to_json()["edges"])
    steps = [
        [(e["child"], e["parent"], e["cls"]) for e in json.loads(each)] for each in (one, other)
    ]
    assert steps[0] == steps[1]


def test_a_known_real_cascade_is_reproduced_exactly(weibo, flattened):
    event = weibo["event"].unique().sort()[137]
    rows = weibo.filter(event=event)
    trace = trace_story(flattened(rows), rows["cascade"][0]).to_json()
    found = {e["child"]: e["parent"] for e in trace["edges"] if e["cls"] in ("E1", "E2")}
    true = dict(rows.filter(~pl.col("is_root")).select("post_id", "true_parent").rows())
    assert len(true) == 101
    assert len(set(true.values())) == 7
    assert {child: found[child] for child in true} == true


def test_a_real_first_post_is_found_with_half_of_the_posts_gone(weibo, flattened):
    events = weibo["event"].unique().sort().gather_every(40, offset=3)
    for event in events:
        rows = weibo.filter(event=event)
        kept = rows.filter(~pl.col("is_root")).gather_every(2)
        trace = trace_story(flattened(kept), kept["post_id"][-1]).to_json()
        assert trace["candidates"][0]["node_id"] == rows["cascade"][0]
        assert trace["first_seen"] != rows["cascade"][0]


def test_what_posts_credit_and_is_not_in_the_data_stands_last_and_is_never_named(corpus_of):
    corpus = corpus_of(
        {"id": "1", "by": "a", "minute": 0, "text": f"据北汀通讯报道，{SAYS}"},
        {"id": "2", "by": "b", "minute": 9, "text": f"据北汀通讯报道，{SAYS}速转"},
        {"id": "3", "by": "c", "minute": 20, "text": "", "kind": "repost", "parent_id": "1"},
    )
    trace = trace_story(corpus, "1")
    *posts, last = trace.to_json()["candidates"]
    assert [each["node_id"].split(":")[0] for each in posts] == ["weiju"] * len(posts)
    assert last["node_id"] == "outlet:北汀通讯"
    assert last["p"] is None
    assert last["reason"].startswith("external; 2 posts give it as their source")
    assert trace.origin.verdict == "not determinable from this data"
