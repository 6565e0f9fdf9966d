# SPDX-License-Identifier: GPL-3.0-or-later
"""What tests share. This file alone knows where the reference data lies beside the project."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from graphkit.case import Case, create_case
from graphkit.investigation.detecting import detect
from graphkit.investigation.ingesting import ingest
from graphkit.investigation.shipped import dataset

REPOSITORY = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def repository() -> Path:
    """The root of the repository."""
    return REPOSITORY


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of reference data beside the project; tests that need it are skipped without."""
    for parent in (REPOSITORY, *REPOSITORY.parents):
        found = parent / "shared"
        if (found / "data" / "README.md").exists():
            return found
    pytest.skip("the reference data is not beside the project")


@pytest.fixture(scope="session")
def chromium() -> str:
    """The path of Chromium; without it browser tests are skipped, but fail under CI=true."""
    found = shutil.which("chromium") or shutil.which("chromium-browser")
    if found is None and os.environ.get("CI") == "true":
        pytest.fail("CI=true and no Chromium: make test installs Debian's")
    if found is None:
        pytest.skip("no Chromium: install it, or run make test as root on Debian")
    return found


@pytest.fixture(scope="session")
def world_case(tmp_path_factory: pytest.TempPathFactory) -> Case:
    """A case with the shipped invented world, every detector run once. Not to be written to."""
    data = dataset("invented_world")
    case = create_case(tmp_path_factory.mktemp("world") / "case", zone="Asia/Shanghai")
    for file in data.files:
        ingest(case, [file.path], importer_name=file.importer, collection=file.collection)
    detect(case)
    return case
