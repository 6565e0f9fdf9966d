# SPDX-License-Identifier: GPL-3.0-or-later
"""Pseudonyms: a keyed hash (HMAC-SHA256) per case. Without the key nobody can try ids.

EDPB Guidelines 01/2025 ask for a secret of enough entropy, kept apart from the data.
"""

from __future__ import annotations

import hashlib
import os
import secrets
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from graphkit.case.folder import write_file

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from graphkit.case.folder import Case

_BLOCK = 64  # bytes of SHA-256
_BATCH = 50_000
_CHARACTERS = 12
_SHIFTS = np.arange(59, 3, -5, dtype=np.uint64)
_BASE32 = np.frombuffer(b"abcdefghijklmnopqrstuvwxyz234567", dtype=np.uint8)


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
    asked = list(ids)
    return dict(zip(asked, _coded(_key(case), asked, prefix), strict=True))


def pseudonym_column(case: Case, ids: pl.Series, *, prefix: str) -> pl.Series:
    """The pseudonyms of `ids` in their order; null where there is no id."""
    key, known = _key(case), ids.is_not_null()
    batches = ids.filter(known).to_frame().iter_slices(_BATCH)
    parts = (_coded(key, batch.to_series().to_list(), prefix) for batch in batches)
    codes = pl.concat([pl.Series(dtype=pl.String), *(pl.Series(each) for each in parts)])
    place = (known.cast(pl.Int64).cum_sum() - 1).set(~known, None)
    return codes.gather(place).alias(ids.name)


def pseudonym(case: Case, account_id: str) -> str:
    """The pseudonym of one account."""
    return pseudonyms(case, [account_id])[account_id]


def _coded(key: bytes, texts: Sequence[str], prefix: str) -> list[str]:
    """The pseudonym of each text: the first 60 bits of its HMAC in base 32."""
    inner, outer = (
        hashlib.sha256(bytes(each ^ pad for each in key.ljust(_BLOCK, b"\0")))
        for pad in (0x36, 0x5C)
    )
    digests = []
    for text in texts:
        inside, outside = inner.copy(), outer.copy()
        inside.update(f"{prefix}:{text}".encode())
        outside.update(inside.digest())
        digests.append(outside.digest()[:8])
    bits = np.frombuffer(b"".join(digests), dtype=">u8").astype(np.uint64)
    spelt = _BASE32[(bits[:, None] >> _SHIFTS) & np.uint64(31)].tobytes().decode()
    ends = range(0, len(spelt), _CHARACTERS)
    return [f"{prefix}-{spelt[start : start + _CHARACTERS]}" for start in ends]
