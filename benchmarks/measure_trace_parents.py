# SPDX-License-Identifier: GPL-3.0-or-later
"""How often the true parent of a repost is read from its text, and what `p` is worth.

`python -m benchmarks.measure_trace_parents [recovery|classes|hidden|forged|table]` on real Weibo
cascades, every repost given the first post as its parent (local data, see `cascade_world`). Stories
are split in two halves: rules and calibration table were made on the one, figures are of the other.
`... platform` on generated cascades of a platform with other habits (fitted on seed 711, measured
on seeds 712 to 721).
"""

from __future__ import annotations

import hashlib
import sys
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from benchmarks.cascade_world import CASCADES, sample
from benchmarks.relay_peer import peer_parents
from benchmarks.relay_world import Habits, relay_world
from graphkit.text.normal import normal_form, own_words
from graphkit.trace.calibration import calibration_errors, with_probability
from graphkit.trace.refit import labelled_reposts, refit
from graphkit.trace.relays import flat_parents, relays

if TYPE_CHECKING:
    from collections.abc import Callable
RESAMPLES, SEED, HIDDEN = 2_000, 721, (0.1, 0.3, 0.5)
NEVER = "我亲眼看见的，桥是他们自己炸的，证据都在我手里"
FITTED_SEED, OTHER_SEEDS = 711, range(712, 722)
PLATFORMS = {
    "chains often deleted, relays skipped": Habits(),
    "chains kept": Habits(stripped=0.02, skipped=0.0),
}
TUNED, REPORTED = 0, 1


def cascades() -> pl.DataFrame:
    """`sample` as the trace takes it, with `half`.

    Cascades that tell one story (`stories.parquet`) are in one half.
    """
    rows = sample().rename({"root": "cascade"})
    told = pl.read_parquet(CASCADES / "stories" / "stories.parquet").sort("mid", "story")
    stories = told.select(
        cascade=pl.format("weibo:{}", "mid"), story=pl.format("s{}", "story")
    ).unique("cascade", keep="first", maintain_order=True)
    grouped = rows.join(stories, on="cascade", how="left", maintain_order="left")
    story = grouped.select(pl.coalesce("story", pl.format("e{}", "event"))).to_series()
    hashes = {each: hashlib.sha256(each.encode()).digest()[-1] % 2 for each in story.unique()}
    return grouped.with_columns(
        half=story.replace_strict(hashes, return_dtype=pl.Int64),
        platform=pl.lit("weibo"),
        display_name=pl.lit(None, pl.String),
    ).drop("story")


def drawn(rows: pl.DataFrame) -> pl.DataFrame:
    """The reposts of `rows` with what the trace draws when all have the first post as parent.

    `found`, `evidence`, `p`, `right`, `near` (the first seen post on the way up is the parent) and
    `flat` (the first post is).
    """
    said = relays(rows)
    found = flat_parents(rows, said).rename({"child": "post_id", "parent": "found"})
    near = found.select("post_id", near="found")
    up = said.edges.select(near="child", above="parent")
    for _ in range(8):
        unseen = pl.col("near").str.starts_with("unseen:")
        above = pl.when(unseen).then("above").otherwise("near")
        near = near.join(up, on="near", how="left").select("post_id", near=above)
    reposts = rows.filter(~pl.col("is_root")).join(found, on="post_id").join(near, on="post_id")
    return with_probability(reposts).with_columns(
        right=pl.col("found") == pl.col("parent"),
        near=pl.col("near") == pl.col("parent"),
        flat=pl.col("cascade") == pl.col("parent"),
    )


def peer(rows: pl.DataFrame) -> pl.DataFrame:
    """`post_id` and whether the peer is `peer_right`."""
    by_event = rows.sort(~pl.col("is_root"), "at", "post_id").partition_by("cascade")
    columns = ["post_id", "account_id", "handle", "text"]
    found = [
        pair for each in by_event for pair in peer_parents(each.select(columns).rows()).items()
    ]
    said = pl.DataFrame(found, schema=["post_id", "said"], orient="row")
    both = rows.select("post_id", "parent").join(said, on="post_id")
    return both.select("post_id", peer_right=pl.col("said") == pl.col("parent"))


