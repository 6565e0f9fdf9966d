# SPDX-License-Identifier: GPL-3.0-or-later
"""Ids are text: `platform:native-id` for what a platform numbers, a hash for what we name."""

from __future__ import annotations

import hashlib
import json
from typing import NewType

AccountId = NewType("AccountId", str)
PostId = NewType("PostId", str)


def canonical_json(value: object) -> bytes:
    """The one UTF-8 JSON form of `value`: sorted keys, no spaces, no NaN.

    >>> canonical_json({"b": 1, "a": "é"}).decode()
    '{"a":"é","b":1}'
    """
    text = json.dumps(
        value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
    )
    return text.encode()


def stable_id(value: object, *, length: int = 16) -> str:
    """The first `length` hex digits of the SHA-256 of the canonical JSON of `value`.

    >>> stable_id(["citation-loop", ["a", "b"]])
    '30728e6e0ad156c2'
    """
    return hashlib.sha256(canonical_json(value)).hexdigest()[:length]
