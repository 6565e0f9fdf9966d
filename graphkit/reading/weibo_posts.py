# SPDX-License-Identifier: GPL-3.0-or-later
"""What the posts of Weibo have in common in every tool's files.

A post is a mapping with the keys of Weibo's mobile interface: id (the number), bid (the same in
base 62), user_id, screen_name, text, created_at, full_created_at, source (the application),
reposts_count, topics, at_users, links, article_url, and for a repost `retweet`, the post that the
interface gives with it, or `retweet_id`. That post is the first of the chain: who stood between
is only in the text (`//@name:`).
"""

from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

from graphkit.reading.records import Found
from graphkit.reading.rows import Refused
from graphkit.reading.values import count, first, parts, plain_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

Row = dict[str, Any]
WEIBO_ZONE = "Asia/Shanghai"
NO_WORDS = {"", "转发微博", "轉發微博", "转发", "Repost", "repost"}  # what Weibo writes by itself
MARKUP = re.compile(r"<(?:a|br|span|img|p|div)\b[^>]*>", re.IGNORECASE)
EMOJI = re.compile(r"<img\b[^>]*?\balt=[\"']?(\[[^\]]+\])[^>]*>", re.IGNORECASE)
ADDRESS = re.compile(r"\bhref=[\"'](https?:[^\"']+)", re.IGNORECASE)
TOPIC = re.compile(r"#([^#\s][^#\n]{0,60})#")
MENTION = re.compile(r"@([\w·-]{1,30})")
OWN_PAGES = re.compile(r"^https?://(?:m|s)\.weibo\.c(?:n|om)/(?:search|weibo\?|p/index|k/)")
GONE = re.compile(
    r"^(?:抱歉|该账号|此微博|该微博|微博不存在|您所访问)"
    r".{0,40}(?:删除|不可见|不宜公开|无法查看|没有权限|投诉|不存在|仅展示)"
)


def post_found(weibo: Mapping[str, Any], user: Mapping[str, Any] | None = None) -> Found | Refused:
    """The post with its author and the reposted post as extras; a label where the post is gone.

    `user` is its author's profile, where the file has one. Without author a post cannot be kept,
    but the notice that stands in its place (`抱歉，此微博已被作者删除`) is a label of it.
    """
    post_id = native_id(weibo.get("id"))
    if post_id is None:
        return Refused("no id")
    author = post_author(weibo) if user is None else user_account(user)
    if author is None:
        label = _gone_label(weibo)
        return Refused("names no author") if label is None else Found("labels", label)
    extras = (("accounts", author), *_edited(weibo), *_reposted(weibo))
    return Found("posts", post_row(weibo), extras)


def comment_found(comment: Mapping[str, Any]) -> Found | Refused:
    """The comment as a reply to the post, or to the comment that began its thread.

    Its keys are id, weibo_id, root_id, user_id, user_screen_name, created_at and text. Which
    comment of a thread it answers, Weibo says only in its text (`回复@name:`).
    """
    named = {**comment, "screen_name": comment.get("user_screen_name")}
    author, post = post_author(named), native_id(comment.get("weibo_id"))
    if author is None or post is None:
        return Refused("a comment without author or post")
    thread = native_id(comment.get("root_id"))
    is_first = thread is None or thread == native_id(comment.get("id"))
    row = {**post_row(named), "kind": "reply", "parent_id": post if is_first else thread,
           "root_id": post, "url": None}  # fmt: skip
    return Found("posts", row, (("accounts", author),))


def post_row(weibo: Mapping[str, Any]) -> Row:
    """The row of the table posts; of a repost with what it reposts as parent and root."""
    text, addresses = read_text(weibo.get("text"))
    parent = native_id(first(weibo, "retweet.id", "retweet_id"))
    is_repost = parent is not None or bool(weibo.get("retweet"))
    given = weibo.get("links")
    links = [*(given if isinstance(given, list) else []), weibo.get("article_url")]
    account = account_id(weibo)
    return {
        "post_id": native_id(weibo.get("id")),
        "account_id": account,
        "created_at": first(weibo, "full_created_at", "created_at"),
        "kind": repost_kind(text) if is_repost else "original",
        "text": text,
        "parent_id": parent,
        "root_id": parent,
        "url": post_url(account, weibo.get("bid")),
        "urls": list(dict.fromkeys(unwrapped(u) for u in (*links, *addresses) if u)),
        "mentions": parts(weibo["at_users"], ",") if "at_users" in weibo else said_mentions(text),
        "hashtags": (
            [tag.strip("#") for tag in parts(weibo["topics"], ",")]
            if "topics" in weibo
            else said_topics(text)
        ),
        "client": read_text(weibo.get("source"))[0],
        "declared_repost_count": count(weibo.get("reposts_count")),
        "collected_at": weibo.get("collected_at"),
    }


def post_author(weibo: Mapping[str, Any]) -> Row | None:
    """What a post says of its author; None where it says nothing."""
    account, name = account_id(weibo), weibo.get("screen_name")
    if account is None:
        return None
    return {"account_id": account, "handle": name, "display_name": name}


