# SPDX-License-Identifier: GPL-3.0-or-later
"""Pictures of findings: the same bytes each time, nothing outside, told apart without colour."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from xml.etree import ElementTree

import polars as pl
import pytest

from graphkit.bundle.markup import Html, tag, whole
from graphkit.bundle.pictures import (
    MAX_NODES,
    graph_picture,
    timeline_counts,
    timeline_picture,
)

SVG = "{http://www.w3.org/2000/svg}"
T0 = datetime(2026, 3, 2, 9, tzinfo=UTC)


def star(size, name="acct-{}"):
    """One object on which `size` accounts acted, each once more than the one before."""
    accounts = [name.format(number) for number in range(size)]
    nodes = pl.DataFrame(
        {"node": [*accounts, "thing"], "kind": ["account"] * size + ["object"]}
    ).with_columns(number=pl.int_range(1, pl.len() + 1))
    edges = pl.DataFrame({"a": accounts, "weight": range(1, size + 1)}).with_columns(
        b=pl.lit("thing"), relation=pl.lit("url")
    )
    return nodes, edges


def groups(picture):
    """The elements of each named group of a picture, by its class."""
    found = {}
    for group in ElementTree.fromstring(picture).iter(f"{SVG}g"):
        found.setdefault(group.get("class"), []).extend(group.iter())
    return found


def uses(elements):
    """Where the marks of a group lie, in points."""
    marks = [each for each in elements if each.tag == f"{SVG}use"]
    return [(float(each.attrib["x"]), float(each.attrib["y"])) for each in marks]


def words(elements):
    return [each.text for each in elements if each.tag == f"{SVG}text"]


def rows(*minutes):
    at = pl.Series("at", [T0 + timedelta(minutes=each) for each in minutes])
    return pl.DataFrame({"at": at.dt.cast_time_unit("us")}).with_columns(
        finding=pl.lit(0, pl.Int64)
    )


def test_a_graph_has_the_same_bytes_again_and_in_any_order_of_its_edges():
    nodes, edges = star(12)
    assert graph_picture(nodes, edges.reverse()) == graph_picture(nodes, edges)
    assert len(uses(groups(graph_picture(nodes.reverse(), edges))["accounts"])) == 12


@pytest.mark.parametrize("size", [1, 6, MAX_NODES - 1])
def test_every_node_lies_inside_the_picture_and_no_two_on_one_another(size):
    picture = graph_picture(*star(size))
    wide, high = map(float, ElementTree.fromstring(picture).attrib["viewBox"].split()[2:])
    places = uses(groups(picture)["accounts"])
    assert len(places) == len(set(places)) == size
    assert all(6 <= x <= wide - 6 and 6 <= y <= high - 6 for x, y in places)


def test_accounts_are_filled_and_objects_hollow_so_that_grey_paper_tells_them_apart():
    found = groups(graph_picture(*star(3)))
    (styles,) = {e.get("style") for e in found["accounts"] if e.tag == f"{SVG}use"}
    assert "fill: #24507a" in styles
    (styles,) = {e.get("style") for e in found["objects"] if e.tag == f"{SVG}use"}
    assert "fill: #ffffff" in styles
    assert "stroke: #1f2933" in styles


def test_a_picture_holds_numbers_and_no_names_for_names_may_be_hostile():
    picture = graph_picture(*star(4, name="</svg><script>alert({})</script>"))
    assert "script" not in picture
    found = groups(picture)
    assert words(found["account-numbers"]) == ["1", "2", "3", "4"]
    assert words(found["object-numbers"]) == ["5"]


def test_bars_are_as_high_as_their_rows_and_stand_at_their_time():
    (counts, step) = timeline_counts(rows(0, 0, 0, 0, 30, 60), zone="UTC")[0]
    assert step == timedelta(minutes=5)
    found = groups(timeline_picture(counts, step))
    paths = [e.attrib["d"] for e in found["bars"] if e.tag == f"{SVG}path"]
    corners = [[float(n) for n in re.findall(r"[\d.]+", path)] for path in paths]
    heights = [max(each[1::2]) - min(each[1::2]) for each in corners]
    assert [round(height / heights[-1], 2) for height in heights] == [4.0, 1.0, 1.0]
    lefts = [min(each[0::2]) for each in corners]
    assert lefts[1] - lefts[0] == pytest.approx(lefts[2] - lefts[1])
    assert "03-02 09:00" in words(found["words"])


def test_times_are_counted_for_each_finding_with_the_step_that_suits_it():
    long = rows(0, 30 * 1440).with_columns(finding=pl.lit(1, pl.Int64))
    still = rows(5, 5).with_columns(finding=pl.lit(2, pl.Int64))
    counted = timeline_counts(pl.concat([long, still, rows(0, 1)]), zone="Asia/Shanghai")
    assert {finding: step for finding, (_, step) in counted.items()} == {
        0: timedelta(seconds=5),
        1: timedelta(days=7),
    }
    assert str(counted[1][0]["at"][0].utcoffset()) == "8:00:00"


def test_text_is_escaped_also_where_the_same_words_were_html_before():
    assert tag("p", Html("<b>")) == "<p><b></p>"
    assert tag("p", "<b>") == "<p>&lt;b&gt;</p>"
    assert whole(Html("<i>")) == '<span class="whole"><i></span>'
    assert whole("<i>") == '<span class="whole">&lt;i&gt;</span>'


def test_a_mark_has_its_colours_where_it_is_used_so_that_a_page_may_set_them():
    picture = graph_picture(*star(3))
    assert not [each for each in re.findall("<path id=[^>]*>", picture) if "style" in each]
    assert picture.count('style="fill: #ffffff; stroke: #1f2933; stroke-width: 0.8"') == 1
    assert picture.count('style="fill: #24507a; stroke: #24507a; stroke-width: 0.8"') == 3
