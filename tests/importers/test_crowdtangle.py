# SPDX-License-Identifier: GPL-3.0-or-later
"""Field names: 4CAT, datasources/custom/import_formats.py (CrowdTangle exports, both platforms)."""

from __future__ import annotations

import csv
from datetime import UTC, datetime
from pathlib import Path

import pytest

from graphkit.importers.crowdtangle import IMPORTER
from graphkit.reading.importer import ReadOptions
from graphkit.reading.rows import sampled

SAMPLE = Path(__file__).parent / "samples" / "crowdtangle_facebook.csv"
INSTAGRAM = ["Account", "User Name", "Followers at Posting", "Post Created", "Type", "Likes",
             "Comments", "Views", "URL", "Link", "Photo", "Title", "Description"]  # fmt: skip


def read(path, **said):
    [batch] = IMPORTER.read(path, ReadOptions(**said))
    return batch


def written(path, header, *rows):
    with path.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.DictWriter(handle, header, restval="")
        writer.writeheader()
        writer.writerows(rows)
    return path


def changed(tmp_path, number=1, **cells):
    with SAMPLE.open(encoding="utf-8") as handle:
        rows = list(csv.DictReader(handle))
    named = {name.replace("_", " "): value for name, value in cells.items()}
    return read(written(tmp_path / "ct.csv", list(rows[0]), {**rows[number], **named}))


def post(tmp_path, number=1, **cells):
    return changed(tmp_path, number, **cells).tables["posts"].row(0, named=True)


def test_the_export_gives_the_story_with_links_to_posts_as_shares():
    posts = read(SAMPLE).tables["posts"]
    assert posts["post_id"].to_list() == [f"facebook:{number}" for number in (1, 2, 3, 4, 5, 6, 8)]
    author = [1001, 1002, 1003, 1004, 1002, 1005, 1001]
    assert posts["account_id"].to_list() == [f"facebook:{number}" for number in author]
    assert posts["kind"].to_list() == [
        "original", "original", "quote", "repost", "quote", "original", "quote",
    ]  # fmt: skip
    assert posts["parent_id"].to_list() == [
        None, None, "facebook:2", "facebook:3", "facebook:4", None, "facebook:2",
    ]  # fmt: skip
    assert posts["created_at"][1] == datetime(2026, 3, 10, 1, tzinfo=UTC)
    assert posts["url"][1] == "https://www.facebook.com/qingshi_news/posts/2"
    assert posts["urls"][1].to_list() == ["https://blog.example/hz1"]
    assert posts["hashtags"][1].to_list() == ["河洲大桥"]


def test_accounts_have_numbers_names_and_ages():
    assert read(SAMPLE).extras["accounts"].row(1, named=True)["created_at"] == datetime(
        2025, 11, 2, tzinfo=UTC
    )
    assert read(SAMPLE).extras["accounts"].select(
        "account_id", "handle", "display_name", "followers_count"
    ).row(1) == ("facebook:1002", "qingshi_news", "青石快讯", 5400)


def test_the_account_of_a_shared_post_is_known_by_name():
    unseen = read(SAMPLE).extras["posts"].row(0, named=True)
    assert (unseen["post_id"], unseen["account_id"]) == ("facebook:2", "facebook:@qingshi_news")
    assert unseen["is_seen"] is False


@pytest.mark.parametrize(
    ("word", "hour"), [("UTC", 1), ("EDT", 5), ("EST", 6), ("PDT", 8)]
)  # 01:00 on the clock of each
def test_a_zone_word_that_means_one_zone_is_read(tmp_path, word, hour):
    told = post(tmp_path, Post_Created=f"2026-03-10 01:00:00 {word}")
    assert told["created_at"] == datetime(2026, 3, 10, hour, tzinfo=UTC)


@pytest.mark.parametrize("word", ["CST", "IST", "BST"])
def test_a_zone_word_of_several_zones_rejects_the_row_and_says_why(tmp_path, word):
    batch = changed(tmp_path, Post_Created=f"2026-03-10 01:00:00 {word}")
    assert batch.tables["posts"].is_empty()
    assert "names a zone by letters that several zones share" in batch.rejects["reason"][0]


def test_a_link_to_the_pages_own_photo_is_no_share(tmp_path):
    own = "https://www.facebook.com/qingshi_news/photos/a.1/99/?type=3"
    told = post(tmp_path, Link=own)
    assert (told["kind"], told["parent_id"], told["urls"]) == ("original", None, [own])


@pytest.mark.parametrize(
    ("address", "post_id"),
    [
        ("https://www.facebook.com/other/posts/a-title/123456", "123456"),
        ("https://www.facebook.com/permalink.php?story_fbid=77&id=1009", "77"),
        ("https://m.facebook.com/other/videos/88/", "88"),
        ("https://www.facebook.com/groups/55/permalink/66/", "66"),
        ("https://www.facebook.com/other/posts/pfbid02abcXYZ", "pfbid02abcXYZ"),
        ("https://www.facebook.com/other", None),
        ("https://facebook.com.example/other/posts/5", None),
    ],
)
def test_posts_of_others_are_known_in_all_their_addresses(tmp_path, address, post_id):
    told = post(tmp_path, Link=address)
    assert told["parent_id"] == (post_id and f"facebook:{post_id}")
    assert told["urls"] == ([] if post_id else [address])


def test_the_final_address_is_taken_for_the_shortened_one(tmp_path):
    told = post(tmp_path, Link="https://short.example/1", Final_Link="https://long.example/1")
    assert told["urls"] == ["https://long.example/1"]


def test_a_sponsor_is_a_label(tmp_path):
    labels = changed(tmp_path, Sponsor_Name="示例品牌", Sponsor_Id="9").extras["labels"]
    assert labels.select("subject_id", "label").rows() == [
        ("facebook:2", "paid partnership with 示例品牌")
    ]


def test_groups_and_instagram_are_read_too(tmp_path):
    row = {"Account": "青石快讯", "User Name": "qingshi_news", "Followers at Posting": "5,400",
           "Post Created": "2026-03-10 01:00:00 UTC", "Description": "垮塌 #河洲大桥",
           "URL": "https://www.instagram.com/p/CsYnTh1/",
           "Link": "https://www.instagram.com/p/CsYnTh1/"}  # fmt: skip
    path = written(tmp_path / "instagram.csv", INSTAGRAM, row)
    assert IMPORTER.suits(sampled(path)) is not None
    batch = read(path)
    told = batch.tables["posts"].row(0, named=True)
    assert (told["post_id"], told["account_id"]) == ("instagram:CsYnTh1", "instagram:@qingshi_news")
    assert (told["text"], told["urls"], told["hashtags"]) == ("垮塌 #河洲大桥", [], ["河洲大桥"])
    assert batch.extras["accounts"].select("platform", "followers_count").rows() == [
        ("instagram", 5400)
    ]
    groups = SAMPLE.read_text("utf-8").replace("Page Name", "Group Name", 1)
    (tmp_path / "groups.csv").write_text(groups, "utf-8")
    assert read(tmp_path / "groups.csv").extras["accounts"]["display_name"][1] == "青石快讯"


def test_a_row_without_address_is_refused(tmp_path):
    rejects = changed(tmp_path, URL="https://www.facebook.com/qingshi_news").rejects
    assert rejects["reason"].to_list() == ["URL is no address of a post on Facebook or Instagram"]
