# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes, shows and hands out the key that signs your bundles, kept in your configuration folder.

  graphkit keys --make
  graphkit keys --export my-public-key.pem
  graphkit keys --rotate

Tell the fingerprint to those who get your bundles in another way than the bundles: whoever makes a
new bundle can sign it with a new key. --rotate puts the key aside, named by its fingerprint, and
makes a new one; bundles that the old one signed still verify. Nothing is ever overwritten.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from graphkit.investigation.signing_keys import (
    earlier_fingerprints,
    export_public_key,
    key_fingerprint,
    make_signing_key,
    own_signing_key,
    public_key_text,
    rotate_key,
)

if TYPE_CHECKING:
    import argparse


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the arguments."""
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--make", action="store_true", help="make a key, if there is none")
    what.add_argument("--rotate", action="store_true", help="put the key aside, make a new one")
    parser.add_argument("--export", type=Path, metavar="PEM", help="write the public part here")


def run(args: argparse.Namespace) -> int:
    """Prints where the key is, its fingerprint, and its public part to hand out."""
    if args.rotate:
        print(f"put aside: {rotate_key()}; tell those who know it the new fingerprint")
    path = make_signing_key() if args.make else own_signing_key()
    if path is None:
        print("no signing key; make one with graphkit keys --make")
        return 2 if args.export is not None else 0
    print(f"signing key: {path}\nfingerprint: {key_fingerprint(path)}")
    for earlier in earlier_fingerprints():
        print(f"put aside:   {earlier}")
    if args.export is None:
        print(f"public key, for those who verify:\n{public_key_text(path)}")
    else:
        export_public_key(path, args.export)
        print(f"public key written to {args.export}")
    return 0
