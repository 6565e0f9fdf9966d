# SPDX-License-Identifier: GPL-3.0-or-later
"""Bursts of posts that were made together and deleted soon after, and families of such bursts.

The time is cut into windows of twice `created_within`, one beginning every `created_within`, so
that whatever was made within that time is whole in one of them. An item is an account with posts in
a window; it is short-lived when one of them was deleted within `longest_life`. Null model: the
fates (deleted when, or not) are dealt among the items of the same platform and hour. Then the
short-lived items of a window are hypergeometric, which is what infinitely many permutations of the
fates within the hour give: a busy minute, and an hour in which many delete, are no evidence.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
from scipy.stats import hypergeom

from graphkit.graphs.components import components
from graphkit.graphs.lifetimes import lifetimes
from graphkit.graphs.nulls import benjamini_hochberg, poisson_tail
from graphkit.text.near_duplicates import near_duplicate_groups
from graphkit.text.normal import normal_form

if TYPE_CHECKING:
    from datetime import timedelta

    from numpy.typing import NDArray

    from graphkit.tables import Corpus

NEAR_TEXT = 0.5
"""Share of shingles from which on a text is that of before, corrected."""
LEAST_SHARED = 0.25
"""Share of the smaller of two bursts that the other must have for them to be one family."""
COMPANY, TIMES_EXPECTED = 3, 3
"""Accounts, and times what fates dealt at random make, with which a short-lived post is not lone.
"""
LEAST_POOL = 20
"""Short-lived posts elsewhere that it takes to say how long such posts live."""
FATE = ("post_id", "account_id", "platform", "created_at", "deleted_at", "life_seconds", "client",
        "text", "hashtags", "at", "is_short", "is_corrected")  # fmt: skip


@dataclass(frozen=True)
class BurstRule:
    """What a burst is: times, the fewest accounts, and the false discovery rate."""

    longest_life: timedelta
    created_within: timedelta
    min_accounts: int
    alpha: float


@dataclass(frozen=True)
class Bursts:
    """The bursts of a corpus.

    Attributes:
        posts: every post whose fate is known, with the columns FATE, `at` in seconds; `is_lone`:
            short-lived, and hardly anybody else's was in its windows.
        bursts: burst, platform, start (seconds), accounts, short (those with a short-lived post),
            expected, p_value, q_value, family; by burst, which is their order in time.
        members: the short-lived posts of the bursts: burst, family and FATE; by burst and post.
        lives: `lifetimes` of the corpus.
        tests: windows tested.
        width: of a window, in seconds.
    """

    posts: pl.DataFrame
    bursts: pl.DataFrame
    members: pl.DataFrame
    lives: pl.DataFrame
    tests: int
    width: int


def posts_with_fate(corpus: Corpus, longest_life: timedelta) -> pl.DataFrame:
    """The seen posts of which is known to the second when they were made, and if deleted, when.

    Left out are deletions that `lifetimes` finds implausible, and files in which no deletion is
    recorded: they tell nothing. `is_short`: deleted within `longest_life` and not corrected;
    `is_corrected`: the account made a like text in that time that stayed.
    """
    lives = lifetimes(corpus)
    sound = lives.filter(pl.col("fault").is_null()).select("post_id", "life_seconds")
    dated = corpus.posts.filter("is_seen", time_precision="second").drop_nulls("created_at")
    telling = dated.join(sound, on="post_id", how="semi")["source_id"].unique()
    known = dated.filter(pl.col("source_id").is_in(telling.implode())).join(
        lives.filter(pl.col("fault").is_not_null()), on="post_id", how="anti"
    )
    soon = (pl.col("life_seconds") <= longest_life.total_seconds()).fill_null(value=False)
    fated = known.join(sound, on="post_id", how="left").with_columns(
        at=pl.col("created_at").dt.epoch("s"), is_soon=soon
    )
    corrected = _corrected(fated, int(longest_life.total_seconds()))
    is_corrected = pl.col("post_id").is_in(corrected.implode())
    told = fated.with_columns(is_short=pl.col("is_soon") & ~is_corrected, is_corrected=is_corrected)
    return told.select(FATE).sort("post_id")


def _corrected(posts: pl.DataFrame, within: int) -> pl.Series:
    """Posts soon deleted of which the account made a like one, within that time, that stayed."""
    gone = posts.filter("is_soon").select("post_id", "account_id", "at", "text")
    kept = posts.filter(~pl.col("is_soon")).join(gone, on="account_id", how="semi")
    pairs = gone.join(
        kept.select("account_id", new="post_id", new_at="at", new_text="text"), on="account_id"
    ).filter((pl.col("new_at") - pl.col("at")).is_between(0, within))
    texts = pl.concat(
        [pairs.select(text_id="post_id", text="text"), pairs.select(text_id="new", text="new_text")]
    ).unique("text_id")
    plain = texts.with_columns(text=normal_form(pl.col("text"))).sort("text_id")
    groups = near_duplicate_groups(plain, threshold=NEAR_TEXT)
    old = groups.select(post_id="text_id", group="group_id")
    new = groups.select(new="text_id", new_group="group_id")
    same = pairs.join(old, on="post_id").join(new, on="new")
    return same.filter(pl.col("group") == pl.col("new_group"))["post_id"].unique().sort()


def ephemeral_bursts(corpus: Corpus, rule: BurstRule) -> Bursts:
    """Windows with more accounts of short-lived posts than the hour's fates make, in families.

    Tested is every window with `min_accounts` accounts (Benjamini-Hochberg, q <= alpha); a burst
    has as many with short-lived posts; of windows that overlap the one furthest from chance stays.
    """
    fated = posts_with_fate(corpus, rule.longest_life)
    width = 2 * int(rule.created_within.total_seconds())
    windows = _windows(fated, width)
    posts = _with_lone(fated, windows, width // 2)
    tested, tests = _tested(windows, rule)
    found = tested.filter(pl.col("q_value") <= rule.alpha)
    bursts = _apart(found).with_columns(
        burst=pl.int_range(pl.len(), dtype=pl.Int64), start=pl.col("window") * (width // 2)
    )
    short = _in_windows(posts.filter("is_short"), width // 2)
    members = short.join(bursts.select("platform", "window", "burst"), on=["platform", "window"])
    families = _families(members, posts, rule.alpha)
    order = ("burst", "platform", "start", "accounts", "short", "expected", "p_value", "q_value")
    return Bursts(
        posts,
        bursts.select(order).join(families, on="burst", how="left").sort("burst"),
        members.join(families, on="burst").drop("window").sort("burst", "post_id"),
        lifetimes(corpus),
        tests,
        width,
    )


def _in_windows(posts: pl.DataFrame, step: int) -> pl.DataFrame:
    """Every post twice, in each of the two windows that it is in."""
    last = pl.col("at") // step
    return pl.concat([posts.with_columns(window=last), posts.with_columns(window=last - 1)])


def _windows(posts: pl.DataFrame, width: int) -> pl.DataFrame:
    """Accounts of every window, those with short-lived posts, both of its hour, and expected."""
    step = width // 2
    items = (
        _in_windows(posts, step)
        .group_by("platform", "window", "account_id")
        .agg(pl.col("is_short").any())
    )
    counted = items.group_by("platform", "window").agg(
        accounts=pl.len().cast(pl.Int64), short=pl.col("is_short").sum().cast(pl.Int64)
    )
    stratum = ["platform", pl.col("window") * step // 3_600, pl.col("window") % 2]
    whole = counted.with_columns(
        hour_accounts=pl.col("accounts").sum().over(stratum),
        hour_short=pl.col("short").sum().over(stratum),
    )
    share = pl.col("hour_short") / pl.col("hour_accounts")
    return whole.with_columns(expected=pl.col("accounts") * share).sort("platform", "window")


def _tested(windows: pl.DataFrame, rule: BurstRule) -> tuple[pl.DataFrame, int]:
    """Windows with enough short-lived accounts, their p and q; and the tests made."""
    tested = windows.filter(pl.col("accounts") >= rule.min_accounts)
    full = tested.filter(pl.col("short") >= rule.min_accounts)
    counts = ("short", "hour_accounts", "hour_short", "accounts")
    k, of, all_short, n = (full[name].to_numpy() for name in counts)
    p_values = np.asarray(hypergeom.sf(k - 1, of, all_short, n), float)
    q_values = benjamini_hochberg(p_values, tests=tested.height)
    told = full.with_columns(
        p_value=pl.Series(p_values, dtype=pl.Float64),
        q_value=pl.Series(q_values, dtype=pl.Float64),
    )
    return told, tested.height


def _with_lone(posts: pl.DataFrame, windows: pl.DataFrame, step: int) -> pl.DataFrame:
    """`posts` with is_lone: short-lived, and in company in neither of its two windows."""
    company = windows.filter(
        pl.col("short") >= COMPANY, pl.col("short") >= TIMES_EXPECTED * pl.col("expected")
    ).select("platform", "window")
    short = _in_windows(posts.filter("is_short"), step)
    beside = short.join(company, on=["platform", "window"], how="semi")["post_id"].unique()
    is_lone = pl.col("is_short") & ~pl.col("post_id").is_in(beside.implode())
    return posts.with_columns(is_lone=is_lone)


def _apart(found: pl.DataFrame) -> pl.DataFrame:
    """Of windows that overlap, the one that chance explains least; in order of time."""
    ordered = found.with_row_index("row").sort(
        ["p_value", "short", "platform", "window"], descending=[False, True, False, False]
    )
    taken: set[tuple[str, int]] = set()
    kept = []
    for row, platform, window in ordered.select("row", "platform", "window").rows():
        if not taken & {(platform, window - 1), (platform, window), (platform, window + 1)}:
            taken.add((platform, window))
            kept.append(row)
    return found[sorted(kept)].sort("window", "platform")


def _families(members: pl.DataFrame, posts: pl.DataFrame, alpha: float) -> pl.DataFrame:
    """The family of each burst: bursts that share more accounts than active accounts would.

    They must share a quarter of the smaller one, too, and not accounts that delete soon alone more
    often than in bursts: people who often delete soon recur as well.
    Expected of bursts of k and l accounts are k l sum(n^2) / (sum n)^2, n an account's posts.
    """
    every = members.select("burst", "account_id").unique()
    lone = posts.filter("is_lone").join(members, on="post_id", how="anti")
    alone = lone.group_by("account_id").agg(lone=pl.len())
    habit = every.group_by("account_id").len("hits").join(alone, on="account_id").filter(
        pl.col("lone") > pl.col("hits")
    )  # fmt: skip
    hits = every.join(habit, on="account_id", how="anti")
    sizes = every.group_by("burst").len("size")
    other = hits.rename({"burst": "b"})
    pairs = hits.join(other, on="account_id").filter(pl.col("burst") < pl.col("b"))
    shared = pairs.group_by("burst", "b").len("shared").filter(pl.col("shared") >= 2)
    sized = shared.join(sizes, on="burst").join(sizes.select(b="burst", size_b="size"), on="b")
    smaller = pl.min_horizontal("size", "size_b")
    ordered = sized.filter(pl.col("shared") >= LEAST_SHARED * smaller).sort("burst", "b")
    active = posts.group_by("account_id").len()["len"].cast(pl.Float64)
    rate = float((active**2).sum()) / max(float(active.sum()) ** 2, 1.0)
    expected = (ordered["size"] * ordered["size_b"]).to_numpy() * rate
    p_values = poisson_tail(ordered["shared"].to_numpy(), expected)
    tests = sizes.height * (sizes.height - 1) // 2
    q_values = benjamini_hochberg(p_values, tests=tests)
    linked = ordered.filter(pl.Series(q_values <= alpha, dtype=pl.Boolean))
    itself = sizes.select(a="burst", b="burst")
    edges = pl.concat([itself, linked.select(a="burst", b="b")])
    return components(edges).rename({"node": "burst", "component": "family"})


def account_roles(members: pl.DataFrame, posts: pl.DataFrame) -> pl.DataFrame:
    """What each account is in a family: account_id, hits (its bursts), role; by account.

    - aside: deletes soon alone more often than in the family's bursts, or came before all that
      recur in each of its bursts, two or more: others may have posted beside it on purpose;
    - core: in two of the bursts or more; associated: in one.
    """
    recurring = members.filter(pl.col("burst").n_unique().over("account_id") >= 2)
    first = recurring.filter(pl.col("at") == pl.col("at").min().over("burst"))
    alone = first.filter(pl.col("account_id").n_unique().over("burst") == 1)
    led = alone.group_by("account_id").agg(led=pl.col("burst").n_unique())
    elsewhere = posts.filter("is_lone").join(members, on="post_id", how="anti")
    other = elsewhere.group_by("account_id").agg(elsewhere=pl.len())
    hits = members.group_by("account_id").agg(hits=pl.col("burst").n_unique())
    known = hits.join(led, on="account_id", how="left").join(other, on="account_id", how="left")
    is_aside = (pl.col("elsewhere").fill_null(0) > pl.col("hits")) | (
        (pl.col("hits") >= 2) & (pl.col("led").fill_null(0) == pl.col("hits"))
    )
    again = pl.when(pl.col("hits") >= 2).then(pl.lit("core")).otherwise(pl.lit("associated"))
    role = pl.when(is_aside).then(pl.lit("aside")).otherwise(again)
    return known.select("account_id", "hits", role=role).sort("account_id")


def deleted_together(
    members: pl.DataFrame, posts: pl.DataFrame, *, permutations: int, seed: int
) -> float | None:
    """P(lives of short-lived posts elsewhere bring the deletions as close together), or None.

    The statistic is the interquartile range of the times of deletion, summed over the bursts;
    creation times stay. None without permutations, or with fewer than 20 such posts elsewhere.
    """
    elsewhere = posts.filter("is_short").join(members, on="post_id", how="anti")
    pool = elsewhere["life_seconds"].sort().to_numpy()
    if permutations == 0 or len(pool) < LEAST_POOL:
        return None
    draw = np.random.default_rng(seed)
    seen, dealt = np.zeros(1), np.zeros(permutations)
    for _, part in members.sort("burst", "post_id").group_by("burst", maintain_order=True):
        made, lives = part["at"].to_numpy(), part["life_seconds"].to_numpy()
        seen += _spread(made + lives)
        dealt += _spread(made + draw.choice(pool, (permutations, len(made))))
    return float((1 + (dealt <= seen).sum()) / (1 + permutations))


def _spread(times: NDArray[np.float64]) -> NDArray[np.float64]:
    low, high = np.quantile(times, [0.25, 0.75], axis=-1)
    spread: NDArray[np.float64] = high - low
    return spread
