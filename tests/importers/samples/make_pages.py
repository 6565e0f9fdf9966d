# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes the saved pages of the samples' story, and reviews of its claim (all invented; CC0).

The pages: the paper's notice of 2024, the blog that the rumour links to, the paper's debunk. Saved
as SingleFile, Chromium (HTML and MHTML), wget (WARC) and ArchiveWeb.page (WACZ) save them. No
clock, no random: run twice, same bytes.
"""

from __future__ import annotations

import io
import json
import quopri
import uuid
import zipfile
from pathlib import Path

from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

OUT = Path(__file__).resolve().parent
BRIDGE = "https://southbank.example/2024/0702/bridge"
DEBUNK = "https://southbank.example/2026/0310/debunk"
BLOG = "https://blog.example/hz1"
RUMOUR = "河洲大桥昨夜垮塌，多车坠河"
ORGANISATION = {
    "@type": "NewsMediaOrganization",
    "@id": "https://southbank.example/#org",
    "name": "南岸日报",
    "parentOrganization": {"@type": "Organization", "name": "南岸报业"},
}


def script(*graph: dict[str, object]) -> str:
    data = {"@context": "https://schema.org", "@graph": list(graph)}
    return f'<script type="application/ld+json">{json.dumps(data, ensure_ascii=False)}</script>'


def article(address: str, headline: str, **more: object) -> dict[str, object]:
    return {
        "@type": "NewsArticle",
        "headline": headline,
        "mainEntityOfPage": {"@type": "WebPage", "@id": address},
        "publisher": {"@id": "https://southbank.example/#org"},
        "inLanguage": "zh-CN",
        **more,
    }


NAVIGATION = '<nav><a href="/">首页</a> <a href="/city">城事</a></nav>'
BRIDGE_PAGE = f"""<!DOCTYPE html> <html lang="zh-CN"><!--
 Page saved with SingleFile
 url: {BRIDGE}?utm_source=weekly
 saved date: Tue Mar 10 2026 12:00:00 GMT+0800 (China Standard Time)
