# SPDX-License-Identifier: GPL-3.0-or-later
"""The measure of CIDRE, for comparison: groups whose accounts cite, or are cited, in excess.

Kojaku, Livan and Masuda 2021, "Detecting anomalous citation groups in journal networks", Sci Rep
11:14524. Written from the paper. `python -m benchmarks.cidre` plants groups as the authors do and
tells how many come back; docs/measured/citation-speed.md has the figures.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import coo_array, csr_array
from scipy.sparse.csgraph import connected_components
from scipy.special import gammainc

from graphkit.graphs.nulls import benjamini_hochberg

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Ints = NDArray[np.int64]

ALPHA = 0.01


def excessive_edges(weights: csr_array, community: Ints) -> csr_array:
    """The edges heavier than a degree-corrected stochastic block model allows.

    `weights[i, j]` counts citations of j by i. Poisson upper tail of each edge against the block
    model's mean, which is 1 at least; Benjamini and Hochberg at `ALPHA` over all edges.
    """
    edges = weights.tocoo()
    citing, cited = edges.coords
    apart = citing != cited
    citing, cited, count = citing[apart], cited[apart], edges.data[apart]
    blocks = np.zeros((community.max() + 1,) * 2)
    all_citing, all_cited = edges.coords
    np.add.at(blocks, (community[all_citing], community[all_cited]), edges.data)
    out_share = weights.sum(axis=1) / np.maximum(blocks.sum(axis=1), 1)[community]
    in_share = weights.sum(axis=0) / np.maximum(blocks.sum(axis=0), 1)[community]
    mean = blocks[community[citing], community[cited]] * out_share[citing] * in_share[cited]
    p_values = gammainc(count, np.maximum(mean, 1.0))
    kept = benjamini_hochberg(p_values, tests=len(p_values)) <= ALPHA
    found = coo_array((count[kept], (citing[kept], cited[kept])), shape=weights.shape)
    return csr_array(found)


def cidre_groups(weights: csr_array, community: Ints, *, threshold: float) -> list[set[int]]:
    """Groups in which every account gives or takes `threshold` of its citations in excess.

    Accounts below it are dropped until none is; what stays connected is a group.
    """
    excess = excessive_edges(weights, community)
    given, taken = (np.maximum(weights.sum(axis=axis), 1.0) for axis in (1, 0))
    inside = np.ones(weights.shape[0])
    while True:
        score = inside * np.maximum(excess @ inside / given, inside @ excess / taken)
        dropped = (inside > 0) & (score < threshold)
        if not dropped.any():
            break
        inside[dropped] = 0
    left = np.flatnonzero(inside)
    among = excess[left][:, left]
    label = connected_components(among, connection="weak")[1]
    groups = [set(left[label == each].tolist()) for each in range(label.max(initial=-1) + 1)]
    return sorted((group for group in groups if len(group) > 1), key=min)


@dataclass(frozen=True)
class Planted:
    """A network of citations in two communities, with groups of donors and recipients in it."""

    weights: csr_array
    community: Ints
    groups: list[set[int]]


def planted_network(seed: int, *, nodes: int = 1000, groups: int = 5) -> Planted:
    """`groups` of five, two donors and three recipients, among `nodes` of about 100 citations.

    As the authors plant them: a fifth of the donors' and recipients' citations is inflated.
    """
    rng = np.random.default_rng(seed)
    degrees = [np.maximum(d * 100 * nodes / d.sum(), 1) for d in 1 / rng.power(5, (2, nodes))]
    out_degree, in_degree = degrees[0], degrees[1] * degrees[0].sum() / degrees[1].sum()
    community = rng.integers(0, 2, nodes)
    own = community[:, None] == community[None, :]
    total = in_degree.sum()
    of_own = np.array([in_degree[community == each].sum() for each in (0, 1)])
    mean = np.outer(out_degree, in_degree) * (0.2 / total + 0.8 * own / of_own[community][:, None])
    np.fill_diagonal(mean, 0)
    count = rng.poisson(mean)
    given, taken = count.sum(axis=1), count.sum(axis=0)
    planted, spare = [], rng.permutation(nodes)
    for group in range(groups):
        there = spare[community[spare] == group % 2]
        members, spare = there[:5], spare[~np.isin(spare, there[:5])]
        donors, recipients = members[:2], members[2:]
        wanted = 1.25 * max(given[donors].sum(), taken[recipients].sum())
        shares = np.outer(
            given[donors] / given[donors].sum(), taken[recipients] / taken[recipients].sum()
        )
        count[np.ix_(donors, recipients)] += rng.poisson(wanted * shares)
        planted.append(set(members.tolist()))
    return Planted(csr_array(count.astype(float)), community, sorted(planted, key=min))


def main() -> None:
    """Prints how many of five planted groups come back, with the communities known and not."""
    for nodes, threshold in product((100, 1000), (0.05, 0.1, 0.15, 0.2, 0.3)):
        exact = found = blind = 0
        for seed in range(1, 11):
            made = planted_network(seed, nodes=nodes)
            groups = cidre_groups(made.weights, made.community, threshold=threshold)
            alone = cidre_groups(made.weights, made.community * 0, threshold=threshold)
            found += len(groups)
            exact += sum(group in groups for group in made.groups)
            blind += sum(group in alone for group in made.groups)
        print(
            f"{nodes:5} nodes, threshold {threshold:.2f}: {exact} of 50 planted groups exactly, "
            f"{found} told; without communities {blind} of 50"
        )


if __name__ == "__main__":
    main()
