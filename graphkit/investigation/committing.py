# SPDX-License-Identifier: GPL-3.0-or-later
"""From the staged files of a command to one batch of the case, and a ledger for each file."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import polars as pl

from graphkit.case.batches import batch_records, save_import, sources_of
from graphkit.case.store import sources, stored_rows
from graphkit.ids import stable_id
from graphkit.investigation.ledgers import DUPLICATES, Ledger, ledger_frame, met_again, reasons
from graphkit.investigation.repeats import ANEW, DROPPED, Held, repeats
from graphkit.reading.importer import PROBLEMS
from graphkit.tables import REVISIONS, TABLES

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from graphkit.case import Case
    from graphkit.investigation.folders import Named
    from graphkit.investigation.staging import Staging

Record = dict[str, Any]
ROWS_IN_GROUP = 250_000


@dataclass
class FileRead:
    """One file of a command: what was told of it, and what it was found to hold."""

    number: int
    file: Named
    importer: str = ""
    why: str = ""
    told: Record = field(default_factory=dict)
    place: str = ""
    sha256: str = ""
    size: int = 0
    rows_read: int = 0
    main_rows: int = 0
    tables: list[str] = field(default_factory=list)
    notes: Counter[str] = field(default_factory=Counter)
    unread: str | None = None
    is_known: bool = False
    accepted: int = 0
    source_id: str | None = None


@dataclass(frozen=True)
class _Found:
    """By table the rows to leave out; the ledger's parts; revisions; citations of the case."""

    dropped: Mapping[str, pl.DataFrame]
    problems: Mapping[str, pl.DataFrame]
    anew: pl.DataFrame
    citations: pl.LazyFrame


def commit(case: Case, reads: Sequence[FileRead], staged: Staging, *, folder: Path) -> list[Ledger]:
    """The ledgers of the files that were read, after their rows are in the case as one batch.

    `folder` has the copies of the files in `inputs`. A file that brings nothing leaves nothing.
    The caller holds the case's lock.
    """
    records = batch_records(case)
    found = _found(case, staged, records)
    _decide(reads, staged, found, sources_of(records))
    brought = {each.number: each.source_id for each in reads if each.source_id is not None}
    parts = {name: _by_file(frame) for name, frame in found.problems.items()}
    if brought:
        ids = sorted(brought.values())
        batch_id = ids[0] if len(ids) == 1 else stable_id(ids)
        _write(staged, found, brought, folder=folder, batch_id=batch_id)
        told = [_source_record(each, parts) for each in reads if each.source_id]
        _keep_copies(folder / "inputs", {each["sha256"] for each in told})
        save_import(case, folder, record={"batch_id": batch_id, "sources": told})
    return [_ledger(read, parts) for read in reads]


def _found(case: Case, staged: Staging, records: Sequence[Record]) -> _Found:
    batches = [record["batch_id"] for record in records]
    files = sources(case).lazy().select("source_id", file_at="collected_at")
    revised = stored_rows(case, "revisions", batches)
    dropped, anew = {}, [pl.DataFrame(schema=ANEW)]
    for name in sorted(staged.counts()):
        rows = stored_rows(case, name, batches).join(files, on="source_id", how="left")
        own = ["collected_at"] if name == "posts" else []
        timed = rows.with_columns(at=pl.coalesce(*own, "file_at"))
        again = repeats(name, staged.rows(name), Held(timed, revised))
        dropped[name] = again.dropped
        anew.append(again.anew)
    revisions = pl.concat(anew)
    duplicates = pl.concat([pl.DataFrame(schema=DROPPED), *dropped.values()]).filter("is_main")
    warnings = pl.concat([staged.warnings(), met_again(revisions)])
    problems = {"rejected": staged.rejects(), "warning": warnings, "duplicate": duplicates}
    return _Found(
        dropped,
        {name: each.sort("file", "line", *each.columns[2:3]) for name, each in problems.items()},
        revisions,
        stored_rows(case, "citations", batches),
    )


def _decide(
    reads: Sequence[FileRead], staged: Staging, found: _Found, earlier: Sequence[Record]
) -> None:
    """Says of each file how many rows were accepted, and names those that bring something."""
    kept = Counter(found.anew["file"].to_list())
    for name, dropped in found.dropped.items():
        kept.update(staged.counts()[name])
        kept.subtract(_per_file(dropped))
    counts = {name: _per_file(frame) for name, frame in found.problems.items()}
    known = defaultdict(list)
    for record in earlier:
        known[record["sha256"]].append(record["told"])
    for read in reads:
        if read.unread is not None or read.is_known:
            continue
        read.accepted = read.main_rows - counts["duplicate"][read.number]
        before = known[read.sha256]
        is_new = not before and read.rows_read > counts["rejected"][read.number]
        if kept[read.number] > 0 or is_new:
            # The same bytes, told otherwise, may give rows that were rejected: another source.
            again = f"-{len(before) + 1}" if before else ""
            read.source_id = f"{read.sha256[:16]}{again}"
            before.append(read.told)
        else:
            read.is_known = read.told in before


