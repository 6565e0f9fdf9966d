# SPDX-License-Identifier: GPL-3.0-or-later
"""What of a page never changes by itself is handed over as one component."""

from __future__ import annotations

from dash import dcc, html

from dashboards.parts import bdi, button, link
from dashboards.still import still


def test_a_page_is_one_component_but_for_what_a_callback_writes_to_or_draws():
    chart = dcc.Graph(id={"figure": "story"})
    page = [html.H1("A"), html.P("b"), html.Div([html.H2("c"), chart, "d"]), html.Div(id="checked")]
    calm, block, checked = still(page)
    assert calm.tree == [["h1", {}, ["A"]], ["p", {}, ["b"]]]
    assert [each._type for each in block.children] == ["Still", "Graph", "Still"]
    assert block.children[2].tree == ["d"]
    assert checked._type == "Div"


def test_hostile_text_stays_text_and_a_foreign_address_is_left_to_dash():
    hostile = still(bdi("<img src=x onerror=alert(1)>\u202e"))
    assert hostile.tree == [["bdi", {}, ["<img src=x onerror=alert(1)>[U+202E]"]]]
    outside = still([html.A("x", href="javascript:alert(1)"), link("y", "/story")])
    assert [each._type for each in outside] == ["A", "Still"]


def test_a_button_keeps_the_name_under_which_it_is_pressed():
    [pressed] = still(button("Keep", {"keep": "1", "act": "basket"})).tree
    assert pressed[1]["id"] == '{"act":"basket","keep":"1"}'
    assert pressed[2] == ["Keep"]
