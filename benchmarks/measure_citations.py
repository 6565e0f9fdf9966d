# SPDX-License-Identifier: GPL-3.0-or-later
"""Agreement of two people on what sources posts name, and how well the rules find the same.

The folder holds `sample.jsonl` (n, stratum, text) and `pass_a.jsonl`, `pass_b.jsonl` (n, sources:
kind and text of each source). It stays local. Relay headers (`//@name:`) were not labelled and
are not counted; nor are rules after the first of them. A hit is right if it overlaps, in the text,
a label of its kind.
"""

from __future__ import annotations

import argparse
import json
import math
import random
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from graphkit.text.attributions import attributions
from graphkit.text.near_duplicates import near_duplicate_groups
from graphkit.text.normal import normal_form, own_words

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

KINDS = ("account", "outlet", "url", "vague")
RELAYS = ("repost-chain", "retweet", "relay-header")
POPULATION = {"story": 271, "repost-cue": 4_607, "repost-no-cue": 21_916}
SPLIT_SEED = 20_261_122
ALIKE, CONTAINED = 0.5, 0.8
READ_BEFORE_THE_SPLIT = 5  # the first posts were on a screen before: never held out


@dataclass(frozen=True)
class Source:
    """A source that a pass or a rule finds in post `n`, with the places where it may stand."""

    n: int
    kind: str
    text: str
    places: tuple[tuple[int, int], ...]
    rule: str = ""

    def meets(self, other: Source) -> bool:
        """Whether both are of one post and kind and stand on common characters."""
        same = (self.n, self.kind) == (other.n, other.kind)
        return same and any(a < d and c < b for a, b in self.places for c, d in other.places)


