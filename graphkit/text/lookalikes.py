# SPDX-License-Identifier: GPL-3.0-or-later
"""Names that look or sound alike: keys that two such names have in common, and what differs.

Confusable characters are compared by their skeletons (Unicode Technical Standard 39, section 4),
one edit by what is left when one character goes (deletion neighbourhoods): no name is compared with
every other. The tables are in `characters/`, each with its source, date and licence.
"""

from __future__ import annotations

import tomllib
import unicodedata
from difflib import SequenceMatcher
from functools import cache
from importlib.resources import files
from typing import Any

import polars as pl

from graphkit.text.handles import suggested_stems
from graphkit.text.names import INVISIBLE, folded_name

WAYS = (
    "hidden", "mixed-script", "other-script", "styled", "same-shape", "added-word",
    "traditional-simplified", "same-sound", "one-edit", "same-name",
)  # fmt: skip
"""How two names are alike, the plainest imitation first."""
SCRIPTS = (
    "Latin", "Cyrillic", "Greek", "Armenian", "Cherokee", "Georgian", "Hebrew", "Arabic", "Thai",
    "Devanagari", "Han", "Katakana", "Hiragana", "Hangul", "Coptic", "Lisu", "Canadian_Aboriginal",
)  # fmt: skip
WRITTEN_TOGETHER = {"Han", "Katakana", "Hiragana", "Hangul", "Latin"}
"""Scripts that stand side by side in ordinary names of East Asia."""
LEAST_HAN_SOUND = 4
LEAST_HAN, LEAST_OTHER, MOST = 5, 8, 40
"""Characters of a name, with or without Chinese ones, from which on one edit is compared."""
LEAST_SHAPE_HAN, LEAST_SHAPE = 3, 5
JOINERS = r"[\x{200c}\x{200d}\x{fe0e}\x{fe0f}]"
PLAIN = r"[\p{Latin}\p{Han}\p{Nd}]"


@cache
def _classes(*tables: str) -> dict[int, str]:
    """Characters of `characters/`, and the character or reading that each stands for."""
    stands_for: dict[int, str] = {}
    for table in tables:
        text = files("graphkit.text").joinpath("characters", f"{table}.tsv").read_text("utf-8")
        for line in text.splitlines():
            if not line.startswith("#"):
                name, alike = line.split("\t")
                stands_for |= dict.fromkeys(map(ord, alike), name)
    return stands_for


@cache
def _words() -> dict[str, Any]:
    return tomllib.loads(files("graphkit.text").joinpath("lookalikes.toml").read_text("utf-8"))


def _mapped(names: pl.Series, *tables: str) -> pl.Series:
    """`names`, none with a line break, with what the characters of `tables` stand for."""
    told = "\n".join(names.to_list()).translate(_classes(*tables)).split("\n")
    return pl.Series(names.name, told if len(names) else [], dtype=pl.String)


def skeleton(names: pl.Series) -> pl.Series:
    r"""What each name looks like: confusable characters as one, without case and marks.

    >>> skeleton(pl.Series(["N\u043erthm\u043e\u043er", "日报1"])).to_list()
    ['northrnoor', '日报l']
    """
    seen = names.str.replace_all(INVISIBLE, "").str.normalize("NFKC").str.normalize("NFD")
    for _ in range(2):
        seen = _mapped(seen, "confusables", "shapes").str.to_lowercase()
    bare = seen.str.normalize("NFD").str.replace_all(r"\p{M}", "").str.replace_all("i", "l")
    return bare.str.strip_chars(" \u00a0\u3000@＠#＃")


def in_simplified(names: pl.Series) -> pl.Series:
    """Each name (without line breaks) in simplified characters, character by character.

    >>> in_simplified(pl.Series(["澍州日報"])).item()
    '澍州日报'
    """
    return _mapped(names, "simplified")


def sound(names: pl.Series) -> pl.Series:
    """Each name (without line breaks) in pinyin without tones, by each character's first reading.

    >>> sound(pl.Series(["澍州日報"])).item()
    'shuzhouribao'
    """
    return _mapped(in_simplified(names), "pinyin")


def hides(names: pl.Expr) -> pl.Expr:
    r"""Whether a name holds a character that is not seen and that no script or emoji needs there.

    >>> pl.select(
    ...     hides(pl.Series(["ab\u200b", "a\u200dc", "x\ufe0f", "fine"]))
    ... ).to_series().to_list()
    [True, True, False, False]
    """
    joined = names.str.contains(rf"{PLAIN}{JOINERS}+{PLAIN}")
    return joined | names.str.replace_all(JOINERS, "").str.contains(INVISIBLE)


def has_word(names: pl.Expr, kind: str) -> pl.Expr:
    """Whether a name holds a word of `kind` (standing, fans, organisations; lookalikes.toml)."""
    return names.str.to_lowercase().str.contains_any(_words()[kind])


def scripts(names: pl.Expr) -> pl.Expr:
    r"""The scripts of each name's letters, among `SCRIPTS`, as a list.

    >>> pl.select(scripts(pl.lit("N\u043erth 日报"))).item().to_list()
    ['Latin', 'Cyrillic', 'Han']
    """
    found = [
        pl.when(names.str.contains(rf"\p{{{script}}}")).then(pl.lit(script)) for script in SCRIPTS
    ]
    return pl.concat_list(found).list.drop_nulls()


