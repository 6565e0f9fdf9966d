# SPDX-License-Identifier: GPL-3.0-or-later
"""Which names the case withholds, and texts without them: the same rule for pages and bundles."""

from graphkit.bundle.masking import masked_texts
from graphkit.bundle.names import Withheld, withheld_names

__all__ = ["Withheld", "masked_texts", "withheld_names"]
