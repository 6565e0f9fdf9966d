# SPDX-License-Identifier: GPL-3.0-or-later
"""Every verb, detector, importer, column and error is documented, from the code itself."""

from __future__ import annotations

import importlib.util

import pytest

from graphkit.reading.importer import ReadOptions
from graphkit.reading.rows import sampled


def pages(repository):
    path = repository / "docs" / "generate.py"
    spec = importlib.util.spec_from_file_location("docs_generate", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.PAGES


@pytest.mark.parametrize(
    "name", ["tables.md", "detectors.md", "formats.md", "command-line.md", "errors.md"]
)
def test_the_reference_page_is_what_the_code_says(repository, name, monkeypatch):
    monkeypatch.setenv("COLUMNS", "100")
    written = (repository / "docs" / "reference" / name).read_text("utf-8")
    assert written == pages(repository)[name](), "run: COLUMNS=100 python docs/generate.py"


def test_every_page_of_the_reference_is_checked(repository):
    found = {path.name for path in (repository / "docs" / "reference").glob("*.md")}
    assert found == set(pages(repository))


def test_the_importer_of_the_docs_reads_a_file(repository, tmp_path):
    page = (repository / "docs" / "adding-an-importer.md").read_text("utf-8")
    names = {}
    exec(page.split("```python\n")[1].split("```")[0], names)
    note = '{"note_id": 7, "user": {"id": 1, "name": "lin"}, "posted": 1773104400}\n{}\n'
    path = tmp_path / "notes.jsonl"
    path.write_text(note)
    importer = names["IMPORTER"]
    assert importer.suits(sampled(path))
    [batch] = importer.read(path, ReadOptions())
    assert batch.tables["posts"]["post_id"].to_list() == ["notes:7"]
    assert batch.extras["accounts"]["handle"].to_list() == ["lin"]
    assert batch.rejects["reason"].to_list() == ["no note_id"]
