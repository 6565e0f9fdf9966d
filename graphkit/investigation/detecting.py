# SPDX-License-Identifier: GPL-3.0-or-later
"""Running detectors over a case. Each run is kept under its recipe; nothing is overwritten."""

from __future__ import annotations

from importlib.metadata import version
from typing import TYPE_CHECKING, Any

from graphkit import __version__
from graphkit.case import imports, load_corpus, run_id_of, runs, save_run
from graphkit.findings import as_json, params_from, specs
from graphkit.graphs.act_logs import known_acts
from graphkit.investigation.plugins import detector, detectors

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from graphkit.case import Case, Run
    from graphkit.findings import Detector
    from graphkit.tables import Corpus

LIBRARIES = ("polars", "numpy", "scipy", "igraph", "numba")


def _settings_for(chosen: Detector, settings: Mapping[str, str]) -> dict[str, str]:
    """The settings that are meant for this detector: `name=` or `detector.name=`."""
    names = {spec.name for spec in specs(chosen.params)}
    plain = {name: text for name, text in settings.items() if name in names}
    own = f"{chosen.name}."
    return plain | {n.removeprefix(own): t for n, t in settings.items() if n.startswith(own)}


def versions() -> dict[str, str]:
    """The versions of graphkit and of the libraries on which results depend."""
    return {"graphkit": __version__, **{name: version(name) for name in LIBRARIES}}


def recipe_of(chosen: Detector, params: object, corpus: Corpus, *, imported: str) -> dict[str, Any]:
    """What makes a run: inputs by hash, detector, parameters, versions; and why it has no answer.

    `not_tested` names the tables that the detector needs and that have no rows, or no actions of
    the acts that it counts; else it is empty. `reach` says what the run could have shown at least.
    """
    missing = [name for name in chosen.needs if corpus.table(name).is_empty()]
    acts = getattr(params, "acts", ())
    if acts and not missing and not set(acts) & set(known_acts(corpus)):
        missing.append(f"actions that are {', '.join(acts)}")
    return {
        "detector": chosen.name,
        "version": chosen.version,
        "params": as_json(params),
        "inputs": sorted(corpus.sources["sha256"].unique().to_list()),
        "imports": imported,
        "versions": versions(),
        "not_tested": missing,
        "reach": [] if missing or chosen.reach is None else [*chosen.reach(corpus, params)],
    }


def detect(
    case: Case, kinds: Sequence[str] = (), *, settings: Mapping[str, str] | None = None
) -> list[Run]:
    """One run for each detector in `kinds` (all when empty), saved in the case.

    `settings` are parameters as text; a name that several detectors have is set in each, unless
    it is written `detector.name`. A run whose recipe is in the case already is not made again.

    Raises:
        UnknownNameError: no such detector or parameter.
        ParameterError: a parameter is of another type or outside its bounds.
    """
    chosen = [detector(kind) for kind in kinds] or list(detectors().values())
    given = {} if settings is None else dict(settings)
    known = {
        n for each in chosen for n in (*_names(each), *(f"{each.name}.{n}" for n in _names(each)))
    }
    for name in given:
        if name not in known:
            params_from(chosen[0].params, {name: given[name]})
    prepared = [(each, params_from(each.params, _settings_for(each, given))) for each in chosen]
    corpus = load_corpus(case)
    done = {run.run_id: run for run in runs(case)}
    return [
        one_run(case, each, params=params, corpus=corpus, done=done) for each, params in prepared
    ]


def _names(chosen: Detector) -> list[str]:
    return [spec.name for spec in specs(chosen.params)]


def one_run(
    case: Case, chosen: Detector, *, params: object, corpus: Corpus, done: Mapping[str, Run]
) -> Run:
    """The run of one detector over `corpus`, that of `case`; from `done` where it is there."""
    recipe = recipe_of(chosen, params, corpus, imported=imports(case))
    run_id = run_id_of(recipe)
    if run_id in done:
        return done[run_id]
    found = [] if recipe["not_tested"] else list(chosen.detect(corpus, params))
    return save_run(case, recipe, findings=found, corpus=corpus)
