# SPDX-License-Identifier: GPL-3.0-or-later
"""Pages: a heading, the question it answers, the controls, and what the views computed."""
