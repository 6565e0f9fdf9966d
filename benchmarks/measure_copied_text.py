# SPDX-License-Identifier: GPL-3.0-or-later
"""Copied text: what is found of campaigns put into real posts, and what innocents become.

`python -m benchmarks.measure_copied_text [tuning] [worlds|real|power]`; docs/ reports the reporting
seeds. The real posts are the Weibo text sample beside the project: comments under 286 events.
"""

from __future__ import annotations

import sys
import time
from collections import Counter
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from benchmarks.text_world import (
    Filled,
    corpus_of,
    filled,
    invented,
    posts_frame,
    unseen_texts,
    weibo,
    with_posts,
)
from graphkit.detectors.copied_text import Params, detect
from graphkit.findings import Grade
from graphkit.text.templates import shown_words

if TYPE_CHECKING:
    from graphkit.findings import Finding
    from graphkit.tables import Corpus

TUNING, REPORTING = (31, 32), (431, 432, 433)
CALM_TUNING, CALM = (33,), (531, 532, 533)
DRAWS_TUNING, DRAWS = (1,), (101, 102, 103)
PLANS = (
    *(Filled(n) for n in (5, 6, 8, 14, 30)),
    *(Filled(14, blank=blank) for blank in (0.1, 0.3, 0.4)),
    *(Filled(14, tail=tail, tailed=share) for tail in (0.5, 1.0, 2.0) for share in (0.5, 1.0)),
)
PIECE = "(?s).{1,6}"
SPAN = 7 * 86_400


def found_in(corpus: Corpus) -> list[Finding]:
    return list(detect(corpus, Params()))


def said(finding: Finding) -> str:
    return f"{finding.outcome} {finding.grade or ''}".strip()


def worlds(seeds: tuple[int, ...], *, is_calm: bool) -> None:
    """By group of the world, what its posts become; and who else is named above weak."""
    counts, strangers, recall = Counter[tuple[str, str]](), 0, []
    for seed in seeds:
        corpus, truth = invented(seed, is_calm=is_calm)
        groups = {p: g["name"] for g in truth["planted"] + truth["innocent"] for p in g["posts"]}
        planted = {a for g in truth["planted"] for a in g["accounts"]}
        for f in found_in(corpus):
            names = Counter(groups.get(row.key, "nobody in particular") for row in f.evidence)
            name = names.most_common(1)[0][0]
            counts[name, said(f)] += 1
            named = set(f.subjects.accounts)
            strangers += 0 if f.grade in (None, Grade.WEAK) else len(named - planted)
            if name == "templated_copy":
                [group] = [g for g in truth["planted"] if g["name"] == name]
                recall.append(len(named & set(group["accounts"])) / len(group["accounts"]))
    which = "without" if is_calm else "with"
    print(f"\n{len(seeds)} worlds {which} plants; {strangers} others named above weak")
    print(f"  of the template's accounts named: {np.round(recall, 3).tolist()}")
    for (name, outcome), count in sorted(counts.items()):
        print(f"  {name:22} {outcome:24} {count}")


def redealt(posts: pl.DataFrame, seed: int) -> pl.DataFrame:
    """`posts` whose own words are dealt anew in pieces of six characters: nothing is copied."""
    own = posts.select("post_id", piece=shown_words(pl.col("text")).str.extract_all(PIECE))
    pieces = own.explode("piece").drop_nulls()
    dealt = pieces.with_columns(pl.col("piece").shuffle(seed=seed))
    texts = dealt.group_by("post_id").agg(text=pl.col("piece").str.join(""))
    return posts.drop("text").join(texts, on="post_id").select(posts.columns)


def real(seeds: tuple[int, ...]) -> None:
    """The sample as it is, and with its words dealt anew."""
    posts = weibo()
    start = time.process_time()
    as_is = Counter(said(f) for f in found_in(corpus_of(posts)))
    print(f"\nreal posts, {posts.height}: {dict(sorted(as_is.items()))}, "
          f"{time.process_time() - start:.0f} s CPU")  # fmt: skip
    for seed in seeds:
        dealt = Counter(said(f) for f in found_in(corpus_of(redealt(posts, seed))))
        print(f"words dealt anew, seed {seed}: {dict(dealt)}")


def power(draws: tuple[int, ...]) -> None:
    """Per plan: campaigns found, above weak, and the shares of its accounts and of right names."""
    posts = weibo()
    clean = corpus_of(posts)
    texts = unseen_texts(posts)
    other = "".join(texts.sample(400, seed=1))
    people = posts["account_id"].unique().sort()
    middle = int(posts["created_at"].dt.epoch("s").median() or 0)
    rows: dict[Filled, list[tuple[str, float, float]]] = {plan: [] for plan in PLANS}
    for seed in draws:
        draw = np.random.default_rng(seed)
        planted, corpus = {}, clean
        for number, plan in enumerate(PLANS):
            put = filled(plan, texts=texts, other=other, accounts=people, draw=draw)
            put = put.with_row_index("n")
            put = put.with_columns(
                post_id=pl.format("x:put{}-{}", pl.lit(number), "n"),
                kind=pl.lit("reply"),
                t=middle + draw.integers(0, SPAN, put.height),
            )
            corpus = with_posts(corpus, posts_frame(put.drop("n")))
            planted[plan] = put
        found = found_in(corpus)
        for plan, put in planted.items():
            rows[plan].append(_of_plan(put, found))
    print("\n| accounts | blank | tail | of accounts | found | above weak | named | named right |")
    print("|---|---|---|---|---|---|---|---|")
    for plan, told in rows.items():
        hits = [each for each in told if each[0] != "-"]
        strong = sum(each[0] == "templated moderate" for each in told)
        named = np.mean([each[1] for each in told])
        right = f"{np.mean([each[2] for each in hits]):.3f}" if hits else "-"
        print(
            f"| {plan.accounts} | {plan.blank:.0%} | {plan.tail:.0%} | {plan.tailed:.0%} | "
            f"{len(hits)}/{len(told)} | {strong}/{len(told)} | {named:.2f} | {right} |"
        )


def _of_plan(put: pl.DataFrame, found: list[Finding]) -> tuple[str, float, float]:
    """What is said of a campaign, the share of its accounts named, and of the named that is its."""
    ours, accounts = set(put["post_id"]), set(put["account_id"])
    about = [f for f in found if f.grade and any(row.key in ours for row in f.evidence)]
    named = {a for f in about for a in f.subjects.accounts}
    if not about:
        return "-", 0.0, 0.0
    best = max(about, key=lambda f: f.score)
    return said(best), len(named & accounts) / len(accounts), len(named & accounts) / len(named)


def main() -> None:
    is_tuning = "tuning" in sys.argv[1:]
    asked = set(sys.argv[1:]) & {"worlds", "real", "power"}
    start = time.process_time()
    if not asked or "worlds" in asked:
        worlds(TUNING if is_tuning else REPORTING, is_calm=False)
        worlds(CALM_TUNING if is_tuning else CALM, is_calm=True)
    if not asked or "real" in asked:
        real(DRAWS_TUNING if is_tuning else DRAWS)
    if not asked or "power" in asked:
        power(DRAWS_TUNING if is_tuning else DRAWS)
    print(f"\n{time.process_time() - start:.0f} s CPU")


if __name__ == "__main__":
    main()
