# SPDX-License-Identifier: GPL-3.0-or-later
"""Where accounts stand in a picture, kept in the case: what was seen once is seen again."""

from __future__ import annotations

import contextlib
import hashlib
from dataclasses import dataclass
from threading import Lock
from typing import TYPE_CHECKING

import polars as pl

from graphkit.case.store import write_parquet
from graphkit.graphs.layout import MAX_DISCS, community_discs, force_layout, two_level_layout
from graphkit.ids import stable_id

if TYPE_CHECKING:
    from pathlib import Path

    from graphkit.case import Case

LAYOUT = 1
"""Raised when the same links are laid out otherwise, so that no older file is drawn."""
MAX_FORCED = 400  # accounts in one force-directed run; of more each community gets a disc
MAX_KEPT = 100  # files; one of 20,000 accounts has 0.4 MB
_WIDEST = 1e7
_FILE = {
    "node": pl.String(),
    "community": pl.Int64(),
    "members": pl.Int64(),
    **dict.fromkeys(("x", "y", "radius"), pl.Float64()),
}
_ONE_AT_A_TIME = Lock()


@dataclass(frozen=True)
class Places:
    """Where accounts stand, and the discs behind them.

    Attributes:
        nodes: node, community, x, y.
        discs: community, members, x, y, radius; none for up to 400 accounts.
    """

    nodes: pl.DataFrame
    discs: pl.DataFrame


def account_places(
    groups: pl.DataFrame, links: pl.DataFrame, *, start: pl.DataFrame | None = None
) -> Places:
    """The places of linked accounts: up to 400 by their links, more in a disc for each community.

    `groups` has node and community, `links` a, b and weight. `start` (the nodes of other places)
    holds accounts near the places that they had.
    """
    if groups.height <= MAX_FORCED:
        nodes = groups.join(force_layout(links, start=start), on="node")
        return Places(nodes, community_discs(groups.clear(), links))
    nodes = two_level_layout(groups, links, start=start)
    return Places(nodes, community_discs(groups, links, start=start))


def group_places(
    groups: pl.DataFrame, links: pl.DataFrame, *, start: pl.DataFrame | None = None
) -> Places:
    """The disc of each community, and its accounts all in the middle of it; as `account_places`."""
    discs = community_discs(groups, links, start=start)
    nodes = groups.join(discs, on="community").select("node", "community", "x", "y")
    return Places(nodes, discs)


@dataclass(frozen=True)
class Shelf:
    """Where the places of one kind of picture are kept: those of a case under one rule of links."""

    case: Case
    rule: tuple[str, ...]
    of_groups: bool = False

    def places(self, groups: pl.DataFrame, links: pl.DataFrame) -> Places:
        """The places of `groups`, as they were drawn the last time for the same links.

        Where rows have changed, accounts stay near the places that they had in the kept picture
        that has most accounts in common, at least half of those of both. What is found damaged, or
        cannot be written (a read-only case), is made again.
        """
        by_disc = self.of_groups or groups.height > MAX_FORCED
        state = [groups if by_disc else groups.select("node").sort("node"), links]
        shelf = self.case.root / "derived" / "places"
        family = stable_id([*self.rule, "groups" if self.of_groups else "accounts"])
        file = shelf / f"{family}-{stable_id([LAYOUT, *map(_digest, state)])}.parquet"
        with _ONE_AT_A_TIME:
            found = _read(file)
            if found is not None and _whole(found, groups, links):
                return found
            others = sorted(set(shelf.glob(f"{family}-*.parquet")) - {file})
            lay_out = group_places if self.of_groups else account_places
            made = lay_out(groups, links, start=_nearest(others, groups))
            with contextlib.suppress(OSError):
                _keep(file, made)
        return made


def _digest(frame: pl.DataFrame) -> str:
    return hashlib.sha256(frame.write_csv().encode()).hexdigest()


def _keep(file: Path, made: Places) -> None:
    both = [made.nodes, made.discs]
    write_parquet(file, pl.concat(both, how="diagonal").select(*_FILE))
    aged = sorted((each.stat().st_mtime_ns, each) for each in file.parent.glob("*.parquet"))
    for _, old in aged[:-MAX_KEPT]:
        old.unlink(missing_ok=True)


def _read(file: Path) -> Places | None:
    """What the file holds; None where there is none, or one that is damaged."""
    try:
        rows = pl.read_parquet(file, glob=False)
    except (OSError, pl.exceptions.PolarsError):
        return None
    if rows.schema != pl.Schema(_FILE):
        return None
    near = rows.select((pl.col("x", "y").abs() < _WIDEST).fill_null(value=False).all())
    is_disc = pl.col("node").is_null()
    discs = rows.filter(is_disc).drop("node")
    nodes = rows.filter(~is_disc).select("node", "community", "x", "y")
    if not all(near.row(0)) or nodes["node"].is_duplicated().any():
        return None
    return Places(nodes, discs)


def _whole(found: Places, groups: pl.DataFrame, links: pl.DataFrame) -> bool:
    """Whether everyone who belongs into the picture is there, inside the disc of the community."""
    if not found.discs.height:
        expected = groups.filter(
            pl.col("node").is_in(pl.concat([links["a"], links["b"]]).implode())
        )
        return set(found.nodes["node"]) == set(expected["node"])
    placed = groups.join(found.discs, on="community").join(
        found.nodes, on=["node", "community"], how="left", suffix="_own"
    )
    away = (pl.col("x_own") - pl.col("x")) ** 2 + (pl.col("y_own") - pl.col("y")) ** 2
    outside = placed.filter((away <= pl.col("radius") ** 2 * 1.01).fill_null(value=False).not_())
    counted = found.discs.height == min(MAX_DISCS, groups["community"].n_unique())
    return counted and outside.is_empty() and placed.height == found.nodes.height


def _nearest(files: list[Path], groups: pl.DataFrame) -> pl.DataFrame | None:
    """The places in the file that has most of its accounts in common with `groups`, if half are."""
    best, share = None, 0.5
    for found in filter(None, map(_read, files)):
        common = found.nodes.join(groups, on="node", how="semi").height
        of_both = common / max(found.nodes.height + groups.height - common, 1)
        if of_both >= share:
            best, share = found.nodes, of_both
    return best
