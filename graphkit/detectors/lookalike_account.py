# SPDX-License-Identifier: GPL-3.0-or-later
"""Accounts whose names look or sound like that of an account with standing on their platform.

An account has standing if the platform verified it or `min_followers` follow it. One that has none
looks like it if their names (handles or shown names) are the same

- but for characters that are not seen (hidden), or for letters of another script that look alike
  (mixed-script: among letters of another; other-script: throughout) - outcome imitates;
- or in other letters of the same look (styled, same-shape: 0 and O, 1 and l, accents, 日 and 曰),
  with a word such as "official" added, in traditional characters, in pinyin (four Chinese
  characters or more), but for one character of a long name, or altogether, where the name is an
  organisation's - outcome resembles, told only where ordinary names have so few such twins that
  as many are improbable (`alpha`).

Names that differ in numbers only, names that platforms give, and people of one name are not told.

- explained: one declared owner, branches of a house, or an account that says that it is a fan's or
  mocks; for hidden characters and mixed scripts only the last. What resembles is explained too if
  it was there first, or if the resembled account cites it.
- imitates is moderate where characters are hidden or scripts are mixed, it is the younger account,
  and no explanation weakens it; weak otherwise. resembles is weak. Never strong: whether anybody
  was misled, or meant to be, names do not say.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

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
from graphkit.graphs.lookalike_explanations import (
    BRANCH,
    FANS,
    KNOWN,
    OLDER,
    OWNER,
    Twin,
    explanations,
    heard_of,
    house_sizes,
)
from graphkit.graphs.lookalike_names import Lookalikes, Standing, lookalikes
from graphkit.text.lookalikes import WAYS, differing

if TYPE_CHECKING:
    from collections.abc import Iterator

    from graphkit.tables import Corpus

KIND = "lookalike-account"
IMITATING = ("hidden", "mixed-script", "other-script")
PLAINLY = ("hidden", "mixed-script")
TOLD_CHARACTERS = 3


@dataclass(frozen=True)
class Params:
    """Parameters of lookalike-account."""

    min_followers: int = param(
        10_000, doc="followers from which on an account can be imitated, if it is not verified",
        minimum=1,
    )  # fmt: skip
    alpha: float = param(
        0.05, doc="chance of as many twins, from which on names are alike by chance", maximum=0.2
    )
    shuffles: int = param(5, doc="times that names are dealt for the count by chance", minimum=0)
    seed: int = param(1, doc="seed of these deals", minimum=0)


def detect(corpus: Corpus, params: Params) -> Iterator[Finding]:
    """Findings of lookalike-account in `corpus`, one an account, best score first."""
    if corpus.accounts.is_empty():
        return
    found = lookalikes(corpus, Standing(params.min_followers, params.shuffles, params.seed))
    houses = house_sizes(corpus.accounts)
    findings = [
        _finding(twin, explanations(twin, corpus, houses), corpus, found)
        for twin in _twins(found, corpus, params)
    ]
    yield from sorted(findings, key=lambda each: (-each.score, each.finding_id))


def _told(found: Lookalikes, params: Params) -> pl.DataFrame:
    """The pairs to tell: of each account the plainest way, and of these the most followed."""
    rare = pl.col("p_value").is_null() | (pl.col("p_value") <= params.alpha)
    likely = found.chance.filter(rare | pl.col("way").is_in(IMITATING))
    return found.pairs.join(likely, on="way")


def _twins(found: Lookalikes, corpus: Corpus, params: Params) -> Iterator[Twin]:
    told = _told(found, params)
    followers = corpus.accounts.select(like_id="account_id", followed="followers_count")
    first = told.join(followers, on="like_id").with_columns(pl.col("way").cast(pl.Enum(WAYS))).sort(
        "account_id", "way", "followed", "like_id", descending=[False, False, True, False],
        nulls_last=True,
    ).unique("account_id", keep="first", maintain_order=True)  # fmt: skip
    ids = pl.concat([first["account_id"], first["like_id"]]).unique()
    rows = corpus.accounts.filter(pl.col("account_id").is_in(ids.implode())).to_dicts()
    accounts = {row["account_id"]: row for row in rows}
    chances = {row["way"]: row for row in found.chance.to_dicts()}
    heard = heard_of(corpus, first["account_id"])
    for row in first.to_dicts():
        yield Twin(
            account=accounts[row["account_id"]],
            like=accounts[row["like_id"]],
            name=row["name"],
            like_name=row["like"],
            way=row["way"],
            chance=chances[row["way"]],
            heard=heard.filter(heard_id=row["account_id"]),
            alpha=params.alpha,
        )


def _conclusion(twin: Twin, caveats: tuple[Caveat, ...]) -> tuple[str, Grade | None]:
    """The outcome and its grade, by the rule in the module's docstring."""
    weakening = {each.hypothesis for each in caveats if each.outcome is CaveatOutcome.WEAKENS}
    innocent = {FANS} if twin.way in PLAINLY else {FANS, OWNER, BRANCH}
    near = twin.way not in IMITATING
    if weakening & (innocent | {OLDER, KNOWN} if near else innocent):
        return "explained", None
    if near:
        return "resembles", Grade.WEAK
    days = twin.days_younger
    is_moderate = twin.way in PLAINLY and not weakening and days is not None and days > 0
    return "imitates", Grade.MODERATE if is_moderate else Grade.WEAK


