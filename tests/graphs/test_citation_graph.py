# SPDX-License-Identifier: GPL-3.0-or-later
"""Citations as a graph of posts: edges, ends, stories, and where chains end."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import polars as pl
import pytest

from graphkit.graphs.chain_roots import group_roots
from graphkit.graphs.chained_loops import Reach, chained_loops
from graphkit.graphs.citation import SameClaim, account_citations, citation_graph
from graphkit.graphs.citation_support import citation_support
from graphkit.graphs.grounding import (
    decided_share,
    end_states,
    flows,
    story_bounds,
    traceability,
)
from graphkit.tables import ACCOUNTS, CITATIONS, LABELS, POSTS, Corpus

START = datetime(2026, 3, 2, tzinfo=UTC)
CLAIM = "the old bridge over the river mouth closes for repairs on the first of may"


def table(schema, rows):
    frame = pl.DataFrame([{"source_id": "s", **row} for row in rows], infer_schema_length=None)
    return schema.conform(frame) if rows else schema.empty()


def corpus_of(posts, citations=(), *, labels=(), owners=None):
    """Posts as (id, account, minute, fields), citations as (post, kind, target, fields)."""
    listed = {name: [] for name in ("urls", "mentions", "hashtags", "media_hashes")}
    post_rows = [
        {"post_id": p, "account_id": a, "platform": "t", "time_precision": "second",
         "kind": "original", "is_seen": True, **listed,
         "created_at": None if m is None else START + timedelta(minutes=m), **more}
        for p, a, m, more in posts
    ]  # fmt: skip
    number = {}
    citation_rows = []
    for p, kind, target, more in citations:
        number[p] = number.get(p, -1) + 1
        row = {"post_id": p, "citation_no": number[p], "target_kind": kind, "target": target}
        citation_rows.append({**row, "via": "text", "rule": "r", "certainty": 1.0, **more})
    accounts = [
        {"account_id": a, "platform": "t", "declared_owner": (owners or {}).get(a)}
        for a in sorted({a for _, a, _, _ in posts})
    ]
    return Corpus(
        accounts=table(ACCOUNTS, accounts),
        posts=table(POSTS, post_rows),
        citations=table(CITATIONS, citation_rows),
        labels=table(LABELS, [dict(row) for row in labels]),
    )


def edges_of(graph):
    ids = graph.posts["post_id"]
    return [(ids[p], ids[q]) for p, q in graph.edges.select("citing_no", "cited_no").rows()]


def states_of(graph):
    return graph.ends.select("post_id", "state").rows()


def test_a_citation_points_to_an_earlier_post_and_a_later_one_is_set_aside():
    corpus = corpus_of(
        [("p1", "a", 0, {}), ("p2", "b", 1, {}), ("p3", "c", 2, {})],
        [("p2", "post", "p1", {}), ("p2", "post", "p3", {}), ("p3", "post", "p2", {})],
    )
    graph = citation_graph(corpus)
    assert edges_of(graph) == [("p2", "p1"), ("p3", "p2")]
    assert graph.backward.rows() == [("p2", 1, "p3")]
    assert ("p2", "unobserved") in states_of(graph)


def test_posts_of_one_time_stand_in_the_order_of_their_numbers():
    corpus = corpus_of([("t:10", "a", 0, {}), ("t:9", "b", 0, {})], [("t:10", "post", "t:9", {})])
    assert edges_of(citation_graph(corpus)) == [("t:10", "t:9")]


def test_who_cites_a_plain_repost_cites_what_it_reposts():
    repost = {"kind": "repost"}
    corpus = corpus_of(
        [
            ("p1", "a", 0, {}),
            ("r1", "b", 1, {**repost, "parent_id": "p1"}),
            ("r2", "c", 2, {**repost, "parent_id": "r1"}),
            ("p2", "d", 3, {}),
            ("r3", "d", 4, {**repost, "parent_id": "gone"}),
            ("p3", "e", 5, {}),
        ],
        [("r1", "post", "p1", {}), ("p2", "post", "r2", {}), ("p3", "post", "r3", {})],
    )
    graph = citation_graph(corpus)
    assert graph.posts["post_id"].to_list() == ["p1", "p2", "p3"]
    assert edges_of(graph) == [("p2", "p1")]
    assert states_of(graph) == [("p1", "unobserved"), ("p3", "unobserved")]


def test_a_named_account_is_its_latest_earlier_post_that_tells_the_same():
    posts = [
        ("p1", "a", 0, {"text": f"{CLAIM}, says the harbour office"}),
        ("p2", "a", 5, {"text": f"once more: {CLAIM}"}),
        ("p3", "a", 6, {"text": "a recipe for plum dumplings with sugar and cinnamon on top"}),
        ("p4", "b", 9, {"text": f"according to a, {CLAIM}"}),
        ("p5", "c", 9, {"text": "an evening of quiet fishing near the southern breakwater"}),
    ]
    rows = [("p4", "account", "a", {}), ("p5", "account", "a", {})]
    graph = citation_graph(corpus_of(posts, rows))
    assert edges_of(graph) == [("p4", "p2")]
    assert graph.edges["is_inferred"].to_list() == [True]
    assert ("p5", "claimed") in states_of(graph)
    near = SameClaim(look_back=timedelta(minutes=3))
    assert edges_of(citation_graph(corpus_of(posts, rows), near)) == []


def test_a_post_that_names_the_account_whose_post_it_cites_cites_once():
    corpus = corpus_of(
        [("p1", "a", 0, {}), ("p2", "b", 1, {})],
        [
            ("p2", "post", "p1", {}),
            ("p2", "account", "a", {}),
            ("p2", "post", "p1", {"via": "link"}),
        ],
    )
    graph = citation_graph(corpus)
    assert edges_of(graph) == [("p2", "p1")]
    assert graph.ends.filter(post_id="p2").is_empty()


@pytest.mark.parametrize(
    ("kind", "target", "more", "state"),
    [
        ("none", None, {}, "vague_or_none"),
        ("vague", None, {}, "vague_or_none"),
        ("outlet", "The Echo", {}, "claimed"),
        ("url", "https://a.example", {}, "claimed"),
        ("account", "t:unknown", {}, "claimed"),
        ("post", "t:unknown", {}, "unobserved"),
        ("post", "p0", {"support": "contradicts"}, "claimed"),
        ("none", None, {"certainty": 0.0}, "unobserved"),
    ],
)
def test_a_chain_ends_where_no_earlier_post_is_cited(kind, target, more, state):
    corpus = corpus_of([("p0", "a", 0, {}), ("p1", "b", 1, {})], [("p1", kind, target, more)])
    graph = citation_graph(corpus)
    assert graph.edges.is_empty()
    assert graph.ends.filter(post_id="p1")["state"].to_list() == [state]


def test_a_post_without_any_row_was_not_read_unless_it_is_a_reply():
    corpus = corpus_of([("p0", "a", 0, {}), ("p1", "b", 1, {"kind": "reply"})])
    assert states_of(citation_graph(corpus)) == [("p0", "unobserved"), ("p1", "vague_or_none")]


def test_a_story_is_a_tree_of_first_citations_and_trees_of_one_text_are_one():
    corpus = corpus_of(
        [
            ("p1", "a", 0, {"text": CLAIM}),
            ("p2", "b", 1, {}),
            ("p3", "c", 2, {"text": "entirely other news about trams and their new timetable"}),
            ("p4", "d", 3, {"text": f"{CLAIM}!"}),
        ],
        [("p2", "post", "p1", {}), ("p4", "none", None, {})],
    )
    graph = citation_graph(corpus)
    assert graph.posts["story_no"].to_list() == [0, 0, 2, 0]
    apart = citation_graph(corpus, SameClaim(similarity=None))
    assert apart.posts["story_no"].to_list() == [0, 0, 2, 3]


def chain(roots, *, labels=(), owners=None):
    """Three posts c -> b -> a on the same claim, of which a's citations are `roots`."""
    posts = [
        ("p1", "a", 0, {"text": CLAIM}),
        ("p2", "b", 1, {"text": CLAIM}),
        ("p3", "c", 2, {"text": CLAIM}),
    ]
    cites = [("p2", "post", "p1", {}), ("p3", "post", "p2", {})]
    rows = [("p1", kind, target, {}) for kind, target in roots]
    return corpus_of(posts, [*rows, *cites], labels=labels, owners=owners)


