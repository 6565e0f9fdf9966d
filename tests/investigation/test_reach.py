# SPDX-License-Identifier: GPL-3.0-or-later
"""A run says the smallest effect that it could have shown, also when it finds nothing."""

from __future__ import annotations

import pytest

from graphkit.case import create_case, runs
from graphkit.cli import main
from graphkit.investigation import detect, ingest

LOG = "object_id,account_id,content_id,timestamp_share\n" + "".join(
    f"o{k},a{k % 5},{k},{1773104400 + 1000 * k}\n" for k in range(40)
)
TOLD = (
    "share: 5 accounts with 40 rows; every pair of a group that is told meets within 60 seconds on "
    "at least this many objects: 3 typical accounts 2, 5 typical accounts 2, 20 typical accounts 2;"
    " 3 of the busiest hundredth 2"
)


@pytest.fixture
def case(tmp_path):
    made = create_case(tmp_path / "case")
    path = tmp_path / "log.csv"
    path.write_text(LOG, "utf-8")
    ingest(made, [path])
    return made


def test_a_run_without_findings_says_what_it_could_have_shown(case, capsys):
    assert main(["detect", str(case.root), "coordinated-sharing"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("coordinated-sharing: 0 findings")
    assert lines[1:] == [f"  at least: {TOLD}"]
    [run] = runs(case)
    assert run.recipe["reach"] == [TOLD]


def test_a_detector_without_such_a_sentence_and_a_named_group_say_none(case):
    [search] = detect(case, ["ranking-placement"])
    assert search.recipe["reach"] == []
    [named] = detect(case, ["coordinated-sharing"], settings={"accounts": "local:a0,local:a1"})
    assert named.recipe["reach"] == []
