# SPDX-License-Identifier: GPL-3.0-or-later
"""What the exports of X (Twitter) have in common: addresses of posts, entities, withheld posts."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from graphkit.reading.extra_rows import post_label
from graphkit.reading.values import at, first
from graphkit.text.id_times import X_EPOCH

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from graphkit.reading.extra_rows import Extra, Row

STATUS = re.compile(
    r"^https?://(?:www\.|mobile\.|m\.)?(?:x|twitter)\.com/(\w{1,50})(?:/web)?/status(?:es)?/(\d+)",
    re.IGNORECASE,
)
CLOCK = re.compile(r"^\d{4}-\d\d-\d\d[ T]\d\d:\d\d(?::\d\d(?:\.\d+)?)?$")
NO_HANDLE = "i"  # x.com/i/status/1 and x.com/i/web/status/1 name nobody


def post_url(handle: str | None, post_id: str) -> str | None:
    """The post's address; None where its author's handle is unknown."""
    return f"https://x.com/{handle}/status/{post_id}" if handle else None


def linked_post(url: str | None) -> tuple[str | None, str] | None:
    """The handle and the post id in the address of a post of X, else None.

    >>> linked_post("https://twitter.com/lin_reader/status/20/photo/1")
    ('lin_reader', '20')
    >>> linked_post("https://x.com/i/web/status/20")
    (None, '20')
    """
    found = STATUS.match(url) if url else None
    if not found:
        return None
    return (None if found[1].lower() == NO_HANDLE else found[1]), found[2]


def handle_of(post_id: str | None, urls: Iterable[str | None]) -> str | None:
    """The author's handle as the first of `urls` that is an address of the post has it."""
    linked = (linked_post(url) for url in urls)
    return next((each[0] for each in linked if each and each[0] and each[1] == post_id), None)


def links(urls: Iterable[str | None], without: Collection[str | None]) -> list[str]:
    """Each of `urls` once, without addresses of the posts `without` (itself and its parent)."""
    kept = (url for url in urls if url and (linked_post(url) or (None, ""))[1] not in without)
    return list(dict.fromkeys(kept))


def media_urls(entities: object) -> list[str | None]:
    """The addresses of the posts that pictures and videos come from: its own, or another's."""
    return [each.get("expanded_url") for each in at(entities, "media") or []]


def entity_columns(entities: object, without: Collection[str | None]) -> Row:
    """The columns urls, mentions and hashtags from the entities of v1.1 (and of X's own pages).

    An address of another's post that a picture or video was taken from is among the urls.
    """
    urls = [first(each, "expanded_url", "url") for each in at(entities, "urls") or []]
    return {
        "urls": links([*urls, *media_urls(entities)], without),
        "mentions": [each.get("screen_name") for each in at(entities, "user_mentions") or []],
        "hashtags": [each.get("text") for each in at(entities, "hashtags") or []],
    }


def id_milliseconds(post_id: str) -> int:
    """When the post was made by its id, in milliseconds since 1970.

    >>> id_milliseconds("2031173187793846273")
    1773104400000
    """
    return (int(post_id) >> 22) + X_EPOCH


def post_labels(post_id: str, told: Mapping[str, Any]) -> list[Extra]:
    """The labels that X puts on a post: withheld (and where), possibly sensitive."""
    return [
        *post_label(post_id, withheld(told), labelled_by="x"),
        *(
            post_label(post_id, "possibly sensitive", labelled_by="x")
            if told.get("possibly_sensitive")
            else []
        ),
    ]


def withheld(told: Mapping[str, Any]) -> str | None:
    """Where a post or account is withheld, as v1.1 and v2 write it; None where it is not.

    >>> withheld({"withheld": {"country_codes": ["DE", "FR"]}})
    'withheld in DE, FR'
    """
    where = first(told, "withheld.country_codes", "withheld_in_countries")
    if isinstance(where, list) and where:
        return f"withheld in {', '.join(where)}"
    copyrighted = first(told, "withheld.copyright", "withheld_copyright")
    scope = first(told, "withheld.scope", "withheld_scope")
    return "withheld after a copyright complaint" if copyrighted else "withheld" if scope else None


def plain_client(source: str | None) -> str | None:
    """The name of the application, without the link that v1.1 wraps it in.

    >>> plain_client('<a href="https://mobile.twitter.com">Twitter Web App</a>')
    'Twitter Web App'
    """
    return re.sub(r"<[^>]*>", "", source) if source else None


def in_utc(text: str | None) -> str | None:
    """A wall-clock time that is known to be UTC, said so; any other text as it is.

    >>> in_utc("2026-03-10 01:00:00"), in_utc("2026-03-10 01:00"), in_utc("2026-03-10")
    ('2026-03-10 01:00:00Z', '2026-03-10 01:00Z', '2026-03-10')
    """
    return f"{text}Z" if text and CLOCK.match(text) else text