def _per_file(frame: pl.DataFrame) -> Counter[int]:
    counts = frame.group_by("file").len()
    return Counter(dict(zip(counts["file"], counts["len"], strict=True)))


def _write(
    staged: Staging, found: _Found, ids: Mapping[int, str], *, folder: Path, batch_id: str
) -> None:
    """Writes the rows that stay, the revisions and the ledger, laid out like the case."""
    numbers, names = list(ids), list(ids.values())
    source = pl.col("file").replace_strict(numbers, names, return_dtype=pl.String)
    for name, dropped in found.dropped.items():
        if sum(staged.counts()[name].values()) > dropped.height:
            place = folder / "tables" / name
            place.mkdir(parents=True)
            again = pl.col("row").is_in(dropped["row"].implode())
            rows = staged.rows(name).filter(~again).with_columns(source_id=source)
            if name == "citations":
                rows = _numbered_on(rows.collect(), found.citations).lazy()
            rows.select(*TABLES[name].columns).sink_parquet(
                place / f"{batch_id}.parquet",
                compression="zstd", compression_level=3, row_group_size=ROWS_IN_GROUP,
            )  # fmt: skip
    key = REVISIONS.key
    said = found.anew.with_columns(source_id=source).sort(*key, "collected_at")
    revisions = REVISIONS.conform(said).unique(key, keep="first", maintain_order=True)
    if not revisions.is_empty():
        (folder / "tables" / "revisions").mkdir(parents=True)
        path = folder / "tables" / "revisions" / f"{batch_id}.parquet"
        revisions.write_parquet(path)
    ledger = ledger_frame(found.problems, ids)
    if not ledger.is_empty():
        ledger.write_parquet(folder / "inputs" / f"{batch_id}.ledger.parquet")


def _numbered_on(rows: pl.DataFrame, held: pl.LazyFrame) -> pl.DataFrame:
    """New citations with numbers of their own, where the post has others of that number."""
    before = held.group_by("post_id").agg(before=pl.col("citation_no").max() + 1).collect()
    both = rows.join(before, on="post_id", how="left", maintain_order="left")
    twice = pl.struct("post_id", "citation_no").is_duplicated().any().over("post_id")
    next_no = pl.int_range(pl.len()).over("post_id") + pl.col("before").fill_null(0)
    taken = pl.col("before").is_not_null() | twice
    return both.with_columns(citation_no=pl.when(taken).then(next_no).otherwise("citation_no"))


def _keep_copies(folder: Path, kept: set[str]) -> None:
    for path in folder.iterdir():
        if not path.suffix and path.name not in kept:
            path.unlink()


def _by_file(problems: pl.DataFrame) -> dict[Any, pl.DataFrame]:
    """The problems of each file that has any, by its number, and those of none."""
    parts = problems.partition_by("file", as_dict=True)
    return defaultdict(problems.clear, {number: part for (number,), part in parts.items()})


def _source_record(read: FileRead, parts: Mapping[str, dict[Any, pl.DataFrame]]) -> Record:
    """What is on record of the file: what was told, counts, and how often each problem came."""
    own = {name: files[read.number] for name, files in parts.items()}
    return {
        "source_id": read.source_id,
        "file": read.file.name,
        "sha256": read.sha256,
        "bytes": read.size,
        "place": read.place,
        "told": read.told,
        **{name: read.told[name] for name in ("importer", "collection", "collected_at")},
        "rows_read": read.rows_read,
        "accepted": read.accepted,
        "duplicate": own["duplicate"].height,
        "rejected": own["rejected"].height,
        "tables": read.tables,
        "notes": _notes(read),
        "reasons": {name: reasons(own[name]) for name in ("rejected", "warning")},
    }


def _ledger(read: FileRead, parts: Mapping[str, dict[Any, pl.DataFrame]]) -> Ledger:
    own = {name: files[read.number] for name, files in parts.items()}
    return Ledger(
        file=read.file.name,
        importer=read.importer,
        why=read.why,
        tables=tuple(read.tables),
        rows_read=read.rows_read,
        accepted=read.accepted,
        rejects=own["rejected"].select(PROBLEMS.names()),
        duplicates=own["duplicate"].select(DUPLICATES.names()),
        warnings=own["warning"].select(PROBLEMS.names()),
        notes=tuple(_notes(read)),
        is_known=read.is_known,
        unread=read.unread,
    )


def _notes(read: FileRead) -> list[str]:
    return [text.replace("{n}", f"{n:,}") for text, n in read.notes.items()]
