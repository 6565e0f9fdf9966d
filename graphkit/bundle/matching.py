# SPDX-License-Identifier: GPL-3.0-or-later
"""Where withheld names stand in a text: one matcher for the pseudonyms and for the leak gate.

Names and texts are folded alike (case, full-width and composed forms, characters that nobody sees),
and a name counts only as a whole word. In a script without spaces (Chinese, Japanese, Korean, Thai)
it counts inside a sentence too: three characters always, two unless the case's own texts hold them
so often that they must be a word (`graphkit.bundle.names`).
"""

from __future__ import annotations

import html
import re
import unicodedata
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import unquote

import numpy as np
import polars as pl

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from graphkit.bundle.names import Withheld

# Scripts that do not put spaces between words: Thai, kana, Han, Hangul.
UNSPACED = "\u0e00-\u0e7f\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff"
_UNSPACED_CHARACTER = re.compile(f"[{UNSPACED}]")
MIN_UNSPACED = 3  # two Chinese characters are as often a word as a name
ASCII_WORDS = r"[0-9a-z]+"
_SPELT_OUT = r"\[U\+[0-9A-F]{4,6}\]"
# Characters that nobody sees; a report spells them out as [U+200B].
_HIDDEN = (
    "[\x00-\x08\x0e-\x1f\x7f-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180e"
    "\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb"
    "\U000e0000-\U000e0fff]"
    rf"|{_SPELT_OUT}"
)
_HIDDEN_CHARACTER = re.compile(_HIDDEN)
_PIECE = re.compile(rf"{_HIDDEN}|(?s:.)")
_FOLDS = {"ß": "ss", "ς": "σ", "i\u0307": "i"}
_PICTURES = "\u2600-\u27bf\U0001f000-\U0001faff\u200b-\u200d\u2060\ufe0f"
MENTION = rf"[@＠][\w.·{_PICTURES}-]{{1,80}}"
MAIL = r"[A-Za-z0-9_.+-]+[@＠][A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+"
_FILE_NAME = (
    r"(?i)^[^\n]{0,250}\.(?:csv|db|gz|html?|jpe?g|json|jsonl|md|mhtml?|mp4|ndjson|parquet|pdf|png|tsv|"
    r"txt|wacz|warc|webp|xlsx?|zip)$"
)
# What stands before and after somebody who is quoted: there a common word is a name.
_SAYS = re.compile(r"(?:报道|消息|表示|透露|发布|发文|发帖|转发|评论|回复|爆料|[称说:])")
_BY = re.compile(r"(?:据|转自|来自|来源|源自|回复|博主|网友|楼主|感谢|谢谢|听|问|转)$")
_HOST_CODE = re.compile(r"(?i)\bxn--[a-z0-9-]+")
CODED = re.compile(r"%[0-9A-Fa-f]{2}|&#?\w+;|(?i:xn--)")
_MOST_CODES = 3  # what was coded more often than this is looked at no further


class Hit(NamedTuple):
    """A withheld name in a text: first character, character after the last, and the name."""

    start: int
    end: int
    name: str


def folded(text: pl.Expr) -> pl.Expr:
    """`text` as its readers see it: compatibility forms, lower case, nothing hidden."""
    seen = text.str.replace_all(_HIDDEN, "").str.normalize("NFKC").str.to_lowercase()
    return seen.str.replace_many(_FOLDS)


def fold(text: str) -> str:
    """`folded` for one text."""
    seen = unicodedata.normalize("NFKC", _HIDDEN_CHARACTER.sub("", text)).lower()
    for each, by in _FOLDS.items():
        seen = seen.replace(each, by)
    return seen


def decoded(text: str) -> str:
    """`text` without what addresses and pages code: %XX, &entity; and host names as xn--."""
    for _ in range(_MOST_CODES):
        plain = html.unescape(unquote(text))
        plain = _HOST_CODE.sub(lambda found: _from_punycode(found[0]), plain)
        if plain == text:
            break
        text = plain
    return text