def shares(rows: pl.DataFrame, *columns: str) -> dict[str, str]:
    """The share of each boolean column over `rows`, with its 95 % interval over events.

    And the same of the difference between the first and the last.
    """
    sums = rows.group_by("event").agg(pl.len(), pl.col(*columns).sum()).sort("event")
    counts, total = sums.select(columns).to_numpy().astype(float), sums["len"].to_numpy()
    counts = np.column_stack([counts, counts[:, 0] - counts[:, -1]])
    drawn_events = np.random.default_rng(SEED).multinomial(
        len(total), np.full(len(total), 1 / len(total)), size=RESAMPLES
    )
    again = drawn_events @ counts / (drawn_events @ total)[:, None]
    low, high = np.quantile(again, [0.025, 0.975], axis=0)
    whole = counts.sum(axis=0) / total.sum()
    names = [*columns, f"{columns[0]} less {columns[-1]}"]
    cells = zip(names, whole, low, high, strict=True)
    return {name: f"{share:.4f} [{a:.4f}, {b:.4f}]" for name, share, a, b in cells}


def errors(rows: pl.DataFrame) -> str:
    """Brier score and calibration error with 95 % intervals over events.

    ECE is over ten bins of equal width, ECE_class with a bin for each class of evidence.
    """
    tenths = (pl.col("p") * 10).floor().clip(upper_bound=9)
    by_tenths, by_class = (_errors(rows, place) for place in (tenths, pl.col("evidence")))
    return f"Brier {by_tenths[0]}, ECE {by_tenths[1]}, ECE_class {by_class[1]}"


def _errors(rows: pl.DataFrame, place: pl.Expr) -> list[str]:
    right = pl.col("right").cast(pl.Float64)
    known = rows.select("event", "p", right, place=place).drop_nulls("p")
    known = known.with_columns(
        bin=pl.col("place").rank("dense") - 1, event=pl.col("event").rank("dense") - 1
    )
    off = (known["p"] - known["right"]).to_numpy()
    at = (known["event"].to_numpy(), known["bin"].to_numpy())
    gaps = np.zeros((at[0].max() + 1, at[1].max() + 1))
    np.add.at(gaps, at, off)
    brier = np.bincount(at[0], off**2)
    size = np.bincount(at[0])
    weights = np.random.default_rng(SEED).multinomial(
        len(size), np.full(len(size), 1 / len(size)), size=RESAMPLES
    )
    weights = np.vstack([np.ones(len(size)), weights])
    both = np.array([weights @ brier, np.abs(weights @ gaps).sum(axis=1)]) / (weights @ size)
    low, high = np.quantile(both[:, 1:], [0.025, 0.975], axis=1)
    cells = zip(both[:, 0], low, high, strict=True)
    return [f"{value:.4f} [{a:.4f}, {b:.4f}]" for value, a, b in cells]


def recovery() -> None:
    """Accuracy beside the flat guess and the peer, and how good the probabilities are."""
    rows = cascades()
    halves = {half: drawn(rows.filter(half=half)) for half in (TUNED, REPORTED)}
    for half, found in halves.items():
        both = found.join(peer(rows.filter(half=half)), on="post_id")
        print("tuned on" if half == TUNED else "reported")
        for name, labels in (("rumours", [1]), ("others", [0]), ("both", [0, 1])):
            each = both.filter(pl.col("label").is_in(labels))
            print(f"  {name}: {each['event'].n_unique()} cascades, {each.height} reposts")
            print("    all", shares(each, "right", "near", "flat", "peer_right"))
            nested = each.filter(~pl.col("flat"))
            print("    non-root", nested.height, shares(nested, "right", "near", "peer_right"))
            print(f"    without p {each['p'].null_count() / each.height:.4f}; {errors(each)}")
    plain = pl.col("evidence").str.replace("-(few|some|many|most)$", "")
    fitted = halves[TUNED].drop_nulls("p").group_by(plain=plain).agg(p=pl.col("right").mean())
    again = halves[REPORTED].drop("p").with_columns(plain=plain).join(fitted, on="plain")
    for name, label in (("rumours", 1), ("others", 0)):
        print(f"reported {name}, chains not counted: {errors(again.filter(label=label))}")


def classes() -> None:
    """How often each class of evidence is right in the half that is reported."""
    found = drawn(cascades().filter(half=REPORTED))
    flat = pl.col("flat").mean().round(3)
    cells = [
        (pl.col("right").filter(label=label).len().alias(f"n_{name}"),
         pl.col("right").filter(label=label).mean().round(3).alias(f"right_{name}"))
        for name, label in (("rumours", 1), ("others", 0))
    ]  # fmt: skip
    table = found.group_by("evidence", "p").agg(
        pl.len(), flat, *[c for both in cells for c in both]
    )
    for row in table.sort("evidence").rows(named=True):
        print(row)


