# SPDX-License-Identifier: GPL-3.0-or-later
"""Pages saved as MHTML: headers as Chromium writes them (mhtml_generation_manager), RFC 2557."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from graphkit.errors import InputError
from graphkit.importers.mhtml import IMPORTER
from graphkit.reading.importer import ReadOptions
from graphkit.reading.rows import sampled

SAMPLES = Path(__file__).parent / "samples"
PART = "Content-Type: text/html\nContent-Location: https://a.example/1\n\n<p>It stands.</p>\n"


def read(path, **said):
    [batch] = IMPORTER.read(path, ReadOptions(**said))
    return batch


def message(tmp_path, *parts, head=""):
    path = tmp_path / "page.mhtml"
    kind = 'Content-Type: multipart/related; boundary="B"'
    body = "".join(f"--B\n{part}" for part in parts)
    path.write_text(f"From: <Saved by Blink>\n{head}MIME-Version: 1.0\n{kind}\n\n{body}--B--\n")
    return path


def test_the_papers_debunk_comes_out_with_its_links_and_its_review():
    batch = read(SAMPLES / "web_debunk.mhtml")
    [row] = batch.tables["posts"].to_dicts()
    assert row["post_id"] == "web:https://southbank.example/2026/0310/debunk"
    assert row["created_at"] == datetime(2026, 3, 10, 3, tzinfo=UTC)
    assert row["collected_at"] == datetime(2026, 3, 10, 3, 30, tzinfo=UTC)
    assert row["urls"] == [
        "https://southbank.example/2024/0702/bridge",
        "https://blog.example/hz1",
    ]
    assert row["text"].splitlines() == [
        "【辟谣】网传河洲大桥垮塌不实，图片为2024年旧图",
        "网传大桥垮塌不实，桥梁一切正常。图片出自本报2024年的报道。",
        "该说法见于一个博客，原文没有给出来源。",
    ]
    found = batch.extras["labels"].select("subject_kind", "subject_id", "label", "labelled_by")
    desk, claim = "南岸日报 (southbank.example)", "河洲大桥昨夜垮塌，多车坠河"
    assert found.rows() == [
        ("post", row["post_id"], "byline: 陈岸", "southbank.example"),
        ("claim", claim, "不实", desk),
        ("claim", claim, "rating 1 (1 worst, 5 best)", desk),
        ("url", "https://blog.example/hz1", "不实", desk),
    ]


def test_the_address_of_the_snapshot_goes_before_that_of_the_part(tmp_path):
    other = "Snapshot-Content-Location: https://a.example/2\n"
    [row] = read(message(tmp_path, PART, head=other)).tables["posts"].to_dicts()
    assert row["url"] == "https://a.example/2"
    [row] = read(message(tmp_path, PART)).tables["posts"].to_dicts()
    assert row["url"] == "https://a.example/1"


def test_a_file_without_an_html_part_is_rejected(tmp_path):
    batch = read(message(tmp_path, "Content-Type: image/png\n\nxx\n"))
    assert batch.rejects["reason"].to_list() == ["holds no HTML part"]


def test_parts_within_parts_without_end_are_refused_or_rejected(tmp_path):
    path = tmp_path / "deep.mhtml"
    nested = "".join(
        f"Content-Type: multipart/mixed; boundary=B{i}\n\n--B{i}\n" for i in range(3_000)
    )
    path.write_text(f"MIME-Version: 1.0\n{nested}")
    with pytest.raises(InputError, match="is not MHTML"):
        read(path)


def test_only_mhtml_suits():
    suiting = [p.name for p in sorted(SAMPLES.glob("*.*")) if IMPORTER.suits(sampled(p))]
    assert suiting == ["web_debunk.mhtml"]
