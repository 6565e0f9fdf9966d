# SPDX-License-Identifier: GPL-3.0-or-later
"""The demo's table over worlds of other seeds: what is found, and who is wrongly accused.

python -m benchmarks.measure_worlds 101 102 103      worlds with plants
python -m benchmarks.measure_worlds --null 201 202   the same without any plant

Seed 2026 is shipped and was looked at while the world was made; seeds 1 to 99 are for tuning.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections import Counter, defaultdict
from pathlib import Path

from graphkit.case import create_case, findings
from graphkit.investigation.demo import traced_origin
from graphkit.investigation.detecting import detect
from graphkit.investigation.ingesting import ingest
from graphkit.investigation.plugins import detectors
from graphkit.investigation.truth import compare

GENERATOR = Path(__file__).parent.parent / "datasets" / "invented_world" / "generate.py"
FILES = ("accounts.csv", "posts.parquet", "actions.parquet", "rankings.csv", "labels.csv")


def verdicts(seed, *, null, folder):
    """The verdicts on the world of one seed, its findings above weak, and whom these name."""
    without = ["--without", "all"] if null else []
    command = [sys.executable, str(GENERATOR), str(folder), "--seed", str(seed), *without]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    case = create_case(folder / "case", zone="Asia/Shanghai")
    paths = [folder / name for name in FILES]
    ingest(case, paths, importer_name="canonical", collection="stream")
    detect(case)
    truth = json.loads((folder / "truth.json").read_bytes())
    origin = None if null else traced_origin(case, truth)[0]
    records = findings(case)
    above = [r for r in records if r["grade"] in ("moderate", "strong")]
    planted = {account for group in truth["planted"] for account in group["accounts"]}
    named = [account for r in above for account in r["subjects"]["accounts"]]
    strangers = sum(account not in planted for account in named)
    said = f"{len(above)} findings above weak name {len(named)} accounts, {strangers} not planted"
    return compare(truth, records, kinds=set(detectors()), origin=origin), len(above), said


def main() -> None:
    """Prints how often each plant was found and each innocent group wrongly accused."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--null", action="store_true")
    parser.add_argument("seeds", type=int, nargs="+")
    args = parser.parse_args()
    well, said, start = Counter(), defaultdict(Counter), time.perf_counter()
    accused = 0
    for seed in args.seeds:
        with tempfile.TemporaryDirectory() as folder:
            told, above, line = verdicts(seed, null=args.null, folder=Path(folder))
        accused += above
        for each in told:
            well[each.name] += each.is_well
            said[each.name][each.said] += 1
        print(f"seed {seed}: {line}", flush=True)
    for name, counts in said.items():
        most = "; ".join(f"{n} x {what}" for what, n in counts.most_common(3))
        print(f"{name}: well in {well[name]} of {len(args.seeds)} ({most})")
    print(f"{accused} findings above weak in {len(args.seeds)} worlds, "
          f"{time.perf_counter() - start:.0f} s")  # fmt: skip


if __name__ == "__main__":
    main()
