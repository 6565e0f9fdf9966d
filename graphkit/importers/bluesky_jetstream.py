# SPDX-License-Identifier: GPL-3.0-or-later
"""Events of Bluesky's Jetstream: posts, reposts, likes, deletions, names and states of accounts.

A repost may name in `via` the repost through which it was found. That is the path that it really
took, so it is the parent, and the reposted post (`subject`) the root; an action `repost` on the
subject is added, so that all reposts of one post still share an object. The `via` of a like is
not kept. `received_at` is the time of the event.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from graphkit.reading.bluesky_posts import (
    POST,
    REPOST,
    author_of,
    is_post,
    known_handle,
    label_rows,
    post_columns,
    stated_time,
    unseen_targets,
    web_address,
)
from graphkit.reading.extra_rows import unseen_post
from graphkit.reading.importer import Importer
from graphkit.reading.records import Found, record_batches
from graphkit.reading.rows import Record, Refused, records
from graphkit.reading.values import at

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from graphkit.reading.extra_rows import Extra, Row
    from graphkit.reading.importer import Batch, ReadOptions, Sample

NEEDS = ("did", "time_us", "kind")
PLATFORM = "bluesky"
LIKE = "app.bsky.feed.like"
PROFILE = "app.bsky.actor.profile"


def _suits(sample: Sample) -> str | None:
    fits = [v for v in sample.objects if isinstance(v, dict) and set(NEEDS) <= set(v)]
    return "its objects have did, time_us and kind, as Jetstream's events" if fits else None


def _uri(event: Mapping[str, Any]) -> str:
    commit = event["commit"]
    return f"at://{event['did']}/{commit['collection']}/{commit['rkey']}"


def _post(event: Mapping[str, Any]) -> Found:
    record, uri = event["commit"]["record"], _uri(event)
    row = {**post_columns(uri, record), "received_at": event["time_us"]}
    if event["commit"]["operation"] == "update":
        row["edited_at"] = event["time_us"]
    labels = label_rows("post", uri, record.get("labels"), event["did"])
    return Found("posts", row, (*unseen_targets(record), *labels))


def _repost(event: Mapping[str, Any]) -> Found:
    record, uri = event["commit"]["record"], _uri(event)
    subject, via = record["subject"]["uri"], at(record, "via.uri")
    row = {
        "post_id": uri,
        "account_id": event["did"],
        "created_at": stated_time(record.get("createdAt")),
        "received_at": event["time_us"],
        "kind": "repost",
        "parent_id": via or subject,
        "root_id": subject if via else None,
    }
    extras: list[Extra] = []
    if via:
        relay = {"kind": "repost", "parent_id": subject}
        extras = [*unseen_post(via, author_of(via), **relay), ("actions", _action(event, "repost"))]
    if is_post(subject):
        extras += unseen_post(subject, author_of(subject), url=web_address(subject))
    return Found("posts", row, tuple(extras))


def _action(event: Mapping[str, Any], act: str) -> Row:
    """What the account did to the record's subject, when its client says or else the stream."""
    record = event["commit"]["record"]
    return {
        "account_id": event["did"],
        "act": act,
        "object_id": f"{PLATFORM}:{record['subject']['uri']}",
        "acted_at": stated_time(record.get("createdAt")) or event["time_us"],
        "content_id": _uri(event),
    }


def _like(event: Mapping[str, Any]) -> Found:
    subject = event["commit"]["record"]["subject"]["uri"]
    known = unseen_post(subject, author_of(subject), url=web_address(subject))
    return Found("actions", _action(event, "like"), tuple(known) if is_post(subject) else ())


def _profile(event: Mapping[str, Any]) -> Found:
    record = event["commit"]["record"]
    row = {"account_id": event["did"], "display_name": record.get("displayName")}
    labels = label_rows("account", event["did"], record.get("labels"), event["did"])
    return Found("accounts", {**row, "bio": record.get("description")}, tuple(labels))


def _deleted(event: Mapping[str, Any]) -> Found | Refused:
    uri, collection = _uri(event), event["commit"]["collection"]
    if collection not in {POST, REPOST}:
        return Refused(f"a deletion in {collection}: it does not say of what")
    [(_, row)] = unseen_post(uri, event["did"], deleted_at=event["time_us"], url=web_address(uri))
    return Found("posts", row)


KEPT = {POST: _post, REPOST: _repost, LIKE: _like, PROFILE: _profile}


def _commit(event: Mapping[str, Any]) -> Found | Refused:
    collection = at(event, "commit.collection")
    if at(event, "commit.operation") == "delete":
        return _deleted(event)
    if collection not in KEPT:
        return Refused(
            f"a record of {collection}: only posts, reposts, likes and profiles are kept"
        )
    return KEPT[collection](event)


def _account_state(event: Mapping[str, Any]) -> Found | Refused:
    status = at(event, "account.status")
    if not status:
        return Refused("an account that is active: nothing to keep")
    row = {"subject_kind": "account", "subject_id": event["did"], "label": status}
    return Found("labels", {**row, "labelled_by": PLATFORM, "labelled_at": event["time_us"]})


def _event(record: Record) -> Iterator[Found | Refused]:
    event = record.value
    if event["kind"] == "commit":
        yield _commit(event)
    elif event["kind"] == "account":
        yield _account_state(event)
    elif event["kind"] == "identity" and known_handle(at(event, "identity.handle")):
        yield Found("accounts", {"account_id": event["did"], "handle": event["identity"]["handle"]})
    else:
        yield Refused(f"an event of kind {event['kind']} with nothing to keep")


def _read(path: Path, options: ReadOptions) -> Iterator[Batch]:
    found = records(path, options)
    yield from record_batches(found, _event, options=options, platform=PLATFORM)


IMPORTER = Importer(
    name="bluesky-jetstream",
    title="Bluesky Jetstream",
    summary="events of Bluesky's Jetstream, one a line: posts, reposts, likes, deletions",
    needs=NEEDS,
    gives=("posts", "actions", "accounts", "labels"),
    order=20,
    suits=_suits,
    read=_read,
)
