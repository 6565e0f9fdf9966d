# SPDX-License-Identifier: GPL-3.0-or-later
"""Compiling kernels with numba when they are first called, on a read-only install too."""

from __future__ import annotations

from functools import cache, wraps
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

F = TypeVar("F", bound="Callable[..., Any]")


@cache
def _compiled(function: Callable[..., Any]) -> Callable[..., Any]:
    from numba import njit  # noqa: PLC0415  half a second that only a kernel's user pays

    try:
        compiled: Callable[..., Any] = njit(cache=True)(function)
    except RuntimeError:  # numba finds no folder to cache in: a read-only install without a home
        compiled = njit(function)
    return compiled


def kernel(function: F) -> F:
    """`function`, compiled by numba at its first call. A kernel calls no other kernel."""

    @wraps(function)
    def call(*args: Any) -> Any:  # noqa: ANN401
        return _compiled(function)(*args)

    return call  # type: ignore[return-value]
