# SPDX-License-Identifier: GPL-3.0-or-later
"""Column names: 4CAT, datasources/custom (required columns; map_csv_items)."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from graphkit.case import create_case, load_corpus, source_records
from graphkit.importers.fourcat_custom import IMPORTER
from graphkit.investigation.ingesting import ingest
from graphkit.reading.importer import ReadOptions
from graphkit.reading.rows import sampled

SAMPLES = Path(__file__).parent / "samples"
SAMPLE = SAMPLES / "4cat_custom.csv"


def read(path, **said):
    [batch] = IMPORTER.read(path, ReadOptions(**said))
    return batch


def test_the_posts_are_of_the_platform_that_the_person_tells_and_their_authors_known_by_name():
    posts = read(SAMPLE, tz="UTC", platform="x").tables["posts"]
    assert posts.select("post_id", "account_id", "created_at", "kind").rows()[1] == (
        "x:2031173187793846273",
        "x:@qingshi_news",
        datetime(2026, 3, 10, 1, tzinfo=UTC),
        "original",
    )


def test_without_a_zone_no_row_is_guessed():
    batch = read(SAMPLE)
    assert (batch.rows_read, batch.rejects.height) == (8, 8)
    assert batch.rejects["reason"][0].endswith("has no time zone; give --tz, such as Asia/Shanghai")


def test_the_number_of_the_server_is_not_read(tmp_path):
    path = tmp_path / "custom.csv"
    path.write_text(
        "id,thread_id,timestamp,body,author,unix_timestamp\n"
        "1,1,2026-03-10 01:00:00,a,b,1773075600\n"
    )
    posts = read(path, tz="UTC").tables["posts"]
    assert posts["created_at"].to_list() == [datetime(2026, 3, 10, 1, tzinfo=UTC)]


def test_a_thread_that_is_a_post_of_the_file_is_answered_in_any_order_of_rows(tmp_path):
    head, *lines = SAMPLE.read_text("utf-8").splitlines()
    path = tmp_path / "custom.csv"
    path.write_text("\n".join([head, *reversed(lines)]), "utf-8")
    for file in (SAMPLE, path):
        posts = read(file, tz="UTC").tables["posts"]
        [answer] = posts.filter(posts["kind"] == "reply").to_dicts()
        assert answer["post_id"] == "local:2031180737541046278"
        assert answer["parent_id"] == answer["root_id"] == "local:2031173187793846273"


def test_a_thread_that_is_no_post_makes_nobody_answer_the_same_thing(tmp_path):
    path = tmp_path / "custom.csv"
    path.write_text(
        "id,thread_id,timestamp,body,author\n"
        "1,room,2026-03-10 01:00:00,a,b\n2,room,2026-03-10 01:00:01,a,c\n"
    )
    posts = read(path, tz="UTC").tables["posts"]
    assert posts.select("kind", "parent_id", "root_id").rows() == [
        ("original", None, "local:room"),
        ("original", None, "local:room"),
    ]


def test_the_tables_that_4cat_makes_of_x_are_left_to_their_importer():
    assert IMPORTER.suits(sampled(SAMPLE)) is not None
    assert IMPORTER.suits(sampled(SAMPLES / "4cat_x_api_v2.csv")) is None
    assert IMPORTER.suits(sampled(SAMPLES / "4cat_x_zeeschuimer.csv")) is None


def test_a_file_of_which_every_row_is_rejected_leaves_no_account_behind(tmp_path):
    case = create_case(tmp_path / "case")
    [ledger] = ingest(case, [SAMPLES / "4cat_custom.csv"])
    assert (ledger.accepted, ledger.rejects.height) == (0, 8)
    assert load_corpus(case).accounts.is_empty()
    assert source_records(case) == []
