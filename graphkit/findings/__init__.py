# SPDX-License-Identifier: GPL-3.0-or-later
"""Findings, their evidence and caveats, the detector contract, and judgements."""

from graphkit.findings.detector import Detector, Outcome
from graphkit.findings.finding import (
    Caveat,
    CaveatOutcome,
    EvidenceRow,
    Finding,
    Grade,
    NullModel,
    Subjects,
    rounded,
    tested_caveat,
)
from graphkit.findings.judgement import Judgement, Verdict
from graphkit.findings.params import UNITS, ParamSpec, as_json, param, params_from, span, specs

__all__ = [
    "UNITS",
    "Caveat",
    "CaveatOutcome",
    "Detector",
    "EvidenceRow",
    "Finding",
    "Grade",
    "Judgement",
    "NullModel",
    "Outcome",
    "ParamSpec",
    "Subjects",
    "Verdict",
    "as_json",
    "param",
    "params_from",
    "rounded",
    "span",
    "specs",
    "tested_caveat",
]
