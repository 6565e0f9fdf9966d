# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether a bundle's records are those of its audit log, line for line.

Each write into a case leaves a line in the log. Who takes a run, a judgement or a search out of a
bundle, or turns one, must forge the chain as well: then only the sender's key tells.
"""

from __future__ import annotations

import json
from collections import defaultdict
from typing import TYPE_CHECKING, Any

from graphkit.bundle.bag import TAG_MANIFEST, sha256_of
from graphkit.bundle.record_checks import json_lines

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

Record = dict[str, Any]
NAMED = "name"
IN_FULL = "in-full"
HELD = ("unreviewed_findings", "left_out", "in_full")


def log_problems(root: Path, said: Mapping[str, Any]) -> list[str]:
    """Where the records in the bundle `root` are not what its audit log says was saved.

    `said` is what the signed statement says beside the tag manifest's hash; empty when unsigned.
    """
    try:
        return list(_problems(root, said))
    except (OSError, ValueError, KeyError, TypeError):
        return ["audit.jsonl: it and the records in data/ cannot be read together"]


def _problems(root: Path, said_of_all: Mapping[str, Any]) -> Iterator[str]:
    log: dict[str, list[Record]] = defaultdict(list)
    for entry in json_lines(root / "audit.jsonl"):
        log[entry["event"]].append(entry["detail"])
    data = root / "data"
    yield from _export(root, log["export"], said_of_all)
    yield from _runs(json.loads((data / "runs.json").read_bytes()), log["run"])
    yield from _imports(data, log["import"])
    findings = {each["case_finding_id"] for each in json_lines(data / "findings.jsonl")}
    bundled = {None, *findings}
    told = {
        "judgements.jsonl": ("review", ("finding_id", "verdict")),
        "notes.jsonl": ("note", ("finding_id",)),
        "searches.jsonl": ("search", ("found",)),
    }
    for name, (event, columns) in told.items():
        said = [each for each in log[event] if each.get("finding_id") in bundled]
        held = [_renamed(each) for each in json_lines(data / name)]
        if [_picked(each, columns) for each in held] != [_picked(each, columns) for each in said]:
            yield f"data/{name}: is not what the audit log says was saved"
    yield from _decisions(json_lines(data / "decisions.jsonl"), log)


def _renamed(record: Record) -> Record:
    return {**record, "finding_id": record.get("case_finding_id")}


def _picked(record: Record, columns: Sequence[str]) -> list[Any]:
    return [record.get(name) for name in columns]


def _export(root: Path, exports: Sequence[Record], said: Mapping[str, Any]) -> Iterator[str]:
    """Whether log, statement and findings say the same of what the bundle holds."""
    bundles = [each for each in exports if "tag_manifest_sha256" in each]
    last = bundles[-1] if bundles else {}
    tags = root / TAG_MANIFEST
    if tags.is_file() and last.get("tag_manifest_sha256") != sha256_of(tags):
        yield "audit.jsonl: its last export is of another bundle"
    differ = [name for name in HELD if name in said and said[name] != last.get(name)]
    if differ:
        yield f"bundle.dsse.json: says otherwise than the audit log what it holds: {differ[0]}"
    graded = [r for r in json_lines(root / "data" / "findings.jsonl") if r["grade"] is not None]
    unreviewed = {r["case_finding_id"] for r in graded if not r.get("reviewed", True)}
    if last.get("unreviewed_findings", len(unreviewed)) != len(unreviewed):
        yield "data/findings.jsonl: not as many are unreviewed as the audit log says"
    decided, whole = json_lines(root / "data" / "decisions.jsonl"), last.get("in_full")
    if whole is not None and not any(whole.items() <= each.items() for each in decided):
        yield "data/decisions.jsonl: lacks the decision that texts and times are in full"


def _runs(runs: Sequence[Record], said: Sequence[Record]) -> Iterator[str]:
    counts = {each["run_id"]: each["findings"] for each in said if "findings" in each}
    held = {run["run_id"]: run["findings_count"] for run in runs}
    for run_id in sorted(counts.keys() | held.keys()):
        if run_id not in held:
            yield f"data/runs.json: run {run_id} is in the audit log and was left out"
        elif held[run_id] != counts.get(run_id):
            yield f"data/runs.json: run {run_id} is not what the audit log says was saved"


def _imports(data: Path, said: Sequence[Record]) -> Iterator[str]:
    path = data / "imports.json"
    held = json.loads(path.read_bytes()) if path.is_file() else None
    if held is None:  # a bundle made before they were in it
        return
    columns = ("rows_read", "accepted")
    sums = [
        [each["batch_id"], *(sum(s[name] for s in each["sources"]) for name in columns)]
        for each in held
    ]
    if sums != [_picked(each, ("batch_id", *columns)) for each in said]:
        yield "data/imports.json: is not what the audit log says was imported"


def _decisions(held: Sequence[Record], log: dict[str, list[Record]]) -> Iterator[str]:
    if len(held) != len(log[NAMED]) + len(log[IN_FULL]):
        yield "data/decisions.jsonl: has other decisions than the audit log"
