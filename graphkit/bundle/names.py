# SPDX-License-Identifier: GPL-3.0-or-later
"""Which names a bundle withholds, and where they stand in a text.

Both the pseudonyms and the leak gate use this one matcher. A name is found without regard to case
and only as a whole word; names of three or more characters in a script without spaces (Chinese,
Japanese, Korean, Thai) are found inside a sentence too.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, NamedTuple

import polars as pl

from graphkit.case import named_accounts

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from importlib.resources.abc import Traversable

    from graphkit.case import Case
    from graphkit.tables import Corpus

# Scripts that do not put spaces between words: Thai, kana, Han, Hangul.
_UNSPACED = "\u0e00-\u0e7f\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff"
_UNSPACED_CHARACTER = re.compile(f"[{_UNSPACED}]")
_MIN_DIGITS = 6  # a shorter number alone is a count, and names nobody
_MIN_UNSPACED = 3  # two Chinese characters are as often a word as a name
_ASCII_WORDS = r"[0-9a-z_]+"
MENTION = r"[@＠][\w.·-]{1,80}"
_KINDS = ("account id", "native id", "handle", "display name", "post id", "native post id")


class Hit(NamedTuple):
    """A withheld name in a text: first character, character after the last, and the name."""

    start: int
    end: int
    name: str


@dataclass(frozen=True)
class Withheld:
    """The names that a bundle of `case` withholds.

    `names` has name (lower case), kind (account id, native id, handle, display name, post id,
    native post id), prefix and owner (of the pseudonym), ordinary (a word of graphkit's own, a leak
    only behind an @); one row a name. `accounts` are the accounts, `posts` the posts that may be
    named, `published` all their names, in lower case.
    """

    case: Case
    names: pl.DataFrame
    accounts: frozenset[str]
    posts: frozenset[str]
    published: frozenset[str]


def withheld_names(case: Case, corpus: Corpus) -> Withheld:
    """What a bundle of `case` withholds: every name but those of accounts decided to be named."""
    named = named_accounts(case)
    own = corpus.posts.filter(pl.col("account_id").is_in(list(named)))
    kept = frozenset(own["post_id"].to_list())
    everything = pl.concat([_account_names(corpus), _post_names(corpus), _mentioned(corpus)])
    open_ = pl.col("id").is_in([*named, *kept])
    published = everything.filter(open_)["name"].unique().to_list()
    closed = everything.filter(~open_ & ~pl.col("name").is_in(published))
    worth = closed.filter(_identifies(pl.col("name")))
    return Withheld(case, _one_row_a_name(worth), named, kept, frozenset(published))


def hits(withheld: Withheld, texts: Collection[str]) -> dict[str, list[Hit]]:
    """Where withheld names stand in `texts`, by text; texts without any are left out.

    Hits are in order of their start, the longest first, and may overlap.
    """
    frame = pl.DataFrame({"text": sorted(set(texts))}, schema={"text": pl.String})
    frame = frame.with_columns(low=pl.col("text").str.to_lowercase())
    words = frame["low"].str.extract_all(_ASCII_WORDS).explode().unique()
    possible = withheld.names.filter(
        pl.col("words").list.eval(pl.element().is_in(words.implode())).list.all()
    )
    if not possible.height:
        return {}
    patterns = possible["name"].to_list()
    found = frame.filter(pl.col("low").str.contains_any(patterns)).with_columns(
        at=pl.col("low").str.find_many(patterns, overlapping=True),
        match=pl.col("low").str.extract_many(patterns, overlapping=True),
    )
    ordinary = set(possible.filter("ordinary")["name"].to_list())
    placed = {
        text: _whole(low, zip(at, match, strict=True), ordinary)
        for text, low, at, match in found.iter_rows()  # only texts that hold a candidate
    }
    return {text: each for text, each in placed.items() if each}


def _whole(low: str, candidates: Iterable[tuple[int, str]], ordinary: set[str]) -> list[Hit]:
    """The candidates (byte offset, name) that are whole words of the text `low`."""
    raw = low.encode()
    found = []
    for offset, name in candidates:
        start = len(raw[:offset].decode())
        hit = Hit(start, start + len(name), name)
        at = low[start - 1 : start] in ("@", "＠")
        if _is_whole(low, hit) and (at or name not in ordinary):
            found.append(hit)
    return sorted(found, key=lambda hit: (hit.start, -hit.end))


def _is_whole(text: str, hit: Hit) -> bool:
    before, after = text[: hit.start][-2:], text[hit.end : hit.end + 2]
    short = len(hit.name) < _MIN_UNSPACED and bool(_UNSPACED_CHARACTER.search(hit.name))
    if _joined(before[-1:], hit.name[0], short) or _joined(hit.name[-1], after[:1], short):
        return False
    decimal = re.fullmatch(r"\d\.", before) or re.fullmatch(r"\.\d", after)
    return not (hit.name.isdigit() and decimal)


def _joined(left: str, right: str, strict: bool) -> bool:  # noqa: FBT001  two characters and how
    """Whether two neighbours belong to one word."""
    both = all(each.isalnum() or each == "_" for each in (left, right) if each) and left and right
    return bool(both) and (strict or not _UNSPACED_CHARACTER.search(left + right))


def _identifies(name: pl.Expr) -> pl.Expr:
    digits = name.str.contains(r"^\d+$") & (name.str.len_chars() < _MIN_DIGITS)
    return name.str.contains(r"[\p{L}\p{N}]") & (name.str.len_chars() >= 2) & ~digits


def _names(ids: pl.Expr, name: pl.Expr, *, kind: str, prefix: str, owner: pl.Expr) -> list[pl.Expr]:
    return [
        ids.alias("id"),
        name.str.to_lowercase().str.strip_chars().alias("name"),
        pl.lit(kind).alias("kind"),
        pl.lit(prefix).alias("prefix"),
        owner.alias("owner"),
    ]


def _id_names(ids: pl.Series, *, kinds: tuple[str, str], prefix: str) -> pl.DataFrame:
    """The full and the native form of each id."""
    frame = ids.drop_nulls().unique().to_frame("id")
    full = pl.col("id")
    native = full.str.replace(r"^[^:]*:", "")
    forms = zip((full, native), kinds, strict=True)
    return pl.concat(
        [frame.select(_names(full, f, kind=k, prefix=prefix, owner=full)) for f, k in forms]
    )


def _account_names(corpus: Corpus) -> pl.DataFrame:
    cited = corpus.citations.filter(pl.col("target_kind") == "account")["target"]
    labelled = corpus.labels.filter(pl.col("subject_kind") == "account")["subject_id"]
    ids = [frame["account_id"] for frame in (corpus.accounts, corpus.posts, corpus.actions)]
    everyone = pl.concat([each.rename("id") for each in (*ids, cited, labelled)])
    owner = pl.col("account_id")
    said = [
        corpus.accounts.drop_nulls(column).select(
            _names(owner, pl.col(column), kind=kind, prefix="acct", owner=owner)
        )
        for column, kind in (("handle", "handle"), ("display_name", "display name"))
    ]
    known = _id_names(everyone, kinds=("account id", "native id"), prefix="acct")
    return pl.concat([known, *said])


def _post_names(corpus: Corpus) -> pl.DataFrame:
    cited = corpus.citations.filter(pl.col("target_kind") == "post")["target"]
    labelled = corpus.labels.filter(pl.col("subject_kind") == "post")["subject_id"]
    own = [corpus.posts[name] for name in ("post_id", "parent_id", "root_id")]
    all_ids = [*own, corpus.actions["content_id"], cited, labelled]
    ids = pl.concat([each.rename("id") for each in all_ids])
    return _id_names(ids, kinds=("post id", "native post id"), prefix="post")


def _mentioned(corpus: Corpus) -> pl.DataFrame:
    """Handles in mentions and texts: their owners may be in no other row."""
    texts = corpus.posts["text"].str.extract_all(MENTION).explode().str.slice(1)
    handles = pl.concat([corpus.posts["mentions"].explode(), texts.alias("mentions")])
    name = pl.col("mentions").str.strip_chars_end(".-·")
    known = handles.drop_nulls().unique().to_frame()
    low = name.str.to_lowercase()
    return known.select(_names(pl.lit(""), name, kind="handle", prefix="name", owner=low))


def _one_row_a_name(names: pl.DataFrame) -> pl.DataFrame:
    """Each name once: as an account's before a bare mention; of two owners it is nobody's."""
    ranked = names.with_columns(
        rank=pl.col("kind").replace_strict(_KINDS, range(len(_KINDS)), return_dtype=pl.Int8),
        bare=pl.col("prefix") == "name",
    )
    keys = ["name", "bare", "rank", "owner"]
    first = ranked.unique(keys).sort(keys)
    # One name of several accounts must not point at one of them.
    owners = pl.col("owner").filter(pl.col("prefix") == pl.col("prefix").first()).n_unique()
    once = first.group_by("name", maintain_order=True).agg(
        pl.col("kind", "prefix", "owner").first(), shared=owners > 1
    )
    own = _own_words()
    return once.select(
        "name",
        "kind",
        prefix=pl.when("shared").then(pl.lit("name")).otherwise("prefix"),
        owner=pl.when("shared").then("name").otherwise("owner"),
        ordinary=pl.col("name").is_in(list(own)),
        words=pl.col("name").str.extract_all(_ASCII_WORDS),
    )


@cache
def _own_words() -> frozenset[str]:
    """The words of graphkit's own source: else an account called `evidence` blocks every bundle."""
    found: set[str] = set()
    for text in _sources(resources.files("graphkit")):
        found.update(re.findall(r"[^\W\d]\w*", text.lower()))
    return frozenset(found)


def _sources(folder: Traversable) -> Iterable[str]:
    for entry in folder.iterdir():
        if entry.is_dir() and not entry.name.startswith("_"):
            yield from _sources(entry)
        elif entry.name.endswith((".py", ".css")):
            yield entry.read_text("utf-8")
