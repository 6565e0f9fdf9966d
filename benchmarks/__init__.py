# SPDX-License-Identifier: GPL-3.0-or-later
"""Benchmarks: full-size figures beside a peer or a naive floor in the same run."""
