# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether a group shares what its members would share if one operator ran them: tests of signs.

Every test gives one p-value a candidate group and sign, corrected for what it searched, and the
members that hold the sign. None of them looks at the rows by which the group was proposed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
from scipy.stats import hypergeom

from graphkit.graphs.account_signs import OTHERS_RENAMED, SIGNS
from graphkit.graphs.cohorts import cohort, scan_tail
from graphkit.graphs.matrix_candidates import RUN_GAP
from graphkit.text.handles import numbered_handles

if TYPE_CHECKING:
    from graphkit.graphs.account_signs import SharedValues
    from graphkit.graphs.cohorts import Cohort

WIDTHS = (10, 30, 100)
"""Numbers within which handles are near-consecutive, if a third of the numbers is taken."""
HELD = 0.001
"""Largest corrected p-value of a value whose holders are said to hold the sign."""
TESTS = {"candidate": pl.Int64, "sign": pl.String, "p_value": pl.Float64, "known": pl.Int64}
HOLDERS = {"candidate": pl.Int64, "sign": pl.String, "account_id": pl.String}
ROWS = {**HOLDERS, "table": pl.String, "key": pl.String}


@dataclass(frozen=True)
class SignTests:
    """Tests of some signs.

    Attributes:
        tests: candidate, sign, p_value (null: could not be tested), known (members for which the
            data could say); by both.
        rows: candidate, sign, account_id, table, key: the members that hold the sign with the rows
            that say so, where p_value is small; sorted.
        hubs: values dropped because too many accounts outside hold them, by candidate (with sign).
    """

    tests: pl.DataFrame
    rows: pl.DataFrame
    hubs: pl.DataFrame

    @classmethod
    def of(cls, tests: list[dict[str, object]], rows: list[pl.DataFrame]) -> SignTests:
        """Tests from rows of `tests` and frames with the columns of `rows`."""
        none = pl.DataFrame(schema={"candidate": pl.Int64, "sign": pl.String, "value": pl.String})
        cast = [frame.select(pl.col(n).cast(t) for n, t in ROWS.items()) for frame in rows]
        held = pl.concat([pl.DataFrame(schema=ROWS), *cast])
        return cls(pl.DataFrame(tests, schema=TESTS), held.sort(pl.all()), none)


def cohort_tests(
    members: pl.DataFrame, accounts: pl.DataFrame, *, least: int
) -> tuple[SignTests, dict[int, Cohort]]:
    """The sign `cohort` of every candidate of `members`, and the closest cohort of each."""
    made = accounts.select("account_id", second=pl.col("created_at").dt.epoch("s")).drop_nulls()
    everyone = made["second"].sort().to_numpy()
    tests, rows, found = [], [], {}
    dated = members.join(made, on="account_id").sort("second", "account_id")
    groups = dated.partition_by("candidate", as_dict=True)
    for candidate in members["candidate"].unique().sort():
        own = groups.get((candidate,), dated.clear())
        known, p_value = own.height, None
        if known >= least:
            best = cohort(own["second"].to_numpy(), everyone, least=least)
            p_value = 1.0 if best is None else best.p_value
            if best is not None:
                found[candidate] = best
                held = own.filter(pl.col("second").is_between(best.start, best.end))
                rows.append(_held(held, "cohort"))
        tests.append({"candidate": candidate, "sign": "cohort", "p_value": p_value, "known": known})
    return SignTests.of(tests, rows), found


def _held(held: pl.DataFrame, sign: str) -> pl.DataFrame:
    return held.select(
        "candidate",
        pl.lit(sign).alias("sign"),
        "account_id",
        pl.lit("accounts").alias("table"),
        key="account_id",
    )


def run_tests(members: pl.DataFrame, accounts: pl.DataFrame, *, least: int) -> SignTests:
    """The sign `run` of every candidate: near-consecutive numbers behind one stem of handles.

    Given the stem, numbers of its length are held to be uniform: that members share a stem is the
    sign `handle`, which anybody can copy. Stems that platforms suggest are left out: their numbers
    follow the time of registration.
    """
    named = members.join(accounts.select("account_id", "handle").drop_nulls(), on="account_id")
    known = dict(named.group_by("candidate").len().iter_rows())
    numbers = numbered_handles(named.select("account_id", "handle").unique())
    chosen = members.join(numbers.filter(~pl.col("is_suggested")), on="account_id")
    stems = chosen.filter(pl.len().over("candidate", "stem", "digits") >= least)
    groups = stems.sort("stem", "digits", "number").partition_by("candidate", as_dict=True)
    tests, rows = [], []
    for candidate in members["candidate"].unique().sort():
        told = known.get(candidate, 0)
        p_value = None if told < least else 1.0
        if (candidate,) in groups:
            p_value, held = _run(groups[candidate,], least)
            rows.append(_held(held, "run"))
        tests.append({"candidate": candidate, "sign": "run", "p_value": p_value, "known": told})
    return SignTests.of(tests, rows)