SAID = {
    "hidden": "is that of another account but for characters that are not seen",
    "mixed-script": "looks like that of another account, with letters of another script among its "
    "own",
    "other-script": "looks like that of another account, in letters of another script",
    "styled": "is that of another account in styled letters",
    "same-shape": "looks like that of another account in other letters of the same look",
    "added-word": "is that of another account and a word such as “official”",
    "traditional-simplified": "is that of another account in traditional or simplified characters",
    "same-sound": "sounds like that of another account",
    "one-edit": "differs from that of another account by one character",
    "same-name": "is that of another account",
}


def _summary(twin: Twin) -> str:
    standing = "verified" if twin.like["is_verified"] else "much followed"
    said = SAID[twin.way].replace("another account", f"another, {standing} account", 1)
    told = differing(twin.name, twin.like_name)[:TOLD_CHARACTERS]
    characters = f" ({'; '.join(told)})" if told and twin.way in IMITATING else ""
    return f"The name of an account {said}{characters}."


def _finding(twin: Twin, caveats: tuple[Caveat, ...], corpus: Corpus, found: Lookalikes) -> Finding:
    outcome, grade = _conclusion(twin, caveats)
    account, like = twin.account["account_id"], twin.like["account_id"]
    posts = corpus.posts.filter("is_seen", account_id=account).sort("created_at", "post_id")
    times = posts["created_at"].drop_nulls()
    numbers = _measures(twin, posts)
    evidence = [
        EvidenceRow("accounts", account, "look-alike"),
        EvidenceRow("accounts", like, "resembled"),
        *(EvidenceRow("posts", post, "posted") for post in posts["post_id"]),
        *(EvidenceRow(*row) for row in twin.heard.select("table", "key", "role").iter_rows()),
    ]
    heard = numbers["citing_accounts_count"]
    base = {None: 0.0, Grade.WEAK: 0.2, Grade.MODERATE: 0.6, Grade.STRONG: 0.6}[grade]
    return Finding(
        kind=KIND,
        outcome=outcome,
        grade=grade,
        score=0.0 if grade is None else rounded(base + 0.4 * heard / (heard + 10)) or 0.0,
        summary=_summary(twin),
        subjects=Subjects(accounts=() if grade is None else (account,)),
        evidence=tuple(sorted(set(evidence))),
        caveats=caveats,
        null_model=NullModel(
            name="ordinary names: the rate at which they have such a twin",
            expected=rounded(twin.chance["expected"]),
            tests_made=found.anchors,
            family="names of accounts with standing, this way of being alike",
        ),
        p_value=rounded(twin.chance["p_value"]),
        window=None if times.is_empty() else (times[0], times[-1]),
        measures=numbers,
    )


def _measures(twin: Twin, posts: pl.DataFrame) -> dict[str, float]:
    numbers: dict[str, Any] = {
        "days_younger": twin.days_younger,
        "followers_count": twin.account["followers_count"],
        "resembled_followers_count": twin.like["followers_count"],
        "posts_count": posts.height,
        "citing_accounts_count": twin.heard["account_id"].n_unique(),
        "characters_differing": len(differing(twin.name, twin.like_name)),
        "twins_share": twin.chance["share"],
        "expected_if_dealt": twin.chance["dealt"],
    }
    told = {name: rounded(value) for name, value in numbers.items()}
    return {name: value for name, value in told.items() if value is not None}


def reach(corpus: Corpus, params: Params) -> tuple[str, ...]:
    """How many names there were to resemble, and which ways of resembling were too common."""
    found = lookalikes(corpus, Standing(params.min_followers, 0, params.seed))
    common = found.chance.filter(
        pl.col("p_value") > params.alpha, pl.col("resembled") > 0, ~pl.col("way").is_in(IMITATING)
    )
    left = "; ".join(f"{n} by {way}" for way, n in common.select("way", "resembled").iter_rows())
    return (
        f"{found.anchors} names of accounts with standing could be resembled. "
        f"Resembled as often as ordinary names are, and not told: {left or 'none'}.",
    )


OUTCOMES = {
    "imitates": Outcome(
        "named like a known account but for hidden characters or another script", accuses=True
    ),
    "resembles": Outcome("named nearly like a known account", accuses=True),
    "explained": Outcome("one owner, one house, fans who say so, or the older", accuses=False),
}

DETECTOR = Detector(
    name=KIND,
    version="1",
    summary="Accounts whose names look or sound like that of a known account.",
    outcomes=OUTCOMES,
    needs=("accounts",),
    limits=(
        "Only names on one platform are compared: an imitation elsewhere is not seen.",
        "Pictures of accounts are not in the tables, and are not compared.",
        "A name in other words, in translation, or with two characters changed is not seen.",
        "Without verification and numbers of followers nobody has standing, and nothing is told.",
        "Who buys followers or a badge first can make the account that it imitates look like the "
        "imitator; the older of the two is never above weak, but dates may be missing.",
        "Who registers many names that are alike makes that ordinary: near names are not told "
        "then, and hidden characters are weak.",
        "A declared owner is what an account says of itself: an imitator can declare it too.",
        "Confusable characters are those of Unicode 13 (2020), and a short list of Chinese ones.",
    ),
    params=Params,
    detect=detect,
    reach=reach,
)
