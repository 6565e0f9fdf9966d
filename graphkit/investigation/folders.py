# SPDX-License-Identifier: GPL-3.0-or-later
"""The files that a person names, one by one or by their folder."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from graphkit.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

CASE_FILE = "case.toml"
LINK = "is a link to a folder; name that folder itself"
NO_FILE = "is not a file; save it as one"


@dataclass(frozen=True)
class Named:
    """A file, what it is called (inside its folder), and whether a folder was named.

    `unread` says why it cannot be read at all.
    """

    path: Path
    name: str
    in_folder: bool = False
    unread: str | None = None


def named_files(paths: Sequence[Path]) -> list[Named]:
    """The files of `paths` in their order, those of a folder by name.

    Of a folder hidden files and folders are left out, and folders that are cases.

    Raises:
        InputError: a folder holds no file, or is a case.
    """
    found = []
    for path in paths:
        if not os.path.isdir(path):  # noqa: PTH112  Path.is_dir raises for a name that is too long
            special = os.path.exists(path) and not os.path.isfile(path)  # noqa: PTH110, PTH113
            found.append(Named(path, _readable(path.name), unread=NO_FILE if special else None))
            continue
        if _is_case(path):
            raise InputError(f"{_shown(path)}: is a case; name files or folders of files")
        inside = sorted(_inside(path), key=lambda each: each.name)
        if not inside:
            raise InputError(f"{_shown(path)}: is a folder without files; name one that has some")
        found += inside
    return found


def _inside(folder: Path) -> Iterator[Named]:
    closed: list[OSError] = []
    for root, folders, files in os.walk(folder, onerror=closed.append):
        here = Path(root)
        shown = [each for each in folders if not each.startswith(".")]
        folders[:] = [each for each in shown if not _is_case(here / each)]
        links = [each for each in folders if (here / each).is_symlink()]  # are not followed
        for name in (*links, *files):
            if not name.startswith("."):
                path = here / name
                unread = LINK if name in links else None if path.is_file() else NO_FILE
                name_inside = _readable(path.relative_to(folder).as_posix())
                yield Named(path, name_inside, in_folder=True, unread=unread)
    for error in closed:
        path = Path(str(error.filename))
        name = _readable(path.relative_to(folder).as_posix())
        yield Named(path, name, in_folder=True, unread=f"cannot be opened ({error.strerror})")


def _is_case(folder: Path) -> bool:
    return os.path.exists(folder / CASE_FILE)  # noqa: PTH110  Path.exists raises for a closed folder


def _shown(path: Path) -> str:
    return path.name if path.name else str(path)


def _readable(name: str) -> str:
    """The name as text; bytes in it that are none are written out."""
    return os.fsencode(name).decode("utf-8", "backslashreplace")
