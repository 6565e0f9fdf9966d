# SPDX-License-Identifier: GPL-3.0-or-later
"""The calibration table that was fitted on the case, if one was."""

from __future__ import annotations

import hashlib
from importlib.resources import files
from typing import TYPE_CHECKING

from graphkit.case.folder import locked, write_file
from graphkit.case.journal import append_audit_line
from graphkit.trace.calibration import read_counts

if TYPE_CHECKING:
    import polars as pl

    from graphkit.case.folder import Case

FILE = "calibration.csv"


def save_calibration(case: Case, counts: pl.DataFrame) -> None:
    """Keeps the counts (`graphkit.trace.calibration.COUNTS`) in the case, by rename, and logs it.

    The audit log holds every table that was ever fitted, as its hash and its rows.
    """
    csv = counts.write_csv().encode()
    detail = {"sha256": hashlib.sha256(csv).hexdigest(), "table": csv.decode()}
    with locked(case):
        write_file(case.root / FILE, csv)
        append_audit_line(case, "calibrate", detail)


def calibration_counts(case: Case) -> pl.DataFrame | None:
    """The counts as last saved; None where the case was not calibrated."""
    path = case.root / FILE
    return read_counts(path.read_bytes()) if path.exists() else None


def calibration_tables(case: Case) -> dict[str, bytes]:
    """The tables that probabilities of traces rest on, by name: shipped ones, and the case's.

    They are CSV below lines of comment that say how they were counted.
    """
    folder = files("graphkit.trace")
    shipped = {"calibration.txt": FILE, "outside.txt": "outside.csv"}
    told = {name: folder.joinpath(file).read_bytes() for name, file in shipped.items()}
    path = case.root / FILE
    return told | ({"fitted-on-the-case.txt": path.read_bytes()} if path.exists() else {})


def calibration_hash(case: Case) -> str | None:
    """The SHA-256 of the counts as last saved, by which the audit log names them; None for none."""
    path = case.root / FILE
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.exists() else None
