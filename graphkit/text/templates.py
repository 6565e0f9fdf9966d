# SPDX-License-Identifier: GPL-3.0-or-later
"""What many wordings of one sentence have in common: constant parts, and what fills the blanks.

A shingle is constant when four in five texts have it, each account's texts worth one; runs of
constant shingles in the most central text are the parts. A text is of the template when it holds
all of them, in order.
"""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from graphkit.text.normal import EMOTE, HANDLE, URL, own_words
from graphkit.text.shingles import shingles
from graphkit.text.visible import visible

HASHTAG = r"#[^#\n]{1,40}#|#[\p{L}\p{N}_]+"  # a topic is not a statement
WIDTH = 3
CONSTANT = 0.8
RELATED = 0.5
SHOWN_FILLINGS, SHOWN_CHARACTERS = 3, 240


@dataclass(frozen=True)
class Template:
    """Constant parts in their order, and what each text has around and between them.

    Attributes:
        parts: of `n` parts, slot 0 is before the first, slot k after part k.
        fillings: text_id, slot_no, filling: what each text of the template has in each slot; by
            text and slot.
    """

    parts: tuple[str, ...]
    fillings: pl.DataFrame

    @property
    def text_ids(self) -> pl.Series:
        """The texts of the template, sorted."""
        return self.fillings["text_id"].unique().sort()

    @property
    def inner(self) -> pl.DataFrame:
        """`fillings` of the slots between two parts that are not filled alike by all."""
        between = self.fillings.filter(pl.col("slot_no").is_between(1, len(self.parts) - 1))
        return between.filter(pl.col("filling").n_unique().over("slot_no") > 1)

    def shown(self) -> str:
        """The template on one line: parts, and the commonest fillings of each slot in braces."""
        counts = self.fillings.group_by("slot_no", "filling").len().sort(
            "slot_no", "len", "filling", descending=[False, True, False]
        )  # fmt: skip
        told = {number: _braced(said) for number, said in _by_slot(counts).items()}
        line = told.get(0, "")
        for number, part in enumerate(self.parts, 1):
            line += part + told.get(number, "")
        line = visible(" ".join(line.split()))
        return line if len(line) <= SHOWN_CHARACTERS else line[: SHOWN_CHARACTERS - 1] + "…"


def _braced(fillings: list[str]) -> str:
    said = [each.strip() for each in fillings[:SHOWN_FILLINGS]]
    more = ["…"] if len(fillings) > SHOWN_FILLINGS else []
    return "" if not any(said) else "{" + "|".join([*said, *more]) + "}"


def shown_words(text: pl.Expr) -> pl.Expr:
    r"""The own words of a post as a template shows them: one line, no links, names or hashtags.

    >>> pl.select(shown_words(pl.lit("好用！ @小林\nhttps://a.example/x [泪]"))).item()
    '好用！'
    """
    own = own_words(text)
    for pattern in (URL, HASHTAG, f"[@＠]{HANDLE}", EMOTE, r"\s+"):
        own = own.str.replace_all(pattern, " ")
    return own.str.replace_all(" +", " ").str.strip_chars()


def template(texts: pl.DataFrame) -> Template | None:
    """The template of the largest family among `texts`: text_id (unique), account_id, text.

    The family are the texts that share half of the shorter one's shingles with the most central
    text. None where its texts have no three characters in common.
    """
    weight = 1 / pl.len().over("account_id") / pl.col("account_id").n_unique()
    sets = shingles(texts).join(texts.select("text_id", weight=weight), on="text_id")
    if sets.is_empty():
        return None
    central = _central(sets)
    related = sets.join(_related(sets, central), on="text_id", how="semi")
    constant = _support(related).filter(pl.col("share") >= CONSTANT).select("shingle")
    if constant.is_empty():
        return None
    parts = _parts(texts.filter(text_id=central)["text"][0], constant)
    return _fillings(texts, _trimmed(_fillings(texts, parts))) if parts else None


def _support(sets: pl.DataFrame) -> pl.DataFrame:
    """The share of the texts, each account's worth one, that have each shingle: shingle, share."""
    whole = sets.unique("text_id").select(pl.col("weight").sum()).item()
    held = sets.sort("text_id").group_by("shingle").agg(pl.col("weight").sum())
    return held.select("shingle", share=(pl.col("weight") / whole).round(9))


def _central(sets: pl.DataFrame) -> object:
    known = sets.join(_support(sets), on="shingle").sort("text_id", "shingle")
    rounded = known.group_by("text_id").agg(pl.col("share").sum().round(6))
    return rounded.sort("share", "text_id", descending=[True, False])["text_id"][0]


def _related(sets: pl.DataFrame, central: object) -> pl.DataFrame:
    size = pl.len().over("text_id")
    sized = sets.with_columns(size=size)
    own = sized.filter(text_id=central)
    shared = sized.join(own.select("shingle"), on="shingle").group_by("text_id", "size").len()
    least = pl.min_horizontal("size", pl.lit(own.height))
    return shared.filter(pl.col("len") >= RELATED * least).select("text_id")


def _parts(pivot: str, constant: pl.DataFrame) -> tuple[str, ...]:
    """The runs of `pivot` that constant shingles cover."""
    places = pl.DataFrame({"text_id": range(len(pivot)), "text": list(pivot)}).with_columns(
        text=pl.Series([pivot[i : i + WIDTH] for i in range(len(pivot))], dtype=pl.String)
    )
    whole = places.filter(pl.col("text").str.len_chars() == WIDTH)
    starts = shingles(whole).join(constant, on="shingle", how="semi")["text_id"].sort().to_list()
    runs: list[list[int]] = []
    for start in starts:
        if runs and start <= runs[-1][1]:
            runs[-1][1] = start + WIDTH
        else:
            runs.append([start, start + WIDTH])
    return tuple(pivot[start:end] for start, end in runs)


def _fillings(texts: pl.DataFrame, parts: tuple[str, ...]) -> Template:
    """The template of `parts` in `texts`."""
    slots = [f"slot_{number}" for number in range(len(parts) + 1)]
    pattern = "".join(
        f"(?P<{slot}>.*?){pl.escape_regex(part)}" for slot, part in zip(slots, parts, strict=False)
    )
    groups = pl.col("text").str.extract_groups(f"(?s)^{pattern}(?P<{slots[-1]}>.*)$")
    found = texts.select("text_id", found=groups).unnest("found")
    told = found.drop_nulls(slots[0]).unpivot(
        slots, index="text_id", variable_name="slot_no", value_name="filling"
    )
    number = pl.col("slot_no").str.strip_prefix("slot_").cast(pl.Int64)
    return Template(parts, told.with_columns(number).sort("text_id", "slot_no"))


def _trimmed(found: Template) -> tuple[str, ...]:
    """The parts with what all fillings of a slot begin or end with, as `用了` before a number."""
    longer = ["", *found.parts, ""]
    for number, said in _by_slot(found.fillings).items():
        start = _common(said)
        end = _common([each[len(start) :][::-1] for each in said])[::-1]
        longer[number] += start
        longer[number + 1] = end + longer[number + 1]
    return tuple(part for part in longer if part)


def _by_slot(fillings: pl.DataFrame) -> dict[int, list[str]]:
    told = fillings.group_by("slot_no", maintain_order=True).agg("filling")
    return dict(told.iter_rows())


def _common(said: list[str]) -> str:
    """What all of `said` begin with."""
    least, most = min(said), max(said)
    same = (n for n, each in enumerate(least) if most[n : n + 1] != each)
    return least[: next(same, len(least))]