def hidden() -> None:
    """The same with posts hidden at random: where the parent is there, and where it is not."""
    rows = cascades().filter(half=REPORTED)
    for share in HIDDEN:
        dice = np.random.default_rng(SEED)
        kept = rows.filter(pl.col("is_root") | pl.Series(dice.random(rows.height) >= share))
        found = drawn(kept).join(peer(kept), on="post_id")
        found = found.with_columns(is_there=pl.col("parent").is_in(kept["post_id"].implode()))
        there, gone = found.filter("is_there"), found.filter(~pl.col("is_there"))
        unseen = pl.col("found").str.starts_with("unseen:")
        to_first = pl.col("found") == pl.col("cascade")
        ends = gone.select(unseen=unseen.mean(), first=to_first.mean()).row(0, named=True)
        print(f"{share:.0%} hidden: parent there {there.height}")
        print(" ", shares(there, "right", "flat", "peer_right"))
        print(f"  parent gone {gone.height}: drawn to {ends}; {errors(found)}")


def table() -> None:
    """The lines of `calibration.csv`: fitted on the one half, checked on the other."""
    found = drawn(cascades()).filter(pl.col("evidence") != "chain-unseen")
    fitted, held = (pl.col("right").filter(half=half) for half in (TUNED, REPORTED))
    counts = found.group_by("evidence").agg(
        platform=pl.lit("weibo"), first_year=pl.lit(2011), last_year=pl.lit(2016),
        right=fitted.sum(), n=fitted.len(), right_held=held.sum(), n_held=held.len(),
        agreement=pl.lit(""),
    )  # fmt: skip
    print(counts.sort("evidence").write_csv(include_header=False), end="")


def forged() -> None:
    """What one forged repost a cascade achieves against somebody who posted there once."""
    rows = cascades().filter(half=REPORTED)
    said = rows.filter(~pl.col("is_root"), pl.len().over("cascade", "account_id") == 1)
    own = said.filter(normal_form(own_words(pl.col("text"))).str.len_chars() >= 10)
    victims = own.sort("post_id").unique("cascade", keep="first", maintain_order=True)
    late = rows.group_by("cascade").agg(late=pl.col("at").max() + pl.duration(minutes=1))
    base = victims.join(late, on="cascade", maintain_order="left").with_columns(
        post_id=pl.format("{}-forged", "post_id"), account_id=pl.lit("forger"), at="late",
        handle=pl.lit("forger"), parent="post_id",
    ).select(rows.columns)  # fmt: skip
    texts = {
        "words that were never written": pl.format("看//@{}:{}", victims["handle"], pl.lit(NEVER)),
        "no words": pl.format("看//@{}:", victims["handle"]),
        "true words under a name nobody bears": pl.format("看//@无人{}:{}", "event", "text"),
    }
    for name, text in texts.items():
        with_forged = pl.concat([rows, base.with_columns(text=text)])
        found = relays(with_forged)
        ours = found.edges.join(base, left_on=["child", "parent"], right_on=["post_id", "parent"])
        theirs = peer(with_forged).join(base, on="post_id").filter("peer_right")
        alone = found.aliases.filter(pl.col("name").str.starts_with("无人"))
        print(
            f"{name}: {base.height} forged, drawn to the victim {ours.height}, peer {theirs.height}"
        )
        print(f"  aliases {alone.height}, of one witness {alone.filter(accounts_count=1).height}")


def platform() -> None:
    """The shipped table and one fitted on one case, each in ten other cases of another platform."""
    for name, habits in PLATFORMS.items():
        fitted = refit(relay_world(FITTED_SEED, habits=habits, cascades=60))
        print(f"{name}: {fitted.counts['n'].sum()} fitted on, held out {fitted.errors['weiju']}")
        others = pl.concat(
            labelled_reposts(relay_world(seed, habits=habits)) for seed in OTHER_SEEDS
        )
        here = calibration_errors(with_probability(others, fitted=fitted.counts))
        moved = others.with_columns(platform=pl.lit("weibo"), at=pl.datetime(2014, 1, 1))
        print(f"  ten other cases: by its own table {here}")
        print(f"  by the table of Weibo 2011-2016 {calibration_errors(with_probability(moved))}")


WAYS: dict[str, Callable[[], None]] = {
    "recovery": recovery,
    "classes": classes,
    "hidden": hidden,
    "forged": forged,
    "platform": platform,
    "table": table,
}


if __name__ == "__main__":
    for way in sys.argv[1:] or WAYS:
        print(f"# {way}")
        WAYS[way]()
