# SPDX-License-Identifier: GPL-3.0-or-later
"""How often a trace names the true first post, and how often it is wrong or refuses.

`python -m benchmarks.measure_trace_origins PART [SEED]`; PART is deletion, coverage, stripped,
stories, retrieval, runs or fit. Seeds under 100 were looked at while the rules were made and use
half of the events and stories, seeds from 100 on the other half. `runs SEED` traces stories with
posts hidden and keeps the outcomes in the folder RUNS (environment, else the temporary folder);
`fit` writes `trace/outside.csv` from those of seeds under 100 and, as held out, from 100 on;
`stories` prints how it does on the latter, and draws docs/measured/trace-origins.svg.
"""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import matplotlib as mpl
import numpy as np
import polars as pl
from matplotlib.figure import Figure

from benchmarks.cascade_world import (
    clocked,
    copied,
    corpus_of,
    events,
    hidden,
    rewritten,
    sample,
    stories,
    wordings,
)
from graphkit.text.shingles import shingles
from graphkit.trace.candidates import NAMED, heads
from graphkit.trace.candidates import coverage as in_the_data
from graphkit.trace.claim import EXCERPT, SIMILAR, find_claim
from graphkit.trace.lineage import lineage
from graphkit.trace.origin import Trace, trace_story
from graphkit.trace.same_claim import LEAST_ALIKE, bigram_cosine

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

SHARES = (0.1, 0.3, 0.5, 0.7, 0.9)
HIDDEN = (0.1, 0.3, 0.5)
REPORTING = 100
LEAST = 15  # stories: a cell with fewer is left out
RUNS = Path(os.environ.get("RUNS", tempfile.gettempdir()))
TABLE = "graphkit/trace/outside.csv"
PICTURE = "docs/measured/trace-origins.svg"
HEADER = """\
# How often the first copy of a story was outside the data. Fitted on {} stories that two or more
# Weibo cascades tell, checked on {} others. 10, 30 and 50 % of the posts were hidden at random;
# half of the traces have copies alone, half the parent ids of their reposts too.
# cell: percent of what posts refer to by id that is missing; unknown where fewer than 5 are named.
# A story that is told once has no cell: most such stories never had a second telling, and none of
# these are here.
"""
SURE = 0.8
Row = dict[str, Any]


def half(seed: int) -> int:
    return int(seed >= REPORTING)


def shown(rows: list[Row], by: list[str]) -> None:
    """The means of all measures by `by`, with the number of rows."""
    frame = pl.DataFrame(rows, infer_schema_length=None)
    measures = [c for c in frame.columns if c not in by]
    means = frame.group_by(by).agg(pl.len().alias("n"), pl.col(measures).mean().round(4)).sort(by)
    with pl.Config(tbl_rows=200, tbl_cols=40, tbl_width_chars=200, tbl_hide_dataframe_shape=True):
        print(means)


def first_candidate(trace: Trace) -> tuple[str | None, float | None]:
    told = trace.origin.candidates
    return (told["node_id"][0], told["p"][0]) if told.height else (None, None)


def judged(trace: Trace, root: str, kept: pl.DataFrame) -> Row:
    """Whether the first candidate is `root`, beside the earliest post that is there."""
    name, p = first_candidate(trace)
    tied = kept.filter(pl.col("at") == pl.col("at").min())["post_id"].to_list()
    named = trace.origin.verdict == NAMED
    return {
        "there": root in kept["post_id"],
        "time": (root in tied) / len(tied),
        "hit": name == root,
        "named": named,
        "named_wrong": named and name != root,
        "sure_wrong": p is not None and p > SURE and name != root,
    }


def deletion(seed: int) -> None:
    """The first post of a cascade, after deletions; what a platform hands out in three ways."""
    rows: list[Row] = []
    for name, ids, count in (
        ("trees", "root", 100), ("trees", "parents", 50), ("trees", "parent", 40),
        ("text_sample", "root", 40),
    ):  # fmt: skip
        whole = sample(name)
        chosen = events(whole, count=count, seed=seed, half=half(seed))
        for event, posts in whole.filter(pl.col("event").is_in(chosen)).group_by("event"):
            for share, kept in _deleted(posts.sort("at", "post_id"), seed + int(event[0]) % 9973):
                if kept.height < 2:
                    continue
                trace = trace_story(corpus_of(kept, ids=ids), kept["post_id"][-1])
                case = {"data": name, "ids": ids, "deleted": share}
                rows.append(case | judged(trace, posts["root"][0], kept))
    shown(rows, ["data", "ids", "deleted"])


