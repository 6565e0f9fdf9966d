# SPDX-License-Identifier: GPL-3.0-or-later
"""Rows that come along in a record: posts that it only refers to, and labels by the platform."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

Row = dict[str, Any]
Extra = tuple[str, "Mapping[str, Any]"]


def unseen_post(post_id: str | None, account_id: str | None, **known: object) -> list[Extra]:
    """The row of a post that is referred to and not in the data; none where its author is unknown.

    >>> unseen_post("7", "1002", url="https://a.example/7")[0][1]["is_seen"]
    False
    >>> unseen_post("7", None)
    []
    """
    if not post_id or not account_id:
        return []
    row = {"post_id": post_id, "account_id": account_id, "created_at": None, "is_seen": False}
    return [("posts", {**row, **known})]


def post_label(post_id: str | None, label: str | None, **more: object) -> list[Extra]:
    """The row of a label that the platform put on a post; see `platform_label`."""
    return platform_label("post", post_id, label, **more)


def account_label(account_id: str | None, label: str | None, **more: object) -> list[Extra]:
    """The row of a label that the platform put on an account; see `platform_label`."""
    return platform_label("account", account_id, label, **more)


def platform_label(
    kind: str, subject_id: str | None, label: str | None, **more: object
) -> list[Extra]:
    """The row of a label on a post or account (`kind`); none where there is no label or subject.

    `more` are further columns of the table labels, such as labelled_by and url.
    """
    if not subject_id or not label:
        return []
    row = {"subject_kind": kind, "subject_id": subject_id, "label": label, **more}
    return [("labels", row)]


def account_of(number: object, handle: str | None) -> str | None:
    """The account's number as text; where only the handle is known, `@handle`.

    >>> account_of(1002, "qingshi_news"), account_of(None, "qingshi_news"), account_of(None, None)
    ('1002', '@qingshi_news', None)
    """
    if number is not None and number != "":
        return str(number)
    return f"@{handle}" if handle else None
