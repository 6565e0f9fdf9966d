# SPDX-License-Identifier: GPL-3.0-or-later
"""What Bluesky's records have in common in every tool's files: addresses, text, targets, labels.

A post is known by its at-uri `at://<did>/app.bsky.feed.post/<key>`; did and key never change,
handles do. Its author sets `createdAt` and may set it to anything. Mentions are dids, because the
words that a mention stands behind can be any. Hashes of media are the CIDs of the blobs.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from graphkit.reading.extra_rows import account_label, post_label, unseen_post
from graphkit.reading.values import at, first

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from graphkit.reading.extra_rows import Extra, Row

AT_URI = re.compile(r"^at://([^/]+)/([^/]+)/([^/]+)$")
TIME = re.compile(r"^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(\.\d{1,6})?\d*(Z|[+-]\d\d:?\d\d)?$")
SNAKE = re.compile(r"^[a-z]+(?:_[a-z]+)+$")
POST = "app.bsky.feed.post"
REPOST = "app.bsky.feed.repost"
NO_HANDLE = "handle.invalid"  # what Bluesky writes for a handle that no longer leads to its did


def as_published(value: Mapping[str, Any]) -> Row:
    """The value with the keys that Bluesky writes, of 4CAT's snake_case and `py_type`.

    >>> as_published({"py_type": "app.bsky.feed.post", "created_at": 1, "4CAT_metadata": {}})
    {'$type': 'app.bsky.feed.post', 'createdAt': 1, '4CAT_metadata': {}}
    """
    return {_key(name): _inner(each) for name, each in value.items()}


def _inner(value: object) -> object:
    if isinstance(value, list):
        return [_inner(each) for each in value]
    return as_published(value) if isinstance(value, dict) else value


def _key(name: str) -> str:
    if name == "py_type":
        return "$type"
    if not SNAKE.match(name):
        return name
    head, *rest = name.split("_")
    return head + "".join(word.title() for word in rest)


def author_of(uri: object) -> str | None:
    """The did in an at-uri: whose record it is; None for what is no at-uri."""
    found = AT_URI.match(uri) if isinstance(uri, str) else None
    return found[1] if found else None


def is_post(uri: object) -> bool:
    """Whether the at-uri is a post's (and not a list's, a feed's or a repost's)."""
    found = AT_URI.match(uri) if isinstance(uri, str) else None
    return bool(found and found[2] == POST)


def web_address(uri: object, handle: str | None = None) -> str | None:
    """The address of a post on bsky.app, by handle or else did; None for other records.

    >>> web_address("at://did:plc:a1/app.bsky.feed.post/3lx", "a.example")
    'https://bsky.app/profile/a.example/post/3lx'
    """
    found = AT_URI.match(uri) if isinstance(uri, str) else None
    if not found or found[2] != POST:
        return None
    return f"https://bsky.app/profile/{known_handle(handle) or found[1]}/post/{found[3]}"


def known_handle(handle: str | None) -> str | None:
    """The handle; None where it is the sign that there is none."""
    return None if handle in {None, "", NO_HANDLE} else handle


def repost_id(uri: str, did: str) -> str:
    """The id of a repost whose own at-uri the file does not give.

    It ends in the did, for what ends in a post's key is read as that post.
    """
    return f"{uri}/reposted-by/{did}"


def stated_time(value: object) -> str | None:
    """The time that a client wrote; None where it is none (year 0, words).

    Bluesky demands an offset; where a client left it out it is read as UTC.

    >>> stated_time("2026-03-10T01:00:00.123456789Z"), stated_time("0000-01-01T00:00:00Z")
    ('2026-03-10T01:00:00.123456Z', None)
    """
    found = TIME.match(value) if isinstance(value, str) else None
    if not found or found[1].startswith("0000"):
        return None
    return f"{found[1]}{found[2] or ''}{found[3] or 'Z'}"


def quoted_uri(record: object) -> str | None:
    """The post that a post's record quotes."""
    uri = first(record, "embed.record.record.uri", "embed.record.uri")
    return uri if is_post(uri) else None


def post_columns(uri: str, record: Mapping[str, Any], handle: str | None = None) -> Row:
    """The columns of posts that the at-uri and the record of a post say."""
    quoted, answered = quoted_uri(record), at(record, "reply.parent.uri")
    langs = record.get("langs") or []
    return {
        "post_id": uri,
        "account_id": author_of(uri),
        "created_at": stated_time(record.get("createdAt")),
        "kind": "quote" if quoted else "reply" if answered else "original",
        "text": record.get("text"),
        "lang": langs[0] if len(langs) == 1 else None,
        "parent_id": quoted or answered,
        "root_id": at(record, "reply.root.uri"),
        "url": web_address(uri, handle),
        "client": record.get("via"),
        "media_hashes": _blobs(record),
        **_marks(record),
    }


def _marks(record: Mapping[str, Any]) -> Row:
    """Links (of the text, of the card, and to the original of a bridged post), dids, tags."""
    facets = [each for each in record.get("facets") or [] if isinstance(each, dict)]
    features = [mark for facet in facets for mark in facet.get("features") or []]
    cards = [at(record, "embed.external.uri"), at(record, "embed.media.external.uri")]
    links = [*(mark.get("uri") for mark in features), *cards, record.get("bridgyOriginalUrl")]
    tags = [*(mark.get("tag") for mark in features), *(record.get("tags") or [])]
    dids = [mark.get("did") for mark in features]
    return {
        "urls": list(dict.fromkeys(link for link in links if link)),
        "mentions": list(dict.fromkeys(did for did in dids if did)),
        "hashtags": list(dict.fromkeys(tag for tag in tags if tag)),
    }


def _blobs(record: Mapping[str, Any]) -> list[str]:
    """The CIDs of the pictures and videos; 4CAT writes `link` for `$link`."""
    embeds = [at(record, "embed"), at(record, "embed.media")]
    pictures = [each.get("image") for e in embeds for each in at(e, "images") or []]
    blobs = [*pictures, *(at(e, "video") for e in embeds)]
    return [cid for blob in blobs if (cid := first(blob, "ref.$link", "ref.link"))]


def unseen_targets(record: Mapping[str, Any], seen: Collection[str] = ()) -> list[Extra]:
    """Rows of the posts that a record quotes or answers, but for those `seen` in the file.

    Whose they are is in their at-uris, so that they are known of when they are gone.
    """
    told = [quoted_uri(record), at(record, "reply.parent.uri"), at(record, "reply.root.uri")]
    uris = [uri for uri in dict.fromkeys(told) if is_post(uri) and uri not in seen]
    return [row for u in uris for row in unseen_post(u, author_of(u), url=web_address(u))]


def label_rows(kind: str, subject: str, labels: object, author: str | None = None) -> list[Extra]:
    """Rows of the labels on a post or account: by a labeller, or by its author (`values`)."""
    given = labels if isinstance(labels, list) else at(labels, "values") or []
    put = account_label if kind == "account" else post_label
    rows = []
    for label in given:
        when = stated_time(label.get("cts"))
        rows += put(
            subject,
            label.get("val"),
            labelled_by=label.get("src") or author,
            labelled_at=None if label.get("neg") else when,
            retracted_at=when if label.get("neg") else None,
            expires_at=stated_time(label.get("exp")),
        )
    return rows
