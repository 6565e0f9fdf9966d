# SPDX-License-Identifier: GPL-3.0-or-later
"""Doing again what a bundle says was done: its imports, runs and traces, in a throw-away case.

The inputs are those in the bundle, or files of a folder that have the same SHA-256. Imports are
told again what they were told, in their order; findings are compared by the id that they have in a
case, which is a hash of their subjects and rows.
"""

from __future__ import annotations

import json
import tempfile
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

from graphkit.bundle.bag import sha256_of
from graphkit.bundle.record_checks import json_lines
from graphkit.bundle.zipped import bundle_folder
from graphkit.case import create_case, imports, load_corpus
from graphkit.errors import BundleError, GraphkitError
from graphkit.investigation.detecting import versions
from graphkit.investigation.ingesting import ingest_again
from graphkit.investigation.made_again import (
    NotReplayableError,
    run_differences,
    trace_differences,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from graphkit.case import Case

Record = dict[str, Any]


class State(StrEnum):
    """What came of a run or trace that was made again."""

    SAME = "the same"
    DIFFERS = "differs"
    NOT_REPLAYABLE = "not replayable"


@dataclass(frozen=True)
class Replayed:
    """One run or trace of the bundle: what came of it, and in what it differs."""

    what: str
    state: State
    said: tuple[str, ...] = ()


@dataclass(frozen=True)
class Replay:
    """What came of all runs and traces of a bundle.

    `versions` says where graphkit or a library is another than then, `missing` are the SHA-256 of
    inputs that were needed and not at hand.
    """

    items: tuple[Replayed, ...]
    versions: tuple[str, ...]
    missing: tuple[str, ...]

    @property
    def is_same(self) -> bool:
        """Whether every run and trace was made again and came out the same."""
        return all(each.state is State.SAME for each in self.items)


@dataclass(frozen=True)
class _Told:
    """What the bundle says was done; `findings` by run."""

    imports: Sequence[Record]
    runs: Sequence[Record]
    traces: Mapping[str, Record]
    findings: Mapping[str, Sequence[Record]]


def _unwatched(_what: str) -> None:
    pass


def replay(
    path: Path,
    *,
    inputs: Path | None = None,
    watch: Callable[[str], None] = _unwatched,
) -> Replay:
    """What came of the runs and traces of the bundle `path`, made again from their inputs.

    `inputs` is a folder with the original files, under whatever names; without it only those in the
    bundle are there. `watch` is called with what is done next. Verify the bundle first.

    Raises:
        BundleError: what the bundle says was done cannot be read.
    """
    with bundle_folder(path) as root, tempfile.TemporaryDirectory() as folder:
        told = _told(root / "data")
        files = _at_hand(root / "data", told.imports, inputs)
        asked = {s["sha256"] for batch in told.imports for s in batch["sources"]}
        case = create_case(Path(folder) / "case")
        found: dict[str, Replayed] = {}
        why = "what the case held when it was made is not told in this bundle"
        for number, batch in enumerate(told.imports):
            problem = _imported(case, batch, files, Path(folder) / str(number))
            if problem is not None:
                why = problem
                break
            found |= _again(case, told, batch["imports"], root=root, watch=watch)
        items = [
            found.get(name, Replayed(what, State.NOT_REPLAYABLE, (why,)))
            for name, what in _names(told)
        ]
        return Replay(tuple(items), tuple(_other_versions(told)), tuple(sorted(asked - set(files))))


def _told(data: Path) -> _Told:
    try:
        findings: dict[str, list[Record]] = {}
        for record in json_lines(data / "findings.jsonl"):
            findings.setdefault(record["run_id"], []).append(record)
        return _Told(
            imports=json.loads((data / "imports.json").read_bytes()),
            runs=json.loads((data / "runs.json").read_bytes()),
            traces={p.stem: json.loads(p.read_bytes()) for p in sorted(data.glob("traces/*.json"))},
            findings=findings,
        )
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise BundleError(
            "its list of runs or imports is missing or cannot be read; verify it first"
        ) from error


def _names(told: _Told) -> Iterator[tuple[str, str]]:
    """The run_id or the trace's file name, and what is shown for it."""
    yield from ((run["run_id"], f"{run['detector']} (run {run['run_id']})") for run in told.runs)
    yield from ((name, f"trace {name}") for name in told.traces)


def _at_hand(data: Path, batches: Sequence[Record], folder: Path | None) -> dict[str, Path]:
    """The files of the imports that are there, by their SHA-256, whatever they are called."""
    sources = [source for batch in batches for source in batch["sources"]]
    sizes = {source["bytes"] for source in sources}
    places = [data / source["input"] for source in sources if source.get("input")]
    if folder is not None:
        places += sorted(path for path in folder.rglob("*") if path.is_file())
    near = [path for path in places if path.is_file() and path.stat().st_size in sizes]
    wanted = {source["sha256"] for source in sources}
    found = {sha256_of(path): path for path in reversed(near)}  # those of the bundle last: they win
    return {sha256: path for sha256, path in found.items() if sha256 in wanted}


def _imported(case: Case, batch: Record, files: Mapping[str, Path], folder: Path) -> str | None:
    """Why the import cannot be made again; None after it was."""
    sources = batch["sources"]
    missing = [source["sha256"] for source in sources if source["sha256"] not in files]
    if missing:
        return f"{len(missing)} of the inputs of an import are not at hand"
    if not all(source["is_all_told"] for source in sources):
        return "what was told of an input names somebody withheld"
    try:
        paths = [
            _placed(files[source["sha256"]], source, folder / str(number))
            for number, source in enumerate(sources)
        ]
        tolds = [source["told"] for source in sources]
        ledgers = ingest_again(case, list(zip(paths, tolds, strict=True)))
    except GraphkitError as error:
        return f"an input cannot be imported again: {error}"
    counts = [(ledger.rows_read, ledger.accepted) for ledger in ledgers]
    if counts != [(source["rows_read"], source["accepted"]) for source in sources]:
        return "an import gave other rows than then"
    return None if imports(case) == batch["imports"] else "an import was told otherwise then"


def _placed(path: Path, source: Record, folder: Path) -> Path:
    """The file under the name that it was imported under: importers read names and times from it.

    A name that is withheld stays that of the file at hand.
    """
    place = PurePosixPath(source["place"])
    is_safe = bool(place.parts) and not place.is_absolute() and ".." not in place.parts
    if not is_safe or not source["is_place_told"] or path.parts[-len(place.parts) :] == place.parts:
        return path
    named = folder.joinpath(*place.parts)
    named.parent.mkdir(parents=True)
    named.symlink_to(path.resolve())
    return named


def _again(
    case: Case, told: _Told, state: str, *, root: Path, watch: Callable[[str], None]
) -> dict[str, Replayed]:
    """The runs and traces that were made when the case held what it holds now."""
    runs = {r["run_id"]: r for r in told.runs if r["recipe"].get("imports") == state}
    traces = {
        name: trace
        for name, trace in told.traces.items()
        if trace.get("made_with", {}).get("imports") == state
    }
    if not runs and not traces:
        return {}
    corpus, shown, found = load_corpus(case), dict(_names(told)), {}
    for name, made in [*runs.items(), *traces.items()]:
        watch(shown[name])
        try:
            if name in runs:
                said = run_differences(case, made, told.findings.get(name, []), corpus)
            else:
                said = trace_differences(corpus, made, root)
        except NotReplayableError as error:
            found[name] = Replayed(shown[name], State.NOT_REPLAYABLE, (str(error),))
        else:
            found[name] = Replayed(shown[name], State.DIFFERS if said else State.SAME, tuple(said))
    return found


def _other_versions(told: _Told) -> list[str]:
    """Where graphkit or a library is another than that of a run."""
    here = versions()
    there = {
        (name, version) for run in told.runs for name, version in run["recipe"]["versions"].items()
    }
    return [
        f"{name} {version} then, {here[name]} here"
        for name, version in sorted(there)
        if name in here and here[name] != version
    ]
