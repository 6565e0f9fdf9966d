# SPDX-License-Identifier: GPL-3.0-or-later
"""Innocent explanations of a group that cites itself, each with the outcome of its test."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from graphkit.findings import Caveat, CaveatOutcome
from graphkit.graphs.grounding import REGISTERS

if TYPE_CHECKING:
    import polars as pl

    from graphkit.graphs.loop_groups import TestedGroups

STABLE = 0.8
"""Members without any one of whom the rows must say the same."""
MOSTLY = 0.5
FEW = 0.1
"""A share of decided posts under that is said."""


@dataclass(frozen=True)
class LoopGroup:
    """One group that is told: its measured row, its rows, and what was counted on them.

    Attributes:
        measured: the row of `TestedGroups.measured`, with its outcome.
        tested: the group alone.
        accounts: its members' ids, sorted.
        loops, exits: as by `loops_of_groups` (between controllers) and `exits_of_groups`.
        chains: as by `exculpating_chains`.
        members: as by `members_of_groups`.
        loops_of_accounts: posts with a loop when declared owners are not contracted.
        amplifiers: outsiders who only cite into it.
        stable: share of members who can be left out; null for outcomes that exonerate.
    """

    measured: dict[str, Any]
    tested: TestedGroups
    accounts: tuple[str, ...]
    loops: pl.DataFrame
    loops_of_accounts: int
    exits: pl.DataFrame
    chains: pl.DataFrame
    members: pl.DataFrame
    amplifiers: int
    stable: float | None

    @property
    def inferred_share(self) -> float:
        """Share of the internal citations whose post was inferred from a named account."""
        internal = self.tested.internal
        return internal.filter("is_inferred").height / internal.height

    @property
    def certain_loop_stories(self) -> int:
        """Stories with a loop none of whose citations is inferred."""
        key = ["post_id", "citation_no"]
        inferred = self.tested.internal.filter("is_inferred").select(key)
        unsure = self.loops.join(inferred, on=key, how="semi").select("start_no")
        return self.loops.join(unsure, on="start_no", how="anti")["story_no"].n_unique()

    @property
    def loops_count(self) -> int:
        """Posts whose claim comes back to their author's controller, in both halves."""
        return self.loops["start_no"].n_unique()


@dataclass(frozen=True)
class Surroundings:
    """What the explanations need to know of the case.

    Attributes:
        register_size: labels that make up the investigator's register.
        biased: files of posts that were collected in a way that breaks the null models.
        decided_share: of citing posts, those whose interval is narrower than one half.
    """

    register_size: int
    biased: int
    decided_share: float


def explanations(
    group: LoopGroup, surroundings: Surroundings, *, clearly: float
) -> tuple[Caveat, ...]:
    """The innocent explanations of `group`, tested where the rows can tell.

    A limit of traceability under `clearly` stands against sources unknown to the register.
    """
    return (
        _declared_family(group),
        _unknown_sources(group, surroundings.register_size, clearly),
        _mutual_quoting(group),
        _own_reporting(group),
        _wrong_inference(group),
        _one_member(group),
        _undecided(group, surroundings.decided_share),
        _collection(surroundings.biased),
    )


def _declared_family(group: LoopGroup) -> Caveat:
    controllers, accounts = group.measured["controllers_count"], group.measured["accounts_count"]
    stands = group.loops_count > 0 or group.loops_of_accounts == 0
    stands = stands and controllers > 1
    return Caveat(
        "One owner runs the accounts openly and quotes itself.",
        "accounts of one declared owner count as one",
        CaveatOutcome.STANDS if stands else CaveatOutcome.WEAKENS,
        f"{accounts} accounts of {controllers} controllers; {group.loops_count} posts come back to "
        f"their controller, {group.loops_of_accounts} when owners are not joined. Owners who do "
        "not declare themselves are not seen.",
    )


