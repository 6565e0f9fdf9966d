# SPDX-License-Identifier: GPL-3.0-or-later
"""What an account was called, and whose name its own looks like."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import TYPE_CHECKING

import polars as pl

from graphkit.investigation.account_record import like_names, names_of

if TYPE_CHECKING:
    from datetime import datetime

    from dashboards.snapshot import Record, Snapshot

KIND = "lookalike-account"
ROLES = ("look-alike", "resembled")
PARTLY = ("hidden", "mixed-script")
"""Ways of being alike in which the characters that differ are few, and do not spell a name."""
MOST_TOLD = 3


def names(snapshot: Snapshot, account_id: str) -> pl.DataFrame:
    """`names_of` the account, with the file that each row stands in: and file, line."""
    files = snapshot.corpus.sources.select("source_id", "file")
    found = names_of(snapshot.corpus, account_id).join(
        files, on="source_id", how="left", maintain_order="left"
    )
    return found.rename({"source_line": "line"})


@dataclass(frozen=True)
class Alike:
    """Two accounts whose names a finding of lookalike-account compares.

    Attributes:
        finding: the record.
        ids: the account asked about, the other one.
        is_lookalike: whether the account asked about is the one that looks like the other.
        names: the two names, in that order; None where the rows have none that are alike now.
        way: how they are alike (`text.lookalikes.WAYS`), None without names.
        created: when each was made; null where no row says.
    """

    finding: Record
    ids: tuple[str, str]
    is_lookalike: bool
    names: tuple[str, str] | None
    way: str | None
    created: tuple[datetime | None, datetime | None]


def alike(snapshot: Snapshot, account_id: str) -> list[Alike]:
    """The look-alikes of an account, on either side, in the order of the findings."""
    found = []
    for finding in snapshot.findings:
        ends = {
            row["role"]: row["key"]
            for row in finding["evidence"]
            if finding["kind"] == KIND and row["table"] == "accounts" and row["role"] in ROLES
        }
        if account_id in ends.values() and len(ends) == len(ROLES):
            pair = (ends[ROLES[0]], ends[ROLES[1]])
            found.append(_alike(snapshot, finding, pair, is_lookalike=pair[0] == account_id))
    return found


def _alike(
    snapshot: Snapshot, finding: Record, pair: tuple[str, str], *, is_lookalike: bool
) -> Alike:
    compared = like_names(snapshot.corpus, *pair)
    rows = snapshot.corpus.accounts.filter(pl.col("account_id").is_in(list(pair)))
    made = dict(rows.select("account_id", "created_at").iter_rows())
    both = None if compared is None else compared[:2]
    own, other = pair
    if not is_lookalike:
        own, other = other, own
        both = None if both is None else (both[1], both[0])
    way = None if compared is None else compared[2]
    return Alike(finding, (own, other), is_lookalike, both, way, (made.get(own), made.get(other)))


def letters(name: str, other: str) -> list[tuple[str, str]]:
    r"""Two names in pieces that stand above each other; the pieces that are equal are whole.

    >>> letters("N\u043erth\u200b", "North")
    [('N', 'N'), ('о', 'o'), ('rth', 'rth'), ('\u200b', '')]
    """
    pieces: list[tuple[str, str]] = []
    for step, a, b, c, d in SequenceMatcher(None, name, other, autojunk=False).get_opcodes():
        mine, theirs = name[a:b], other[c:d]
        if step != "equal" and len(mine) == len(theirs):
            pieces += zip(mine, theirs, strict=True)
        else:
            pieces.append((mine, theirs))
    return pieces


def code_points(text: str) -> str:
    """The characters by number and name; a dash for none.

    >>> code_points("o")
    'U+006F LATIN SMALL LETTER O'
    """
    return ", ".join(f"U+{ord(c):04X} {unicodedata.name(c, 'CONTROL')}" for c in text) or "–"


def differences(name: str, other: str) -> list[tuple[str, str]]:
    """The pieces that differ, each pair once; "" where there is none."""
    return list(dict.fromkeys(pair for pair in letters(name, other) if pair[0] != pair[1]))


def told_differences(pair: Alike, *, named: int) -> list[tuple[str, str]] | None:
    """The differences that give no withheld name away; None where they would.

    With both accounts named all. With neither named single characters that are hidden or of
    another script, three at most, as the finding's own sentence has them. With one named none: its
    name and what differs are the name of the other.
    """
    if pair.names is None or named == 1 or (named == 0 and pair.way not in PARTLY):
        return None
    found = differences(*pair.names)
    if named:
        return found
    return sorted(each for each in found if all(len(part) <= 1 for part in each))[:MOST_TOLD]
