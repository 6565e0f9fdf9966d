# SPDX-License-Identifier: GPL-3.0-or-later
"""Statuses of Mastodon's API, one a line or as an array: timelines, searches, threads.

Everything is known by its `uri`: an `id` is that of the instance that was asked, and other
instances have another for the same post. What answers or quotes a post names it by such an id; it
is resolved where the file holds the post, or where that account's other posts show that their
uris are made of the account's and the id. Else the target stays unknown.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache, partial
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import lxml.html

from graphkit.reading.extra_rows import account_label, post_label, unseen_post
from graphkit.reading.importer import Importer
from graphkit.reading.pages import page_items, page_keys
from graphkit.reading.records import Found, record_batches
from graphkit.reading.rows import Record, Refused, records
from graphkit.reading.values import at, count, first, plain_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from graphkit.reading.extra_rows import Extra, Row
    from graphkit.reading.importer import Batch, ReadOptions, Sample

NEEDS = ("uri", "content", "account", "reblog")
PAGES = ("statuses", "ancestors", "descendants")  # of a search, of a thread
STATUS_URI = re.compile(r"^(https?://.+)/statuses/[^/]+(?:/activity)?$")
FALLBACK = re.compile(r'<p class="quote-inline">.*?</p>', re.DOTALL)  # for servers without quotes
SOCIAL = {"mention", "hashtag"}


@dataclass
class _Instance:
    """What the ids of one instance mean: uris of posts, and accounts whose posts' uris tell."""

    posts: dict[str, str] = field(default_factory=dict)
    homes: dict[str, str] = field(default_factory=dict)

    def uri(self, post_id: object, account_id: object = None) -> str | None:
        home = self.homes.get(str(account_id))
        built = f"{home}/statuses/{post_id}" if home and post_id else None
        return self.posts.get(str(post_id), built)


def _suits(sample: Sample) -> str | None:
    found = [status for value in sample.objects for status in page_items(value, *PAGES)]
    fits = [
        s for s in found if isinstance(s, dict) and set(NEEDS) <= set(s) and at(s, "account.acct")
    ]
    return "its objects have uri, content, account and reblog, as Mastodon's API" if fits else None


def _inner(status: object) -> list[Row]:
    """The statuses inside: reblogged, quoted (as Mastodon has it and as its forks do)."""
    told = [at(status, "reblog"), at(status, "quote.quoted_status"), at(status, "quote")]
    return [each for each in told if at(each, "uri") and isinstance(each.get("account"), dict)]


def _instance(path: Path, options: ReadOptions, page: tuple[str, ...]) -> _Instance:
    known = _Instance()
    for record in records(path, options, at=page):
        for status in page_items(record.value, *PAGES) if isinstance(record, Record) else ():
            for each in (status, *_inner(status)):
                uri, number, account = at(each, "uri"), at(each, "id"), at(each, "account.id")
                actor = at(each, "account.uri")
                if uri and actor and uri == f"{actor}/statuses/{number}":
                    known.homes[str(account)] = actor
                elif uri and number:
                    known.posts[str(number)] = uri
    return known


def _actor(status: Mapping[str, Any]) -> str | None:
    """The account's uri; older instances give only that of the post, which begins with it."""
    own = STATUS_URI.match(str(status.get("uri")))
    return first(status, "account.uri") or (own[1] if own else first(status, "account.url"))


def _handle(acct: str | None, address: object) -> str | None:
    """name@host, also of accounts of the instance itself, which it writes without host."""
    host = urlsplit(str(address)).netloc
    return acct if not acct or "@" in acct or not host else f"{acct}@{host}"


@lru_cache(maxsize=10_000)
def _bio(note: str | None) -> str | None:
    """The account's own words; the same in each of its statuses, and the half of all HTML."""
    return plain_text(note)


