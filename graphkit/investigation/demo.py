# SPDX-License-Identifier: GPL-3.0-or-later
"""The demo: shipped data, imported and looked at."""

from __future__ import annotations

from typing import TYPE_CHECKING

from graphkit.case import Case, append_audit, create_case, open_case
from graphkit.investigation.ingesting import ingest
from graphkit.investigation.shipped import Dataset, dataset

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

WORLD = "invented_world"
REAL = ("russian_reposts", "weibo_hot_slice")


def demo_case(root: Path, *, zone: str) -> Case:
    """The case of an earlier demo in `root`, or a new one.

    Raises:
        CaseError: the folder holds something else.
    """
    if (root / "case.toml").exists():
        return open_case(root)
    case = create_case(root, zone=zone)
    append_audit(case, "new", {"zone": zone})
    return case


def _import(case: Case, data: Dataset) -> Iterator[str]:
    for file in data.files:
        [ledger] = ingest(
            case, [file.path], importer_name=file.importer, collection=file.collection
        )
        yield (
            f"  {ledger.file}: {ledger.rows_read:,} rows = {ledger.accepted:,} accepted + "
            f"{len(ledger.duplicates):,} duplicate + {len(ledger.rejects):,} rejected"
            if not ledger.is_known
            else f"  {ledger.file}: in the case already"
        )


def world_demo(root: Path) -> Iterator[str]:
    """The lines of the investigation of the invented world, in a case at `root`."""
    data = dataset(WORLD)
    case = demo_case(root, zone="Asia/Shanghai")
    yield f"{data.title}\n\nimport"
    yield from _import(case, data)


def real_demo(root: Path) -> Iterator[str]:
    """The lines of a look at real data, in a case at `root`."""
    case = demo_case(root, zone="UTC")
    yield "\nreal data: CooRTweet example reposts, two weeks of the Weibo hot list\n\nimport"
    for name in REAL:
        yield from _import(case, dataset(name))
