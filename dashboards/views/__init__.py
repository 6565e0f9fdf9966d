# SPDX-License-Identifier: GPL-3.0-or-later
"""What pages show, computed: a case and a few words of the address in, small frames out."""