def _account(status: Mapping[str, Any]) -> Iterator[Extra]:
    account, actor = status["account"], _actor(status)
    yield (
        "accounts",
        {
            "account_id": actor,
            "handle": _handle(account.get("acct"), actor),
            "display_name": account.get("display_name"),
            "created_at": account.get("created_at"),
            "bio": _bio(account.get("note")),
            "followers_count": count(account.get("followers_count")),
        },
    )
    if account.get("bot"):
        yield from account_label(actor, "automated", labelled_by=actor)


def _links(status: Mapping[str, Any], content: str) -> list[str]:
    """The addresses linked in the text and shown as a card; mentions and hashtags are none."""
    named = [*(status.get("mentions") or []), *(status.get("tags") or [])]
    social = {each.get("url") for each in named}
    found = []
    if "<a" in content:
        for anchor in lxml.html.fromstring(f"<div>{content}</div>").iter("a"):
            is_social = SOCIAL & set((anchor.get("class") or "").split())
            found += [] if is_social or anchor.get("href") in social else [anchor.get("href")]
    card = at(status, "card.url")
    return list(dict.fromkeys(url for url in (*found, card) if url))


def _target(status: Mapping[str, Any], known: _Instance) -> tuple[str, str | None]:
    """The kind of post, and the uri of the post that it reblogs, quotes or answers."""
    if at(status, "reblog.uri"):
        return "repost", status["reblog"]["uri"]
    shallow = first(status, "quote.quoted_status_id", "quote_id")
    if status.get("quote") or shallow:
        return "quote", first(status, "quote.quoted_status.uri", "quote.uri") or known.uri(shallow)
    answered = status.get("in_reply_to_id")
    if answered:
        return "reply", known.uri(answered, status.get("in_reply_to_account_id"))
    return "original", None


def _post(status: Mapping[str, Any], known: _Instance) -> Row:
    kind, parent = _target(status, known)
    content = status.get("content") or ""
    content = FALLBACK.sub("", content) if kind == "quote" else content
    words = [plain_text(status.get("spoiler_text")), plain_text(content)]
    return {
        "post_id": status["uri"],
        "account_id": _actor(status),
        "created_at": status.get("created_at"),
        "edited_at": status.get("edited_at"),
        "kind": kind,
        "text": "\n".join(each for each in words if each),
        "lang": status.get("language"),
        "parent_id": parent,
        "url": status.get("url"),
        "urls": _links(status, content),
        "mentions": [_handle(m.get("acct"), m.get("url")) for m in status.get("mentions") or []],
        "hashtags": [tag.get("name") for tag in status.get("tags") or []],
        "client": at(status, "application.name"),
        "declared_repost_count": count(status.get("reblogs_count")),
    }


def _along(status: Mapping[str, Any], known: _Instance) -> Iterator[Extra]:
    """The author, the posts inside with theirs, the post answered, and the mark `sensitive`."""
    yield from _account(status)
    if status.get("sensitive"):
        yield from post_label(status["uri"], "sensitive")
    for inner in _inner(status):
        yield "posts", _post(inner, known)
        yield from _along(inner, known)
    kind, parent = _target(status, known)
    if kind == "reply":
        yield from unseen_post(parent, known.homes.get(str(status.get("in_reply_to_account_id"))))


def _status(record: Record, known: _Instance) -> Iterator[Found | Refused]:
    for status in page_items(record.value, *PAGES):
        if status.get("uri") and isinstance(status.get("account"), dict):
            yield Found("posts", _post(status, known), tuple(_along(status, known)))
        else:
            yield Refused("no uri or no account")


def _read(path: Path, options: ReadOptions) -> Iterator[Batch]:
    page = page_keys(path, options, "statuses")
    read = partial(_status, known=_instance(path, options, page))
    found = records(path, options, at=page)
    yield from record_batches(found, read, options=options, platform="mastodon")


IMPORTER = Importer(
    name="mastodon",
    title="Mastodon statuses",
    summary="statuses of Mastodon's API (and of servers that speak it), one a line or an array",
    needs=NEEDS,
    gives=("posts", "accounts", "labels"),
    order=20,
    suits=_suits,
    read=_read,
)
