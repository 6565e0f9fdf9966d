# SPDX-License-Identifier: GPL-3.0-or-later
"""One run or trace of a bundle made again, and in what it differs."""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING, Any

import polars as pl

from graphkit.bundle.record_checks import json_lines
from graphkit.errors import GraphkitError, InputError, UnknownNameError
from graphkit.findings import as_json, params_from
from graphkit.investigation.detecting import one_run
from graphkit.investigation.plugins import detectors
from graphkit.trace.calibration import read_counts
from graphkit.trace.origin import trace_story

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from graphkit.case import Case
    from graphkit.tables import Corpus

Record = dict[str, Any]
COMPARED = ("outcome", "grade", "score", "p_value", "q_value", "evidence_count")
SHOWN = 5


class NotReplayableError(GraphkitError):
    """What was run or traced cannot be made again here, and why."""


def run_differences(
    case: Case, run: Record, records: Sequence[Record], corpus: Corpus
) -> list[str]:
    """In what the run differs when it is made again over `corpus`, which is that of `case`.

    `records` are the run's findings in the bundle. Findings are matched by the id that they have in
    a case; the run is kept there.

    Raises:
        NotReplayableError: the detector is not here, or its parameters name somebody withheld.
    """
    chosen = detectors().get(run["detector"])
    if chosen is None:
        raise NotReplayableError("its detector is not installed here")
    params = _params(chosen.params, run["recipe"]["params"])
    again = one_run(case, chosen, params=params, corpus=corpus, done={})
    said = [
        f"{name} is {again.recipe[name]} here, {run['recipe'][name]} in the bundle"
        for name in ("version", "not_tested")
        if again.recipe[name] != run["recipe"][name]
    ]
    if len(again.findings) != run["findings_count"]:
        said.append(f"{len(again.findings)} findings here, {run['findings_count']} in the bundle")
    made = {record["finding_id"]: record for record in again.findings}
    return said + [text for record in records for text in _differences(record, made)]


def _params(kind: type, told: Mapping[str, Any]) -> object:
    """The parameters that a recipe tells as JSON values.

    Raises:
        NotReplayableError: they cannot be told from it.
    """
    default = as_json(kind())
    changed = {name: _text(value) for name, value in told.items() if default.get(name) != value}
    try:
        params: object = params_from(kind, changed)
    except GraphkitError as error:
        raise NotReplayableError(f"its parameters are not those of here: {error}") from error
    if as_json(params) != {**default, **told}:
        raise NotReplayableError("its parameters cannot be told from the recipe")
    return params


def _text(value: object) -> str:
    return ",".join(map(str, value)) if isinstance(value, list) else str(value).strip()


def _differences(record: Record, made: Mapping[str, Record]) -> list[str]:
    """In what one finding of the bundle differs from that of its id among those `made` again."""
    name = f"finding {record['bundle_finding_id']}"
    again = made.get(record["case_finding_id"])
    if again is None:
        return [f"{name}: did not come out"]
    both = [(_said(again), _said(record))]
    return [
        f"{name}: {what} is {new.get(what)} here, {old.get(what)} in the bundle"
        for new, old in both
        for what in new | old
        if new.get(what) != old.get(what)
    ]


def _said(record: Record) -> dict[str, Any]:
    """What a finding says in numbers and fixed words: nothing of it is masked in a bundle."""
    null = record["null_model"]
    return {
        **{name: record[name] for name in COMPARED},
        **{f"measure {name}": value for name, value in record["measures"].items()},
        **{f"null model's {name}": null.get(name) for name in ("expected", "tests_made")},
        "outcomes of its caveats": [each["outcome"] for each in record["caveats"]],
    }


def trace_differences(corpus: Corpus, trace: Record, root: Path) -> list[str]:
    """In what the trace of the bundle `root` differs when it is made again over `corpus`.

    Raises:
        NotReplayableError: what was asked, or the calibration that was used, is not in the bundle.
    """
    query = trace["query"]
    what = _asked(corpus, query["what"], root)
    fitted = _fitted(trace["made_with"]["calibration"], root)
    try:
        again = trace_story(corpus, what, kind=query["as"], fitted=fitted).to_json()
    except (UnknownNameError, InputError) as error:
        raise NotReplayableError("what was asked is withheld") from error
    new, old = _shape(again), _shape(trace)
    return [
        f"{name} is {new[name]} here, {old[name]} in the bundle"
        for name in new
        if new[name] != old[name]
    ]


def _asked(corpus: Corpus, what: str, root: Path) -> str:
    """The post that was asked for, by the file and line of the row that the bundle has of it."""
    path = root / "data" / "rows" / "posts.parquet"
    place = ["source_id", "source_line"]
    asked = pl.read_parquet(path).filter(post_id=what) if path.is_file() else pl.DataFrame()
    if asked.is_empty():
        return what
    here = corpus.posts.join(asked, on=place, how="semi")
    if here.height != 1:
        raise NotReplayableError("several posts are in the line of the one that was asked for")
    return str(here["post_id"][0])


def _fitted(sha256: str | None, root: Path) -> pl.DataFrame | None:
    """The calibration of that hash, which the audit log holds."""
    if sha256 is None:
        return None
    for entry in json_lines(root / "audit.jsonl"):
        if entry["event"] == "calibrate" and entry["detail"]["sha256"] == sha256:
            return read_counts(entry["detail"]["table"].encode())
    raise NotReplayableError("the calibration that it used is not in the bundle")


def _shape(trace: Record) -> dict[str, Any]:
    """What a trace says without naming anybody: counts, classes, probabilities."""
    edges = [[e["cls"], e["via"], e["p"], e["calibration"]] for e in trace["edges"]]
    return {
        "verdict": trace["verdict"],
        "states of nodes": dict(sorted(Counter(n["state"] for n in trace["nodes"]).items())),
        "edges": Counter(json.dumps(each) for each in edges),
        "candidates": [[each["p"], each["weakest_link"]] for each in trace["candidates"]],
        "probability outside": trace["outside_p"],
        "coverage": trace["coverage"],
        "rejected edges": len(trace["rejected_edges"]),
        "wordings": len(trace["claim"]["variants"]),
    }
