# SPDX-License-Identifier: GPL-3.0-or-later
"""Pseudonyms for withheld names, the same in every file of a bundle.

Hashing the author column is not enough: names stand in texts, mentions, addresses and file names
too. So every text that leaves the case goes through here.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple

import polars as pl

from graphkit.bundle.matching import ASCII_WORDS, CODED, MAIL, MENTION, Hit, decoded, fold, hits
from graphkit.case import pseudonyms

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from graphkit.bundle.names import Withheld

_MENTION = re.compile(rf"(?P<mail>{MAIL})|{MENTION}")
_CODED_WORD = re.compile(rf"[\w.~%+&#;=?/:-]*(?:{CODED.pattern})[\w.~%+&#;=?/:-]*", re.ASCII)
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
    asked = {handle: fold(handle) for handle in sorted(set(handles))}
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
    """Every text in a JSON value, keys too, in no order."""
    left = [value]
    while left:
        each = left.pop()
        if isinstance(each, str):
            yield each
        elif isinstance(each, dict):
            left.extend(each)
            left.extend(each.values())
        elif isinstance(each, (list, tuple)):
            left.extend(each)


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
    coded = {text: list(_CODED_WORD.finditer(text)) for text in asked if CODED.search(text)}
    pieces = [each for text in coded for each in (*coded[text], *addresses.get(text, []))]
    parts = {part for each in pieces for part in (each[0], each.groupdict().get("host")) if part}
    plain = {part: decoded(part) for part in parts}
    found = hits(withheld, {*asked, *plain.values()})
    bad = {part for part in parts if plain[part] in found}
    short = withheld.short & asked  # a number is a whole text, or a count
    found |= {text: [Hit(0, len(text), text)] for text in short}
    mentions = {text: _mentions(text) for text in asked if "@" in text or "＠" in text}
    named = {hit.name for each in (*found.values(), *mentions.values()) for hit in each}
    by = _replacements(withheld, named)
    result = {}
    for text in asked:
        own = found.get(text, [])
        names = [*mentions.get(text, []), *own]
        leading = [a for a in addresses.get(text, []) if a[0] in bad or _leads(withheld, a, own)]
        edits = [_cut(withheld, a, own, bad=bad) for a in leading]
        edits += [_coded(withheld, each) for each in coded.get(text, []) if each[0] in bad]
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


def _coded(withheld: Withheld, word: re.Match[str]) -> Edit:
    code = pseudonyms(withheld.case, [word[0]], prefix="url")[word[0]]
    return Edit(word.start(), word.end(), code)


def _cut(
    withheld: Withheld, address: re.Match[str], own: Sequence[Hit], *, bad: Collection[str]
) -> Edit:
    """The address without its path: a permalink names by numbers too that no table holds."""
    code = pseudonyms(withheld.case, [address[0]], prefix="url")[address[0]]
    named = any(address.start() <= hit.start < address.end("host") for hit in own)
    whole = named or address["host"] in bad
    kept = "" if whole else address[0][: address.end("host") - address.start()] + "/"
    return Edit(address.start(), address.end(), kept + code)


def _mentions(text: str) -> list[Hit]:
    """Every @name and mail address in `text`, whether its account is known or not."""
    found = []
    for each in _MENTION.finditer(text):
        start = each.start() + (each["mail"] is None)
        name = text[start : each.end()].rstrip(".-·")
        found += [Hit(start, start + len(name), fold(name))] if name else []
    return found


def _replacements(withheld: Withheld, names: Collection[str]) -> dict[str, str]:
    """The pseudonym of each of `names` (lower case) that is not published."""
    asked = pl.Series(list(names), dtype=pl.String)
    likely = withheld.word_index.names_of(asked.str.extract_all(ASCII_WORDS).explode())
    known = likely.filter(pl.col("name").is_in(asked.implode()))
    of = {name: (p, o) for name, p, o in known.select("name", "prefix", "owner").iter_rows()}
    owners: dict[str, dict[str, str]] = {}
    for name in sorted(set(names) - withheld.published):
        prefix, owner = of.get(name, ("name", name))
        owners.setdefault(prefix, {})[name] = owner
    by = {p: pseudonyms(withheld.case, each.values(), prefix=p) for p, each in owners.items()}
    return {name: by[p][owner] for p, each in owners.items() for name, owner in each.items()}


def _apart(edits: Sequence[Edit]) -> list[Edit]:
    """Edits in order, of overlapping ones the first and longest."""
    kept: list[Edit] = []
    for edit in sorted(edits, key=lambda each: (each.start, -each.end, each.text)):
        if not kept or edit.start >= kept[-1].end:
            kept.append(edit)
    return kept
