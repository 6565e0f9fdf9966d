# SPDX-License-Identifier: GPL-3.0-or-later
"""The data sets that come with graphkit, from the repository or from the installed wheel."""

from __future__ import annotations

import hashlib
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import graphkit
from graphkit.errors import InputError, UnknownNameError


@dataclass(frozen=True)
class ShippedFile:
    """One data file: where it is, its SHA-256, and how it is imported."""

    path: Path
    sha256: str
    importer: str
    collection: str
    rows: int


@dataclass(frozen=True)
class Dataset:
    """One data set: a folder with data, licence and what its rows should come to."""

    name: str
    folder: Path
    title: str
    source: str
    licence: str
    files: tuple[ShippedFile, ...]


def _root() -> Path:
    package = Path(graphkit.__file__).parent
    installed = package / "_data"
    return installed if installed.is_dir() else package.parent / "datasets"


def _dataset(folder: Path) -> Dataset:
    about: dict[str, Any] = tomllib.loads((folder / "dataset.toml").read_text("utf-8"))
    files = [
        ShippedFile(
            path=folder / "data" / each["name"],
            sha256=each["sha256"],
            importer=each.get("importer", ""),
            collection=each.get("collection", "unknown"),
            rows=each.get("rows", 0),
        )
        for each in about["files"]
    ]
    return Dataset(
        folder.name, folder, about["title"], about["source"], about["licence"], tuple(files)
    )


def datasets() -> dict[str, Dataset]:
    """All shipped data sets by name."""
    found = sorted(_root().glob("*/dataset.toml"))
    return {each.parent.name: _dataset(each.parent) for each in found}


def dataset(name: str) -> Dataset:
    """The data set called `name`, its files checked against their hashes.

    Raises:
        UnknownNameError: there is none.
        InputError: a file is missing or has another hash.
    """
    known = datasets()
    if name not in known:
        raise UnknownNameError.among("data set", name, known)
    for file in known[name].files:
        if not file.path.exists() or hashlib.sha256(file.path.read_bytes()).hexdigest() != (
            file.sha256
        ):
            raise InputError(f"{file.path.name}: not as shipped; install graphkit again")
    return known[name]
