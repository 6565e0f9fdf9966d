# SPDX-License-Identifier: GPL-3.0-or-later
"""Every verb, detector, importer, column and error is documented, from the code itself."""

from __future__ import annotations

import importlib.util

import pytest


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
