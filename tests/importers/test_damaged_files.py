# SPDX-License-Identifier: GPL-3.0-or-later
"""Whatever happened to a file on its way, it never crashes and every row is accounted for."""

from __future__ import annotations

import random
import re
import tempfile
from functools import cache
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from graphkit.errors import GraphkitError, InputError
from graphkit.investigation.ingesting import recognised
from graphkit.investigation.plugins import importers
from graphkit.reading.importer import ReadOptions
from graphkit.tables import TABLES

SAMPLES = Path(__file__).parent / "samples"
NO_SAMPLE = {"README.md", "make_pages.py", "expected_actions.csv", "dirty_posts.csv"}


@cache
def samples():
    """Every sample file that an importer knows, with the importer's name."""
    found = {}
    for path in sorted(p for p in SAMPLES.rglob("*") if p.is_file()):
        if path.name in NO_SAMPLE or "__pycache__" in path.parts:
            continue
        try:
            found[str(path.relative_to(SAMPLES))] = recognised(path)[0].name
        except InputError:
            continue
    return found


def truncated(content, seed):
    return content[: random.Random(seed).randrange(1, len(content) + 1)]


def shuffled(content, seed):
    head, *lines = content.split(b"\n")
    random.Random(seed).shuffle(lines)
    return b"\n".join([head, *lines])


def with_bom(content, _seed):
    return b"\xef\xbb\xbf" + content


def in_gbk(content, _seed):
    try:
        return content.decode("utf-8").encode("gb18030")
    except UnicodeDecodeError:
        return content


def renamed(content, seed):
    names = sorted(set(re.findall(rb"[A-Za-z_]{3,20}", content[:4000])))
    return content.replace(random.Random(seed).choice(names), b"renamed") if names else content


def with_noise(content, seed):
    dice = random.Random(seed)
    place = dice.randrange(len(content) + 1)
    return content[:place] + dice.randbytes(dice.randrange(1, 9)) + content[place:]


DAMAGES = (truncated, shuffled, with_bom, in_gbk, renamed, with_noise)


def counted(path, name):
    """Reads the file as the format; the sum of what became of its rows, and the rows read."""
    read = became = 0
    for batch in importers()[name].read(path, ReadOptions(tz="Asia/Shanghai")):
        read += batch.rows_read
        became += batch.rejects.height + sum(frame.height for frame in batch.tables.values())
        for table, frame in (*batch.tables.items(), *batch.extras.items()):
            assert frame.schema == TABLES[table].schema
        assert batch.rejects["reason"].null_count() == 0
    return read, became


@pytest.mark.parametrize("file", sorted(samples()))
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(damages=st.lists(st.sampled_from(DAMAGES), min_size=1, max_size=2), seed=st.integers(0, 999))
def test_a_damaged_file_never_crashes_and_its_counts_add_up(file, damages, seed):
    content = (SAMPLES / file).read_bytes()
    for damage in damages:
        content = damage(content, seed) if content else content
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        for name in {samples()[file], "canonical"}:
            try:
                read, became = counted(path, name)
            except GraphkitError as error:
                assert str(error)  # noqa: PT017  a refusal is one outcome, and it says why
                continue
            assert read == became


@pytest.mark.parametrize("file", sorted(samples()))
def test_each_sample_is_known_by_its_own_importer_only(file):
    told = [name for name, each in importers().items() if each.suits(_sample(file)) is not None]
    assert [name for name in told if name != "canonical"][1:] == []


def _sample(file):
    from graphkit.reading.rows import sampled  # noqa: PLC0415

    return sampled(SAMPLES / file)


@pytest.mark.parametrize("file", [n for n in sorted(samples()) if n.endswith((".csv", ".jsonl"))])
@pytest.mark.parametrize("damage", [with_bom, in_gbk])
def test_the_encoding_changes_nothing(file, damage, tmp_path):
    content = (SAMPLES / file).read_bytes()
    other = tmp_path / file
    other.parent.mkdir(parents=True, exist_ok=True)
    other.write_bytes(damage(content.removeprefix(b"\xef\xbb\xbf"), 0))
    name = samples()[file]
    assert recognised(other)[0].name == name
    assert frames(other, name) == frames(SAMPLES / file, name)


def frames(path, name):
    return [
        {table: frame.to_dicts() for table, frame in batch.tables.items()}
        for batch in importers()[name].read(path, ReadOptions(tz="Asia/Shanghai"))
    ]
