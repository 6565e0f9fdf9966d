# SPDX-License-Identifier: GPL-3.0-or-later
"""The BagIt 1.0 folder (RFC 8493): payload in `data/`, SHA-256 manifests, tag files."""

from __future__ import annotations

import hashlib
import os
import re
from pathlib import Path
from typing import TYPE_CHECKING

from graphkit.errors import BundleError

if TYPE_CHECKING:
    from collections.abc import Mapping

MANIFEST = "manifest-sha256.txt"
TAG_MANIFEST = "tagmanifest-sha256.txt"
TAG_FILES = ("bag-info.txt", "bagit.txt", MANIFEST)
_DECLARATION = b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"
_LINE = re.compile(r"([0-9a-f]{64}) [ *](\S.*)")
# Bag tools disagree on `%`, Windows on the rest; nothing that we write needs them.
_SAFE_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")


def sha256_of(path: Path) -> str:
    """The SHA-256 of a file, in hex."""
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


def files_in(folder: Path) -> list[Path]:
    """Every file and link below `folder`, sorted; links are not followed."""
    found = [
        Path(where) / name
        for where, folders, names in os.walk(folder)
        for name in [*names, *(each for each in folders if (Path(where) / each).is_symlink())]
    ]
    return sorted(found)


def seal_bag(root: Path, info: Mapping[str, str]) -> str:
    """The SHA-256 of the tag manifest, after the tag files of the bag `root` are written.

    Raises:
        BundleError: a payload file has a name that some system or tool cannot hold.
    """
    payload = files_in(root / "data")
    for path in payload:
        if not all(_SAFE_NAME.fullmatch(part) for part in path.relative_to(root).parts):
            raise BundleError(f"{path.name!r}: not a file name that every system can hold")
    size = sum(path.stat().st_size for path in payload)
    lines = {**info, "Payload-Oxum": f"{size}.{len(payload)}"}
    text = "".join(f"{name}: {' '.join(value.split())}\n" for name, value in sorted(lines.items()))
    (root / "bag-info.txt").write_bytes(text.encode())
    (root / "bagit.txt").write_bytes(_DECLARATION)
    _write_manifest(root, MANIFEST, payload)
    _write_manifest(root, TAG_MANIFEST, [root / name for name in TAG_FILES])
    return sha256_of(root / TAG_MANIFEST)


def _write_manifest(root: Path, name: str, paths: list[Path]) -> None:
    lines = [f"{sha256_of(path)}  {path.relative_to(root).as_posix()}\n" for path in paths]
    (root / name).write_bytes("".join(lines).encode())


def bag_problems(root: Path, also: frozenset[str]) -> list[str]:
    """What is wrong with the bag `root`, a sentence each. `also` are further files that belong.

    Nothing is opened that the manifests name and the folder does not hold.
    """
    entries = {path.relative_to(root).as_posix(): path for path in files_in(root)}
    links = sorted(name for name, path in entries.items() if path.is_symlink())
    plain = {name: path for name, path in entries.items() if name not in links}
    problems = [f"{name}: is a link, a bundle holds none" for name in links]
    problems += _tag_problems(plain)
    payload = {name: path for name, path in plain.items() if name.startswith("data/")}
    belongs = {*TAG_FILES, TAG_MANIFEST, *also}
    extra = sorted(set(plain) - set(payload) - belongs)
    problems += [f"{name}: extra file outside data/" for name in extra]
    if MANIFEST in plain:
        problems += _differences(payload, plain[MANIFEST])
    if "bagit.txt" in plain and plain["bagit.txt"].read_bytes() != _DECLARATION:
        problems.append("bagit.txt: does not declare BagIt 1.0 in UTF-8")
    return problems


def _tag_problems(plain: Mapping[str, Path]) -> list[str]:
    if TAG_MANIFEST not in plain:
        missing = [name for name in TAG_FILES if name not in plain]
        return [f"{name}: missing" for name in (TAG_MANIFEST, *missing)]
    tags = {name: plain[name] for name in TAG_FILES if name in plain}
    problems = _differences(tags, plain[TAG_MANIFEST])
    unlisted = set(TAG_FILES) - set(_entries(plain[TAG_MANIFEST])[0])
    return problems + [f"{n}: missing" for n in sorted(unlisted - set(plain))]


def _differences(files: Mapping[str, Path], manifest: Path) -> list[str]:
    """How `files` differ from what `manifest` lists."""
    listed, problems = _entries(manifest)
    for name in sorted(set(files) | set(listed)):
        if name not in files:
            problems.append(f"{name}: missing")
        elif name not in listed:
            problems.append(f"{name}: not listed in {manifest.name}")
        elif sha256_of(files[name]) != listed[name]:
            problems.append(f"{name}: changed ({manifest.name} has another SHA-256)")
    return problems


def _entries(manifest: Path) -> tuple[dict[str, str], list[str]]:
    """SHA-256 by path as the manifest lists it, and which of its lines cannot be read."""
    listed: dict[str, str] = {}
    problems = []
    for number, line in enumerate(manifest.read_bytes().decode("utf-8", "replace").splitlines(), 1):
        found = _LINE.fullmatch(line)
        if found is None or found[2] in listed:
            problems.append(f"{manifest.name}: line {number} is not a hash and a new path")
        else:
            listed[found[2]] = found[1]
    return listed, problems
