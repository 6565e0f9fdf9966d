# SPDX-License-Identifier: GPL-3.0-or-later
"""Building and verifying bundles: a thousand files of 100 MB, and a million rows of evidence.

`python -m benchmarks.bench_bundle`; each measurement is a process of its own. Beside each stands
what fixity alone costs on the same files: one SHA-256 of each, and `bagit` making and validating.
"""

from __future__ import annotations

import hashlib
import json
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import polars as pl

ACCOUNTS, TARGETS = 20_000, 5_000
START = datetime(2026, 3, 2, tzinfo=UTC)
SOURCE = "0123456789abcdef"


@dataclass(frozen=True)
class Size:
    """A case: so many findings, each with so many rows of evidence, one repost each."""

    findings: int
    rows: int


SIZES = {
    "1,000 files": Size(490, 85),
    "250,000 rows": Size(5, 50_000),
    "1,000,000 rows": Size(20, 50_000),
}


def tables(size: Size) -> dict[str, pl.DataFrame]:
    """Accounts, and posts: originals with a text, and a repost for every row of evidence."""
    from graphkit.tables import ACCOUNTS as PEOPLE  # noqa: PLC0415  each process loads its own
    from graphkit.tables import POSTS  # noqa: PLC0415

    n = pl.col("n")
    here = {"platform": pl.lit("weiju"), "source_id": pl.lit(SOURCE), "source_line": n + 1}
    people = pl.int_range(ACCOUNTS, eager=True).alias("n").to_frame()
    accounts = people.select(
        account_id=pl.format("weiju:{}", 5_000_000_000 + n * 7919),
        handle=pl.format("reader_{}", n),
        display_name=pl.format("芦苇{}号", n),
        **here,
    )
    who = pl.format("weiju:{}", 5_000_000_000 + n * 104_729 % ACCOUNTS * 7919)
    first = pl.int_range(TARGETS, eager=True).alias("n").to_frame()
    said = {"time_precision": pl.lit("second"), "is_seen": pl.lit(value=True), "account_id": who}
    originals = first.select(
        post_id=pl.format("weiju:{}", 5_270_000_000_000_000 + n * 4099),
        kind=pl.lit("original"),
        text=pl.format("旧桥关闭 part {} of the town's report, 据芦苇{}号消息 @reader_{}", n, n, n),
        created_at=pl.lit(START) + pl.duration(seconds=n),
        **said,
        **here,
    )
    rest = pl.int_range(size.findings * size.rows, eager=True).alias("n").to_frame()
    reposts = rest.select(
        post_id=pl.format("weiju:{}", 5_280_000_000_000_000 + n * 4099),
        kind=pl.lit("repost"),
        parent_id=pl.format("weiju:{}", 5_270_000_000_000_000 + n % TARGETS * 4099),
        created_at=pl.lit(START) + pl.duration(seconds=10_000 + n),
        **said,
        **here,
    )
    none = pl.lit([], dtype=pl.List(pl.String))
    lists = dict.fromkeys(("urls", "mentions", "hashtags", "media_hashes"), none)
    posts = pl.concat([originals, reposts], how="diagonal").with_columns(**lists)
    return {"accounts": PEOPLE.conform(accounts), "posts": POSTS.conform(posts)}


def make(folder: Path, size: Size) -> None:
    """A case in `folder` with `size`."""
    from graphkit.case import create_case, load_corpus, save_import, save_run  # noqa: PLC0415
    from graphkit.findings import (  # noqa: PLC0415
        Caveat,
        CaveatOutcome,
        EvidenceRow,
        Finding,
        Grade,
        NullModel,
        Subjects,
    )

    case = create_case(folder / "case")
    staged = folder / "staged"
    for name, frame in tables(size).items():
        (staged / "tables" / name).mkdir(parents=True)
        frame.write_parquet(staged / "tables" / name / f"{SOURCE}.parquet")
    copy, digest = b"made\n", hashlib.sha256(b"made\n").hexdigest()
    (staged / "inputs").mkdir()
    (staged / "inputs" / digest).write_bytes(copy)
    record = {
        "told": {}, "source_id": SOURCE, "file": "made.csv", "sha256": digest,
        "importer": "canonical", "collection": "stream", "collected_at": "2026-04-01T00:00:00Z",
        "rows_read": 1, "accepted": 1, "duplicate": 0, "rejected": 0, "bytes": len(copy),
    }  # fmt: skip
    save_import(case, staged, record={"batch_id": SOURCE, "sources": [record]})
    corpus = load_corpus(case)
    keys = corpus.actions.filter(pl.col("act") == "repost")["action_id"].sort()
    people = corpus.accounts["account_id"].sort()
    untested = Caveat("One newsroom posts for all", "owner", CaveatOutcome.UNTESTED, "no rows")
    made = [
        Finding(
            kind="coordinated-sharing", outcome="coordinated", grade=Grade.WEAK, score=0.5,
            summary="Accounts reposted the same posts.", caveats=(untested,),
            subjects=Subjects(accounts=tuple(people[number : number + 9])),
            evidence=tuple(EvidenceRow("actions", key, "co-action")
                           for key in keys[number * size.rows : (number + 1) * size.rows]),
            null_model=NullModel("burst-stratified", 0.01, 100, "pairs"),
            window=(START, START + timedelta(days=3)),
        )
        for number in range(size.findings)
    ]  # fmt: skip
    recipe = {"detector": "coordinated-sharing", "version": "1", "params": {}, "inputs": [],
              "versions": {}, "not_tested": []}  # fmt: skip
    save_run(case, recipe, findings=made, corpus=corpus)


