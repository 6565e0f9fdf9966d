# SPDX-License-Identifier: GPL-3.0-or-later
"""What goes into a bundle: findings, rows and records of a case, with pseudonyms."""

from __future__ import annotations

import hashlib
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

import polars as pl

from graphkit.bundle.choosing import chosen_findings, count_of, nothing_left
from graphkit.bundle.coarse import coarse_rows, hidden_rows
from graphkit.bundle.evidence import EVIDENCE_KEY, evidence_keys, finding_id_of, shown_evidence
from graphkit.bundle.excerpts import SPANS, excerpts
from graphkit.bundle.masking import masked_ids, masked_json, masked_texts, strings_in
from graphkit.bundle.rows import masked_rows, rows_behind, unsearchable, with_excerpts
from graphkit.bundle.ties import bundled_ties, tie_records, tied_keys
from graphkit.bundle.told import rekeyed, told_findings, told_traces, trace_spans
from graphkit.case import (
    audit,
    decisions,
    evidence,
    in_full_decisions,
    judgements,
    notes,
    runs,
    searches,
    traces,
)
from graphkit.case.calibration import calibration_tables
from graphkit.errors import BundleError
from graphkit.ids import canonical_json

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from graphkit.bundle.choosing import Choice
    from graphkit.bundle.excerpts import Excerpts
    from graphkit.bundle.names import Withheld
    from graphkit.case import Case, Run
    from graphkit.tables import Corpus

Record = dict[str, Any]
# What is done with a finished case leaves its state as it was.
_LATER_EVENTS = ("export", "verify", "basket", "pin")


@dataclass(frozen=True)
class InFull:
    """The decision that texts and times of withheld accounts stay as they are: why, and whose."""

    reason: str
    by: str


@dataclass(frozen=True)
class Scope:
    """How much of a case a bundle takes in.

    Attributes:
        finding_ids: only these findings; all that were reviewed and not rejected when None.
        unreviewed: graded findings that nobody judged go in too, each marked.
        in_full: texts and times of withheld accounts' posts stay whole.
        inputs: the original input files go in in which nobody withheld stands.
    """

    finding_ids: Collection[str] | None = None
    unreviewed: bool = False
    in_full: InFull | None = None
    inputs: bool = False


DEFAULT_SCOPE = Scope()


@dataclass(frozen=True)
class Beside:
    """What stands beside the findings in a bundle and is not in the case.

    `limits` says by detector what its method cannot see; `ties` are the ties of the case's findings
    and traced stories (`investigation.ties.Tie`) as JSON values, with the case's ids and keys.
    `outcomes` says by kind what each outcome means. `held` has, by run id and the case's finding id
    of findings with a grade, in how many of the other runs over the same rows the finding holds,
    and how many these are.
    """

    limits: Mapping[str, Sequence[str]] = field(default_factory=dict)
    ties: Sequence[Record] = ()
    outcomes: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    held: Mapping[tuple[str, str], tuple[int, int]] = field(default_factory=dict)


