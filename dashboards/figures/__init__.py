# SPDX-License-Identifier: GPL-3.0-or-later
"""Figures of small frames: plotly SVG traces and the properties of the network map."""
