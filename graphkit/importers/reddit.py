# SPDX-License-Identifier: GPL-3.0-or-later
"""Submissions and comments of Reddit: the dumps of Pushshift and Arctic Shift, and the API.

A submission is known by its id (`1syn1`), a comment by its full name (`t1_csyn6`): the two are
counted apart. A crosspost with another title than what it shares is a quote. What was deleted or
removed keeps its row; `[deleted]` is nobody's account, so that each such post has its own.
Subreddits, scores and flairs are not kept.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from graphkit.reading.extra_rows import account_of, post_label
from graphkit.reading.importer import Importer
from graphkit.reading.pages import page_items, page_keys
from graphkit.reading.records import Found, record_batches
from graphkit.reading.rows import Record, Refused, records
from graphkit.reading.text_marks import links_in
from graphkit.reading.values import at, first

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from graphkit.reading.extra_rows import Extra, Row
    from graphkit.reading.importer import Batch, ReadOptions, Sample

NEEDS = ("id", "author", "subreddit", "created_utc", "title or body")
LISTING = "data.children"
SITE = "https://www.reddit.com"
GONE = {
    "[deleted]",
    "[removed]",
    "[deleted by user]",
    "[ Removed by Reddit ]",
    "[removed by reddit]",
}
USER = re.compile(r"(?<![\w/])/?u/([\w-]{3,20})\b")
DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
FLAGS = {"over_18": "over 18", "promoted": "promoted"}


def _suits(sample: Sample) -> str | None:
    things = [thing for value in sample.objects for thing in _things(value)]
    fits = [
        t
        for t in things
        if isinstance(t, dict) and set(NEEDS[:4]) <= set(t) and {"title", "body"} & set(t)
    ]
    return "its objects have subreddit, author and created_utc, as Reddit's" if fits else None


def _things(value: object) -> list[Any]:
    """The submissions and comments of a listing of the API, or the one that the value is."""
    things = page_items(value, LISTING)
    return [each.get("data", each) if isinstance(each, dict) else each for each in things]


def _named(fullname: object) -> str | None:
    """The id of the thing with this full name: bare of a submission, whole of a comment.

    Pushshift's last dumps have the parent comment as a number; it is the same in base 36.
    """
    if isinstance(fullname, int):
        digits = ""
        while fullname:
            fullname, last = divmod(fullname, 36)
            digits = DIGITS[last] + digits
        return f"t1_{digits}"
    return str(fullname).removeprefix("t3_") if fullname else None


def _id(thing: Mapping[str, Any]) -> str:
    return f"t1_{thing['id']}" if "body" in thing else str(thing["id"])


def _author(thing: Mapping[str, Any]) -> Row:
    name = None if thing.get("author") in {None, "", *GONE} else thing["author"]
    account = account_of(thing.get("author_fullname"), name)
    return {
        "account_id": account or f"author-of-{_id(thing)}",
        "handle": name,
        "created_at": thing.get("author_created_utc"),
    }


def _text(thing: Mapping[str, Any]) -> str | None:
    """Title and text, each once, without the words that stand where something was removed."""
    told = [thing.get("title"), thing.get("selftext"), thing.get("body")]
    said = [part for part in told if part and part not in GONE]
    return "\n\n".join(dict.fromkeys(said))


def _target(thing: Mapping[str, Any]) -> tuple[str, str | None]:
    """The kind of post, and what it shares or answers."""
    if "body" in thing:
        return "reply", _named(first(thing, "parent_id", "link_id"))
    shared = thing.get("crosspost_parent")
    if not shared:
        return "original", None
    [parent] = (thing.get("crosspost_parent_list") or [{}])[:1]
    own = parent.get("title") not in {None, thing.get("title")}
    return ("quote" if own or thing.get("selftext") else "repost"), _named(shared)


def _urls(thing: Mapping[str, Any], permalink: str) -> list[str]:
    """What a submission links to, and the links in the text, but for those of what it shares."""
    told = [thing.get("url_overridden_by_dest"), thing.get("url")]
    [parent] = (thing.get("crosspost_parent_list") or [{}])[:1]
    inherited = {parent.get("url_overridden_by_dest"), parent.get("url")}
    links = [link for link in told if link and link not in inherited and not thing.get("is_self")]
    found = dict.fromkeys([*links, *links_in(_text(thing))])
    shared = f"/comments/{_named(thing.get('crosspost_parent'))}/"
    return [u for u in found if not u.startswith(("/", permalink)) and shared not in u]


def _permalink(thing: Mapping[str, Any]) -> str:
    """The address; old dumps give none of comments."""
    link = _named(thing.get("link_id"))
    built = f"/comments/{link}/_/{thing['id']}/" if link else f"/comments/{thing['id']}/"
    return SITE + (first(thing, "permalink") or built)


def _edited(thing: Mapping[str, Any]) -> float | None:
    """When it was edited; old things that were edited only have `true`."""
    told = thing.get("edited")
    return None if isinstance(told, bool) else told


def _deleted(thing: Mapping[str, Any]) -> float | str | None:
    """When it was found deleted or removed; None where it was not, or nobody knows when."""
    seen: float | str | None = first(thing, "retrieved_on", "retrieved_utc")
    if at(thing, "_meta.was_deleted_later"):
        later: float | None = at(thing, "_meta.retrieved_2nd_on")
        return seen if later is None else later
    told = [thing.get(name) for name in ("title", "selftext", "body")]
    is_gone = thing.get("removed_by_category") or GONE & {str(each) for each in told}
    return seen if is_gone else None


def _post(thing: Mapping[str, Any]) -> Row:
    kind, parent = _target(thing)
    permalink = _permalink(thing)
    return {
        "post_id": _id(thing),
        "account_id": _author(thing)["account_id"],
        "created_at": thing["created_utc"],
        "edited_at": _edited(thing),
        "kind": kind,
        "text": _text(thing),
        "parent_id": parent,
        "root_id": _named(thing.get("link_id")),
        "url": permalink,
        "urls": _urls(thing, permalink),
        "mentions": list(dict.fromkeys(USER.findall(_text(thing) or ""))),
        "deleted_at": _deleted(thing),
        "collected_at": first(thing, "retrieved_on", "retrieved_utc"),
    }


def _along(thing: Mapping[str, Any]) -> Iterator[Extra]:
    """The author, why it was removed, the marks that Reddit shows, and the post it shares."""
    yield "accounts", _author(thing)
    reason = first(thing, "_meta.removal_type", "removed_by_category", "removal_reason")
    said = [f"removed: {reason}" if reason else None]
    said += [label for flag, label in FLAGS.items() if thing.get(flag) is True]
    for label in said:
        yield from post_label(_id(thing), label, labelled_by="reddit")
    for shared in (thing.get("crosspost_parent_list") or [])[:1]:
        if shared.get("id") and shared.get("created_utc"):
            yield "posts", _post(shared)
            yield from _along(shared)


def _thing(record: Record) -> Iterator[Found | Refused]:
    for thing in _things(record.value):
        if not thing.get("id") or not {"title", "body"} & set(thing):
            yield Refused("no id, or neither title nor body: no submission or comment")
        else:
            yield Found("posts", _post(thing), tuple(_along(thing)))


def _read(path: Path, options: ReadOptions) -> Iterator[Batch]:
    found = records(path, options, at=page_keys(path, options, LISTING))
    yield from record_batches(found, _thing, options=options, platform="reddit")


IMPORTER = Importer(
    name="reddit",
    title="Reddit dumps",
    summary="submissions (RS) and comments (RC) of Pushshift and Arctic Shift, one a line",
    needs=NEEDS,
    gives=("posts", "accounts", "labels"),
    order=20,
    suits=_suits,
    read=_read,
)