def user_account(user: Mapping[str, Any]) -> Row:
    """The row of the table accounts of a profile of Weibo's mobile interface."""
    name = user.get("screen_name")
    return {
        "account_id": account_id({"user_id": user.get("id"), "screen_name": name}),
        "handle": name,
        "display_name": name,
        "created_at": user.get("registration_time"),
        "bio": user.get("description"),
        "is_verified": user.get("verified"),
        "credential": user.get("verified_reason"),
        "followers_count": count(user.get("followers_count")),
    }


def account_id(weibo: Mapping[str, Any]) -> str | None:
    """The number of the account, or `@name` where only its name is known."""
    number, name = native_id(weibo.get("user_id")), weibo.get("screen_name")
    if number is None:
        return f"@{name}" if name else None
    return number.partition("?")[0]  # a link's tail, in sources of weibo-search


def native_id(value: object) -> str | None:
    r"""An id as text, without the TAB that keeps spreadsheets off it; None for 0 and for nothing.

    >>> native_id("5270000000001000\t"), native_id(1002), native_id("")
    ('5270000000001000', '1002', None)
    """
    text = "" if value is None else str(value).strip()
    return None if text in {"", "0", "None"} else text


def post_url(account: str | None, bid: object) -> str | None:
    """The address of a post: https://weibo.com/<number of the account>/<id in base 62>."""
    short = native_id(bid)
    known = account is not None and account.isdigit() and short is not None
    return f"https://weibo.com/{account}/{short}" if known else None


def repost_kind(text: str | None) -> str:
    """`quote` for a repost with words of its own before the chain `//@name:`, else `repost`.

    >>> repost_kind("转发微博"), repost_kind("//@甲:真的？"), repost_kind("不实//@甲:真的？")
    ('repost', 'repost', 'quote')
    """
    own = "" if text is None else text.partition("//@")[0].strip()
    return "repost" if own in NO_WORDS else "quote"


def said_topics(text: str | None) -> list[str]:
    """The topics in a text, as Weibo writes them.

    >>> said_topics("据网传 #河洲大桥# #河洲大桥#"), said_mentions("//@甲:转发 @乙_1 真的？")
    (['河洲大桥'], ['甲', '乙_1'])
    """
    return _each(TOPIC, text)


def said_mentions(text: str | None) -> list[str]:
    """The names in a text that stand behind @, as Weibo allows names."""
    return _each(MENTION, text)


def _each(pattern: re.Pattern[str], text: str | None) -> list[str]:
    return [] if text is None else list(dict.fromkeys(pattern.findall(text)))


def read_text(text: object) -> tuple[str | None, list[str]]:
    """The text of a post, and the addresses behind its words where the tool left the HTML in."""
    if not isinstance(text, str) or not MARKUP.search(text):
        return (text if text is None else str(text)), []
    addresses = [html.unescape(found) for found in ADDRESS.findall(text)]
    return plain_text(EMOJI.sub(r"\1", text)), [u for u in addresses if not OWN_PAGES.match(u)]


def unwrapped(address: str) -> str:
    """The address behind Weibo's page of warning, else the address itself.

    >>> unwrapped("https://weibo.cn/sinaurl?u=https%3A%2F%2Fblog.example%2Fhz1")
    'https://blog.example/hz1'
    """
    if "/sinaurl" not in address:
        return address
    return next(iter(parse_qs(urlsplit(address).query).get("u", [])), address)


def account_in_path(path: Path) -> Row | None:
    """The account of a file `<number>.csv`, which says nowhere else whose posts it holds.

    Its folder is the nickname where the crawler's own layout (weibo.../<nickname>/<file>) shows
    that it is one.
    """
    numbers = re.findall(r"(?<!\d)\d{4,11}(?!\d)", path.stem)
    if len(numbers) != 1:
        return None
    laid_out = "weibo" in path.parent.parent.name.lower() and path.parent.name != numbers[0]
    return {"user_id": numbers[0], "screen_name": path.parent.name if laid_out else None}


def _reposted(weibo: Mapping[str, Any]) -> Iterator[tuple[str, Row]]:
    """The reposted post and its author; where it is gone, what Weibo says in its place."""
    inner = weibo.get("retweet")
    if not isinstance(inner, dict) or native_id(inner.get("id")) is None:
        return
    author, label = post_author(inner), _gone_label(inner)
    if label is not None:
        yield "labels", label
    if author is not None:
        yield "accounts", author
        known = post_row(inner)
        yield "posts", known if label is None else {**known, "text": None, "is_seen": False}


def _edited(weibo: Mapping[str, Any]) -> Iterator[tuple[str, Row]]:
    """The mark that Weibo sets on an edited post; when it was edited the tools do not say."""
    if str(weibo.get("edited")).lower() in {"true", "1"}:
        post = {"subject_kind": "post", "subject_id": native_id(weibo.get("id"))}
        yield "labels", {**post, "label": "已编辑", "labelled_by": "weibo"}


def _gone_label(weibo: Mapping[str, Any]) -> Row | None:
    text, _ = read_text(weibo.get("text"))
    if text is None or not GONE.match(text):
        return None
    subject = {"subject_kind": "post", "subject_id": native_id(weibo.get("id"))}
    return {**subject, "label": text.splitlines()[0][:80], "labelled_by": "weibo"}
