# SPDX-License-Identifier: GPL-3.0-or-later
"""Running a detector again from the page: jobs, what a run was told, what holds in others."""

from __future__ import annotations

import json
import time

import pytest

from dashboards.app import PAGES
from dashboards.jobs import Jobs
from dashboards.parts import View
from dashboards.query import Query
from dashboards.snapshot import snapshot
from dashboards.views.overview import once
from dashboards.views.runs import held, parameters, runs_of, told, written
from dashboards.words import Words
from graphkit.case import runs
from graphkit.errors import ParameterError
from graphkit.findings import params_from
from graphkit.investigation.detecting import detect
from graphkit.investigation.plugins import detector, detectors
from graphkit.investigation.reviewing import review


@pytest.fixture
def case(new_case, tmp_path):
    return new_case(tmp_path)


def ended(jobs):
    """The job's state once it has ended."""
    for _ in range(600):
        progress = jobs.progress()
        if progress.status is not None:
            return progress
        time.sleep(0.05)
    raise AssertionError("the job did not end")


def test_a_job_says_its_last_line_and_its_status(case):
    jobs = Jobs()
    assert jobs.progress() is None
    jobs.start(["detect", str(case.root), "ranking-placement"], title="Detecting", done="Done.")
    end = ended(jobs)
    assert (end.number, end.title, end.done, end.status) == (1, "Detecting", "Done.", 0)
    assert end.line == f"next: graphkit findings {case.root}"
    assert [run.detector for run in runs(case)].count("ranking-placement") == 1


def test_a_job_that_is_refused_gives_the_reason(case):
    jobs = Jobs()
    wrong = ["detect", str(case.root), "coordinated-sharing", "--set", "within=abc"]
    jobs.start(wrong, title="Detecting", done="Done.")
    end = ended(jobs)
    assert end.status == 2
    assert end.line == "'abc' is not a span; write 60s, 10m, 2h or 7d"


def test_one_job_at_a_time_and_a_stopped_one_saves_nothing(case):
    jobs = Jobs()
    before = len(runs(case))
    jobs.start(["detect", str(case.root)], title="All", done="Done.")
    with pytest.raises(ParameterError, match="another job is running: All"):
        jobs.start(["detect", str(case.root)], title="Again", done="Done.")
    jobs.stop()
    end = jobs.progress()
    assert end.status < 0
    assert len(runs(case)) == before
    jobs.start(["--version"], title="Again", done="Done.")
    assert ended(jobs).number == 2


@pytest.mark.parametrize("name", sorted(detectors()))
def test_what_a_page_writes_for_each_parameter_is_read_back_as_its_default(name):
    chosen = detector(name)
    texts = {spec.name: written(spec.default) for spec in parameters(chosen)}
    given = {name: text for name, text in texts.items() if text}
    assert params_from(chosen.params, given) == chosen.params()


def page(case, address):
    path, _, search = address.partition("?")
    query = Query.read(path, search)
    shown = PAGES[path][1](View(snapshot(case.root), query, Words("en")))
    return json.dumps(shown, default=lambda part: part.to_plotly_json(), ensure_ascii=False)


def test_runs_stand_beside_one_another_the_defaults_first(case):
    detect(case, ["coordinated-sharing"], settings={"within": "5s"})
    detect(case, ["coordinated-sharing"])
    chosen = detector("coordinated-sharing")
    made = runs_of(snapshot(case.root), chosen)
    assert [told(chosen, run.recipe["params"]) for run in made[:2]] == [{}, {}]  # fixture, default
    assert told(chosen, made[-1].recipe["params"]) == {"within": "5s"}
    shown = page(case, "/runs?kind=coordinated-sharing&set=within%3D5s")
    assert '"value": "5s"' in shown
    assert "within 5s" in shown


def test_a_group_stands_once_in_the_overview_and_says_in_which_runs_it_holds(case):
    first = next(run for run in runs(case) if run.detector == "coordinated-sharing")
    again = dict(first.recipe, params={"within": 30.0})
    folder = case.root / "runs" / "other"
    folder.mkdir()
    (folder / "recipe.json").write_text(json.dumps(again))
    record = dict(first.findings[0], finding_id="f" * 16, run_id="other")
    (folder / "findings.jsonl").write_text(json.dumps(record) + "\n")
    view = snapshot(case.root)
    assert len(view.findings) == 3
    shown = [each["finding_id"] for each in once(view)]
    assert len(shown) == 2
    assert record["finding_id"] not in shown
    made = runs_of(view, detector("coordinated-sharing"))
    assert [(each.count, len(each.others)) for each in held(made, made[0])] == [(1, 1)]
    review(case, record["finding_id"], "confirmed", note="seen", by="A. Person")
    assert len(once(snapshot(case.root))) == 3