def _lines(path: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def _places(text: str, part: str) -> tuple[tuple[int, int], ...]:
    starts = [i for i in range(len(text)) if text.startswith(part, i)]
    return tuple((i, i + len(part)) for i in starts)


def read_pass(path: Path, own: dict[int, str]) -> list[Source]:
    """The labels of one pass; a source that is not in the own words is left out and told."""
    found = []
    for line in _lines(path):
        for label in line["sources"]:
            places = _places(own[line["n"]], label["text"])
            if places:
                found.append(Source(line["n"], label["kind"], label["text"], places))
            else:
                print(f"{path.stem}: n {line['n']}: a label is not in the own words")
    return found


def read_rules(posts: pl.DataFrame) -> list[Source]:
    """What the rules find in the own words."""
    found = attributions(posts).filter(~pl.col("rule").is_in(RELAYS))
    rows = found.join(posts, on="post_id").select(
        pl.col("post_id").cast(pl.Int64), "target_kind", "target", "span_start", "span_end", "rule"
    )
    return [
        Source(n, kind, target if target is not None else "", ((start, end),), rule)
        for n, kind, target, start, end, rule in rows.rows()
    ]


def halves(strata: dict[int, str], own: dict[int, str]) -> dict[str, set[int]]:
    """The numbers of each half: a stratum is cut in two at random.

    Of the held-out half those are left out that are copies of a post of the other.
    """
    held: set[int] = set()
    for stratum in POPULATION:
        free = sorted(
            n for n, name in strata.items() if name == stratum and n > READ_BEFORE_THE_SPLIT
        )
        random.Random(SPLIT_SEED).shuffle(free)
        held.update(free[: len(free) // 2])
    texts = pl.DataFrame({"text_id": list(own), "text": list(own.values())})
    texts = texts.with_columns(normal_form(pl.col("text"))).filter(
        pl.col("text").str.len_chars() >= 8
    )
    groups = near_duplicate_groups(texts, threshold=ALIKE, containment=CONTAINED).cast(
        {"text_id": pl.Int64}
    )
    known = groups.filter(~pl.col("text_id").is_in(sorted(held)))["group_id"]
    copies = set(groups.filter(pl.col("group_id").is_in(known.implode()))["text_id"]) & held
    print(f"{len(held)} posts are held out, {len(copies)} of them copies of others: left out")
    return {"tuning": set(strata) - held, "held-out": held - copies, "all": set(strata)}


def wilson(right: float, tried: float) -> str:
    """`right / tried` with its 95 % Wilson interval."""
    if tried == 0:
        return "-"
    share, z = right / tried, 1.96
    middle = (share + z * z / (2 * tried)) / (1 + z * z / tried)
    half = z / (1 + z * z / tried) * math.sqrt(share * (1 - share) / tried + (z / tried / 2) ** 2)
    return f"{share:.2f} [{max(0, middle - half):.2f}, {min(1, middle + half):.2f}]"


def _weighted(outcomes: Iterable[tuple[float, bool]]) -> str:
    """Weighted share with a Wilson interval on the effective size (sum w)^2 / sum w^2."""
    rows = list(outcomes)
    total, squares = sum(w for w, _ in rows), sum(w * w for w, _ in rows)
    if not rows:
        return "-"
    size = total * total / squares
    return wilson(size * sum(w for w, right in rows if right) / total, size)


def _kappa(a: set[int], b: set[int], numbers: set[int]) -> tuple[float, int, int, int]:
    a, b = a & numbers, b & numbers
    total, both = len(numbers), len(a & b)
    agree = (both + total - len(a | b)) / total
    chance = (len(a) * len(b) + (total - len(a)) * (total - len(b))) / total**2
    return (agree - chance) / (1 - chance), len(a), len(b), both


def _agreement(a: list[Source], b: list[Source], numbers: set[int]) -> None:
    print(f"\nAgreement of the passes, {len(numbers)} posts")
    print("kind | posts A | posts B | both | kappa | labels A | B | overlap | same characters")
    for kind in (*KINDS, "any"):
        of_a, of_b = ([s for s in side if kind in {s.kind, "any"}] for side in (a, b))
        kappa, *posts = _kappa({s.n for s in of_a}, {s.n for s in of_b}, numbers)
        meet = sum(any(s.meets(t) for t in of_b) for s in of_a)
        same = sum((s.n, s.kind, s.text) in {(t.n, t.kind, t.text) for t in of_b} for s in of_a)
        told = " | ".join(str(each) for each in posts)
        print(f"{kind} | {told} | {kappa:.2f} | {len(of_a)} | {len(of_b)} | {meet} | {same}")


def _truth(a: list[Source], b: list[Source], *, both: bool) -> list[Source]:
    if both:
        return [s for s in a if any(s.meets(t) for t in b)]
    return a + [t for t in b if not any(s.meets(t) for s in a)]


def _rates(
    hits: Sequence[Source],
    truth: Sequence[Source],
    strata: dict[int, str],
    weight: dict[str, float],
) -> None:
    print("kind | stratum | hits | precision | labels | recall")
    for kind in (*KINDS, "any"):
        found = [(s, any(s.meets(t) for t in truth)) for s in hits if kind in {s.kind, "any"}]
        wanted = [(t, any(s.meets(t) for s in hits)) for t in truth if kind in {t.kind, "any"}]
        for stratum in (*POPULATION, "all posts"):
            in_it = [
                [right for s, right in rows if stratum in {strata[s.n], "all posts"}]
                for rows in (found, wanted)
            ]
            told = [f"{len(rows)} | {wilson(sum(rows), len(rows))}" for rows in in_it]
            print(f"{kind} | {stratum} | {' | '.join(told)}")
        shares = [
            _weighted((weight[strata[s.n]], right) for s, right in rows) for rows in (found, wanted)
        ]
        print(f"{kind} | population | | {shares[0]} | | {shares[1]}")


def _rules(hits: Sequence[Source], truth: Sequence[Source]) -> None:
    tried, right, exact = Counter(), Counter(), Counter()
    for hit in hits:
        met = [t for t in truth if hit.meets(t)]
        tried[hit.rule] += 1
        right[hit.rule] += bool(met)
        exact[hit.rule] += any(t.text == hit.text for t in met)
    print("rule | hits | right | target the same characters")
    for rule in sorted(tried):
        print(f"{rule} | {tried[rule]} | {right[rule]} | {exact[rule]}")


def _errors(hits: Sequence[Source], truth: Sequence[Source], texts: dict[int, str]) -> None:
    for hit in hits:
        if not any(hit.meets(t) for t in truth):
            start, end = hit.places[0]
            around = texts[hit.n][max(0, start - 15) : end + 15]
            print(f"WRONG {hit.n} {hit.rule} [{texts[hit.n][start:end]}] in {around!r}")
    for label in truth:
        if not any(hit.meets(label) for hit in hits):
            start, end = label.places[0]
            around = texts[label.n][max(0, start - 15) : end + 15]
            print(f"MISSED {label.n} {label.kind} [{label.text}] in {around!r}")


def main() -> None:
    """Prints the tables of docs/measured/citations.md."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--half", choices=("tuning", "held-out", "all"), default="all")
    parser.add_argument("--errors", action="store_true", help="texts; of the tuning half only")
    told = parser.parse_args()
    sample = pl.DataFrame(_lines(told.folder / "sample.jsonl")).with_columns(
        post_id=pl.col("n").cast(pl.String), urls=pl.lit([], pl.List(pl.String))
    )
    strata = dict(sample.select("n", "stratum").rows())
    texts = dict(sample.select("n", "text").rows())
    own = dict(sample.select("n", own_words(pl.col("text"))).rows())
    numbers = halves(strata, own)["tuning" if told.errors else told.half]
    a, b = (
        [s for s in read_pass(told.folder / f"pass_{name}.jsonl", own) if s.n in numbers]
        for name in "ab"
    )
    hits = [s for s in read_rules(sample.select("post_id", "text", "urls")) if s.n in numbers]
    if told.errors:
        _errors(hits, _truth(a, b, both=False), texts)
        return
    sizes = Counter(strata[n] for n in numbers)
    weight = {name: count / sizes[name] for name, count in POPULATION.items()}
    _agreement(a, b, numbers)
    for both in (False, True):
        truth = _truth(a, b, both=both)
        print(f"\nRules against labels of {'both passes' if both else 'either pass'}, {told.half}")
        _rates(hits, truth, strata, weight)
    print("\nRules, one by one, against labels of either pass")
    _rules(hits, _truth(a, b, both=False))


if __name__ == "__main__":
    main()
