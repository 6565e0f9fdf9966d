# SPDX-License-Identifier: GPL-3.0-or-later
"""The errors that a person can put right. A message says what, where, and what to do next."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

NAMES_SHOWN = 20


class GraphkitError(Exception):
    """Anything that the person at the keyboard can put right; the command line exits with 2."""


class InputError(GraphkitError):
    """A file cannot be read as what it is said to be."""


class TableError(GraphkitError):
    """A frame does not have the columns, types or keys of its table."""


class CaseError(GraphkitError):
    """A folder is not a case, is already one, or is of another format version."""


class ParameterError(GraphkitError):
    """A parameter has a value outside its bounds or of another type."""


class BundleError(GraphkitError):
    """A bundle cannot be written, or a folder is not a bundle."""


class UnknownNameError(GraphkitError):
    """A name is not among those that exist; the message names the nearest."""

    @classmethod
    def among(cls, kind: str, name: str, known: Iterable[str]) -> UnknownNameError:
        """The error for `name`, with the nearest known names, or all of them.

        >>> str(UnknownNameError.among("detector", "citation-lop", ["citation-loop"]))
        "no detector is called 'citation-lop'; did you mean citation-loop?"
        """
        names = sorted(known)
        near = get_close_matches(name, names, n=3)
        shown = ", ".join(names[:NAMES_SHOWN]) or "none"
        more = f" and {len(names) - NAMES_SHOWN:,} more" if len(names) > NAMES_SHOWN else ""
        hint = f"did you mean {' or '.join(near)}?" if near else f"there are: {shown}{more}"
        return cls(f"no {kind} is called {name!r}; {hint}")
