# SPDX-License-Identifier: GPL-3.0-or-later
"""Sealing findings into a bundle, checking one, and the key that signs."""

from __future__ import annotations

import json
import os
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from graphkit.bundle import signing
from graphkit.bundle.contents import Beside
from graphkit.bundle.verify import Verification, verify_bundle
from graphkit.bundle.write import Bundle, write_bundle
from graphkit.errors import BundleError
from graphkit.investigation.plugins import detectors
from graphkit.investigation.ties import case_ties

if TYPE_CHECKING:
    from collections.abc import Sequence

    from graphkit.case import Case


def signing_key_path() -> Path:
    """Where the person's signing key lies, made or not."""
    home = os.environ.get("XDG_CONFIG_HOME")
    folder = Path.home() / ".config" if home is None else Path(home)
    return folder / "graphkit" / "signing.key"


def make_signing_key(path: Path | None = None) -> Path:
    """The path of the signing key, made (Ed25519, 0600) when there is none."""
    where = signing_key_path() if path is None else path
    if not where.exists():
        signing.create_key(where)
    return where


def public_key_text(path: Path) -> str:
    """The public part of the key, PEM."""
    return signing.public_pem(signing.load_key(path).public_key())


def seal(
    case: Case,
    out: Path,
    *,
    finding_ids: Sequence[str] | None = None,
    key: Path | None = None,
) -> Bundle:
    """The bundle written to the new folder `out`, signed with `key` or the person's own, if any.

    Raises:
        BundleError: `out` is there already, or something withheld would leak.
        UnknownNameError: a finding is not in the case.
    """
    chosen = signing_key_path() if key is None else key
    return write_bundle(
        case,
        out,
        finding_ids=finding_ids,
        signing_key=chosen if chosen.exists() else None,
        beside=Beside(
            limits={name: each.limits for name, each in detectors().items()},
            ties=[asdict(tie) for tie in case_ties(case)],
        ),
    )


def verify(
    path: Path, *, allow_unsigned: bool = False, public_key: Path | None = None
) -> Verification:
    """What is wrong with the bundle, checked offline and without the case.

    `public_key` is the PEM file of the one who is said to have signed it.

    Raises:
        BundleError: the folder is not a bundle.
    """
    return verify_bundle(path, allow_unsigned=allow_unsigned, public_key=public_key)


def withheld_inputs(path: Path) -> list[str]:
    """The hashes of the inputs that a replay of the bundle's runs would need and that it withholds.

    Raises:
        BundleError: its list of runs cannot be read.
    """
    try:
        told = json.loads((path / "data" / "runs.json").read_bytes())
    except (OSError, ValueError) as error:
        raise BundleError(f"{path}: has no readable data/runs.json; verify it first") from error
    return sorted({sha256 for run in told for sha256 in run["recipe"]["inputs"]})
