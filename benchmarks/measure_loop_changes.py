# SPDX-License-Identifier: GPL-3.0-or-later
"""What a few rows more or less change in what citation-loop says, by who could bring them about.

python -m benchmarks.measure_loop_changes [SECTION...], of stray, silence and framed.

- stray: one citation out of each ring and one into it, at random.
- silence: the guilty say nothing where they could say "online", and most sources of the innocent go
  unread; then a person reads the first posts of what was told as insufficient.
- framed: puppets around innocent groups, and members who cite the puppets as often as is said.
"""

from __future__ import annotations

import sys
from collections import Counter
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
from scipy.stats import poisson

from benchmarks.citation_world import (
    GUILTY,
    INNOCENT,
    SPAN,
    START,
    Plan,
    make_world,
    unread_posts,
)
from benchmarks.measure_citation_loop import about, accused, count, show
from graphkit.detectors.citation_loop import DETECTOR, Params
from graphkit.tables import CITATIONS, POSTS, Corpus

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from benchmarks.measure_citation_loop import Counted, Truth
    from graphkit.findings import Finding

STRAY, ADDED = 98, 99
PUPPETS, VICTIMS, STORIES = 5, 3, 12
LURES = (1, 2, 3, 6, 12)
SAID = {"via": "link", "rule": "added", "certainty": 1.0, "source_id": "world"}


def detected(corpus: Corpus) -> list[Finding]:
    """The findings of the detector with its default parameters."""
    return list(DETECTOR.detect(corpus, Params()))


def with_citations(corpus: Corpus, rows: Sequence[tuple[str, int, str, str | None]]) -> Corpus:
    """`corpus` with rows of post_id, citation_no, target_kind and target added."""
    names = ["post_id", "citation_no", "target_kind", "target"]
    types = dict.fromkeys(names, pl.String) | {"citation_no": pl.Int64}
    added = pl.DataFrame(list(rows), types, orient="row")
    added = CITATIONS.conform(added.with_columns(**{k: pl.lit(v) for k, v in SAID.items()}))
    return replace(corpus, citations=pl.concat([corpus.citations, added]))


def strayed(corpus: Corpus, groups: Iterable[list[str]], *, seed: int) -> Corpus:
    """`corpus` with one citation out of each group to an earlier post, and one into it."""
    rng = np.random.default_rng(seed)
    posts = corpus.posts.sort("created_at", "post_id")
    names, rows = posts["post_id"], []
    for members in groups:
        mine = posts["account_id"].is_in(members)
        inner, outer = mine.arg_true().to_numpy(), (~mine).arg_true().to_numpy()
        citing, cited = rng.choice(inner[1:]), rng.choice(inner[:-1])
        out = rng.choice(outer[outer < citing])
        into = rng.choice(outer[outer > cited])
        rows.append((names[int(citing)], STRAY, "post", names[int(out)]))
        rows.append((names[int(into)], ADDED, "post", names[int(cited)]))
    return with_citations(corpus, rows)


def stray() -> None:
    """Prints what one stray citation out of and into each ring changes."""
    same: Counter[str] = Counter()
    seeds = range(300, 308)
    for seed in seeds:
        corpus, truth = make_world(seed, Plan())
        before, after = (
            detected(each) for each in (corpus, strayed(corpus, truth["ring"], seed=seed))
        )
        for ring in truth["ring"]:
            first, second = (
                [(f.outcome, f.grade, f.subjects.accounts) for f in about(accused(told), ring)]
                for told in (before, after)
            )
            same["rings"] += 1
            same["accounts and outcome"] += [f[::2] for f in first] == [f[::2] for f in second]
            same["and grade"] += first == second
        told = [{f.subjects.accounts for f in accused(each)} for each in (before, after)]
        same["all accused groups"] += len(told[0])
        same["again"] += len(told[0] & told[1])
        same["new"] += len(told[1] - told[0])
    print(f"stray citations ({len(seeds)} worlds): {dict(same)}")


def _first_posts(corpus: Corpus, findings: Iterable[Finding]) -> pl.DataFrame:
    """post_id of posts without any source that are cited in the rows of `findings`."""
    keys = [e.key for f in findings for e in f.evidence if e.table == "citations"]
    cited = corpus.citations.filter(CITATIONS.row_key().is_in(keys)).select(post_id="target")
    nothing = corpus.citations.filter(target_kind="none").select("post_id")
    return nothing.join(cited, on="post_id", how="semi").unique().sort("post_id")


def after_reading(corpus: Corpus, read: pl.DataFrame, sourced: Iterable[str]) -> Corpus:
    """`corpus` after a person read the posts `read`: an outlet in `sourced`, no source in others.

    What a person states of a post replaces what rules read of it.
    """
    named = set(sourced)
    rest = corpus.citations.join(read, on="post_id", how="anti")
    rows = [
        (post, 0, "outlet", "Outlet") if post in named else (post, 0, "vague", None)
        for post in read["post_id"]
    ]
    return with_citations(replace(corpus, citations=rest), rows)


