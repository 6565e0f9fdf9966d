# SPDX-License-Identifier: GPL-3.0-or-later
"""A saved page's HTML as a light tree. The page may be hostile: the work is linear in its size."""

from __future__ import annotations

import re
from codecs import BOM_UTF8, BOM_UTF16_BE, BOM_UTF16_LE
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from lxml import etree

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

DEEPEST = 300
MOST_ELEMENTS = 200_000
MOST_BYTES = 30_000_000  # without the pictures that are written into it
MOST_KEPT = 50  # comments and JSON-LD scripts
KEPT = (
    "aria-hidden", "charset", "content", "datetime", "hidden", "href", "http-equiv", "id",
    "itemprop", "lang", "name", "property", "rel", "role", "style", "type",
)  # fmt: skip
SILENT = {
    "script", "style", "template", "noscript", "svg", "math", "iframe", "object", "embed",
    "canvas", "video", "audio", "select", "button", "textarea",
}  # fmt: skip
ASIDE = {"head", "nav", "header", "footer", "aside", "menu", "dialog"}
ASIDE_ROLES = {"navigation", "banner", "contentinfo", "complementary", "search", "dialog"}
BLOCKS = ASIDE | {
    "html", "body", "div", "section", "article", "main", "p", "ul", "ol", "li", "dl", "dt", "dd",
    "table", "tbody", "tr", "td", "th", "blockquote", "pre", "figure", "figcaption", "h1", "h2",
    "h3", "h4", "h5", "h6", "hr", "center", "address", "details", "summary", "form",
}  # fmt: skip
HIDDEN = re.compile(r"(?i)display\s*:\s*none|visibility\s*:\s*hidden")
BLANKS = re.compile(r"[\s\u200b\ufeff]+")
EMBEDDED = re.compile(rb"data:[\w.+/-]{0,100};base64,[A-Za-z0-9+/=%]+")
META_CHARSET = re.compile(rb"(?i)<meta[^>]{1,200}?charset\s*=\s*[\"']?\s*([\w-]{2,20})")
# Codecs of the standard library that are no charsets take hostile text badly: idna, punycode.
CHARSETS = re.compile(
    r"utf-?8|utf-?16(le|be)?|gb(k|2312|18030)|big5(-?hkscs)?|euc-?(jp|kr|cn)|shift[_-]?jis|hz|"
    r"iso-8859-\d+|iso-2022-(jp|kr)|windows-\d+|cp\d+|koi8-[ru]|(us-)?ascii|latin-?1"
)
AS_BROWSERS_READ = {"gb2312": "gb18030", "gbk": "gb18030", "euc-cn": "gb18030",
                    "iso-8859-1": "cp1252", "latin1": "cp1252", "us-ascii": "cp1252"}  # fmt: skip
BOMS = ((BOM_UTF8, "utf-8"), (BOM_UTF16_LE, "utf-16-le"), (BOM_UTF16_BE, "utf-16-be"))


def plain(text: str) -> str:
    """`text` in one line, blanks as one space each."""
    return BLANKS.sub(" ", text).strip()


@dataclass(slots=True, eq=False)
class Element:
    """An element of a page: what is in it in order, elements and texts.

    `block` is the nearest block element: itself, or one around it.
    """

    tag: str
    attributes: Mapping[str, str]
    parent: Element | None = None
    inside: list[Element | str] = field(default_factory=list)
    block: Element = field(init=False)

    def __post_init__(self) -> None:
        is_block = self.parent is None or self.tag in BLOCKS
        self.block = self if is_block or self.parent is None else self.parent.block

    def is_aside(self) -> bool:
        """Whether it is hidden, or says of itself that it is not the page's own matter."""
        own = self.attributes
        return (
            self.tag in ASIDE
            or own.get("role", "").lower() in ASIDE_ROLES
            or "hidden" in own
            or own.get("aria-hidden") == "true"
            or HIDDEN.search(own.get("style", "")) is not None
        )

    def elements(self) -> Iterator[Element]:
        """The element and all in it, in the order of the page."""
        left = [self]
        while left:
            each = left.pop()
            yield each
            left += [e for e in reversed(each.inside) if isinstance(e, Element)]

    def text(self) -> str:
        """All the text in it, in one line."""
        left: list[Element | str] = [self]
        pieces = []
        while left:
            each = left.pop()
            if isinstance(each, str):
                pieces.append(each)
            else:
                left += reversed(each.inside)
        return plain("".join(pieces))


