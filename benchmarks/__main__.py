# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs every benchmark, or those named: python -m benchmarks coaction startup."""

from __future__ import annotations

import sys
from importlib import import_module
from pathlib import Path

names = sys.argv[1:] or sorted(
    p.stem.removeprefix("bench_") for p in Path(__file__).parent.glob("bench_*.py")
)
for name in names:
    print(f"\n== {name}", flush=True)
    import_module(f"benchmarks.bench_{name}").main()
