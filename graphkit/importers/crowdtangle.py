# SPDX-License-Identifier: GPL-3.0-or-later
"""Posts of Facebook (pages and groups) and Instagram as CrowdTangle wrote them to CSV.

A post is known by the last number in its address. A `Link` to another account's post on Facebook
is what CrowdTangle has of a share: a quote with words of its own, else a repost. Times end in a
zone word (UTC, EDT); words that several zones share reject the row. `Page Created` has none and
is read in the zone of the post. Reactions, views and text in pictures are not kept.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

from graphkit.reading.extra_rows import account_of, post_label, unseen_post
from graphkit.reading.importer import Importer
from graphkit.reading.records import Found, record_batches
from graphkit.reading.rows import Record, Refused, records
from graphkit.reading.text_marks import hashtags_in, links_in
from graphkit.reading.values import count

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from graphkit.reading.extra_rows import Extra, Row
    from graphkit.reading.importer import Batch, ReadOptions, Sample

NEEDS = ("User Name", "Followers at Posting", "Post Created", "URL", "Link")
NAMES = ("Page Name", "Group Name", "Account")
FACEBOOK = re.compile(r"(?:^|\.)(?:facebook\.com|fb\.com)$")
IN_QUERY = ("story_fbid", "fbid", "v")
ID = re.compile(r"^(?:\d+|pfbid\w+)$")
SHORTCODE = re.compile(r"instagram\.com/(?:[^/]+/)?(?:p|reel|tv)/([\w-]+)")


def _suits(sample: Sample) -> str | None:
    columns = set(sample.columns)
    fits = sample.form != "json" and set(NEEDS) <= columns and columns & set(NAMES)
    return "its columns are those of CrowdTangle's exports" if fits else None


def _linked(address: object) -> tuple[str, str] | None:
    """Whose post on Facebook is at the address, and the post's id; None where it is no post."""
    parts = urlsplit(address) if isinstance(address, str) else None
    if parts is None or not FACEBOOK.search(parts.netloc):
        return None
    asked, path = parse_qs(parts.query), [step for step in parts.path.split("/") if step]
    ids = [asked[name][0] for name in IN_QUERY if name in asked]
    ids += [step for step in reversed(path[1:]) if ID.match(step)]
    owner = (
        asked["id"][0]
        if "id" in asked
        else path[1]
        if path[:1] == ["groups"]
        else "".join(path[:1])
    )
    return (owner, ids[0]) if ids and ids[0] != owner else None


def _post_id(row: Mapping[str, Any]) -> str | None:
    short = SHORTCODE.search(row["URL"])
    found = _linked(row["URL"])
    return short[1] if short else found[1] if found else None


def _shared(row: Mapping[str, Any]) -> tuple[str, str] | tuple[None, None]:
    """Whose post it shares, and which: another account's, for a photo's link is the post itself."""
    found = _linked(row.get("Link"))
    own = {row.get("User Name"), row.get("Facebook Id")}
    is_other = found and found[0] not in own and found[1] != _post_id(row)
    return found if found and is_other else (None, None)


def _account(row: Mapping[str, Any]) -> Row:
    handle = row.get("User Name")
    zone = str(row.get("Post Created")).rpartition(" ")[2]
    made = row.get("Page Created")
    return {
        "account_id": account_of(row.get("Facebook Id"), handle),
        "handle": handle,
        "display_name": next((row[name] for name in NAMES if row.get(name)), None),
        "created_at": f"{made} {zone}" if made and zone.isalpha() and made[-1].isdigit() else made,
        "bio": row.get("Page Description"),
        "followers_count": count(row.get("Followers at Posting")),
    }


def _post(row: Mapping[str, Any], post_id: str) -> Row:
    is_instagram, shared = SHORTCODE.search(row["URL"]), _shared(row)[1]
    text = row.get("Description") if is_instagram else row.get("Message")
    link = None if shared or is_instagram else row.get("Final Link") or row.get("Link")
    urls = [link] if link and _linked(link) != _linked(row["URL"]) else []
    return {
        "post_id": post_id,
        "account_id": account_of(row.get("Facebook Id"), row.get("User Name")),
        "platform": "instagram" if is_instagram else "facebook",
        "created_at": row.get("Post Created"),
        "kind": ("quote" if text else "repost") if shared else "original",
        "text": text,
        "parent_id": shared,
        "url": row["URL"],
        "urls": list(dict.fromkeys([*urls, *links_in(text)])),
        "hashtags": hashtags_in(text),
        "declared_repost_count": count(row.get("Shares")),
    }


def _along(row: Mapping[str, Any], post: Row) -> Iterator[Extra]:
    """The account, the post that is shared (its author by number or name), and the sponsor."""
    platform = {"platform": post["platform"]}
    yield "accounts", {**_account(row), **platform}
    owner, shared = _shared(row)
    by = f"@{owner}" if owner and not owner.isdigit() else owner
    yield from unseen_post(shared, by, url=row.get("Link"), **platform)
    sponsor = row.get("Sponsor Name") or row.get("Sponsor Id")
    label = f"paid partnership with {sponsor}" if sponsor else None
    yield from post_label(post["post_id"], label, labelled_by=post["platform"], **platform)


def _row(record: Record) -> Iterator[Found | Refused]:
    row = record.value
    post_id = _post_id(row) if row.get("URL") else None
    if post_id is None:
        yield Refused("URL is no address of a post on Facebook or Instagram")
    else:
        post = _post(row, post_id)
        yield Found("posts", post, tuple(_along(row, post)))


def _read(path: Path, options: ReadOptions) -> Iterator[Batch]:
    found = records(path, options)
    yield from record_batches(found, _row, options=options, platform="facebook")


IMPORTER = Importer(
    name="crowdtangle",
    title="CrowdTangle",
    summary="posts of Facebook and Instagram as CrowdTangle wrote them to CSV",
    needs=NEEDS,
    gives=("posts", "accounts", "labels"),
    order=20,
    suits=_suits,
    read=_read,
)
