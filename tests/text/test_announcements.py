# SPDX-License-Identifier: GPL-3.0-or-later
"""Announcements: a call, a time, a topic, and before the window."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import polars as pl
import pytest

from graphkit.text.announcements import announcements, is_announcement

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
