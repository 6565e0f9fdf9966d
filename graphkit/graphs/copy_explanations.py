# SPDX-License-Identifier: GPL-3.0-or-later
"""Innocent explanations of posts that hold one template, with the outcomes of their tests."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from graphkit.findings import Caveat, CaveatOutcome, tested_caveat
from graphkit.graphs.sharing_explanations import owner_share
from graphkit.graphs.statements import ANSWERS
from graphkit.text.open_calls import calls_openly
from graphkit.text.set_phrases import has_set_phrase

if TYPE_CHECKING:
    from graphkit.graphs.copied_texts import CopiedText
    from graphkit.tables import Corpus

APPLICATION = "an application that writes its users' posts"
OWNER = "one owner who runs the accounts openly"
CALL = "an open call to copy, or a petition"
SOURCE = "a quotation: the copies name whom they have it from"
MOSTLY = 0.5
NEARLY_ALL = 0.9
HOST = r"^(?i)https?://(?:www\.)?([^/:?#]+)"


def explanations(copied: CopiedText, corpus: Corpus) -> tuple[Caveat, ...]:
    """The caveats of a template, in a fixed order."""
    return (
        _application(copied, corpus),
        _owner(copied, corpus),
        _call(copied),
        _source(copied, corpus),
        _link(copied),
        _set_phrases(copied),
        _challenge(copied, corpus),
        _conversation(copied),
        _one_author(copied),
        _collection(copied, corpus),
        Caveat(
            "somebody whose words others copied",
            "the account of the earliest copy is not named",
            CaveatOutcome.STANDS,
            "held by construction; a later one who joined in good faith is not told apart",
        ),
        Caveat(
            "a joke, a game or a saying that everybody knows from elsewhere",
            "none: what is not in the data cannot be compared",
            CaveatOutcome.UNTESTED,
            "look for the words outside the data before anything is said of the accounts",
        ),
    )


def _application(copied: CopiedText, corpus: Corpus) -> Caveat:
    """Whether one client wrote nearly all copies, and hardly anything else."""
    known = copied.posts["client"].drop_nulls()
    told = known.len() > MOSTLY * copied.posts.height
    detail, explains = "the client is not in the data", None
    if told:
        client = known.mode().sort()[0]
        ours = copied.posts.filter(client=client).height
        everywhere = corpus.posts.filter(pl.col("is_seen"), pl.col("client") == client).height
        of_copies, of_client = ours / copied.posts.height, ours / everywhere
        explains = of_copies >= NEARLY_ALL and of_client >= MOSTLY
        detail = f"{of_copies:.0%} of the copies by one client, {of_client:.0%} of whose posts "
        detail += "are copies"
    return tested_caveat(
        APPLICATION,
        "nine in ten copies come from one client, and half of its posts are copies",
        explains=explains,
        detail=detail,
    )


def _owner(copied: CopiedText, corpus: Corpus) -> Caveat:
    share = owner_share(corpus, copied.posts["account_id"].unique())
    return tested_caveat(
        OWNER,
        "half of the accounts declare the same owner or affiliation",
        explains=None if share is None else share >= MOSTLY,
        detail="no account in the data declares an owner"
        if share is None
        else f"the commonest is of {share:.0%} of the accounts",
    )


def _call(copied: CopiedText) -> Caveat:
    asking = copied.posts.select("at", asks=calls_openly(pl.col("text")))
    share = float(asking["asks"].to_numpy().mean())
    early = asking.filter(pl.col("at") == pl.col("at").min())["asks"].any()
    return tested_caveat(
        CALL,
        "half of the copies, or the earliest, have a phrase of open_calls.csv",
        explains=share >= MOSTLY or bool(early),
        detail=f"{share:.0%} of the copies do; the earliest {'does' if early else 'does not'}",
    )


def _source(copied: CopiedText, corpus: Corpus) -> Caveat:
    """Whether half of the accounts name one and the same source, by any kind of citation."""
    ours = copied.posts.select("post_id", "account_id")
    kinds = ["post", "account", "outlet"]
    named = corpus.citations.filter(pl.col("target_kind").is_in(kinds)).join(ours, on="post_id")
    above = pl.concat(
        copied.posts.select("account_id", target=column) for column in ("parent_id", "root_id")
    )
    both = pl.concat([named.select("account_id", "target"), above]).drop_nulls().unique()
    most = int(both["target"].value_counts()["count"].to_numpy().max(initial=0))
    share = most / copied.posts["account_id"].n_unique()
    return tested_caveat(
        SOURCE,
        "half of the accounts cite, quote or answer one post, account or outlet in their copies",
        explains=share >= MOSTLY,
        detail=f"the commonest is named by {share:.0%} of the accounts",
    )


def _link(copied: CopiedText) -> Caveat:
    hosts = copied.posts.select("post_id", host="urls").explode("host").drop_nulls()
    of_posts = hosts.with_columns(pl.col("host").str.extract(HOST).str.to_lowercase()).unique()
    most = int(of_posts["host"].drop_nulls().value_counts()["count"].to_numpy().max(initial=0))
    share = most / copied.posts.height
    return tested_caveat(
        "a headline or a result shared with its page",
        "half of the copies link the same site",
        explains=share >= MOSTLY,
        detail=f"{share:.0%} of the copies link the commonest site",
    )


def _set_phrases(copied: CopiedText) -> Caveat:
    said = pl.select(has_set_phrase(pl.lit(" ".join(copied.template.parts)))).item()
    return tested_caveat(
        "a greeting, a poem, a song, a quotation or the result of a game",
        "the constant parts have a phrase of set_phrases.csv, a title in 《》, or are all quoted",
        explains=bool(said),
        detail="they do" if said else "they do not",
    )


def _challenge(copied: CopiedText, corpus: Corpus) -> Caveat:
    """Whether half of the copies bear one hashtag that as many accounts outside use."""
    ours = copied.posts.select("post_id", tag="hashtags").explode("tag").drop_nulls().unique()
    counts = ours["tag"].value_counts().filter(pl.col("count") >= MOSTLY * copied.posts.height)
    outside = corpus.posts.join(copied.posts, on="account_id", how="anti").select(
        "account_id", tag="hashtags"
    )
    used = outside.explode("tag").join(counts, on="tag", how="semi").unique()
    most = int(used["tag"].value_counts()["count"].to_numpy().max(initial=0))
    return tested_caveat(
        "a challenge or a topic of the platform in which many take part",
        "half of the copies bear one hashtag that as many accounts use without the template",
        explains=most >= copied.posts["account_id"].n_unique(),
        detail=f"{counts.height} hashtags on half of the copies; {most} accounts outside use one",
    )


def _conversation(copied: CopiedText) -> Caveat:
    answers = copied.posts.filter(pl.col("kind").is_in(ANSWERS))
    roots = answers.select(root=pl.coalesce("root_id", "parent_id")).drop_nulls()["root"]
    most = int(roots.value_counts()["count"].to_numpy().max(initial=0))
    share = most / copied.posts.height
    return tested_caveat(
        "a chant: an audience that answers one post alike",
        "half of the copies are answers under one post",
        explains=share >= MOSTLY,
        detail=f"{share:.0%} of the copies are under the commonest",
    )


def _one_author(copied: CopiedText) -> Caveat:
    most = int(copied.posts["account_id"].value_counts()["count"].to_numpy().max())
    return tested_caveat(
        "one account's own notice, which a few others took up",
        "half of the copies are of one account",
        explains=most >= MOSTLY * copied.posts.height,
        detail=f"the busiest account has {most} of {copied.posts.height} copies",
    )


def _collection(copied: CopiedText, corpus: Corpus) -> Caveat:
    biased = corpus.biased_sources("posts")
    ours = copied.posts.join(biased, on="source_id", how="semi").height
    return tested_caveat(
        "an artefact of collection: posts sought by these words, or from suspects outward",
        "copies from sources collected by snowball or in an unknown way",
        explains=ours > 0,
        detail=f"{ours} of {copied.posts.height} copies",
    )
