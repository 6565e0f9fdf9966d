# SPDX-License-Identifier: GPL-3.0-or-later
"""The person's own signing key: made, shown, handed out in part, and put aside for a new one.

It lies in the configuration folder, which nobody else may open (0700), and is readable by nobody
else (0600). Nothing is ever overwritten.
"""

from __future__ import annotations

import os
from pathlib import Path

from graphkit.bundle import signing
from graphkit.errors import BundleError

NAME = "signing.key"


def signing_key_path() -> Path:
    """Where the person's signing key lies, made or not."""
    home = os.environ.get("XDG_CONFIG_HOME")
    folder = Path(home) if home else Path.home() / ".config"
    return folder / "graphkit" / NAME


def make_signing_key(path: Path | None = None) -> Path:
    """The path of the signing key, made (Ed25519, 0600) when there is none.

    Raises:
        BundleError: others may open its folder.
    """
    where = signing_key_path() if path is None else path
    where.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    _refuse_open_folder(where)
    if not where.exists():
        signing.create_key(where)
    return where


def own_signing_key() -> Path | None:
    """The path of the person's key; None where none was made.

    Raises:
        BundleError: others may open its folder.
    """
    path = signing_key_path()
    if not path.exists():
        return None
    _refuse_open_folder(path)
    return path


def _refuse_open_folder(path: Path) -> None:
    if path.parent.stat().st_mode & 0o077:
        folder = path.parent
        raise BundleError(f"{folder}: others may open the folder of keys; run: chmod 700 {folder}")


def public_key_text(path: Path) -> str:
    """The public part of the key, PEM."""
    return signing.public_pem(signing.load_key(path).public_key())


def key_fingerprint(path: Path) -> str:
    """The fingerprint (SHA-256) of the key: what two people compare."""
    return signing.fingerprint(signing.load_key(path).public_key())


def earlier_fingerprints() -> list[str]:
    """The fingerprints of the keys that were put aside, sorted."""
    stem, _, ending = NAME.partition(".")
    found = signing_key_path().parent.glob(f"{stem}-*.{ending}")
    return sorted(path.stem.removeprefix(f"{stem}-") for path in found)


def export_public_key(path: Path, out: Path) -> None:
    """Writes the public part of the key `path` to the new file `out`.

    Raises:
        BundleError: something is there already.
    """
    try:
        with out.open("x") as file:
            file.write(public_key_text(path))
    except FileExistsError as error:
        raise BundleError(f"{out}: is there already; name a new file") from error


def rotate_key() -> str:
    """The fingerprint of the person's key before, which was put aside; a new one is in its place.

    The old one stays beside it, called after its fingerprint: bundles that it signed still verify.

    Raises:
        BundleError: there is no key, or others may open it or its folder.
    """
    path = own_signing_key()
    if path is None:
        raise BundleError("no signing key; make one with: graphkit keys --make")
    old = key_fingerprint(path)
    aside = path.with_name(f"{path.stem}-{old}{path.suffix}")
    try:
        aside.hardlink_to(path)  # unlike a renaming, this fails where something is there
    except FileExistsError as error:
        raise BundleError(f"{aside}: is there already; move it elsewhere first") from error
    path.unlink()
    signing.create_key(path)
    return old
