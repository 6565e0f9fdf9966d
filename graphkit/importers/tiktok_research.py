# SPDX-License-Identifier: GPL-3.0-or-later
"""Videos of TikTok's Research API: pages of answers, or their videos one a line.

The API names accounts by username only, and neither reposts, duets nor comments' authors; what a
video says (`voice_to_text`) is not what was posted, and is not kept.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from graphkit.reading.extra_rows import account_of, post_label
from graphkit.reading.importer import Importer
from graphkit.reading.pages import page_items, page_keys
from graphkit.reading.records import Found, record_batches
from graphkit.reading.rows import Record, Refused, records

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from graphkit.reading.extra_rows import Extra, Row
    from graphkit.reading.importer import Batch, ReadOptions, Sample

NEEDS = ("id", "create_time", "username", "video_description")
VIDEOS = "data.videos"
LABELS = ("video_label", "video_tag")
FLAGS = {  # that TikTok shows on the video
    "is_ai_generated": "AI-generated",
    "is_aigc": "AI-generated",
    "is_branded_content": "paid partnership",
    "is_stem_verified": "STEM verified",
}


def _suits(sample: Sample) -> str | None:
    videos = [video for value in sample.objects for video in page_items(value, VIDEOS)]
    fits = [v for v in videos if isinstance(v, dict) and set(NEEDS) <= set(v)]
    return "its videos have video_description and username, as the Research API's" if fits else None


def _said(label: object) -> list[str]:
    """What labels say: of one, of a list, as a text or an object with its content or name."""
    if isinstance(label, list):
        return [said for each in label for said in _said(each)]
    if isinstance(label, dict):
        return [str(label[k]) for k in ("content", "name", "type") if label.get(k)][:1]
    return [str(label)] if label else []


def _labels(video: Mapping[str, Any]) -> Iterator[Extra]:
    said = [text for name in LABELS for text in _said(video.get(name))]
    said += [label for flag, label in FLAGS.items() if video.get(flag) is True]
    for text in dict.fromkeys(said):
        yield from post_label(str(video["id"]), text, labelled_by="tiktok")


def _listed(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def _post(video: Mapping[str, Any]) -> Row:
    tags = [each.get("hashtag_name") for each in _listed(video.get("hashtag_info_list"))]
    return {
        "post_id": video["id"],
        "account_id": account_of(None, video["username"]),
        "created_at": video.get("create_time"),
        "kind": "original",
        "text": video.get("video_description"),
        "url": f"https://www.tiktok.com/@{video['username']}/video/{video['id']}",
        "mentions": [
            str(name).removeprefix("@") for name in _listed(video.get("video_mention_list"))
        ],
        "hashtags": _listed(video.get("hashtag_names")) or tags,
    }


def _page(record: Record) -> Iterator[Found | Refused]:
    for video in page_items(record.value, VIDEOS):
        if not video.get("id") or not video.get("username"):
            yield Refused("no id or no username")
        else:
            name = video["username"]
            author = ("accounts", {"account_id": account_of(None, name), "handle": name})
            yield Found("posts", _post(video), (author, *_labels(video)))


def _read(path: Path, options: ReadOptions) -> Iterator[Batch]:
    found = records(path, options, at=page_keys(path, options, VIDEOS))
    yield from record_batches(found, _page, options=options, platform="tiktok")


IMPORTER = Importer(
    name="tiktok-research",
    title="TikTok Research API",
    summary="videos of TikTok's Research API: its pages, or one video a line",
    needs=NEEDS,
    gives=("posts", "accounts", "labels"),
    order=20,
    suits=_suits,
    read=_read,
)