def _unknown_sources(group: LoopGroup, register_size: int, clearly: float) -> Caveat:
    of = group.measured
    bounds = "; ".join(
        f"{register}: {of[f'lower_{register}']:.2f} to {of[f'upper_{register}']:.2f}, limit "
        f"{of[f'bound_{register}']:.2f}, others {of[f'baseline_{register}']:.2f}"
        for register in REGISTERS
    )
    ways_out = group.chains["number"].n_unique()
    traced = (
        f"The {ways_out} chains that lead out most are among the rows."
        if ways_out
        else "No chain leads to a named source outside."
    )
    held = all(of[f"bound_{r}"] < min(clearly, of[f"baseline_{r}"]) for r in REGISTERS)
    return Caveat(
        "The chains rest on real sources that the register does not hold.",
        "traceability with no register, the investigator's, and every named outlet believed",
        CaveatOutcome.STANDS if held else CaveatOutcome.WEAKENS,
        f"Traceability of internal chains by register ({register_size} labels in the "
        f"investigator's): {bounds}. {traced}",
    )


def _mutual_quoting(group: LoopGroup) -> Caveat:
    return Caveat(
        "Friends or colleagues quote each other, and loops come of that.",
        "none: the swap null does not keep pairs that quote each other",
        CaveatOutcome.UNTESTED,
        f"Held-out stories with a loop: {group.measured['loop_stories']}, by the null "
        f"{group.measured['expected_loops']:.2f}. No null model that keeps mutual pairs was run; "
        "what tells such circles apart here is only where their chains end.",
    )


def _own_reporting(group: LoopGroup) -> Caveat:
    roots = group.measured["effective_roots"]
    detail = "" if roots is None else f" All their stories have {roots:.1f} effective roots."
    return Caveat(
        "Members saw it themselves, or name their sources where no rule reads them.",
        "none: rows do not show who was there, nor what is said in pictures or elsewhere",
        CaveatOutcome.UNTESTED,
        "A member's post in which no source is read counts as possibly sourced; one that only says "
        f"that it is hearsay counts as ending nowhere. Read the first posts.{detail}",
    )


def _wrong_inference(group: LoopGroup) -> Caveat:
    share, certain = group.inferred_share, group.certain_loop_stories
    weakens = share > MOSTLY or (group.measured["outcome"] == "loop" and certain < 2)
    return Caveat(
        "Named accounts were matched with the wrong posts.",
        "share of inferred citations, and loops without them",
        CaveatOutcome.WEAKENS if weakens else CaveatOutcome.STANDS,
        f"{share:.2f} of the internal citations name an account and their post is inferred; "
        f"{certain} stories have a loop without any of them.",
    )


def _one_member(group: LoopGroup) -> Caveat:
    hypothesis = "One account makes the pattern, and the others are bystanders."
    test = "the held-out half again without each member"
    if group.stable is None:
        return Caveat(hypothesis, test, CaveatOutcome.UNTESTED, "Tested for accusations only.")
    return Caveat(
        hypothesis,
        test,
        CaveatOutcome.WEAKENS if group.stable < STABLE else CaveatOutcome.STANDS,
        f"Without {group.stable:.2f} of the members, one at a time, the rows say the same.",
    )


def _undecided(group: LoopGroup, decided_share: float) -> Caveat:
    mine = group.measured["decided_investigator"]
    few = " Under a tenth of the case's citing posts can be decided." if decided_share < FEW else ""
    return Caveat(
        "Too little can be decided to tell the group from others.",
        "share of posts whose interval of traceability is narrower than one half",
        CaveatOutcome.WEAKENS if mine < FEW else CaveatOutcome.STANDS,
        f"{mine:.2f} of the posts that the group cites inside, {decided_share:.2f} of all citing "
        f"posts, with the investigator's register.{few}",
    )


def _collection(biased: int) -> Caveat:
    return Caveat(
        "How the posts were collected makes the group look closed.",
        "the collection that is recorded with each file of posts",
        CaveatOutcome.WEAKENS if biased else CaveatOutcome.STANDS,
        f"{biased} files of posts were collected by snowball or in an unknown way."
        if biased
        else "Every file of posts was collected by stream, keyword or account list.",
    )
