# SPDX-License-Identifier: GPL-3.0-or-later
"""Copied text: several accounts post one sentence, its blanks filled in, over minutes or weeks.

What is tested. Own words of posts are grouped by an exact near-duplicate join; in a group the parts
that four in five texts have, in order, are the template, and what stands around and between them
fills its slots. Tested is the number of accounts that have all parts, against the larger of two
chances (graphs.copied_texts): texts of that length are copied as often elsewhere, and common
phrases meet. Benjamini-Hochberg over all groups of near-duplicates.

What is concluded, the first that applies:

- declared-family: half of the accounts declare one owner;
- ordinary: an application writes the posts; or the copies are word for word and name one source;
- openly-organised, weak: the copies, or the earliest, ask their readers to copy, share or sign;
- templated: in half of the posts the blanks are filled as in no other account's. Moderate if
  `min_accounts` or more are named and no innocent explanation weakens it, else weak;
- copied, no grade and nobody named: word for word, or with few fillings that are handed on, as
  rumours and catchwords are.

Nothing is strong: no labelled campaigns of this kind were at hand. The author of the earliest copy
is a row and not named: anybody's words can be copied. Measured in docs/measured/copied-text.md.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from graphkit.findings import (
    Caveat,
    CaveatOutcome,
    Detector,
    EvidenceRow,
    Finding,
    Grade,
    NullModel,
    Outcome,
    Subjects,
    param,
    rounded,
)
from graphkit.graphs.copied_texts import CopiedText, CopyRule, copied_texts
from graphkit.graphs.copy_explanations import APPLICATION, CALL, OWNER, SOURCE, explanations

if TYPE_CHECKING:
    from collections.abc import Iterator

    from graphkit.tables import Corpus

KIND = "copied-text"
FILLED = 0.5
"""Share of posts with blanks filled as nobody else does, from which on a text is a template."""


@dataclass(frozen=True)
class Params:
    """Parameters of copied-text."""

    min_accounts: int = param(5, doc="least accounts that post one template", minimum=3)
    min_characters: int = param(
        12, doc="least letters, marks and digits of a text, and of its constant parts", minimum=6
    )
    similarity: float = param(
        0.35, doc="least Jaccard index of 3-shingles between a copy and another",
        minimum=0.3, maximum=1,
    )  # fmt: skip
    alpha: float = param(
        0.01, doc="false discovery rate over all groups of near-duplicates", maximum=0.2
    )


def detect(corpus: Corpus, params: Params) -> Iterator[Finding]:
    """Findings of copied-text in `corpus`: one a template, the least likely first.

    The texts of declared families are one finding, the last.
    """
    rule = CopyRule(params.min_accounts, params.min_characters, params.similarity, params.alpha)
    declared: list[CopiedText] = []
    for copied in copied_texts(corpus, rule):
        caveats = explanations(copied, corpus)
        outcome, grade = _conclusion(copied, caveats, params)
        if outcome == "declared-family":
            declared.append(copied)
        else:
            yield _finding(copied, caveats, outcome, grade)
    if declared:
        yield _family(declared, corpus)


def _family(declared: list[CopiedText], corpus: Corpus) -> Finding:
    """All texts of declared families together: they accuse nobody, and a press has hundreds."""
    posts = pl.concat([each.posts for each in declared]).unique("post_id").sort("post_id")
    accounts, times = posts["account_id"].n_unique(), posts["at"].drop_nulls().sort().to_list()
    return Finding(
        kind=KIND,
        outcome="declared-family",
        grade=None,
        score=0.0,
        summary=(
            f"{len(declared)} texts stand in {posts.height} posts of {accounts} accounts; half of "
            "the accounts of each text declare one owner."
        ),
        subjects=Subjects(),
        evidence=tuple(EvidenceRow("posts", each, "copy") for each in posts["post_id"]),
        caveats=explanations(declared[0], corpus),
        null_model=NullModel(reason="a declared owner is read, not tested"),
        window=(times[0], times[-1]) if times else None,
        measures={"accounts_count": accounts, "copies_count": posts.height},
    )


def _conclusion(
    copied: CopiedText, caveats: tuple[Caveat, ...], params: Params
) -> tuple[str, Grade | None]:
    """The outcome and its grade, by the rule in the module's docstring."""
    explained = {each.hypothesis for each in caveats if each.outcome is CaveatOutcome.WEAKENS}
    is_filled = copied.own_share >= FILLED
    if OWNER in explained:
        return "declared-family", None
    if APPLICATION in explained or (SOURCE in explained and not is_filled):
        return "ordinary", None
    if CALL in explained:
        return "openly-organised", Grade.WEAK
    if not is_filled:
        return "copied", None
    is_moderate = copied.named.len() >= params.min_accounts and not explained
    return "templated", Grade.MODERATE if is_moderate else Grade.WEAK


