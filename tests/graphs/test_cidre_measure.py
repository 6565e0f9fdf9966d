# SPDX-License-Identifier: GPL-3.0-or-later
"""The measure of CIDRE that benchmarks compare with: it finds what its authors plant."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.sparse import csr_array

from benchmarks.cidre import cidre_groups, excessive_edges, planted_network


@pytest.mark.parametrize("nodes", [100, 1000])
def test_five_planted_groups_come_back_exactly(nodes):
    made = planted_network(1, nodes=nodes)
    assert len(made.groups) == 5
    assert cidre_groups(made.weights, made.community, threshold=0.15) == made.groups


def test_an_edge_is_in_excess_by_its_weight_and_not_by_its_accounts_activity():
    weights = np.ones((12, 12)) - np.eye(12)
    weights[0, 1] = 30
    weights[2] *= 3
    found = excessive_edges(csr_array(weights), np.zeros(12, np.int64))
    assert list(zip(*(ends.tolist() for ends in found.nonzero()), strict=True)) == [(0, 1)]
