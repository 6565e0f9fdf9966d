# SPDX-License-Identifier: GPL-3.0-or-later
"""Field names: bernorieder/YouTube-Data-Tools (mod_videos_list.php, mod_video_comments.php, UTC by
common.php) and youtube-data-tools-v2 (models.py)."""

from __future__ import annotations

import csv
from datetime import UTC, datetime
from pathlib import Path

import pytest

from graphkit.importers.youtube_data_tools import IMPORTER
from graphkit.reading.importer import ReadOptions

SAMPLES = Path(__file__).parent / "samples"
VIDEOS = SAMPLES / "videolist_search6_2026_03_11-00_00_00.csv"
COMMENTS = SAMPLES / "videoinfo_synthvid_p1_2026_03_11-00_00_00_comments.csv"
WATCH = "https://www.youtube.com/watch?v="
NEW = ["videoId", "id", "likeCount", "publishedAt", "authorName", "authorChannelId", "text",
       "isReply", "threadId", "isReplyToId", "isReplyToName"]  # fmt: skip


def read(path, **said):
    [batch] = IMPORTER.read(path, ReadOptions(**said))
    return batch


def written(path, header, *rows):
    with path.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.DictWriter(handle, header, restval="")
        writer.writeheader()
        writer.writerows(rows)
    return path


def comment(tmp_path, **said):
    row = {"id": "Ugy1", "publishedAt": "2026-03-10 01:30:00", "authorName": "@lin_reader",
           "authorChannelId": "UC6", "text": "x", "isReply": "0", **said}  # fmt: skip
    return read(written(tmp_path / "comments.csv", NEW, row))


def changed_video(tmp_path, **cells):
    with VIDEOS.open(encoding="utf-8") as handle:
        row = {**list(csv.DictReader(handle))[1], **cells}
    return read(written(tmp_path / "videolist.csv", row, row))


def test_the_list_gives_the_videos_of_the_story():
    posts = read(VIDEOS).tables["posts"]
    assert posts["post_id"].to_list() == [f"youtube:synthvid_p{n}" for n in (0, 1, 2, 4, 5, 7)]
    assert posts["account_id"][1] == "youtube:UCsynthetic1002channel001"
    assert posts["created_at"][1] == datetime(2026, 3, 10, 1, tzinfo=UTC)
    assert posts["url"][1] == f"{WATCH}synthvid_p1"
    assert posts["urls"][1].to_list() == ["https://blog.example/hz1"]
    assert posts["urls"][3].to_list() == [f"{WATCH}synthvid_p3"]
    assert posts["hashtags"][1].to_list() == ["河洲大桥"]
    assert posts["kind"].unique().to_list() == ["original"]


def test_a_comment_answers_the_video_that_the_files_name_says():
    batch = read(COMMENTS)
    told = batch.tables["posts"].row(0, named=True)
    assert (told["kind"], told["parent_id"]) == ("reply", "youtube:synthvid_p1")
    assert told["url"] == f"{WATCH}synthvid_p1&lc=UgySynthetic6"
    assert told["created_at"] == datetime(2026, 3, 10, 1, 30, tzinfo=UTC)
    assert batch.extras["accounts"].select("account_id", "handle").rows() == [
        ("youtube:UCsynthetic1006channel001", "lin_reader")
    ]


def test_times_on_a_clock_are_utc_unless_the_person_says_otherwise():
    told = read(COMMENTS, tz="Asia/Shanghai").tables["posts"]["created_at"].to_list()
    assert told == [datetime(2026, 3, 9, 17, 30, tzinfo=UTC)]


def test_the_new_version_has_the_video_and_the_true_target_in_columns(tmp_path):
    said = {"videoId": "synthvid_p1", "isReply": "1", "threadId": "Ugy0", "isReplyToId": "Ugy0.5"}
    told = comment(tmp_path, **said).tables["posts"].row(0, named=True)
    assert (told["parent_id"], told["root_id"]) == ("youtube:Ugy0.5", "youtube:synthvid_p1")


def test_a_comment_of_no_known_video_answers_nothing_that_is_known(tmp_path):
    told = comment(tmp_path).tables["posts"].row(0, named=True)
    assert (told["kind"], told["parent_id"], told["url"]) == ("reply", None, None)


def test_pseudonymised_comments_keep_their_hashes_as_accounts(tmp_path):
    hashed = "2fd4e1c67a2d28fced849ee1bb76e7391b93eb12"
    batch = comment(tmp_path, authorName=hashed, authorChannelId="")
    assert batch.tables["posts"]["account_id"].to_list() == [f"youtube:@{hashed}"]


@pytest.mark.parametrize("suffix", [".tsv", ".tab"])
def test_the_tab_separated_files_of_the_old_version_are_read(tmp_path, suffix):
    with VIDEOS.open(encoding="utf-8") as handle:
        table = [row[1:] for row in csv.reader(handle)]
    path = tmp_path / f"videolist{suffix}"
    path.write_text("\n".join("\t".join(row) for row in table), "utf-8")
    assert read(path).tables["posts"]["post_id"][0] == "youtube:synthvid_p0"


def test_paid_product_placement_is_a_label(tmp_path):
    labels = changed_video(tmp_path, hasPaidProductPlacement="True").extras["labels"]
    assert labels.select("subject_id", "label").rows() == [
        ("youtube:synthvid_p1", "paid product placement")
    ]


def test_a_video_that_the_tool_could_not_get_is_refused(tmp_path):
    batch = changed_video(tmp_path, channelId="", videoTitle="[not found: synthvid_p1]")
    assert batch.rejects["reason"].to_list() == [
        "no videoId or no channelId: the tool could not get this video"
    ]
