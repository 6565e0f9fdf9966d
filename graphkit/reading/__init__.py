# SPDX-License-Identifier: GPL-3.0-or-later
"""What importers share: their contract, columns, times and zones, rejects."""
