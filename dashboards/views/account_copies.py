# SPDX-License-Identifier: GPL-3.0-or-later
"""How much of what an account says others said before, beside the other accounts of the case."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from graphkit.investigation.account_record import copy_shares

if TYPE_CHECKING:
    from dashboards.snapshot import Snapshot

LEAST_TEXTS = 5
"""Texts from which on a share is compared with that of others."""


@dataclass(frozen=True)
class Copying:
    """What an account repeats.

    Attributes:
        texts: distinct texts with a time.
        repeated: of them, that another account had posted before.
        lag_seconds: the median time behind the first of these, None where nothing is repeated.
        copied: of the texts, that another account posted later.
        among: accounts of the case with 5 texts or more, this one left out; None where it has
            fewer itself.
        as_high: of these, that repeat as large a share or a larger one.
    """

    texts: int
    repeated: int
    lag_seconds: float | None
    copied: int
    among: int | None
    as_high: int

    @property
    def share(self) -> float:
        """The share of the texts that another account had posted before."""
        return self.repeated / self.texts


def copying(snapshot: Snapshot, account_id: str) -> Copying | None:
    """What the account repeats of others; None where no text of it has a time."""
    shares = snapshot.once(copy_shares)
    own = shares.filter(account_id=account_id).to_dicts()
    if not own:
        return None
    [row] = own
    others = shares.filter(pl.col("texts") >= LEAST_TEXTS, pl.col("account_id") != account_id)
    return Copying(
        texts=row["texts"],
        repeated=row["repeated"],
        lag_seconds=row["median_lag_seconds"],
        copied=row["copied"],
        among=others.height if row["texts"] >= LEAST_TEXTS else None,
        as_high=others.filter(pl.col("repeated_share") >= row["repeated_share"]).height,
    )
