# SPDX-License-Identifier: GPL-3.0-or-later
"""Field names: developers.tiktok.com, "Query Videos" and the codebook of the Research API."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from graphkit.importers.tiktok_research import IMPORTER
from graphkit.reading.importer import ReadOptions
from graphkit.reading.rows import sampled

SAMPLE = Path(__file__).parent / "samples" / "tiktok_research_videos.json"


def read(path):
    [batch] = IMPORTER.read(path, ReadOptions())
    return batch


def read_videos(tmp_path, *videos):
    path = tmp_path / "videos.jsonl"
    path.write_text("\n".join(json.dumps(video) for video in videos), "utf-8")
    return read(path)


def video(**said):
    return {"id": 7_100_000_000_000_000_001, "create_time": 1_773_104_400, "username": "me",
            "video_description": "x", **said}  # fmt: skip


def test_a_page_gives_the_videos_of_the_story_with_their_addresses():
    posts = read(SAMPLE).tables["posts"]
    assert posts["post_id"][1] == "tiktok:2031173187793846273"
    names = ["southbank_daily", "qingshi_news", "hezhou_watch", "qingshi_news", "qingshl_news",
             "southbank_daily"]  # fmt: skip
    assert posts["account_id"].to_list() == [f"tiktok:@{name}" for name in names]
    assert posts["url"][1] == "https://www.tiktok.com/@qingshi_news/video/2031173187793846273"
    assert posts["created_at"][1] == datetime(2026, 3, 10, 1, tzinfo=UTC)
    assert posts["hashtags"][1].to_list() == ["河洲大桥"]
    assert posts["mentions"][2].to_list() == ["qingshi_news"]
    assert posts["kind"].unique().to_list() == ["original"]


def test_pages_and_videos_one_a_line_give_the_same(tmp_path):
    page = json.loads(SAMPLE.read_text("utf-8"))
    pages, videos = tmp_path / "pages.jsonl", tmp_path / "videos.jsonl"
    pages.write_text(json.dumps(page), "utf-8")
    videos.write_text("\n".join(json.dumps(each) for each in page["data"]["videos"]), "utf-8")
    expected = read(SAMPLE).tables["posts"]["post_id"].to_list()
    for path in (pages, videos):
        assert IMPORTER.suits(sampled(path)) is not None
        assert read(path).tables["posts"]["post_id"].to_list() == expected


def test_an_id_that_is_a_number_keeps_its_digits(tmp_path):
    posts = read_videos(tmp_path, video()).tables["posts"]
    assert posts["post_id"].to_list() == ["tiktok:7100000000000000001"]


@pytest.mark.parametrize(
    ("said", "labels"),
    [
        ({"video_label": {"content": "Get info on the U.S. elections", "type": 1}},
         ["Get info on the U.S. elections"]),
        ({"video_label": [{"content": "a"}, {"name": "b"}], "video_tag": "c"}, ["a", "b", "c"]),
        ({"is_ai_generated": True, "is_stem_verified": False}, ["AI-generated"]),
        ({"video_label": {}, "video_tag": None}, []),
    ],
)  # fmt: skip
def test_the_labels_that_tiktok_shows_are_labels(tmp_path, said, labels):
    extras = read_videos(tmp_path, video(**said)).extras
    rows = extras["labels"].to_dicts() if "labels" in extras else []
    assert [row["label"] for row in rows] == labels
    assert {row["labelled_by"] for row in rows} <= {"tiktok"}
    assert {row["subject_id"] for row in rows} <= {"tiktok:7100000000000000001"}


def test_hashtags_may_come_as_objects_and_mentions_with_their_sign(tmp_path):
    said = {"hashtag_info_list": [{"hashtag_name": "fyp"}], "video_mention_list": ["@bob"]}
    post = read_videos(tmp_path, video(**said)).tables["posts"].row(0, named=True)
    assert (post["hashtags"], post["mentions"]) == (["fyp"], ["bob"])


def test_a_video_without_username_is_refused(tmp_path):
    batch = read_videos(tmp_path, video(username=""), video())
    assert batch.rejects["reason"].to_list() == ["no id or no username"]
