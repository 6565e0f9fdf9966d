# SPDX-License-Identifier: GPL-3.0-or-later
"""Which names a bundle withholds: ids, handles and display names of accounts, ids of posts."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, cached_property
from importlib import resources
from typing import TYPE_CHECKING

import polars as pl

from graphkit.bundle.matching import (
    ASCII_WORDS,
    MAIL,
    MENTION,
    MIN_UNSPACED,
    UNSPACED,
    WordIndex,
    folded,
)
from graphkit.case import named_accounts

if TYPE_CHECKING:
    from collections.abc import Iterable
    from importlib.resources.abc import Traversable

    from graphkit.case import Case
    from graphkit.tables import Corpus

_MIN_DIGITS = 6  # a shorter number alone is a count, and names nobody but in a file name
# Two characters that stand inside the sentences of more posts than this are a word.
_RARE_POSTS, _RARE_SHARE = 10, 0.001
# A code and no word: digits among letters, capitals among small letters, or a long number that is
# no date.
_CODE = (
    r"[A-Za-z][A-Za-z0-9]*[0-9]|[0-9][A-Za-z0-9]*[A-Za-z]|[a-z][A-Za-z0-9]*[A-Z]|"
    r"^[013-9]\d{7,}$|^2[1-9]\d{6,}$|^20\d{7,}$"
)
_POST_ID = r"^(?:[\w.-]+:)?(?:\d{8,}|at://.+|t[13]_\w+)$"
# What stands before the host in a name that holds its host: lin of lin@social.example.
_LOCAL = r"^@?(.+?)(?:@.+|\.bsky\.social)$"
_ASIDES = re.compile(r'(?ms)^\s*r?""".*?"""|#[^\n"]*$')
_KINDS = ("account id", "native id", "handle", "display name", "post id", "native post id")


@dataclass(frozen=True)
class Withheld:
    """The names that a bundle of `case` withholds.

    `names` has name (folded), kind (account id, native id, handle, display name, post id, native
    post id), prefix and owner (of the pseudonym), ordinary (a word of graphkit's own, a leak only
    behind an @), inside (counts inside a sentence), short (a number that counts only in file
    names); one row a name. `accounts` are the accounts, `posts` the posts that may be named,
    `published` all their names, folded.
    """

    case: Case
    names: pl.DataFrame
    accounts: frozenset[str]
    posts: frozenset[str]
    published: frozenset[str]

    @cached_property
    def word_index(self) -> WordIndex:
        """The names by the words in them."""
        return WordIndex(self.names)

    @cached_property
    def short(self) -> frozenset[str]:
        """The short names."""
        return frozenset(self.names.filter("short")["name"])


def withheld_names(case: Case, corpus: Corpus) -> Withheld:
    """What a bundle of `case` withholds: every name but those of accounts decided to be named."""
    named = named_accounts(case)
    own = corpus.posts.filter(pl.col("account_id").is_in(list(named)))
    kept = frozenset(own["post_id"].to_list())
    everything = pl.concat([_account_names(corpus), _post_names(corpus), _mentioned(corpus)])
    everything = everything.with_columns(folded(pl.col("name")).str.strip_chars())
    open_ = pl.col("id").is_in([*named, *kept])
    published = everything.filter(open_)["name"].unique().to_list()
    closed = everything.filter(~open_ & ~pl.col("name").is_in(published))
    names = _one_row_a_name(closed.filter(_identifies(pl.col("name"))))
    brief = pl.col("name").str.contains(f"[{UNSPACED}]")
    brief &= pl.col("name").str.len_chars() < MIN_UNSPACED
    words = _words_of(corpus, names.filter(brief)["name"])
    names = names.with_columns(inside=~pl.col("name").is_in(words.implode()))
    return Withheld(case, names, named, kept, frozenset(published))


def _words_of(corpus: Corpus, brief: pl.Series) -> pl.Series:
    """Those of the `brief` names that stand inside so many sentences that they are words."""
    if not brief.len():
        return brief
    texts = corpus.posts.select("post_id", low=folded(pl.col("text"))).drop_nulls()
    most = max(_RARE_POSTS, int(_RARE_SHARE * texts.height))
    found = texts.select(
        "post_id", name=pl.col("low").str.extract_many(brief.to_list(), overlapping=True)
    )
    counts = found.explode("name").drop_nulls().unique().group_by("name").len()
    return counts.filter(pl.col("len") > most)["name"]


def _identifies(name: pl.Expr) -> pl.Expr:
    return name.str.contains(r"[\p{L}\p{N}].|^\d$|.[\p{L}\p{N}]")


def _is_short(name: pl.Expr) -> pl.Expr:
    return name.str.contains(r"^\d+$") & (name.str.len_chars() < _MIN_DIGITS)


def _names(ids: pl.Expr, name: pl.Expr, *, kind: str, prefix: str, owner: pl.Expr) -> list[pl.Expr]:
    return [
        ids.alias("id"),
        name.alias("name"),
        pl.lit(kind).alias("kind"),
        pl.lit(prefix).alias("prefix"),
        owner.alias("owner"),
    ]


def _id_names(ids: pl.Series, *, kinds: tuple[str, str], prefix: str) -> pl.DataFrame:
    """The full and the native form of each id; `@handle` as an id is the handle."""
    frame = ids.drop_nulls().unique().to_frame("id")
    full = pl.col("id")
    native = full.str.replace(r"^[^:]*:@?", "")
    forms = zip((full, native), kinds, strict=True)
    known = [frame.select(_names(full, f, kind=k, prefix=prefix, owner=full)) for f, k in forms]
    # Codes in ids that are made of several: at://did:plc:x/app.bsky.feed.post/3lsynth0aaa2c.
    made = frame.filter(native.str.contains(r"[/=&_:]")).with_columns(
        code=native.str.extract_all(r"[A-Za-z0-9]{5,}")
    )
    codes = made.explode("code").filter(pl.col("code").str.contains(_CODE))
    numbers = frame.with_columns(code=native.str.extract(r"^(?:user|channel|chat)(\d+)$"))
    said = _names(full, pl.col("code"), kind=kinds[1], prefix=prefix, owner=full)
    return pl.concat([*known, codes.select(said), numbers.drop_nulls().select(said)])


def _account_names(corpus: Corpus) -> pl.DataFrame:
    cited = corpus.citations.filter(pl.col("target_kind") == "account")["target"]
    labelled = corpus.labels.filter(pl.col("subject_kind") == "account")["subject_id"]
    ids = [frame["account_id"] for frame in (corpus.accounts, corpus.posts, corpus.actions)]
    everyone = pl.concat([each.rename("id") for each in (*ids, cited, labelled)])
    owner, former = pl.col("account_id"), pl.col("subject_id")
    said = [
        corpus.accounts.drop_nulls(column).select(
            _names(owner, pl.col(column), kind=kind, prefix="acct", owner=owner)
        )
        for column, kind in (("handle", "handle"), ("display_name", "display name"))
    ]
    of_account = corpus.revisions.filter(subject_kind="account").drop_nulls("value")
    said += [  # what it was called before, or since
        of_account.filter(column=column).select(
            _names(former, pl.col("value"), kind=kind, prefix="acct", owner=former)
        )
        for column, kind in (("handle", "handle"), ("display_name", "display name"))
    ]
    far = pl.col("handle").str.extract(_LOCAL)
    local = corpus.accounts.select("account_id", far.alias("handle")).drop_nulls()
    said.append(
        local.select(_names(owner, pl.col("handle"), kind="handle", prefix="acct", owner=owner))
    )
    known = _id_names(everyone, kinds=("account id", "native id"), prefix="acct")
    return pl.concat([known, *said])


def _post_names(corpus: Corpus) -> pl.DataFrame:
    cited = corpus.citations.filter(pl.col("target_kind") == "post")["target"]
    labelled = corpus.labels.filter(pl.col("subject_kind") == "post")["subject_id"]
    objects = corpus.actions["object_id"].unique()
    own = [corpus.posts[name] for name in ("post_id", "parent_id", "root_id")]
    all_ids = [*own, corpus.actions["content_id"], objects.filter(objects.str.contains(_POST_ID))]
    ids = pl.concat([each.rename("id") for each in (*all_ids, cited, labelled)])
    links = corpus.posts.select("url", id="post_id").drop_nulls()
    last = pl.col("url").str.extract(r"([A-Za-z0-9]{6,})/?$")
    in_links = links.select(
        _names(pl.col("id"), last, kind="native post id", prefix="post", owner=pl.col("id"))
    ).filter(pl.col("name").str.contains(_CODE))
    return pl.concat([_id_names(ids, kinds=("post id", "native post id"), prefix="post"), in_links])


def _mentioned(corpus: Corpus) -> pl.DataFrame:
    """Handles in mentions and texts: their owners may be in no other row."""
    texts = corpus.posts["text"].drop_nulls()
    mail = texts.str.extract_all(MAIL).explode()
    said = texts.str.replace_all(MAIL, " ").str.extract_all(MENTION).explode().str.slice(1)
    every = [each.rename("said") for each in (corpus.posts["mentions"].explode(), said, mail)]
    handles = pl.concat(every).str.strip_chars_end(".-·").drop_nulls().unique().to_frame()
    name = pl.col("said")
    return handles.select(
        _names(pl.lit(""), name, kind="handle", prefix="name", owner=folded(name))
    )


def _one_row_a_name(names: pl.DataFrame) -> pl.DataFrame:
    """Each name once: as an account's before a bare mention; of two owners it is nobody's."""
    ranked = names.with_columns(
        rank=pl.col("kind").replace_strict(_KINDS, range(len(_KINDS)), return_dtype=pl.Int8),
        bare=pl.col("prefix") == "name",
    )
    keys = ["name", "bare", "rank", "owner"]
    first = ranked.unique(keys)
    is_single = first["name"].is_unique()  # most are: only the others are ranked
    # One name of several accounts must not point at one of them.
    owners = pl.col("owner").filter(pl.col("prefix") == pl.col("prefix").first()).n_unique()
    several = first.filter(~is_single).sort(keys).group_by("name", maintain_order=True)
    one = several.agg(pl.col("kind", "prefix", "owner").first(), shared=owners > 1)
    single = first.filter(is_single).select("name", "kind", "prefix", "owner", shared=False)
    once = pl.concat([single, one]).sort("name")
    own = _own_words()
    return once.select(
        "name",
        "kind",
        prefix=pl.when("shared").then(pl.lit("name")).otherwise("prefix"),
        owner=pl.when("shared").then("name").otherwise("owner"),
        ordinary=pl.col("name").is_in(list(own)),
        short=_is_short(pl.col("name")),
        words=pl.col("name").str.extract_all(ASCII_WORDS),
    )


@cache
def _own_words() -> frozenset[str]:
    """The words that graphkit itself writes: else an account called `evidence` blocks every bundle.

    Docstrings and comments are left out: nobody reads them in a bundle, and they tell of people.
    """
    found: set[str] = set()
    for text in _sources(resources.files("graphkit")):
        found.update(re.findall(r"[^\W\d]\w*", _ASIDES.sub("", text).lower()))
    return frozenset(found)


def _sources(folder: Traversable) -> Iterable[str]:
    for entry in folder.iterdir():
        if entry.is_dir() and not entry.name.startswith("_"):
            yield from _sources(entry)
        elif entry.name.endswith((".py", ".css")):
            yield entry.read_text("utf-8")
