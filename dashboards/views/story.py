# SPDX-License-Identifier: GPL-3.0-or-later
"""A trace as a tree over time: which post each one rests on, and where it stands in the picture."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass
from datetime import datetime
from difflib import SequenceMatcher
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import polars as pl

from dashboards.views.story_lanes import Wordings, lanes, wordings

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from dashboards.snapshot import Record, Snapshot
    from dashboards.views.story_lanes import Band

MAX_DRAWN = 400
BACKBONE_LANES = 20  # what fits one screen
_TOKEN = re.compile(r"https?://\S+|[a-zA-Z0-9\u00c0-\u04ff]+|.", re.DOTALL)
_CLASSES = ("E1", "E2", "E3", "E4")


@dataclass(frozen=True)
class Step:
    """One post of the story: its trace node, the edge to what it rests on, its place.

    `below` posts rest on it, directly or not; `hidden` of them branch off here and are not drawn.
    `band` is the place of its wording among the tree's bands.
    """

    node: Record
    edge: Record | None
    parent: str | None
    children: tuple[str, ...]
    lane: int
    band: int
    below: int
    hidden: int

    @property
    def node_id(self) -> str:
        """The id of the trace node."""
        return str(self.node["node_id"])


@dataclass(frozen=True)
class Tree:
    """The drawn steps in reading order (parents before children), and what is not drawn.

    `bands` are the wordings from the top, those of which no post is drawn too.
    """

    steps: tuple[Step, ...]
    roots: tuple[str, ...]
    lanes: int
    left_out: int
    bands: tuple[Band, ...]

    @property
    def total(self) -> int:
        """How many posts the story has, drawn or not."""
        return len(self.steps) + self.left_out

    def step(self, node_id: str) -> Step | None:
        """The drawn step of that node, or None."""
        return next((step for step in self.steps if step.node_id == node_id), None)


def trace_of(snapshot: Snapshot, what: str | None) -> Record | None:
    """The saved trace that was asked for as `what`; None when there is none."""
    return next((t for t in snapshot.traces if t["query"]["what"] == what), None)


def source_lost(trace: Record) -> str | None:
    """The first post that passes on another's words without naming where they are from."""
    lost = trace.get("source_lost")  # traces saved by an earlier version do not tell
    return None if lost is None else str(lost["node_id"])


def deleted(snapshot: Snapshot, trace: Record) -> dict[str, datetime]:
    """The posts of the trace that are in the data and were deleted since, with when."""
    ids = [n["post_id"] for n in trace["nodes"] if n["state"] == "seen"]
    gone = snapshot.corpus.posts.filter(
        pl.col("deleted_at").is_not_null(), pl.col("post_id").is_in(ids)
    )
    return dict(gone.select("post_id", "deleted_at").iter_rows())


@lru_cache(maxsize=4096)
def changed_text(before: str, after: str) -> tuple[tuple[str, str], ...]:
    """`after` beside `before` in pieces (kept, dropped, added): words, and Chinese by characters.

    >>> changed_text("bridge closed", "bridge open")
    (('kept', 'bridge '), ('dropped', 'closed'), ('added', 'open'))
    """
    old, new = (_TOKEN.findall(text) for text in (before, after))
    pieces: list[tuple[str, str]] = []
    for change, i, j, k, m in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if change == "equal":
            pieces.append(("kept", "".join(new[k:m])))
            continue
        pieces += [("dropped", "".join(old[i:j]))] if j > i else []
        pieces += [("added", "".join(new[k:m]))] if m > k else []
    return tuple(pieces)


def _strength(edge: Record) -> tuple[float, float, str]:
    """Order of the edges of one child: by class, then by falling p, then by id."""
    p = edge.get("p")
    rank = _CLASSES.index(edge["cls"]) if edge["cls"] in _CLASSES else len(_CLASSES)
    return (float(rank), -float(p) if isinstance(p, (int, float)) else 0.0, str(edge["parent"]))


