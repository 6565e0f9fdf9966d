# SPDX-License-Identifier: GPL-3.0-or-later
"""Fitting the probabilities of a trace on the case's own posts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from graphkit.case import load_corpus
from graphkit.case.calibration import save_calibration
from graphkit.trace.refit import Refit, refit

if TYPE_CHECKING:
    from graphkit.case import Case


def calibrate(case: Case) -> Refit:
    """What was fitted on the reposts of the case whose parents are recorded; traces use it now.

    Raises:
        InputError: no platform of the case has 200 such reposts in two or more stories.
    """
    fitted = refit(load_corpus(case))
    save_calibration(case, fitted.counts)
    return fitted
