# SPDX-License-Identifier: GPL-3.0-or-later
"""Real logs of reposts, and what is added to them: groups that hide, and shadows of one account.

The logs lie beside the project and are only read: `russian` (CooRTweet's example) and a month of
the Weibo cascades, an account's repost of a post being an action on that post.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from benchmarks.bench_coaction import reference_log
from graphkit.detectors.coordinated_sharing import Params
from graphkit.graphs.coaction_groups import GroupRule, coaction_groups
from graphkit.graphs.sharing_groups import sharing_group, without_shadowed
from graphkit.tables import Corpus

if TYPE_CHECKING:
    from numpy.typing import NDArray

TUNING_MONTH, MONTH = "2012-08", "2013-04"
"""Weibo months: rules were chosen on the first, figures are of the second."""


def default_rule() -> GroupRule:
    """The rule of the detector's default parameters."""
    params = Params()
    told = {each.name for each in fields(params)} & {each.name for each in fields(GroupRule)}
    return GroupRule(**{name: getattr(params, name) for name in told})


def weibo_log(month: str) -> pl.DataFrame | None:
    """The reposts of one month of the Weibo cascades; None when they are not there."""
    for parent in Path(__file__).resolve().parents:
        path = parent / "shared" / "data" / "cascades" / "weibo_ma2016" / "trees.parquet"
        if path.exists():
            micros = pl.col("t").cast(pl.Int64) * 1_000_000
            acted_at = micros.cast(pl.Datetime("us", "UTC"))
            rows = pl.read_parquet(path).filter(~pl.col("is_root")).sort("event", "i")
            return rows.filter(acted_at.dt.strftime("%Y-%m") == month).select(
                pl.format("r{}", pl.int_range(pl.len())).alias("action_id"),
                pl.format("{}.{}", "event", "parent_i").alias("object_id"),
                pl.col("u").cast(pl.String).alias("account_id"),
                acted_at.alias("acted_at"),
            )
    return None


def real_logs() -> dict[str, pl.DataFrame]:
    """The logs that figures are reported on, those that are there."""
    logs = {"russian": reference_log("russian_coord_tweets"), "weibo": weibo_log(MONTH)}
    return {name: log for name, log in logs.items() if log is not None}


@dataclass(frozen=True)
class Implant:
    """A group added to a log.

    Attributes:
        accounts: members, drawn from the log's accounts.
        shares: objects of the group; each member takes part with chance `present`.
        in_bursts: on objects of the log, when others act on them, instead of on new objects.
        busy: members are drawn from the busiest tenth of accounts.
        camouflage: rows of each member elsewhere, as multiples of `shares`.
        biased: these rows lie on what is popular within the hour of the group's own meetings.
        present: chance that a member takes part in one share.
    """

    accounts: int
    shares: int
    in_bursts: bool = False
    busy: bool = False
    camouflage: int = 0
    biased: bool = False
    present: float = 0.9


def seconds(values: NDArray[np.integer]) -> pl.Series:
    """`values` as spans of seconds."""
    return pl.Series(values.ravel()).cast(pl.Int64) * timedelta(seconds=1)


