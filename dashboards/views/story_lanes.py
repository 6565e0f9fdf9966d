# SPDX-License-Identifier: GPL-3.0-or-later
"""The lanes of a story: one part for each wording, in it a lane a branch."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from graphkit.investigation.wordings import wording_classes

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from dashboards.snapshot import Record

MAX_WORDINGS = 8
MOST_NAMED = 3
"""Candidates for the origin whose wordings are told apart, however few posts have them."""
_OTHERS, _UNKNOWN = "others", "unknown"


@dataclass(frozen=True)
class Band:
    """One wording of the story, but for remarks.

    Attributes:
        number: from 1 by first appearance; 0 of other wordings, and where the data hold no words.
        variant_id: the wording that leads it; "others" or "unknown".
        first: the first post in it, that with a time before those without.
        first_at: when that was, null where no post of it has a time.
        posts: how many nodes of the trace it has, drawn or not.
        variants: how many wordings it holds.
    """

    number: int
    variant_id: str
    first: str
    first_at: str | None
    posts: int
    variants: int


@dataclass(frozen=True)
class Wordings:
    """The bands from the top, and the place of each node's band among them."""

    bands: tuple[Band, ...]
    of: Mapping[str, int]


def wordings(trace: Record) -> Wordings:
    """The wordings of a trace by first appearance: those of the candidates, then the largest, 8.

    All others are one band, at the end. Posts of which the data hold no words stand on top: they
    are what others refer to.
    """
    leaders = wording_classes(trace.get("claim", {}).get("variants", []))
    nodes = sorted(trace["nodes"], key=lambda n: (n["at"] or "9999", str(n["node_id"])))
    own = {str(n["node_id"]): leaders.get(str(n.get("variant_id")), _UNKNOWN) for n in nodes}
    large = _large(own, [str(each["node_id"]) for each in trace["candidates"]])
    shown = {node: each if each in large else _OTHERS for node, each in own.items()}
    ends = {_UNKNOWN: 0, _OTHERS: 2}
    order = sorted(dict.fromkeys(shown.values()), key=lambda each: ends.get(each, 1))
    first = {each: node for node, each in reversed(shown.items())}
    at = {str(n["node_id"]): n["at"] for n in nodes}
    posts = Counter(shown.values())
    held = Counter(each if each in large else _OTHERS for each in leaders.values())
    numbers = {e: i for i, e in enumerate((e for e in order if e not in ends), 1)}
    bands = tuple(
        Band(numbers.get(e, 0), e, first[e], at[first[e]], posts[e], held[e]) for e in order
    )
    places = {each: i for i, each in enumerate(order)}
    return Wordings(bands, {node: places[each] for node, each in shown.items()})


def _large(own: Mapping[str, str], candidates: Sequence[str]) -> set[str]:
    """The wordings that are told apart, of those of each node in order of time."""
    sizes = Counter(own.values())
    named = [own[node] for node in candidates[:MOST_NAMED] if node in own]
    ranked = sorted(sizes, key=lambda each: -sizes[each])  # of equal ones the earliest first
    kept = [each for each in dict.fromkeys([*named, *ranked]) if each != _UNKNOWN]
    return {*kept[:MAX_WORDINGS], _UNKNOWN}


def lanes(
    walk: Sequence[str],
    children: Mapping[str, Sequence[str]],
    lines: Mapping[str, Record],
    of: Mapping[str, int],
) -> dict[str, int]:
    """The lane of each node of `walk` from the top: those of one band stand together.

    In a band the first child that goes on keeps its parent's lane, each further one opens a lane.
    What nobody rests on shares a lane with its like: same parent, class and band.
    """
    places: dict[str, tuple[int, int]] = {}
    free: Counter[int] = Counter()
    for node in walk:
        band = of[node]
        if node not in places:
            places[node] = _open(free, band)
        going_on = [c for c in children[node] if children[c] and of[c] == band]
        if going_on:
            places[going_on[0]] = places[node]
        ends: dict[tuple[bool, int, str], list[str]] = {}
        for child in children[node]:
            if not children[child]:
                key = (of[child] != band, of[child], lines[child]["cls"])
                ends.setdefault(key, []).append(child)
        for number, key in enumerate(sorted(ends)):
            is_own = not going_on and number == 0 and not key[0]
            place = places[node] if is_own else _open(free, key[1])
            places |= dict.fromkeys(ends[key], place)
    tops = {band: sum(n for other, n in free.items() if other < band) for band in free}
    return {node: tops[band] + lane for node, (band, lane) in places.items()}


def _open(free: Counter[int], band: int) -> tuple[int, int]:
    """The next free lane of a band, taken."""
    free[band] += 1
    return band, free[band] - 1
