# SPDX-License-Identifier: GPL-3.0-or-later
"""Lists of articles and their sources; the header is that of CheckFirstHQ/pravda-network."""

from __future__ import annotations

import gzip
from datetime import UTC, datetime
from pathlib import Path

import polars as pl
import pytest

from graphkit.case import create_case, load_corpus
from graphkit.importers.checkfirst_articles import IMPORTER
from graphkit.investigation.ingesting import ingest, recognised
from graphkit.reading.importer import ReadOptions

SAMPLE = Path(__file__).parent / "samples" / "checkfirst_articles.csv"
ONE = "web:https://en.ring-one.example/2026/03/10/1.html"


@pytest.fixture(scope="module")
def corpus(tmp_path_factory):
    case = create_case(tmp_path_factory.mktemp("checkfirst") / "case")
    ingest(case, [SAMPLE])
    return load_corpus(case)


def test_an_article_is_a_post_of_the_site_that_registered_the_domain(corpus):
    first = corpus.posts.sort("created_at").row(0, named=True)
    assert first["post_id"] == ONE
    assert first["account_id"] == "web:ring-one.example"
    assert first["created_at"] == datetime(2026, 3, 10, 14, 30, tzinfo=UTC)
    assert first["text"] == "The bridge is closed\nIt is said to have moved by a hand."


def test_the_source_of_an_article_is_a_post_that_is_there_one_that_is_not_or_a_name(corpus):
    named = corpus.citations.filter(pl.col("target_kind") != "vague")
    assert named.sort("post_id").select("target_kind", "target", "rule").rows() == [
        ("post", "telegram:bridgechannel/7", "permalink-unseen"),
        ("post", ONE, "post-address"),
        ("outlet", "Harbour Office", "source-label"),
    ]


def test_a_row_without_an_address_is_rejected_and_the_file_may_be_packed(tmp_path):
    packed = tmp_path / "en.ring-one.example.csv.gz"
    packed.write_bytes(gzip.compress(SAMPLE.read_bytes()))
    assert recognised(packed)[0].name == "checkfirst-articles"
    batches = list(IMPORTER.read(packed, ReadOptions()))
    rejects = [row for batch in batches for row in batch.rejects.rows()]
    assert rejects == [(5, "URL is no http or https address")]
    assert sum(batch.rows_read for batch in batches) == 4
