# SPDX-License-Identifier: GPL-3.0-or-later
"""Posts of Bluesky as minet writes them to CSV (the fields of twitwi, from the API or firehose).

The text is `original_text`; the column `text` has quotes and media written into it. Times are
`timestamp_utc`: `local_time` is of the zone that the person asked minet for, `collection_time` of
the machine's. A reposted post keeps its own row and id, so that a repost gets an id of its own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from graphkit.reading.bluesky_posts import known_handle, repost_id, web_address
from graphkit.reading.extra_rows import unseen_post
from graphkit.reading.importer import Importer
from graphkit.reading.records import Found, record_batches
from graphkit.reading.rows import Record, Refused, records
from graphkit.reading.values import count, first, parts

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from graphkit.reading.extra_rows import Extra, Row
    from graphkit.reading.importer import Batch, ReadOptions, Sample

NEEDS = ("uri", "user_did", "original_text", "timestamp_utc", "to_post_uri", "quoted_uri")


def _suits(sample: Sample) -> str | None:
    fits = sample.form != "json" and set(NEEDS) <= set(sample.columns)
    return "its columns are those that minet writes for Bluesky posts" if fits else None


def _account(did: object, handle: str | None, **known: object) -> list[Extra]:
    row = {"account_id": did, "handle": known_handle(handle), **known}
    return [("accounts", row)] if did else []


def _post(row: Mapping[str, Any]) -> Row:
    quoted, answered = row.get("quoted_uri"), row.get("to_post_uri")
    langs = parts(row.get("user_langs"), "|")
    return {
        "post_id": row["uri"],
        "account_id": row["user_did"],
        "created_at": row.get("timestamp_utc"),
        "received_at": first(row, "indexed_at_utc", "firehose_timestamp_us"),
        "kind": "quote" if quoted else "reply" if answered else "original",
        "text": first(row, "original_text", "text"),
        "lang": langs[0] if len(langs) == 1 else None,
        "parent_id": quoted or answered,
        "root_id": row.get("to_root_post_uri"),
        "url": first(row, "url") or web_address(row["uri"], row.get("user_handle")),
        "urls": [*parts(row.get("links"), "|"), *parts(row.get("bridgy_original_url"), "|")],
        "mentions": parts(row.get("mentioned_user_dids"), "|"),
        "hashtags": parts(row.get("hashtags"), "|"),
        "declared_repost_count": count(row.get("repost_count")),
    }


def _along(row: Mapping[str, Any]) -> Iterator[Extra]:
    """The author, the accounts mentioned, and the posts quoted and answered with what is known."""
    yield from _account(
        row["user_did"],
        row.get("user_handle"),
        display_name=row.get("user_display_name"),
        created_at=row.get("user_timestamp_utc"),
    )
    dids = parts(row.get("mentioned_user_dids"), "|")
    handles = parts(row.get("mentioned_user_handles"), "|")
    for did, handle in zip(dids, handles, strict=False) if len(dids) == len(handles) else ():
        yield from _account(did, handle)
    yield from _account(row.get("quoted_user_did"), row.get("quoted_user_handle"))
    told = {"created_at": row.get("quoted_timestamp_utc"), "url": row.get("quoted_url")}
    yield from unseen_post(row.get("quoted_uri"), row.get("quoted_user_did"), **told)
    for name in ("to_post", "to_root_post"):
        whose = row.get(name.replace("post", "user_did"))
        yield from unseen_post(row.get(f"{name}_uri"), whose, url=row.get(f"{name}_url"))


def _row(record: Record) -> Iterator[Found | Refused]:
    row, did = record.value, record.value.get("repost_by_user_did")
    if not row.get("uri") or not row.get("user_did"):
        yield Refused("no uri or no user_did")
    elif did:
        repost = {
            "post_id": repost_id(row["uri"], did),
            "account_id": did,
            "created_at": row.get("repost_timestamp_utc"),
            "kind": "repost",
            "parent_id": row["uri"],
        }
        by = _account(did, row.get("repost_by_user_handle"))
        yield Found("posts", repost, (("posts", _post(row)), *by, *_along(row)))
    else:
        yield Found("posts", _post(row), tuple(_along(row)))


def _read(path: Path, options: ReadOptions) -> Iterator[Batch]:
    found = records(path, options)
    yield from record_batches(found, _row, options=options, platform="bluesky", zone="UTC")


IMPORTER = Importer(
    name="minet-bluesky",
    title="minet, Bluesky posts",
    summary="posts of Bluesky as minet (twitwi) writes them to CSV",
    needs=NEEDS,
    gives=("posts", "accounts"),
    order=20,
    suits=_suits,
    read=_read,
    zone="UTC",
)