def _run(stems: pl.DataFrame, least: int) -> tuple[float, pl.DataFrame]:
    """The closest run among the stems of one candidate: corrected p and the accounts in it."""
    best, held = 1.0, stems.clear()
    parts = stems.partition_by("stem", "digits")
    for part in parts:
        numbers, most = part["number"].to_numpy(), 9 * 10 ** (part["digits"].item(0) - 1)
        for width in WIDTHS:
            counts = np.searchsorted(numbers, numbers + width) - np.arange(len(numbers))
            close = counts >= max(least, width // RUN_GAP)
            tails = np.where(close, scan_tail(counts, len(numbers), width / most), 1.0)
            at = int(np.argmin(tails))
            if tails[at] < best:
                best, held = float(tails[at]), part.slice(at, int(counts[at]))
    return min(1.0, best * len(WIDTHS) * len(parts)), held


def smallest_run(*, least: int, level: float) -> int:
    """The fewest handles of one stem with four-digit numbers in a row that would be a run."""
    sizes = np.arange(max(least, WIDTHS[0] // RUN_GAP), WIDTHS[0] + 1)
    enough = scan_tail(sizes, sizes, WIDTHS[0] / 9_000) * len(WIDTHS) <= level
    return int(sizes[np.argmax(enough)]) if enough.any() else WIDTHS[0] + 1


def value_tests(
    members: pl.DataFrame,
    values: SharedValues,
    *,
    held_out: pl.DataFrame,
    hub_share: float,
    least: int,
) -> SignTests:
    """The signs of `values` for every candidate: whether members share a rare value.

    P(`k` members or more hold a value) when its holders are drawn from all accounts that could
    hold one, exactly (hypergeometric), times the values of the sign. `held_out` has candidate and
    key: what members did in those posts does not count. A value that more than `hub_share` of the
    accounts outside hold says nothing and is dropped; but not days of renaming, of which those who
    renamed at all are few. These are tested only beside twenty others who did.
    """
    sizes = values.known.group_by("sign").agg(size=pl.len().cast(pl.Int64))
    known = members.join(values.known, on="account_id").group_by("candidate", "sign")
    tested = known.agg(known=pl.len().cast(pl.Int64)).join(sizes, on="sign")
    is_rename = pl.col("sign") == "rename"
    tested = tested.filter(~is_rename | (pl.col("size") - pl.col("known") >= OTHERS_RENAMED))
    counted = _counted(members, values, held_out)
    counted = counted.join(tested, on=["candidate", "sign"])
    hub = ~is_rename & (pl.col("outside") > hub_share * pl.col("size"))
    hubs = counted.filter(hub).select("candidate", "sign", "value")
    of_sign = counted.filter(~hub, pl.col("inside") >= least)
    total, inside, size, drawn = (
        of_sign[name].to_numpy() for name in ("total", "inside", "size", "known")
    )
    tail = pl.Series("tail", hypergeom.sf(inside - 1, size, total, drawn), pl.Float64)
    tries = values.rows.group_by("sign").agg(tries=pl.col("value").n_unique())
    scored = of_sign.with_columns(tail).join(tries, on="sign")
    scored = scored.with_columns(p_value=(pl.col("tail") * pl.col("tries")).clip(0, 1))
    best = scored.group_by("candidate", "sign").agg(pl.col("p_value").min())
    tests = _all_tests(members, tested, best, least)
    rows = _inside(members, values, held_out).join(
        scored.filter(pl.col("p_value") <= HELD).select("candidate", "sign", "value"),
        on=["candidate", "sign", "value"],
    )
    return SignTests(tests, rows.select(*ROWS).unique().sort(pl.all()), hubs.sort(pl.all()))


def _all_tests(
    members: pl.DataFrame, tested: pl.DataFrame, best: pl.DataFrame, least: int
) -> pl.DataFrame:
    """A row for every candidate and sign; no p-value where fewer than `least` members are known."""
    every = members.select("candidate").unique().join(pl.DataFrame({"sign": SIGNS}), how="cross")
    filled = every.join(tested, on=["candidate", "sign"], how="left").join(
        best, on=["candidate", "sign"], how="left"
    )
    enough = pl.col("known") >= least
    p_value = pl.when(enough).then(pl.col("p_value").fill_null(1.0))
    told = filled.with_columns(pl.col("known").fill_null(0)).with_columns(p_value=p_value)
    return told.select(pl.col(n).cast(t) for n, t in TESTS.items()).sort("candidate", "sign")


def _inside(members: pl.DataFrame, values: SharedValues, held_out: pl.DataFrame) -> pl.DataFrame:
    """The rows of `values` that are the members' own, without those that are held out."""
    own = members.select("candidate", "account_id").join(values.rows, on="account_id")
    return own.join(held_out, on=["candidate", "key"], how="anti")


def _counted(members: pl.DataFrame, values: SharedValues, held_out: pl.DataFrame) -> pl.DataFrame:
    """Per candidate and value that a member holds: holders inside, outside, and both (total)."""
    holders = values.holders()
    all_holders = holders.group_by("sign", "value").agg(holders=pl.len().cast(pl.Int64))
    held = members.select("candidate", "account_id").join(holders, on="account_id")
    ever = held.group_by("candidate", "sign", "value").agg(ever=pl.len().cast(pl.Int64))
    kept = _inside(members, values, held_out).group_by("candidate", "sign", "value")
    inside = kept.agg(inside=pl.col("account_id").n_unique().cast(pl.Int64))
    both = ever.join(inside, on=["candidate", "sign", "value"], how="left")
    both = both.join(all_holders, on=["sign", "value"]).with_columns(pl.col("inside").fill_null(0))
    outside = pl.col("holders") - pl.col("ever")
    return both.with_columns(outside=outside, total=outside + pl.col("inside"))