def _deleted(posts: pl.DataFrame, seed: int) -> Iterator[tuple[str, pl.DataFrame]]:
    for share in SHARES:
        yield f"{share:.0%}", hidden(posts, share, seed=seed)
    yield "root and first 20", posts[21:]


def coverage(seed: int) -> None:
    """The share of posts that are missing, estimated from the posts that are referred to."""
    rows: list[Row] = []
    for name, ids, count in (("trees", "parents", 80), ("text_sample", "root", 10)):
        whole = sample(name)
        chosen = events(whole, count=count, seed=seed, half=half(seed))
        for event, posts in whole.filter(pl.col("event").is_in(chosen)).group_by("event"):
            draw = np.random.default_rng(seed + int(event[0]) % 9973).random(posts.height)
            early = np.linspace(1, 0, posts.height)  # earlier posts are likelier to be gone
            for share in HIDDEN:
                for how, gone in (("random", share), ("early", 2 * share * early)):
                    kept = posts.sort("at", "post_id").filter(pl.Series(draw >= gone))
                    if kept.height < 2:
                        continue
                    corpus = corpus_of(kept, ids=ids)
                    graph = lineage(find_claim(corpus, kept["post_id"][-1]), corpus)
                    told = in_the_data(graph, heads(graph))
                    missing = 1 - kept.height / posts.height
                    rows.append(
                        {"data": name, "loss": how, "hidden": share} | _errors(told, missing)
                    )
    shown(rows, ["data", "loss", "hidden"])


def _errors(told: Any, missing: float) -> Row:
    row: Row = {"missing": missing}
    for name in ("dangling_share", "unseen_chain_name_share"):
        error = None if told[name] is None else told[name] - missing
        row[name.removesuffix("_share")] = error
        row[f"|{name.removesuffix('_share')}|"] = None if error is None else abs(error)
    return row


def stripped(seed: int) -> None:
    """Pasted copies without ids or names, under clocks of three precisions."""
    rows: list[Row] = []
    whole = sample()
    for event in events(whole, count=60, seed=seed, half=half(seed)):
        posts = copied(whole.filter(event=event), seed=seed + event % 9973)
        root = posts["root"][0]
        said = posts.filter(post_id=root)["text"][0]
        if len(said) < 20:
            continue
        for precision in ("second", "minute", "day"):
            for first in ("there", "hidden"):
                rest = posts if first == "there" else posts.filter(pl.col("post_id") != root)
                kept = clocked(rest, precision).sort("at", "post_id")
                corpus = corpus_of(kept, ids="none", precision=precision)
                trace = trace_story(corpus, kept["text"][-1], kind="text")
                case = {"clock": precision, "first copy": first}
                rows.append(case | judged(trace, root, kept) | _wordings(trace, said, kept))
    shown(rows, ["clock", "first copy"])


def _wordings(trace: Trace, said: str, kept: pl.DataFrame) -> Row:
    """Whether the first candidate, and the earliest post, have the wording of the first."""
    name, _ = first_candidate(trace)
    texts = dict(kept.select("post_id", "text").rows())
    tied = kept.filter(pl.col("at") == pl.col("at").min())["text"].to_list()
    return {
        "time wording": sum(text == said for text in tied) / len(tied),
        "hit wording": texts.get(str(name)) == said,
        "found": trace.claim.says.height / kept.height,
    }


def story_runs(seeds: range) -> pl.DataFrame:
    """Traces of stories of which posts are hidden: in which cell, and was the first copy outside.

    Half as copies alone (screenshots), half with the reposts of each and their parents' ids.
    """
    told, rows = stories(), []
    numbers = told["story"].unique().sort().to_numpy()
    chosen = np.random.default_rng(0).permutation(numbers)[half(seeds[0]) :: 2]
    for seed in seeds:
        for story in chosen:
            posts = told.filter(story=int(story))
            for share in HIDDEN:
                for bare in (True, False):
                    kept = hidden(posts, share, seed=seed * 1000 + int(story))
                    rows.append(_story_run(posts, kept, bare=bare) | {"story": int(story),
                                "hidden": share, "bare": bare})  # fmt: skip
    return pl.DataFrame([r for r in rows if "outside" in r], infer_schema_length=None)