def name_keys(names: pl.Series) -> pl.DataFrame:
    """Keys of each distinct name: two names with a key in common may look or sound alike.

    Names that platforms give (handles.toml) have none. A name plus a word such as "official" has
    the key of the name itself (`is_short`: the name without such a word).

    Returns:
        name, folded (`folded_name`), way (written, shape, simplified, sound, edit, word), key,
        is_short; distinct and sorted.
    """
    folded = folded_name(pl.col("name"))
    known = pl.DataFrame({"name": names.drop_nulls().unique().sort()}).with_columns(folded=folded)
    some = known.drop_nulls().with_columns(
        stem=pl.col("folded").str.replace(r"[0-9]+$", "").str.strip_chars(" _.-"),
        han=pl.col("folded").str.count_matches(r"\p{Han}"),
        size=pl.col("folded").str.len_chars(),
    )
    plain = some.filter(~pl.col("stem").is_in(suggested_stems()), pl.col("stem") != "")
    has_han = pl.col("han") > 0
    least = pl.when(has_han).then(LEAST_SHAPE_HAN).otherwise(LEAST_SHAPE)
    keyed = plain.with_columns(
        written="folded",
        shape=skeleton(plain["name"]),
        simplified=in_simplified(plain["folded"]),
        sound=sound(plain["folded"]),
    )
    fits = {
        "written": pl.lit(value=True),
        "shape": pl.col("size") >= least,
        "simplified": has_han,
        "sound": pl.col("han") >= LEAST_HAN_SOUND,
    }
    whole = [
        keyed.filter(fit).select(
            "name", "folded", way=pl.lit(way), key=way, is_short=pl.lit(value=True)
        )
        for way, fit in fits.items()
    ]
    found = pl.concat([*whole, _edits(plain), *_with_words(keyed)])
    return found.unique().sort(pl.all())


def _edits(plain: pl.DataFrame) -> pl.DataFrame:
    """The stem of each long name, and what is left of it when one character goes."""
    size = pl.col("stem").str.len_chars().cast(pl.Int64)
    least = pl.when(pl.col("han") > 0).then(LEAST_HAN).otherwise(LEAST_OTHER)
    long = plain.filter(size >= least, size <= MOST).with_columns(
        place=pl.int_ranges(-1, size, dtype=pl.Int64)
    )
    each = long.explode("place")
    left = pl.col("stem").str.slice(0, pl.max_horizontal("place", 0)) + pl.col("stem").str.slice(
        pl.col("place") + 1
    )
    return each.select("name", "folded", way=pl.lit("edit"), key=left, is_short=pl.lit(value=True))


def _with_words(plain: pl.DataFrame) -> list[pl.DataFrame]:
    """Skeletons, and what is left of those that hold a word of standing without it."""
    words = sorted(_words()["standing"], key=lambda each: (-len(each), each))
    bare = pl.col("folded").str.replace_many(words, [""] * len(words), leftmost=True)
    worded = plain.filter(bare != pl.col("folded"))
    less = worded.with_columns(less=bare.str.strip_chars(" _.-·()（）【】|"))
    short = less.filter(pl.col("less").str.len_chars() > 2)
    both = [(plain, True), (short.with_columns(shape=skeleton(short["less"])), False)]
    return [
        rows.select("name", "folded", way=pl.lit("word"), key="shape", is_short=pl.lit(is_short))
        for rows, is_short in both
    ]


def one_edit(one: str, other: str) -> bool:
    """Whether one character, added, dropped or changed, or two changed about, parts the two.

    >>> [one_edit("gazette", each) for each in ("gazete", "gazetto", "gaztete", "gazatta")]
    [True, True, True, False]
    """
    start = next((n for n, pair in enumerate(zip(one, other, strict=False)) if len(set(pair)) > 1),
                 min(len(one), len(other)))  # fmt: skip
    a, b = one[start:], other[start:]
    swapped = len(a) == len(b) > 1 and a[1::-1] == b[:2] and a[2:] == b[2:]
    return one != other and (a[1:] == b[1:] or a[1:] == b or a == b[1:] or swapped)


def differing(name: str, like: str) -> list[str]:
    r"""What of `name` differs from `like`, character by character, with hidden ones told by number.

    >>> differing("N\u043erth\u200b", "North")
    ['U+043E CYRILLIC SMALL LETTER O for U+006F', 'U+200B ZERO WIDTH SPACE']
    """
    told: dict[str, None] = {}
    for step, a, b, c, d in SequenceMatcher(a=like, b=name, autojunk=False).get_opcodes():
        if step != "equal":
            was, now = like[a:b], name[c:d]
            pairs = zip(now, was, strict=True) if len(was) == len(now) else [(now, was)]
            told |= dict.fromkeys(_change(*pair) for pair in pairs)
    return list(told)


def _change(now: str, was: str) -> str:
    marks = ", ".join(f"U+{ord(each):04X} {unicodedata.name(each, 'no name')}" for each in now)
    before = " ".join(f"U+{ord(each):04X}" for each in was)
    return f"{marks or 'nothing'} for {before}" if before else marks
