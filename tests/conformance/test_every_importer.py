# SPDX-License-Identifier: GPL-3.0-or-later
"""What every importer must hold: it recognises its own, refuses others, and its counts add up."""

from __future__ import annotations

import pytest

from graphkit.investigation.ingesting import recognised
from graphkit.investigation.plugins import importers
from graphkit.investigation.shipped import datasets
from graphkit.reading.importer import ReadOptions
from graphkit.reading.rows import sampled
from graphkit.tables import TABLES

FILES = {f.path.name: f for each in datasets().values() for f in each.files if f.importer}


def batches(name):
    file = FILES[name]
    return list(importers()[file.importer].read(file.path, ReadOptions()))


@pytest.mark.parametrize("name", sorted(FILES))
def test_a_shipped_file_is_recognised_as_what_it_is(name):
    chosen, why = recognised(FILES[name].path)
    assert chosen.name == FILES[name].importer
    assert why


@pytest.mark.parametrize("name", sorted(FILES))
def test_accepted_and_rejected_add_up_to_the_rows_read(name):
    read = batches(name)
    for batch in read:
        kept = sum(frame.height for frame in batch.tables.values())
        assert kept + batch.rejects.height == batch.rows_read
    assert sum(batch.rows_read for batch in read) == FILES[name].rows


@pytest.mark.parametrize("name", sorted(FILES))
def test_what_is_read_is_of_its_table(name):
    for batch in batches(name):
        for table, frame in batch.tables.items():
            assert frame.schema == TABLES[table].schema


@pytest.mark.parametrize("name", sorted(importers()))
def test_a_file_of_something_else_does_not_suit(name, tmp_path):
    other = tmp_path / "other.csv"
    other.write_text("a,b\n1,2\n")
    picture = tmp_path / "picture.png"
    picture.write_bytes(b"\x89PNG\r\n")
    objects = tmp_path / "other.jsonl"
    objects.write_text('{"a": 1}\n[1]\n')
    for path in (other, picture, objects):
        assert importers()[name].suits(sampled(path)) is None


@pytest.mark.parametrize("name", sorted(importers()))
def test_a_format_says_what_it_is_known_by_and_what_comes_out(name):
    each = importers()[name]
    assert each.title
    assert each.summary
    assert each.needs
    assert set(each.gives) <= set(TABLES) - {"sources", "revisions"}
    assert each.gives
