# SPDX-License-Identifier: GPL-3.0-or-later
"""Cohorts of accounts: more made within days of one another than the time around them explains."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from scipy.stats import binom

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

DAY = 86_400
SPANS = (3_600, DAY, 3 * DAY, 7 * DAY)
"""Seconds within which accounts may have been made to be a cohort."""
SURROUND, NEAREST = 180 * DAY, 300
"""A cohort is held against the accounts of so many seconds around, or the nearest if these are few.
"""


def scan_tail(counts: ArrayLike, totals: ArrayLike, widths: ArrayLike) -> NDArray[np.float64]:
    """P(some window of `width` holds `count` or more of `total` uniform points), elementwise.

    `width` is a share of the whole. Exact where all points are in the window (n w^(n-1) -
    (n-1) w^n), else the approximation of Wallenstein and Neff 1987, "An approximation for the
    distribution of the scan statistic": good for small values, 1 where no more than expected.

    >>> [float(p.round(6)) for p in scan_tail([3, 2], [3, 3], [0.1, 1.0])]
    [0.028, 1.0]
    """
    k, n, w = np.broadcast_arrays(*(np.asarray(x, float) for x in (counts, totals, widths)))
    width = np.clip(w, 1e-12, 1.0)
    lead = (k / width - n - 1) * binom.pmf(k, n, width)
    tail: NDArray[np.float64] = np.clip(lead + 2 * binom.sf(k - 1, n, width), 0.0, 1.0)
    return np.where((width >= 1) | (k <= (n + 1) * width), 1.0, tail)


@dataclass(frozen=True)
class Cohort:
    """The closest cohort among some accounts: seconds of its window, and what is beside it.

    `members` of the group and `outsiders` fall into [start, end]; `expected` members would, and
    `usual` outsiders; p_value is corrected for windows and neighbourhoods.
    """

    p_value: float
    start: int
    end: int
    members: int
    outsiders: int
    expected: float
    usual: float


def cohort(times: NDArray[np.int64], everyone: NDArray[np.int64], *, least: int) -> Cohort | None:
    """The closest cohort of `least` or more of the accounts made at `times`; None without one.

    Both in sorted seconds, `times` among `everyone`. Windows are measured in accounts made, not in
    seconds: where many were made at once, it takes more to stand out. The null is local (accounts
    of the half year around, or the nearest 300): that a group is young is no sign.
    """
    best, neighbourhoods = None, len(np.unique((times - times[:1]) // SURROUND))
    for span in SPANS:
        counts = np.searchsorted(times, times + span, "right") - np.arange(len(times))
        low, high = _around(times + span // 2, everyone)
        first = np.searchsorted(everyone, times)
        inside = np.searchsorted(everyone, times + span, "right") - first
        near = np.searchsorted(times, everyone[high - 1], "right")
        near -= np.searchsorted(times, everyone[low])
        share = inside / (high - low)
        tails = np.where(counts >= least, scan_tail(counts, near, share), 1.0)
        at = int(np.argmin(tails)) if len(tails) else 0
        if not len(tails) or counts[at] < least or (best and tails[at] >= best.p_value):
            continue
        seconds = float(everyone[high[at] - 1] - everyone[low[at]]) + 1
        outsiders = int(inside[at] - counts[at])
        beside = float(high[at] - low[at] - near[at] - outsiders)
        best = Cohort(
            float(tails[at]),
            int(times[at]),
            int(times[at + counts[at] - 1]),
            int(counts[at]),
            outsiders,
            float(near[at] * share[at]),
            beside * span / max(seconds - span, span),
        )
    if best is None:
        return None
    return replace(best, p_value=min(1.0, best.p_value * len(SPANS) * neighbourhoods))


def _around(
    middle: NDArray[np.int64], everyone: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The slice of `everyone` that a window in the `middle` is held against."""
    at = np.searchsorted(everyone, middle)
    low = np.minimum(np.searchsorted(everyone, middle - SURROUND // 2), at - NEAREST // 2)
    high = np.maximum(np.searchsorted(everyone, middle + SURROUND // 2), at + NEAREST // 2)
    return np.maximum(low, 0), np.minimum(high, len(everyone))


def smallest_cohort(total: int, everyone: NDArray[np.int64], *, level: float) -> int:
    """The fewest of `total` accounts that, made in one day, would be a cohort at `level`.

    For a corpus whose accounts were made at `everyone` (sorted seconds), at its mean rate; more
    than `total` where no number would do.
    """
    daily = len(everyone) * DAY / max(int(everyone[-1] - everyone[0]), DAY)
    counts = np.arange(2, total + 1)
    share = (counts + daily) / (total + max(NEAREST, daily * SURROUND / DAY))
    enough = scan_tail(counts, total, share) * len(SPANS) <= level
    return int(counts[np.argmax(enough)]) if enough.any() else total + 1
