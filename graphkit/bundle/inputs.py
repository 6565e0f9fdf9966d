# SPDX-License-Identifier: GPL-3.0-or-later
"""The imports of a case as a bundle tells them, and the original files that may go with it."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl

from graphkit.bundle.leaks import leaks_in
from graphkit.bundle.masking import masked_json, masked_texts
from graphkit.case import audit
from graphkit.case.batches import batch_records, sources_of
from graphkit.case.store import imports_of
from graphkit.errors import BundleError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from graphkit.bundle.names import Withheld
    from graphkit.case import Case
    from graphkit.tables import Corpus

Record = dict[str, Any]
NOT_ASKED = "inputs were not asked for"
TOLD_NAMES = "its name, or what was told of it, names somebody withheld"
ROWS_OF_WITHHELD = "it holds rows of accounts that are withheld"
UNREADABLE = "the leak gate cannot read files of this kind"
# How the leak gate reads an input, by the ending of its name; what it cannot read is withheld.
READ_AS = {"csv": "csv", "json": "json", "jsonl": "jsonl", "ndjson": "jsonl", "parquet": "parquet"}
KEPT = (
    *("source_id", "file", "place", "sha256", "bytes", "rows_read", "accepted", "duplicate"),
    *("rejected", "told"),
)


@dataclass(frozen=True)
class Inputs:
    """The imports in their order, as data/imports.json has them, and the files that go along.

    `files` has the case's copy of each by its name in data/; `withheld` are the SHA-256 of those
    that stay behind.
    """

    imports: list[Record]
    files: Mapping[str, Path]
    withheld: frozenset[str]


def bundled_inputs(withheld: Withheld, corpus: Corpus, *, wanted: bool) -> Inputs:
    """The imports of the case, and where `wanted` those of its inputs that name nobody withheld.

    Neither may an input hold rows of a withheld account: the leak gate knows no name of one letter.
    """
    case = withheld.case
    batches = _in_order(case)
    closed = _sources_of_withheld(withheld, corpus) if wanted else frozenset[str]()
    places: dict[str, str] = {}
    reasons: dict[str, str] = {}
    for record in sources_of(batches):
        reason = _reason(withheld, record, closed) if wanted else NOT_ASKED
        if reason is None:
            places[record["sha256"]] = f"inputs/{record['sha256']}.{_ending(record)}"
        else:
            reasons[record["sha256"]] = reason
    kept = {sha256: place for sha256, place in places.items() if sha256 not in reasons}
    imports = [
        {
            "batch_id": batch["batch_id"],
            "imports": imports_of(sources_of(batches[: number + 1])),
            "sources": [_told(withheld, each, kept, reasons) for each in batch["sources"]],
        }
        for number, batch in enumerate(batches)
    ]
    files = {place: case.root / "inputs" / sha256 for sha256, place in kept.items()}
    return Inputs(imports, files, frozenset(reasons))


def _in_order(case: Case) -> list[Record]:
    """The batches of the case in the order in which they came."""
    events = [each["detail"] for each in audit(case) if each["event"] == "import"]
    order = {detail["batch_id"]: number for number, detail in enumerate(events)}
    return sorted(batch_records(case), key=lambda record: order.get(record["batch_id"], len(order)))


def _told(
    withheld: Withheld, record: Record, kept: Mapping[str, str], reasons: Mapping[str, str]
) -> Record:
    """What the bundle tells of one input; `input` is null where it stays behind."""
    said = {name: record[name] for name in KEPT if name in record}
    masked = masked_json(withheld, said)
    sha256 = record["sha256"]
    place = {"input": kept.get(sha256), "withheld": reasons.get(sha256)}
    is_told = {
        f"is_{what}_told": masked.get(name) == said.get(name)
        for what, name in (("all", "told"), ("place", "place"))
    }
    return {**masked, **place, **is_told}


def _sources_of_withheld(withheld: Withheld, corpus: Corpus) -> frozenset[str]:
    """The source_id of inputs with rows of, or labels on, accounts and posts that are withheld."""
    tables = (corpus.accounts, corpus.posts, corpus.actions)
    closed = ~pl.col("account_id").is_in(list(withheld.accounts))
    sources = [frame.filter(closed)["source_id"] for frame in tables]
    texts = ("subject_id", "url", "labelled_by")
    said = pl.concat([corpus.labels[name].rename("text") for name in texts]).drop_nulls().unique()
    masked = list(masked_texts(withheld, said.to_list()))
    names_one = pl.any_horizontal(pl.col(name).is_in(masked) for name in texts)
    people = pl.col("subject_kind").is_in(["account", "post"])
    published = pl.col("subject_id").is_in([*withheld.accounts, *withheld.posts])
    sources.append(corpus.labels.filter(names_one | (people & ~published))["source_id"])
    return frozenset(pl.concat(sources).unique().to_list())


def _reason(withheld: Withheld, record: Record, closed: Collection[str]) -> str | None:
    """Why the input stays behind; None where nobody withheld stands in it."""
    if record["source_id"] in closed:
        return ROWS_OF_WITHHELD
    said = [record["told"], record["file"], record.get("place", "")]
    if masked_json(withheld, said) != said:
        return TOLD_NAMES
    if _ending(record) not in READ_AS:
        return UNREADABLE
    try:
        with tempfile.TemporaryDirectory() as folder:
            path = withheld.case.root / "inputs" / record["sha256"]
            found = leaks_in(
                withheld, dict(_readings(path, _ending(record), Path(folder))), strict=True
            )
    except (BundleError, ValueError, pl.exceptions.PolarsError):
        return UNREADABLE
    kinds = sorted({kind for each in found.values() for kind in each})
    return f"it holds what names somebody withheld ({', '.join(kinds)})" if kinds else None


def _ending(record: Record) -> str:
    return str(record["file"]).rpartition(".")[2].lower()


def _readings(path: Path, ending: str, folder: Path) -> Iterator[tuple[str, Path]]:
    """The input as its format has it, and as lines: there numbers too are seen."""
    yield f"input.{READ_AS[ending]}", path
    if ending == "parquet":
        lines = folder / "lines"
        pl.read_parquet(path).write_csv(lines)
        yield "input.txt", lines
    else:
        yield "input.txt", path
