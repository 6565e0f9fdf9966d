# SPDX-License-Identifier: GPL-3.0-or-later
"""Pictures of a corpus: what is drawn, what is left out, and the rows behind a line."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import polars as pl
import pytest

from graphkit.errors import UnknownNameError
from graphkit.investigation import network as networks
from graphkit.investigation.network import (
    Lens,
    account_picture,
    acts,
    beyond,
    community_picture,
    link_rows,
    linked_to,
    neighbours,
    network,
    way_between,
)
from graphkit.tables import ACTIONS, CITATIONS, POSTS, Corpus

START = datetime(2026, 3, 2, tzinfo=UTC)


def corpus():
    """a, b, c repost the same two posts at once; d and e two others; e also meets a once."""
    acted = [(who, thing, 0) for thing in ("o1", "o2") for who in "abc"]
    acted += [(who, thing, 9) for thing in ("o3", "o4") for who in "de"] + [("e", "o1", 0)]
    actions = pl.DataFrame(
        [
            {
                "action_id": f"x{i:02}",
                "account_id": who,
                "object_id": thing,
                "act": "repost",
                "acted_at": START + timedelta(minutes=minute, seconds=i),
                "time_precision": "second",
                "source_id": "s",
                "source_line": i + 1,
            }
            for i, (who, thing, minute) in enumerate(acted)
        ]
    )
    said = [("p1", "a", 0, "same words"), ("p2", "b", 5, "same words"), ("p3", "b", 9, "own")]
    posts = pl.DataFrame(
        [
            {
                "post_id": post,
                "account_id": who,
                "platform": "p",
                "created_at": START + timedelta(minutes=minute),
                "time_precision": "second",
                "kind": "original",
                "text": text,
                "is_seen": True,
                "source_id": "s",
                **{name: [] for name in ("urls", "mentions", "hashtags", "media_hashes")},
            }
            for post, who, minute, text in said
        ]
    )
    citation = {"post_id": "p3", "citation_no": 0, "target_kind": "post", "target": "p1"}
    citations = pl.DataFrame(
        [{**citation, "via": "link", "rule": "r", "certainty": 1.0, "source_id": "s"}]
    )
    texts = pl.DataFrame(
        [
            {
                "action_id": f"{post}#text#0",
                "account_id": who,
                "object_id": text,
                "act": "text",
                "acted_at": START + timedelta(minutes=minute),
                "time_precision": "second",
                "source_id": "s",
                "source_line": 1,
            }
            for post, who, minute, text in said
        ]
    )
    return Corpus(
        posts=POSTS.conform(posts),
        actions=ACTIONS.conform(pl.concat([actions, texts])),
        citations=CITATIONS.conform(citations),
    )


TOGETHER = Lens("coaction", "repost", timedelta(seconds=60), min_count=2)


def test_accounts_that_share_two_objects_form_two_communities():
    whole = network(corpus(), TOGETHER)
    assert whole.links.select("a", "b", "weight").rows() == [
        ("a", "b", 2),
        ("a", "c", 2),
        ("b", "c", 2),
        ("d", "e", 2),
    ]
    assert whole.groups.rows() == [("a", 0), ("b", 0), ("c", 0), ("d", 1), ("e", 1)]


def test_the_community_picture_counts_accounts_and_links_inside():
    drawn = community_picture(network(corpus(), TOGETHER))
    columns = ["node", "members", "links", "weight"]
    assert drawn.nodes.select(columns).rows() == [("0", 3, 3, 6), ("1", 2, 1, 2)]
    assert drawn.edges.is_empty()
    assert drawn.left_out == (0, 0)


def test_links_between_communities_are_added_up():
    whole = network(corpus(), Lens("coaction", "repost", timedelta(seconds=60), min_count=1))
    drawn = community_picture(whole)
    assert drawn.edges.rows() == [("0", "1", 3)]


def test_accounts_without_a_drawn_link_are_counted_as_left_out():
    drawn = account_picture(network(corpus(), TOGETHER), accounts=["a", "b", "d", "unknown"])
    assert drawn.nodes.select("node", "links", "weight").rows() == [("a", 1, 2), ("b", 1, 2)]
    assert drawn.left_out == (2, 0)


def test_a_picture_of_too_many_links_says_how_many_it_leaves_out(monkeypatch):
    monkeypatch.setattr(networks, "MAX_LINKS", 2)
    drawn = account_picture(network(corpus(), TOGETHER), accounts=["a", "b", "c"])
    assert drawn.edges.rows() == [("a", "b", 2), ("a", "c", 2)]
    assert drawn.left_out == (0, 1)


def test_what_lies_beyond_a_picture_is_counted_by_community():
    whole = network(corpus(), Lens("coaction", "repost", timedelta(seconds=60), min_count=1))
    drawn = account_picture(whole, accounts=["d", "e"])
    assert beyond(whole, drawn).rows() == [(0, 3, 3)]
    assert linked_to(whole, ["e"]) == ["a", "b", "c", "d"]
    assert beyond(whole, account_picture(whole)).is_empty()


def test_the_shortest_way_leads_over_whom_both_are_linked_to():
    whole = network(corpus(), Lens("coaction", "repost", timedelta(seconds=60), min_count=1))
    assert way_between(whole, ("d", "b")) == ["d", "e", "b"]
    assert way_between(whole, ("d", "nobody")) == []
    assert way_between(network(corpus(), TOGETHER), ("a", "e")) == []


@pytest.mark.parametrize(("name", "expected"), [("coaction", 0), ("citation", 1)])
def test_only_what_was_done_in_the_days_counts(name, expected):
    lens = Lens(name, "repost", min_count=1, since=START + timedelta(minutes=9, seconds=30))
    assert network(corpus(), lens).links.height == 0
    later = Lens(name, "repost", min_count=1, since=START + timedelta(minutes=9))
    assert network(corpus(), later).links.height == 1
    assert link_rows(corpus(), later, ("a", "b")).height == expected


def test_the_rows_of_a_coaction_are_those_of_both_ends():
    rows = link_rows(corpus(), TOGETHER, ("a", "b"))
    assert rows["key"].to_list() == ["x00", "x01", "x03", "x04"]


def test_the_rows_of_a_citation_are_the_citing_posts_either_way():
    lens = Lens("citation", min_count=1)
    expected = [("citations", "p3|0", "cites")]
    assert link_rows(corpus(), lens, ("a", "b")).rows() == expected
    assert link_rows(corpus(), lens, ("b", "a")).rows() == expected
    assert network(corpus(), lens).links.select("a", "b", "weight").rows() == [("b", "a", 1)]


def test_who_posts_the_same_words_later_repeats_and_who_links_cites():
    assert neighbours(corpus(), "b").drop("first_at").rows() == [
        ("a", "cites", 1, 540.0),
        ("a", "repeats", 1, 300.0),
    ]
    assert neighbours(corpus(), "a")["relation"].to_list() == ["cited-by", "repeated-by"]


def test_acts_are_listed_by_rows_and_those_derived_when_asked_for_without():
    derived = [("citation", None), ("near_text", None), ("posting", None)]
    assert acts(corpus()).rows() == [("repost", 11), ("text", 3), *derived]


def test_accounts_that_did_the_act_and_have_no_link_are_counted():
    assert network(corpus(), TOGETHER).alone == 0
    assert network(corpus(), Lens("coaction", "repost", timedelta(seconds=60), 3)).alone == 5
    assert network(corpus(), Lens("coaction", "text", timedelta(seconds=60), 1)).alone == 2


def test_nearly_the_same_words_are_a_link_whose_rows_are_the_texts():
    lens = Lens("coaction", "near_text", timedelta(minutes=10), 1)
    assert network(corpus(), lens).links.select("a", "b", "weight").rows() == [("a", "b", 1)]
    assert link_rows(corpus(), lens, ("a", "b"))["table"].unique().to_list() == ["actions"]


def test_an_unknown_lens_names_the_known_ones():
    with pytest.raises(UnknownNameError, match="citation, coaction"):
        network(corpus(), Lens("friendship"))
