# SPDX-License-Identifier: GPL-3.0-or-later
"""Field names: developers.facebook.com, Content Library API, data dictionary (posts)."""

from __future__ import annotations

import csv
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from graphkit.importers.meta_content_library import IMPORTER
from graphkit.reading.importer import ReadOptions
from graphkit.reading.rows import sampled

SAMPLE = Path(__file__).parent / "samples" / "meta_content_library_posts.csv"
LIBRARY = "https://www.facebook.com/transparency/content-library/x?id="


def read(path, **said):
    [batch] = IMPORTER.read(path, ReadOptions(**said))
    return batch


def rows():
    with SAMPLE.open(encoding="utf-8") as handle:
        return list(csv.DictReader(handle))


def changed(tmp_path, **cells):
    row = {**rows()[1], **cells}
    path = tmp_path / "mcl.csv"
    with path.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.DictWriter(handle, row)
        writer.writeheader()
        writer.writerow(row)
    return read(path)


def post(tmp_path, **cells):
    return changed(tmp_path, **cells).tables["posts"].row(0, named=True)


def test_the_download_gives_the_posts_of_the_story_at_their_place_in_the_library():
    posts = read(SAMPLE).tables["posts"]
    assert posts["post_id"].to_list() == [f"facebook:90{n}" for n in (0, 1, 2, 3, 4, 5, 7)]
    author = [1001, 1002, 1003, 1004, 1002, 1005, 1001]
    assert posts["account_id"].to_list() == [f"facebook:{number}" for number in author]
    assert posts["created_at"][1] == datetime(2026, 3, 10, 1, tzinfo=UTC)
    assert posts["edited_at"].null_count() == 7
    assert posts["url"][1] == f"{LIBRARY}901"
    assert posts["hashtags"][1].to_list() == ["河洲大桥"]
    assert posts["declared_repost_count"][1] == 1


@pytest.mark.parametrize(("text", "kind"), [("mine", "quote"), ("", "repost")])
def test_a_shared_post_is_the_parent(tmp_path, text, kind):
    told = post(tmp_path, shared_post_id="55", text=text)
    assert (told["kind"], told["parent_id"]) == (kind, "facebook:55")


@pytest.mark.parametrize("name", ["link_attachment.link", "link_attachment_fields.link"])
def test_an_attached_link_is_read_in_both_spellings(tmp_path, name):
    assert post(tmp_path, **{name: "https://blog.example/hz1"})["urls"] == [
        "https://blog.example/hz1"
    ]


def test_a_post_whose_author_is_withheld_is_the_groups_where_it_stands(tmp_path):
    said = {"post_owner.id": "", "post_owner.name": "", "surface.id": "66", "surface.name": "群"}
    batch = changed(tmp_path, **said)
    assert batch.tables["posts"]["account_id"].to_list() == ["facebook:66"]
    assert batch.extras["accounts"]["display_name"].to_list() == ["群"]


def test_branded_content_is_labelled_and_an_edit_has_its_time(tmp_path):
    batch = changed(tmp_path, is_branded_content="True", modified_time="2026-03-10T02:00:00Z")
    assert batch.extras["labels"].select("subject_id", "label").rows() == [
        ("facebook:901", "branded content")
    ]
    assert batch.tables["posts"]["edited_at"][0] == datetime(2026, 3, 10, 2, tzinfo=UTC)


def test_posts_of_instagram_are_told_by_the_type_of_account(tmp_path):
    batch = changed(tmp_path, **{"post_owner.type": "creator"})
    assert batch.tables["posts"]["post_id"].to_list() == ["instagram:901"]
    assert batch.extras["accounts"]["account_id"].to_list() == ["instagram:1002"]


def test_times_without_offset_are_utc(tmp_path):
    told = post(tmp_path, creation_time="2026-03-10 01:00:00", modified_time="")
    assert told["created_at"] == datetime(2026, 3, 10, 1, tzinfo=UTC)


def test_a_spreadsheets_number_is_no_id(tmp_path):
    batch = changed(tmp_path, id="1.02E+17")
    assert "lost digits" in batch.rejects["reason"][0]


def test_the_header_of_a_second_download_is_refused(tmp_path):
    header, *lines = SAMPLE.read_text("utf-8").splitlines()
    path = tmp_path / "joined.csv"
    path.write_text("\n".join([header, lines[0], header, lines[1]]), "utf-8")
    batch = read(path)
    assert batch.rejects["reason"].to_list() == ["the header again, as where downloads were joined"]
    assert batch.tables["posts"].height == 2


def test_pages_of_the_api_are_read_with_their_objects_inside_each_other(tmp_path):
    item = {"id": "901", "creation_time": "2026-03-10T01:00:00+00:00", "content_type": "links",
            "modified_time": "2026-03-10T01:00:00+00:00", "text": "x", "hashtags": ["河洲大桥"],
            "post_owner": {"data": {"id": "1002", "type": "facebook_page", "name": "青石快讯"}},
            "link_attachment": {"link": "https://blog.example/hz1"},
            "statistics": {"share_count": 1}}  # fmt: skip
    path = tmp_path / "page.json"
    path.write_text(json.dumps({"data": [item], "paging": {}}), "utf-8")
    assert IMPORTER.suits(sampled(path)) is not None
    told = read(path).tables["posts"].row(0, named=True)
    assert (told["post_id"], told["account_id"]) == ("facebook:901", "facebook:1002")
    assert (told["urls"], told["hashtags"]) == (["https://blog.example/hz1"], ["河洲大桥"])