@dataclass(frozen=True)
class Html:
    """A page: its elements, its first comments, its JSON-LD scripts, and whether all was read."""

    root: Element
    comments: tuple[str, ...]
    linked_data: tuple[str, ...]
    is_whole: bool


class _Builder:
    """Takes lxml's events. Elements beyond the limits are not opened; their text stays."""

    def __init__(self) -> None:
        self.root = self.here = Element("html", {})
        self.comments: list[str] = []
        self.linked_data: list[str] = []
        self.opened: list[bool] = []
        self.script: list[str] | None = None
        self.pending: list[str] = []
        self.silent = self.count = 0
        self.is_whole = True

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        if self.silent or tag in SILENT:
            self.silent += 1
            if tag == "script" and "ld+json" in attributes.get("type", "").lower():
                self.script = []
            return
        kept = {name: attributes[name] for name in KEPT if name in attributes}
        if tag in ("html", "body"):  # never closed: what follows them is still the page
            self.root.attributes = {**kept, **self.root.attributes}
            return
        self.count += 1
        fits = len(self.opened) < DEEPEST and self.count <= MOST_ELEMENTS
        self.opened.append(fits)
        if fits:
            self._flush()
            opened = Element(tag, kept, self.here)
            self.here.inside.append(opened)
            self.here = opened
        else:
            self.pending.append(" ")
            self.is_whole = False

    def end(self, tag: str) -> None:
        if self.silent:
            self.silent -= 1
            if not self.silent and self.script is not None:
                self.linked_data.append("".join(self.script))
                self.script = None
        elif tag not in ("html", "body") and self.opened.pop() and self.here.parent is not None:
            self._flush()
            self.here = self.here.parent

    def data(self, text: str) -> None:
        if self.script is not None:
            self.script.append(text)
        elif not self.silent:
            self.pending.append(text)

    def comment(self, text: str) -> None:
        if len(self.comments) < MOST_KEPT:
            self.comments.append(text)

    def _flush(self) -> None:
        if self.pending:
            self.here.inside.append("".join(self.pending))
            self.pending = []

    def close(self) -> Html:
        self._flush()
        scripts = tuple(self.linked_data[:MOST_KEPT])
        return Html(self.root, tuple(self.comments), scripts, self.is_whole)


def page_html(content: bytes, *, charset: str | None = None) -> Html:
    """The page that `content` holds; nothing is run or fetched, and pictures in it are dropped.

    `charset` is what was said of it elsewhere; a byte order mark goes before it, the page's own
    `meta` comes after it.
    """
    bare = EMBEDDED.sub(b"data:,", content)
    text = decoded(bare[:MOST_BYTES], charset=charset)
    parser = etree.HTMLParser(encoding="utf-8", huge_tree=True, target=_Builder())
    parser.feed(f"<html>{text}".encode(errors="replace"))
    page: Html = parser.close()
    return page if len(bare) <= MOST_BYTES else replace(page, is_whole=False)


def decoded(content: bytes, *, charset: str | None = None) -> str:
    """The text of `content`: by its byte order mark, `charset`, its `meta`, else UTF-8 or GB 18030.

    >>> decoded('<meta charset="gbk">桥'.encode("gbk"))[-1]
    '桥'
    """
    for mark, name in BOMS:
        if content.startswith(mark):
            return content[len(mark) :].decode(name, "replace")
    declared = META_CHARSET.search(content[:4096])
    said = (charset, declared[1].decode("ascii") if declared else None)
    for each in (name.strip().lower() for name in said if name is not None):
        if CHARSETS.fullmatch(each):
            try:
                return content.decode(AS_BROWSERS_READ.get(each, each), "replace")
            except LookupError:
                continue
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        return content.decode("gb18030", "replace")