def _story_run(posts: pl.DataFrame, kept: pl.DataFrame, *, bare: bool) -> Row:
    copies = kept.filter("is_root")
    if copies.is_empty():
        return {}
    corpus = corpus_of(copies if bare else kept, ids="parents")
    trace = trace_story(corpus, copies["post_id"][-1])
    first = posts.filter(pl.col("is_root"), copy_no=0)["post_id"][0]
    name, p = first_candidate(trace)
    known = trace.graph.nodes.filter(pl.col("state") != "external")["node_id"]
    return {
        "outside": first not in known,
        "cell": trace.origin.outside.cell,
        "missing": trace.origin.missing_share,
        "hit": name == first,
        "time": copies["post_id"][0] == first,
        "named": trace.origin.verdict == NAMED,
        "named_wrong": trace.origin.verdict == NAMED and name != first,
        "sure_wrong": p is not None and p > SURE and name != first,
        "oddness": trace.origin.candidates["oddness"][0],
        "source": trace.origin.candidates["attribution"][0] is not None,
    }


def runs(seed: int) -> None:
    """Keeps the outcomes of one seed."""
    story_runs(range(seed, seed + 1)).write_parquet(RUNS / f"trace-stories-{seed}.parquet")


def _kept_runs(*, held: bool) -> pl.DataFrame:
    files = sorted(RUNS.glob("trace-stories-*.parquet"))
    chosen = [f for f in files if (int(f.stem.split("-")[-1]) >= REPORTING) == held]
    return pl.concat([pl.read_parquet(file) for file in chosen])


def fit(_: int) -> None:
    """The table of cells: fitted on one half of the stories, counted in the other."""
    fitted, held = (
        _kept_runs(held=each).group_by("cell").agg(
            pl.col("outside").sum(), n=pl.len(), stories=pl.col("story").n_unique().cast(pl.Int64))
        for each in (False, True)
    )  # fmt: skip
    both = fitted.join(held, on="cell", how="inner", suffix="_held")
    table = both.filter(pl.col("stories") >= LEAST, pl.col("cell") != "lone")
    text = table.select(
        "cell", pl.lit("weibo").alias("platform"), pl.lit(2011).alias("first_year"),
        pl.lit(2016).alias("last_year"), "outside", "n", "outside_held", "n_held",
    ).sort("cell").write_csv()  # fmt: skip
    count = [_kept_runs(held=each)["story"].n_unique() for each in (False, True)]
    Path(TABLE).write_text(HEADER.format(*count) + text, encoding="utf-8")


def story_table(_: int) -> None:
    """Candidates and the probability of an origin outside, in the stories held out."""
    told = _kept_runs(held=True)
    answers = ["outside", "time", "hit", "named", "named_wrong", "sure_wrong"]
    print(told.group_by("bare", "hidden").agg(
        pl.len(), pl.col(answers).mean().round(3)).sort("bare", "hidden"))  # fmt: skip
    wrong = told.filter("named").select(pl.len(), pl.col("named_wrong").mean().round(3))
    print(f"named, and of those wrong: {wrong.row(0)}")
    fitted = pl.read_csv(TABLE, comment_prefix="#")
    said = fitted.select("cell", told=pl.col("outside") / pl.col("n"))
    known = told.join(said, on="cell").with_columns(pl.col("outside").cast(pl.Float64))
    base = float(fitted["outside"].sum()) / float(fitted["n"].sum())
    for name, guess in (
        ("calibrated", pl.col("told")), ("one share for all", pl.lit(base, pl.Float64)),
        ("missing share", pl.col("missing").fill_null(0.0)),
    ):  # fmt: skip
        print(f"{name}: Brier {_brier(known, guess):.4f}, ECE {_ece(known, guess):.4f}")
    signs = told.with_columns(lone=pl.col("cell") == "lone", odd=pl.col("oddness") > 0.3)
    for sign in ("lone", "odd", "source"):
        print(signs.group_by(sign).agg(
            pl.len(), pl.col("story").n_unique(), pl.col("outside", "hit").mean().round(3),
        ).sort(sign))  # fmt: skip
    cells = known.group_by("cell").agg(pl.col("told").first(), pl.col("outside").mean().round(3),
                                       n=pl.len(), stories=pl.col("story").n_unique())  # fmt: skip
    print(cells.sort("cell"))
    _draw(cells.sort("told", "cell"))