def main_edges(edges: Iterable[Record]) -> dict[str, Record]:
    """For each child the edge that is drawn as its line: the strongest of it."""
    best: dict[str, Record] = {}
    for edge in sorted(edges, key=_strength):
        best.setdefault(str(edge["child"]), edge)
    return best


def _when(node: Mapping[str, Any]) -> tuple[str, str]:
    return (node["at"] or "9999", str(node["node_id"]))


def _below(children: Mapping[str, Sequence[str]], order: Sequence[str]) -> dict[str, int]:
    """How many steps lie below each node."""
    count: dict[str, int] = {}
    for node in reversed(order):
        count[node] = sum(1 + count[child] for child in children[node])
    return count


def _walk(roots: Sequence[str], children: Mapping[str, Sequence[str]]) -> list[str]:
    """Depth first, parents before children."""
    order, stack = [], list(reversed(roots))
    while stack:
        node = stack.pop()
        order.append(node)
        stack.extend(reversed(children[node]))
    return order


def _drawn(
    trace: Record,
    order: Sequence[str],
    below: Mapping[str, int],
    up: Mapping[str, str],
    *,
    most: int,
    firsts: Iterable[str],
) -> set[str]:
    """The nodes that are drawn: all, or those named, `firsts`, the largest branches; their ways."""
    if len(order) <= most:
        return set(order)
    named = [each["node_id"] for each in (*trace["candidates"], *trace["main_amplifiers"])]
    named += firsts
    place = {node: i for i, node in enumerate(order)}
    largest = sorted(order, key=lambda node: (-below[node], place[node]))
    keep: set[str] = set()
    for node in [*(n for n in named if n in place), *largest]:
        if len(keep) >= most:
            break
        at: str | None = node
        while at is not None and at not in keep:
            keep.add(at)
            at = up.get(at)
    return keep


def tree(trace: Record, *, most: int = MAX_DRAWN, said: Wordings | None = None) -> Tree:
    """The trace as a tree: each post below the one that it most likely rests on.

    Children follow in time, lanes are those of `story_lanes.lanes`. Of more than `most` posts the
    named ones, the first of each wording and the largest branches are drawn. `said` is what
    `wordings` gives for the trace, where it is there already.
    """
    said = wordings(trace) if said is None else said
    nodes = {str(node["node_id"]): node for node in trace["nodes"]}
    lines = {
        c: e for c, e in main_edges(trace["edges"]).items() if c in nodes and e["parent"] in nodes
    }
    up = {child: str(edge["parent"]) for child, edge in lines.items()}
    children: dict[str, list[str]] = {node: [] for node in nodes}
    for node in sorted(nodes.values(), key=_when):
        if node["node_id"] in up:
            children[up[node["node_id"]]].append(node["node_id"])
    roots = [
        node["node_id"] for node in sorted(nodes.values(), key=_when) if node["node_id"] not in up
    ]
    order = _walk(roots, children)
    below = _below(children, order)
    firsts = [band.first for band in said.bands]
    keep = _drawn(trace, order, below, up, most=most, firsts=firsts)
    shown = {node: tuple(c for c in children[node] if c in keep) for node in order if node in keep}
    placed_on = lanes([node for node in order if node in keep], shown, lines, said.of)
    steps = tuple(
        Step(
            node=nodes[node],
            edge=lines.get(node),
            parent=up.get(node),
            children=shown[node],
            lane=placed_on[node],
            band=said.of[node],
            below=below[node],
            hidden=sum(1 + below[child] for child in children[node] if child not in keep),
        )
        for node in order
        if node in keep
    )
    drawn_roots = tuple(root for root in roots if root in keep)
    count = 1 + max(placed_on.values(), default=0)
    return Tree(steps, drawn_roots, count, len(nodes) - len(steps), said.bands)


def backbone(trace: Record) -> Tree:
    """The tree with as many posts as 20 lanes hold: the named ones, then the largest branches."""
    sizes, said = range(1, MAX_DRAWN + 1), wordings(trace)
    most = bisect_right(
        sizes, BACKBONE_LANES, key=lambda size: tree(trace, most=size, said=said).lanes
    )
    return tree(trace, most=max(1, most), said=said)


