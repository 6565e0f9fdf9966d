# SPDX-License-Identifier: GPL-3.0-or-later
"""A saved web page as a post of the platform `web`. Nothing is ever fetched.

The post's id is the page's address in canonical form, its account that address's registrable
domain. What the page says of itself for machines is taken; nothing is read off its looks but its
main text (see `page_text`).
"""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from typing import TYPE_CHECKING, Any

import polars as pl

from graphkit.reading.batches import note_batch
from graphkit.reading.claim_reviews import review_labels
from graphkit.reading.known_times import known_time
from graphkit.reading.linked_data import text, texts, types
from graphkit.reading.page_html import page_html, plain
from graphkit.reading.page_meta import (
    MODIFIED,
    PUBLISHED,
    SITE_NAMES,
    article_of,
    authors,
    language,
    meta_of,
    places,
    source_names,
)
from graphkit.reading.page_text import main_text, shown_text, unarchived
from graphkit.reading.records import Found, record_batches
from graphkit.reading.rows import Record, Refused
from graphkit.text.links import canonical_url, references, registrable_domain

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from graphkit.reading.importer import Batch, ReadOptions
    from graphkit.reading.linked_data import Node
    from graphkit.reading.page_html import Html
    from graphkit.reading.page_meta import Meta

Row = dict[str, Any]
PAGES_AT_ONCE = 200
MOST_READ = 100_000_000  # of a page with the pictures that SingleFile writes into it
NO_ADDRESS = (
    "does not say its own address; give it: graphkit add CASE FILE --url ADDRESS --seen-at T "
    "--by WHO"
)
SAVED_FROM = re.compile(r"^\s*saved from url=\(\d+\)(https?://\S+)")
SINGLE_FILE = re.compile(r"^\s*Page saved with SingleFile\s+url:\s*(https?://\S+)")
SAVED_DATE = re.compile(r"\bsaved date: ([^\n]{10,60})")
DECLARED = {
    "SatiricalArticle": "declared satire",
    "OpinionNewsArticle": "declared opinion",
    "AdvertiserContentArticle": "declared advertising",
}
HTTP = ("http://", "https://")
FAR_APART = timedelta(days=1)


@dataclass(frozen=True)
class Saved:
    """A page as a file holds it: its bytes, the address and time at which it was got, a charset."""

    content: bytes
    address: str | None = None
    saved_at: str | None = None
    charset: str | None = None


@dataclass(frozen=True)
class _Place:
    """Where a page lies, and the domain of that; where it was got, of an archive its copy.

    `original` is the address on another site that it calls its own.
    """

    address: str
    domain: str
    got_at: str | None
    original: str | None
    saved_at: str | None


def page_batches(
    pages: Iterable[Record | tuple[int, Refused]],
    options: ReadOptions,
    *,
    notes: Mapping[str, int] | None = None,
) -> Iterator[Batch]:
    """Batches of posts and accounts from records whose values are `Saved` pages.

    `notes` are told with the last batch; they may be filled while `pages` are read. A person gives
    a page's address as `options.columns["url"]`.
    """

    def read(record: Record) -> Iterator[Found | Refused]:
        yield found_page(record.value, options)

    left = iter(pages)
    while some := list(islice(left, PAGES_AT_ONCE)):
        yield from record_batches(some, read, options=options, platform="web")
    if notes:
        yield note_batch(dict(notes))


def found_page(saved: Saved, options: ReadOptions) -> Found | Refused:
    """The row of `posts` that a page is; its account and the labels that it gives come along."""
    if not saved.content.strip():
        return Refused("is an empty page")
    if len(saved.content) > MOST_READ:
        return Refused(f"is a page of more than {MOST_READ:,} bytes")
    charset = saved.charset if options.encoding is None else options.encoding
    page = page_html(saved.content, charset=charset)
    meta = meta_of(page)
    place = _place(saved, page, meta, options)
    if place is None:
        return Refused(NO_ADDRESS)
    article = article_of(meta, {place.address})
    times, warnings = _times(meta, article, options)
    body = main_text(page, place.address, got_at=place.got_at)
    sources = source_names(meta, article)
    named = [each for each in sources if not each.startswith(HTTP)]
    row = {
        "post_id": place.address,
        "account_id": place.domain,
        "platform": "web",
        **times,
        "kind": "original",
        "text": _text(body.text, meta, article),
        "lang": language(meta, article),
        "url": place.address,
        "urls": _links(body.links, place, sources),
        "source_label": "; ".join(named),
        "collected_at": _collected_at(place, options),
    }
    extras = [("accounts", _account(place, meta, article))]
    extras += [("labels", each) for each in _labels(row, meta, article, options)]
    return Found("posts", row, extras, (*warnings, *_doubts(page, meta, place)))


def _place(saved: Saved, page: Html, meta: Meta, options: ReadOptions) -> _Place | None:
    """Where the page lies: where it was got, in the form that the page gives if on the same site.

    Another site that the page names as its own place is its original, not its place.
    """
    said_in, said_at = _saved_from(page)
    told = _first(options.columns.get("url"), saved.address, said_in)
    got, archived_at = (None, None) if told is None else unarchived(told)
    named = [*meta.all("link:canonical", "og:url"), *places(article_of(meta, set()))]
    addresses = pl.Series([got, *(unarchived(each)[0] for each in named)], dtype=pl.String)
    here, *all_claims = zip(canonical_url(addresses), registrable_domain(addresses), strict=True)
    claims = [each for each in all_claims if each[0] is not None]
    if here[0] is None and not claims:
        return None
    address, domain = claims[0] if here[0] is None else here
    pages = [claim for claim in claims if _is_page(claim[0]) or not _is_page(address)]
    own = next((claim for claim, site in pages if site == domain), address)
    original = next((claim for claim, site in pages[:1] if site != domain), None)
    return _Place(own, domain, told, original, _first(archived_at, saved.saved_at, said_at))


