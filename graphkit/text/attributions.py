# SPDX-License-Identifier: GPL-3.0-or-later
"""What source a text names, and the relay chain that reposts carry: rules, spans, certainties."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import polars as pl

from graphkit.errors import InputError
from graphkit.text.normal import CHAIN, CUT_CHAIN, RETWEET, URL

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

MARK = "\0"
LEAD = r"\(\?P<lead>(?:\[(?:\\.|[^\]\\])*\]|[^()\[])*\)"
AFTER_URL = ".,;:!?'\"]}>"  # at the end of an address in a sentence: not of the address
KINDS = ("account", "outlet", "vague")
RELAY_RULES = ("retweet", "repost-chain", "relay-header")
"""Rules that read who was passed on, not what source the own words name."""
ATTRIBUTIONS = {
    "post_id": pl.String,
    "target_kind": pl.String,
    "target": pl.String,
    "via": pl.String,
    "rule": pl.String,
    "span_start": pl.Int64,
    "span_end": pl.Int64,
    "certainty": pl.Float64,
}
MATCHES = {**ATTRIBUTIONS, "priority": pl.Int64}
HOPS = {
    "post_id": pl.String,
    "hop": pl.Int64,
    "handle": pl.String,
    "tail_text": pl.String,
    "span_start": pl.Int64,
    "span_end": pl.Int64,
}


@dataclass(frozen=True)
class Rule:
    """One rule of a lexicon; `priority` is its place: of two that overlap the lower holds.

    `cue` fits every text that `pattern` fits, and is faster.
    """

    name: str
    target_kind: str
    pattern: str
    certainty: float
    lang: str
    source: str
    cue: str
    priority: int


@cache
def _lexicon() -> dict[str, Any]:
    return tomllib.loads(files("graphkit.text").joinpath("lexicon.toml").read_text("utf-8"))


def rules(lexicons: Sequence[Path] = ()) -> tuple[Rule, ...]:
    """The rules of the files `lexicons` and of `lexicon.toml`, in order.

    Raises:
        InputError: a file is not of the form that `lexicon.toml` has.
    """
    found: list[Rule] = []
    fragments = dict(_lexicon()["fragments"])
    for lexicon in (*map(_read, lexicons), _lexicon()):
        fragments |= lexicon.get("fragments", {})
        sources = lexicon.get("sources", {})
        for rule in lexicon["rule"]:
            each = {"lang": "any", "source": "", **rule}
            kept = {name: each[name] for name in ("name", "target_kind", "certainty", "lang")}
            pattern, source = _pattern(each, fragments), sources.get(each["source"], each["source"])
            cue = each.get("cue", re.sub(LEAD, "", pattern))
            found.append(Rule(**kept, pattern=pattern, source=source, cue=cue, priority=len(found)))
    return tuple(found)


def _read(path: Path) -> dict[str, Any]:
    """A lexicon of the user's own."""
    try:
        lexicon = tomllib.loads(path.read_text("utf-8"))
        fragments = _lexicon()["fragments"] | lexicon.get("fragments", {})
        for rule in lexicon["rule"]:
            pattern = _pattern(rule, fragments)
            fits = [pl.Series([""]).str.contains(each) for each in (pattern, rule.get("cue", ""))]
            if fits[0].item() or rule["target_kind"] not in KINDS or not 0 < rule["certainty"] <= 1:
                raise InputError(
                    f"{path}: rule {rule['name']!r} fits an empty text, or its target_kind is none "
                    f"of {', '.join(KINDS)}, or its certainty is not between 0 and 1"
                )
    except (OSError, tomllib.TOMLDecodeError, KeyError, pl.exceptions.ComputeError) as error:
        raise InputError(f"{path} is no lexicon: {error}") from error
    return lexicon


def is_vague(labels: pl.Expr) -> pl.Expr:
    """Whether each source label names nobody ("网络", "internet").

    >>> pl.select(is_vague(pl.Series(["网络", "新华社"]))).to_series().to_list()
    [True, False]
    """
    return labels.str.strip_chars().str.contains(_lexicon()["nobody"])


def attributions(posts: pl.DataFrame, *, lexicons: Sequence[Path] = ()) -> pl.DataFrame:
    """What sources each post's own words name, and the addresses that it links.

    Read is the text up to and with its first `//@name:`, `||@name:` or `RT @name:` (`/@name:` where
    the second slash was cut off); what follows is someone else's. Rules and word lists are in
    `lexicon.toml`.

    Args:
        posts: `post_id`, `text` and `urls`. Where `urls` is empty, addresses are read from the
            text.
        lexicons: files of further rules, of the form of `lexicon.toml`, tried before it.

    Returns:
        `post_id`, `target_kind` (account, outlet, vague or url), `target` (the handle without @,
        the name or the address as written; null for vague), `via` (text or link), `rule`,
        `span_start` and `span_end` (characters of `text`; null for addresses of the field),
        `certainty`. Sorted by post, span, rule and target. A post that names nothing has no row.
    """
    texts = posts.select("post_id", text=_own_and_header(_plain(pl.col("text"))))
    found = pl.concat([pl.DataFrame(schema=MATCHES), *_matches(texts, rules(lexicons))])
    named = _undisputed(found.filter(~pl.col("target").fill_null("").str.contains("^https?$")))
    rows = pl.concat([named.select(ATTRIBUTIONS.keys()), _linked(posts, texts)])
    return rows.sort("post_id", "span_start", "rule", "target", nulls_last=True)


