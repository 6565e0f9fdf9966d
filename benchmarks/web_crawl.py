# SPDX-License-Identifier: GPL-3.0-or-later
"""An invented crawl: the world of `citation_world` as web sites, written as one WARC file.

Every account is a site, every post a page; what a post cites its page links to, in its text. Around
the text is what sites have there: a menu, a list of partners on every page of some groups, a footer
with the other sites of the owner. Some pages are not captured.
"""

from __future__ import annotations

import gzip
import uuid
from itertools import product
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from benchmarks.citation_world import Plan, make_world
from graphkit.case import create_case, load_corpus
from graphkit.detectors.citation_loop import Params, detect
from graphkit.investigation.ingesting import ingest

if TYPE_CHECKING:
    from datetime import datetime

SYLLABLES = [a + b for a in "bdfgklmnprstv" for b in ("a", "e", "i", "o", "u", "an", "or", "il")]
HOSTS = ("{}.example", "{}.blogspot.com")
PAGE = """<html><head><meta property="article:published_time" content="{at}">
<script type="application/ld+json">{{"@type": "NewsArticle", "headline": "{title}",
"publisher": {{"@type": "Organization", "name": "{name}"{owner}}}}}</script></head><body>
<nav><a href="/">Home</a> {menu}</nav>
<article><h1>{title}</h1><p>{text}</p><p>{source}</p><p>{partners}</p></article>
<footer>{menu}</footer></body></html>"""


def write_crawl(
    path: Path, seed: int, plan: Plan, *, missing: float = 0.0
) -> tuple[int, dict[str, list[list[str]]]]:
    """Writes the crawl to `path` (.warc.gz) and returns the pages in it and the planted groups.

    Groups are lists of account ids by kind. A share `missing` of the pages is not captured.
    """
    corpus, truth = make_world(seed, plan)
    rng = np.random.default_rng(seed)
    names = corpus.accounts["account_id"].sort().to_list()
    words = rng.choice(SYLLABLES, (len(names), 3))
    site = {
        name: HOSTS[n % 8 == 0].format("".join(words[n]) + str(n)) for n, name in enumerate(names)
    }
    family = {a: group for groups in truth.values() for group in groups for a in group}
    owner = dict(corpus.accounts.select("account_id", "declared_owner").rows())
    author = dict(corpus.posts.select("post_id", "account_id").rows())
    address = {p: f"https://{site[a]}/2026/{p.partition(':')[2]}.html" for p, a in author.items()}
    cited = dict(
        corpus.citations.group_by("post_id").agg(pl.struct("target_kind", "target")).rows()
    )
    pages = 0
    with path.open("wb") as file:
        for post, account, at in corpus.posts.select("post_id", "account_id", "created_at").rows():
            if rng.random() < missing:
                continue
            others = [f"https://{site[a]}/" for a in family.get(account, []) if a != account]
            title = " ".join("".join(rng.choice(SYLLABLES, 3)) for _ in range(6))
            html = PAGE.format(
                at=at.isoformat(),
                title=title,
                name=site[account],
                owner=_owner(owner[account]),
                menu=" ".join(f'<a href="{each}">{each}</a>' for each in others),
                text=" ".join("".join(rng.choice(SYLLABLES, 3)) for _ in range(30)),
                source=" ".join(_source(each, address) for each in cited.get(post, [])),
                partners=f'With <a href="{others[0]}">friends</a>.' if others else "",
            )
            file.write(_record(address[post], at, html))
            pages += 1
    return pages, {
        kind: [[f"web:{site[a]}" for a in group] for group in groups]
        for kind, groups in truth.items()
    }


def _owner(name: str | None) -> str:
    about = f'{{"@type": "Organization", "name": "{name}"}}'
    return "" if name is None else f', "parentOrganization": {about}'


def _source(cited: dict[str, str], address: dict[str, str]) -> str:
    """What a page says of its source, with the link."""
    if cited["target_kind"] == "post":
        return f'As <a href="{address[cited["target"]]}">this report</a> has it.'
    if cited["target_kind"] == "outlet":
        return 'It was <a href="https://wire.example.org/">the wire</a> that had it.'
    return "Sources say so." if cited["target_kind"] == "vague" else ""


def _record(address: str, at: datetime, html: str) -> bytes:
    """A WARC record of the page as it was answered, packed for itself."""
    block = f"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n\r\n{html}".encode()
    name = uuid.uuid5(uuid.NAMESPACE_URL, address)
    head = (
        f"WARC/1.1\r\nWARC-Type: response\r\nWARC-Date: {at:%Y-%m-%dT%H:%M:%SZ}\r\n"
        f"WARC-Record-ID: <urn:uuid:{name}>\r\nWARC-Target-URI: {address}\r\n"
        f"Content-Type: application/http; msgtype=response\r\nContent-Length: {len(block)}\r\n\r\n"
    )
    return gzip.compress(head.encode() + block + b"\r\n\r\n", mtime=0)


def main() -> None:
    """Prints what citation-loop says of the planted groups of eight crawls."""
    plan = Plan(accounts=260, posts_each=4, groups={"ring": 1, "family": 1}, stories=(14, 16))
    for missing, seed in product((0.0, 0.2), range(300, 304)):
        with TemporaryDirectory() as folder:
            path = Path(folder)
            pages, truth = write_crawl(path / "crawl.warc.gz", seed, plan, missing=missing)
            case = create_case(path / "case")
            ingest(case, [path / "crawl.warc.gz"], collection="account-list")
            found = list(detect(load_corpus(case), Params()))
        told = {
            kind: sorted(
                f"{finding.outcome} {len(there)} of {len(group)}"
                for group in truth[kind]
                for finding in found
                if len(there := set(finding.subjects.accounts) & set(group)) > 1
            )
            for kind in ("ring", "family")
        }
        planted = set(truth["ring"][0])
        accused = {a for finding in found if finding.grade for a in finding.subjects.accounts}
        print(f"{missing:.0%} missing, seed {seed}: {pages} pages; {told}; others accused: "
              f"{len(accused - planted)}", flush=True)  # fmt: skip


if __name__ == "__main__":
    main()
