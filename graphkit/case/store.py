# SPDX-License-Identifier: GPL-3.0-or-later
"""The rows of a case: one Parquet file a table and import, and what derives from them."""

from __future__ import annotations

import hashlib
import io
from importlib.resources import files
from typing import TYPE_CHECKING

import polars as pl

from graphkit import __version__
from graphkit.case.batches import batch_records, settle, source_records, sources_of
from graphkit.case.folder import write_file
from graphkit.case.keeping import kept
from graphkit.case.merging import merged
from graphkit.graphs.citation_rows import citation_rows
from graphkit.graphs.post_actions import post_actions
from graphkit.graphs.unseen_posts import unseen_posts, unseen_rows
from graphkit.ids import stable_id
from graphkit.tables import ACTIONS, CITATIONS, POSTS, SOURCES, TABLES, Corpus

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from graphkit.case.batches import Record
    from graphkit.case.folder import Case

DERIVATION = 3
"""Raised when the same rows derive otherwise than before, so that no older file is read."""
STORED = ("accounts", "posts", "citations", "actions", "rankings", "labels", "revisions")


def sources(case: Case) -> pl.DataFrame:
    """The table `sources` of the case, sorted by source_id."""
    return _sources(source_records(case))


def _sources(records: Sequence[Record]) -> pl.DataFrame:
    if not records:
        return SOURCES.empty()
    rows = [{name: r[name] for name in SOURCES.columns} for r in records]
    times = pl.col("collected_at").cast(pl.String).str.to_datetime(time_zone="UTC", strict=True)
    return SOURCES.conform(
        pl.DataFrame(rows, infer_schema_length=None).with_columns(collected_at=times)
    )


def imports(case: Case) -> str:
    """A hash of what makes the rows of the case: each file's bytes, and what was told of it."""
    return imports_of(source_records(case))


def imports_of(records: Sequence[Record]) -> str:
    """`imports` of the files of which `records` (as `source_records`) are."""
    return stable_id(sorted([r["source_id"], stable_id(r["told"])] for r in records))


def write_parquet(path: Path, frame: pl.DataFrame) -> None:
    """Writes `frame` to `path` by rename."""
    buffer = io.BytesIO()
    frame.write_parquet(buffer, compression="zstd", compression_level=3)
    write_file(path, buffer.getvalue())


def stored_rows(case: Case, name: str, batches: Iterable[str]) -> pl.LazyFrame:
    """The rows of table `name` that the imports `batches` brought, unsorted, not yet read."""
    table = TABLES[name]
    files = [case.root / "tables" / name / f"{batch}.parquet" for batch in sorted(set(batches))]
    files = [file for file in files if file.exists()]
    if not files:
        return table.empty().lazy()
    return pl.scan_parquet(files, glob=False, hive_partitioning=False).select(*table.columns)


def stored(case: Case, name: str) -> pl.DataFrame:
    """The imported rows of table `name`, sorted by key, without what derives from posts."""
    return _sorted(case, name, [record["batch_id"] for record in batch_records(case)])


def _sorted(case: Case, name: str, batches: Iterable[str]) -> pl.DataFrame:
    return stored_rows(case, name, batches).collect().sort(TABLES[name].key)


def _made(case: Case, batches: Iterable[str], sources: pl.DataFrame) -> dict[str, pl.DataFrame]:
    """The tables of the imports, merged, with what derives from the posts; sorted by key.

    Citations and actions that posts hold, and posts that are not seen but referred to.
    """
    tables = merged({name: _sorted(case, name, batches) for name in STORED}, sources)
    posts, accounts = tables["posts"], tables["accounts"]
    provenance = posts.select("post_id", "source_id", "source_line")
    cited = citation_rows(posts, accounts).join(provenance, on="post_id")
    imported = tables["citations"].select("post_id").unique()
    read = CITATIONS.conform(cited.join(imported, on="post_id", how="anti"))
    every = pl.concat([tables["citations"], read])
    derived = [
        (CITATIONS, read),
        (ACTIONS, post_actions(posts)),
        (POSTS, unseen_rows(unseen_posts(posts, every, accounts=accounts))),
    ]
    for table, rows in derived:
        tables[table.name] = pl.concat([tables[table.name], rows]).sort(table.key)
    return tables


def _rules() -> str:
    """A hash of the word lists and address patterns by which citations are read."""
    lists = [files("graphkit.text").joinpath(name) for name in ("lexicon.toml", "links.toml")]
    return stable_id([hashlib.sha256(each.read_bytes()).hexdigest() for each in lists])


def load_corpus(case: Case) -> Corpus:
    """The corpus of the case: imported rows, one a post and an account, and what posts hold.

    Posts that several imports have are merged (`graphkit.case.merging`); citations and actions
    that derive from the posts are added to those that were imported, and so are posts that are
    only referred to, where their author is known (`graphs.unseen_posts` has all of them). What
    was made of the same rows by the same rules is read from `derived/` (`graphkit.case.keeping`).
    """
    settle(case)
    batches = batch_records(case)
    records = sources_of(batches)
    sources, ids = _sources(records), [each["batch_id"] for each in batches]
    state = rows_state(records)
    tables = kept(case, "rows", state=state, make=lambda: _made(case, ids, sources))
    return Corpus(**tables, sources=sources)


def rows_state(records: Sequence[Record]) -> str:
    """A hash of all that makes the corpus of `records`: rows, rules, and the code's version."""
    files = [[each["batch_id"], each["source_id"], each["collected_at"]] for each in records]
    return stable_id(
        [__version__, DERIVATION, imports_of(records), sorted(files, key=str), _rules()]
    )
