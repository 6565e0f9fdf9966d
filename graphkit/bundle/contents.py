# SPDX-License-Identifier: GPL-3.0-or-later
"""What goes into a bundle: findings, rows and records of a case, with pseudonyms."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import polars as pl

from graphkit.bundle.masking import masked_ids, masked_json, masked_texts, replaced, strings_in
from graphkit.bundle.rows import masked_rows, moved_spans, rows_behind
from graphkit.bundle.ties import bundled_ties, tie_records, tied_keys
from graphkit.case import (
    audit,
    decisions,
    evidence,
    judgements,
    notes,
    pseudonyms,
    runs,
    searches,
    traces,
)
from graphkit.errors import BundleError, UnknownNameError
from graphkit.findings import EvidenceRow, Finding, NullModel, Subjects
from graphkit.ids import canonical_json

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from graphkit.bundle.names import Withheld
    from graphkit.case import Case, Run
    from graphkit.tables import Corpus

Record = dict[str, Any]
SHOWN_EVIDENCE = 100
EVIDENCE_KEY = ("run_id", "finding_id", "table", "key", "role")
_HASHED = re.compile(r"\b((?:unseen|variant|claim):)[0-9a-f]{16}\b")
# What is done with a finished case leaves its state as it was.
_LATER_EVENTS = ("export", "verify")


@dataclass(frozen=True)
class Beside:
    """What stands beside the findings in a bundle and is not in the case.

    `limits` says by detector what its method cannot see; `ties` are the ties of the case's findings
    and traced stories (`investigation.ties.Tie`) as JSON values, with the case's ids and keys.
    """

    limits: Mapping[str, Sequence[str]] = field(default_factory=dict)
    ties: Sequence[Record] = ()


@dataclass(frozen=True)
class Contents:
    """What a bundle holds, already with pseudonyms. Records are JSON values.

    `evidence` has run_id, finding_id (the bundle's), table, key, role, file, line, sha256; `rows`
    the rows of each table, with `is_evidence`.
    """

    name: str
    zone: str
    date: str
    findings: list[Record]
    runs: list[Record]
    evidence: pl.DataFrame
    rows: Mapping[str, pl.DataFrame]
    traces: list[Record]
    ties: list[Record]
    judgements: list[Record]
    notes: list[Record]
    decisions: list[Record]
    searches: list[Record]


def bundle_contents(
    corpus: Corpus,
    *,
    withheld: Withheld,
    finding_ids: Collection[str] | None,
    ties: Sequence[Record] = (),
) -> Contents:
    """What a bundle of the findings `finding_ids` (all when None) of the case holds.

    Raises:
        UnknownNameError: no such finding.
        BundleError: nothing to bundle, or the evidence names rows that are not there.
    """
    case = withheld.case
    all_runs = runs(case)
    chosen = _chosen(all_runs, finding_ids)
    told = traces(case)
    if not all_runs and not told:
        raise BundleError("nothing to bundle: no detector or trace has run; run: graphkit detect")
    tied = bundled_ties(ties, {record["finding_id"] for record in chosen})
    keys = _evidence_of(case, chosen)
    traced = pl.Series("post_id", sorted(set(strings_in(told))), dtype=pl.String)
    traced = traced.filter(traced.is_in(corpus.posts["post_id"].implode()))
    asked = pl.concat([keys.select("table", "key"), tied_keys(tied)])
    found = rows_behind(corpus, asked, traced=traced)
    if "citations" in found:
        posts = found.get("posts", corpus.posts.clear())
        found["citations"] = moved_spans(withheld, found["citations"], posts)
    rows = {name: masked_rows(withheld, name, frame) for name, frame in found.items()}
    placed = _placed(withheld, keys, rows)
    records = _findings(withheld, chosen, placed)
    new_ids = {r["case_finding_id"]: r["bundle_finding_id"] for r in records}
    return Contents(
        name=masked_json(withheld, case.name),
        zone=case.zone,
        date=_date(case),
        findings=records,
        runs=masked_json(withheld, [_run(run, chosen) for run in all_runs]),
        evidence=placed.with_columns(pl.col("finding_id").replace(new_ids)).sort(EVIDENCE_KEY),
        rows=rows,
        traces=_traces(withheld, told),
        ties=tie_records(tied, lambda each: _traces(withheld, each), new_ids, rows),
        judgements=_about(withheld, judgements(case), new_ids),
        notes=_about(withheld, notes(case), new_ids),
        decisions=masked_json(withheld, decisions(case)),
        searches=masked_json(withheld, searches(case)),
    )


def finding_id_of(kind: str, subjects: Mapping[str, Sequence[str]], rows: pl.DataFrame) -> str:
    """The id of a finding of `kind` about `subjects` with evidence `rows` (table, key, role)."""
    evidence_rows = [EvidenceRow(*row) for row in rows.select("table", "key", "role").rows()]
    return Finding(
        kind=kind,
        outcome="",
        grade=None,
        score=0.0,
        summary="",
        subjects=Subjects(**{name: tuple(ids) for name, ids in subjects.items()}),
        evidence=tuple(evidence_rows),
        caveats=(),
        null_model=NullModel(),
    ).finding_id


def _chosen(all_runs: Sequence[Run], finding_ids: Collection[str] | None) -> list[Record]:
    """The records of the findings asked for, accusing ones first, by falling score."""
    records = [record for run in all_runs for record in run.findings]
    known = {str(record["finding_id"]) for record in records}
    for each in sorted(known if finding_ids is None else set(finding_ids)):
        if each not in known:
            raise UnknownNameError.among("finding", each, known)
    order = {"strong": 0, "moderate": 1, "weak": 2, None: 3}
    return sorted(
        (r for r in records if finding_ids is None or r["finding_id"] in finding_ids),
        key=lambda r: (order[r["grade"]], r["kind"], -r["score"], r["finding_id"], r["run_id"]),
    )


def _evidence_of(case: Case, chosen: Sequence[Record]) -> pl.DataFrame:
    """All evidence of the records, with the case's ids and keys."""
    texts = dict.fromkeys([*EVIDENCE_KEY, "file", "sha256"], pl.String())
    empty = pl.DataFrame(schema={**texts, "line": pl.Int64()})
    parts = [
        evidence(case, run_id).with_columns(run_id=pl.lit(run_id)).select(empty.columns)
        for run_id in sorted({str(record["run_id"]) for record in chosen})
    ]
    wanted = [(record["run_id"], record["finding_id"]) for record in chosen]
    asked = pl.DataFrame(wanted, schema=empty.select("run_id", "finding_id").schema, orient="row")
    return pl.concat([empty, *parts]).join(asked, on=["run_id", "finding_id"], how="semi")


def _placed(
    withheld: Withheld, keys: pl.DataFrame, rows: Mapping[str, pl.DataFrame]
) -> pl.DataFrame:
    """The evidence with the keys that the rows have in the bundle."""
    pairs = [
        frame.select(pl.lit(name).alias("table"), "key", "new_key") for name, frame in rows.items()
    ]
    none = keys.clear().select("table", "key", new_key="key")
    files = masked_texts(withheld, keys["file"].drop_nulls().unique().to_list())
    renamed = keys.join(pl.concat([none, *pairs]), on=["table", "key"])
    return renamed.with_columns(key="new_key", file=pl.col("file").replace(files)).drop("new_key")


def _findings(withheld: Withheld, chosen: Sequence[Record], placed: pl.DataFrame) -> list[Record]:
    """The records as a bundle holds them: with ids of their own, the case's beside them."""
    apart = ("finding_id", "evidence")
    masked = masked_json(withheld, [_without(record, apart) for record in chosen])
    ids = [record["subjects"] for record in chosen]
    exact = {
        name: masked_ids(withheld, [i for each in ids for i in each.get(name, [])], prefix=prefix)
        for name, prefix in (("accounts", "acct"), ("posts", "post"))
    }
    parts = placed.sort(EVIDENCE_KEY).partition_by("run_id", "finding_id", as_dict=True)
    records = []
    for old, said in zip(chosen, masked, strict=True):
        own = parts.get((old["run_id"], old["finding_id"]), placed.clear())
        subjects = said["subjects"] | {
            name: sorted(by.get(each, each) for each in old["subjects"].get(name, []))
            for name, by in exact.items()
        }
        ids_ = {
            "bundle_finding_id": finding_id_of(said["kind"], subjects, own),
            "case_finding_id": old["finding_id"],
        }
        records.append({**said, **ids_, "subjects": subjects, "evidence": shown_evidence(own)})
    return records


def shown_evidence(rows: pl.DataFrame) -> list[Record]:
    """The first hundred rows of one finding's evidence in key order, as its record shows them."""
    source = pl.struct("file", "line", "sha256").alias("source")
    first = rows.sort("table", "key", "role").head(SHOWN_EVIDENCE)
    return first.select("table", "key", "role", source).to_dicts()


def _without(record: Mapping[str, Any], names: Collection[str]) -> Record:
    return {name: value for name, value in record.items() if name not in names}


def _run(run: Run, chosen: Sequence[Record]) -> Record:
    return {
        "run_id": run.run_id,
        "detector": run.detector,
        "recipe": run.recipe,
        "findings_count": len(run.findings),
        "bundled_count": sum(record["run_id"] == run.run_id for record in chosen),
    }


def _about(
    withheld: Withheld, records: Sequence[Record], new_ids: Mapping[str, str]
) -> list[Record]:
    """The records that are about a bundled finding, or about none, under the bundle's ids."""
    kept = [each for each in records if each["finding_id"] in {None, *new_ids}]
    said = masked_json(withheld, [_without(each, ["finding_id"]) for each in kept])
    return [
        {
            **new,
            "bundle_finding_id": new_ids.get(old["finding_id"]),
            "case_finding_id": old["finding_id"],
        }
        for old, new in zip(kept, said, strict=True)
    ]


def _traces(withheld: Withheld, told: list[Any]) -> list[Any]:
    masked: list[Any] = masked_json(withheld, _rekeyed(withheld, told))
    return masked


def _rekeyed(withheld: Withheld, told: Sequence[Any]) -> list[Any]:
    """The traces with a key in ids that hash a name or a text: else a guess confirms them."""
    hashed = {text for text in strings_in(list(told)) if _HASHED.search(text)}
    plain = {found[0] for text in hashed for found in _HASHED.finditer(text)}
    codes = pseudonyms(withheld.case, sorted(plain), prefix="node")
    new = {text: _HASHED.sub(lambda found: f"{found[1]}{codes[found[0]]}", text) for text in hashed}
    return [replaced(each, new) for each in told]


def _date(case: Case) -> str:
    """The day of the last event that changed the case: a bundle has no clock of its own."""
    times = [str(each["at"]) for each in audit(case) if each["event"] not in _LATER_EVENTS]
    if not times:
        raise BundleError(f"{case.root}: the audit log is empty; import a file first")
    return max(times)[:10]


def audit_lines(withheld: Withheld, records: Sequence[Record]) -> list[bytes]:
    """The audit log as lines of its own hash chain, with pseudonyms.

    Where nothing had to be masked, lines and hashes are those of the case.
    """
    lines: list[bytes] = []
    prev = "0" * 64
    for record in masked_json(withheld, list(records)):
        lines.append(canonical_json({**record, "prev": prev}))
        prev = hashlib.sha256(lines[-1]).hexdigest()
    return lines
