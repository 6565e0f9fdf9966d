# SPDX-License-Identifier: GPL-3.0-or-later
"""The verb calibrate, and the traces that use what it fitted."""

from __future__ import annotations

import hashlib
import json

import pytest

from benchmarks.relay_world import Habits, relay_world
from graphkit.case import audit, create_case, open_case
from graphkit.case.calibration import calibration_counts
from graphkit.cli import main
from graphkit.investigation.ingesting import ingest


@pytest.fixture
def case(tmp_path):
    world = relay_world(741, habits=Habits(), cascades=30)
    made = create_case(tmp_path / "case")
    for table in ("accounts", "posts"):
        frame = getattr(world, table).drop("source_id", "source_line")
        frame.write_parquet(tmp_path / f"{table}.parquet")
        ingest(made, [tmp_path / f"{table}.parquet"], importer_name="canonical")
    return made


def traced(case, capsys):
    assert main(["trace", str(case.root), "weiju:741-0-0", "--format", "json"]) == 0
    return json.loads(capsys.readouterr().out)


def test_a_case_that_was_calibrated_gives_its_probabilities_and_says_so(case, capsys):
    before = traced(case, capsys)
    assert {edge["calibration"] for edge in before["edges"]} == {"not calibrated here"}
    assert main(["calibrate", str(case.root)]) == 0
    told = capsys.readouterr()
    assert told.out.startswith("evidence")
    assert "expected calibration error" in told.err
    after = [edge["calibration"] for edge in traced(case, capsys)["edges"] if edge["p"] is not None]
    assert after
    assert all(words.startswith("fitted on this case: right in ") for words in after)


def test_the_table_is_kept_in_the_case_and_its_hash_and_rows_in_the_log(case, capsys):
    assert calibration_counts(case) is None
    assert main(["calibrate", str(case.root)]) == 0
    csv = (case.root / "calibration.csv").read_bytes()
    logged = audit(open_case(case.root))[-1]
    assert logged["event"] == "calibrate"
    assert logged["detail"] == {"sha256": hashlib.sha256(csv).hexdigest(), "table": csv.decode()}
    assert calibration_counts(case)["n"].sum() > 100
    assert main(["calibrate", str(case.root)]) == 0
    assert (case.root / "calibration.csv").read_bytes() == csv
    capsys.readouterr()


def test_too_few_recorded_parents_are_one_line_and_status_2(tmp_path, capsys):
    case = create_case(tmp_path / "empty")
    assert main(["calibrate", str(case.root)]) == 2
    assert capsys.readouterr().err.startswith("graphkit: 0 reposts have a recorded parent")
