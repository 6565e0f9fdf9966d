# SPDX-License-Identifier: GPL-3.0-or-later
"""The same files, told the same, give the same bytes: in any order, locale, zone and hash seed."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from graphkit.bundle.bag import files_in, sha256_of
from graphkit.bundle.contents import Scope
from graphkit.bundle.write import write_bundle
from graphkit.case import create_case, load_corpus, open_case, write_file
from graphkit.investigation.detecting import detect
from graphkit.investigation.ingesting import ingest
from graphkit.investigation.tracing import trace_story

SAMPLES = Path(__file__).parents[1] / "importers" / "samples"
FILES = ["x_api_v1_tweets.jsonl", "x_api_v2_twarc2_pages.jsonl", "weibo_search.csv", "labels.csv"]
ALL = Scope(unreviewed=True, inputs=True)
BUILD = """
import locale, sys
from pathlib import Path
from graphkit.bundle.contents import Scope
from graphkit.bundle.write import write_bundle
from graphkit.case import open_case
locale.setlocale(locale.LC_ALL, "")
made = write_bundle(open_case(Path(sys.argv[1])), Path(sys.argv[2]),
                    scope=Scope(unreviewed=True, inputs=True))
print(made.tag_manifest_sha256)
"""


def story(root, files):
    """A case with the files, and a key as in every other: the bytes depend on the key."""
    case = create_case(root, name="story", zone="Asia/Shanghai")
    write_file(case.root / "keys" / "pseudonym.key", b"0123456789abcdef" * 2, mode=0o600)
    ingest(case, [SAMPLES / name for name in files])
    told(case)
    return case


def told(case):
    for kind in ("citation-loop", "copied-text"):
        list(detect(case, [kind]))
    trace_story(case, load_corpus(case).posts["post_id"].sort()[0], kind="post")


def hashes(root):
    """SHA-256 of each file but those that tell of this export."""
    return {path.relative_to(root).as_posix(): sha256_of(path) for path in files_in(root / "data")}


@pytest.fixture(scope="module")
def first(tmp_path_factory):
    root = tmp_path_factory.mktemp("first")
    case = story(root / "case", FILES)
    return case, write_bundle(case, root / "bundle", scope=ALL)


@pytest.mark.parametrize("files", [FILES[::-1], FILES[1:] + FILES[:1]], ids=["turned", "moved"])
def test_the_order_in_which_files_are_named_changes_no_byte(first, tmp_path, files):
    case = story(tmp_path / "case", files)
    made = write_bundle(case, tmp_path / "bundle", scope=ALL)
    assert hashes(made.path) == hashes(first[1].path)
    assert made.tag_manifest_sha256 == first[1].tag_manifest_sha256


def test_the_order_of_two_imports_is_history_and_is_told_only_where_they_overlap(first, tmp_path):
    case = create_case(tmp_path / "case", name="story", zone="Asia/Shanghai")
    shutil.copytree(first[0].root / "keys", case.root / "keys", dirs_exist_ok=True)
    for name in reversed(FILES):
        ingest(case, [SAMPLES / name])
    told(case)
    made = write_bundle(case, tmp_path / "bundle", scope=ALL)
    one, other = hashes(first[1].path), hashes(made.path)
    differ = {name for name in one | other if one.get(name) != other.get(name)}
    # What a row's source is, and how many rows each file brought, depends on which came first.
    assert "data/imports.json" in differ
    assert differ <= {
        *("data/imports.json", "data/report.html", "data/ro-crate-metadata.json"),
        *("data/rows/accounts.parquet", "data/rows/sources.parquet"),
    }


@pytest.mark.parametrize(
    "surroundings",
    [
        {"LC_ALL": "C", "PYTHONHASHSEED": "3", "TZ": "Pacific/Chatham", "POLARS_MAX_THREADS": "2"},
        {"LC_ALL": "C.UTF-8", "PYTHONHASHSEED": "4", "TZ": "UTC", "POLARS_MAX_THREADS": "1"},
    ],
    ids=["plain", "utf8"],
)
def test_locale_zone_hash_seed_and_threads_change_no_byte(first, tmp_path, surroundings):
    command = [sys.executable, "-X", "utf8=0", "-c", BUILD, str(first[0].root)]
    done = subprocess.run(
        [*command, str(tmp_path / "other")],
        env={**os.environ, **surroundings}, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert done.stdout.strip() == first[1].tag_manifest_sha256
    assert open_case(first[0].root).zone == "Asia/Shanghai"
