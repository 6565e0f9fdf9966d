# SPDX-License-Identifier: GPL-3.0-or-later
"""A finding says in how many runs with other parameters the same group is found."""

from __future__ import annotations

import shutil

import pytest

from graphkit.case import findings, open_case, runs
from graphkit.cli import main
from graphkit.investigation.holding import other_runs


@pytest.fixture(scope="module")
def case(world_case, tmp_path_factory):
    copy = tmp_path_factory.mktemp("holding") / "case"
    shutil.copytree(world_case.root, copy)
    argv = ["detect", str(copy), "coordinated-sharing", "--sweep", "within=1s,30s"]
    assert main(argv) == 0
    return open_case(copy)


def matrix(case):
    kept = [
        record
        for record in findings(case)
        if record["kind"] == "coordinated-sharing"
        and record["measures"]["accounts_count"] == 9
        and record["params"]["within"] == 60
    ]
    return kept[0]


def test_the_matrix_is_found_at_half_the_window_and_not_at_a_second(case):
    others = other_runs(runs(case), matrix(case))
    told = {run.told["within"]: (run.outcome, run.shared) for run in others}
    assert told[30] == ("coordinated", 1.0)
    assert told[1][0] is None


def test_show_prints_how_many_runs_hold(case, capsys):
    assert main(["show", str(case.root), matrix(case)["finding_id"]]) == 0
    assert "other parameters: found in 1 of 2 other runs" in capsys.readouterr().out


def test_a_sweep_without_values_is_refused(case, capsys):
    assert main(["detect", str(case.root), "coordinated-sharing", "--sweep", "within"]) == 2
    assert "write it as NAME=VALUE" in capsys.readouterr().err
