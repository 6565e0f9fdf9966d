# SPDX-License-Identifier: GPL-3.0-or-later
"""A case: a folder that holds everything of one investigation."""

from __future__ import annotations

import contextlib
import fcntl
import os
import tomllib
from dataclasses import dataclass
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from graphkit.errors import CaseError, ParameterError
from graphkit.ids import canonical_json

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

FORMAT_VERSION = 2
FOLDERS = ("inputs", "tables", "runs", "traces", "derived", "exports", "keys")


@dataclass(frozen=True)
class Case:
    """Where a case lies, what it is called, and the zone in which its times are shown."""

    root: Path
    name: str
    zone: str


def create_case(root: Path, *, name: str | None = None, zone: str = "UTC") -> Case:
    """A new, empty case in the folder `root`, which is made.

    Raises:
        CaseError: something is there already.
        ParameterError: no such time zone.
    """
    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise ParameterError(f"no time zone is called {zone!r}; write Asia/Shanghai") from error
    if root.exists() and (not root.is_dir() or any(root.iterdir())):
        raise CaseError(f"{root}: is there already and not empty; name a new folder")
    root.mkdir(parents=True, exist_ok=True)
    for folder in FOLDERS:
        (root / folder).mkdir(exist_ok=True)
    (root / "keys").chmod(0o700)
    case = Case(root, root.resolve().name if name is None else name, zone)
    # JSON strings are valid TOML strings, whatever a name holds.
    quoted = [canonical_json(text).decode() for text in (case.name, zone)]
    lines = f"format_version = {FORMAT_VERSION}\nname = {quoted[0]}\nzone = {quoted[1]}\n"
    write_file(root / "case.toml", lines.encode())
    return case


def open_case(root: Path) -> Case:
    """The case in the folder `root`.

    Raises:
        CaseError: the folder is not a case, or one of another format version.
    """
    try:
        settings = tomllib.loads((root / "case.toml").read_text("utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise CaseError(f"{root}: is not a case; make one with: graphkit new {root}") from error
    version = settings.get("format_version")
    if version != FORMAT_VERSION:
        raise CaseError(
            f"{root}: is a case of format {version}, this graphkit reads {FORMAT_VERSION}; "
            "use the graphkit version that made it"
        )
    name, zone = settings.get("name"), settings.get("zone")
    if not isinstance(name, str) or not isinstance(zone, str):
        raise CaseError(f"{root}: its case.toml has no name or no zone; write them there again")
    return Case(root, name, zone)


@contextlib.contextmanager
def locked(case: Case) -> Iterator[None]:
    """Holds the case's one write lock, against other processes too; waits for it."""
    with (case.root / ".lock").open("a") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def write_file(path: Path, content: bytes, *, mode: int = 0o644) -> None:
    """Writes `content` to `path` by rename: a kill leaves the old file or the new one, whole."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with part.open("wb") as handle:
            handle.write(content)
            handle.flush()
            os.fsync(handle.fileno())
        part.chmod(mode)
        part.replace(path)
    except OSError:  # a full disk
        part.unlink(missing_ok=True)
        raise
