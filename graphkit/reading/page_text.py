# SPDX-License-Identifier: GPL-3.0-or-later
"""The main text of a page, and the addresses that it links to."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import urldefrag, urljoin

import polars as pl

from graphkit.reading.page_html import Element, plain
from graphkit.text.links import registrable_domain

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from graphkit.reading.page_html import Html

PARAGRAPHS = {
    "p", "li", "blockquote", "pre", "dd", "dt", "td", "h2", "h3", "h4", "figcaption",
}  # fmt: skip
LEAST_TEXT = 10
MOST_TEXT = 200_000
LONGEST_ADDRESS = 4_096
ARCHIVED = re.compile(
    r"^https?://(?:web\.archive\.org/web|arquivo\.pt/wayback)/(\d{14})(?:[a-z]{2}_)?/(https?://.+)$"
)


@dataclass(frozen=True)
class MainText:
    """The text of a page's main part, a line for each block; the addresses that it links to."""

    text: str
    links: tuple[str, ...]


@dataclass(slots=True)
class _Line:
    """A line as shown: how many characters are in links and how many not, and where they lead."""

    block: Element
    pieces: list[str] = field(default_factory=list)
    linked: int = 0
    unlinked: int = 0
    hrefs: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        return plain("".join(self.pieces))


def main_text(page: Html, address: str, *, got_at: str | None = None) -> MainText:
    """The main text of `page`, which lies at `address`, and where the links in it lead.

    `got_at` is the address of the archive's copy that it was got from, if it was.

    The main part is what is marked as the article's body, as an article or as main, whichever
    comes first and has at least half the text of the best block: the one with the most text
    outside links in its own paragraphs (those of its children count half). A line that is mostly
    links to the page's own site is navigation; its text and its links are left out.
    """
    place = _base(page, address if got_at is None else got_at)
    lines = [line for line in _lines(_main_part(page.root)) if line.text]
    there = [[a for a in (_absolute(place, href) for href in line.hrefs) if a] for line in lines]
    site = dict(_sites([address, *(each for some in there for each in some)]))
    texts, links = [], dict[str, None]()
    for line, addresses in zip(lines, there, strict=True):
        outside = [each for each in addresses if urldefrag(each)[0] != address]
        own = bool(outside) and all(site[each] == site[address] for each in outside)
        if not (own and line.unlinked < line.linked):
            texts.append(line.text)
            links |= dict.fromkeys(outside)
    return MainText("\n".join(texts)[:MOST_TEXT], tuple(links))


def shown_text(root: Element) -> str:
    """All the text of `root` that is shown, a line for each block."""
    return "\n".join(line.text for line in _lines(root) if line.text)


def _sites(addresses: list[str]) -> Iterable[tuple[str, str | None]]:
    return zip(addresses, registrable_domain(pl.Series(addresses, dtype=pl.String)), strict=True)


def unarchived(address: str) -> tuple[str, str | None]:
    """The address that a page of web.archive.org is a copy of, and the time of the copy.

    >>> unarchived("https://web.archive.org/web/20240702041000/https://a.example/b")
    ('https://a.example/b', '2024-07-02T04:10:00+00:00')
    """
    found = ARCHIVED.match(address)
    if found is None:
        return address, None
    year, month, day, hour, minute, second = re.findall(r"^\d{4}|\d\d", found[1])
    return found[2], f"{year}-{month}-{day}T{hour}:{minute}:{second}+00:00"


def _base(page: Html, address: str) -> str:
    bases = (e.attributes.get("href") for e in page.root.elements() if e.tag == "base")
    try:
        return urljoin(address, next((href for href in bases if href), ""))
    except ValueError:
        return address


def _absolute(place: str, href: str) -> str | None:
    """The address that `href` leads to from `place`; None where it is no page."""
    if len(href) > LONGEST_ADDRESS:
        return None
    try:
        there = unarchived(urljoin(place, href.strip()))[0]
    except ValueError:
        return None
    return there if there.lower().startswith(("http://", "https://")) else None


def _lines(part: Element) -> Iterator[_Line]:
    """The lines of `part` as shown, without what is hidden or beside the matter."""
    line = _Line(part.block)
    left: list[tuple[Element | str, Element, bool]] = [(part, part.block, False)]
    while left:
        each, block, linked = left.pop()
        is_break = isinstance(each, Element) and each.tag == "br"
        if block is not line.block or is_break:
            yield line
            line = _Line(block)
        if isinstance(each, str):
            line.pieces.append(each)
            size = len(plain(each))
            line.linked += size * linked
            line.unlinked += size * (not linked)
        elif each is part or not each.is_aside():
            href = each.attributes.get("href", "") if each.tag == "a" else ""
            line.hrefs += [href] if href else []
            inner = linked or bool(href)
            left += [(e, _block_of(e, each), inner) for e in reversed(each.inside)]
    yield line


def _block_of(child: Element | str, parent: Element) -> Element:
    return parent.block if isinstance(child, str) else child.block


def _main_part(root: Element) -> Element:
    order = list(root.elements())
    own: dict[int, int] = defaultdict(int)
    score: dict[int, float] = defaultdict(float)
    for line in _lines(root):
        own[id(line.block)] += line.unlinked
        holder = line.block
        if holder.tag in PARAGRAPHS and holder.parent is not None:
            holder = holder.parent.block
        score[id(holder)] += line.unlinked
        if holder.parent is not None:
            score[id(holder.parent.block)] += line.unlinked / 2
    size = _with_all_inside(order, own)
    best = max(order, key=lambda e: score[id(e)])
    least = max(LEAST_TEXT, size[id(best)] / 2)
    for marked in _marked(order):
        largest = max(marked, key=lambda e: size[id(e)], default=root)
        if marked and size[id(largest)] >= least:
            return largest
    return best if score[id(best)] >= LEAST_TEXT else root


def _with_all_inside(order: list[Element], own: dict[int, int]) -> dict[int, int]:
    size = {id(each): own[id(each)] for each in order}
    for each in reversed(order):
        if each.parent is not None:
            size[id(each.parent)] += size[id(each)]
    return size


def _marked(order: Iterable[Element]) -> list[list[Element]]:
    """The elements that say what they are: the article's body, an article, the main part."""
    bodies, articles, mains = [], [], []
    for each in order:
        if "articlebody" in each.attributes.get("itemprop", "").lower().split():
            bodies.append(each)
        if each.tag == "article":
            articles.append(each)
        if each.tag == "main" or each.attributes.get("role", "").lower() == "main":
            mains.append(each)
    return [bodies, articles, mains]
