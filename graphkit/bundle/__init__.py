# SPDX-License-Identifier: GPL-3.0-or-later
"""The evidence package: write, verify, report, pictures."""
