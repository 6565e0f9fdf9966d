# SPDX-License-Identifier: GPL-3.0-or-later
"""The tables. Stable: files with these column names import without a mapping."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from graphkit.tables.table import Column, Table

if TYPE_CHECKING:
    from collections.abc import Mapping

TEXT = pl.String()
TIME = pl.Datetime("us", "UTC")
LIST = pl.List(pl.String())
COUNT = pl.Int64()
SHARE = pl.Float64()
FLAG = pl.Boolean()

TIME_PRECISIONS = ("second", "minute", "hour", "day", "unknown")
POST_KINDS = ("original", "repost", "quote", "reply")
COLLECTIONS = ("stream", "keyword", "account-list", "snowball", "unknown")


def _optional(dtype: pl.DataType, doc: str) -> Column:
    return Column(dtype, doc, nullable=True)


def _table(name: str, doc: str, key: tuple[str, ...], columns: Mapping[str, Column]) -> Table:
    """A table with the two columns of provenance that every table ends with."""
    provenance = {
        "source_id": Column(TEXT, "the source file that the row comes from; see `sources`"),
        "source_line": _optional(COUNT, "line of that file (row number in Parquet), from 1"),
    }
    return Table(name, doc, key, {**columns, **provenance})


ACCOUNTS = _table(
    "accounts",
    "One handle on one platform.",
    ("account_id",),
    {
        "account_id": Column(TEXT, "platform:native-id"),
        "platform": Column(TEXT, "name of the platform, lower case"),
        "handle": _optional(TEXT, "the name in mentions and addresses, without @"),
        "display_name": _optional(TEXT, "the name as shown"),
        "created_at": _optional(TIME, "when the account was made"),
        "bio": _optional(TEXT, "how the account describes itself"),
        "is_verified": _optional(FLAG, "verified by the platform"),
        "credential": _optional(TEXT, "the certificate or office that the account claims"),
        "credential_expires_at": _optional(TIME, "when that certificate ends"),
        "declared_owner": _optional(TEXT, "the owner that the account itself declares"),
        "followers_count": _optional(COUNT, "followers at collection"),
    },
)
POSTS = _table(
    "posts",
    "One published item.",
    ("post_id",),
    {
        "post_id": Column(TEXT, "platform:native-id"),
        "account_id": Column(TEXT, "who posted it"),
        "platform": Column(TEXT, "name of the platform, lower case"),
        "created_at": _optional(TIME, "the time that the platform shows"),
        "time_precision": Column(TEXT, "second, minute, hour, day or unknown"),
        "id_time": _optional(TIME, "the time that the id carries"),
        "received_at": _optional(TIME, "when the platform's server took it in, where it says both"),
        "edited_at": _optional(TIME, "when it was last edited, as the platform says"),
        "kind": Column(TEXT, "original, repost, quote or reply"),
        "text": _optional(TEXT, "the text as posted"),
        "lang": _optional(TEXT, "language of the text, BCP 47"),
        "parent_id": _optional(TEXT, "the post that it reposts, quotes or answers"),
        "root_id": _optional(TEXT, "the first post of its cascade, as the platform gives it"),
        "url": _optional(TEXT, "the address under which it is, or was, shown"),
        "urls": Column(LIST, "addresses in the post, expanded"),
        "mentions": Column(LIST, "handles mentioned, without @"),
        "hashtags": Column(LIST, "hashtags, without #"),
        "media_hashes": Column(LIST, "hashes of its pictures and videos"),
        "source_label": _optional(TEXT, "what the platform's own source field says"),
        "client": _optional(TEXT, "the application that sent it"),
        "declared_repost_count": _optional(COUNT, "reposts as the platform counts them"),
        "deleted_at": _optional(TIME, "when it was found deleted"),
        "collected_at": _optional(TIME, "when it was collected"),
        "is_seen": Column(FLAG, "the post itself is in the data (false: only referred to)"),
    },
)
CITATIONS = _table(
    "citations",
    "A post naming another account, post, outlet or URL as its source; `none` where it names none.",
    ("post_id", "citation_no"),
    {
        "post_id": Column(TEXT, "the citing post"),
        "citation_no": Column(COUNT, "its citations, counted from 0"),
        "target_kind": Column(TEXT, "post, account, url, outlet, vague or none"),
        "target": _optional(TEXT, "id, address or name of the target"),
        "outlet": _optional(TEXT, "registrable domain of an address, or the outlet that is named"),
        "via": Column(TEXT, "field, link, text or import"),
        "rule": Column(TEXT, "the rule that read it"),
        "span_start": _optional(COUNT, "first character in the text"),
        "span_end": _optional(COUNT, "character after the last in the text"),
        "certainty": Column(SHARE, "0 to 1, how sure the rule is"),
        "support": _optional(TEXT, "supports, silent, contradicts or unseen"),
    },
)
ACTIONS = _table(
    "actions",
    "An account doing something to an object: the log from which co-action is counted.",
    ("action_id",),
    {
        "action_id": Column(TEXT, "id of the action"),
        "account_id": Column(TEXT, "who acted"),
        "object_id": Column(TEXT, "what was reposted, linked, searched, ..."),
        "act": Column(
            TEXT,
            "repost, reply, url, domain, hashtag, hashtag_sequence, text, image, mention, search, "
            "vote, like, ...; near_text, citation, posting, deletion and handle are not stored",
        ),
        "acted_at": _optional(TIME, "when"),
        "time_precision": Column(TEXT, "second, minute, hour, day or unknown"),
        "content_id": _optional(TEXT, "the post that carried the action"),
    },
)
RANKINGS = _table(
    "rankings",
    "One topic in one snapshot of a hot list.",
    ("list_id", "snapshot_at", "topic"),
    {
        "list_id": Column(TEXT, "which list"),
        "snapshot_at": Column(TIME, "when the list was read"),
        "topic": Column(TEXT, "the topic's title, without #"),
        "rank": _optional(COUNT, "the rank that the platform gives"),
        "position": _optional(COUNT, "the place in the list as shown, from 1"),
        "is_pinned": _optional(FLAG, "pinned above the ranking"),
        "heat": _optional(COUNT, "the displayed heat"),
        "is_promoted": _optional(FLAG, "marked as promoted by the platform"),
        "category": _optional(TEXT, "the platform's category"),
        "read_count": _optional(COUNT, "reads"),
        "discuss_count": _optional(COUNT, "discussions"),
        "origin_count": _optional(COUNT, "original posts"),
    },
)
LABELS = _table(
    "labels",
    "What someone, with a name and a date, attached to a subject. Never the truth.",
    ("subject_kind", "subject_id", "label", "source_id", "source_line"),
    {
        "subject_kind": Column(TEXT, "post, account, url, outlet or claim"),
        "subject_id": Column(TEXT, "id of the subject"),
        "label": Column(TEXT, "what was attached"),
        "labelled_at": _optional(TIME, "when"),
        "labelled_by": _optional(TEXT, "by whom"),
        "retracted_at": _optional(TIME, "when it was taken back"),
        "expires_at": _optional(TIME, "until when it holds"),
        "prominence": _optional(TEXT, "where it stood"),
        "url": _optional(TEXT, "where it can be read"),
    },
)
REVISIONS = _table(
    "revisions",
    "What a later row says otherwise of a post or an account that the case has.",
    ("subject_kind", "subject_id", "column", "value", "source_id", "source_line"),
    {
        "subject_kind": Column(TEXT, "post or account"),
        "subject_id": Column(TEXT, "its id"),
        "column": Column(TEXT, "which column of its table"),
        "value": Column(TEXT, "what the later row has there, as text"),
        "collected_at": _optional(TIME, "when that row was collected"),
    },
)
SOURCES = Table(
    "sources",
    "One imported file.",
    ("source_id",),
    {
        "source_id": Column(
            TEXT, "first 16 hex digits of the file's SHA-256, and -2 where it was imported again"
        ),
        "file": Column(TEXT, "its name when it was imported"),
        "sha256": Column(TEXT, "its SHA-256"),
        "importer": Column(TEXT, "the importer that read it"),
        "collection": Column(TEXT, "stream, keyword, account-list, snowball or unknown"),
        "collected_at": _optional(TIME, "when it was collected, as the person says"),
        "rows_read": Column(COUNT, "rows read"),
        "accepted": Column(COUNT, "rows accepted"),
        "duplicate": Column(COUNT, "rows that repeat an accepted one"),
        "rejected": Column(COUNT, "rows rejected"),
    },
)

TABLES: Mapping[str, Table] = {
    table.name: table
    for table in (ACCOUNTS, POSTS, CITATIONS, ACTIONS, RANKINGS, LABELS, REVISIONS, SOURCES)
}
