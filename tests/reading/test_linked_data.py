# SPDX-License-Identifier: GPL-3.0-or-later
"""JSON-LD as pages carry it: wrapped, broken, nested, referring, hostile."""

from __future__ import annotations

import pytest

from graphkit.reading.linked_data import json_value, nodes, text, texts, types


@pytest.mark.parametrize(
    "script",
    ['{"a": 1}', '//<![CDATA[\n{"a": 1}\n//]]>', '<!-- {"a": 1} -->', ' {"a": 1}; '],
)
def test_a_script_is_read_in_its_wrappings(script):
    assert json_value(script) == {"a": 1}


def test_a_raw_line_break_in_a_text_and_half_a_surrogate_are_read_leniently():
    assert json_value('{"a": "one\ntwo", "b": "\\ud83d"}') == {"a": "one\ntwo", "b": "?"}


@pytest.mark.parametrize("script", ["", "{", "[" * 200_000, '{"a":' * 200_000, "var a = 1"])
def test_what_is_no_json_is_none(script):
    assert json_value(script) is None


def test_nodes_come_outer_before_inner_and_references_are_followed():
    graph = {"@graph": [{"@id": "#a", "publisher": {"@id": "#o"}}, {"@id": "#o", "name": "O"}]}
    found = nodes(graph)
    assert [node.get("@id") for node in found] == [None, "#a", "#o", "#o"]
    assert found[1]["publisher"] == {"@id": "#o", "name": "O"}


def test_no_more_nodes_than_asked_are_read():
    assert len(nodes([{}] * 50, most=10)) == 10


def test_values_of_any_shape_become_texts():
    value = [" A ", {"name": ["B", "C"]}, {"@value": "D"}, 7, None, ["nested"], {"url": "u"}]
    assert texts(value) == ["A", "B", "D"]
    assert texts(value, "url", "name") == ["A", "B", "u"]
    assert text(None) is None


def test_types_lose_their_vocabulary():
    assert types({"@type": ["http://schema.org/Article", "schema:Report", 3]}) == {
        "Article",
        "Report",
    }
