# SPDX-License-Identifier: GPL-3.0-or-later
"""Graphs as edge tables. igraph and networkx objects never leave the function that made them."""