def _collected_at(place: _Place, options: ReadOptions) -> str | None:
    told = options.collected_at
    return _first(known_time(place.saved_at, options)[0], told.isoformat() if told else None)


def _first(*values: str | None) -> str | None:
    return next((each for each in values if each is not None), None)


def _is_page(address: str) -> bool:
    """Whether the address leads further than a site's front page."""
    return address.count("/") > 3 or not address.endswith("/")


def _saved_from(page: Html) -> tuple[str | None, str | None]:
    """The address and time that a browser or SingleFile wrote into a comment."""
    for comment in page.comments:
        found = SAVED_FROM.match(comment) or SINGLE_FILE.match(comment)
        if found:
            date = SAVED_DATE.search(comment)
            return found[1], date[1] if date else None
    return None, None


def _times(meta: Meta, article: Node, options: ReadOptions) -> tuple[Row, list[str]]:
    """created_at and edited_at, and what is wrong with what the page gives."""
    published = [*texts(article.get("datePublished")), *meta.all(*PUBLISHED)]
    modified = [*texts(article.get("dateModified")), *meta.all(*MODIFIED)]
    created_at, warnings = _known("of publication", published, options)
    edited_at, more = _known("of change", modified, options)
    return {"created_at": created_at, "edited_at": edited_at}, [*warnings, *more]


def _known(what: str, values: Sequence[str], options: ReadOptions) -> tuple[str | None, list[str]]:
    """The first of `values` that can be told as a time; why none, or that they lie far apart."""
    read = [known_time(value, options) for value in values]
    times = [time for time, _ in read if time is not None]
    if not times:
        return None, [f"it has no time {what}: {why}" for _, why in read[:1]]
    moments = sorted(datetime.fromisoformat(t) for t in times if re.search(r":.*[+-]", t))
    if moments and moments[-1] - moments[0] > FAR_APART:
        ends = f"{moments[0].isoformat()} and {moments[-1].isoformat()}"
        return times[0], [f"it gives times {what} more than a day apart: {ends}"]
    return times[0], []


def _text(shown: str, meta: Meta, article: Node) -> str:
    """The headline, and under it the article's text as its JSON-LD has it, or as shown.

    What is shown is taken where the other is less than half as long: a teaser.
    """
    headline = text(article.get("headline")) or meta.first("og:title", "h1", "title") or ""
    body = text(article.get("articleBody")) or ""
    if "<" in body:
        body = shown_text(page_html(body.encode(), charset="utf-8").root)
    lines = [plain(line) for line in html.unescape(body).splitlines()]
    body = "\n".join(line for line in lines if line)
    main = shown if len(body) < len(shown) / 2 else body
    title = plain(html.unescape(headline))
    return main if main.split("\n", 1)[0] == title else f"{title}\n{main}".strip()


def _links(links: Sequence[str], place: _Place, sources: Sequence[str]) -> list[str]:
    """Where the page links to: its original, the sources it names by address, links in its text."""
    based_on = (each for each in sources if each.startswith(HTTP))
    first = [] if place.original is None else [place.original]
    return list(dict.fromkeys([*first, *based_on, *links]))


def _account(place: _Place, meta: Meta, article: Node) -> Row:
    publisher = article.get("publisher")
    owner = publisher.get("parentOrganization") if isinstance(publisher, dict) else None
    return {
        "account_id": place.domain,
        "platform": "web",
        "handle": place.domain,
        "display_name": text(publisher) or meta.first(*SITE_NAMES),
        "declared_owner": text(owner),
    }


def _labels(post: Row, meta: Meta, article: Node, options: ReadOptions) -> list[Row]:
    """What the page attaches: the names in its byline, what it says it is, reviews of claims."""
    said = [f"byline: {name}" for name in authors(meta, article)]
    said += [DECLARED[name] for name in sorted(types(article) & set(DECLARED))]
    about = {
        "subject_kind": "post",
        "subject_id": post["post_id"],
        "platform": "web",
        "labelled_by": post["account_id"],
        "labelled_at": post["created_at"],
        "url": post["url"],
    }
    rows = [{**about, "label": label} for label in said]
    for review in (node for node in meta.nodes if "ClaimReview" in types(node)):
        found = review_labels(review, options, shown_by=post["account_id"])
        if isinstance(found, Found):
            rows += [dict(found.row), *(dict(row) for _, row in found.extras)]
    return list({(r["subject_kind"], r["subject_id"], r["label"]): r for r in rows}.values())


def _doubts(page: Html, meta: Meta, place: _Place) -> Iterator[str]:
    """What to know of a page's row."""
    if not page.is_whole:
        yield "its HTML goes deeper, or has more elements, than is read; its text may be jumbled"
    if meta.has_unreadable:
        yield "some of its JSON-LD is not JSON and is left out"
    if place.original is not None:
        yield f"it names {place.original[:200]} as its original"
    if references(pl.Series([place.address]))["shows"][0] == "post":
        yield "it shows a post of a platform; its author is not read from it"
