# SPDX-License-Identifier: GPL-3.0-or-later
"""Reviews of claims: schema.org/ClaimReview, Google's Fact Check Tools API v1alpha1, Data Commons'
feed (DataFeed of DataFeedItem); and what else people attach, as rows of `labels`."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from graphkit.importers.canonical import IMPORTER as CANONICAL
from graphkit.importers.claim_review import IMPORTER
from graphkit.reading.importer import ReadOptions
from graphkit.reading.rows import sampled

SAMPLES = Path(__file__).parent / "samples"
CLAIM = "河洲大桥昨夜垮塌，多车坠河"
REVIEW = {
    "@type": "ClaimReview",
    "claimReviewed": "The bridge fell",
    "reviewRating": {"alternateName": "False"},
    "author": {"name": "A desk"},
    "url": "https://desk.example/1",
}


def read(path, **said):
    [batch] = IMPORTER.read(path, ReadOptions(**said))
    return batch


def labels(batch):
    """What was read as rows, and what came along: line, subject, label, by whom."""
    frames = [batch.tables["labels"], *batch.extras.values()]
    names = ("source_line", "subject_kind", "subject_id", "label", "labelled_by")
    return [frame.select(names).rows() for frame in frames]


def one(tmp_path, **said):
    path = tmp_path / "review.json"
    path.write_text(json.dumps({**REVIEW, **said}))
    return read(path)


def test_the_answer_of_the_api_gives_a_label_for_each_review():
    batch = read(SAMPLES / "claim_review_api.json")
    assert labels(batch) == [[
        (1, "claim", CLAIM, "不实", "南岸日报"),
        (2, "claim", CLAIM, "不实", "factdesk.example"),
    ]]  # fmt: skip
    assert batch.tables["labels"]["labelled_at"].to_list() == [
        datetime(2026, 3, 10, 3, tzinfo=UTC),
        datetime(2026, 3, 11, tzinfo=UTC),
    ]
    assert batch.tables["labels"]["url"][0] == "https://southbank.example/2026/0310/debunk"


def test_a_feed_gives_labels_on_the_claim_and_where_it_appeared_and_the_rating_in_numbers():
    batch = read(SAMPLES / "claim_review_feed.json")
    assert labels(batch) == [
        [
            (1, "claim", CLAIM, "不实", "南岸日报"),
            (3, "claim", CLAIM, "缺乏证据", "factdesk.example"),
        ],
        [
            (1, "claim", CLAIM, "rating 1 (1 worst, 5 best)", "南岸日报"),
            (1, "url", "https://blog.example/hz1", "不实", "南岸日报"),
            (3, "claim", CLAIM, "rating 2", "factdesk.example"),
        ],
    ]
    assert batch.rejects.rows() == [(2, "holds no review of a claim")]
    assert batch.warnings.rows() == [
        (3, 'its review has no time: "2026-03-11" has no time zone; give --tz, such as '
            "Asia/Shanghai")
    ]  # fmt: skip


def test_a_line_each_says_the_same_as_the_feed():
    lines = read(SAMPLES / "claim_review_pages.jsonl", tz="Asia/Shanghai")
    feed = read(SAMPLES / "claim_review_feed.json", tz="Asia/Shanghai")
    assert (
        lines.tables["labels"].drop("source_line").equals(feed.tables["labels"].drop("source_line"))
    )
    assert lines.tables["labels"]["source_line"].to_list() == [1, 2]
    assert lines.tables["labels"]["labelled_at"][1] == datetime(2026, 3, 10, 16, tzinfo=UTC)
    assert lines.warnings.is_empty()


@pytest.mark.parametrize(
    ("item", "subjects"),
    [
        ({"appearance": ["https://a.example/1", {"url": "https://a.example/2"}]},
         ["https://a.example/1", "https://a.example/2"]),
        ({"firstAppearance": {"@id": "https://a.example/1"}}, ["https://a.example/1"]),
        ({"@type": "CreativeWork", "sameAs": "https://a.example/1"}, ["https://a.example/1"]),
        ([{"url": "https://a.example/1", "appearance": "https://a.example/1"}],
         ["https://a.example/1"]),
        ({"author": {"sameAs": "https://a.example/who"}, "appearance": "a broadcast"}, []),
    ],
)  # fmt: skip
def test_each_way_of_saying_where_a_claim_appeared_is_read(item, subjects, tmp_path):
    rows = [row for rows in labels(one(tmp_path, itemReviewed=item)) for row in rows]
    assert [subject for _, kind, subject, *_ in rows if kind == "url"] == subjects


def test_a_review_without_a_rating_or_a_subject_is_rejected(tmp_path):
    reason = "is a review without a claim or address, or without a rating"
    for lacking in ({"reviewRating": {}}, {"claimReviewed": ""}):
        assert one(tmp_path, **lacking).rejects["reason"].to_list() == [reason]


def test_a_rating_in_numbers_alone_is_the_label(tmp_path):
    rated = {"reviewRating": {"ratingValue": 1.5, "worstRating": "1", "bestRating": 5}}
    assert labels(one(tmp_path, **rated)) == [
        [(1, "claim", "The bridge fell", "rating 1.5 (1 worst, 5 best)", "A desk")]
    ]


def test_the_reviewer_is_named_or_else_their_site(tmp_path):
    for said, name in [
        ({"author": None, "publisher": {"name": "P"}}, "P"),
        ({"author": {"url": "https://www.desk.example/"}}, "www.desk.example"),
        ({"author": None}, "desk.example"),
        ({"author": None, "url": None}, None),
        ({"author": {"url": "http://[bad"}}, "[bad"),
    ]:
        [[row]] = labels(one(tmp_path, **said))
        assert row[-1] == name


def test_only_reviews_suit():
    suiting = [p.name for p in sorted(SAMPLES.glob("*.*")) if IMPORTER.suits(sampled(p))]
    assert suiting == [
        "claim_review_api.json",
        "claim_review_feed.json",
        "claim_review_pages.jsonl",
    ]


def test_what_people_and_platforms_attach_is_imported_as_it_is_and_conflicts_stand():
    path = SAMPLES / "labels.csv"
    assert CANONICAL.suits(sampled(path)) == "it has the columns of the table labels"
    [batch] = CANONICAL.read(path, ReadOptions())
    rows = batch.tables["labels"]
    claim = rows.filter(subject_id=CLAIM).select("label", "labelled_by").rows()
    assert claim == [("不实", "南岸日报"), ("缺乏证据", "factdesk.example"), ("属实", "城事速递")]
    taken_back = rows.filter(label="属实")["retracted_at"].to_list()
    assert taken_back == [datetime(2026, 3, 12, 10, tzinfo=UTC)]
    [platform] = rows.filter(labelled_by="x").to_dicts()
    assert platform["subject_id"] == "x:2031173187793846273"
    assert platform["prominence"] == "grey line under the text"
    assert platform["expires_at"] == datetime(2026, 6, 8, 6, tzinfo=UTC)
    assert rows.filter(label="retraction")["subject_id"].to_list() == [
        "x:2031174467056566275",
        "x:1004",
    ]
    assert rows.filter(label="complaint: false information").height == 1
    assert rows.height == 8


def test_a_table_of_fact_checks_is_read_through_a_map(tmp_path):
    path = tmp_path / "checks.csv"
    path.write_text(
        "kind,statement,verdict,day,desk\nclaim,The bridge fell,False,2026-03-10,A desk\n"
    )
    columns = {"subject_kind": "kind", "subject_id": "statement", "label": "verdict",
               "labelled_at": "day", "labelled_by": "desk"}  # fmt: skip
    [batch] = CANONICAL.read(path, ReadOptions(table="labels", tz="UTC", columns=columns))
    [row] = batch.tables["labels"].to_dicts()
    assert (row["subject_id"], row["label"], row["labelled_by"]) == (
        "The bridge fell",
        "False",
        "A desk",
    )
