# SPDX-License-Identifier: GPL-3.0-or-later
"""The runs of one detector beside one another: what each was told, what each found."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from graphkit.findings import UNITS, as_json, specs
from graphkit.investigation.holding import OtherRun, other_runs
from graphkit.investigation.plugins import detectors

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from dashboards.snapshot import Record, Snapshot
    from graphkit.case import Run
    from graphkit.findings import Detector, ParamSpec

FINDINGS_SHOWN = 30


@dataclass(frozen=True)
class Held:
    """One finding of a run and what the other runs said of the same group."""

    finding: Record
    others: tuple[OtherRun, ...]

    @property
    def count(self) -> int:
        """In how many of the other runs the group is found."""
        return sum(each.outcome is not None for each in self.others)


def written(value: object) -> str:
    """A parameter's value as the command line takes it.

    >>> written(timedelta(days=3)), written(("url", "domain")), written(value=True)
    ('3d', 'url,domain', 'true')
    """
    if isinstance(value, timedelta):
        return _span(value.total_seconds())
    if isinstance(value, (tuple, list)):
        return ",".join(str(each) for each in value)
    return str(value).lower() if isinstance(value, bool) else str(value)


def _span(seconds: float) -> str:
    """A span in the largest unit that leaves no fraction, two of it or more."""
    whole = (unit for unit, size in reversed(UNITS.items()) if seconds and seconds % size == 0)
    large = (unit for unit in whole if seconds >= 2 * UNITS[unit])
    unit = next(large, "s")
    return f"{seconds / UNITS[unit]:g}{unit}"


def parameters(detector: Detector) -> list[ParamSpec]:
    """What the detector can be told."""
    return specs(detector.params)


def told(detector: Detector, params: Mapping[str, Any]) -> dict[str, str]:
    """What `params` (JSON values of a recipe or finding) say otherwise than the defaults."""
    defaults = as_json(detector.params())
    spans = {spec.name for spec in parameters(detector) if spec.kind is timedelta}
    differ = {n: v for n, v in params.items() if n in defaults and v != defaults[n]}
    return {n: _span(v) if n in spans else written(v) for n, v in differ.items()}


def told_of(finding: Record) -> dict[str, str]:
    """What the finding's run was told otherwise than the defaults; nothing where it is unknown."""
    known = detectors()
    return (
        told(known[finding["detector"]], finding["params"]) if finding["detector"] in known else {}
    )


def runs_of(snapshot: Snapshot, detector: Detector) -> list[Run]:
    """The detector's runs in this case: those with the fewest changes of the defaults first."""
    own = [run for run in snapshot.runs if run.detector == detector.name]
    return sorted(own, key=lambda run: (len(told(detector, run.recipe["params"])), run.run_id))


def held(made: Sequence[Run], run: Run) -> list[Held]:
    """The findings of `run` with a grade, in how many of the others in `made` each holds."""
    graded = [each for each in run.findings if each["grade"] is not None]
    return [Held(each, tuple(other_runs(made, each))) for each in graded[:FINDINGS_SHOWN]]
