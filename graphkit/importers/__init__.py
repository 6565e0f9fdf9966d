# SPDX-License-Identifier: GPL-3.0-or-later
"""Importers, one file each, found by walking this folder."""