def _outcomes(found: Counter[tuple[str, str]], findings: list[Finding], truth: Truth) -> None:
    """Adds the outcome of each planted group, and whether its loops are beyond chance."""
    for kind, groups in truth.items():
        for group in groups:
            of = about(findings, group)
            found[kind, of[0].outcome if of else "nothing told"] += 1
            found[kind, "with loops"] += any(map(_has_loops, of))


def _has_loops(finding: Finding) -> bool:
    """Whether it shows more stories with a loop than the swap null makes."""
    seen, mean = (finding.measures[name] for name in ("loop_stories", "expected_loops"))
    return seen >= 2 and bool(poisson.sf(seen - 1, mean) <= 0.05)


def silence() -> None:
    """Prints what is told of groups that say nothing, before and after a person read."""
    plan, seeds = Plan(silent=1.0, unnamed=0.9), range(550, 554)
    found: Counter[tuple[str, str]] = Counter()
    before: Counted = Counter()
    after: Counted = Counter()
    posts = told_of = 0
    for seed in seeds:
        corpus, truth = make_world(seed, plan)
        findings = detected(corpus)
        _outcomes(found, findings, truth)
        count(before, findings, truth, plan)
        open_ones = [f for f in findings if f.outcome == "insufficient"]
        read = _first_posts(corpus, open_ones)
        posts, told_of = posts + read.height, told_of + len(open_ones)
        known = after_reading(corpus, read, unread_posts(seed, plan))
        count(after, detected(known), truth, plan)
    for kind in (*GUILTY, *INNOCENT):
        print(kind, {what: n for (k, what), n in sorted(found.items()) if k == kind})
    show("all say nothing", before)
    print(f"{posts} first posts of {told_of} insufficient findings read")
    show("after reading", after)


@dataclass
class _Added:
    """Posts and citations of puppets and of those whom they lured."""

    posts: list[tuple[str, str, float]] = field(default_factory=list)
    rows: list[tuple[str, int, str, str | None]] = field(default_factory=list)

    def post(self, author: str, time: float, cited: str | None) -> str:
        post_id = f"local:p{len(self.posts)}"
        self.posts.append((post_id, author, time))
        self.rows.append((post_id, 0, "vague" if cited is None else "post", cited))
        return post_id


def framed(corpus: Corpus, groups: Sequence[list[str]], *, lures: int, seed: int) -> Corpus:
    """`corpus` with puppets around each group, of which some members cite them in `lures` stories.

    The puppets begin each story with "online", pass it round, and cite whoever cited them.
    """
    rng, added = np.random.default_rng(seed), _Added()
    taken = {m for group in groups for m in group}
    free = [a for a in sorted(corpus.accounts["account_id"]) if a not in taken]
    puppets = rng.permutation(free)[: PUPPETS * len(groups)].reshape(-1, PUPPETS).tolist()
    for members, of_group in zip(groups, puppets, strict=True):
        victims = rng.permutation(members)[:VICTIMS].tolist()
        for story in range(STORIES):
            time, last = float(rng.random()) * SPAN * 0.9, None
            lured = victims if story < lures else []
            for author in rng.permutation([*of_group, *lured, *of_group]).tolist():
                time += float(rng.exponential(SPAN / 500))
                last = added.post(author, time, last)
    frame = pl.DataFrame(added.posts, ["post_id", "account_id", "seconds"], orient="row")
    like = corpus.posts.head(1).drop("post_id", "account_id", "created_at", "media_hashes")
    at = pl.lit(START) + pl.duration(microseconds=pl.col("seconds") * 1e6)
    rows = frame.select("post_id", "account_id", created_at=at).join(like, how="cross")
    empty = pl.lit([], pl.List(pl.String))
    posts = POSTS.conform(rows.with_columns(media_hashes=empty))
    return with_citations(
        replace(corpus, posts=pl.concat([corpus.posts, posts.select(corpus.posts.columns)])),
        added.rows,
    )


def framing() -> None:
    """Prints how many innocents are accused when puppets surround them."""
    groups = {kind: n for kind, n in Plan().groups.items() if kind in INNOCENT}
    for lures in LURES:
        seen: Counter[str] = Counter()
        for seed in range(560, 564):
            corpus, truth = make_world(seed, Plan(groups=groups))
            innocent = [g for of in truth.values() for g in of]
            findings = accused(detected(framed(corpus, innocent, lures=lures, seed=seed)))
            of = {m for g in innocent for m in g}
            told = {a for f in findings for a in f.subjects.accounts}
            seen["groups"] += len(innocent)
            seen["accusations"] += len(findings)
            seen["innocents"] += len(of)
            seen["accused innocents"] += len(told & of)
            seen["accused others"] += len(told - of)
        print(
            f"{VICTIMS} members a group cite puppets in {lures} of {STORIES} stories: {dict(seen)}"
        )


SECTIONS = {"stray": stray, "silence": silence, "framed": framing}


def main() -> None:
    """Prints what docs/measured/citation-loop.md says of added rows, or the sections named."""
    for name in sys.argv[1:] or SECTIONS:
        SECTIONS[name]()


if __name__ == "__main__":
    main()
