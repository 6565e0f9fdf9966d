# SPDX-License-Identifier: GPL-3.0-or-later
"""Fact-checks as ClaimReview: JSON-LD, a DataFeed of it, or the Fact Check Tools API's answers.

Each review is a label on the claim's text, and on the addresses where it appeared. Fact-checks in
other tables, retractions and complaints are canonical labels (docs/import.md).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from graphkit.reading.claim_reviews import review_labels, reviews
from graphkit.reading.importer import Importer
from graphkit.reading.records import record_batches
from graphkit.reading.rows import Record, Refused, records

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from graphkit.reading.importer import Batch, ReadOptions, Sample
    from graphkit.reading.records import Found

LISTS = ("claims", "dataFeedElement", "@graph", "results")


def _suits(sample: Sample) -> str | None:
    if sample.form not in {"json", "json-lines"}:
        return None
    fits = any(True for each in sample.objects for _ in reviews(each))
    return "it holds reviews of claims (ClaimReview)" if fits else None


def _elements(value: object) -> list[object]:
    """The elements of the list that the value is or holds, or the value itself."""
    if isinstance(value, dict):
        held = (value.get(name) for name in LISTS)
        return next((each for each in held if isinstance(each, list)), [value])
    return value if isinstance(value, list) else [value]


def _each_review(path: Path, options: ReadOptions) -> Iterator[Record | tuple[int, Refused]]:
    """The reviews, counted; in JSON Lines by line, where a line has no more than one."""
    number = 0
    for record in records(path, options):
        if not isinstance(record, Record):
            yield record
            continue
        for element in _elements(record.value):
            found: list[object] = [*reviews(element)]
            for review in found if found else [None]:
                number = max(number + 1, record.line)
                yield Record(number, review, record.head)


def _read(path: Path, options: ReadOptions) -> Iterator[Batch]:
    def read(record: Record) -> Iterator[Found | Refused]:
        if record.value is None:
            yield Refused("holds no review of a claim")
        else:
            yield review_labels(record.value, options)

    found = _each_review(path, options)
    yield from record_batches(found, read, options=options, platform="web")


IMPORTER = Importer(
    name="claim-review",
    title="ClaimReview (fact-checks)",
    summary="fact-checks: schema.org ClaimReview, feeds of it, Google's Fact Check Tools API",
    needs=("claimReviewed, or text and claimReview",),
    gives=("labels",),
    order=20,
    suits=_suits,
    read=_read,
)
