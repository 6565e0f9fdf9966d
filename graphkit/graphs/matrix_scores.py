# SPDX-License-Identifier: GPL-3.0-or-later
"""What the signs of each candidate say together: kinds of signs, multiplicity, and who holds them.

Signs that anybody can copy (`handle`, `bio`, `contact`, `code`, `template`, `client`, `rename`) are
one kind, `copyable`, because whoever copies one can copy all. `cohort` and `run` need no other to
stand; `credential` is given by the platform. A layer does not count the kind that it is of. The
p-values of the kinds that cannot be copied are combined by Simes' test (1986), which allows the
positive dependence that signs of one group have; candidates are tested in two families, groups that
co-act and groups that share a sign, each at half of alpha, so that many chance groups of one do not
drown the other.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from graphkit.graphs.nulls import benjamini_hochberg

if TYPE_CHECKING:
    from collections.abc import Collection

COPYABLE = ("handle", "bio", "contact", "code", "template", "client", "rename")
ALONE = ("cohort", "run")
FAMILIES = 2
OWN_KIND = {
    "run": ("run", "handle"),
    **dict.fromkeys(("bio", "contact", "code", "template"), COPYABLE),
}


@dataclass(frozen=True)
class Scores:
    """The candidates' tests, brought together.

    Attributes:
        groups: candidate, layer, kinds (tested), p_value (Simes, over kinds that cannot be copied),
            tests (candidates of its family times the two families), q_value (Benjamini and
            Hochberg in its family); by candidate.
        signs: candidate, sign, kind, p_value (null: not tested), speaks (its p times kinds, signs
            of the kind and tests is at most alpha); by candidate and sign.
    """

    groups: pl.DataFrame
    signs: pl.DataFrame

    def speaking(self, candidate: int) -> list[str]:
        """The signs of a candidate that speak, in alphabetical order."""
        own = self.signs.filter(pl.col("candidate") == candidate, "speaks")
        return own["sign"].sort().to_list()


def scores(
    layers: pl.DataFrame, tests: pl.DataFrame, *, acts: Collection[str], alpha: float
) -> Scores:
    """The scores of candidates (`layers`: candidate, layer) whose signs were tested.

    `tests` has candidate, sign and p_value; layers in `acts` are the family of co-action.
    """
    kind = pl.when(pl.col("sign").is_in(COPYABLE)).then(pl.lit("copyable")).otherwise("sign")
    signs = tests.join(layers, on="candidate").filter(~_is_own()).with_columns(kind=kind)
    in_kind = pl.col("p_value").count().over("candidate", "kind")
    signs = signs.with_columns(raised=(pl.col("p_value") * in_kind).clip(0, 1))
    by_kind = signs.group_by("candidate", "layer", "kind").agg(p=pl.col("raised").min())
    groups = _simes(by_kind.drop_nulls("p"), acts)
    told = signs.join(groups.select("candidate", "kinds", "tests"), on="candidate", how="left")
    corrected = pl.col("raised") * pl.col("kinds") * pl.col("tests")
    told = told.with_columns(speaks=(corrected <= alpha).fill_null(value=False))
    columns = ("candidate", "sign", "kind", "p_value", "speaks")
    return Scores(groups, told.select(columns).sort("candidate", "sign"))


def _is_own() -> pl.Expr:
    """Whether a sign is of the kind that proposed the group."""
    own = [
        (pl.col("layer") == layer) & pl.col("sign").is_in(signs)
        for layer, signs in OWN_KIND.items()
    ]
    return pl.any_horizontal(own)


def _simes(by_kind: pl.DataFrame, acts: Collection[str]) -> pl.DataFrame:
    """Per candidate its kinds, and Simes' p over those that cannot be copied (1 without any)."""
    tested = by_kind.group_by("candidate", "layer").agg(kinds=pl.len().cast(pl.Int64))
    own = by_kind.filter(pl.col("kind") != "copyable").sort("candidate", "p", "kind")
    rank = pl.int_range(1, pl.len() + 1).over("candidate")
    steps = own.select("candidate", step=pl.col("p") * pl.len().over("candidate") / rank)
    least = steps.group_by("candidate").agg(p_value=pl.col("step").min().clip(0, 1))
    groups = tested.join(least, on="candidate", how="left").sort("candidate")
    acted = pl.col("layer").is_in(list(acts))
    groups = groups.with_columns(
        pl.col("p_value").fill_null(1.0),
        tests=(FAMILIES * pl.len().over(acted)).cast(pl.Int64),
    )
    parts = [_with_q(part) for part in (groups.filter(acted), groups.filter(~acted))]
    return pl.concat(parts).sort("candidate")


def _with_q(family: pl.DataFrame) -> pl.DataFrame:
    p_values = family["p_value"].to_numpy()
    q_values = benjamini_hochberg(p_values, tests=FAMILIES * family.height)
    return family.with_columns(q_value=pl.Series(q_values, dtype=pl.Float64))
