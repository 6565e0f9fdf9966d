# SPDX-License-Identifier: GPL-3.0-or-later
"""What coordinated-sharing says of invented worlds: each finding, and who of the planted it names.

`python -m benchmarks.measure_sharing_worlds 301 302`; seed 2026 is the shipped world.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks.measure_worlds import FILES, GENERATOR
from graphkit.case import create_case, findings
from graphkit.investigation.detecting import detect
from graphkit.investigation.ingesting import ingest


def said(seed: str, folder: Path) -> None:
    """Prints a line for each finding on the world of one seed."""
    command = [sys.executable, str(GENERATOR), str(folder), "--seed", seed]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    case = create_case(folder / "case", zone="Asia/Shanghai")
    ingest(case, [folder / name for name in FILES], importer_name="canonical", collection="stream")
    detect(case, ("coordinated-sharing",))
    truth = json.loads((folder / "truth.json").read_bytes())
    groups = {kind: truth[kind] for kind in ("planted", "innocent")}
    for finding in findings(case):
        named = set(finding["subjects"]["accounts"])
        parts = [
            f"{len(named & set(group['accounts']))} of {len(group['accounts'])} {group['name']}"
            for groups_of in groups.values()
            for group in groups_of
            if named & set(group["accounts"])
        ]
        left_out = finding["measures"]["unnamed_count"]
        print(
            f"seed {seed}: {finding['outcome']}, {finding['grade']}: {len(named)} accounts "
            f"({left_out:g} left out): {', '.join(parts)}"
        )


def main() -> None:
    """Prints the findings of every world asked for."""
    for seed in sys.argv[1:]:
        with tempfile.TemporaryDirectory() as folder:
            said(seed, Path(folder))


if __name__ == "__main__":
    main()
