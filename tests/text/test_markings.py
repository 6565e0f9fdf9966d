# SPDX-License-Identifier: GPL-3.0-or-later
"""What texts say of their own nature, and where."""

from __future__ import annotations

import polars as pl
import pytest

from graphkit.text.markings import keeps, label_marking, markings, patterns


@pytest.mark.parametrize(
    ("text", "marking", "said"),
    [
        ("【广告】快来买", "advertisement", "【广告】"),
        ("这段视频由AI生成，勿信", "ai", "由AI生成"),
        ("Made with AI: a bridge", "ai", "Made with AI"),
        ("个人观点，不代表单位", "opinion", "个人观点"),
        ("本故事纯属虚构", "satire", "纯属虚构"),
        ("今天的消防演习", "staged", "演习"),
        ("资料图：大桥", "archive", "资料图"),
        ("消息未经证实", "unconfirmed", "未经证实"),
        ("On March 3, 2025 the bridge closed", "date", "March 3, 2025"),
        ("2025年6月3日，大桥", "date", "2025年6月3日"),
    ],
)
def test_a_marking_is_read_with_its_place(text, marking, said):
    [row] = markings(pl.DataFrame({"post_id": ["p"], "text": [f"甲\0{text}"]})).rows(named=True)
    assert row["marking"] == marking
    assert f"甲\0{text}"[row["span_start"] : row["span_end"]] == said


@pytest.mark.parametrize(
    "text",
    [
        "他在看广告牌",
        "一个普通的早晨",
        "https://a.example/2025-06-03/x",
        "好//@某人:【广告】买",
        None,
    ],
)
def test_what_is_no_mark_or_somebody_elses_is_not_read(text):
    posts = pl.DataFrame({"post_id": ["p"], "text": [text]}, schema_overrides={"text": pl.String})
    assert markings(posts).is_empty()


def test_labels_and_source_fields_name_the_same_markings():
    said = pl.DataFrame({"label": ["AI-generated content", "ad", "Satire", "false", None]})
    assert said.select(label_marking(pl.col("label")))["label"].to_list() == [
        "ai", "advertisement", "satire", None, None,
    ]  # fmt: skip


def test_a_day_without_its_year_is_kept_and_nothing_else_has_a_shorter_form():
    texts = pl.DataFrame({"text": ["6月3日大桥", "大桥"]})
    assert texts.select(keeps(pl.col("text"), "date")).to_series().to_list() == [True, False]
    assert {name for name, each in patterns().items() if "kept" in each} == {"date"}
