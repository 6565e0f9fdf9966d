# SPDX-License-Identifier: GPL-3.0-or-later
import pytest

from graphkit.bundle.report_trace import trace_section

SAYS = "the bridge is cracking"


def node(name, at, state="seen", text=SAYS):
    return {"node_id": name, "post_id": name, "at": at, "state": state, "text": text}


def edge(child, parent, cls="E3", via="text"):
    return {"child": child, "parent": parent, "cls": cls, "via": via, "p": None}


@pytest.fixture
def trace():
    nodes = [
        node("p:gone", "2026-03-01T00:00:00Z", "unseen"),
        node("p:first", "2026-03-01T00:05:00Z", text="really?"),
        node("p:copy", "2026-03-01T00:09:00Z", text="<b>hurry</b> the bridge is cracking"),
        node("p:late", "2026-03-02T00:00:00Z"),
    ]
    steps = [edge("p:late", "p:copy"), edge("p:copy", "p:gone"), edge("p:first", "p:gone", "E1")]
    wrong = {"target": "p:press", "posts_count": 21, "first_post": "p:late"}
    wrong["words"] = "the press says"
    return {
        "query": {"what": "p:late", "as": "post"},
        "verdict": "named",
        "first_seen": "p:first",
        "candidates": [{"node_id": "p:gone", "p": None, "reason": "not in the data; 7 posts"}],
        "main_amplifiers": [{"node_id": "p:copy", "account_id": "p:9", "reposts_count": 1234}],
        "nodes": nodes,
        "edges": steps,
        "outside_p": 0.25,
        "outside_calibration": "the first copy was outside in 1 of 4 traces",
        "missing_share": 0.2,
        "coverage": {"seen_count": 3},
        "rejected_edges": [],
        "searched": [{"where": "Wayback", "query": "bridge", "found": 0}],
        "next_steps": ["Look for p:gone."],
        "source_lost": {"node_id": "p:copy", "parent": "p:gone"},
        "wrong_sources": [wrong],
        "may_say_the_same": [
            {"post_id": "p:x", "why": "similar words", "score": 0.5, "at": None, "text": "cracks!"}
        ],
    }  # fmt: skip


def order(page, *parts):
    places = [page.index(part) for part in parts]
    assert places == sorted(places)


def test_first_seen_origin_and_amplifiers_stand_side_by_side_with_what_was_not_found(trace):
    page = trace_section(trace)
    order(page, "First seen in these data", "p:first", "Probable origin", "(not in the data)",
          "p:gone", "Main amplifiers", "1,234")  # fmt: skip
    assert "Earliest known appearance: 2026-03-01T00:00:00Z, a post that is not in the data" in page
    assert "0.25 (the first copy was outside in 1 of 4 traces)" in page
    assert "at least 20%" in page
    order(page, "What was searched outside these data", "Wayback", "not found")


def test_the_hop_that_lost_the_source_and_the_credited_outlet_are_named(trace):
    page = trace_section(trace)
    lost = page[page.index("Where the source was lost") : page.index("The way back")]
    order(lost, "2026-03-01T00:09:00Z", "p:copy repeats the words of p:gone", "21 posts", "p:press")
    order(lost, "p:press", "the press says", "p:late")


def test_the_way_back_goes_from_the_post_asked_for_to_where_it_ends(trace):
    page = trace_section(trace)
    way = page[page.index("The way back") : page.index("Candidates")]
    order(way, "p:late", "asked for", "p:copy", "copied text", "p:gone", "not in the data")


def test_texts_are_shown_as_text(trace):
    assert "<b>" not in trace_section(trace)


def test_an_undetermined_origin_names_nobody_above_the_candidates(trace):
    trace["verdict"] = "not determinable from this data"
    page = trace_section(trace)
    assert "No single origin: not determinable from this data" in page
    assert "p:gone" not in page[page.index("Probable origin") : page.index("Main amplifiers")]


def test_a_trace_of_an_earlier_version_is_still_shown(trace):
    for name in ("source_lost", "wrong_sources", "may_say_the_same", "missing_share",
                 "outside_calibration"):  # fmt: skip
        del trace[name]
    page = trace_section(trace)
    assert "Where the source was lost" not in page
    assert "Began outside these data: 0.25" in page