def _from_punycode(label: str) -> str:
    try:
        return label[4:].encode("ascii").decode("punycode")
    except UnicodeError:
        return label


class WordIndex:
    """Names by the rarest ASCII word in each: few can stand in a text, and only these are tried."""

    def __init__(self, names: pl.DataFrame) -> None:
        """Of `names` (as in `Withheld`)."""
        self._names = names
        self._wordless = (names["words"].list.len() == 0).arg_true().cast(pl.UInt32)
        every = names.select("words").with_row_index("name").explode("words").drop_nulls()
        counted = every.with_columns(count=pl.len().over("words")).sort("count")
        rarest = counted.unique("name", keep="first", maintain_order=True)
        rarest = rarest.select("name", code=pl.col("words").hash()).sort("code")
        self._codes, self._places = rarest["code"].to_numpy(), rarest["name"]

    def names_of(self, words: pl.Series) -> pl.DataFrame:
        """The names all of whose words are among `words`: those without any too."""
        asked = words.drop_nulls().unique()
        codes = np.unique(asked.hash().to_numpy())
        first, last = (np.searchsorted(self._codes, codes, side=s) for s in ("left", "right"))
        sizes = last - first
        starts = np.repeat(first - np.cumsum(sizes) + sizes, sizes)
        places = self._places.gather(starts + np.arange(starts.size))
        likely = self._names[pl.concat([places, self._wordless.rename("name")]).sort()]
        held = pl.col("words").list.eval(pl.element().is_in(asked.implode())).list.all()
        return likely.filter(held)


def hits(
    withheld: Withheld, texts: Collection[str] | pl.Series, *, strict: bool = False
) -> dict[str, list[Hit]]:
    """Where withheld names stand in `texts`, by text; texts without any are left out.

    Hits are in order of their start, the longest first, and may overlap. Their names are folded.
    Where `strict`, numbers of fewer than six digits count too, in file names they always do.
    """
    column = texts if isinstance(texts, pl.Series) else pl.Series(list(texts), dtype=pl.String)
    frame = column.alias("text").unique().to_frame().with_columns(low=_low(pl.col("text")))
    possible = withheld.word_index.names_of(frame["low"].str.extract_all(ASCII_WORDS).explode())
    if not possible.height:
        return {}
    frame = frame.filter(pl.col("low").str.contains_any(possible["name"].to_list())).sort("text")
    is_file = pl.col("text").str.contains(_FILE_NAME)
    long = possible if strict else possible.filter(~pl.col("short"))
    files = _hits(possible, frame.filter(is_file), in_files=True)
    return files | _hits(long, frame.filter(~is_file), in_files=False)


def _low(text: pl.Expr) -> pl.Expr:
    """`folded`, which of plain ASCII changes the case alone."""
    odd = text.str.contains(rf"[^ -~]|{_SPELT_OUT}")
    return pl.when(odd).then(folded(pl.when(odd).then(text))).otherwise(text.str.to_lowercase())


def _hits(possible: pl.DataFrame, frame: pl.DataFrame, *, in_files: bool) -> dict[str, list[Hit]]:
    if not possible.height or not frame.height:
        return {}
    patterns = possible["name"].to_list()
    found = frame.filter(pl.col("low").str.contains_any(patterns)).with_columns(
        at=pl.col("low").str.find_many(patterns, overlapping=True),
        match=pl.col("low").str.extract_many(patterns, overlapping=True),
    )
    how = _How(
        ordinary=frozenset(possible.filter("ordinary")["name"]),
        words=frozenset(possible.filter(~pl.col("inside"))["name"]),
        in_files=in_files,
    )
    placed = {
        text: _whole(text, low, zip(at, match, strict=True), how)
        for text, low, at, match in found.iter_rows()  # only texts that hold a candidate
    }
    return {text: each for text, each in placed.items() if each}


