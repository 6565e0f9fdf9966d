# SPDX-License-Identifier: GPL-3.0-or-later
"""Importers and detectors: the files of their folders, and what other packages bring."""

from __future__ import annotations

import importlib
import pkgutil
from importlib.metadata import entry_points
from typing import TYPE_CHECKING, Any, TypeVar

from graphkit.errors import UnknownNameError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from graphkit.findings import Detector
    from graphkit.reading.importer import Importer

_T = TypeVar("_T")


def _constants(folder: str, constant: str) -> Iterator[Any]:
    package = importlib.import_module(f"graphkit.{folder}")
    for module in sorted(pkgutil.iter_modules(package.__path__), key=lambda m: m.name):
        yield getattr(importlib.import_module(f"graphkit.{folder}.{module.name}"), constant)
    for entry in sorted(entry_points(group=f"graphkit.{folder}"), key=lambda e: e.name):
        yield getattr(entry.load(), constant)


def _named(sort: str, name: str, known: Mapping[str, _T]) -> _T:
    if name not in known:
        raise UnknownNameError.among(sort, name, known)
    return known[name]


def importers() -> dict[str, Importer]:
    """All importers by name, in the order in which they are asked."""
    found: list[Importer] = list(_constants("importers", "IMPORTER"))
    return {each.name: each for each in sorted(found, key=lambda i: (i.order, i.name))}


def importer(name: str) -> Importer:
    """The importer called `name`.

    Raises:
        UnknownNameError: there is none.
    """
    return _named("importer", name, importers())


def detectors() -> dict[str, Detector]:
    """All detectors by name."""
    found: list[Detector] = list(_constants("detectors", "DETECTOR"))
    return {each.name: each for each in sorted(found, key=lambda d: d.name)}


def detector(name: str) -> Detector:
    """The detector called `name`.

    Raises:
        UnknownNameError: there is none.
    """
    return _named("detector", name, detectors())
