# SPDX-License-Identifier: GPL-3.0-or-later
"""Checks a bundle (a folder or a zip) offline, without the case: hashes, signature, log, ids.

  graphkit verify bridge-bundle --key lin-public-key.pem
  graphkit verify bridge-bundle --replay --inputs exports/

With --replay every import, run and trace is made again in a throw-away case, from the inputs in the
bundle and from files of the --inputs folder that have their SHA-256, and compared.

Exit status 0: nothing is wrong, and with --replay everything was made again and came out the same.
1: something is wrong, or it is unsigned without --allow-unsigned, or a run came out otherwise or
cannot be replayed.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from graphkit.cli.printing import note, print_table
from graphkit.errors import ParameterError
from graphkit.investigation.sealing import verify

if TYPE_CHECKING:
    import argparse

    from graphkit.investigation.replaying import Replay


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the arguments."""
    parser.add_argument("bundle", type=Path, help="the bundle")
    parser.add_argument("--allow-unsigned", action="store_true", help="an unsigned one may pass")
    parser.add_argument("--key", type=Path, metavar="PEM", help="public key of its sender")
    parser.add_argument("--replay", action="store_true", help="make its runs again and compare")
    parser.add_argument("--inputs", type=Path, metavar="DIR", help="folder with original inputs")


def _replayed(args: argparse.Namespace) -> int:
    from graphkit.investigation.replaying import State, replay  # noqa: PLC0415  a second to load

    made = replay(args.bundle, inputs=args.inputs, watch=lambda what: note(f"again: {what}"))
    for each in made.items:
        print(f"{each.what}: {each.state}")
        for text in each.said:
            print(f"  {text}")
    _print_limits(made)
    counts = {state: sum(each.state is state for each in made.items) for state in State}
    print(f"replayed: {', '.join(f'{n} {state}' for state, n in counts.items())}")
    return 0 if made.is_same else 1


def _print_limits(made: Replay) -> None:
    """What else may make a difference, and which inputs are lacking."""
    if made.versions:
        print(f"other versions than those that made it: {'; '.join(made.versions)}")
    if made.missing:
        print("inputs that the bundle withholds; ask its maker for them, then give --inputs DIR:")
        for sha256 in made.missing:
            print(f"  sha256:{sha256}")


def run(args: argparse.Namespace) -> int:
    """Prints what is wrong."""
    if args.inputs is not None and not (args.replay and args.inputs.is_dir()):
        raise ParameterError("--inputs names a folder for --replay; give both")
    checked = verify(args.bundle, allow_unsigned=args.allow_unsigned, public_key=args.key)
    if not checked.ok:
        told = [[problem] for problem in checked.problems]
        print_table([f"{args.bundle}: {len(checked.problems)} wrong"], told)
        return 1
    by = f"signed by key {checked.signer}" if checked.signed else "not signed"
    print(f"{args.bundle}: nothing is wrong; {by}")
    if checked.signed and args.key is None:
        note("compare the key with what the sender told you, or give --key PEM")
    return _replayed(args) if args.replay else 0
