# SPDX-License-Identifier: GPL-3.0-or-later
"""Sealing findings into a bundle, and checking one."""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import TYPE_CHECKING

from graphkit.bundle.contents import DEFAULT_SCOPE, Beside
from graphkit.bundle.verify import Verification, verify_bundle
from graphkit.bundle.write import Bundle, write_bundle
from graphkit.case import append_audit, finding, runs
from graphkit.investigation.holding import other_runs
from graphkit.investigation.plugins import detectors
from graphkit.investigation.signing_keys import own_signing_key
from graphkit.investigation.ties import case_ties

if TYPE_CHECKING:
    from pathlib import Path

    from graphkit.bundle.contents import Scope
    from graphkit.case import Case


def seal(
    case: Case,
    out: Path,
    *,
    scope: Scope = DEFAULT_SCOPE,
    key: Path | None = None,
) -> Bundle:
    """The bundle written to the new folder `out`, signed with `key` or the person's own, if any.

    `scope` may name findings by the beginnings of their ids.

    Raises:
        BundleError: `out` is there already, nothing is left to bundle, a finding is asked for that
            nobody reviewed, or something withheld would leak.
        UnknownNameError: a finding is not in the case.
        ParameterError: texts and times in full, and no reason or nobody decides.
    """
    chosen = own_signing_key() if key is None else key
    if scope.finding_ids is not None:
        ids = [str(finding(case, each)["finding_id"]) for each in scope.finding_ids]
        scope = replace(scope, finding_ids=ids)
    return write_bundle(
        case,
        out,
        scope=scope,
        signing_key=chosen,
        beside=told_beside(case),
    )


def told_beside(case: Case) -> Beside:
    """What stands beside the findings: limits, meanings of outcomes, ties, and other runs."""
    known, made = detectors(), runs(case)
    graded = [each for run in made for each in run.findings if each["grade"] is not None]
    others = {(str(r["run_id"]), str(r["finding_id"])): other_runs(made, r) for r in graded}
    return Beside(
        limits={name: each.limits for name, each in known.items()},
        ties=[asdict(tie) for tie in case_ties(case)],
        outcomes={k: {n: o.doc for n, o in each.outcomes.items()} for k, each in known.items()},
        held={
            key: (sum(each.outcome is not None for each in found), len(found))
            for key, found in others.items()
        },
    )


def left_out_lines(made: Bundle, case: Path) -> list[str]:
    """What is to be said of findings that are not reviewed, or rejected: a line each."""
    lines = []
    if made.unreviewed_count:
        lines.append(f"{_findings(made.unreviewed_count)} in it nobody reviewed: marked so")
    if made.left_out["unreviewed"]:
        lines.append(
            f"{_findings(made.left_out['unreviewed'])} that nobody reviewed left out: "
            f"graphkit review {case} FINDING VERDICT --note ... --by ..., or --unreviewed"
        )
    if made.left_out["rejected"]:
        lines.append(f"{_findings(made.left_out['rejected'])} rejected, left out: --finding ID")
    return lines


def _findings(count: int) -> str:
    return f"{count} finding{'' if count == 1 else 's'}"


def verify(
    path: Path, *, allow_unsigned: bool = False, public_key: Path | None = None
) -> Verification:
    """What is wrong with the bundle, checked offline and without the case.

    `public_key` is the PEM file of the one who is said to have signed it.

    Raises:
        BundleError: there is no bundle in it.
    """
    outcomes = {
        kind: {name: outcome.accuses for name, outcome in each.outcomes.items()}
        for kind, each in detectors().items()
    }
    return verify_bundle(
        path, allow_unsigned=allow_unsigned, public_key=public_key, outcomes=outcomes
    )


def verify_export(case: Case, path: Path) -> Verification:
    """What is wrong with a bundle of `case`; that it was checked is noted in the audit log.

    Raises:
        BundleError: there is no bundle in it.
    """
    found = verify(path, allow_unsigned=True)
    detail = {
        "tag_manifest_sha256": found.tag_manifest_sha256,
        "signer": found.signer,
        "problems": len(found.problems),
    }
    append_audit(case, "verify", detail)
    return found
