# SPDX-License-Identifier: GPL-3.0-or-later
"""Detectors, one file each, found by walking this folder."""
