# SPDX-License-Identifier: GPL-3.0-or-later
"""Posts of Facebook and Instagram from the Meta Content Library: its CSV, or pages of its API.

Its ids are the library's own and lead nowhere on Facebook; the only address of a post is that in
the library (`mcl_url`). A post in a group whose author is withheld is the group's (`surface`).
`shared_post_id` says what a post shares, and is not in every download.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from graphkit.reading.extra_rows import post_label
from graphkit.reading.importer import Importer
from graphkit.reading.pages import page_items, page_keys
from graphkit.reading.records import Found, record_batches
from graphkit.reading.rows import Record, Refused, records
from graphkit.reading.text_marks import links_in
from graphkit.reading.values import count, parts

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from graphkit.reading.extra_rows import Extra, Row
    from graphkit.reading.importer import Batch, ReadOptions, Sample

NEEDS = ("id", "creation_time", "content_type", "post_owner.id", "mcl_url or modified_time")
LINKS = ("link_attachment.link", "link_attachment_fields.link")
OF_INSTAGRAM = {"business", "creator", "personal"}  # types of its accounts


def _flat(row: Mapping[str, Any]) -> Row:
    """The row with what lies in inner objects under dotted names, as the CSV has it."""
    flat: Row = {}
    for name, cell in row.items():
        inner = _flat(cell) if isinstance(cell, dict) else {}
        flat |= {f"{name}.{key.removeprefix('data.')}": value for key, value in inner.items()}
        flat |= {} if isinstance(cell, dict) else {name: cell}
    return flat


def _suits(sample: Sample) -> str | None:
    rows: list[Any] = [dict.fromkeys(sample.columns, "")]
    rows += [row for value in sample.objects for row in page_items(value, "data")]
    keys = [set(_flat(row)) for row in rows if isinstance(row, dict)]
    fits = [k for k in keys if set(NEEDS[:4]) <= k and {"mcl_url", "modified_time"} & k]
    return "it has post_owner.id and content_type, as the Meta Content Library" if fits else None


def _owner(row: Row) -> Row:
    """Whose post it is; of a post whose author is withheld, the group or page where it stands."""
    whose = "post_owner" if row.get("post_owner.id") else "surface"
    return {name: row.get(f"{whose}.{name}") for name in ("id", "type", "name", "username")}


def _platform(row: Row) -> str:
    kind = str(_owner(row)["type"]).lower()
    return "instagram" if "instagram" in kind or kind in OF_INSTAGRAM else "facebook"


def _tags(row: Row) -> list[str]:
    told = row.get("hashtags")
    tags = told if isinstance(told, list) else parts(str(told or "").strip("[]"), ",")
    return [str(tag).strip(" '\"#") for tag in tags]


def _post(row: Row) -> Row:
    shared, text = row.get("shared_post_id") or None, row.get("text")
    made, changed = row.get("creation_time"), row.get("modified_time")
    attached = [row.get(name) for name in LINKS]
    return {
        "post_id": row.get("id"),
        "account_id": _owner(row)["id"],
        "platform": _platform(row),
        "created_at": made,
        "edited_at": changed if changed != made else None,
        "kind": ("quote" if text else "repost") if shared else "original",
        "text": text,
        "lang": row.get("lang"),
        "parent_id": shared,
        "url": row.get("mcl_url"),
        "urls": list(dict.fromkeys([*(url for url in attached if url), *links_in(text)])),
        "hashtags": _tags(row),
        "declared_repost_count": count(row.get("statistics.share_count")),
    }


def _along(row: Row, platform: str) -> Iterator[Extra]:
    yield (
        "accounts",
        {
            "account_id": _owner(row)["id"],
            "platform": platform,
            "handle": _owner(row)["username"],
            "display_name": _owner(row)["name"],
            "is_verified": row.get("is_verified"),
        },
    )
    if str(row.get("is_branded_content")).lower() == "true":
        marks = {"labelled_by": platform, "platform": platform}
        yield from post_label(str(row.get("id")), "branded content", **marks)


def _page(record: Record) -> Iterator[Found | Refused]:
    for each in page_items(record.value, "data"):
        row = _flat(each)
        if row.get("id") == "id":
            yield Refused("the header again, as where downloads were joined")
        elif not row.get("id") or not _owner(row)["id"]:
            yield Refused("no id, or neither post_owner.id nor surface.id")
        else:
            yield Found("posts", _post(row), tuple(_along(row, _platform(row))))


def _read(path: Path, options: ReadOptions) -> Iterator[Batch]:
    found = records(path, options, at=page_keys(path, options, "data"))
    yield from record_batches(found, _page, options=options, platform="facebook", zone="UTC")


IMPORTER = Importer(
    name="meta-content-library",
    title="Meta Content Library",
    summary="posts of Facebook and Instagram from the Meta Content Library, CSV or JSON",
    needs=NEEDS,
    gives=("posts", "accounts", "labels"),
    order=20,
    suits=_suits,
    read=_read,
    zone="UTC",
)