# -- time ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Axis:
    """A time axis on which long silences are cut short.

    `places` maps a time to 0..1; `breaks` are (place, seconds left out); `ticks` (place, time).
    """

    places: dict[str, float]
    breaks: tuple[tuple[float, float], ...]
    ticks: tuple[tuple[float, datetime], ...]


_BREAK_WIDTH = 0.07
_APART = 0.22  # of the width: a day and a time, on a phone
_STEPS = (1, 5, 15, 60, 300, 900, 1800, 3600, 10800, 21600, 43200, 86400, 7 * 86400, 30 * 86400)


def time_axis(times: Iterable[str], *, ticks: int = 5) -> Axis:
    """The axis for ISO times: the longest gap is cut while it takes more than 40 % of the rest."""
    known = sorted({datetime.fromisoformat(each) for each in times})
    if not known:
        return Axis({}, (), ())
    gaps = [(b - a).total_seconds() for a, b in pairwise(known)]
    cut = _cut_gaps(gaps)
    kept = sum(gap for i, gap in enumerate(gaps) if i not in cut)
    room = 1.0 - _BREAK_WIDTH * len(cut)
    places, breaks, at = {known[0].isoformat(): 0.0}, [], 0.0
    for i, gap in enumerate(gaps):
        step = _BREAK_WIDTH if i in cut else room * gap / kept if kept else room / len(gaps)
        if i in cut:
            breaks.append((at + step / 2, gap))
        at += step
        places[known[i + 1].isoformat()] = at
    return Axis(places, tuple(breaks), _ticks(known, cut, places, ticks))


def _cut_gaps(gaps: Sequence[float]) -> set[int]:
    cut: set[int] = set()
    while len(cut) < 4:
        left = [(gap, i) for i, gap in enumerate(gaps) if i not in cut]
        total = sum(gap for gap, _ in left)
        if len(left) < 2 or total <= 0 or max(left)[0] <= 0.4 * total:
            break
        cut.add(max(left)[1])
    return cut


def _ticks(
    known: Sequence[datetime], cut: set[int], places: Mapping[str, float], wanted: int
) -> tuple[tuple[float, datetime], ...]:
    """The first time of each part and round times in it, as far as they stand apart on a phone."""
    starts = [0, *(i + 1 for i in sorted(cut))]
    ends = [*sorted(cut), len(known) - 1]
    begins = [(places[known[first].isoformat()], known[first]) for first in starts]
    found: list[tuple[float, datetime]] = []
    for first, last in zip(starts, ends, strict=True):
        begin, end = known[first], known[last]
        left, right = places[begin.isoformat()], places[end.isoformat()]
        seconds, room = (end - begin).total_seconds(), int(wanted * (right - left))
        if room < 1 or not seconds:
            continue
        step = next((s for s in _STEPS if seconds / s <= room), _STEPS[-1])
        stamp = (begin.timestamp() // step + 1) * step
        while stamp <= end.timestamp():
            place = left + (right - left) * (stamp - begin.timestamp()) / seconds
            found.append((place, datetime.fromtimestamp(stamp, begin.tzinfo)))
            stamp += step
    kept: list[tuple[float, datetime]] = []
    for place, at in (*begins, *found):
        if all(abs(place - other) >= _APART for other, _ in kept):
            kept.append((place, at))
    return tuple(sorted(kept))


def placed(drawn: Tree, axis: Axis) -> dict[str, float]:
    """Where each drawn step stands on the axis; one without a time stands before its children."""
    x: dict[str, float] = {}
    for step in reversed(drawn.steps):
        at = step.node["at"]
        if at is not None:
            x[step.node_id] = axis.places[datetime.fromisoformat(at).isoformat()]
        else:
            after = [x[child] for child in step.children if child in x]
            x[step.node_id] = min(after, default=1.0) - 0.04
    return x


def known_times(drawn: Tree) -> list[str]:
    """The times of the drawn steps."""
    return [step.node["at"] for step in drawn.steps if step.node["at"] is not None]
