# SPDX-License-Identifier: GPL-3.0-or-later
"""What a person reads on the page of a story: the answer first, labels that meet nothing."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from itertools import combinations
from zoneinfo import ZoneInfo

import pytest

from dashboards.app import PAGES
from dashboards.figures.story_tree import GUTTER, Texts, story_figure
from dashboards.parts import View
from dashboards.query import Query
from dashboards.snapshot import snapshot
from dashboards.views.story import changed_text, known_times, placed, time_axis, tree
from dashboards.words import Words
from graphkit.case import add_name, save_trace, traces

START = datetime(2026, 3, 2, tzinfo=UTC)
LABEL = {
    "subject_kind": "post",
    "subject_id": "p:o0",
    "label": "false",
    "labelled_by": "Fact Desk",
    "labelled_at": "2026-03-02T08:11:00Z",
    "retracted_at": "2026-03-03T08:00:00Z",
    "expires_at": None,
    "url": "https://fact.example/1",
    "posts_count": 6,
    "after_count": 3,
    "first_after": "p:r01",
    "before_posting": True,
    "conflicts": ["true (Other Desk)"],
}


def page(case, address):
    path, _, search = address.partition("?")
    query = Query.read(path, search)
    shown = PAGES[path][1](View(snapshot(case.root), query, Words(query.language)))
    return json.dumps(shown, default=lambda part: part.to_plotly_json(), ensure_ascii=False)


@pytest.fixture
def told(new_case, tmp_path):
    """The small case with another trace in which everything is known; a function that saves it."""
    case = new_case(tmp_path)
    [first] = traces(case)

    def save(**changes):
        asked = {"query": {"what": "p:o0", "as": "post"}}
        save_trace(case, first | asked | changes)
        return case

    return save


def candidates(*ps):
    named = zip(("p:gone", "p:o0"), ps, strict=False)
    return [{"node_id": n, "p": p, "weakest_link": "E3", "reason": "rows"} for n, p in named]


def test_the_answer_says_first_runner_up_margin_lost_source_and_what_is_missing(told):
    lost = {"node_id": "p:o0", "parent": "p:gone"}
    case = told(candidates=candidates(0.8, 0.15), source_lost=lost, missing_share=0.25)
    shown = page(case, "/story?what=p:o0")
    assert "Most likely earliest source: account unknown, 2025-05-28 21:20" in shown
    assert "(probability 0.8, measured on other stories)" in shown
    assert "2026-03-02 16:00; 0.65 less probable." in shown
    assert "Its source was first lost at acct-" in shown
    assert "that are missing: 1, at least 25 % of what they refer to." in shown
    assert shown.index("Most likely") < shown.index("The way of the story")


def test_without_probabilities_the_margin_is_counted_in_posts_and_nothing_is_made_up(told):
    shown = page(told(candidates=candidates(None, None)), "/story?what=p:o0")
    assert "(no probability was measured on data like these)" in shown
    assert "1 posts rest directly on the first, 1 on this one" in shown


def test_an_undetermined_origin_is_said_first_and_names_no_source(told):
    verdict = "not determinable from this data"
    shown = page(told(candidates=candidates(None), verdict=verdict), "/story?what=p:o0")
    assert "The origin cannot be told from these rows" in shown
    assert "Undetermined. Earliest candidate, not more than that:" in shown
    assert "There is no runner-up." in shown
    assert "Most likely earliest source" not in shown
    nothing = page(told(candidates=[], verdict=verdict), "/story?what=p:o0")
    assert "Undetermined: no candidate is in these rows." in nothing


def test_a_label_stands_with_who_when_what_came_after_and_that_it_was_taken_back(told):
    shown = page(told(labels=[LABEL]), "/story?what=p:o0")
    block = shown[shown.index("Labels that others gave") :]
    for each in ("Fact Desk", "2026-03-02 16:11", "taken back 2026-03-03 16:00", "3 of 6",
                 "true (Other Desk)", "A label is not the truth"):  # fmt: skip
        assert each in block


def test_a_source_outside_the_data_is_a_candidate_to_check_and_never_the_origin(told):
    nodes = [*told().root.glob("traces/*.json")]
    held = json.loads(nodes[0].read_text("utf-8"))["nodes"]
    outside = held[0] | {
        "node_id": "outlet:Example <b>",
        "account_id": None,
        "state": "external",
        "post_id": None,
    }
    only = [{"node_id": "outlet:Example <b>", "p": None, "weakest_link": None, "reason": "named"}]
    changes = {"nodes": [*held, outside | {"referred_by_count": 7}], "candidates": only}
    shown = page(told(**changes, verdict="not determinable from this data"), "/story?what=p:o0")
    assert "Undetermined: no candidate is in these rows. There is no runner-up." in shown
    assert "Earliest candidate" not in shown
    block = shown[shown.index("Sources outside what was collected") :]
    assert "Example <b>" in block
    assert "outside what was collected" in block
    assert "never the origin" in block


def test_who_is_credited_without_ground_and_what_may_say_the_same_lead_to_rows(told):
    wrong = {"target": "p:8", "posts_count": 4, "first_post": "p:o1", "words": "says @handle3x"}
    same = {"post_id": "p:o2", "why": "same picture", "score": None, "at": None, "text": "Other"}
    shown = page(told(wrong_sources=[wrong], may_say_the_same=[same]), "/story?what=p:o0")
    assert "Credited without a post that says it" in shown
    assert "they are not the origin" in shown
    assert "handle3x" not in shown
    assert "same picture" in shown
    assert "p%3Ao1" in shown
    assert "p%3Ao2" in shown


def test_the_name_in_a_relay_is_withheld_until_its_account_is_named(told):
    alias = {"name": "@old\u200bname", "account_id": "p:1", "accounts_count": 1}
    case = told(aliases=[alias | {"posts": ["p:r00"], "quoted": []}])
    shown = page(case, "/story?what=p:o0")
    assert "withheld, 8 characters" in shown
    assert "old[U+200B]name" not in shown
    add_name(case, "p:1", reason="public office", by="A", is_private=False)
    assert "@old[U+200B]name" in page(case, "/story?what=p:o0")


@pytest.mark.parametrize(
    ("before", "after", "pieces"),
    [
        ("bridge closed", "bridge open now", [("kept", "bridge "), ("dropped", "closed"),
                                              ("added", "open now")]),
        ("大桥有裂缝", "大桥没有裂缝", [("kept", "大桥"), ("added", "没"), ("kept", "有裂缝")]),
        ("", "new", [("added", "new")]),
    ],
)  # fmt: skip
def test_a_changed_text_is_told_in_words_and_chinese_by_characters(before, after, pieces):
    assert list(changed_text(before, after)) == pieces


def test_a_wording_stands_beside_the_first_with_what_it_adds_and_drops(told):
    texts = ["Bridge closed", "Bridge closed tonight"]
    variants = [{"variant_id": t, "text": t, "posts_count": 1, "first_at": None} for t in texts]
    shown = page(told(claim={"posts": [], "variants": variants}), "/story?what=p:o0")
    assert '"Ins"' in shown
    assert " tonight" in shown


def boxes(fig, width):
    """The boxes of all labels and marks in pixels: (is a label, left, top, right, bottom)."""
    x0, x1 = fig.layout.xaxis.range
    y0, y1 = fig.layout.yaxis.range
    plot, high = width - GUTTER - 8, fig.layout.height - 70  # the axis and its texts
    found = []
    for note in fig.layout.annotations:
        text = note.text.removeprefix("<b>").removesuffix("</b>")
        wide = 7.2 * len(text)
        at = plot if note.xref == "paper" else plot * (note.x - x0) / (x1 - x0)
        left = {"left": at, "right": at - wide, None: at - wide / 2}[note.xanchor]
        left += 0 if note.xshift is None else note.xshift
        top = high * (note.y - y1) / (y0 - y1) - 7
        found.append((True, left, top, left + wide, top + 14))
    for trace in fig.data:
        if trace.mode != "markers":
            continue
        for x, y in zip(trace.x, trace.y, strict=True):
            at, down = plot * (x - x0) / (x1 - x0), high * (y - y1) / (y0 - y1)
            half = trace.marker.size / 2
            found.append((False, at - half, down - half, at + half, down + half))
    return found


def meet(a, b):
    return a[1] < b[3] and b[1] < a[3] and a[2] < b[4] and b[2] < a[4]


@pytest.mark.parametrize("width", [250, 320, 700, 1400])
@pytest.mark.parametrize("lanes", [6, 40])
def test_no_label_of_the_tree_meets_a_label_or_a_mark(width, lanes):
    names = ["r", *(f"{kind}{i}" for i in range(lanes) for kind in "ab")]
    minutes = [0, *(m for i in range(lanes) for m in (30_000 * (i % 3) + i, 90_000 + 2 * i))]
    nodes = [
        {"node_id": name, "at": (START + timedelta(minutes=m)).isoformat(), "state": "seen",
         "post_id": name, "attribution": {"state": "named"}}
        for name, m in zip(names, minutes, strict=True)
    ]  # fmt: skip
    up = {name: "r" if name[0] == "a" else f"a{name[1:]}" for name in names[1:]}
    edges = [{"child": c, "parent": p, "cls": "E1", "p": None} for c, p in up.items()]
    story = {"nodes": nodes, "edges": edges, "candidates": [], "main_amplifiers": []}
    drawn = tree(story, most=len(names) - 4)
    axis = time_axis(known_times(drawn))
    shown = {s.node_id for s in drawn.steps}
    labels = {n: f"{i}  acct-0123456789ab" for i, n in enumerate(["r", "a0", "b0"]) if n in shown}
    texts = Texts(notes=dict.fromkeys(shown, "x"), names=labels,
                  zone=ZoneInfo("UTC"), what="r")  # fmt: skip
    found = boxes(story_figure(drawn, axis, x=placed(drawn, axis), texts=texts), width)
    assert sum(each[0] for each in found) >= 4
    assert drawn.left_out == 4
    assert [(a, b) for a, b in combinations(found, 2) if (a[0] or b[0]) and meet(a, b)] == []
