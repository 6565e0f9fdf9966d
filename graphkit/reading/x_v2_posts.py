# SPDX-License-Identifier: GPL-3.0-or-later
"""Posts of the X API v2: pages with `includes`, and posts with their author and targets inside."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from graphkit.reading.extra_rows import account_label, account_of, platform_label, unseen_post
from graphkit.reading.records import ODD_SHAPE, Found
from graphkit.reading.rows import Refused
from graphkit.reading.values import at, count, first
from graphkit.reading.x_posts import (
    handle_of,
    id_milliseconds,
    links,
    plain_client,
    post_labels,
    post_url,
    withheld,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from graphkit.reading.extra_rows import Extra, Row

KINDS = {"retweeted": "repost", "quoted": "quote", "replied_to": "reply"}
REPOST_TEXT = re.compile(r"RT @(\w+): ")
GONE = "Not Found Error"
Tweet = Mapping[str, Any]


@dataclass(frozen=True)
class Page:
    """Posts asked for, and what came with them.

    Attributes:
        tweets: the posts asked for.
        users: every user that is described, by id.
        known: every post that is described, by id; `tweets` too.
        errors: what the platform could not give, and why.
        read_at: when it was collected, as the file has it.
    """

    tweets: Sequence[Tweet]
    users: Mapping[str, Tweet]
    known: Mapping[str, Tweet]
    errors: Sequence[Tweet]
    read_at: Any


def api_page(value: Mapping[str, Any]) -> Page:
    """The page of an answer of the API: `data` (one post or a list), `includes`, `errors`."""
    tweets, included = _objects(value.get("data")), _objects(at(value, "includes.tweets"))
    users = [*_mentioned([*tweets, *included]), *_objects(at(value, "includes.users"))]
    return Page(
        tweets=tweets,
        users={user["id"]: user for user in users if user.get("id")},
        known={tweet["id"]: tweet for tweet in [*included, *tweets] if tweet.get("id")},
        errors=_objects(value.get("errors")),
        read_at=at(value, "__twarc.retrieved_at"),
    )


def flat_page(tweet: Mapping[str, Any], author: str = "author") -> Page:
    """The page of one post that holds its author (under the key `author`) and its targets."""
    every = list(_with_targets(tweet))
    users = [*_mentioned(every), *(user for each in every for user in _people(each, author))]
    refs = [ref for each in every for ref in _objects(each.get("referenced_tweets"))]
    return Page(
        tweets=[tweet],
        users={user["id"]: user for user in users if user.get("id")},
        known={each["id"]: each for each in reversed(every) if each.get("id")},
        errors=[ref["error"] for ref in refs if isinstance(ref.get("error"), dict)],
        read_at=at(tweet, "__twarc.retrieved_at"),
    )


def _with_targets(tweet: Tweet) -> Iterator[Tweet]:
    """The post, and every post inside it that has a text."""
    yield tweet
    for each in _objects(tweet.get("referenced_tweets")):
        if "text" in each:
            yield from _with_targets(each)


def _people(tweet: Tweet, author: str) -> list[Tweet]:
    named = (tweet.get(author), tweet.get("in_reply_to_user"))
    return [each for each in named if isinstance(each, dict) and each.get("username")]


def _mentioned(tweets: Sequence[Tweet]) -> list[Tweet]:
    return [each for tweet in tweets for each in _objects(at(tweet, "entities.mentions"))]


def _objects(value: object) -> list[Tweet]:
    """The JSON objects of a list, or the one object; nothing of anything else."""
    values = value if isinstance(value, list) else [value]
    return [each for each in values if isinstance(each, dict)]


def page_rows(page: Page) -> Iterator[Found | Refused]:
    """A row for each post of the page; the first brings all that came along in it.

    What the platform refused to give comes as labels with its reason ("Not Found Error"). One odd
    post does not lose the others.
    """
    within = [*_users(page), *_included(page), *(e for told in page.errors for e in _refusal(told))]
    for tweet in page.tweets:
        found = _rows(tweet, page)
        if isinstance(found, Refused):
            yield found
            continue
        yield Found("posts", found[0][1], (*within, *found[1:]))
        within = []
    if not page.tweets:
        yield from _refusals(page)


def _rows(tweet: Tweet, page: Page) -> list[Extra] | Refused:
    """The post's row, then those that come along with it."""
    try:
        if not tweet.get("id") or not tweet.get("author_id"):
            return Refused("no id or no author_id; collect with the field author_id")
        labels = post_labels(tweet["id"], tweet)
        return [("posts", _post(tweet, page)), *labels, *_unseen(tweet, page)]
    except ODD_SHAPE as error:
        return Refused(f"has a shape that API v2 does not have ({str(error)[:60]})")


