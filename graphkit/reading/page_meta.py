# SPDX-License-Identifier: GPL-3.0-or-later
"""What a page says of itself for machines: meta tags, microdata, JSON-LD. Nothing is guessed.

Names of tags: Open Graph, Dublin Core, Highwire (citation_*), Parse.ly, schema.org, Sailthru, and
those of Chinese news systems, among them the element ids of Baidu's news protocol.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from graphkit.reading.linked_data import json_value, nodes, text, texts, types

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from graphkit.reading.linked_data import Node
    from graphkit.reading.page_html import Element, Html

PUBLISHED = (
    "article:published_time", "og:article:published_time", "og:published_time", "datepublished",
    "parsely-pub-date", "sailthru.date", "citation_publication_date", "citation_online_date",
    "citation_date", "dcterms.issued", "dcterms.created", "dcterms.date", "dc.date.issued",
    "dc.date.created", "dc.date", "bytedance:published_time", "weibo:article:create_at",
    "publishdate", "publish_date", "publish-date", "publication_date", "pubdate", "pubtime",
    "publishtime", "#pubtime_baidu", "date",
)  # fmt: skip
MODIFIED = (
    "article:modified_time", "og:article:modified_time", "og:updated_time", "datemodified",
    "dcterms.modified", "dc.date.modified", "bytedance:updated_time", "weibo:article:update_at",
)  # fmt: skip
AUTHORS = (
    "author", "article:author", "parsely-author", "citation_author", "dc.creator",
    "dcterms.creator", "sailthru.author", "byl", "#author_baidu",
)  # fmt: skip
SITE_NAMES = ("og:site_name", "dc.publisher", "dcterms.publisher", "citation_publisher")
SOURCES = ("source", "contentsource", "article:source", "og:source", "original-source",
           "syndication-source", "dc.source", "dcterms.source", "#source_baidu")  # fmt: skip
BEFORE_NAMES = re.compile(r"^(?:来源|稿源|作者|编辑|文)\s*[:：]\s*|^by\s+", re.IGNORECASE)
ARTICLE = re.compile(r"Article$|^(?:Report|BlogPosting|LiveBlogPosting|SocialMediaPosting|"
                     r"DiscussionForumPosting)$")  # fmt: skip


@dataclass(frozen=True)
class Meta:
    """What a page says of itself: `tags` by lower-case name, and the nodes of its JSON-LD.

    Tags are also `link:canonical`, `lang`, `title`, `h1`, and elements by id as `#id`.
    """

    tags: Mapping[str, tuple[str, ...]]
    nodes: tuple[Node, ...]
    has_unreadable: bool

    def first(self, *names: str) -> str | None:
        """The first value of the first of the tags `names` that has one."""
        return next((value for name in names for value in self.tags.get(name, ())), None)

    def all(self, *names: str) -> list[str]:
        """The values of the tags `names`, each once."""
        return list(dict.fromkeys(value for name in names for value in self.tags.get(name, ())))


def meta_of(page: Html) -> Meta:
    """What `page` says of itself."""
    tags = defaultdict(list)
    for element in page.root.elements():
        for name, value in _said(element):
            tags[name.strip().lower().replace(" ", "")].append(value.strip())
    values = [json_value(script) for script in page.linked_data]
    kept = {name: tuple(v for v in found if v) for name, found in tags.items()}
    return Meta(kept, tuple(nodes(values)), any(value is None for value in values))


def _said(element: Element) -> Iterator[tuple[str, str]]:
    own, tag = element.attributes, element.tag
    value = own.get("content", own.get("datetime"))
    if value is not None:
        names = ("name", "property", "itemprop", "http-equiv")
        yield from ((own[name], value) for name in names if name in own)
    elif own.get("id", "").endswith("_baidu"):
        yield f"#{own['id']}", BEFORE_NAMES.sub("", element.text())
    if tag == "link" and "canonical" in own.get("rel", "").lower().split():
        yield "link:canonical", own.get("href", "")
    if "lang" in own and element.parent is None:
        yield "lang", own["lang"]
    if tag in ("title", "h1"):
        yield tag, element.text()


def article_of(meta: Meta, addresses: set[str]) -> Node:
    """The JSON-LD node of the page's article; empty where there is none, or one of several.

    Of several it is the one that names one of `addresses` as its own.
    """
    articles = [n for n in meta.nodes if any(ARTICLE.search(name) for name in types(n))]
    pages = [n for n in meta.nodes if "WebPage" in types(n) and "datePublished" in n]
    for found in (articles, pages):
        own = found if len(found) == 1 else [n for n in found if addresses & set(places(n))]
        if own:
            return own[0]
    return {}


def places(node: Node) -> list[str]:
    """The addresses that a node gives as its own."""
    given = [texts(node.get("url"), "@id"), texts(node.get("mainEntityOfPage"), "@id", "url")]
    return [place.partition("#")[0] for some in given for place in some]


def authors(meta: Meta, article: Node) -> list[str]:
    """The names in the byline, each once; addresses of profiles left out."""
    named = texts(article.get("author")) or meta.all(*AUTHORS)
    names = (BEFORE_NAMES.sub("", name) for name in named)
    return [n for n in dict.fromkeys(names) if n and not n.startswith(("http://", "https://"))]


def source_names(meta: Meta, article: Node) -> list[str]:
    """What the page names as its source, as written: names or addresses, each once."""
    keys = ("isBasedOn", "isBasedOnUrl", "citation", "sourceOrganization")
    said = [s for key in keys for s in texts(article.get(key), "name", "url", "@id", "@value")]
    tagged = (BEFORE_NAMES.sub("", name) for name in meta.all(*SOURCES))
    return [name for name in dict.fromkeys([*said, *tagged]) if name]


def language(meta: Meta, article: Node) -> str | None:
    """The language as a BCP 47 tag."""
    said = text(article.get("inLanguage"), "alternateName", "@value")
    found = meta.first("lang", "content-language") or said or meta.first("og:locale")
    return found.replace("_", "-") if found else None
