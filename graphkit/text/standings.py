# SPDX-License-Identifier: GPL-3.0-or-later
"""What texts claim that their writer is: doctor, witness, relative; forms and words as data."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import polars as pl

from graphkit.text.normal import own_words

CUES = (
    r"我|本人|作为|作為|身为|身為|本|(?i)\bI(?: am|'m|’m| work| saw| witnessed| watched| "
    r"personally| used)|(?i)as an? |(?i)as the |(?i)speaking as|(?i)witness here"
)
SENTENCE = r"[^。！？!?\n；;]*[。！？!?\n；;]+|[^。！？!?\n；;]+"
BIO_WORD, BIO_PART = r"[^\s,，|/｜·・;；、。.()（）]+", r"[^,|/·•;.\n]+"
OPENED, CLOSED = r"[“「『《]", r"[”」』》]"
GROUP = re.compile(r"\((?!\?)")
CLAIMS = {
    "post_id": pl.String, "standing": pl.String, "span_start": pl.Int64, "span_end": pl.Int64,
    "sentence": pl.String, "is_former": pl.Boolean,
}  # fmt: skip


@dataclass(frozen=True)
class Standing:
    """One standing: its name, its group (profession, event or work), and words for it.

    `licensed`: somebody keeps a register of who holds it. `exclusive`: hardly anybody holds two.
    `claims` are patterns of claiming it that need none of its words.
    """

    name: str
    group: str
    zh: str
    en: str
    claims: str
    is_licensed: bool
    is_exclusive: bool


@cache
def _lexicon() -> dict[str, Any]:
    return tomllib.loads(files("graphkit.text").joinpath("standings.toml").read_text("utf-8"))


@cache
def standings() -> dict[str, Standing]:
    """The standings of standings.toml by name."""
    plain = {"claims": "", "is_licensed": False, "is_exclusive": False}
    return {each["name"]: Standing(**{**plain, **each}) for each in _lexicon()["standing"]}


def _pattern(words: str, *forms: str) -> str:
    known = _lexicon()["forms"]
    patterns = (known[form].replace("{of}", known["of"]) for form in forms)
    return "|".join(
        each.replace("{end}", known["end"]).replace("{own}", known["own"]).replace("{words}", words)
        for each in patterns
    )


def _patterns(standing: Standing) -> str:
    known = [_pattern(standing.zh, "zh"), _pattern(standing.en, "en")]
    return "|".join([*known, *([standing.claims] if standing.claims else [])])


def standing_claims(posts: pl.DataFrame) -> pl.DataFrame:
    """What each post's own words claim that its writer is.

    Denials, conditions, questions, what stands in quotation marks and what somebody else is said
    to have said are no claims; nor is what a repost passes on.

    Args:
        posts: post_id, kind and text.

    Returns:
        post_id, standing, span_start and span_end (characters of the text), sentence (the one with
        the claim), is_former; the first claim of each standing in a post. Sorted.
    """
    sentences = _sentences(posts)
    found = [_claimed(sentences, each.name, _patterns(each)) for each in standings().values()]
    return _first(pl.concat(found))


def claims_of_words(posts: pl.DataFrame) -> pl.DataFrame:
    """As `standing_claims`, of the words that `posts` has in its column `credential`."""
    found = [pl.DataFrame(schema=CLAIMS)]
    escaped = pl.col("credential").str.escape_regex()
    known = posts.drop_nulls("credential").with_columns(words=escaped)
    for (words,), part in known.sort("words").group_by("words", maintain_order=True):
        holding = part.filter(
            pl.col("text").str.contains(pl.col("credential").first(), literal=True)
        )
        if holding.height:
            name, pattern = part["credential"][0], _pattern(str(words), "zh", "en")
            found.append(_claimed(_sentences(holding), name, pattern))
    return _first(pl.concat(found))


def _first(claims: pl.DataFrame) -> pl.DataFrame:
    ordered = claims.sort("post_id", "standing", "span_start", "span_end")
    return ordered.unique(["post_id", "standing"], keep="first", maintain_order=True)


def _sentences(posts: pl.DataFrame) -> pl.DataFrame:
    """The sentences of the own words that may claim: post_id, text, sentence, start."""
    own = posts.filter(pl.col("kind") != "repost").select("post_id", text=own_words(pl.col("text")))
    likely = own.filter(pl.col("text").str.contains(CUES))
    each = likely.with_columns(sentence=pl.col("text").str.extract_all(SENTENCE)).explode(
        "sentence"
    )
    ends = pl.col("sentence").str.len_chars().cast(pl.Int64).cum_sum().over("post_id")
    placed = each.drop_nulls("sentence").with_columns(
        start=ends - pl.col("sentence").str.len_chars().cast(pl.Int64)
    )
    return placed.filter(pl.col("sentence").str.contains(CUES))


def _claimed(sentences: pl.DataFrame, name: str, pattern: str) -> pl.DataFrame:
    """The sentences that claim by `pattern`, as `CLAIMS`."""
    no = _lexicon()["not_claimed"]
    said, count = pl.col("sentence"), len(GROUP.findall(pattern))
    hits = sentences.filter(said.str.contains(pattern)).with_columns(
        before=said.str.extract(f"(?s)^(.*?)(?:{pattern})"),
        whole=said.str.extract(f"({pattern})"),
        match=pl.coalesce([said.str.extract(pattern, n + 1) for n in range(count)]),
    )
    lead = pl.col("whole").str.extract(r"^([\s\p{P}]*)").str.len_chars().cast(pl.Int64)
    start = pl.col("before").str.len_chars().cast(pl.Int64) + lead
    placed = hits.with_columns(begin=start, end=start + pl.col("match").str.len_chars())
    above = pl.col("text").str.slice(0, pl.col("start") + pl.col("begin"))
    in_quotes = above.str.count_matches(OPENED) > above.str.count_matches(CLOSED)
    not_claimed = (
        in_quotes
        | (above.str.count_matches('"') % 2 == 1)
        | pl.col("before").str.contains(no["before"])
        | above.str.contains(no["said"])
        | (above.str.contains(no["speaker"]) & ~above.str.contains(no["heading"]))
        | said.str.slice(pl.col("end")).str.contains(no["after"])
        | pl.col("match").str.contains("(?i)\\bnot\\b|不|没")
    )
    return placed.filter(~not_claimed).select(
        "post_id",
        standing=pl.lit(name),
        span_start=pl.col("start") + pl.col("begin"),
        span_end=pl.col("start") + pl.col("end").cast(pl.Int64),
        sentence="sentence",
        is_former=pl.col("match").str.contains(f"(?i){no['former']}"),
    )


def bio_standings(accounts: pl.DataFrame) -> pl.DataFrame:
    """The professions that bios consist of: account_id, standing, is_former; distinct and sorted.

    `accounts` has account_id and bio. A part of a bio counts that ends with the words, such as
    三甲医院医生 or registered nurse.
    """
    former = _lexicon()["not_claimed"]["former"]
    zh, en = (
        accounts.select("account_id", part=pl.col("bio").str.extract_all(split)).explode("part")
        for split in (BIO_WORD, BIO_PART)
    )
    found = [
        pl.DataFrame(schema={"account_id": pl.String, "part": pl.String, "standing": pl.String})
    ]
    for each in standings().values():
        if each.group == "profession":
            words = rf"^[\p{{Han}}]{{0,8}}(?:{each.zh})$"
            phrase = rf"(?i)^\s*(?:[a-z-]+ ){{0,2}}(?:{each.en})\s*$"
            fits = [zh.filter(pl.col("part").str.contains(words)),
                    en.filter(pl.col("part").str.contains(phrase))]  # fmt: skip
            found += [part.with_columns(standing=pl.lit(each.name)) for part in fits]
    rows = pl.concat(found).with_columns(is_former=pl.col("part").str.contains(f"(?i){former}"))
    return rows.select("account_id", "standing", "is_former").unique().sort(pl.all())


def standing_of(credentials: pl.Expr) -> pl.Expr:
    """The standing that each credential names, or null: the first of standings.toml that fits.

    >>> held = pl.Series(["执业医师", "Registered Nurse", "摄影协会会员"])
    >>> pl.select(held=standing_of(held))["held"].to_list()
    ['doctor', 'nurse', None]
    """
    fitting = [
        pl.when(credentials.str.contains(rf"{each.zh}|(?i)\b(?:{each.en})\b")).then(
            pl.lit(each.name)
        )
        for each in standings().values()
        if each.group == "profession"
    ]
    return pl.coalesce(fitting)


def in_play(text: pl.Expr) -> pl.Expr:
    """Whether `text` says that it is a joke, a story, a play or a template (standings.toml).

    >>> pl.select(in_play(pl.lit("我是目击者（小说节选）"))).item()
    True
    """
    return text.str.to_lowercase().str.contains_any(_lexicon()["play"]["words"])


def of_press(text: pl.Expr) -> pl.Expr:
    """Whether a credential, bio or name holds a word of who reports for a living."""
    return text.str.to_lowercase().str.contains_any(_lexicon()["press"]["words"])