@dataclass(frozen=True)
class Contents:
    """What a bundle holds, already with pseudonyms. Records are JSON values.

    Each finding has `reviewed` and `contested` (`choosing.Choice`); `unreviewed_count` of those
    with a grade are not reviewed. `left_out` has how many findings stay out as unreviewed and as
    rejected. `in_full` is the decision {reason, by, at} that texts and times are whole, None where
    they are cut; `decisions_in_full` are all such decisions of the case. `attachments` are files
    that stay in the case: sha256, bytes, by, at. `calibration` has the tables by file name that the
    traces' probabilities rest on.

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
    decisions_in_full: list[Record]
    in_full: Record | None
    left_out: Mapping[str, int]
    attachments: list[Record]
    calibration: Mapping[str, bytes]

    @property
    def unreviewed_count(self) -> int:
        """How many of the findings have a grade and are not reviewed."""
        graded = [each for each in self.findings if each["grade"] is not None]
        return count_of([each for each in graded if not each["reviewed"]], "case_finding_id")


def bundle_contents(
    corpus: Corpus,
    *,
    withheld: Withheld,
    scope: Scope,
    ties: Sequence[Record] = (),
) -> Contents:
    """What a bundle of `scope` of the case holds.

    Raises:
        UnknownNameError: no such finding.
        BundleError: nothing to bundle, a finding is asked for that nobody reviewed, or the evidence
            names rows that are not there.
    """
    case, in_full = withheld.case, scope.in_full is not None
    all_runs, told = runs(case), traces(case)
    choice = chosen_findings(case, all_runs, scope)
    refusal = _nothing(all_runs, told, choice)
    if refusal is not None:
        raise BundleError(refusal)
    tied = bundled_ties(ties, {each["finding_id"] for each in choice.records}, in_full=in_full)
    keys = _evidence_of(case, choice.records)
    found = rows_behind(corpus, _asked(keys, tied), traced=_traced(corpus, told))
    shown = excerpts(withheld, _texts_in(found), spans=_credits(found, told), in_full=in_full)
    hidden = set() if in_full else _about_withheld(withheld, keys, found)
    rows = _bundled_rows(withheld, found, shown)
    del found  # a million rows are held once, not twice
    placed = _placed(withheld, keys, rows)
    del keys
    records = _findings(withheld, choice.records, placed)
    about = [(each["run_id"], each["case_finding_id"]) in hidden for each in records]
    records = told_findings(shown, records, about)
    new_ids = {r["case_finding_id"]: r["bundle_finding_id"] for r in records}
    decided = masked_json(withheld, in_full_decisions(case))
    return Contents(
        name=masked_json(withheld, case.name),
        zone=case.zone,
        date=_date(case),
        findings=records,
        runs=masked_json(withheld, [_run(run, choice) for run in all_runs]),
        evidence=placed.with_columns(pl.col("finding_id").replace(new_ids)).sort(EVIDENCE_KEY),
        rows=rows,
        traces=told_traces(withheld, shown, told),
        ties=tie_records(tied, lambda each: rekeyed(withheld, each), new_ids, rows),
        judgements=_about(withheld, judgements(case), new_ids),
        notes=_about(withheld, notes(case), new_ids),
        decisions=masked_json(withheld, decisions(case)),
        searches=masked_json(withheld, searches(case)),
        decisions_in_full=decided,
        in_full=_decided(withheld, scope, decided),
        left_out={why: count_of(each) for why, each in choice.left_out.items()},
        attachments=masked_json(withheld, _attachments(case)),
        calibration=calibration_tables(case) if told else {},
    )


def _nothing(all_runs: Sequence[Run], told: Sequence[Any], choice: Choice) -> str | None:
    """Why there is nothing to bundle, else None."""
    if not all_runs and not told:
        return "nothing to bundle: no detector or trace has run; run: graphkit detect"
    return None if told else nothing_left(choice)


def _asked(keys: pl.DataFrame, tied: Sequence[Record]) -> pl.DataFrame:
    return pl.concat([keys.select("table", "key"), tied_keys(tied)])


def _traced(corpus: Corpus, told: Sequence[Any]) -> pl.Series:
    """The posts that the traces name."""
    traced = pl.Series("post_id", sorted(set(strings_in(list(told)))), dtype=pl.String)
    return traced.filter(traced.is_in(corpus.posts["post_id"].implode()))


def _texts_in(found: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    texts = ("post_id", "account_id", "text")
    empty = pl.DataFrame(schema={**dict.fromkeys(texts, pl.String), "is_evidence": pl.Boolean})
    return found["posts"].select(empty.columns) if "posts" in found else empty


def _credits(found: Mapping[str, pl.DataFrame], told: Sequence[Any]) -> pl.DataFrame:
    """The places in posts' texts where a source is named: of bundled citations and traces."""
    of_traces = trace_spans(told)
    if "citations" not in found:
        return of_traces
    cited = found["citations"].drop_nulls(["span_start", "span_end"])
    spans = cited.select("post_id", start="span_start", end="span_end").cast(SPANS)
    return pl.concat([spans, of_traces])


def _bundled_rows(
    withheld: Withheld, found: Mapping[str, pl.DataFrame], shown: Excerpts
) -> dict[str, pl.DataFrame]:
    told = with_excerpts(found, shown)
    if not shown.in_full:
        told = unsearchable(withheld, told)
        told = {name: coarse_rows(withheld, name, frame) for name, frame in told.items()}
    return masked_rows(withheld, told)


def _about_withheld(
    withheld: Withheld, keys: pl.DataFrame, found: Mapping[str, pl.DataFrame]
) -> set[tuple[str, str]]:
    """The findings (run_id, finding_id) that have evidence of somebody withheld."""
    about: set[tuple[str, str]] = set()
    for name, frame in found.items():
        closed = frame.select("key").filter(hidden_rows(withheld, name, frame))
        asked = keys.filter(pl.col("table") == name).select("run_id", "finding_id", "key")
        own = asked.join(closed, on="key", how="semi")
        about.update(own.select("run_id", "finding_id").unique().rows())
    return about


def _decided(withheld: Withheld, scope: Scope, decided: Sequence[Record]) -> Record | None:
    """The decision by which texts and times are whole in this bundle."""
    if scope.in_full is None:
        return None
    asked = masked_json(withheld, asdict(scope.in_full))
    return next(each for each in decided if asked.items() <= each.items())


def _attachments(case: Case) -> list[Record]:
    """The files that were attached to the case, by SHA-256: bytes, who brought them, and when."""
    lines = [each for each in audit(case) if each["event"] == "attach"]
    return [
        {**{name: each["detail"].get(name) for name in ("sha256", "bytes", "by")}, "at": each["at"]}
        for each in lines
    ]


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
    keys, first = evidence_keys(placed), shown_evidence(placed)
    records = []
    for old, said in zip(chosen, masked, strict=True):
        own = (old["run_id"], old["finding_id"])
        subjects = said["subjects"] | {
            name: sorted(by.get(each, each) for each in old["subjects"].get(name, []))
            for name, by in exact.items()
        }
        ids_ = {
            "bundle_finding_id": finding_id_of(said["kind"], subjects, keys.get(own, "")),
            "case_finding_id": old["finding_id"],
        }
        records.append({**said, **ids_, "subjects": subjects, "evidence": first.get(own, [])})
    return records


def _without(record: Mapping[str, Any], names: Collection[str]) -> Record:
    return {name: value for name, value in record.items() if name not in names}


def _run(run: Run, choice: Choice) -> Record:
    inside = [record for record in choice.records if record["run_id"] == run.run_id]
    return {
        "run_id": run.run_id,
        "detector": run.detector,
        "recipe": run.recipe,
        "findings_count": len(run.findings),
        "bundled_count": len(inside),
        "unreviewed_count": sum(r["grade"] is not None and not r["reviewed"] for r in inside),
        "left_out": {
            why: sum(record["run_id"] == run.run_id for record in records)
            for why, records in choice.left_out.items()
        },
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