def masses(corpus, register, post):
    graph = citation_graph(corpus)
    states = end_states(flows(corpus, graph)[register])
    number = graph.posts["post_id"].to_list().index(post)
    row = states.row(number, named=True)
    return {k: v for k, v in row.items() if v and k != "post_no"}


LABEL = {
    "subject_kind": "account", "subject_id": "a", "label": "official", "source_line": 1,
}  # fmt: skip


def test_masses_split_by_certainty_and_sum_to_one():
    corpus = chain([("outlet", "The Echo"), ("vague", None), ("post", "gone"), ("none", None)])
    assert masses(corpus, "none", "p3") == {
        "claimed": 0.25, "unobserved": 0.25, "unread": 0.25, "nowhere": 0.25,
    }  # fmt: skip


def test_registers_differ_in_what_they_believe():
    outlet = chain([("outlet", "The Echo")])
    assert masses(outlet, "none", "p3") == {"claimed": 1.0}
    assert masses(outlet, "investigator", "p3") == {"claimed": 1.0}
    assert masses(outlet, "outlets", "p3") == {"verified": 1.0}
    official = chain([("none", None)], labels=[LABEL])
    assert masses(official, "none", "p3") == {"unread": 1.0}
    assert masses(official, "investigator", "p3") == {"verified": 1.0}
    retracted = chain([("none", None)], labels=[{**LABEL, "retracted_at": START}])
    assert masses(retracted, "investigator", "p3") == {"unread": 1.0}


