# SPDX-License-Identifier: GPL-3.0-or-later
"""Articles of WeChat public accounts (公众号), as four tools export them.

wechat-article-exporter (Excel/CSV with Chinese headers, JSON), WechatSogou (JSON: gzh, article)
and wechatDownload (its table wx_article as CSV or JSON). An article's id is what stands in its long
address (`__biz=..&idx=..&mid=..`), else the key of its short one. An account is its __biz; where
only its name is known, `@name`. Text is the title and the content (or the digest). The address
behind 阅读原文 (source_url) is among the links: WeChat lets an account declare its source there.
Not kept: the byline, read and like counts, readers' comments (they have names that many share).
"""

from __future__ import annotations

import re
from html import unescape
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

from graphkit.reading.extra_rows import platform_label
from graphkit.reading.importer import Importer
from graphkit.reading.records import Found, record_batches
from graphkit.reading.rows import Record, Refused, records
from graphkit.reading.titled import titled
from graphkit.reading.values import first, plain_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from graphkit.reading.importer import Batch, ReadOptions, Sample

Row = dict[str, Any]
ZONE = "Asia/Shanghai"
HOST = "https://mp.weixin.qq.com/s"
# What each tool calls things. Of the two times of an article the later is when it was published.
NAMES = {
    "公众号": "account", "_accountName": "account", "ID": "aid", "链接": "link",
    "content_url": "link", "标题": "title", "摘要": "digest", "abstract": "digest",
    "发布时间": "update_time", "datetime": "update_time", "创建时间": "create_time",
    "是否原创": "original", "文章内容": "content",
}  # fmt: skip
EXCEL = {"公众号", "链接", "标题", "发布时间", "是否原创"}
EXPORTER = {"aid", "link", "title", "update_time", "copyright_stat"}
DOWNLOAD = {"title", "content", "content_url", "create_time", "copyright_stat"}
MARKUP = re.compile(r"<(?:p|br|div|section|span|a|img|h\d)\b", re.IGNORECASE)
ADDRESS = re.compile(r"<a\b[^>]*?\bhref=[\"'](https?:[^\"']+)", re.IGNORECASE)
SHORT = re.compile(r"^/s/([\w-]{16,})$")


def _suits(sample: Sample) -> str | None:
    beginning = sample.objects[0] if sample.objects else None
    keys = set(beginning) if isinstance(beginning, dict) else set()
    names = set(sample.columns) | keys
    if names >= EXCEL:
        return "it has wechat-article-exporter's columns (公众号, 链接, 标题, 发布时间)"
    if names >= EXPORTER:
        return "its articles have aid, link and copyright_stat, as in wechat-article-exporter"
    if names >= DOWNLOAD:
        return "it has the columns of wechatDownload's articles"
    return (
        "it has gzh and article, as WechatSogou gives them" if keys >= {"gzh", "article"} else None
    )


def _address(link: object) -> tuple[str | None, dict[str, str]]:
    """The address without what only tracks, and its parts (__biz, mid, idx, sn or key)."""
    if not isinstance(link, str) or "mp.weixin.qq.com" not in link:
        return link if isinstance(link, str) else None, {}
    split = urlsplit(unescape(link))
    query = {name: values[0] for name, values in parse_qs(split.query).items()}
    short = SHORT.match(split.path)
    if short:
        return f"{HOST}/{short[1]}", {"key": short[1]}
    known: dict[str, str] = {n: query[n] for n in ("__biz", "idx", "mid", "sn") if n in query}
    whole = "&".join(f"{name}={value}" for name, value in known.items())
    return (f"{HOST}?{whole}" if {"__biz", "mid", "idx"} <= set(known) else link), known


def _post_id(article: Mapping[str, Any], parts: Mapping[str, str]) -> str | None:
    """`__biz=..&idx=..&mid=..` where all three are known, else the key of the short address."""
    aid: str | None = first(article, "aid")
    mid, _, idx = ("" if aid is None else str(aid)).partition("_")
    biz = parts.get("__biz", first(article, "fakeid"))
    mid, idx = parts.get("mid", mid), parts.get("idx", idx)
    if biz and mid and idx:
        return f"__biz={biz}&idx={idx}&mid={mid}"  # in the order of a canonical address
    return parts.get("key", parts.get("sn", aid))


def _account(article: Mapping[str, Any], parts: Mapping[str, str]) -> Row | None:
    name = first(article, "account", "wechat_name")
    number = parts.get("__biz", first(article, "fakeid"))
    badge = str(article.get("authentication", "")).strip()
    if number is None and name is None:
        return None
    return {
        "account_id": f"@{name}" if number is None else number,
        "handle": name,
        "display_name": name,
        "bio": first(article, "introduction"),
        "is_verified": True if badge else None,
        "credential": badge,
    }


def _content(article: Mapping[str, Any]) -> tuple[str | None, list[str]]:
    body = first(article, "content", "digest")
    if not isinstance(body, str) or not MARKUP.search(body):
        return body, []
    return plain_text(body), [unescape(found) for found in ADDRESS.findall(body)]


def _labels(article: Mapping[str, Any], post_id: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """The platform's marks: original (原创), deleted (已删除), paid (付费)."""
    states = (article.get("copyright_stat"), article.get("copyright_type"))
    marks = {
        "原创": article.get("original") == "原创" or [str(s) for s in states] == ["1", "1"],
        "已删除": str(article.get("is_deleted")).lower() in {"true", "1"},
        "付费": str(article.get("is_pay_subscribe")) == "1",
    }
    for label in (name for name, holds in marks.items() if holds):
        yield from platform_label("post", post_id, label, labelled_by="wechat")


def _article(record: Record) -> Iterator[Found | Refused]:
    profile = record.head.get("gzh")
    whole = {**(profile if isinstance(profile, dict) else {}), **record.value}
    article = {NAMES.get(key, key): value for key, value in whole.items()}
    address, parts = _address(article.get("link"))
    post_id = _post_id(article, parts)
    account = _account(article, parts)
    if post_id is None or account is None:
        yield Refused("no address of an article, or nothing that names its account")
        return
    body, links = _content(article)
    post = {
        "post_id": post_id,
        "account_id": account["account_id"],
        "created_at": first(article, "update_time", "create_time"),
        "kind": "original",
        "text": titled(plain_text(article.get("title")), body),
        "url": address,
        "urls": list(
            dict.fromkeys(_address(u)[0] for u in (article.get("source_url"), *links) if u)
        ),
    }
    yield Found("posts", post, (("accounts", account), *_labels(article, post_id)))


def _read(path: Path, options: ReadOptions) -> Iterator[Batch]:
    found = records(path, options, at=("article",))
    yield from record_batches(found, _article, options=options, platform="wechat", zone=ZONE)


IMPORTER = Importer(
    name="wechat-articles",
    title="WeChat public accounts",
    summary="articles by wechat-article-exporter, WechatSogou or wechatDownload (CSV, Excel, JSON)",
    needs=("公众号, 链接, 标题, 发布时间, 是否原创", ", ".join(sorted(EXPORTER)), "gzh, article",
           ", ".join(sorted(DOWNLOAD))),
    gives=("posts", "accounts", "labels"),
    order=20,
    suits=_suits,
    read=_read,
    zone=ZONE,
)  # fmt: skip
