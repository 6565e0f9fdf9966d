# SPDX-License-Identifier: GPL-3.0-or-later
"""Simple cycles of a small graph, shortest first. Context of a finding, never a finding."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping


def shortest_cycles(pairs: Iterable[tuple[int, int]], *, longest: int) -> Iterator[tuple[int, ...]]:
    """The simple cycles of a directed graph of up to `longest` nodes, as they are asked for.

    Each begins with its smallest node; shorter ones come first, then by their nodes. A cycle of one
    node is none. A search goes on only where the way back is short enough, so that the first cycles
    of a dense graph cost little; all of them are too many to want.

    >>> list(shortest_cycles([(0, 2), (1, 2), (2, 1), (2, 0)], longest=3))
    [(0, 2), (1, 2)]
    """
    ahead: dict[int, list[int]] = {}
    back: dict[int, list[int]] = {}
    for a, b in sorted(set(pairs)):
        ahead.setdefault(a, []).append(b)
        back.setdefault(b, []).append(a)
    homes = {root: _steps_home(root, back) for root in sorted(ahead)}
    for length in range(2, longest + 1):
        for root, home in homes.items():
            yield from _from_root(root, ahead, home, length)


def _steps_home(root: int, back: Mapping[int, list[int]]) -> dict[int, int]:
    """The least steps to `root` of every larger node from which it is reached."""
    steps, queue = {root: 0}, deque([root])
    while queue:
        node = queue.popleft()
        for other in back.get(node, []):
            if other > root and other not in steps:
                steps[other] = steps[node] + 1
                queue.append(other)
    return steps


def _from_root(
    root: int, ahead: Mapping[int, list[int]], home: Mapping[int, int], length: int
) -> Iterator[tuple[int, ...]]:
    """The cycles of `length` nodes of which `root` is the smallest."""
    paths: list[tuple[int, ...]] = [(root,)]
    while paths:
        path = paths.pop()
        if len(path) == length:
            if root in ahead.get(path[-1], []):
                yield path
            continue
        left = length - len(path)
        paths += [
            (*path, node)
            for node in reversed(ahead.get(path[-1], []))
            if node not in path and home.get(node, length) <= left
        ]