@pytest.mark.parametrize("register", ["none", "investigator", "outlets"])
@pytest.mark.parametrize("support", ["silent", "contradicts"])
def test_a_source_that_is_known_not_to_say_it_grounds_nothing(register, support):
    outlet = {**LABEL, "subject_kind": "outlet", "subject_id": "The Echo"}
    posts = [("p0", "a", 0, {}), ("p1", "b", 1, {}), ("p2", "b", 2, {})]
    rows = [
        ("p1", "outlet", "The Echo", {"support": support}),
        ("p2", "post", "p0", {"support": support}),
    ]
    corpus = corpus_of(posts, rows, labels=[LABEL, outlet])
    assert masses(corpus, register, "p1") == {"nowhere": 1.0}
    assert masses(corpus, register, "p2") == {"nowhere": 1.0}


def test_a_registered_outlet_is_known_by_its_addresses_and_its_saved_pages():
    outlet = {**LABEL, "subject_kind": "outlet", "subject_id": "echo.example"}
    posts = [("p1", "web:echo.example", 0, {"text": CLAIM}), ("p2", "b", 1, {"text": CLAIM})]
    at_hand = corpus_of(posts, [("p2", "post", "p1", {})], labels=[outlet])
    assert masses(at_hand, "investigator", "p2") == {"verified": 1.0}
    address = ("p2", "url", "https://echo.example/1", {"outlet": "echo.example"})
    for support, state in (("supports", "verified"), (None, "claimed")):
        cited = (*address[:3], {**address[3], "support": support})
        assert masses(corpus_of(posts, [cited], labels=[outlet]), "investigator", "p2") == {
            state: 1.0
        }


def test_a_source_that_gives_another_number_does_not_ground_the_claim():
    posts = [
        ("p1", "a", 0, {"text": f"{CLAIM} and 12 boats are held"}),
        ("p2", "b", 1, {"text": f"{CLAIM} and 21 boats are held"}),
    ]
    corpus = corpus_of(posts, [("p2", "post", "p1", {})], labels=[LABEL])
    assert masses(corpus, "investigator", "p2") == {"claimed": 1.0}


def test_support_is_read_from_both_texts():
    texts = pl.DataFrame(
        {
            "post_no": [0, 1, 2, 3, 4],
            "text": [
                f"{CLAIM}, says the harbour office of Port Gray",
                CLAIM,
                f"{CLAIM}, says the office of Old Harbour",
                "an evening of quiet fishing near the southern breakwater",
                None,
            ],
        }
    )
    pairs = pl.DataFrame({"citing_no": [1, 2, 3, 4], "cited_no": [0, 0, 0, 0]})
    found = citation_support(pairs, texts)
    assert found.select("citing_no", "support").rows() == [
        (1, "supports"), (2, "contradicts"), (3, "silent"), (4, "unseen"),
    ]  # fmt: skip
    assert found["missing"].to_list()[1] == ["old harbour"]


def test_a_registered_source_is_claimed_until_its_text_is_seen_to_hold_the_claim():
    posts = [
        ("p1", "a", 0, {"text": "the council met on tuesday and adjourned without a vote"}),
        ("p2", "b", 1, {"text": CLAIM}),
    ]
    corpus = corpus_of(posts, [("p2", "post", "p1", {})], labels=[LABEL])
    assert masses(corpus, "investigator", "p2") == {"claimed": 1.0}
    supported = corpus_of(posts, [("p2", "post", "p1", {"support": "supports"})], labels=[LABEL])
    assert masses(supported, "investigator", "p2") == {"verified": 1.0}


def bounds_of(corpus):
    """Bounds of p3's chain for a group of b and c, and for one of a and c."""
    graph = citation_graph(corpus)
    flow = flows(corpus, graph)["investigator"]
    starts = pl.DataFrame({"group_no": [0, 1], "post_no": [2, 2]})
    inside = pl.DataFrame({"group_no": [0, 0, 1, 1], "account_no": [1, 2, 0, 2]})
    return traceability(flow, starts, inside).rows()


def test_no_register_verifies_what_a_member_says_and_no_reader_rules_out_a_source():
    named_nobody = chain([("none", None)], labels=[LABEL])
    assert bounds_of(named_nobody) == [(0, 2, 1.0, 1.0), (1, 2, 0.0, 1.0)]
    assert bounds_of(chain([("vague", None)])) == [(0, 2, 0.0, 0.0), (1, 2, 0.0, 0.0)]
    own_account = chain([("account", "c")])
    assert bounds_of(own_account) == [(0, 2, 0.0, 0.0), (1, 2, 0.0, 0.0)]


