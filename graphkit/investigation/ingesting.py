# SPDX-License-Identifier: GPL-3.0-or-later
"""Importing files into a case, with a ledger in which every row is accounted for.

One command is one batch: its files are read some rows at a time into a hidden folder of the case,
the rows that repeat another are found, and all of it comes into the case at once, or nothing.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl

from graphkit.case import locked, source_records
from graphkit.case.batches import settle, staging
from graphkit.errors import InputError, ParameterError, UnknownNameError
from graphkit.investigation.committing import FileRead, commit
from graphkit.investigation.folders import Named, named_files
from graphkit.investigation.guessed_maps import UNKNOWN, guessed_columns
from graphkit.investigation.plugins import importer, importers
from graphkit.investigation.staging import Staging
from graphkit.reading.importer import ReadOptions
from graphkit.reading.records import ODD_SHAPE
from graphkit.reading.rows import TABULAR, sampled
from graphkit.tables import COLLECTIONS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from graphkit.case import Case
    from graphkit.investigation.ledgers import Ledger
    from graphkit.reading.importer import Batch, Importer, Sample

PLATFORM = r"[\w.-]+"
CHUNK = 1 << 20
TABLES_READER = "canonical"
TOLD = ("platform", "table", "tz", "date_order", "encoding", "sheet", "columns")


@dataclass(frozen=True)
class Progress:
    """How far an import is: the file that is read, its bytes, rows read so far of all files."""

    file: str
    bytes: int
    rows: int


@dataclass(frozen=True)
class _Command:
    """What one command says of all its files, and what the case knows already."""

    case: Case
    options: ReadOptions
    importers: Mapping[str, Importer]
    chosen: str | None
    collection: str
    earlier: Mapping[tuple[str, int], Sequence[dict[str, Any]]]
    watch: Callable[[Progress], None]


def recognised(path: Path) -> tuple[Importer, str]:
    """The importer that fits the file, and why.

    Raises:
        InputError: none fits.
    """
    found = _suiting(sampled(path), importers().values())
    if found is None:
        raise InputError(f"{path.name}: {UNKNOWN}")
    return found


def _suiting(sample: Sample, known: Iterable[Importer]) -> tuple[Importer, str] | None:
    for each in known:
        try:
            why = each.suits(sample)
        except ODD_SHAPE:
            continue  # nothing like it was thought of there
        if why is not None:
            return each, why
    return None


def ingest(
    case: Case,
    paths: Sequence[Path],
    *,
    options: ReadOptions | None = None,
    importer_name: str | None = None,
    collection: str = "unknown",
    watch: Callable[[Progress], None] | None = None,
) -> list[Ledger]:
    """A ledger for each of the files, imported into the case as one batch: all, or nothing.

    A folder stands for the files in it; one of them that cannot be read has a ledger that says why
    and does not stop the others. The same bytes told the same are not read again; a file that
    grew, or is told otherwise, brings only what the case does not have. A file that brings nothing
    leaves nothing behind. `watch` is called while files are read.

    Raises:
        InputError: a file that is named itself cannot be read; the case is as it was.
        UnknownNameError: no such importer or way of collection.
        ParameterError: the platform has characters that no id can begin with.
    """
    if collection not in COLLECTIONS:
        raise UnknownNameError.among("way of collection", collection, COLLECTIONS)
    told = ReadOptions() if options is None else options
    if told.platform is not None and not re.fullmatch(PLATFORM, told.platform):
        raise ParameterError(f"{told.platform!r} is no name of a platform; write weibo")
    files = named_files(paths)
    settle(case)
    earlier = defaultdict(list)
    for record in source_records(case):
        earlier[record["file"], record["bytes"]].append(record)
    command = _Command(
        case=case,
        options=told,
        importers=importers()
        if importer_name is None
        else {importer_name: importer(importer_name)},
        chosen=importer_name,
        collection=collection,
        earlier=earlier,
        watch=_unwatched if watch is None else watch,
    )
    # Read by name: a row that two files hold comes from the same one, however they were named.
    order = sorted(range(len(files)), key=lambda n: (files[n].name, str(files[n].path)))
    ledgers = _one_batch([(files[n], command) for n in order])
    return [ledgers[order.index(n)] for n in range(len(files))]


def ingest_again(case: Case, files: Sequence[tuple[Path, Mapping[str, Any]]]) -> list[Ledger]:
    """A ledger for each of the files, imported as one batch, each told what it was told once.

    What was told is as `source_records` have it: importer, collection, and every option.

    Raises:
        InputError: a file cannot be read so; the case is as it was.
        UnknownNameError: no such importer.
    """
    settle(case)
    return _one_batch([(Named(path, path.name), _command_of(case, told)) for path, told in files])


def _command_of(case: Case, told: Mapping[str, Any]) -> _Command:
    at = told["collected_at"]
    rest = {name: told[name] for name in TOLD}
    options = ReadOptions(collected_at=None if at is None else datetime.fromisoformat(at), **rest)
    name = str(told["importer"])
    return _Command(
        case=case,
        options=options,
        importers={name: importer(name)},
        chosen=name,
        collection=str(told["collection"]),
        earlier={},
        watch=_unwatched,
    )


def _one_batch(files: Sequence[tuple[Named, _Command]]) -> list[Ledger]:
    """The ledgers of the files of one command, read and in the case as one batch."""
    command = files[0][1]
    case = command.case
    with staging(case) as folder:
        staged = Staging(folder / "parts", collected_at=command.options.collected_at)
        copies = folder / "case" / "inputs"
        copies.mkdir(parents=True)
        reads = [
            _read(FileRead(number, file), told, staged=staged, copies=copies)
            for number, (file, told) in enumerate(files)
        ]
        with locked(case):
            return commit(case, reads, staged, folder=folder / "case")


def _unwatched(_progress: Progress) -> None:
    pass


def _read(read: FileRead, command: _Command, *, staged: Staging, copies: Path) -> FileRead:
    """The file with what it holds, or, in a folder, with why it cannot be read."""
    name = read.file.path.name
    try:
        _fill(read, command, staged=staged, copies=copies)
    except InputError as error:
        why = str(error).removeprefix(f"{name}: ").removeprefix(f"{name} ")
        if not read.file.in_folder:
            where = "" if str(error).startswith(name) else f"{name}: "
            raise InputError(f"{where}{error}") from error
        read.unread = why
        staged.leave_out(read.number)
    return read


def _fill(read: FileRead, command: _Command, *, staged: Staging, copies: Path) -> None:
    """Says of `read` what the file holds; its rows are staged and its copy is kept."""
    path = read.file.path
    if read.file.unread is not None:
        raise InputError(read.file.unread)
    chosen, options = _choice(read, command)
    read.importer, read.told = chosen.name, _told(chosen.name, options, command.collection)
    read.place = _place(path, chosen.path_parts)
    if _is_known(read, command):
        read.is_known = True
        return
    before = path.stat()
    read.sha256, read.size = _copied(path, copies)
    for batch in _batches(path, chosen, options):
        staged.add(batch, file=read.number)
        _count(read, batch)
        command.watch(Progress(read.file.name, before.st_size, staged.rows_read))
    after = path.stat()
    if (after.st_size, after.st_mtime_ns) != (before.st_size, before.st_mtime_ns):
        raise InputError("was changed while it was read; import it again")


def _place(path: Path, parts: int) -> str:
    """The last `parts` of the path, which is what its importer reads names and times from."""
    named = [part for part in path.parts[-parts:] if part not in ("..", path.anchor)]
    return os.fsencode("/".join(named)).decode("utf-8", "backslashreplace")


def _choice(read: FileRead, command: _Command) -> tuple[Importer, ReadOptions]:
    """The importer of the file, and the options with what is guessed of it."""
    path, options = read.file.path, command.options
    if command.chosen is not None:
        read.why = "named by --format"
        return command.importers[command.chosen], options
    if options.columns or options.table is not None:
        read.why = "a table or a map was given"
        return command.importers[TABLES_READER], options
    sample = sampled(path, options)
    found = _suiting(sample, command.importers.values())
    if found is not None:
        read.why = found[1]
        return found[0], options
    if read.file.in_folder or sample.form not in TABULAR:
        raise InputError(UNKNOWN)
    options, told = guessed_columns(path, options, case=command.case)
    read.why = "its columns were guessed"
    read.notes.update(dict.fromkeys(told, 1))
    return command.importers[TABLES_READER], options


def _batches(path: Path, chosen: Importer, options: ReadOptions) -> Iterator[Batch]:
    try:
        yield from chosen.read(path, options)
    except pl.exceptions.PolarsError as error:
        raise InputError(
            f"has columns of types that {chosen.name} cannot read; export it as CSV"
        ) from error


def _count(read: FileRead, batch: Batch) -> None:
    read.rows_read += batch.rows_read
    read.main_rows += sum(frame.height for frame in batch.tables.values())
    read.tables += [name for name in batch.tables if name not in read.tables]
    read.notes.update(batch.notes)


def _is_known(read: FileRead, command: _Command) -> bool:
    """Whether the same bytes, told the same, were imported under this name."""
    size = read.file.path.stat().st_size
    earlier = command.earlier.get((read.file.name, size), [])
    same = {each["sha256"] for each in earlier if each["told"] == read.told}
    return bool(same) and _copied(read.file.path, None)[0] in same


def _copied(path: Path, folder: Path | None) -> tuple[str, int]:
    """The SHA-256 of the file and its size; a read-only copy of that name is in the folder."""
    digest, size = hashlib.sha256(), 0
    copy = Path(os.devnull) if folder is None else folder / "copying"
    with path.open("rb") as source, copy.open("wb") as target:
        while chunk := source.read(CHUNK):
            digest.update(chunk)
            target.write(chunk)
            size += len(chunk)
    if folder is not None:
        copy.chmod(0o444)
        copy.replace(folder / digest.hexdigest())
    return digest.hexdigest(), size


def _told(importer_name: str, options: ReadOptions, collection: str) -> dict[str, Any]:
    """What was said of a file and is not in it; with the file's bytes it makes the rows."""
    at = options.collected_at
    return {
        "importer": importer_name,
        "collection": collection,
        "collected_at": None if at is None else at.isoformat(),
        **{name: getattr(options, name) for name in TOLD},
        "columns": dict(options.columns),
    }
