# SPDX-License-Identifier: GPL-3.0-or-later
"""Text: normal form, shingles, near-duplicates, attributions, links. Frames in, frames out."""
