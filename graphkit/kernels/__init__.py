# SPDX-License-Identifier: GPL-3.0-or-later
"""Array kernels: numpy in, numpy out; each has a brute-force oracle in tests."""
