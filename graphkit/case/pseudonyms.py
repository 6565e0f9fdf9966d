# SPDX-License-Identifier: GPL-3.0-or-later
"""Pseudonyms: a keyed hash (HMAC-SHA256) per case. Without the key nobody can try ids.

EDPB Guidelines 01/2025 ask for a secret of enough entropy, kept apart from the data.
"""

from __future__ import annotations

import base64
import hmac
import os
import secrets
from typing import TYPE_CHECKING

from graphkit.case.folder import write_file

if TYPE_CHECKING:
    from collections.abc import Iterable

    from graphkit.case.folder import Case


def _key(case: Case) -> bytes:
    path = case.root / "keys" / "pseudonym.key"
    if not path.exists():
        part = path.with_name(f".{secrets.token_hex(8)}")
        write_file(part, os.urandom(32), mode=0o600)
        try:
            os.link(part, path)
        except FileExistsError:  # another process was quicker: theirs counts
            part.unlink()
        except OSError:  # a disk that has no links
            part.replace(path)
        else:
            part.unlink()
    return path.read_bytes()


def pseudonyms(case: Case, ids: Iterable[str], *, prefix: str = "acct") -> dict[str, str]:
    """A pseudonym for each id: `prefix-` and 12 characters (60 bits), the same in every export."""
    key = _key(case)
    return {each: f"{prefix}-{_digest(key, prefix, each)}" for each in ids}


def pseudonym(case: Case, account_id: str) -> str:
    """The pseudonym of one account."""
    return pseudonyms(case, [account_id])[account_id]


def _digest(key: bytes, prefix: str, text: str) -> str:
    digest = hmac.digest(key, f"{prefix}:{text}".encode(), "sha256")
    return base64.b32encode(digest[:10]).decode().lower()[:12]
