# SPDX-License-Identifier: GPL-3.0-or-later
"""Announcements: a call, a time, a topic, and before the window."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import polars as pl
import pytest

from graphkit.text.announcements import (
    announcements,
    is_announcement,
    named_times,
    timed_announcements,
)

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "announces"),
    [
        ("今晚8点大家一起上热搜 #河灯节#", True),
        ("今晚20:00准时集合，带话题", True),
        ("晚上八点一起打榜", True),
        ("快一点，大家一起走", False),
        ("Everyone: post with the tag at 8 pm", True),
        ("Let's meet some day", False),
        ("The train leaves at 20:00", False),
        ("みんなで21時にタグを付けて投稿", True),
        ("請大家今晚9點參與話題", True),
        ("请转发，今晚8点", True),
        (None, None),
    ],
)
def test_it_takes_a_call_and_a_time_of_day(text, announces):
    frame = pl.DataFrame({"text": [text]}, schema={"text": pl.String})
    assert frame.select(is_announcement(pl.col("text"))).item() is announces


def test_only_a_post_before_the_window_that_names_the_topic_announces_it():
    posts = pl.DataFrame(
        {
            "post_id": ["early", "late", "other", "tag"],
            "created_at": [NOON - timedelta(hours=h) for h in (3, -1, 3, 2)],
            "text": [
                "今晚8点一起来 #河灯节#",
                "今晚8点一起来 #河灯节#",
                "今晚8点一起来 #别的#",
                "8 pm, everyone!",
            ],
            "hashtags": [[], [], [], ["河灯节"]],
        }
    )
    topics = pl.DataFrame({"topic": ["河灯节", "没人说"], "start": [NOON, NOON]})
    assert announcements(posts, topics).select("topic", "post_id").rows() == [
        ("河灯节", "early"),
        ("河灯节", "tag"),
    ]


@pytest.mark.parametrize(
    ("text", "minutes"),
    [
        ("明晚8点半，20:30到20:40", [510, 520]),
        ("今晚八点一刻", [495]),
        ("12:05 am and 13 时", [5, 60]),
        ("25点 or some day", []),
    ],
)
def test_named_times_are_minutes_of_the_half_day(text, minutes):
    assert named_times(text) == minutes


def timed(texts, *, hours=3, gone=()):
    """The topics that posts announce for noon and 13:02 UTC; post n names topic n."""
    posts = pl.DataFrame(
        {
            "post_id": [f"p{n}" for n in range(len(texts))],
            "account_id": "a",
            "created_at": NOON - timedelta(hours=hours),
            "deleted_at": [NOON if n in gone else None for n in range(len(texts))],
            "text": [f"大家一起来 {text} #第{n}题#" for n, text in enumerate(texts)],
            "hashtags": [[] for _ in texts],
        },
        schema_overrides={"deleted_at": pl.Datetime("us", "UTC"), "hashtags": pl.List(pl.String)},
    )
    topics = pl.DataFrame(
        {"topic": ["第0题", "第1题"], "start": [NOON, NOON + timedelta(minutes=62)]}
    )
    week, near = timedelta(days=7), timedelta(minutes=5)
    return timed_announcements(posts, topics, within=week, near=near)["topic"].to_list()


def test_a_call_counts_for_the_minute_that_it_names_in_one_zone_for_all_topics():
    assert timed(["20:00", "21:00"]) == ["第0题", "第1题"]  # UTC+8
    assert timed(["20:00", "20:00"]) == ["第0题"]  # no zone fits both
    assert timed(["20:12", "21:00"]) == ["第1题"]


def test_a_deleted_old_or_vague_call_does_not_count():
    assert timed(["20:00", "21:00"], gone=[0, 1]) == []
    assert timed(["20:00", "21:00"], hours=24 * 8) == []
    assert timed(["20:00 20:10 20:20 20:30 20:40"]) == []
