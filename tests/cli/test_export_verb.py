# SPDX-License-Identifier: GPL-3.0-or-later
from graphkit.case import create_case
from graphkit.cli import main


def test_export_says_which_endings_it_writes(tmp_path, capsys):
    create_case(tmp_path / "bridge", name="bridge", zone="UTC")
    assert main(["export", str(tmp_path / "bridge"), "4f0c", "-o", str(tmp_path / "a.pdf")]) == 2
    assert capsys.readouterr().err == (
        "graphkit: a.pdf: write one of .rows.csv, .csv, .parquet, .graphml, .gexf, .svg, .html\n"
    )


def test_a_table_of_findings_needs_findings(tmp_path, capsys):
    create_case(tmp_path / "bridge", name="bridge", zone="UTC")
    assert main(["findings", str(tmp_path / "bridge"), "-o", str(tmp_path / "a.csv")]) == 2
    assert "no findings to write; run: graphkit detect" in capsys.readouterr().err
    assert not (tmp_path / "a.csv").exists()
