# SPDX-License-Identifier: GPL-3.0-or-later
"""The lanes of a story: one part for each wording, named by the words that set it apart."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dashboards.app import PAGES
from dashboards.figures.story_tree import narrow, rows_of
from dashboards.pages.story_wordings import set_apart
from dashboards.parts import View
from dashboards.query import Query
from dashboards.snapshot import snapshot
from dashboards.views.story import backbone, tree
from dashboards.views.story_lanes import wordings
from dashboards.words import Words
from graphkit.case import create_case, save_trace, traces
from graphkit.investigation.ingesting import ingest
from graphkit.investigation.shipped import dataset
from graphkit.investigation.tracing import trace_story
from graphkit.investigation.wordings import wording_classes

START = datetime(2026, 3, 2, tzinfo=UTC)
BRIDGE = "The old bridge over the river has 3 cracks in its main tower, take another way home"
MORE = BRIDGE.replace("3 cracks", "13 deep cracks")
OTHER = "Nobody may enter the harbour tonight because of a ship that lies across its entrance"


def variant(name, text, minutes, posts=1):
    at = (START + timedelta(minutes=minutes)).isoformat()
    return {"variant_id": name, "text": text, "posts_count": posts, "first_at": at}


def node(name, minutes, variant_id):
    at = (START + timedelta(minutes=minutes)).isoformat()
    return {"node_id": name, "at": at, "state": "seen", "variant_id": variant_id,
            "attribution": {"state": "named"}}  # fmt: skip


def story(nodes, edges, variants, candidates=()):
    return {
        "nodes": nodes,
        "edges": [{"child": c, "parent": p, "cls": cls, "p": None} for c, p, cls in edges],
        "claim": {"variants": variants},
        "candidates": [{"node_id": each} for each in candidates],
        "main_amplifiers": [],
    }


@pytest.fixture
def small():
    """Two branches of a text, a remark on it, a changed number copied twice, a post unknown."""
    variants = [
        variant("v1", BRIDGE, 0, posts=3),
        variant("v2", f"{BRIDGE} really? Poor us", 5),
        variant("v3", MORE, 6, posts=2),
    ]
    nodes = [
        *(node(n, i, "v1") for i, n in enumerate("abc")),
        node("d", 5, "v2"),
        *(node(n, 6 + i, "v3") for i, n in enumerate("ef")),
        node("u", 9, None),
    ]
    edges = [("b", "a", "E1"), ("c", "b", "E1"), ("d", "a", "E1"), ("e", "b", "E3"),
             ("f", "e", "E1"), ("u", "e", "E2")]  # fmt: skip
    return story(nodes, edges, variants)


def test_a_remark_makes_no_wording_and_another_number_does():
    variants = [
        variant("v1", BRIDGE, 0, posts=3),
        variant("v2", f"{BRIDGE} really? Poor us", 5, posts=9),
        variant("v3", MORE, 6),
        variant("v4", None, 7),
        variant("v5", BRIDGE[:50], 8),
    ]
    found = wording_classes(variants)
    assert found == {"v1": "v2", "v2": "v2", "v3": "v3", "v4": "v4", "v5": "v2"}
    assert wording_classes([]) == {}


@settings(max_examples=20, deadline=None)
@given(st.permutations(range(6)))
def test_the_classes_of_wordings_are_the_same_in_any_order(order):
    texts = [BRIDGE, f"{BRIDGE} no", MORE, f"Look: {MORE}", OTHER, f"{OTHER} yes"]
    variants = [variant(f"v{i}", text, i) for i, text in enumerate(texts)]
    found = wording_classes([variants[i] for i in order])
    assert found == {"v0": "v0", "v1": "v0", "v2": "v2", "v3": "v2", "v4": "v4", "v5": "v4"}


def test_lanes_of_a_wording_stand_together_and_branches_go_on_inside_it(small):
    drawn = tree(small)
    assert [(b.number, b.variant_id, b.posts, b.variants) for b in drawn.bands] == [
        (0, "unknown", 1, 0), (1, "v1", 4, 2), (2, "v3", 2, 1),
    ]  # fmt: skip
    assert {s.node_id: (s.band, s.lane) for s in drawn.steps} == {
        "u": (0, 0),
        "a": (1, 1),
        "b": (1, 1),
        "c": (1, 1),
        "d": (1, 2),
        "e": (2, 3),
        "f": (2, 3),
    }
    assert drawn.lanes == 4
    rows = rows_of(drawn, {s.node_id: 0.0 for s in drawn.steps}, ["a"])
    assert (rows.bands, rows.names, rows.lanes) == ({0: 0, 1: 2, 2: 6}, {"a": 3}, (1, 4, 5, 7))
    assert rows.count == 8


def test_a_story_in_one_wording_has_no_words_above_its_lanes(small):
    one = story(
        small["nodes"][:3], [("b", "a", "E1"), ("c", "b", "E1")], small["claim"]["variants"]
    )
    rows = rows_of(tree(one), {}, [])
    assert (rows.bands, rows.lanes) == ({}, (0,))


def many(count):
    """So many wordings of one post each but the last, which has two; the first is a candidate."""
    texts = [f"{OTHER}, they said on the {chr(97 + i) * 9} of the month" for i in range(count)]
    texts = [text[i:] + f" {chr(97 + i) * 12} {chr(98 + i) * 12}" for i, text in enumerate(texts)]
    variants = [variant(f"v{i:02}", text, i) for i, text in enumerate(texts)]
    nodes = [node(f"n{i:02}", i, f"v{i:02}") for i in range(count)]
    nodes.append(node("m", count, f"v{count - 1:02}"))
    edges = [(n["node_id"], "n00", "E3") for n in nodes[1:]]
    return story(nodes, edges, variants, candidates=["n05"])


def test_of_many_wordings_the_candidates_and_the_largest_have_lanes_and_the_others_are_one():
    found = wordings(many(12))
    assert [(b.number, b.variant_id, b.posts, b.variants) for b in found.bands] == [
        (1, "v00", 1, 1),
        (2, "v01", 1, 1),
        (3, "v02", 1, 1),
        (4, "v03", 1, 1),
        (5, "v04", 1, 1),
        (6, "v05", 1, 1),
        (7, "v06", 1, 1),
        (8, "v11", 2, 1),
        (0, "others", 4, 4),
    ]
    assert found.of["n09"] == 8


def test_each_wording_has_its_first_post_in_the_picture_however_many_are_left_out():
    told = many(3)
    told["nodes"] += [node(f"r{i:03}", 100 + i, "v00") for i in range(90)]
    told["edges"] += [
        {"child": f"r{i:03}", "parent": f"r{i - 1:03}" if i % 2 else "n00", "cls": "E1", "p": None}
        for i in range(90)
    ]
    drawn = backbone(told)
    assert drawn.left_out > 0
    assert {step.band for step in drawn.steps} == {0, 1, 2}


@pytest.mark.parametrize(
    ("before", "text", "said"),
    [
        (BRIDGE, MORE, "+13 deep"),
        (BRIDGE, OTHER, OTHER),
        ("大桥出现3条裂缝", "望砚大桥出现13条裂缝", "+望砚 … 13"),
        ("bridge closed tonight", "bridge closed", "−tonight"),
        ("bridge closed", "bridge closed!", "bridge closed!"),
    ],
)
def test_a_wording_is_called_by_the_words_that_set_it_apart(before, text, said):
    assert set_apart(before, text) == said


@pytest.mark.parametrize(
    ("text", "cut"),
    [("short", "short"), ("大桥主塔出现裂缝", "大桥主…"), ("12345678", "12345678"),
     ("123456789", "1234567…")],
)  # fmt: skip
def test_words_in_the_picture_are_cut_by_their_width(text, cut):
    assert narrow(text, 8) == cut


def page(case, address):
    path, _, search = address.partition("?")
    query = Query.read(path, search)
    shown = PAGES[path][1](View(snapshot(case.root), query, Words(query.language)))
    return json.dumps(shown, default=lambda part: part.to_plotly_json(), ensure_ascii=False)


def test_picture_table_and_list_say_the_wordings_without_a_withheld_name(new_case, tmp_path):
    case = new_case(tmp_path)
    [first] = traces(case)
    texts = ["Bridge closed tonight, say the people of the town", "Harbour shut, says @handle3x"]
    variants = [variant(f"v{i}", text, i, posts=3 - i) for i, text in enumerate(texts, 1)]
    nodes = [n | {"variant_id": "v2" if i > 3 else "v1"} for i, n in enumerate(first["nodes"])]
    asked = {"query": {"what": "p:o0", "as": "post"}, "nodes": nodes}
    save_trace(case, first | asked | {"claim": {"posts": [], "variants": variants}})
    shown = page(case, "/story?what=p:o0")
    assert "handle3x" not in shown
    assert '"text": "1  Bridge closed tonight…"' in shown
    assert '"text": "2  Harbour shut, says @a…"' in shown
    assert "Wordings as lanes, by first appearance (2)" in shown
    assert shown.count('"children": "wording 2"') == 2  # where the list leaves the first wording
    assert "按首次出现排列的措辞行（2）" in page(case, "/story?what=p:o0&lang=zh")


def test_the_shipped_story_has_a_wording_for_each_change_of_the_message(world_story):
    found = wordings(world_story)
    assert [(b.number, b.posts, b.variants) for b in found.bands] == [
        (1, 138, 10), (2, 36, 10), (3, 1, 1), (4, 21, 5), (5, 55, 10), (6, 41, 4),
    ]  # fmt: skip
    drawn = backbone(world_story)
    assert drawn.lanes <= 20
    assert len({step.band for step in drawn.steps}) == 6


@pytest.fixture(scope="module")
def world_story(tmp_path_factory):
    """The trace of the shipped story, as the demo has it."""
    data = dataset("invented_world")
    case = create_case(tmp_path_factory.mktemp("world") / "case", zone="Asia/Shanghai")
    for file in data.files:
        ingest(case, [file.path], importer_name=file.importer, collection=file.collection)
    return trace_story(case, "weiju:5276509318809915")