def repost_chain(posts: pl.DataFrame) -> pl.DataFrame:
    """The relay chain in each text, `//@name:text//@name:text`, newest first.

    Args:
        posts: `post_id` and `text`.

    Returns:
        `post_id`, `hop` (from 1), `handle`, `tail_text` (all that follows the name: the text of
        that account's post, with the older chain), `span_start` and `span_end` of `//@name:` in
        characters, sorted. A post without a chain has no row.
    """
    texts = posts.select("post_id", _plain(pl.col("text")))
    found = _spans(texts, f"{CHAIN}|{CUT_CHAIN}")
    before = pl.col("match").str.extract("^([^/|]?)").str.len_chars().cast(pl.Int64)
    hops = found.with_columns(
        span_start=pl.col("span_start") + before,
        hop=pl.int_range(1, pl.len() + 1).over("post_id", order_by="span_start"),
        handle=pl.col("match").str.extract(r"(?s)[@＠](.*?)\s*[:：]$"),
        tail_text=pl.col("text").str.slice(pl.col("span_end")),
    )
    return hops.select(pl.col(name).cast(dtype) for name, dtype in HOPS.items()).sort(
        "post_id", "hop"
    )


def _pattern(rule: dict[str, str], fragments: dict[str, str]) -> str:
    pattern = "|".join(rule["phrases"]) if "phrases" in rule else rule["pattern"]
    for name, fragment in fragments.items():
        pattern = pattern.replace(f"{{{name}}}", fragment)
    return pattern


def _plain(text: pl.Expr) -> pl.Expr:
    return text.str.replace_all(MARK, " ", literal=True)


def _own_and_header(text: pl.Expr) -> pl.Expr:
    return text.str.replace(f"(?s)(?P<header>{CHAIN}|{RETWEET}|{CUT_CHAIN}).*$", "$header")


def _spans(texts: pl.DataFrame, pattern: str) -> pl.DataFrame:
    """Every match of `pattern`: `post_id`, `text`, `match`, `span_start`, `span_end`.

    polars finds offsets in bytes and of the first match only; here matches are fenced by a mark
    that `_plain` texts do not hold, and the text is cut at it: every second piece is a match.
    """
    holding = texts.filter(pl.col("text").str.contains(pattern))
    fenced = pl.col("text").str.replace_all(pattern, f"{MARK}${{0}}{MARK}").str.split(MARK)
    pieces = holding.with_columns(match=fenced).explode("match")
    of_post = pieces.with_columns(
        piece=pl.int_range(pl.len()).over("post_id"),
        span_end=pl.col("match").str.len_chars().cast(pl.Int64).cum_sum().over("post_id"),
    )
    matches = of_post.filter(pl.col("piece") % 2 == 1)
    start = pl.col("span_end") - pl.col("match").str.len_chars().cast(pl.Int64)
    return matches.with_columns(span_start=start).drop("piece")


def _matches(texts: pl.DataFrame, by: Sequence[Rule]) -> Iterator[pl.DataFrame]:
    """What each rule reads, as `MATCHES`."""
    for rule in by:
        likely = texts.filter(pl.col("text").str.contains(rule.cue))
        if likely.height:
            yield _read_by(rule, _spans(likely, rule.pattern))


def _read_by(rule: Rule, found: pl.DataFrame) -> pl.DataFrame:
    groups = {
        name: pl.col("match").str.extract(f"^(?:{rule.pattern})$", number)
        for name, number in _groups(rule.pattern).items()
    }
    blank = pl.lit("")
    lead, trail = (groups.get(name, blank).fill_null("") for name in ("lead", "trail"))
    read = found.select(
        "post_id",
        target_kind=pl.lit(rule.target_kind),
        target=groups.get("target", pl.lit(None, pl.String)),
        via=pl.lit("text"),
        rule=pl.lit(rule.name),
        span_start=pl.col("span_start") + lead.str.len_chars().cast(pl.Int64),
        span_end=pl.col("span_end") - trail.str.len_chars().cast(pl.Int64),
        certainty=pl.lit(rule.certainty),
        priority=pl.lit(rule.priority, pl.Int64),
    )
    return read.select(MATCHES.keys())


def _groups(pattern: str) -> dict[str, int]:
    """The number of each named group; every other parenthesis of the lexicon opens with (?."""
    return {
        part.split(">")[0]: number for number, part in enumerate(pattern.split("(?P<")) if number
    }


def _undisputed(matches: pl.DataFrame) -> pl.DataFrame:
    """`matches` without those that overlap a match of an earlier rule in the same post."""
    numbered = matches.with_row_index("row")
    pairs = numbered.join(numbered, on="post_id", suffix="_first").filter(
        pl.col("priority_first") < pl.col("priority"),
        pl.col("span_start_first") < pl.col("span_end"),
        pl.col("span_start") < pl.col("span_end_first"),
    )
    return numbered.join(pairs, on="row", how="anti")


def _linked(posts: pl.DataFrame, texts: pl.DataFrame) -> pl.DataFrame:
    """Addresses of the field `urls`, or of the own words where the field is empty."""
    in_field = posts.select("post_id", target="urls").explode("target").drop_nulls("target")
    without = posts.filter(pl.col("urls").list.len() == 0).select("post_id")
    in_text = _spans(texts.join(without, on="post_id", how="semi"), URL)
    bare = pl.col("match").str.strip_chars_end(AFTER_URL)
    bare = (
        pl.when(bare.str.contains("(", literal=True))
        .then(bare)
        .otherwise(bare.str.strip_chars_end(AFTER_URL + ")"))
    )
    in_text = in_text.select("post_id", "span_start", target=bare).with_columns(
        span_end=pl.col("span_start") + pl.col("target").str.len_chars().cast(pl.Int64)
    )
    addresses = pl.concat([in_field.unique(), in_text], how="diagonal")
    constants = {"target_kind": "url", "via": "link", "rule": "address", "certainty": 1.0}
    rows = addresses.with_columns(pl.lit(value).alias(name) for name, value in constants.items())
    return rows.select(ATTRIBUTIONS.keys())
