# SPDX-License-Identifier: GPL-3.0-or-later
"""What verify computes again from a bundle's own files: findings, runs, tables, metadata."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import polars as pl

from graphkit.bundle.bag import MANIFEST
from graphkit.bundle.crate import METADATA
from graphkit.bundle.markup import sheet_safe
from graphkit.findings import CaveatOutcome, Grade, Verdict

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

Outcomes = Mapping[str, Mapping[str, bool]]
Record = dict[str, Any]


def json_lines(path: Path) -> list[Record]:
    """The records of the JSONL file `path`; none where a bundle made before it has none."""
    return [json.loads(line) for line in path.read_bytes().splitlines()] if path.is_file() else []


def record_problems(data: Path, outcomes: Outcomes) -> Iterator[str]:
    """What does not fit together in the payload `data`, whoever signed it, a sentence each."""
    findings = json_lines(data / "findings.jsonl")
    made = {run["run_id"]: run for run in json.loads((data / "runs.json").read_bytes())}
    for record in findings:
        told = {**_of_run(record, made.get(record["run_id"])), **_odd(record, outcomes)}
        for what, is_odd in told.items():
            if is_odd:
                yield f"finding {record['bundle_finding_id']}: {what}"
    said = _reviewed(json_lines(data / "judgements.jsonl"))
    for record in findings:
        name = record["bundle_finding_id"]
        if record.get("reviewed", name in said) != (name in said):
            yield (
                f"finding {name}: it says that it was reviewed or not, and the judgements say "
                "otherwise"
            )
    held = Counter(record["run_id"] for record in findings)
    for run_id, run in made.items():
        if run["bundled_count"] != held[run_id] or run["findings_count"] < held[run_id]:
            yield f"data/runs.json: run {run_id} counts other findings than are here"
    yield from _about_nobody(data, {record["bundle_finding_id"] for record in findings})
    yield from _table_problems(data)
    listed = _listed(data)
    yield from _input_problems(data, listed)
    yield from _crate_problems(data, listed)


def _reviewed(judgements: Sequence[Record]) -> set[str]:
    """The findings that somebody judged, did not take it back, and nobody judged otherwise."""
    by_person: dict[str, dict[str, str]] = {}
    last: dict[str, str] = {}
    for each in judgements:
        name = each["bundle_finding_id"]
        by_person.setdefault(name, {})[each["by"].strip().casefold()] = each["verdict"]
        last[name] = each["verdict"]
    verdicts = {name: set(by.values()) - {Verdict.WITHDRAWN} for name, by in by_person.items()}
    kept = {name for name, verdict in last.items() if verdict != Verdict.WITHDRAWN}
    return {name for name in kept if len(verdicts[name]) == 1}


def _of_run(record: Record, run: Record | None) -> dict[str, bool]:
    if run is None:
        return {"its run is not in runs.json": True}
    recipe = run["recipe"]
    same = {name: recipe[name] for name in ("detector", "version", "params")}
    return {
        f"its {name} is not that of its run": record[name] != value for name, value in same.items()
    }


def _odd(record: Record, outcomes: Outcomes) -> dict[str, bool]:
    """What no detector says."""
    grade, accuses = record["grade"], outcomes.get(record["kind"], {}).get(record["outcome"])
    chances = [record[name] for name in ("p_value", "q_value") if record[name] is not None]
    tests = {caveat["outcome"] for caveat in record["caveats"]}
    null = record["null_model"]
    return {
        "an outcome that accuses has a grade, no other one": accuses is not None
        and accuses != (grade is not None),
        "its grade is none": grade not in {None, *Grade},
        "its score or a probability is outside 0 to 1": not all(
            0 <= each <= 1 for each in [record["score"], *chances]
        ),
        "an innocent explanation has an outcome that is none": bool(tests - set(CaveatOutcome)),
        "it has a grade and no innocent explanation": grade is not None and not record["caveats"],
        "it has neither a null model nor a reason for none": not {"name", "reason"} & set(null),
        "it has a grade and no row of evidence": grade is not None and not record["evidence_count"],
    }


def _about_nobody(data: Path, names: set[str]) -> Iterator[str]:
    for file in ("judgements.jsonl", "notes.jsonl"):
        about = {record["bundle_finding_id"] for record in json_lines(data / file)}
        for name in sorted(about - names - {None}):
            yield f"data/{file}: is about finding {name}, which is not in the bundle"


def _table_problems(data: Path) -> Iterator[str]:
    rows = sheet_safe(pl.read_parquet(data / "evidence.parquet"))
    told = pl.read_csv(data / "evidence.csv", infer_schema=False).fill_null("")
    if not told.equals(rows.select(pl.all().cast(pl.String).fill_null(""))):
        yield "data/evidence.csv: does not say what evidence.parquet says"


def _listed(data: Path) -> dict[str, str]:
    """The SHA-256 of each payload file as the manifest has it, which is checked elsewhere."""
    lines = (data.parent / MANIFEST).read_text("utf-8", "replace").splitlines()
    pairs = (line.partition("  ") for line in lines)
    return {path.removeprefix("data/"): sha256 for sha256, _, path in pairs}


def _input_problems(data: Path, listed: Mapping[str, str]) -> Iterator[str]:
    """Inputs that are not the files that were imported: each is called after its hash."""
    path = data / "imports.json"
    told = json.loads(path.read_bytes()) if path.is_file() else []
    sources = [source for batch in told for source in batch["sources"]]
    named = {str(source["input"]): source["sha256"] for source in sources if source["input"]}
    held = {name: sha256 for name, sha256 in listed.items() if name.startswith("inputs/")}
    for name in sorted(named.keys() | held.keys()):
        if named.get(name) != held.get(name):
            yield f"data/{name}: is not the input that was imported"


def _crate_problems(data: Path, listed: Mapping[str, str]) -> Iterator[str]:
    crate = json.loads((data / METADATA).read_bytes())
    told = {each["@id"]: each["sha256"] for each in crate["@graph"] if each["@type"] == "File"}
    for name in sorted((told.keys() | listed.keys()) - {METADATA}):
        if told.get(name) != listed.get(name):
            yield f"data/{METADATA}: describes {name} otherwise than it is"
