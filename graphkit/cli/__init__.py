# SPDX-License-Identifier: GPL-3.0-or-later
"""The command line. A verb is one file; it is imported when the verb runs, so help is quick."""

from __future__ import annotations

import argparse
import os
import sys
from difflib import get_close_matches
from errno import ENOSPC
from importlib import import_module
from typing import NoReturn

from graphkit import __version__
from graphkit.errors import GraphkitError
from graphkit.text.visible import visible

# verb: (module, what it does in a line). A verb is listed here when it works.
VERBS = {
    "demo": ("demo", "an investigation of shipped data, from import to verified bundle"),
    "new": ("new", "make a case"),
    "import": ("import_", "read files into a case; every row is accounted for"),
    "add": ("add", "add what a person found by hand"),
    "searched": ("searched", "record what was looked for, found or not"),
    "detect": ("detect", "run detectors over a case"),
    "findings": ("findings", "list findings"),
    "show": ("show", "show one finding with its rows and caveats"),
    "trace": ("trace", "trace a post, address or text back to its earliest known source"),
    "calibrate": ("calibrate", "fit the probabilities of traces on the case's own posts"),
    "review": ("review", "judge a finding"),
    "name": ("name", "decide to name an account in what leaves the case"),
    "graph": ("graph", "write a graph for Gephi"),
    "bundle": ("bundle", "seal findings and their rows into an evidence bundle"),
    "export": ("export", "write one part of a finding: a table, a graph, a picture, a page"),
    "verify": ("verify", "check a bundle offline, without the case"),
    "dashboard": ("dashboard", "explore a case in the browser"),
    "attach": ("attach", "keep a file (screenshot, archive) in the case by its hash"),
    "register": ("register", "import a source register: outlets, officials, affiliations"),
    "keys": ("keys", "make or show the key that signs bundles"),
    "formats": ("formats", "list the formats that can be imported"),
    "detectors": ("detectors", "list detectors, outcomes and parameters"),
    "datasets": ("datasets", "list the shipped data sets"),
    "doctor": ("doctor", "check the installation, or a case"),
}


class Parser(argparse.ArgumentParser):
    """An argument parser whose errors are one line that says what to do next."""

    def error(self, message: str) -> NoReturn:
        """Ends with status 2 and one line."""
        self.exit(2, f"{visible(f'{self.prog}: {message}; see {self.prog} --help')}\n")


def overview() -> str:
    """What `graphkit --help` prints."""
    width = max(map(len, VERBS)) + 2
    verbs = "\n".join(f"  {verb:<{width}}{line}" for verb, (_, line) in VERBS.items())
    return (
        "usage: graphkit VERB ...\n\n"
        "Finds coordinated false information in what an investigator holds, and walks every\n"
        f"statement back to its rows. Begin with: graphkit demo\n\n{verbs}\n\n"
        "graphkit VERB --help tells more. Exit status: 0 done, 1 the answer is no, 2 wrong use."
    )


def parser_of(verb: str) -> Parser:
    """The argument parser of a verb; this imports its file."""
    module = import_module(f"graphkit.cli.{VERBS[verb][0]}")
    about = (module.__doc__ or "").strip()
    parser = Parser(
        prog=f"graphkit {verb}",
        description=about,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    module.add_arguments(parser)
    parser.set_defaults(run=module.run)
    return parser


def _dispatch(arguments: list[str]) -> int:
    if not arguments or arguments[0] in ("-h", "--help", "help"):
        print(overview())
        return 0
    if any("\udc80" <= each <= "\udcff" for each in "".join(arguments)):
        raise GraphkitError("an argument is not UTF-8 text; rename the file, or write it in UTF-8")
    verb, *rest = arguments
    if verb in ("-V", "--version"):
        print(f"graphkit {__version__}")
        return 0
    if verb not in VERBS:
        near = get_close_matches(verb, VERBS, n=1)
        hint = f"did you mean graphkit {near[0]}?" if near else "see graphkit --help"
        print(f"graphkit: no verb is called {verb!r}; {hint}", file=sys.stderr)
        return 2
    parsed = parser_of(verb).parse_args(rest)
    status: int = parsed.run(parsed)
    return status


def _refused(reason: str) -> int:
    print(f"graphkit: {visible(' '.join(reason.split()))}", file=sys.stderr)
    return 2


def main(arguments: list[str] | None = None) -> int:
    """The exit status: 0 done, 1 the answer is no, 2 wrong use or bad input."""
    try:
        status = _dispatch(sys.argv[1:] if arguments is None else arguments)
        print(end="", flush=True)  # does nothing where stdout was closed before we began
    except GraphkitError as error:
        return _refused(str(error))
    except BrokenPipeError:  # the reader of our output closed it, as `head` does
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except OSError as error:  # a full disk, a folder that may not be written
        step = "free some space and do it again" if error.errno == ENOSPC else "check the path"
        return _refused(f"{error.filename or 'the disk'}: {error.strerror or error}; {step}")
    except KeyboardInterrupt:
        print("graphkit: stopped; what was saved stays", file=sys.stderr)
        return 130
    return status
