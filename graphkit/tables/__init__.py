# SPDX-License-Identifier: GPL-3.0-or-later
"""Tables: polars frames with a fixed schema, and the corpus that holds them."""

from graphkit.tables.corpus import Corpus
from graphkit.tables.schemas import (
    ACCOUNTS,
    ACTIONS,
    CITATIONS,
    COLLECTIONS,
    LABELS,
    POST_KINDS,
    POSTS,
    RANKINGS,
    REVISIONS,
    SOURCES,
    TABLES,
    TIME,
    TIME_PRECISIONS,
)
from graphkit.tables.table import Column, Table

__all__ = [
    "ACCOUNTS",
    "ACTIONS",
    "CITATIONS",
    "COLLECTIONS",
    "LABELS",
    "POSTS",
    "POST_KINDS",
    "RANKINGS",
    "REVISIONS",
    "SOURCES",
    "TABLES",
    "TIME",
    "TIME_PRECISIONS",
    "Column",
    "Corpus",
    "Table",
]