class _How(NamedTuple):
    """Names that count only behind an @, names that are words too, and whether texts are files."""

    ordinary: frozenset[str]
    words: frozenset[str]
    in_files: bool


def _whole(text: str, low: str, candidates: Iterable[tuple[int, str]], how: _How) -> list[Hit]:
    """The candidates (byte offset in `low`) that are whole words, where they stand in `text`."""
    raw = low.encode()
    found = []
    for offset, name in candidates:
        start = len(raw[:offset].decode())
        hit = Hit(start, start + len(name), name)
        at = low[start - 1 : start] == "@"
        if _is_whole(low, hit, how) and (at or name not in how.ordinary):
            found.append(hit)
    if found and text.lower() != low:
        place = _places(text, low)
        found = [Hit(place[hit.start][0], place[hit.end - 1][1], hit.name) for hit in found]
    return sorted(found, key=lambda hit: (hit.start, -hit.end))


def _places(text: str, low: str) -> list[tuple[int, int]]:
    """For each character of the folded text `low`, where what it stands for is in `text`."""
    clusters: list[list[int]] = []
    for piece in _PIECE.finditer(text):
        if clusters and _joins(piece[0]):
            clusters[-1][1] = piece.end()
        else:
            clusters.append([piece.start(), piece.end()])
    parts = [fold(text[start:end]) for start, end in clusters]
    # Where the parts do not make up the whole, nobody can say which part it was.
    if "".join(parts) != low:
        return [(0, len(text))] * len(low)
    return [(start, end) for (start, end), part in zip(clusters, parts, strict=True) for _ in part]


def _joins(piece: str) -> bool:
    """Whether the character makes one with that before it: an accent, a part of a syllable."""
    first = piece[0]
    parts = "\u1160" <= first <= "\u11ff" or first in "\uff9e\uff9f"
    return parts or unicodedata.category(first) in ("Mn", "Mc")


def _is_whole(text: str, hit: Hit, how: _How) -> bool:
    before, after = text[: hit.start][-4:], text[hit.end : hit.end + 2]
    if how.in_files or hit.name.isdigit():  # an underscore parts words there, elsewhere it joins
        before, after = before.replace("_", " "), after.replace("_", " ")
    if not how.in_files and hit.name in how.words and not _is_quoted(before, hit.name, after):
        return False
    if _joined(before[-1:], hit.name[0]) or _joined(hit.name[-1], after[:1]):
        return False
    if is_brief(hit.name) and _beside(before[-1:], after[:1]):
        return False
    decimal = re.search(r"\d\.$", before) or re.fullmatch(r"\.\d", after)
    return not (hit.name.isdigit() and decimal and not how.in_files)


def _is_quoted(before: str, name: str, after: str) -> bool:
    """Whether a name that is a word too stands alone, or where people are quoted."""
    left, right = _letters(before[-1:] + name[0]), _letters(name[-1] + after[:1])
    said, by = _SAYS.match(after), _BY.search(before)
    return (not left or by is not None) and (not right or said is not None)


def _letters(pair: str) -> bool:
    return len(pair) == 2 and all(each.isalnum() or each == "_" for each in pair)


def _beside(left: str, right: str) -> bool:
    """Whether a name of two characters goes on in digits or Latin letters: it is another name."""
    return any(each.isascii() and (each.isalnum() or each == "_") for each in (left, right) if each)


def _joined(left: str, right: str) -> bool:
    """Whether two neighbours belong to one word."""
    if not left or not right:
        return False
    if unicodedata.category(right) in ("Mn", "Mc"):
        return True
    return _letters(left + right) and not _UNSPACED_CHARACTER.search(left + right)


def is_brief(name: str) -> bool:
    """Whether the name is so short, in a script without spaces, that it may be a word."""
    return len(name) < MIN_UNSPACED and bool(_UNSPACED_CHARACTER.search(name))
