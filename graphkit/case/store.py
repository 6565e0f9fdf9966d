# SPDX-License-Identifier: GPL-3.0-or-later
"""The rows of a case: read-only inputs, one Parquet file a table and import, what derives.

An import counts from the moment its record `inputs/<source_id>.json` is there, written last.
"""

from __future__ import annotations

import io
import json
from typing import TYPE_CHECKING, Any

import polars as pl

from graphkit import __version__
from graphkit.case.folder import write_file
from graphkit.graphs.citation_rows import citation_rows
from graphkit.graphs.post_actions import post_actions
from graphkit.ids import canonical_json, stable_id
from graphkit.tables import ACTIONS, CITATIONS, SOURCES, TABLES, Corpus

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from graphkit.case.folder import Case

STORED = ("accounts", "posts", "citations", "actions", "rankings", "labels")


def source_records(case: Case) -> list[dict[str, Any]]:
    """The import records, sorted by source_id: the columns of `sources`, and told, and problems.

    `told` is all that was said of the file; `rejects` and `warnings` are lists of {line, reason},
    `duplicates` of {line, first}.
    """
    files = (case.root / "inputs").glob("*.json")
    return sorted((json.loads(f.read_bytes()) for f in files), key=lambda r: str(r["source_id"]))


def sources(case: Case) -> pl.DataFrame:
    """The table `sources` of the case, sorted by source_id."""
    records = [{name: r[name] for name in SOURCES.columns} for r in source_records(case)]
    if not records:
        return SOURCES.empty()
    times = pl.col("collected_at").cast(pl.String).str.to_datetime(time_zone="UTC", strict=True)
    return SOURCES.conform(
        pl.DataFrame(records, infer_schema_length=None).with_columns(collected_at=times)
    )


def imports(case: Case) -> str:
    """A hash of what makes the rows of the case: each file's bytes, and what was told of it."""
    return stable_id(sorted([r["source_id"], stable_id(r["told"])] for r in source_records(case)))


def write_parquet(path: Path, frame: pl.DataFrame) -> None:
    """Writes `frame` to `path` by rename."""
    buffer = io.BytesIO()
    frame.write_parquet(buffer, compression="zstd", compression_level=3)
    write_file(path, buffer.getvalue())


def save_import(
    case: Case, content: bytes, *, record: Mapping[str, Any], tables: Mapping[str, pl.DataFrame]
) -> None:
    """Saves one imported file: its read-only copy, its rows by table, and last its record.

    The caller holds the case's lock.
    """
    sha256, batch = str(record["sha256"]), str(record["source_id"])
    for name, frame in tables.items():
        if frame.height:
            write_parquet(case.root / "tables" / name / f"{batch}.parquet", frame)
    write_file(case.root / "inputs" / sha256, content, mode=0o444)
    write_file(case.root / "inputs" / f"{batch}.json", canonical_json(record))


def stored(case: Case, name: str) -> pl.DataFrame:
    """The imported rows of table `name`, sorted by key, without what derives from posts."""
    table = TABLES[name]
    batches = [r["source_id"] for r in source_records(case)]
    files = [case.root / "tables" / name / f"{batch}.parquet" for batch in batches]
    frames = [pl.read_parquet(f) for f in files if f.exists()]
    return pl.concat([table.empty(), *frames]).sort(table.key)


def _derived(case: Case, tables: Mapping[str, pl.DataFrame]) -> dict[str, pl.DataFrame]:
    """Citations and actions that derive from the posts, from disk when nothing changed."""
    posts, accounts = tables["posts"], tables["accounts"]
    state = stable_id([__version__, imports(case)])
    folder = case.root / "derived"
    files = {name: folder / f"{name}-{state}.parquet" for name in ("citations", "actions")}
    if all(file.exists() for file in files.values()):
        return {name: pl.read_parquet(file) for name, file in files.items()}
    provenance = posts.select("post_id", "source_id", "source_line")
    cited = citation_rows(posts, accounts).join(provenance, on="post_id")
    imported = tables["citations"].select("post_id").unique()
    derived = {
        "citations": CITATIONS.conform(cited.join(imported, on="post_id", how="anti")),
        "actions": post_actions(posts),
    }
    for name, frame in derived.items():
        write_parquet(files[name], frame)
    for old in set(folder.glob("*.parquet")) - set(files.values()):
        old.unlink(missing_ok=True)
    return derived


def load_corpus(case: Case) -> Corpus:
    """The corpus of the case: imported rows, and the citations and actions that the posts hold."""
    tables = {name: stored(case, name) for name in STORED}
    derived = _derived(case, tables)
    for table in (CITATIONS, ACTIONS):
        both = [tables[table.name], derived[table.name]]
        tables[table.name] = pl.concat(both).sort(table.key)
    return Corpus(**tables, sources=sources(case))
