# SPDX-License-Identifier: GPL-3.0-or-later
"""The peer for the recovery of repost parents: a short parser of `//@name` chains, row by row.

It reads the first `//@name:` of a text. Of several earlier posts by that name it takes the latest
whose text begins what is quoted, else the latest; a name that nobody bears is an alias of the
account whose earlier post has the quoted words as its whole text; all else comes from the first
post.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict

HEADER = re.compile(r"//\s*@([^\s:：/@]{1,40})\s*[:：]")
Row = tuple[str, str, str, str]


def _bare(text: str) -> str:
    return re.sub(r"\s+", "", text)


def _chain(text: str) -> tuple[str, str] | None:
    found = HEADER.search(text)
    return None if found is None else (found[1], _bare(text[found.end() :]))


def _aliases(rows: list[Row]) -> dict[str, str]:
    """The account for which most quotations speak, for each name that nobody bears."""
    names = {name for _, _, name, _ in rows}
    said: dict[str, set[str]] = defaultdict(set)
    votes: dict[str, Counter[str]] = defaultdict(Counter)
    for _, account, _, text in rows:
        chain = _chain(text)
        if chain is not None and chain[0] not in names and len(said[chain[1]]) == 1:
            votes[chain[0]].update(said[chain[1]])
        if _bare(text):
            said[_bare(text)].add(account)
    return {name: min(v.items(), key=lambda x: (-x[1], x[0]))[0] for name, v in votes.items()}


def peer_parents(rows: list[Row]) -> dict[str, str]:
    """The parent of each post but the first; `rows` of one cascade: post, account, name, text.

    They come by time, the first post first.
    """
    aliases, first = _aliases(rows), rows[0][0]
    known: dict[str, list[tuple[str, str]]] = defaultdict(list)
    parents = {}
    for post, account, name, text in rows:
        chain = _chain(text)
        handle, quoted = ("", "") if chain is None else chain
        earlier = known[f"@{handle}"] or known[aliases.get(handle, "")]
        fitting = [each for each, words in earlier if words and quoted.startswith(words)]
        parents[post] = (fitting or [each for each, _ in earlier] or [first])[-1]
        for key in (f"@{name}", account):
            known[key].append((post, _bare(text)))
    del parents[first]
    return parents
