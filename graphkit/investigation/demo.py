# SPDX-License-Identifier: GPL-3.0-or-later
"""The demo: an investigation of shipped data, and what it found next to what was planted."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from graphkit.bundle.contents import Scope
from graphkit.case import Case, append_audit, create_case, findings, open_case
from graphkit.investigation.detecting import detect
from graphkit.investigation.ingesting import ingest
from graphkit.investigation.plugins import detectors
from graphkit.investigation.sealing import left_out_lines, seal, verify
from graphkit.investigation.shipped import Dataset, dataset
from graphkit.investigation.signing_keys import make_signing_key
from graphkit.investigation.tracing import trace_story
from graphkit.investigation.tree import trace_lines
from graphkit.investigation.truth import Verdict, compare
from graphkit.text.visible import columns

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

WORLD = "invented_world"
REAL = ("russian_reposts", "weibo_hot_slice")


def demo_case(root: Path, *, zone: str) -> Case:
    """The case of an earlier demo in `root`, or a new one.

    Raises:
        CaseError: the folder holds something else.
    """
    if (root / "case.toml").exists():
        return open_case(root)
    case = create_case(root, zone=zone)
    append_audit(case, "new", {"zone": zone})
    return case


def _import(case: Case, data: Dataset) -> Iterator[str]:
    for file in data.files:
        [ledger] = ingest(
            case, [file.path], importer_name=file.importer, collection=file.collection
        )
        yield (
            f"  {ledger.file}: {ledger.rows_read:,} rows = {ledger.accepted:,} accepted + "
            f"{len(ledger.duplicates):,} duplicate + {len(ledger.rejects):,} rejected"
            if not ledger.is_known
            else f"  {ledger.file}: in the case already"
        )


def _detect(case: Case) -> Iterator[str]:
    for run in detect(case):
        graded = [r["grade"] for r in run.findings if r["grade"] is not None]
        counts = ", ".join(f"{graded.count(g)} {g}" for g in ("strong", "moderate", "weak"))
        missing = run.recipe["not_tested"]
        told = f"not tested, no {', '.join(missing)}" if missing else (
            f"{counts}; {len(run.findings) - len(graded)} without a grade"
        )  # fmt: skip
        yield f"  {run.detector}: {told}"


def _table(verdicts: list[Verdict]) -> Iterator[str]:
    width = max(columns(each.name) for each in verdicts) + 2
    for is_planted, title in ((True, "planted"), (False, "innocent")):
        yield f"\n{title}"
        for each in verdicts:
            if each.is_planted == is_planted:
                good, bad = ("found ", "MISSED") if is_planted else ("spared", "WRONG ")
                space = " " * (width - columns(each.name))
                yield f"  {good if each.is_well else bad}  {each.name}{space}{each.said}"


def traced_origin(case: Case, truth: dict[str, Any]) -> tuple[str | None, list[str]]:
    """The origin that tracing the planted story from its last post names, and the trace's lines."""
    [story] = [group for group in truth["planted"] if group.get("deleted_root")]
    trace = trace_story(case, max(story["posts"]), kind="post")
    named = trace["candidates"][0] if trace["verdict"] == "named" else None
    nodes = {node["node_id"]: node["post_id"] for node in trace["nodes"]}
    return None if named is None else nodes[named["node_id"]], list(trace_lines(trace))


def world_demo(root: Path) -> Iterator[str]:
    """The lines of the investigation of the invented world, in a case at `root`."""
    data = dataset(WORLD)
    truth = json.loads((data.folder / "data" / "truth.json").read_bytes())
    case = demo_case(root, zone="Asia/Shanghai")
    yield f"{data.title}\n\nimport"
    yield from _import(case, data)
    yield "\ndetect"
    yield from _detect(case)
    origin, lines = traced_origin(case, truth)
    yield "\ntrace (the planted story, from its last post back)"
    yield from (f"  {line}" for line in lines[:24])
    yield f"  ... {len(lines)} lines; graphkit trace shows all"
    yield "\nwhat was found, next to what was planted"
    verdicts = compare(truth, findings(case), kinds=set(detectors()), origin=origin)
    yield from _table(verdicts)
    yield from _bundle(case)


def _bundle(case: Case) -> Iterator[str]:
    out = case.root / "exports" / "bundle"
    key = make_signing_key(case.root / "keys" / "demo-signing.key")
    yield "\nbundle (with --unreviewed: nobody reviewed a demo)"
    if not out.exists():
        made = seal(case, out, scope=Scope(unreviewed=True), key=key)
        yield from (f"  {line}" for line in left_out_lines(made, case.root))
    checked = verify(out)
    wrong = "nothing is wrong" if checked.ok else f"WRONG: {'; '.join(checked.problems)}"
    yield f"  {out}: {'signed' if checked.signed else 'not signed'}; verify: {wrong}"
    yield f"  read {out / 'data' / 'report.html'} in a browser"


def real_demo(root: Path) -> Iterator[str]:
    """The lines of a look at real data, in a case at `root`."""
    case = demo_case(root, zone="UTC")
    yield "\nreal data: CooRTweet example reposts, two weeks of the Weibo hot list\n\nimport"
    for name in REAL:
        yield from _import(case, dataset(name))
    yield "\ndetect"
    yield from _detect(case)