def _members(log: pl.DataFrame, group: Implant, rng: np.random.Generator) -> pl.Series:
    counts = log["account_id"].value_counts().sort("count", "account_id", descending=True)
    names = counts.head(counts.height // 10 if group.busy else counts.height)["account_id"].sort()
    return names.gather(np.sort(rng.choice(len(names), group.accounts, replace=False)))


def _elsewhere(
    log: pl.DataFrame, starts: pl.Series, size: int, rng: np.random.Generator
) -> pl.DataFrame:
    """`size` rows of `log` by chance, popular objects more often; near `starts` when there are."""
    if starts.is_empty():
        return log.select(pl.all().gather(rng.integers(log.height, size=size)))
    times = log["acted_at"].dt.epoch("s").to_numpy()
    order = np.argsort(times, kind="stable")
    around = starts.dt.epoch("s").to_numpy()[rng.integers(len(starts), size=size)]
    low, high = (np.searchsorted(times[order], around + by) for by in (-1800, 1800))
    near = order[rng.integers(low, np.maximum(high, low + 1)).clip(0, log.height - 1)]
    return log.select(pl.all().gather(near))


def implanted_group(log: pl.DataFrame, group: Implant, seed: int) -> tuple[pl.DataFrame, list[str]]:
    """`log` with the group's rows, each share within 45 s of the time of a row; its members."""
    rng = np.random.default_rng(seed)
    members = _members(log, group, rng)
    at = log[rng.integers(log.height, size=group.shares)]
    new = [f"new{i}" for i in range(group.shares)]
    objects = at["object_id"] if group.in_bursts else pl.Series(new, dtype=pl.String)
    shares = pl.DataFrame({"object_id": objects, "acted_at": at["acted_at"]})
    rows = shares.join(members.alias("account_id").to_frame(), how="cross")
    rows = rows.filter(pl.Series(rng.random(rows.height) < group.present))
    size = group.camouflage * group.shares * group.accounts
    near = at["acted_at"] if group.biased else at["acted_at"].clear()
    hidden = _elsewhere(log, near, size, rng).select("object_id", "acted_at")
    who = members.gather(np.arange(size) % group.accounts)
    rows = pl.concat([rows, hidden.with_columns(who.alias("account_id"))])
    rows = rows.with_columns(pl.col("acted_at") + seconds(rng.integers(0, 45, rows.height)))
    ids = rows.select(pl.format("i{}", pl.int_range(pl.len())).alias("action_id"), pl.all())
    return pl.concat([log, ids.select(log.columns)]), members.to_list()


@dataclass(frozen=True)
class Shadows:
    """New accounts that copy an account.

    Attributes:
        mode: when, see `delays`.
        count: how many they are.
        copied: share of the account's acts that they copy.
        apart: new objects on which they meet without it.
    """

    mode: str
    count: int = 20
    copied: float = 1.0
    apart: int = 0

    def delays(self, acts: int, rng: np.random.Generator) -> NDArray[np.int64]:
        """Seconds after each act (rows) at which each shadow (columns) acts."""
        drawn = rng.integers(1, 51, (acts, self.count))
        side = rng.integers(0, 2, (acts, self.count)) * 2 - 1
        ways = {
            "after": drawn,
            "before": -drawn,
            "around": drawn * side,
            "close around": (drawn + 1) // 2 * side,
            "ten before, ten after": drawn * np.where(np.arange(self.count) % 2, 1, -1),
        }
        return ways[self.mode].astype(np.int64)


def shadowed_log(log: pl.DataFrame, victim: str, shadows: Shadows, seed: int) -> pl.DataFrame:
    """`log` with the rows of accounts that copy what `victim` does."""
    rng = np.random.default_rng(seed)
    own = log.filter(pl.col("account_id") == victim)
    own = own[np.sort(rng.permutation(own.height)[: int(np.ceil(shadows.copied * own.height))])]
    names = pl.DataFrame({"account_id": [f"shadow{i:02}" for i in range(shadows.count)]})
    apart = log.select(pl.all().gather(rng.integers(log.height, size=shadows.apart)))
    new = pl.format("apart{}", pl.int_range(pl.len()))
    own = pl.concat([own, apart.with_columns(object_id=new)])
    rows = own.drop("account_id").join(names, how="cross", maintain_order="left_right")
    copies = rows.with_columns(
        pl.col("acted_at") + seconds(shadows.delays(own.height, rng)),
        action_id=pl.format("s{}", pl.int_range(pl.len())),
    )
    return pl.concat([log, copies.select(log.columns)])


def victims(log: pl.DataFrame, count: int, *, busy: bool, seed: int) -> list[str]:
    """Accounts by chance that acted on three to seven objects, or (busy) on eight or more."""
    acted = log.group_by("account_id").agg(objects=pl.col("object_id").n_unique())
    is_busy = pl.col("objects") >= 8
    pool = acted.filter(is_busy if busy else pl.col("objects").is_between(3, 7))["account_id"]
    rng = np.random.default_rng(seed)
    return pool.sort().gather(rng.permutation(len(pool))[:count]).to_list()


def named_accounts(log: pl.DataFrame, rule: GroupRule | None = None) -> tuple[set[str], set[str]]:
    """The accounts that findings on `log` would name, and those in groups that they would not."""
    rule = replace(default_rule(), permutations=0) if rule is None else rule
    log = log.with_columns(act=pl.lit("repost"), content_id=pl.lit(None, pl.String))
    found = coaction_groups(log, rule)
    named: set[str] = set()
    for (number,), edges in found.edges.group_by("component", maintain_order=True):
        accounts = pl.concat([edges["a"], edges["b"]]).unique().sort()
        evidence = found.evidence.join(edges, on=["a", "b"], how="semi")
        group = sharing_group(
            Corpus(), log, accounts=accounts, met=(edges, evidence), p_value=float(number == -1)
        )
        left = without_shadowed(Corpus(), group, evidence, rule)
        named |= set() if left is None else set(left.accounts)
    return named, (set(found.edges["a"]) | set(found.edges["b"])) - named
