# SPDX-License-Identifier: GPL-3.0-or-later
"""Reviews of claims (schema.org ClaimReview, Google's Fact Check Tools API) as rows of labels."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl

from graphkit.reading.known_times import known_time
from graphkit.reading.linked_data import nodes, text, texts, types
from graphkit.reading.records import Found
from graphkit.reading.rows import Refused
from graphkit.text.links import host

if TYPE_CHECKING:
    from collections.abc import Iterator

    from graphkit.reading.importer import ReadOptions
    from graphkit.reading.linked_data import Node

PLACES = ("url", "@id", "contentUrl", "sameAs")
SITES = ("url", "site", "@id")


def reviews(value: object) -> Iterator[Node]:
    """The reviews in a JSON value, each as a ClaimReview node.

    A claim of the API (`text`, `claimReview`) gives one for each of its reviews.
    """
    for node in nodes(value, most=None):
        if "ClaimReview" in types(node):
            yield node
        reviewed = node.get("claimReview")
        for review in reviewed if isinstance(reviewed, list) else []:
            if isinstance(review, dict):
                yield _from_api(node, review)


def _from_api(claim: Node, review: Node) -> Node:
    return {
        "@type": "ClaimReview",
        "claimReviewed": claim.get("text"),
        "reviewRating": {"alternateName": review.get("textualRating")},
        "author": review.get("publisher"),
        "datePublished": review.get("reviewDate"),
        "url": review.get("url"),
    }


def review_labels(
    review: Node, options: ReadOptions, *, shown_by: str | None = None
) -> Found | Refused:
    """The label that a review gives to a claim, and those on addresses, which come along with it.

    The label is the rating in words, on the claim's text (subject kind `claim`) and on each
    address where the claim appeared (`url`); the rating as a number is a label of its own. Of a
    review in a page whose domain is `shown_by`, the labeller is named with that domain: anybody
    can write another's name into a page.
    """
    subjects = list(_subjects(review))
    rated = _node(review.get("reviewRating"))
    number = _number(rated)
    words = text(rated.get("alternateName")) or text(rated.get("name")) or number
    if not subjects or words is None:
        return Refused("is a review without a claim or address, or without a rating")
    at, problem = known_time(text(review.get("datePublished")), options)
    said = {
        "labelled_at": at,
        "labelled_by": _reviewer(review, shown_by),
        "url": text(review.get("url")),
    }
    rows = [{"subject_kind": k, "subject_id": s, "label": words, **said} for k, s in subjects]
    if number is not None and number != words:
        rows.insert(1, {**rows[0], "label": number})
    warnings = () if problem is None else (f"its review has no time: {problem}",)
    return Found("labels", rows[0], tuple(("labels", row) for row in rows[1:]), warnings=warnings)


def _node(value: object) -> Node:
    found = value[0] if isinstance(value, list) and value else value
    return found if isinstance(found, dict) else {}


def _subjects(review: Node) -> Iterator[tuple[str, str]]:
    """What was reviewed: the claim's text, and the addresses where it appeared, each once."""
    item = _node(review.get("itemReviewed"))
    said = (review.get("claimReviewed"), item.get("text"), item.get("name"))
    claim = next((t for t in map(text, said) if t is not None), None)
    if claim is not None:
        yield "claim", claim
    shown = (item.get(key) for key in ("appearance", "firstAppearance", "url", "sameAs"))
    places = (place for value in shown for place in texts(value, *PLACES))
    for place in dict.fromkeys(places):
        if place.startswith(("http://", "https://")):
            yield "url", place


def _number(rating: Node) -> str | None:
    """The rating as a number, with the ends of its scale where they are given."""
    keys = ("ratingValue", "worstRating", "bestRating")
    value, worst, best = (_plain(rating.get(key)) for key in keys)
    if value is None:
        return None
    ends = f" ({worst} worst, {best} best)" if worst is not None and best is not None else ""
    return f"rating {value}{ends}"


def _plain(value: Any) -> str | None:  # noqa: ANN401  a number or text of JSON
    is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
    return f"{value:g}" if is_number else text(value)


def _reviewer(review: Node, shown_by: str | None) -> str | None:
    """The reviewer's name, else the host of their site or of the review."""
    who = [review.get("author"), review.get("publisher")]
    named = [text(each, "@value", "name") for each in who]
    sites = [*(text(each, *SITES) for each in who), text(review.get("url"))]
    site = next((each for each in sites if each is not None), None)
    found = host(pl.Series([site], dtype=pl.String))[0]
    name = next((each for each in named if each is not None), site if found is None else found)
    if shown_by is None:
        return name
    return shown_by if name in (None, shown_by) else f"{name} ({shown_by})"
