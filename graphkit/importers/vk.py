# SPDX-License-Identifier: GPL-3.0-or-later
"""Posts and comments of VK as its API gives them: pages, or one a line as 4CAT stores them.

A post is known by its wall and number, as in vk.com/wall<wall>_<number>; comments of a wall are
counted with its posts. Communities have negative numbers. `copy_history` is what a post shares:
the first is its parent, the last its root. What a post names as its source (`copyright`) is its
`source_label`. Likes, views and polls are not kept.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from graphkit.reading.extra_rows import post_label
from graphkit.reading.importer import Importer
from graphkit.reading.pages import page_items, page_keys
from graphkit.reading.records import Found, record_batches
from graphkit.reading.rows import Record, Refused, records
from graphkit.reading.text_marks import hashtags_in, links_in
from graphkit.reading.values import at, count, first

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from graphkit.reading.extra_rows import Extra, Row
    from graphkit.reading.importer import Batch, ReadOptions, Sample

NEEDS = ("id", "owner_id", "from_id", "date", "text")
PAGES = ("response.items", "items")
SOLD = {"marked_as_ads": "advertisement"}
NAMED = re.compile(r"\[(?:id|club|public)\d+\|([^\]]*)\]")  # [id5|the name that is shown]
MENTION = re.compile(r"\[((?:id|club|public)\d+)\|")


def _suits(sample: Sample) -> str | None:
    items = [item for value in sample.objects for item in page_items(value, *PAGES)]
    fits = [
        i for i in items if isinstance(i, dict) and {"id", "owner_id", "date", "text"} <= set(i)
    ]
    return "its objects have owner_id, from_id and date, as VK's API" if fits else None


def _id(item: Mapping[str, Any]) -> str:
    return f"{first(item, 'owner_id', 'from_id')}_{item['id']}"


def _target(item: Mapping[str, Any]) -> tuple[str, str | None, str | None]:
    """The kind of post, its parent and its root."""
    shared = item.get("copy_history") or []
    if shared:
        return ("quote" if item.get("text") else "repost"), _id(shared[0]), _id(shared[-1])
    if item.get("post_id") is None:
        return "original", None, None
    root = f"{item['owner_id']}_{item['post_id']}"
    answered = item.get("reply_to_comment")
    return "reply", f"{item['owner_id']}_{answered}" if answered else root, root


def _urls(item: Mapping[str, Any]) -> list[str]:
    """Links attached, links in the text, and the source that the post names by link."""
    attached = [at(each, "link.url") for each in item.get("attachments") or []]
    found = [*attached, *links_in(item.get("text")), at(item, "copyright.link")]
    return list(dict.fromkeys(url for url in found if url))


def _post(item: Mapping[str, Any]) -> Row:
    kind, parent, root = _target(item)
    wall = root if kind == "reply" else _id(item)
    text = item.get("text") or ""
    return {
        "post_id": _id(item),
        "account_id": first(item, "from_id", "owner_id"),
        "created_at": item.get("date"),
        "edited_at": item.get("edited"),
        "kind": kind,
        "text": NAMED.sub(r"\1", text),
        "parent_id": parent,
        "root_id": root,
        "url": f"https://vk.com/wall{wall}" + (f"?reply={item['id']}" if kind == "reply" else ""),
        "urls": _urls(item),
        "mentions": MENTION.findall(text),
        "hashtags": [tag.partition("@")[0] for tag in hashtags_in(text)],
        "source_label": first(item, "copyright.name", "copyright.link"),
        "client": first(item, "post_source.platform", "post_source.type"),
        "declared_repost_count": count(at(item, "reposts.count")),
    }


def _profile(number: object, known: Mapping[str, Any]) -> Extra:
    names = [known.get("name"), known.get("first_name"), known.get("last_name")]
    return "accounts", {
        "account_id": number,
        "handle": first(known, "screen_name", "domain"),
        "display_name": " ".join(name for name in names if name),
        "bio": first(known, "description", "status"),
        "is_verified": bool(known["verified"]) if "verified" in known else None,
        "followers_count": count(first(known, "followers_count", "members_count")),
    }


def _profiles(page: Mapping[str, Any]) -> dict[Any, Row]:
    """What a page says of accounts, by their number: of communities below zero."""
    people = {each["id"]: each for each in page.get("profiles") or []}
    return people | {-each["id"]: each for each in page.get("groups") or []}


def _along(item: Mapping[str, Any], page: Mapping[str, Any]) -> Iterator[Extra]:
    """The author, what VK marks, and the posts shared with theirs."""
    author = first(item, "from_id", "owner_id")
    yield _profile(author, item.get("author_profile") or _profiles(page).get(author, {}))
    for flag, label in SOLD.items():
        if item.get(flag):
            yield from post_label(_id(item), label, labelled_by="vk")
    shared = item.get("copy_history") or []
    for number, inner in enumerate(shared):
        row = _post({**inner, "copy_history": shared[number + 1 :]})
        yield "posts", row
        yield from _along({**inner, "copy_history": []}, page)


def _page(record: Record) -> Iterator[Found | Refused]:
    told = at(record.value, "response")
    page = (
        told
        if isinstance(told, dict)
        else record.value
        if at(record.value, "items")
        else record.head
    )
    for item in page_items(record.value, *PAGES):
        if item.get("deleted") or item.get("is_deleted"):
            yield Refused("deleted: VK leaves nothing of it but its number")
        elif item.get("id") is None or first(item, "from_id", "owner_id") is None:
            yield Refused("no id, or neither from_id nor owner_id")
        else:
            yield Found("posts", _post(item), tuple(_along(item, page)))


def _read(path: Path, options: ReadOptions) -> Iterator[Batch]:
    found = records(path, options, at=page_keys(path, options, *PAGES))
    yield from record_batches(found, _page, options=options, platform="vk")


IMPORTER = Importer(
    name="vk",
    title="VK posts and comments",
    summary="posts and comments of VK's API: its pages, or one a line as 4CAT stores them",
    needs=NEEDS,
    gives=("posts", "accounts", "labels"),
    order=20,
    suits=_suits,
    read=_read,
)
