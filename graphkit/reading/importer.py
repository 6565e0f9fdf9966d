# SPDX-License-Identifier: GPL-3.0-or-later
"""The importer contract: a file in `graphkit.importers` with an `IMPORTER` constant."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime
    from pathlib import Path

PROBLEMS = pl.Schema({"line": pl.Int64(), "reason": pl.String()})
DUPLICATES = pl.Schema({"line": pl.Int64(), "first": pl.Int64()})


@dataclass(frozen=True)
class ReadOptions:
    """What a person says of a file that the file itself does not say."""

    platform: str | None = None
    table: str | None = None
    tz: str | None = None
    date_order: str | None = None
    collected_at: datetime | None = None
    columns: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Reading:
    """What a file holds. Accepted, duplicate and rejected rows add up to `rows_read`.

    `tables` are frames of their tables without source_id; `rejects` and `warnings` have the
    columns line and reason; `duplicates` line and first (the line that it repeats, null where
    that row came with an earlier import). `notes` say what concerns the whole file.
    """

    tables: Mapping[str, pl.DataFrame]
    rows_read: int
    rejects: pl.DataFrame
    duplicates: pl.DataFrame
    warnings: pl.DataFrame
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Importer:
    """One format. `suits(path)` says why a file fits, or None; `read` may raise InputError.

    `keyed` names the table whose rows are counted in the ledger. The first importer (by `order`,
    then name) whose `suits` answers is taken when the person names none.
    """

    name: str
    summary: str
    order: int
    suits: Callable[[Path], str | None]
    read: Callable[[Path, ReadOptions], Reading]
