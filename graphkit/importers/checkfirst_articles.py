# SPDX-License-Identifier: GPL-3.0-or-later
"""Articles of news sites with the source that each names, as CheckFirst lists the Pravda network.

One CSV (.csv.gz) a site, with the columns of github.com/CheckFirstHQ/pravda-network: each row is an
article and, under `Source URL`, where it says that it comes from: a Telegram post, another site.
An article is a post of platform `web`, its account the registrable domain of its address, as with
saved pages. Where there is no `Source URL`, `Source Title` is what the site gives as source. Kept
as text are title and description; not kept: the same article in other languages, and the country.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import islice
from typing import TYPE_CHECKING

import polars as pl

from graphkit.reading.importer import Importer
from graphkit.reading.records import Found, record_batches
from graphkit.reading.rows import Record, Refused, records
from graphkit.reading.titled import titled
from graphkit.text.links import canonical_url, registrable_domain

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from graphkit.reading.importer import Batch, ReadOptions, Sample

    Read = Record | tuple[int, Refused]

NEEDS = ("URL", "Source Title", "Source URL", "Publication Date")
ROWS_AT_ONCE = 5_000


def _suits(sample: Sample) -> str | None:
    fits = sample.form != "json" and set(NEEDS) <= set(sample.columns)
    return "its columns are those of CheckFirst's lists of articles" if fits else None


def _addressed(found: Iterable[Read]) -> Iterator[Read]:
    """The records with `address`, in its one form, and `domain`; many at once, for speed."""
    left = iter(found)
    while some := list(islice(left, ROWS_AT_ONCE)):
        rows = [each.value if isinstance(each, Record) else {} for each in some]
        given = [
            canonical_url(pl.Series([row.get(name) for row in rows], dtype=pl.String))
            for name in ("Canonical", "URL")
        ]
        addresses = pl.select(pl.coalesce(given)).to_series()
        told = zip(some, addresses, registrable_domain(addresses), strict=True)
        for each, address, domain in told:
            if isinstance(each, Record):
                yield replace(each, value={**each.value, "address": address, "domain": domain})
            else:
                yield each


def _article(record: Record) -> Iterator[Found | Refused]:
    row = record.value
    address, domain = row["address"], row["domain"]
    if address is None:
        yield Refused("URL is no http or https address")
        return
    source = (row.get("Source URL") or "").strip()
    post = {
        "post_id": address,
        "account_id": domain,
        "created_at": row.get("Publication Date"),
        "kind": "original",
        "text": titled(row.get("OG:Title"), row.get("OG:Description")),
        "url": address,
        "urls": [source] if source else [],
        "source_label": None if source else row.get("Source Title"),
    }
    yield Found("posts", post, [("accounts", {"account_id": domain, "handle": domain})])


def _read(path: Path, options: ReadOptions) -> Iterator[Batch]:
    found = _addressed(records(path, options))
    yield from record_batches(found, _article, options=options, platform="web")


IMPORTER = Importer(
    name="checkfirst-articles",
    title="CheckFirst lists of articles (Pravda network)",
    summary="articles of news sites with the source that each names (.csv, .csv.gz)",
    needs=NEEDS,
    gives=("posts", "accounts"),
    order=20,
    suits=_suits,
    read=_read,
)
