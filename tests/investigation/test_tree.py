# SPDX-License-Identifier: GPL-3.0-or-later
"""The trace of the shipped story as a person reads it, and as a page that loads nothing."""

from __future__ import annotations

import json
import shutil

import pytest

from graphkit.case import audit, open_case, traces
from graphkit.errors import GraphkitError
from graphkit.investigation.shipped import dataset
from graphkit.investigation.tracing import trace_story
from graphkit.investigation.tree import trace_lines, trace_page


@pytest.fixture(scope="module")
def story():
    truth = json.loads((dataset("invented_world").folder / "data" / "truth.json").read_bytes())
    return next(group for group in truth["planted"] if group["name"] == "false_story")


@pytest.fixture(scope="module")
def case(world_case, tmp_path_factory):
    copy = tmp_path_factory.mktemp("trace") / "case"
    shutil.copytree(world_case.root, copy)
    return open_case(copy)


@pytest.fixture(scope="module")
def trace(case, story):
    return trace_story(case, max(story["posts"]))


def test_the_deleted_first_post_is_named_from_the_last_copy(trace, story):
    root = story["deleted_root"]["post_id"]
    assert trace["verdict"] == "named"
    node = {n["node_id"]: n for n in trace["nodes"]}[trace["candidates"][0]["node_id"]]
    assert (node["post_id"], node["state"], node["at"]) == (root, "unseen", "2026-03-08T01:12:00Z")


def test_first_seen_is_another_answer_than_the_origin(trace, story):
    assert trace["first_seen"] == story["first_seen"]
    assert trace["first_seen"] != trace["candidates"][0]["node_id"]


def test_the_outlet_that_never_said_it_is_a_wrong_attribution(trace, story):
    wrong = {n["post_id"] for n in trace["nodes"]
             if n["attribution"] and n["attribution"]["state"] == "wrong"}  # fmt: skip
    planted = set(story["wrong_attribution"]["posts"])
    assert len(wrong & planted) >= len(planted) / 2
    assert wrong <= set(story["posts"])


def test_nothing_in_the_trace_points_to_something_later_than_itself(trace):
    at = {node["node_id"]: node["at"] for node in trace["nodes"]}
    late = [
        e for e in trace["edges"] if at[e["parent"]] and at[e["child"]]
        if at[e["parent"]] > at[e["child"]]
    ]  # fmt: skip
    assert late == []


def test_the_lines_begin_with_the_answer_and_end_with_what_to_do_next(trace, story):
    lines = list(trace_lines(trace))
    root = story["deleted_root"]["post_id"]
    assert lines[0].startswith(f"probable origin: {root} (2026-03-08T01:12:00Z; not in the data)")
    assert lines[-1].startswith("next: ")
    assert any(line.startswith("coverage: seen_count ") for line in lines)


def test_the_page_loads_nothing_and_shows_hostile_text_as_text(trace):
    hostile = json.loads(json.dumps(trace))
    hostile["nodes"][0]["text"] = "<img src=x onerror=alert(1)>\u202e"
    page = trace_page(hostile)
    assert "<img" not in page
    assert "\u202e" not in page
    assert "default-src 'none'" in page


def test_the_trace_is_kept_in_the_case_and_logged(case, trace):
    assert traces(case) == [trace]
    assert audit(case)[-1]["event"] == "trace"


def test_what_is_not_in_the_case_is_one_clear_error(case):
    with pytest.raises(GraphkitError, match="nosuchpost"):
        trace_story(case, "weiju:nosuchpost", kind="post")
