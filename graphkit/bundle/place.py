# SPDX-License-Identifier: GPL-3.0-or-later
"""The hidden folder in which a bundle is made, beside where it will stand."""

from __future__ import annotations

import contextlib
import fcntl
import os
import re
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextlib.contextmanager
def workplace(out: Path) -> Iterator[Path]:
    """A new hidden folder beside `out`; what killed builds of `out` left there is removed."""
    out.parent.mkdir(parents=True, exist_ok=True)
    for each in _left(out):
        with _held(each) as is_free:
            if is_free:
                shutil.rmtree(each)
    made = tempfile.TemporaryDirectory(dir=out.parent, prefix=f".{out.name}.")
    with made as folder, _held(Path(folder)):
        yield Path(folder)


def _left(out: Path) -> list[Path]:
    named = re.compile(rf"\.{re.escape(out.name)}\.[a-z0-9_]{{8}}")
    found = [each for each in out.parent.iterdir() if named.fullmatch(each.name)]
    return sorted(each for each in found if each.is_dir() and not each.is_symlink())


@contextlib.contextmanager
def _held(folder: Path) -> Iterator[bool]:
    """Whether nobody else makes a bundle in the folder; a kill lets go of it."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield True
    except BlockingIOError:
        yield False
    finally:
        os.close(handle)
