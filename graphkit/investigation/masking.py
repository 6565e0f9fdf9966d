# SPDX-License-Identifier: GPL-3.0-or-later
"""Which names the case withholds, and texts without them: the same rule for pages and bundles."""

from __future__ import annotations

import hashlib
from importlib import resources
from typing import TYPE_CHECKING

import polars as pl

from graphkit.bundle.masking import masked_texts
from graphkit.bundle.names import Withheld, withheld_names
from graphkit.case import kept, named_accounts, rows_state, source_records
from graphkit.ids import stable_id

if TYPE_CHECKING:
    from collections.abc import Iterator
    from importlib.resources.abc import Traversable

    from graphkit.case import Case
    from graphkit.tables import Corpus

_IDS = {"id": pl.String}
__all__ = ["Withheld", "kept_names", "masked_texts"]


def kept_names(case: Case, corpus: Corpus) -> Withheld:
    """`withheld_names`, from disk while rows, named accounts and graphkit's code are the same.

    For pages only: what leaves the case has its names read anew.
    """
    named = named_accounts(case)
    state = stable_id([rows_state(source_records(case)), sorted(named), _code()])

    def made() -> dict[str, pl.DataFrame]:
        found = withheld_names(case, corpus)
        lists = {"posts": sorted(found.posts), "published": sorted(found.published)}
        frames = {n: pl.DataFrame({"id": ids}, schema=_IDS) for n, ids in lists.items()}
        return {"names": found.names, **frames}

    frames = kept(case, "names", state=state, make=made)
    posts, published = (frozenset(frames[name]["id"]) for name in ("posts", "published"))
    return Withheld(case, frames["names"], named, posts, published)


def _code() -> str:
    """A hash of graphkit's sources: its words and patterns decide what counts as a name."""
    sources = _sources(resources.files("graphkit"))
    return stable_id(sorted(hashlib.sha256(each).hexdigest() for each in sources))


def _sources(folder: Traversable) -> Iterator[bytes]:
    for entry in folder.iterdir():
        if entry.is_dir():
            yield from _sources(entry)
        elif entry.name.endswith((".py", ".css", ".toml")):
            yield entry.read_bytes()
