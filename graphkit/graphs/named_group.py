# SPDX-License-Identifier: GPL-3.0-or-later
"""One group of accounts, named beforehand, against groups that chance would make of their rows.

The statistic is the number of objects that the group's pairs share, each pair's distinct objects
counted. Permuting the accounts within the hour gives groups that do as much, at the same hours, on
objects with the same bursts: "comparable groups". There is one hypothesis, so there is no penalty
for having searched; whoever names a group for what these same rows showed has searched by eye.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from graphkit.graphs.coaction import (
    checked_rows,
    edge_codes,
    evidence_codes,
    named_edges,
    named_evidence,
    order_of_ends,
)
from graphkit.graphs.coaction_groups import permuted_rows
from graphkit.kernels.coaction import grouped, sweep_edges

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from graphkit.graphs.coaction import TimedRows
    from graphkit.graphs.coaction_groups import GroupRule


@dataclass(frozen=True)
class NamedGroup:
    """What a named group shares in one log, and what chance would make comparable groups share.

    Attributes:
        edges: as `Coaction.edges`, those between members; by a, b.
        evidence: as `Coaction.evidence`, of these edges.
        members: ids of the members that have a timed row in the log, sorted.
        shared_objects: the statistic.
        by_chance: the statistic in each permutation.
    """

    edges: pl.DataFrame
    evidence: pl.DataFrame
    members: pl.Series
    shared_objects: int
    by_chance: NDArray[np.int64]

    @property
    def p_value(self) -> float:
        """Share of permutations, this log counted in, in which the group shares as much."""
        beaten = int((self.by_chance >= self.shared_objects).sum())
        return (1 + beaten) / (1 + len(self.by_chance))


def named_group(actions: pl.DataFrame, accounts: pl.Series, rule: GroupRule) -> NamedGroup:
    """What `accounts` share in `actions`, a log of one act, and what chance would make of it.

    Raises:
        ParameterError: the log has more than `rule.max_pairs` in-window row pairs.
    """
    rows = checked_rows(actions, within=rule.within, max_pairs=rule.max_pairs)
    is_member = rows.names.is_in(accounts.implode()).to_numpy()
    tested, _ = edge_codes(rows, min_objects=1)
    both = is_member[tested["a"].to_numpy()] & is_member[tested["b"].to_numpy()]
    edges = tested.filter(pl.Series(both, dtype=pl.Boolean))
    evidence = evidence_codes(rows, edges)
    by_chance = [_shared(permuted, is_member) for permuted in permuted_rows(rows, rule)]
    counted = pl.concat([named_edges(rows, edges), order_of_ends(evidence)], how="horizontal")
    return NamedGroup(
        counted,
        named_evidence(rows, edges, evidence),
        rows.names.filter(pl.Series(is_member, dtype=pl.Boolean)),
        int(edges["objects_count"].sum()),
        np.array(by_chance, np.int64),
    )


def _shared(rows: TimedRows, is_member: NDArray[np.bool_]) -> int:
    """The objects that pairs of members share, each pair's distinct objects counted."""
    theirs = is_member[rows.accounts]
    place = np.cumsum(theirs, dtype=np.int32)  # members' rows before and with each row
    before = np.concatenate([[0], place]).astype(np.int32)
    objects, accounts = rows.objects[theirs], rows.accounts[theirs]
    order, starts = grouped(accounts, len(is_member))
    low, high = before[rows.low[theirs]], before[rows.high[theirs]]
    count = int(rows.objects[-1]) + 1 if len(rows.objects) else 0
    found, _, _ = sweep_edges(objects, accounts, low, high, order, starts, count, 1)
    return int(found[:, 2].sum())