--><head><meta charset="utf-8"><title>河洲大桥汛期检修 - 南岸日报</title>
<link rel="canonical" href="{BRIDGE}">
<meta property="og:site_name" content="南岸日报">
<meta property="article:published_time" content="2024-07-02T12:10:00+08:00">
{
    script(
        article(
            BRIDGE,
            "河洲大桥汛期检修，今晚起临时封闭",
            datePublished="2024-07-02T12:10:00+08:00",
            dateModified="2024-07-02T13:00:00+08:00",
            author=[{"@type": "Person", "name": "陈岸"}],
        ),
        ORGANISATION,
    )
}</head><body>{NAVIGATION}<article><h1>河洲大桥汛期检修，今晚起临时封闭</h1>
<p>河洲大桥今晚起临时封闭，检修三天，公交改道。</p>
<p>封闭公告见<a href="https://cityhall.example/notice/17">市政府通告</a>。</p>
<img src="data:image/png;base64,iVBORw0KGgo="></article>
<footer><a href="/about">关于我们</a></footer></body></html>"""

BLOG_PAGE = f"""<!DOCTYPE html>
<!-- saved from url=({len(BLOG):04d}){BLOG} -->
<html><head><meta http-equiv="Content-Type" content="text/html; charset=gb2312">
<title>河洲大桥出事了</title>
<meta name="publishdate" content="2026-03-10 08:40:00">
<meta name="author" content="河边人"><meta name="source" content="来源：网络">
</head><body><div id="menu"><a href="/">全部文章</a> <a href="/about">关于</a></div>
<div class="content"><p>据网传，{RUMOUR}！</p><p>图片来自网友，具体情况有待核实。</p></div>
</body></html>"""

REVIEW = {
    "@type": "ClaimReview",
    "url": DEBUNK,
    "claimReviewed": RUMOUR,
    "datePublished": "2026-03-10T11:00:00+08:00",
    "author": {"@id": "https://southbank.example/#org"},
    "itemReviewed": {
        "@type": "Claim",
        "appearance": [{"@type": "CreativeWork", "url": BLOG}],
    },
    "reviewRating": {
        "@type": "Rating",
        "alternateName": "不实",
        "ratingValue": 1,
        "worstRating": 1,
        "bestRating": 5,
    },
}
DEBUNK_PAGE = f"""<!DOCTYPE html><html lang="zh-CN"><head><meta charset="utf-8">
<title>【辟谣】网传河洲大桥垮塌不实 - 南岸日报</title>
<link rel="canonical" href="{DEBUNK}">
<meta property="og:site_name" content="南岸日报">
{
    script(
        article(
            DEBUNK,
            "【辟谣】网传河洲大桥垮塌不实，图片为2024年旧图",
            datePublished="2026-03-10T11:00:00+08:00",
            author={"@type": "Person", "name": "陈岸"},
            isBasedOn=BRIDGE,
        ),
        REVIEW,
        ORGANISATION,
    )
}</head><body>{NAVIGATION}<article><h1>【辟谣】网传河洲大桥垮塌不实，图片为2024年旧图</h1>
<p>网传大桥垮塌不实，桥梁一切正常。图片出自本报<a href="/2024/0702/bridge">2024年的报道</a>。</p>
<p>该说法见于<a href="{BLOG}">一个博客</a>，原文没有给出来源。</p>
<ul><li><a href="/2026/0309/weather">昨日天气</a></li><li><a href="/city">更多城事</a></li></ul>
</article></body></html>"""


def mhtml(address: str, page: str) -> bytes:
    picture = "iVBORw0KGgo="
    lines = [
        "From: <Saved by Blink>",
        f"Snapshot-Content-Location: {address}",
        "Subject: =?utf-8?Q?debunk?=",
        "Date: Tue, 10 Mar 2026 03:30:00 -0000",
        "MIME-Version: 1.0",
        'Content-Type: multipart/related; type="text/html";\r\n\tboundary="----Boundary--7----"',
        "",
        "------Boundary--7----",
        "Content-Type: text/html",
        "Content-ID: <frame-7@mhtml.blink>",
        "Content-Transfer-Encoding: quoted-printable",
        f"Content-Location: {address}",
        "",
        quopri.encodestring(page.encode()).decode("ascii").replace("\n", "\r\n"),
        "------Boundary--7----",
        "Content-Type: image/png",
        "Content-Transfer-Encoding: base64",
        "Content-Location: https://southbank.example/logo.png",
        "",
        picture,
        "------Boundary--7------",
        "",
    ]
    return "\r\n".join(lines).encode("ascii")


def warc(*, with_frame: bool) -> bytes:
    buffer = io.BytesIO()
    writer = WARCWriter(buffer, gzip=True)
    number = 0

    def write(kind: str, address: str, body: bytes, *, status: str = "200 OK", mime: str) -> None:
        nonlocal number
        number += 1
        identity = uuid.uuid5(uuid.NAMESPACE_URL, f"{number} {address}")
        headers = {
            "WARC-Record-ID": f"<urn:uuid:{identity}>",
            "WARC-Date": f"2026-03-10T04:00:{number:02d}Z",
        }
        http = None
        if kind in ("response", "revisit"):
            http = StatusAndHeaders(status, [("Content-Type", mime)], protocol="HTTP/1.1")
        if kind == "request":
            http = StatusAndHeaders("GET / HTTP/1.1", [("Host", "southbank.example")])
        record = writer.create_warc_record(
            address, kind, io.BytesIO(body), warc_headers_dict=headers, http_headers=http
        )
        writer.write_record(record)

    page, gbk = "text/html; charset=utf-8", "text/html"
    write("warcinfo", "story.warc.gz", b"software: invented\r\n", mime="")
    write("request", BRIDGE, b"", mime="")
    write("response", BRIDGE, BRIDGE_PAGE.encode(), mime=page)
    write("response", "https://southbank.example/logo.png", b"\x89PNG", mime="image/png")
    write("response", BLOG, BLOG_PAGE.encode("gbk"), mime=gbk)
    write("response", DEBUNK, DEBUNK_PAGE.encode(), mime=page)
    write("response", "https://blog.example/hz2", b"gone", status="404 Not Found", mime=page)
    write("response", "http://blog.example/hz1", b"", status="301 Moved", mime=page)
    write("revisit", DEBUNK, b"", mime=page)
    if with_frame:
        frame = b"<html><title>Buy</title><p>Buy our bridges, now cheaper.</p></html>"
        write("response", "https://ads.example/frame", frame, mime=page)
    return buffer.getvalue()


def wacz() -> bytes:
    head = {"format": "json-pages-1.0", "id": "pages", "title": "All Pages"}
    pages = [head, *({"url": url, "ts": "2026-03-10T04:00:00Z"} for url in (BRIDGE, BLOG, DEBUNK))]
    files = {
        "archive/data.warc.gz": warc(with_frame=True),
        "datapackage.json": b'{"profile": "data-package", "wacz_version": "1.1.1"}',
        "pages/pages.jsonl": "".join(f"{json.dumps(page)}\n" for page in pages).encode(),
    }
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in files.items():
            archive.writestr(zipfile.ZipInfo(name), content)
    return buffer.getvalue()


def reviews() -> dict[str, object]:
    """The same review as the API, a feed and a file of lines give it, beside others."""
    whole = {"@context": "https://schema.org", **REVIEW, "author": ORGANISATION}
    other = {
        "@context": "https://schema.org",
        "@type": "ClaimReview",
        "claimReviewed": RUMOUR,
        "author": {"@type": "Organization", "url": "https://factdesk.example/"},
        "datePublished": "2026-03-11",
        "url": "https://factdesk.example/bridge",
        "reviewRating": {"@type": "Rating", "ratingValue": "2", "alternateName": "缺乏证据"},
    }
    claim = {
        "text": RUMOUR,
        "claimant": "社交媒体用户",
        "claimDate": "2026-03-10T00:00:00Z",
        "claimReview": [
            {
                "publisher": {"name": "南岸日报", "site": "southbank.example"},
                "url": DEBUNK,
                "title": "网传河洲大桥垮塌不实",
                "reviewDate": "2026-03-10T03:00:00Z",
                "textualRating": "不实",
                "languageCode": "zh",
            },
            {
                "publisher": {"site": "factdesk.example"},
                "url": "https://factdesk.example/bridge",
                "reviewDate": "2026-03-11T00:00:00Z",
                "textualRating": "不实",
                "languageCode": "zh",
            },
        ],
    }
    element = {"@type": "DataFeedItem", "dateCreated": "2026-03-11T00:00:00Z"}
    elements = [{**element, "item": [whole]}, {**element, "item": []}, {**element, "item": [other]}]
    feed = {"@context": "https://schema.org", "@type": "DataFeed", "dataFeedElement": elements}
    return {
        "api": {"claims": [claim], "nextPageToken": "CAo"},
        "feed": feed,
        "lines": [whole, other],
    }


def main() -> None:
    (OUT / "web_bridge_singlefile.html").write_bytes(BRIDGE_PAGE.encode())
    (OUT / "web_hz1_gbk.html").write_bytes(BLOG_PAGE.encode("gbk"))
    (OUT / "web_debunk.mhtml").write_bytes(mhtml(DEBUNK, DEBUNK_PAGE))
    (OUT / "web_story.warc.gz").write_bytes(warc(with_frame=False))
    (OUT / "web_story.wacz").write_bytes(wacz())
    given = reviews()
    for name in ("api", "feed"):
        text = json.dumps(given[name], ensure_ascii=False, indent=1)
        (OUT / f"claim_review_{name}.json").write_text(text + "\n", "utf-8")
    lines = given["lines"]
    assert isinstance(lines, list)
    text = "".join(f"{json.dumps(each, ensure_ascii=False)}\n" for each in lines)
    (OUT / "claim_review_pages.jsonl").write_text(text, "utf-8")


if __name__ == "__main__":
    main()
