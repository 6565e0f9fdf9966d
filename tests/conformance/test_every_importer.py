# SPDX-License-Identifier: GPL-3.0-or-later
"""What every importer must hold: it recognises its own, refuses others, and its counts add up."""

from __future__ import annotations

import pytest

from graphkit.investigation.ingesting import recognised
from graphkit.investigation.plugins import importers
from graphkit.investigation.shipped import datasets
from graphkit.reading.importer import ReadOptions
from graphkit.tables import TABLES

FILES = {f.path.name: f for each in datasets().values() for f in each.files if f.importer}


@pytest.mark.parametrize("name", sorted(FILES))
def test_a_shipped_file_is_recognised_as_what_it_is(name):
    chosen, why = recognised(FILES[name].path)
    assert chosen.name == FILES[name].importer
    assert why


@pytest.mark.parametrize("name", sorted(FILES))
def test_accepted_duplicate_and_rejected_add_up_to_the_rows_read(name):
    file = FILES[name]
    reading = importers()[file.importer].read(file.path, ReadOptions())
    [frame] = reading.tables.values()
    counted = frame.height + reading.duplicates.height + reading.rejects.height
    assert counted == reading.rows_read == file.rows


@pytest.mark.parametrize("name", sorted(FILES))
def test_what_is_read_is_of_its_table(name):
    reading = importers()[FILES[name].importer].read(FILES[name].path, ReadOptions())
    for table, frame in reading.tables.items():
        TABLES[table].check(frame)


@pytest.mark.parametrize("name", sorted(importers()))
def test_a_file_of_something_else_does_not_suit(name, tmp_path):
    other = tmp_path / "other.csv"
    other.write_text("a,b\n1,2\n")
    picture = tmp_path / "picture.png"
    picture.write_bytes(b"\x89PNG\r\n")
    assert importers()[name].suits(other) is None
    assert importers()[name].suits(picture) is None
