# SPDX-License-Identifier: GPL-3.0-or-later
"""The text of dataset.toml: which files there are, their hashes and their rows."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

HEAD = """title = "An invented world: two weeks on a platform that does not exist"
source = "datasets/invented_world/generate.py, seed {seed}; every name, host and text is invented"
licence = "CC0-1.0"
"""
FILE = """
[[files]]
name = "{name}"
sha256 = "{sha256}"
importer = "canonical"
table = "{table}"
collection = "stream"
rows = {rows}
"""


def manifest(folder: Path, rows: dict[str, int], *, seed: int) -> str:
    """dataset.toml for the files in `folder`, whose rows are counted in `rows`."""
    files = [
        FILE.format(
            name=name,
            sha256=hashlib.sha256((folder / name).read_bytes()).hexdigest(),
            table=name.split(".")[0],
            rows=count,
        )
        for name, count in rows.items()
    ]
    return HEAD.format(seed=seed) + "".join(files)