def build(folder: Path) -> None:
    """The bundle of the case."""
    from graphkit.bundle.contents import Scope  # noqa: PLC0415
    from graphkit.bundle.write import write_bundle  # noqa: PLC0415
    from graphkit.case import open_case  # noqa: PLC0415

    write_bundle(open_case(folder / "case"), folder / "bundle", scope=Scope(unreviewed=True))


def verify(folder: Path) -> None:
    """Checks the bundle."""
    from graphkit.bundle.verify import verify_bundle  # noqa: PLC0415

    found = verify_bundle(folder / "bundle", allow_unsigned=True)
    if not found.ok:
        raise SystemExit(f"not ok: {found.problems[:3]}")


def hashed(folder: Path) -> None:
    """One SHA-256 of each file of the bundle: what no check can do without."""
    for path in (folder / "bundle").rglob("*"):
        if path.is_file():
            with path.open("rb") as handle:
                hashlib.file_digest(handle, "sha256")


def bagged(folder: Path) -> None:
    """`bagit` makes a bag of the same payload: hashes, and nothing else."""
    import bagit  # noqa: PLC0415

    bagit.make_bag(str(folder / "copy"), checksums=["sha256"])


def validated(folder: Path) -> None:
    """`bagit` validates it."""
    import bagit  # noqa: PLC0415

    bagit.Bag(str(folder / "copy")).validate()


STEPS = {each.__name__: each for each in (build, verify, hashed, bagged, validated)}


def measured(what: str, folder: Path) -> dict[str, float]:
    """Wall and CPU seconds and peak memory (MB) of `what` in a process of its own."""
    command = [sys.executable, "-m", "benchmarks.bench_bundle", what, str(folder)]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE)
    told: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return told


def measure(what: str, folder: Path) -> None:
    """Prints what `measured` reads; imports are part of it, as for a person who waits."""
    wall, cpu = time.perf_counter(), time.process_time()
    STEPS[what](folder)
    told = {
        "wall": time.perf_counter() - wall,
        "cpu": time.process_time() - cpu,
        "peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }
    print(json.dumps(told))


def main() -> None:
    """Prints a line for each size and step, and the ratios to fixity alone."""
    for name in SIZES:
        with tempfile.TemporaryDirectory() as place:
            folder = Path(place)
            subprocess.run(
                [sys.executable, "-m", "benchmarks.bench_bundle", "make", place, name], check=True
            )
            told = {what: measured(what, folder) for what in ("build", "verify", "hashed")}
            shutil.copytree(folder / "bundle" / "data", folder / "copy")
            told |= {what: measured(what, folder) for what in ("bagged", "validated")}
            files = [path for path in (folder / "bundle").rglob("*") if path.is_file()]
            megabytes = sum(path.stat().st_size for path in files) / 1e6
            print(f"bundle {name}: {len(files):,} files, {megabytes:.0f} MB")
            for what, each in told.items():
                print(
                    f"  {what}: {each['wall']:.2f} s wall, {each['cpu']:.2f} s CPU, "
                    f"peak {each['peak']:,.0f} MB",
                    flush=True,
                )
            ratios = [("build", "bagged"), ("verify", "validated"), ("verify", "hashed")]
            for one, other in ratios:
                print(f"  {one} is {told[one]['cpu'] / told[other]['cpu']:.1f} times {other} (CPU)")


if __name__ == "__main__":
    if len(sys.argv) == 1:
        main()
    elif sys.argv[1] == "make":
        make(Path(sys.argv[2]), SIZES[sys.argv[3]])
    else:
        measure(sys.argv[1], Path(sys.argv[2]))
