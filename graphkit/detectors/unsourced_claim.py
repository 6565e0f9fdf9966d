# SPDX-License-Identifier: GPL-3.0-or-later
"""Stories that many carry and of which hardly any post names a source.

A story is a set of near-duplicate wordings; its reach is the accounts that say it in their own
words, repost it or quote it. Told are stories of `min_accounts` or more, the farthest first, half
of whose posts look like reports (they hold a number, a place, a title or a name, and are no
opinion, joke, advertisement or diary by the words of text/reports.toml), and of whose own-words
posts at most `max_named_share` name an account, outlet, address or post as source. A post of the
same story is no source, nor is "it is said" (vague).

- unsourced: so it is.
- first-hand: the first such post is by an account that the platform verified or shows a credential
  of, or whose writer claims to have been there: it may be the source itself.

These are facts about texts. They accuse nobody, and every grade is None: most posts name no
source, false or true. How many stories of the same reach do so here is told beside each.
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
    NullModel,
    Outcome,
    Subjects,
    param,
    rounded,
    tested_caveat,
)
from graphkit.graphs.unsourced_stories import passing_posts, stories, story_posts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from graphkit.tables import Corpus

KIND = "unsourced-claim"
MOSTLY = 0.5
NAMED_SHARE = pl.col("named") / pl.col("posts_count")


@dataclass(frozen=True)
class Params:
    """Parameters of unsourced-claim."""

    min_accounts: int = param(
        20, doc="accounts that say, repost or quote a story, at least", minimum=2
    )
    max_named_share: float = param(
        0.33, doc="share of own-words posts that name a source, at most", minimum=0, maximum=1
    )


def detect(corpus: Corpus, params: Params) -> Iterator[Finding]:
    """Findings of unsourced-claim in `corpus`: one a story, the farthest reach first."""
    if corpus.posts.is_empty() or corpus.citations.is_empty():
        return
    posts = story_posts(corpus)
    passed = passing_posts(posts, corpus)
    told = _rated(stories(posts, passed), params).filter("is_told")
    ours = posts.join(told, on="story", how="semi")
    theirs = passed.join(told, on="story", how="semi")
    for story in told.to_dicts():
        number = story["story"]
        yield _finding(story, ours.filter(story=number), theirs.filter(story=number), corpus)


def _rated(found: pl.DataFrame, params: Params) -> pl.DataFrame:
    """`found` with is_told, and of the reports of its size how many there are and name nothing."""
    bare = NAMED_SHARE.le(params.max_named_share)
    report = pl.col("report_share") >= MOSTLY
    of_size = found.filter(report).group_by("size").agg(
        peers_count=pl.len(), sourceless_share_here=bare.mean()
    )  # fmt: skip
    told = report & bare & (pl.col("reach") >= params.min_accounts)
    rated = found.with_columns(is_told=told).join(of_size, on="size", how="left")
    return rated.sort("reach", "posts_count", "first_id", descending=[True, True, False])


def _caveats(story: dict[str, Any], posts: pl.DataFrame, corpus: Corpus) -> tuple[Caveat, ...]:
    files = corpus.biased_sources("posts").height
    share, peers = story["sourceless_share_here"], story["peers_count"]
    return (
        tested_caveat(
            "the first post is the source itself: an office, an outlet, somebody who was there",
            "whether its account is verified or shows a credential, or its writer claims a "
            "standing",
            explains=story["is_official"] or story["claims"],
            detail=f"verified or with a credential: {_yes(story['is_official'])}; claims to have "
            f"been there: {_yes(story['claims'])}",
        ),
        tested_caveat(
            "a picture or video is the source",
            "whether the first post carries one; that it is its own, and shows this, is not tested",
            explains=bool(story["has_media"]),
            detail=f"{posts['has_media'].sum()} of {posts.height} posts carry one",
        ),
        tested_caveat(
            "hardly anybody names sources, of true stories neither",
            "the share of reports of the same reach here that name none, as this one",
            explains=share >= 0.5 if peers > 1 else None,
            detail=f"{share:.0%} of {peers} reports that {2 ** story['size']} to "
            f"{2 ** (story['size'] + 1) - 1} accounts carry",
        ),
        Caveat(
            "an opinion, a joke, an advertisement or a diary, and no report",
            "half of its posts have none of the words of these (reports.toml)",
            CaveatOutcome.STANDS,
            f"{story['report_share']:.0%} of its posts, as far as words show it",
        ),
        tested_caveat(
            "posts that name the source were not collected",
            "the collection recorded with each file of posts",
            explains=files > 0,
            detail=f"{files} files were collected by snowball or in an unknown way",
        ),
        Caveat(
            "the source is named in a picture, a thread, or words that no rule reads",
            "none: rules read texts, fields and addresses",
            CaveatOutcome.UNTESTED,
            "open the first post",
        ),
    )


def _yes(told: bool) -> str:  # noqa: FBT001  a word for a flag
    return "yes" if told else "no"


def _finding(
    story: dict[str, Any], posts: pl.DataFrame, passed: pl.DataFrame, corpus: Corpus
) -> Finding:
    own = story["is_official"] or story["claims"]
    times = posts["at"].drop_nulls().sort()
    count, accounts = story["posts_count"], story["accounts_count"]
    evidence = [
        *(EvidenceRow("posts", *row) for row in posts.select("post_id", "state").iter_rows()),
        *(EvidenceRow("posts", post, "passes-on") for post in passed["passed_id"].unique()),
    ]
    states = {name: story[name] for name in ("named", "vague", "none")}
    numbers = {
        **{f"posts_{name}": float(value) for name, value in states.items()},
        "posts_count": float(count),
        "accounts_count": float(accounts),
        "reposts_count": float(story["reposts_count"]),
        "reach": float(story["reach"]),
        "named_share": story["named"] / count,
        "sourceless_share_here": story["sourceless_share_here"],
    }
    return Finding(
        kind=KIND,
        outcome="first-hand" if own else "unsourced",
        grade=None,
        score=rounded(story["reach"] / (story["reach"] + 100)) or 0.0,
        summary=(
            f"{count} posts of {accounts} accounts say the same in their own words, and "
            f"{story['reach']} accounts carry it; {states['named']} of the posts name a source, "
            f"{states['vague']} a vague one, {states['none']} none."
        ),
        subjects=Subjects(
            posts=tuple(posts["post_id"].sort()), claims=(f"claim:{story['first_id']}",)
        ),
        evidence=tuple(sorted(set(evidence))),
        caveats=_caveats(story, posts, corpus),
        null_model=NullModel(reason="what texts name is counted, not tested"),
        window=None if times.is_empty() else (times[0], times[-1]),
        measures={name: rounded(value) or 0.0 for name, value in sorted(numbers.items())},
    )


def reach(corpus: Corpus, params: Params) -> tuple[str, ...]:
    """How many stories reach as far, and how many of them are told."""
    posts = story_posts(corpus)
    rated = _rated(stories(posts, passing_posts(posts, corpus)), params)
    far = rated.filter(pl.col("reach") >= params.min_accounts)
    bare = far.filter(NAMED_SHARE.le(params.max_named_share))
    return (
        f"{far.height} stories reach {params.min_accounts} accounts; {bare.height} of them name "
        f"hardly a source, and {far['is_told'].sum()} of these look like reports and are told.",
    )


OUTCOMES = {
    "unsourced": Outcome("a far-reaching story whose posts name no source", accuses=False),
    "first-hand": Outcome("no source is named, and the first post may be it", accuses=False),
}

DETECTOR = Detector(
    name=KIND,
    version="1",
    summary="Stories that many carry and of which hardly any post names a source; no grades.",
    outcomes=OUTCOMES,
    needs=("posts", "citations"),
    limits=(
        "Most posts name no source, false or true: this orders what to trace, and nothing else.",
        "A story in other words is another story here; the trace follows it further.",
        "Whether a named source says it is for the trace and citation-anomaly.",
        "Naming any address is enough to be left out; a false source hides a story from this list.",
        "Whether a text reports is read from few words, in Chinese and English.",
    ),
    params=Params,
    detect=detect,
    reach=reach,
)
