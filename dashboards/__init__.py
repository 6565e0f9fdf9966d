# SPDX-License-Identifier: GPL-3.0-or-later
"""The dashboard: a page wires, a view computes, a figure draws. What was chosen is in the URL."""
