# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs: what a detector said of the case with given parameters. Never overwritten by another."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import polars as pl

from graphkit.case.folder import locked, write_file
from graphkit.case.journal import append_audit_line, seal_of_files
from graphkit.case.store import write_parquet
from graphkit.errors import CaseError, UnknownNameError
from graphkit.findings import rounded
from graphkit.ids import canonical_json, stable_id
from graphkit.tables import TABLES

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from graphkit.case.folder import Case
    from graphkit.findings import Finding
    from graphkit.tables import Corpus

Record = dict[str, Any]
SHOWN_EVIDENCE = 100
FILES = ("evidence.parquet", "findings.jsonl", "recipe.json")
"""The files of a run."""
TEXT = pl.String()
EVIDENCE_SCHEMA = pl.Schema(
    {
        **dict.fromkeys(["finding_id", "table", "key", "role", "file"], TEXT),
        "line": pl.Int64(),
        "sha256": TEXT,
    }
)


@dataclass(frozen=True)
class Run:
    """One run: its id, detector, recipe and findings (JSON records of the findings contract)."""

    run_id: str
    detector: str
    recipe: Record
    findings: list[Record]


def run_id_of(recipe: Mapping[str, Any]) -> str:
    """The id of the run with `recipe`: a hash of inputs, parameters, versions; no clock."""
    return stable_id(recipe)


def evidence_rows(findings: Sequence[Finding], corpus: Corpus) -> pl.DataFrame:
    """All evidence of `findings` with file, line and hash, sorted by finding, table, key and role.

    Columns: finding_id, table, key, role, file, line, sha256.
    """
    rows = [
        (finding.finding_id, row.table, row.key, row.role)
        for finding in findings
        for row in finding.evidence
    ]
    asked = pl.DataFrame(rows, schema=EVIDENCE_SCHEMA.names()[:4], orient="row")
    files = corpus.sources.select("source_id", "file", "sha256")
    placed = [pl.DataFrame(schema=EVIDENCE_SCHEMA)]
    for (name,), part in asked.group_by("table", maintain_order=True):
        table = TABLES[str(name)]
        keyed = corpus.table(table.name).select(table.row_key(), "source_id", line="source_line")
        lines = keyed.join(files, on="source_id", how="left")
        placed.append(part.join(lines, on="key", how="left").select(EVIDENCE_SCHEMA.names()))
    return pl.concat(placed).unique().sort("finding_id", "table", "key", "role")


def _record(finding: Finding, recipe: Record, shown: list[Record]) -> Record:
    """The finding as the contract has it."""
    window = finding.window
    null_model = asdict(finding.null_model) | {"expected": rounded(finding.null_model.expected)}
    return {
        "kind": finding.kind,
        "outcome": finding.outcome,
        "grade": finding.grade,
        "summary": finding.summary,
        "subjects": asdict(finding.subjects),
        "finding_id": finding.finding_id,
        "run_id": run_id_of(recipe),
        "detector": recipe["detector"],
        "version": recipe["version"],
        "score": rounded(finding.score),
        "p_value": rounded(finding.p_value),
        "q_value": rounded(finding.q_value),
        "null_model": {k: v for k, v in null_model.items() if v is not None},
        "window": window and {"start": window[0].isoformat(), "end": window[1].isoformat()},
        "measures": {k: rounded(v) for k, v in sorted(finding.measures.items())},
        "evidence_count": len(set(finding.evidence)),
        "evidence": shown,
        "caveats": [asdict(caveat) for caveat in finding.caveats],
        "params": recipe["params"],
    }


def _shown(rows: pl.DataFrame) -> list[Record]:
    first = rows.sort("table", "key", "role").head(SHOWN_EVIDENCE)
    source = pl.struct("file", "line", "sha256").alias("source")
    return first.select("table", "key", "role", source).to_dicts()


def save_run(case: Case, recipe: Record, *, findings: Sequence[Finding], corpus: Corpus) -> Run:
    """The run as saved, findings ordered by falling score. The same recipe gives the same bytes."""
    rows = evidence_rows(findings, corpus)
    ranked = sorted(findings, key=lambda f: (-f.score, f.finding_id))
    parts = rows.partition_by("finding_id", as_dict=True)
    records = [_record(f, recipe, _shown(parts.get((f.finding_id,), rows.clear()))) for f in ranked]
    run = Run(run_id_of(recipe), str(recipe["detector"]), recipe, records)
    folder = case.root / "runs" / run.run_id
    lines = b"".join(canonical_json(record) + b"\n" for record in records)
    said = {"run_id": run.run_id, "detector": run.detector, "findings": len(records)}
    with locked(case):
        write_parquet(folder / "evidence.parquet", rows)
        write_file(folder / "findings.jsonl", lines)
        write_file(folder / "recipe.json", canonical_json(recipe) + b"\n")  # last: now it counts
        seal = seal_of_files(case, (folder / name for name in FILES))
        append_audit_line(case, "run", {**said, "seal": seal})
    return run


def runs(case: Case) -> list[Run]:
    """All runs, empty ones too, sorted by detector and run_id.

    Raises:
        CaseError: a run's folder is damaged; it is named, and no run is left out in silence.
    """
    found = [_read_run(recipe.parent) for recipe in (case.root / "runs").glob("*/recipe.json")]
    return sorted(found, key=lambda run: (run.detector, run.run_id))


def _read_run(folder: Path) -> Run:
    try:
        recipe = json.loads((folder / "recipe.json").read_bytes())
        lines = (folder / "findings.jsonl").read_bytes().splitlines()
        return Run(folder.name, recipe["detector"], recipe, [json.loads(each) for each in lines])
    except (OSError, ValueError, KeyError) as error:
        what = f"runs/{folder.name} is damaged ({type(error).__name__})"
        raise CaseError(f"{what}: move it out of the case, then graphkit detect again") from error


def findings(case: Case, *, kind: str | None = None, run_id: str | None = None) -> list[Record]:
    """The findings of all runs (or of one kind or run): accusing ones first, by falling score."""
    order = {"strong": 0, "moderate": 1, "weak": 2, None: 3}
    records = [
        record
        for run in runs(case)
        if run_id is None or run.run_id == run_id
        for record in run.findings
        if kind is None or record["kind"] == kind
    ]
    return sorted(records, key=lambda r: (order[r["grade"]], -r["score"], r["finding_id"]))


def finding(case: Case, finding_id: str) -> Record:
    """The finding whose id is, or begins with, `finding_id`; of several records the first.

    Raises:
        UnknownNameError: there is none, or more than one begins so.
    """
    records = {r["finding_id"]: r for r in reversed(findings(case))}
    near = [name for name in records if finding_id and name.startswith(finding_id)]
    if len(near) > 1:
        raise UnknownNameError(f"{len(near)} findings begin with {finding_id!r}; give more of it")
    if not near:
        raise UnknownNameError.among("finding", finding_id, records)
    return records[near[0]]


def evidence(case: Case, run_id: str, finding_id: str | None = None) -> pl.DataFrame:
    """The evidence of a run (or one finding): finding_id, table, key, role, file, line, sha256."""
    rows = pl.read_parquet(case.root / "runs" / run_id / "evidence.parquet")
    return rows if finding_id is None else rows.filter(pl.col("finding_id") == finding_id)
