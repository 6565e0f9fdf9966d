# SPDX-License-Identifier: GPL-3.0-or-later
"""The corpus of a case: imported rows, and what derives from the posts."""

from __future__ import annotations

from datetime import UTC, datetime

import polars as pl
import pytest

from graphkit.case import create_case, load_corpus, save_import
from graphkit.case.folder import write_file
from graphkit.tables import CITATIONS, POSTS

SOURCE = {"source_id": "s", "source_line": 1}
RECORD = {
    "source_id": "s",
    "file": "posts.csv",
    "sha256": "ab" * 32,
    "importer": "canonical",
    "collection": "keyword",
    "collected_at": None,
    "told": {"tz": "UTC"},
    "rows_read": 3,
    "accepted": 3,
    "duplicate": 0,
    "rejected": 0,
}


def posts():
    post = {
        "account_id": "p:a",
        "platform": "p",
        "created_at": datetime(2026, 3, 2, tzinfo=UTC),
        "time_precision": "second",
        "kind": "original",
        "text": "the bridge is closed",
        "is_seen": True,
        **{name: [] for name in ("urls", "mentions", "hashtags", "media_hashes")},
        **SOURCE,
    }
    rows = [{**post, "post_id": f"p:{number}"} for number in (1, 2)]
    return POSTS.conform(pl.DataFrame(rows, infer_schema_length=None))


def saved(case, tables):
    staged = case.root.parent / "staged"
    for name, frame in tables.items():
        (staged / "tables" / name).mkdir(parents=True)
        frame.write_parquet(staged / "tables" / name / "s.parquet")
    save_import(case, staged, record={"batch_id": "s", "sources": [RECORD]})


def imported_citation():
    row = {
        "post_id": "p:1",
        "citation_no": 1,
        "target_kind": "outlet",
        "target": "The Courier",
        "via": "import",
        "rule": "by hand",
        "certainty": 1.0,
        **SOURCE,
    }
    return CITATIONS.conform(pl.DataFrame([row]))


def test_imported_citations_stand_in_the_place_of_what_the_text_of_the_post_would_give(tmp_path):
    case = create_case(tmp_path / "case", zone="UTC")
    tables = {"posts": posts(), "citations": imported_citation()}
    saved(case, tables)
    found = load_corpus(case).citations.select("post_id", "target_kind", "target").rows()
    assert found == [("p:1", "outlet", "The Courier"), ("p:2", "none", None)]


def test_a_corpus_is_the_same_when_it_is_loaded_again_from_what_was_derived(tmp_path):
    case = create_case(tmp_path / "case", zone="UTC")
    saved(case, {"posts": posts()})
    first, again = load_corpus(case), load_corpus(case)
    assert again.citations.equals(first.citations)
    assert again.actions.equals(first.actions)


def test_a_file_that_could_not_be_written_whole_leaves_no_part_behind(tmp_path, monkeypatch):
    def full(_handle):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("graphkit.case.folder.os.fsync", full)
    with pytest.raises(OSError, match="No space left"):
        write_file(tmp_path / "a", b"1")
    assert list(tmp_path.iterdir()) == []