def _finding(
    copied: CopiedText, caveats: tuple[Caveat, ...], outcome: str, grade: Grade | None
) -> Finding:
    posts, numbers = copied.posts, _measures(copied)
    is_first = pl.col("at") == pl.col("at").min()
    role = pl.when(is_first.fill_null(value=False)).then(pl.lit("first")).otherwise(pl.lit("copy"))
    rows = posts.select("post_id", role=role).sort("post_id").iter_rows()
    times = posts["at"].drop_nulls().sort().to_list()
    accounts = numbers["accounts_count"]
    score = (0.5 + 0.5 * copied.own_share) * accounts / (accounts + 5)
    return Finding(
        kind=KIND,
        outcome=outcome,
        grade=grade,
        score=0.0 if grade is None else rounded(score) or 0.0,
        summary=_summary(copied, numbers),
        subjects=Subjects(accounts=() if grade is None else tuple(copied.named)),
        evidence=tuple(EvidenceRow("posts", post, part) for post, part in rows),
        caveats=caveats,
        null_model=NullModel(
            name="texts of this length copied as elsewhere, or common phrases met, the larger",
            expected=rounded(copied.expected),
            tests_made=copied.tests,
            family="groups of near-duplicate own words",
        ),
        p_value=rounded(copied.p_value),
        q_value=rounded(copied.q_value),
        window=(times[0], times[-1]) if times else None,
        measures={name: rounded(value) or 0.0 for name, value in sorted(numbers.items())},
    )


def _summary(copied: CopiedText, numbers: dict[str, float]) -> str:
    days, blanks = max(math.ceil(numbers["days"]), 1), numbers["blanks_count"]
    filled = f"with {blanks:.0f} blanks, which {copied.own_share:.0%} fill as no other account does"
    return (
        f"{copied.posts.height} posts of {numbers['accounts_count']:.0f} accounts, all within "
        f"{days} day{'s'[: days - 1]}, hold one text "
        f"{filled if blanks else 'nearly word for word'}: “{copied.template.shown()}”; chance "
        f"gives such a text {numbers['expected_accounts']:.2g} further accounts."
    )


def _measures(copied: CopiedText) -> dict[str, float]:
    posts, inner = copied.posts, copied.template.inner
    span = posts.select((pl.col("at").max() - pl.col("at").min()).dt.total_seconds()).item()
    constant = sum(len(part) for part in copied.template.parts)
    lengths = posts["shown"].str.len_chars().to_numpy()
    again = posts.select("account_id", "words").unique()["account_id"].value_counts()
    return {
        "accounts_count": posts["account_id"].n_unique(),
        "copies_count": posts.height,
        "expected_accounts": copied.expected,
        "blanks_count": inner["slot_no"].n_unique(),
        "fillings_count": inner.select("slot_no", "filling").n_unique() if inner.height else 0,
        "own_fillings_share": copied.own_share,
        "constant_share": min(constant / float(lengths.mean()), 1.0),
        "returning_accounts": again.filter(pl.col("count") > 1).height,
        "left_out_count": posts["account_id"].n_unique() - copied.named.len(),
        "days": 0.0 if span is None else span / 86_400,
    }


OUTCOMES = {
    "templated": Outcome("accounts post one text with blanks filled in differently", accuses=True),
    "copied": Outcome("accounts post one text, word for word or nearly", accuses=False),
    "openly-organised": Outcome("the text itself asks to be copied or shared", accuses=True),
    "declared-family": Outcome("accounts of one declared owner", accuses=False),
    "ordinary": Outcome("an application's posts, or a quotation that says so", accuses=False),
}

DETECTOR = Detector(
    name=KIND,
    version="1",
    summary="Accounts that post one text, its blanks filled in, whenever they do.",
    outcomes=OUTCOMES,
    needs=("posts",),
    limits=(
        "Who rewords more than half of a sentence, or adds as much of their own, is not seen.",
        "Copying is not acting together: who copies word for word is counted and not named.",
        "An application of one's own, a declared owner or a call to copy clears what is planned.",
        "A link to one site, a hashtag that many use or a greeting keeps a template weak.",
        "A text that was spread by others first looks common; a few accounts are then not told.",
        "The earliest account is never named, though it may have written the template.",
        "Pictures with text in them, and translations, are not read.",
    ),
    params=Params,
    detect=detect,
)
