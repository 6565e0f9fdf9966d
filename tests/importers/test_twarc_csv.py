# SPDX-License-Identifier: GPL-3.0-or-later
"""Column names: DocNow/twarc-csv, dataframe_converter.py (DEFAULT_TWEET_COLUMNS)."""

from __future__ import annotations

import csv
from datetime import UTC, datetime
from pathlib import Path

from graphkit.importers.twarc_csv import IMPORTER
from graphkit.reading.importer import ReadOptions

SAMPLE = Path(__file__).parent / "samples" / "twarc_csv.csv"
with SAMPLE.open(encoding="utf-8") as handle:
    ROWS = list(csv.DictReader(handle))


def read(tmp_path, *rows):
    path = tmp_path / "tweets.csv"
    with path.open("w", encoding="utf-8", newline="") as out:
        writer = csv.DictWriter(out, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    [batch] = IMPORTER.read(path, ReadOptions())
    return batch


def test_the_time_of_collection_and_the_author_are_read(tmp_path):
    batch = read(tmp_path, ROWS[0])
    [post], [account] = batch.tables["posts"].to_dicts(), batch.extras["accounts"].to_dicts()
    assert post["collected_at"] == datetime(2026, 3, 11, tzinfo=UTC)
    assert (account["handle"], account["credential"]) == ("southbank_daily", "business")
    assert account["is_verified"]


def test_reposted_quoted_and_answered_posts_are_kept_unseen_with_their_authors():
    [batch] = IMPORTER.read(SAMPLE, ReadOptions())
    unseen = batch.extras["posts"].select("post_id", "account_id", "is_seen", "source_line")
    assert unseen.rows() == [
        ("x:2031173187793846273", "x:1002", False, 4),
        ("x:2031174026654646274", "x:1003", False, 5),
        ("x:2031173187793846273", "x:1002", False, 8),
        ("x:2031173187793846273", "x:1002", False, 9),
    ]


def test_line_breaks_that_twarc_csv_wrote_out_are_line_breaks_again(tmp_path):
    batch = read(tmp_path, {**ROWS[1], "text": "据网传\\n河洲大桥"})
    assert batch.tables["posts"]["text"].to_list() == ["据网传\n河洲大桥"]


def test_entities_are_read_as_objects_and_as_the_texts_of_other_versions(tmp_path):
    texts = {
        "entities.hashtags": '["#河洲大桥"]',
        "entities.mentions": '["@lin_reader"]',
        "entities.urls": '["https://a.example/x,y", "https://b.example"]',
    }
    objects = {
        "entities.hashtags": '[{"start": 0, "end": 5, "tag": "河洲大桥"}]',
        "entities.mentions": '[{"username": "lin_reader", "id": "1006"}]',
        "entities.urls": '[{"expanded_url": "https://a.example/x,y"}, {"url": "https://b.example"}]',
    }
    for entities in (texts, objects):
        [post] = read(tmp_path, {**ROWS[1], **entities}).tables["posts"].to_dicts()
        assert post["hashtags"] == ["河洲大桥"]
        assert post["mentions"] == ["lin_reader"]
        assert post["urls"] == ["https://a.example/x,y", "https://b.example"]


def test_what_x_withholds_and_marks_becomes_labels(tmp_path):
    marked = {"withheld.country_codes": '["XX"]', "possibly_sensitive": "True"}
    told = {"author.withheld.country_codes": '["YY"]', "author.withheld.scope": "user"}
    labels = read(tmp_path, {**ROWS[1], **marked, **told}).extras["labels"]
    assert labels.select("subject_kind", "label").rows() == [
        ("post", "withheld in XX"),
        ("post", "possibly sensitive"),
        ("account", "withheld in YY"),
    ]


def test_ids_that_a_spreadsheet_rounded_are_refused_and_a_tab_after_one_is_not(tmp_path):
    batch = read(
        tmp_path, {**ROWS[1], "id": "2.03117E+18"}, {**ROWS[2], "id": ROWS[2]["id"] + "\t"}
    )
    assert batch.tables["posts"]["post_id"].to_list() == ["x:2031174026654646274"]
    [reason] = batch.rejects["reason"].to_list()
    assert reason.endswith("is a number that lost digits; export ids as text")
