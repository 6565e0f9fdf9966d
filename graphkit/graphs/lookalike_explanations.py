# SPDX-License-Identifier: GPL-3.0-or-later
"""Innocent explanations of a name that looks like another, with the outcomes of their tests."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import polars as pl

from graphkit.findings import Caveat, CaveatOutcome, tested_caveat
from graphkit.tables import CITATIONS
from graphkit.text.lookalikes import has_word
from graphkit.text.names import folded_name

if TYPE_CHECKING:
    from graphkit.tables import Corpus

OWNER = "one owner runs both accounts, and says so"
BRANCH = "branches of one house, whose names differ by the branch"
FANS = "a fan's or a mocker's account that says what it is"
OLDER = "the account was there first, and is the one that is imitated"
KNOWN = "the account that it resembles knows it: a second account, a colleague"
ORDINARY = "names are alike by chance, or as people of one name are"
BRANCHES = 3
"""Accounts whose names begin alike up to a mark, the two with them, that make a house."""
MARKED = r"^(.{2,}?)\s*[-–—·•|_/（(【].*$"


@dataclass(frozen=True)
class Twin:
    """An account, the one that it resembles, and what is around them.

    Attributes:
        account: the row of `accounts`, as a dict.
        like: that of the account that it resembles.
        name: how the first is called; `like_name` the second.
        way: of `text.lookalikes.WAYS`.
        chance: the row of `Lookalikes.chance`.
        heard: rows of `heard_of` about the account.
        alpha: chance of as many such twins from which on names are alike by chance.
    """

    account: dict[str, Any]
    like: dict[str, Any]
    name: str
    like_name: str
    way: str
    chance: dict[str, Any]
    heard: pl.DataFrame
    alpha: float

    @property
    def days_younger(self) -> float | None:
        """How many days later than the resembled account it was made; None if unknown."""
        made, other = self.account["created_at"], self.like["created_at"]
        return None if made is None or other is None else (made - other).total_seconds() / 86_400


def heard_of(corpus: Corpus, accounts: pl.Series) -> pl.DataFrame:
    """Posts of others that cite, repost or mention the `accounts`.

    Columns: heard_id (of `accounts`), account_id (who), table and key (the row that says so), role
    (cites or mentions); distinct and sorted.
    """
    posts = corpus.posts.select("post_id", "account_id", "platform", "mentions")
    own = posts.join(accounts.to_frame("account_id"), on="account_id", how="semi")
    cited = corpus.citations.filter(pl.col("certainty") > 0, pl.col("target").is_not_null())
    cited = cited.select("post_id", "target_kind", "target", CITATIONS.row_key())
    to_posts = cited.filter(target_kind="post").join(
        own.select(target="post_id", heard_id="account_id"), on="target"
    )
    to_accounts = cited.filter(
        pl.col("target").is_in(accounts.implode()), target_kind="account"
    ).with_columns(heard_id="target")
    cites = pl.concat([to_posts, to_accounts]).join(posts, on="post_id")
    handles = corpus.accounts.filter(pl.col("account_id").is_in(accounts.implode())).select(
        "platform", heard_id="account_id", folded=folded_name(pl.col("handle"))
    )
    said = posts.explode("mentions").drop_nulls("mentions")
    said = said.with_columns(folded=folded_name(pl.col("mentions")))
    mentions = said.join(handles.drop_nulls(), on=["platform", "folded"])
    rows = [
        frame.select("heard_id", "account_id", table=pl.lit(table), key=key, role=pl.lit(role))
        for frame, table, key, role in (
            (cites, "citations", "key", "cites"),
            (mentions, "posts", "post_id", "mentions"),
        )
    ]
    return (
        pl.concat(rows).filter(pl.col("heard_id") != pl.col("account_id")).unique().sort(pl.all())
    )


def explanations(twin: Twin, corpus: Corpus, houses: pl.DataFrame) -> tuple[Caveat, ...]:
    """The caveats of one pair, in a fixed order; `houses` by `house_sizes`."""
    return (
        _owner(twin),
        _branch(twin, houses),
        _fans(twin),
        _older(twin),
        _known(twin),
        _ordinary(twin),
        *_script(twin),
        Caveat(
            "a picture shows who it is",
            "none: the table has no pictures of accounts",
            CaveatOutcome.UNTESTED,
            "look at both profiles",
        ),
        _collection(corpus),
    )


def house_sizes(accounts: pl.DataFrame) -> pl.DataFrame:
    """Accounts whose names begin alike up to a mark: platform, start, size."""
    start = folded_name(pl.col("handle")).str.extract(MARKED)
    started = accounts.select("platform", start=start).drop_nulls()
    return started.group_by("platform", "start").agg(size=pl.len())


def _owner(twin: Twin) -> Caveat:
    owners = [each["declared_owner"] for each in (twin.account, twin.like)]
    known = owners[0] is not None or owners[1] is not None
    return tested_caveat(
        OWNER,
        "the same declared owner (what an account itself declares)",
        explains=None if not known else owners[0] == owners[1],
        detail="neither declares an owner" if not known else "declared by one or both",
    )


def _branch(twin: Twin, houses: pl.DataFrame) -> Caveat:
    starts = pl.DataFrame({"name": [twin.name, twin.like_name]}).select(
        folded_name(pl.col("name")).str.extract(MARKED)
    )["name"]
    size = 0
    if starts[0] is not None and starts[0] == starts[1]:
        found = houses.filter(platform=twin.account["platform"], start=starts[0])
        size = int(found["size"].sum())
    return tested_caveat(
        BRANCH,
        f"both names begin alike up to a mark (-, ·, brackets), as {BRANCHES} accounts' or more do",
        explains=size >= BRANCHES,
        detail=f"{size} such accounts",
    )


def _fans(twin: Twin) -> Caveat:
    told = pl.DataFrame({"said": [twin.name, twin.account["bio"]]}, schema={"said": pl.String})
    says = told.select(has_word(pl.col("said"), "fans").fill_null(value=False).any()).item()
    return tested_caveat(
        FANS,
        "words for fans, parody or unofficial in its name or its bio (lookalikes.toml)",
        explains=says,
        detail="it says so" if says else "it does not say so",
    )


def _older(twin: Twin) -> Caveat:
    days = twin.days_younger
    return tested_caveat(
        OLDER,
        "which of the two was made first",
        explains=None if days is None else days <= 0,
        detail="not known of both" if days is None else f"it is {days:.0f} days younger",
    )


def _known(twin: Twin) -> Caveat:
    theirs = twin.heard.filter(account_id=twin.like["account_id"])
    cited = theirs.filter(role="cites").height
    mentioned = theirs.height - cited
    return tested_caveat(
        KNOWN,
        "whether the resembled account cites or reposts it; a mention may be a warning: read it",
        explains=True if cited else (None if mentioned else False),
        detail=f"cited {cited} times, mentioned {mentioned} times",
    )


def _ordinary(twin: Twin) -> Caveat:
    share, p_value = twin.chance["share"], twin.chance["p_value"]
    return tested_caveat(
        ORDINARY,
        "how many names without standing have such a twin, and so how many known ones would",
        explains=None if p_value is None else p_value > twin.alpha,
        detail="too few names in the data"
        if share is None
        else f"{share:.2%} have one; at that rate {twin.chance['expected']:.2f} known accounts, "
        f"where there are {twin.chance['resembled']}",
    )


def _script(twin: Twin) -> tuple[Caveat, ...]:
    if twin.way not in ("mixed-script", "other-script"):
        return ()
    return (
        tested_caveat(
            "an honest name in another script",
            "whether its letters are of one script throughout",
            explains=twin.way == "other-script",
            detail="one script" if twin.way == "other-script" else "scripts are mixed in it",
        ),
    )


def _collection(corpus: Corpus) -> Caveat:
    files = corpus.biased_sources("accounts").height
    return tested_caveat(
        "an artefact of collection: others of that name were not collected",
        "the collection recorded with each file of accounts",
        explains=files > 0,
        detail=f"{files} files were collected by snowball or in an unknown way",
    )
