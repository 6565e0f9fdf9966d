# SPDX-License-Identifier: GPL-3.0-or-later
"""The trace: a claim, its lineage, its origins."""
