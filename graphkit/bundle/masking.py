# SPDX-License-Identifier: GPL-3.0-or-later
"""Pseudonyms for withheld names, the same in every file of a bundle.

Hashing the author column is not enough: names stand in texts, mentions, addresses and file names
too. So every text that leaves the case goes through here.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import unquote

import polars as pl

from graphkit.bundle.names import MENTION, Hit, hits
from graphkit.case import pseudonyms

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from graphkit.bundle.names import Withheld

_MENTION = re.compile(MENTION)
_ADDRESS = re.compile(
    r"(?:[a-z][a-z0-9+.-]*://)?(?P<host>(?:[\w-]+\.)+[a-z]{2,})(?P<rest>[/?:#][^\s<>\"'（）《》，。！]*)?",
    re.IGNORECASE,
)
# On these a path is a person's page or a person's post.
PLATFORM_HOSTS = (
    *("bilibili.com", "bsky.app", "douyin.com", "facebook.com", "gab.com", "instagram.com"),
    *("mastodon.social", "reddit.com", "t.me", "telegram.me", "threads.com", "threads.net"),
    *("tiktok.com", "truthsocial.com", "twitter.com", "vk.com", "weibo.cn", "weibo.com", "x.com"),
    *("weiju.example", "xiaohongshu.com", "youtu.be", "youtube.com", "zhihu.com"),
)


class Edit(NamedTuple):
    """Characters `start` to `end` of a text are replaced by `text`."""

    start: int
    end: int
    text: str


def masked_ids(withheld: Withheld, ids: Iterable[str | None], *, prefix: str) -> dict[str, str]:
    """A pseudonym for each id that is not published; `prefix` is `acct` or `post`."""
    kept = withheld.accounts | withheld.posts
    closed = sorted({each for each in ids if each is not None} - kept)
    return pseudonyms(withheld.case, closed, prefix=prefix)


def masked_handles(withheld: Withheld, handles: Iterable[str]) -> dict[str, str]:
    """Each handle, or the pseudonym of its account where it is withheld."""
    asked = {handle: handle.lower() for handle in sorted(set(handles))}
    named = _replacements(withheld, asked.values())
    return {handle: named.get(low, handle) for handle, low in asked.items()}


def masked_texts(withheld: Withheld, texts: Collection[str]) -> dict[str, str]:
    """The texts that change, with pseudonyms in place of withheld names, by the text itself."""
    return {text: edited(text, each) for text, each in text_edits(withheld, texts).items()}


def edited(text: str, edits: Sequence[Edit]) -> str:
    """`text` after `edits`, which do not overlap and are in order."""
    parts, at = [], 0
    for edit in edits:
        parts += [text[at : edit.start], edit.text]
        at = edit.end
    return "".join([*parts, text[at:]])


def moved(position: int, edits: Sequence[Edit]) -> int:
    """Where the character at `position` is after `edits` (inside one: where its text begins)."""
    shift = 0
    for edit in edits:
        if edit.start >= position:
            break
        if edit.end > position:
            return edit.start + shift
        shift += len(edit.text) - (edit.end - edit.start)
    return position + shift


def masked_json(withheld: Withheld, value: Any) -> Any:  # noqa: ANN401  any JSON value
    """`value` with every text in it masked, keys too."""
    return replaced(value, masked_texts(withheld, set(strings_in(value))))


def strings_in(value: object) -> Iterator[str]:
    """Every text in a JSON value, keys too."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, each in value.items():
            yield key
            yield from strings_in(each)
    elif isinstance(value, (list, tuple)):
        for each in value:
            yield from strings_in(each)


def replaced(value: Any, by: Mapping[str, str]) -> Any:  # noqa: ANN401
    """The JSON value `value` with every text, keys too, replaced as `by` says."""
    if isinstance(value, str):
        return by.get(value, value)
    if isinstance(value, dict):
        return {by.get(key, key): replaced(each, by) for key, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [replaced(each, by) for each in value]
    return value


def text_edits(withheld: Withheld, texts: Collection[str]) -> dict[str, list[Edit]]:
    """What must be replaced in each of `texts`; texts that stay as they are are left out."""
    asked = set(texts) - withheld.accounts - withheld.posts
    addresses = {text: _addresses(text) for text in asked if "." in text}
    decoded = {a[0]: unquote(a[0]) for each in addresses.values() for a in each if "%" in a[0]}
    found = hits(withheld, {*asked, *decoded.values()})
    mentions = {text: _mentions(text) for text in asked if "@" in text or "＠" in text}
    named = {hit.name for each in (*found.values(), *mentions.values()) for hit in each}
    by = _replacements(withheld, named)
    coded = {address for address, plain in decoded.items() if plain in found}
    result = {}
    for text in asked:
        own = found.get(text, [])
        bad = [a for a in addresses.get(text, []) if a[0] in coded or _leads(withheld, a, own)]
        names = [*mentions.get(text, []), *own]
        edits = [_cut(withheld, a, own) for a in bad]
        edits += [Edit(hit.start, hit.end, by[hit.name]) for hit in names if hit.name in by]
        if edits:
            result[text] = _apart(edits)
    return result


def _addresses(text: str) -> list[re.Match[str]]:
    """The addresses in `text`: with a scheme, or a host and what follows it."""
    found = _ADDRESS.finditer(text)
    return [each for each in found if each["rest"] is not None or "://" in each[0]]


def _leads(withheld: Withheld, address: re.Match[str], own: Sequence[Hit]) -> bool:
    """Whether the address leads to somebody withheld: by a name in it, or by its platform."""
    if any(address.start() <= hit.start < address.end() for hit in own):
        return True
    host = address["host"].lower()
    people = any(f".{host}".endswith(f".{each}") for each in PLATFORM_HOSTS)
    if not people and "/@" not in address[0]:
        return False
    words = re.findall(r"\w+", address[0].lower())
    return address["rest"] not in (None, "/") and withheld.published.isdisjoint(words)


def _cut(withheld: Withheld, address: re.Match[str], own: Sequence[Hit]) -> Edit:
    """The address without its path: a permalink names by numbers too that no table holds."""
    code = pseudonyms(withheld.case, [address[0]], prefix="url")[address[0]]
    whole = any(address.start() <= hit.start < address.end("host") for hit in own)
    kept = "" if whole else address[0][: address.end("host") - address.start()] + "/"
    return Edit(address.start(), address.end(), kept + code)


def _mentions(text: str) -> list[Hit]:
    """Every @name in `text`, whether its account is known or not."""
    found = ((each.start() + 1, each[0][1:].rstrip(".-·")) for each in _MENTION.finditer(text))
    return [Hit(start, start + len(name), name.lower()) for start, name in found if name]


def _replacements(withheld: Withheld, names: Collection[str]) -> dict[str, str]:
    """The pseudonym of each of `names` (lower case) that is not published."""
    known = withheld.names.filter(pl.col("name").is_in(list(names)))
    of = {name: (p, o) for name, p, o in known.select("name", "prefix", "owner").iter_rows()}
    result = {}
    for name in sorted(set(names) - withheld.published):
        prefix, owner = of.get(name, ("name", name))
        result[name] = pseudonyms(withheld.case, [owner], prefix=prefix)[owner]
    return result


def _apart(edits: Sequence[Edit]) -> list[Edit]:
    """Edits in order, of overlapping ones the first and longest."""
    kept: list[Edit] = []
    for edit in sorted(edits, key=lambda each: (each.start, -each.end, each.text)):
        if not kept or edit.start >= kept[-1].end:
            kept.append(edit)
    return kept
