# SPDX-License-Identifier: GPL-3.0-or-later
"""The detector contract: a file in `graphkit.detectors` with a `DETECTOR` constant."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from graphkit.findings.finding import Finding
    from graphkit.tables import Corpus


@dataclass(frozen=True)
class Outcome:
    """One outcome of a kind: what it says, and whether it accuses (else its grade is None)."""

    doc: str
    accuses: bool


@dataclass(frozen=True)
class Detector:
    """One detector. Its name is the kind of its findings.

    `detect(corpus, params)` yields findings; the same corpus and params give the same findings
    in the same order. `needs` names the tables without whose rows it has nothing to test.
    `limits` says in sentences what the method cannot see and how it can be evaded or misled.
    `reach(corpus, params)`, where there is one, says in sentences the smallest effect that this
    run could have shown: it is kept in the recipe and told also when nothing is found.
    """

    name: str
    version: str
    summary: str
    outcomes: Mapping[str, Outcome]
    needs: tuple[str, ...]
    limits: tuple[str, ...]
    params: type
    detect: Callable[[Corpus, Any], Iterator[Finding]]
    reach: Callable[[Corpus, Any], tuple[str, ...]] | None = None
