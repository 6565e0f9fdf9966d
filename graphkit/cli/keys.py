# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes or shows the key that signs your bundles. It stays in your configuration folder.

graphkit keys --make
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from graphkit.investigation.sealing import make_signing_key, public_key_text, signing_key_path

if TYPE_CHECKING:
    import argparse


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the arguments."""
    parser.add_argument("--make", action="store_true", help="make a key, if there is none")


def run(args: argparse.Namespace) -> int:
    """Prints where the key is, and its public part to hand out."""
    path = make_signing_key() if args.make else signing_key_path()
    if not path.exists():
        print("no signing key; make one with graphkit keys --make")
        return 0
    print(f"signing key: {path}\npublic key, for those who verify:\n{public_key_text(path)}")
    return 0