def test_the_limit_over_stories_is_that_of_clopper_and_pearson_for_zeros_and_ones():
    def bound(values):
        numbers = list(range(len(values)))
        internal = pl.DataFrame({"group_no": 0, "cited_no": numbers, "story_no": numbers})
        known = internal.select("group_no", "cited_no", lower=pl.lit(0.0), upper=pl.Series(values))
        return story_bounds(internal, known, traceable=0.5, seed=1).row(0, named=True)

    few, many, mixed = bound([0.0] * 3), bound([0.0] * 14), bound([0.0] * 10 + [1.0] * 4)
    limits = [few["bound"], many["bound"], mixed["bound"]]
    assert limits == pytest.approx([0.708, 0.232, 0.581], abs=0.03)
    assert few["p_traceable"] == pytest.approx(0.125, abs=0.02)
    assert bound([0.3] * 14)["bound"] < bound([0.0, 1.0, 0.0, 0.0, 0.5, 0.5, 0.1] * 2)["bound"]


def test_the_share_of_decided_posts_counts_citing_posts_only():
    posts = [(f"p{n}", "abcd"[n], n, {}) for n in range(4)]
    rows = [("p0", "none", None, {}), ("p1", "vague", None, {}), ("p2", "outlet", "The Echo", {}),
            ("p3", "post", "p1", {})]  # fmt: skip
    corpus = corpus_of(posts, rows)
    graph = citation_graph(corpus)
    by_register = flows(corpus, graph)
    assert decided_share(graph, by_register["none"]) == pytest.approx(2 / 3)
    assert decided_share(graph, by_register["outlets"]) == 1


def test_roots_of_one_controller_are_one_and_carriers_are_counted():
    posts = [("p0", "a", 0, {}), ("p1", "b", 1, {}), ("p2", "c", 2, {}), ("p3", "d", 3, {})]
    cites = [("p2", "post", "p0", {}), ("p2", "post", "p1", {}), ("p3", "post", "p2", {})]
    internal = pl.DataFrame(
        {"group_no": [0, 0], "story_no": [0, 0], "a": [2, 3], "b": [0, 2], "cited_no": [0, 2]}
    )
    apart = group_roots(citation_graph(corpus_of(posts, cites)), internal).row(0, named=True)
    assert apart["carriers_per_story"] == 3
    assert apart["effective_roots"] == pytest.approx(1 / (0.75**2 + 0.25**2))
    one = corpus_of(posts, cites, owners={"a": "O", "b": "O"})
    assert group_roots(citation_graph(one), internal)["effective_roots"].to_list() == [1.0]


def test_a_declared_family_that_quotes_itself_makes_no_loop():
    posts = [(f"p{n}", "ab"[n % 2], n, {}) for n in range(3)]
    cites = [(f"p{n}", "post", f"p{n - 1}", {}) for n in (1, 2)]
    graph = citation_graph(corpus_of(posts, cites, owners={"a": "O", "b": "O"}))
    loops, _ = chained_loops(graph.edges, graph.posts, reach=Reach())
    assert loops.select("start_no", "hop", "citing_no", "cited_no").rows() == [
        (2, 1, 2, 1),
        (2, 2, 1, 0),
    ]
    contracted, _ = chained_loops(graph.edges, graph.posts, author="controller_no", reach=Reach())
    assert contracted.is_empty()


def test_a_chain_longer_than_the_window_is_no_loop():
    posts = [("p0", "a", 0, {}), ("p1", "b", 10, {}), ("p2", "a", 60, {})]
    graph = citation_graph(corpus_of(posts, [("p1", "post", "p0", {}), ("p2", "post", "p1", {})]))
    for minutes, hops in ((60, 2), (59, 0)):
        reach = Reach(window=timedelta(minutes=minutes))
        assert chained_loops(graph.edges, graph.posts, reach=reach)[0].height == hops


def test_edges_of_accounts_show_the_rows_that_they_are_made_of():
    posts = [("p0", "a", 0, {}), ("p1", "b", 1, {}), ("p2", "b", 2, {}), ("p3", "a", 3, {})]
    cites = [("p1", "post", "p0", {}), ("p2", "post", "p0", {}), ("p3", "post", "p0", {})]
    edges, evidence = account_citations(citation_graph(corpus_of(posts, cites)))
    assert edges.select("citing_account", "cited_account", "citations_count").rows() == [
        ("b", "a", 2)
    ]
    assert evidence.rows() == [("b", "a", "p1", 0, "p0"), ("b", "a", "p2", 0, "p0")]