def _brier(rows: pl.DataFrame, guess: pl.Expr) -> float:
    return float(rows.select(((guess - pl.col("outside")) ** 2).mean()).item())


def _ece(rows: pl.DataFrame, guess: pl.Expr) -> float:
    """The mean gap between told and observed in ten bins of equal width, by their sizes."""
    bins = rows.with_columns(guess=guess).group_by((pl.col("guess") * 10).floor().alias("bin"))
    gaps = bins.agg(gap=(pl.col("guess").mean() - pl.col("outside").mean()).abs(), n=pl.len())
    return float(np.average(gaps["gap"].to_numpy(), weights=gaps["n"].to_numpy()))


def _draw(cells: pl.DataFrame) -> None:
    """The reliability of the told probabilities, with 95 % intervals by the number of traces."""
    mpl.rcParams.update({"svg.hashsalt": "graphkit", "svg.fonttype": "none", "font.size": 8})
    figure = Figure(figsize=(4.4, 3.8), layout="constrained")
    axes = figure.subplots()
    axes.plot([0, 0.7], [0, 0.7], color="#8a939c", linewidth=0.8)
    spread = 1.96 * np.sqrt(cells["outside"] * (1 - cells["outside"]) / cells["n"])
    axes.errorbar(cells["told"], cells["outside"], yerr=spread, fmt="o", color="#2f6690", ms=4)
    for cell, told, seen, n in cells.select("cell", "told", "outside", "n").rows():
        axes.annotate(f"{cell} ({n})", (told, seen), (5, -9), textcoords="offset points", size=6)
    axes.set_xlabel("told: probability that the story began outside the data")
    axes.set_ylabel("held-out stories whose first copy was outside")
    figure.savefig(PICTURE, metadata={"Date": None, "Creator": None})


def retrieval(seed: int) -> None:
    """The original of a rewritten text among 2,000 others."""
    pool, draw = wordings().with_row_index("text_id"), np.random.default_rng(seed)
    mixed = np.random.default_rng(0).permutation(pool.height)[half(seed) :: 2]
    rows: list[Row] = []
    for place in draw.permutation(mixed)[:400]:
        query = rewritten(pool["words"][int(place)], draw)
        rest = pool.filter((pl.col("story") != pool["story"][int(place)]) | (pl.col("story") < 0)
                           | (pl.col("text_id") == int(place)))  # fmt: skip
        at = rest["text_id"].to_list().index(int(place))
        likeness, merged = _likeness(rest, query)
        ways = {"2-grams": bigram_cosine(rest["words"], pl.Series([query])),
                "3-shingle Jaccard": likeness, "random": draw.random(rest.height)}  # fmt: skip
        for way, scores in ways.items():
            rank = 1 + int((scores > scores[at]).sum())
            listed = int((np.sort(scores)[::-1][:10] >= LEAST_ALIKE).sum())
            is_listed = rank <= 10 and scores[at] >= LEAST_ALIKE
            rows.append({"way": way, "hit@1": rank == 1, "hit@5": rank <= 5, "1/rank": 1 / rank,
                         "merged": merged[at], "own score": scores[at],
                         "best other": np.delete(scores, at).max(), "is listed": is_listed,
                         "listed beside": listed - is_listed})  # fmt: skip
    shown(rows, ["way"])


def _likeness(pool: pl.DataFrame, query: str) -> tuple[Floats, NDArray[np.bool_]]:
    """The Jaccard index of 3-shingles, and whether a trace would take the two for one claim."""
    asked = shingles(pl.DataFrame({"text_id": [0], "text": [query]}))
    sets = shingles(pool.select("text_id", text="words"))
    counts = sets.group_by("text_id").agg(
        pl.len(), shared=pl.col("shingle").is_in(asked["shingle"].implode()).sum()
    )
    both = pool.join(counts, on="text_id", how="left", maintain_order="left")
    shared, sizes = both["shared"].to_numpy(), both["len"].to_numpy()
    jaccard = shared / (sizes + asked.height - shared)
    return jaccard, (jaccard >= SIMILAR) | (shared >= EXCERPT * np.minimum(sizes, asked.height))


def main() -> None:
    parts = {"deletion": deletion, "coverage": coverage, "stripped": stripped, "runs": runs,
             "fit": fit, "stories": story_table, "retrieval": retrieval}  # fmt: skip
    parts[sys.argv[1]](int(sys.argv[2]) if len(sys.argv) > 2 else REPORTING)


if __name__ == "__main__":
    main()
