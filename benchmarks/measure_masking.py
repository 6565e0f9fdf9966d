# SPDX-License-Identifier: GPL-3.0-or-later
"""What masking takes out of the texts of the shipped world, and what it would take out wrongly.

`python -m benchmarks.measure_masking`: edits of every text by what they stand for; then two
characters as a name: how often each of the commonest pairs of Chinese characters would be replaced
inside sentences if an account were called so, under three rules.
"""

from __future__ import annotations

import tempfile
from collections import Counter
from pathlib import Path

import polars as pl

from graphkit.bundle.masking import text_edits
from graphkit.bundle.matching import hits
from graphkit.bundle.names import withheld_names
from graphkit.case import create_case, load_corpus
from graphkit.investigation.ingesting import ingest
from graphkit.investigation.shipped import dataset

COMMONEST = 300


def edits_by_kind(withheld, texts):
    """How many edits of the texts are mentions, addresses, and names that stand plainly."""
    kinds, plain = Counter(), Counter()
    for text, edits in text_edits(withheld, texts).items():
        for edit in edits:
            old, before = text[edit.start : edit.end], text[: edit.start][-1:]
            if "url-" in edit.text:
                kinds["address"] += 1
            elif before in ("@", "＠"):
                kinds["mention"] += 1
            else:
                kinds["plain name"] += 1
                plain[old] += 1
    return kinds, plain


def pairs(texts):
    """The commonest pairs of Chinese characters, with how many texts hold each."""
    found = Counter()
    for text in texts:
        found.update({text[i : i + 2] for i in range(len(text) - 1)})
    han = {
        pair: n for pair, n in found.items() if all("\u4e00" <= each <= "\u9fff" for each in pair)
    }
    return Counter(han).most_common(COMMONEST)


def would_be_masked(withheld, texts, pair, *, inside):
    """In how many texts the name `pair` counts, as a rare name (`inside`) or as a word."""
    row = {"name": pair, "kind": "handle", "prefix": "acct", "owner": "x", "ordinary": False,
           "short": False, "words": [], "inside": inside}  # fmt: skip
    names = pl.DataFrame([row], schema=withheld.names.schema)
    return len(hits(type(withheld)(**{**vars(withheld), "names": names}), texts))


def main() -> None:
    """Prints the figures."""
    data = dataset("invented_world")
    with tempfile.TemporaryDirectory() as folder:
        case = create_case(Path(folder) / "case")
        for file in data.files:
            ingest(case, [file.path], importer_name=file.importer, collection=file.collection)
        corpus = load_corpus(case)
        withheld = withheld_names(case, corpus)
        texts = corpus.posts["text"].drop_nulls().unique().sort().to_list()
        kinds, plain = edits_by_kind(withheld, texts)
        print(f"{len(texts):,} texts, {sum(map(len, texts)):,} characters; edits: {dict(kinds)}")
        print(f"plain names: {len(plain)} distinct, the commonest {plain.most_common(40)}")
        brief = withheld.names.filter(pl.col("name").str.len_chars() == 2)
        words = brief.filter(~pl.col("inside"))["name"].to_list()
        print(f"names of two characters: {brief.height}, words: {words}")
        rows = [(n, *(would_be_masked(withheld, texts, pair, inside=i) for i in (True, False)))
                for pair, n in pairs(texts)]  # fmt: skip
        total, everywhere, quoted = (sum(each) for each in zip(*rows, strict=True))
        print(f"the {COMMONEST} commonest pairs stand in {total:,} texts (sum); masked everywhere "
              f"{everywhere:,}, only where people are quoted or alone {quoted:,}")  # fmt: skip


if __name__ == "__main__":
    main()