def _refusals(page: Page) -> Sequence[Found | Refused]:
    """What a page without posts says: why they were not given."""
    labels = [extra for told in page.errors for extra in _refusal(told)]
    return [Found(*label) for label in labels] or [Refused("a page without posts")]


def _users(page: Page) -> Iterator[Extra]:
    for number, user in page.users.items():
        credential = user.get("verified_type")
        yield (
            "accounts",
            {
                "account_id": number,
                "handle": user.get("username"),
                "display_name": user.get("name"),
                "created_at": user.get("created_at"),
                "bio": user.get("description"),
                "is_verified": user.get("verified"),
                "credential": None if credential == "none" else credential,
                "followers_count": count(at(user, "public_metrics.followers_count")),
            },
        )
        yield from account_label(number, withheld(user), labelled_by="x")


def _included(page: Page) -> Iterator[Extra]:
    asked = {tweet.get("id") for tweet in page.tweets}
    for number, tweet in page.known.items():
        rows = [] if number in asked else _rows(tweet, page)
        yield from [] if isinstance(rows, Refused) else rows


def _refusal(error: Tweet) -> list[Extra]:
    """The label that a post or account got instead of being given."""
    kind, subject = error.get("resource_type"), first(error, "resource_id", "value")
    if kind == "user" and subject:
        is_number = str(subject).isdigit()
        subject = account_of(subject if is_number else None, str(subject))
    named = {"tweet": "post", "user": "account"}.get(str(kind))
    told = error.get("title")
    return platform_label(named, subject, told, labelled_by="x") if named else []


def _references(tweet: Tweet) -> dict[str, str]:
    """The posts that it refers to, by the kind that the post is for it; reposts first."""
    given = {ref.get("type"): ref.get("id") for ref in tweet.get("referenced_tweets") or []}
    return {kind: given[name] for name, kind in KINDS.items() if given.get(name)}


def _post(tweet: Tweet, page: Page) -> Row:
    kind, parent = next(iter(_references(tweet).items()), ("original", None))
    post_id, author = tweet["id"], tweet["author_id"]
    entities = first(tweet, "note_tweet.entities", "entities")
    root = tweet.get("conversation_id")
    versions = tweet.get("edit_history_tweet_ids") or []
    return {
        "post_id": post_id,
        "account_id": author,
        "created_at": tweet.get("created_at"),
        "kind": kind,
        "text": first(tweet, "note_tweet.text", "text"),
        "lang": tweet.get("lang"),
        "parent_id": parent,
        "root_id": None if root == post_id else root,
        "url": post_url(at(page.users.get(author), "username"), post_id),
        "urls": links(_urls(entities), (post_id, parent)),
        "mentions": [each.get("username") for each in at(entities, "mentions") or []],
        "hashtags": [each.get("tag") for each in at(entities, "hashtags") or []],
        "client": plain_client(tweet.get("source")),
        "declared_repost_count": count(at(tweet, "public_metrics.retweet_count")),
        "edited_at": id_milliseconds(versions[-1]) if len(versions) > 1 else None,
        "collected_at": page.read_at,
    }


def _urls(entities: object) -> list[str | None]:
    named = at(entities, "urls") or []
    return [first(each, "unwound_url", "expanded_url", "url") for each in named]


def _unseen(tweet: Tweet, page: Page) -> Iterator[Extra]:
    """The posts that it refers to and that did not come, as far as their author is known."""
    gone = {each.get("resource_id") for each in page.errors if each.get("title") == GONE}
    for kind, target in _references(tweet).items():
        if target not in page.known:
            deleted_at = page.read_at if target in gone else None
            yield from unseen_post(
                target, _author(tweet, kind, target=target), deleted_at=deleted_at
            )


def _author(tweet: Tweet, kind: str, *, target: str) -> str | None:
    """Who wrote the target, as the post that refers to it lets know."""
    if kind == "reply":
        return account_of(tweet.get("in_reply_to_user_id"), None)
    if kind == "quote":
        return account_of(None, handle_of(target, _urls(tweet.get("entities"))))
    named = REPOST_TEXT.match(str(tweet.get("text")))
    handle = named[1] if named else None
    ids = {str(each.get("username")).lower(): each.get("id") for each in _mentioned([tweet])}
    return account_of(ids.get(handle.lower()) if handle else None, handle)
