# SPDX-License-Identifier: GPL-3.0-or-later
"""What a bundle shows of withheld accounts' posts: credits, and words that several accounts wrote.

Who can search a platform finds a post by its words. So of such a post stay the words with which it
names its source, and passages of its own words (what it relays is another's) that SHARED_BY
withheld accounts or more show alike; the rest is cut, and a post of which nothing stays has a keyed
hash.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from graphkit.bundle.masking import masked_texts, moved, text_edits
from graphkit.bundle.matching import UNSPACED
from graphkit.case import pseudonyms
from graphkit.text.normal import own_words

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from graphkit.bundle.names import Withheld

SHARED_BY = 3  # accounts
LEAST = 8  # characters: a shorter passage is a word or two, and a text of such is no reading
LEAST_BYTES = 24  # of a quotation: eight Chinese characters, or four Latin words
CUT = "[…]"
_FACTOR = np.uint64(0x9E3779B97F4A7C15)
_WORD = f"[^\\W{UNSPACED}]"
_PIECES = pl.Schema({"no": pl.Int64, "start": pl.Int64, "end": pl.Int64})
SPANS = pl.Schema({"post_id": pl.String, "start": pl.Int64, "end": pl.Int64})


@dataclass(frozen=True)
class Excerpts:
    """What stays of texts.

    Attributes:
        texts: post_id, text (as a bundle has it); posts with a text.
        spans: post_id, start, end (in the post's text), new_start, new_end (in that of `texts`).
        whole: texts and own words that may be shown as they are: named accounts' own.
        known: what stays of each masked own wording that is not `whole`.
        passages: the passages that are shown, masked.
        in_full: everything is shown: all accounts count as named.
    """

    texts: pl.DataFrame
    spans: pl.DataFrame
    whole: frozenset[str]
    known: dict[str, str]
    passages: pl.Series
    in_full: bool


def excerpts(
    withheld: Withheld, posts: pl.DataFrame, *, spans: pl.DataFrame, in_full: bool = False
) -> Excerpts:
    """What a bundle shows of `posts` (post_id, account_id, text, is_evidence).

    `spans` (SPANS) are the places in their texts where a source is named.
    """
    said = _masked(withheld, posts)
    is_open = pl.col("account_id").is_in(list(withheld.accounts)) | in_full
    hidden, own = said.filter(~is_open), said.filter(is_open)
    wordings = hidden.select("own").unique().sort("own").with_row_index("no")
    wordings = wordings.with_columns(pl.col("no").cast(pl.Int64))
    authors = hidden.join(wordings, on="own").select("no", "account_id").unique()
    pieces = _safe(withheld, wordings, authors)
    moved_ = _moved_spans(withheld, said, spans)
    of_posts = hidden.join(wordings, on="own").join(pieces, on="no").filter("is_evidence")
    credits_ = moved_.join(hidden.filter("is_evidence").select("post_id"), on="post_id", how="semi")
    parts = pl.concat(
        [
            of_posts.select("post_id", "start", "end"),
            credits_.select("post_id", start="at", end="until"),
        ]
    )
    placed = _placed(_merged(parts, "post_id"), hidden)
    shown = _joined(placed, hidden)
    return Excerpts(
        texts=_texts(withheld, said, pl.concat([shown, own.select("post_id", shown="said")])),
        spans=_new_spans(moved_, placed, own),
        whole=frozenset([*own["said"], *own["own"].str.strip_chars()]),
        known=_known(wordings, pieces),
        passages=_passages(wordings, pieces),
        in_full=in_full,
    )


def _texts(withheld: Withheld, said: pl.DataFrame, shown: pl.DataFrame) -> pl.DataFrame:
    """What a bundle has for each post: what is shown of evidence, else a keyed hash."""
    codes = pseudonyms(withheld.case, said["text"].unique().sort(), prefix="text")
    hashed = pl.col("text").replace_strict(codes, return_dtype=pl.String)
    evident = pl.when("is_evidence").then("shown")
    both = said.join(shown, on="post_id", how="left", maintain_order="left")
    return both.select("post_id", text=pl.coalesce(evident, hashed))


def _masked(withheld: Withheld, posts: pl.DataFrame) -> pl.DataFrame:
    """Posts with a text, `said` (it with pseudonyms) and `own` (what of that is its own)."""
    told = posts.drop_nulls("text").select("post_id", "account_id", "text", "is_evidence")
    masks = masked_texts(withheld, told["text"].unique().to_list())
    said = told.with_columns(said=pl.col("text").replace(masks))
    return said.with_columns(own=own_words(pl.col("said")))


def _grams(texts: pl.Series) -> pl.DataFrame:
    """Every run of LEAST characters of the texts: no (of the text), at, gram (a hash)."""
    codes = np.frombuffer("".join(texts).encode("utf-32-le"), dtype=np.uint32).astype(np.uint64)
    lengths = texts.str.len_chars().to_numpy().astype(np.int64)
    count = max(0, codes.size - LEAST + 1)
    gram = np.zeros(count, dtype=np.uint64)
    for step in range(LEAST):
        gram = gram * _FACTOR + codes[step : step + count] + np.uint64(1)
    no = np.repeat(np.arange(lengths.size), lengths)
    first = np.repeat(np.cumsum(lengths) - lengths, lengths)
    at = np.arange(codes.size, dtype=np.int64) - first
    frame = pl.DataFrame({"no": no[:count], "at": at[:count], "gram": gram})
    return frame.filter(no[:count] == no[codes.size - count :])


def _covered(grams: pl.DataFrame) -> pl.DataFrame:
    """The passages (no, start, end) that the runs of LEAST characters in `grams` cover."""
    starts = grams.select("no", start="at", end=pl.col("at") + LEAST)
    return _merged(starts, "no")


def _merged(parts: pl.DataFrame, of: str) -> pl.DataFrame:
    """The parts (start, end) of each `of`, overlapping and touching ones as one, in order."""
    ordered = parts.sort(of, "start", "end")
    reach = pl.col("end").cum_max().shift(1).over(of)
    group = (pl.col("start") > reach).fill_null(value=True).cum_sum().over(of)
    merged = ordered.with_columns(group=group).group_by(of, "group")
    found = merged.agg(pl.col("start").min(), pl.col("end").max())
    return found.select(of, "start", "end").sort(of, "start")


def _safe(withheld: Withheld, wordings: pl.DataFrame, authors: pl.DataFrame) -> pl.DataFrame:
    """The pieces (no, start, end) of each wording that may be shown.

    A wording as a whole, or its passages that SHARED_BY accounts wrote, or the longest of them, or
    those that still more accounts wrote: the first of these of which SHARED_BY accounts show the
    same; else none.
    """
    found = pl.DataFrame(schema=_PIECES)
    for pieces in _candidates(wordings, authors):
        rest = pieces.join(found, on="no", how="anti")
        shown = _shown(withheld, rest, wordings)
        same = shown.join(authors, on="no").group_by("shown")
        many = same.agg(n=pl.col("account_id").n_unique()).filter(pl.col("n") >= SHARED_BY)
        safe = shown.join(many, on="shown", how="semi")
        found = pl.concat([found, rest.join(safe, on="no", how="semi")])
    return found.sort("no", "start")


def _candidates(wordings: pl.DataFrame, authors: pl.DataFrame) -> Iterator[pl.DataFrame]:
    """Pieces (no, start, end) that might be shown of the wordings: more of the text comes first."""
    size = wordings["own"].str.len_chars().cast(pl.Int64)
    whole = pl.DataFrame({"no": wordings["no"], "start": 0, "end": size}, schema=_PIECES)
    yield whole.filter(pl.col("end") > 0)
    grams = _grams(wordings["own"])
    counts = grams.join(authors, on="no").group_by("gram").agg(n=pl.col("account_id").n_unique())
    most = counts["n"].max()
    needed = SHARED_BY
    while isinstance(most, int) and needed <= most:
        common = counts.filter(pl.col("n") >= needed)
        passages = _whole_words(_covered(grams.join(common, on="gram", how="semi")), wordings)
        yield passages
        length = pl.col("end") - pl.col("start")
        longest = passages.sort("no", length, "start", descending=[False, True, False])
        yield longest.unique("no", keep="first", maintain_order=True)
        needed *= 2


def _shown(withheld: Withheld, pieces: pl.DataFrame, wordings: pl.DataFrame) -> pl.DataFrame:
    """What would be shown of each wording; none where a cut makes a name of a part of a word."""
    shown = _joined(pieces.rename({"no": "post_id"}), wordings.select(post_id="no", said="own"))
    named = masked_texts(withheld, shown["shown"].unique().to_list())
    return shown.filter(~pl.col("shown").is_in(list(named))).rename({"post_id": "no"})


def _whole_words(passages: pl.DataFrame, wordings: pl.DataFrame) -> pl.DataFrame:
    """The passages without words that are cut in two, where words have spaces between them."""
    text = passages.join(wordings, on="no").with_columns(
        before=pl.col("own").str.slice(pl.col("start") - 1, 1),
        part=pl.col("own").str.slice(pl.col("start"), pl.col("end") - pl.col("start")),
        after=pl.col("own").str.slice(pl.col("end"), 1),
    )
    head = pl.col("part").str.extract(f"^({_WORD}+)").str.len_chars().cast(pl.Int64).fill_null(0)
    tail = pl.col("part").str.extract(f"({_WORD}+)$").str.len_chars().cast(pl.Int64).fill_null(0)
    cut_head = (pl.col("start") > 0) & pl.col("before").str.contains(_WORD)
    trimmed = text.select(
        "no",
        start=pl.col("start") + pl.when(cut_head).then(head).otherwise(0),
        end=pl.col("end") - pl.when(pl.col("after").str.contains(_WORD)).then(tail).otherwise(0),
    )
    return trimmed.filter(pl.col("end") - pl.col("start") >= LEAST).cast(_PIECES)


def _placed(pieces: pl.DataFrame, posts: pl.DataFrame) -> pl.DataFrame:
    """The pieces with `into`: where each begins in what is shown of its post."""
    whole = pieces.join(posts.select("post_id", size=pl.col("said").str.len_chars()), on="post_id")
    gap = pl.when(pl.col("start") > 0).then(len(CUT)).otherwise(0)
    length = pl.col("end") - pl.col("start")
    before = (gap + length).cum_sum().over("post_id") - length
    return whole.sort("post_id", "start").with_columns(into=before)


def _joined(pieces: pl.DataFrame, posts: pl.DataFrame) -> pl.DataFrame:
    """post_id, shown: the pieces of its text `said` in order, CUT for what is not shown."""
    parts = pieces.sort("post_id", "start").join(
        posts.select("post_id", "said"), on="post_id", maintain_order="left"
    )
    length = pl.col("end") - pl.col("start")
    gap = pl.when(pl.col("start") > 0).then(pl.lit(CUT)).otherwise(pl.lit(""))
    told = parts.with_columns(part=gap + pl.col("said").str.slice("start", length))
    last = pl.col("end").max() < pl.col("said").first().str.len_chars()
    return told.group_by("post_id", maintain_order=True).agg(
        shown=pl.col("part").str.join("") + pl.when(last).then(pl.lit(CUT)).otherwise(pl.lit(""))
    )


def _moved_spans(withheld: Withheld, said: pl.DataFrame, spans: pl.DataFrame) -> pl.DataFrame:
    """The spans of posts in `said`, with at and until: where they are in the masked text."""
    asked = spans.unique().sort(*SPANS).join(said, on="post_id", maintain_order="left")
    asked = asked.filter(pl.col("start") < pl.col("end"))
    edits = text_edits(withheld, asked["text"].unique().to_list())
    places = [
        tuple(moved(place, edits.get(text, [])) for place in (start, end))
        for text, start, end in asked.select("text", "start", "end").rows()
    ]
    new = pl.DataFrame(places, schema={"at": pl.Int64, "until": pl.Int64}, orient="row")
    return pl.concat([asked.select(*SPANS), new], how="horizontal")


def _new_spans(moved_: pl.DataFrame, placed: pl.DataFrame, named: pl.DataFrame) -> pl.DataFrame:
    """The spans with new_start and new_end: inside a piece that is shown, or in a whole text."""
    inside = moved_.join(placed.rename({"start": "first", "end": "last"}), on="post_id").filter(
        pl.col("first") <= pl.col("at"), pl.col("until") <= pl.col("last")
    )
    shift = pl.col("into") - pl.col("first")
    whole = moved_.join(named.filter("is_evidence"), on="post_id", how="semi")
    return pl.concat(
        [
            inside.select(*SPANS, new_start=pl.col("at") + shift, new_end=pl.col("until") + shift),
            whole.select(*SPANS, new_start="at", new_end="until"),
        ]
    ).sort(*SPANS)


def _known(wordings: pl.DataFrame, pieces: pl.DataFrame) -> dict[str, str]:
    texts = wordings.select(post_id="no", said="own")
    shown = _joined(pieces.rename({"no": "post_id"}), texts)
    told = texts.join(shown, on="post_id", how="left").select(
        pl.col("said").str.strip_chars(), pl.col("shown").fill_null(CUT).str.strip_chars()
    )
    return dict(told.rows())


def _passages(wordings: pl.DataFrame, pieces: pl.DataFrame) -> pl.Series:
    length = pl.col("end") - pl.col("start")
    found = pieces.join(wordings, on="no").select(pl.col("own").str.slice("start", length))
    return found.to_series().unique().sort()


def cut_texts(shown: Excerpts, texts: Collection[str]) -> dict[str, str]:
    """What may be shown of each of the masked `texts`, which repeat texts of posts or parts."""
    result = {text: text for text in texts if text in shown.whole}
    plain = {text: text.strip() for text in set(texts) - set(result)}
    result |= {text: shown.known[own] for text, own in plain.items() if own in shown.known}
    rest = pl.Series(sorted(set(plain) - set(result)), dtype=pl.String)
    asked = pl.DataFrame({"post_id": np.arange(rest.len()), "said": rest})
    open_ = pl.concat([shown.passages, pl.Series(sorted(shown.whole), dtype=pl.String)])
    grams = _grams(rest).join(_grams(open_), on="gram", how="semi")
    pieces = _whole_words(_covered(grams), asked.select(no="post_id", own="said"))
    parts = dict(_joined(pieces.rename({"no": "post_id"}), asked).rows())
    return result | {text: parts.get(no, CUT) for no, text in asked.rows()}
