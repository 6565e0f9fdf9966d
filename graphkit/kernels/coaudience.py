# SPDX-License-Identifier: GPL-3.0-or-later
"""Shared audiences: how many accounts two columns of a sparse 0/1 matrix have in common."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from graphkit.kernels.compiling import kernel

if TYPE_CHECKING:
    from numpy.typing import NDArray


@kernel
def shared_accounts(
    row_starts: NDArray[np.int64],
    row_columns: NDArray[np.int32],
    column_starts: NDArray[np.int64],
    column_rows: NDArray[np.int32],
    groups: NDArray[np.int32],
    least: int,
) -> tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.int32]]:
    """Pairs of columns of different groups that share `least` rows or more: left, right, shared.

    The matrix is given twice, by rows (accounts) and by columns (audiences), as in scipy's CSR
    and CSC; `row_columns` ascends inside each row. Left < right; pairs come by left, then in no
    set order. The upper triangle of Gustavson's product: one counter a column, no matrix.
    Gustavson 1978, "Two fast algorithms for sparse matrices".
    """
    width = groups.size
    counts = np.zeros(width, np.int32)
    touched = np.empty(width, np.int32)
    left = np.empty(1024, np.int32)
    right = np.empty(1024, np.int32)
    shared = np.empty(1024, np.int32)
    found = 0
    for column in range(width):
        reached = 0
        for at in range(column_starts[column], column_starts[column + 1]):
            row = column_rows[at]
            for step in range(row_starts[row + 1] - 1, row_starts[row] - 1, -1):
                other = row_columns[step]
                if other <= column:
                    break
                if counts[other] == 0:
                    touched[reached] = other
                    reached += 1
                counts[other] += 1
        for index in range(reached):
            other = touched[index]
            if counts[other] >= least and groups[other] != groups[column]:
                if found == left.size:
                    left = np.concatenate((left, np.empty_like(left)))
                    right = np.concatenate((right, np.empty_like(right)))
                    shared = np.concatenate((shared, np.empty_like(shared)))
                left[found] = column
                right[found] = other
                shared[found] = counts[other]
                found += 1
            counts[other] = 0
    return left[:found], right[:found], shared[:found]


@kernel
def columns_by_row(
    rows: NDArray[np.int32], columns: NDArray[np.int32], count: int
) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
    """Where each of `count` rows starts, and the columns row by row, in the order given.

    The cells of a sparse matrix as (row, column): a counting sort by row.
    """
    starts = np.zeros(count + 1, np.int64)
    for at in range(rows.size):
        starts[rows[at] + 1] += 1
    for row in range(count):
        starts[row + 1] += starts[row]
    filled = starts.copy()
    ordered = np.empty(columns.size, np.int32)
    for at in range(rows.size):
        ordered[filled[rows[at]]] = columns[at]
        filled[rows[at]] += 1
    return starts, ordered


@kernel
def meetings(
    row_starts: NDArray[np.int64],
    row_columns: NDArray[np.int32],
    times: NDArray[np.int64],
    length: int,
) -> NDArray[np.int64]:
    """For every two of `length` times, the sum over rows of cells at the one by cells at the other.

    `times` is of each column; hours and weeks are few, so the result is dense.
    """
    met = np.zeros((length, length), np.int64)
    counts = np.zeros(length, np.int64)
    touched = np.empty(length, np.int64)
    for row in range(row_starts.size - 1):
        reached = 0
        for at in range(row_starts[row], row_starts[row + 1]):
            time = times[row_columns[at]]
            if counts[time] == 0:
                touched[reached] = time
                reached += 1
            counts[time] += 1
        for one in range(reached):
            for other in range(reached):
                met[touched[one], touched[other]] += counts[touched[one]] * counts[touched[other]]
        for one in range(reached):
            counts[touched[one]] = 0
    return met
