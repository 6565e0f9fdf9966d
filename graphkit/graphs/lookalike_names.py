# SPDX-License-Identifier: GPL-3.0-or-later
"""Accounts whose names look like those of accounts with standing, and what chance makes of that."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
from scipy.stats import poisson

from graphkit.text.lookalikes import (
    WAYS,
    WRITTEN_TOGETHER,
    has_word,
    hides,
    name_keys,
    one_edit,
    scripts,
)

if TYPE_CHECKING:
    from graphkit.tables import Corpus

NAMES_AT_ONCE = 100_000
ORDINARY, LEAST_ORDINARY = 3_000, 100
"""Ordinary names of which it is counted how many have a twin; fewer than the least say nothing."""
FAR_FEWER = 10
"""How many times as many followers the resembled account has, at least, if it is not verified."""
PAIR = ["name", "like", "way"]


@dataclass(frozen=True)
class Standing:
    """Which accounts can be imitated; the detector's parameters of these names."""

    min_followers: int
    shuffles: int
    seed: int


@dataclass(frozen=True)
class Lookalikes:
    """Accounts that look like others, and how often names do so anyway.

    Attributes:
        pairs: account_id, like_id, name, like, way: the plainest way of each pair of accounts.
        chance: a row a way: resembled (anchors that have such a twin), share (of ordinary names
            that have one; null where there are too few), expected (anchors at that rate), p_value
            (Poisson, of as many anchors or more), dealt (pairs if characters are dealt among
            names of equal length).
        anchors: names of accounts with standing.
    """

    pairs: pl.DataFrame
    chance: pl.DataFrame
    anchors: int


def has_standing(accounts: pl.DataFrame, min_followers: int) -> pl.DataFrame:
    """The rows of `accounts` that are verified, or followed by `min_followers` or more."""
    followed = pl.col("followers_count") >= min_followers
    return accounts.filter(pl.col("is_verified").fill_null(value=False) | followed)


def lookalikes(corpus: Corpus, standing: Standing) -> Lookalikes:
    """What accounts look like those with standing, on their platform.

    An account that has standing itself looks like nobody, nor does one that has more than a tenth
    of the followers of an account that is not verified.
    """
    names = _names(corpus.accounts)
    known = has_standing(corpus.accounts, standing.min_followers)
    anchors = names.join(known, on="account_id", how="semi")
    others = names.join(anchors, on="account_id", how="anti")
    pairs = _of_accounts(name_twins(others["name"], anchors["name"]), others, anchors)
    facts = corpus.accounts.select("account_id", "followers_count", "is_verified")
    beside = pairs.join(facts, on="account_id").join(
        facts.select(pl.all().name.prefix("like_")), left_on="like_id", right_on="like_account_id"
    )
    fewer = pl.col("followers_count") * FAR_FEWER <= pl.col("like_followers_count")
    kept = beside.filter(pl.col("like_is_verified").fill_null(value=False) | fewer)
    found, count = kept.select(pairs.columns), anchors["name"].n_unique()
    by_way = found.group_by("way").agg(resembled=pl.col("like").n_unique().cast(pl.Int64))
    chance = _ordinary(others, count).join(by_way, on="way", how="left", maintain_order="left")
    chance = chance.join(_expected(others["name"], anchors["name"], standing), on="way")
    tail = poisson.sf(chance["resembled"].fill_null(0) - 1, chance["expected"].fill_null(np.nan))
    return Lookalikes(found, chance.with_columns(p_value=pl.Series(tail).fill_nan(None)), count)


def _names(accounts: pl.DataFrame) -> pl.DataFrame:
    """Handles and shown names: account_id, platform, name; distinct and sorted."""
    named = [
        accounts.select("account_id", "platform", name=column)
        for column in ("handle", "display_name")
    ]
    return pl.concat(named).drop_nulls("name").unique().sort(pl.all())


def name_twins(names: pl.Series, anchors: pl.Series) -> pl.DataFrame:
    """Pairs of a name and an anchor that are alike: name, like (of `anchors`), way; sorted."""
    wanted = name_keys(anchors).filter("is_short").rename({"name": "like", "folded": "like_folded"})
    distinct = pl.DataFrame({"name": names.unique().sort()})
    found = []
    for part in distinct.iter_slices(NAMES_AT_ONCE):
        keys = name_keys(part["name"])
        pairs = keys.join(wanted.drop("is_short"), on=["way", "key"])
        found.append(pairs.filter(_are_twins()).select(*PAIR, "folded", "like_folded").unique())
    if not found:
        return pl.DataFrame(schema=dict.fromkeys(PAIR, pl.String))
    return _named_ways(pl.concat(found)).unique().sort(PAIR)


def _are_twins() -> pl.Expr:
    """Equal names are twins by writing only, and "official" makes one by its word only."""
    same = pl.col("folded") == pl.col("like_folded")
    by_word = ~pl.col("is_short") & ~same
    return pl.when(way="written").then(same).when(way="word").then(by_word).otherwise(~same)


def _named_ways(pairs: pl.DataFrame) -> pl.DataFrame:
    """`pairs` by the words of `WAYS`; those that numbers alone tell apart are left out."""
    own, other = (pl.col(name).str.to_lowercase().str.normalize("NFC") for name in ("name", "like"))
    written = (
        pl.when(hides(pl.col("name")) & ~hides(pl.col("like")))
        .then(pl.lit("hidden"))
        .when(own != other)
        .then(pl.lit("styled"))
        .otherwise(pl.lit("same-name"))
    )
    has = scripts(pl.col("name"))
    new = has.list.set_difference(scripts(pl.col("like")))
    strange = new.list.set_difference(sorted(WRITTEN_TOGETHER)).list.len() > 0
    shape = (
        pl.when(strange & (has.list.len() > 1))
        .then(pl.lit("mixed-script"))
        .when(new.list.len() > 0)
        .then(pl.lit("other-script"))
        .otherwise(pl.lit("same-shape"))
    )
    named = {"simplified": "traditional-simplified", "sound": "same-sound", "edit": "one-edit",
             "word": "added-word"}  # fmt: skip
    mixed = strange & (has.list.len() > 1)
    way = pl.when(way="written").then(written).when(way="shape").then(shape)
    way = way.when((pl.col("way") == "edit") & mixed).then(pl.lit("mixed-script"))
    told = pairs.with_columns(was="way", way=way.otherwise(pl.col("way").replace(named)))
    plain = [pl.col(each).str.replace_all(r"\p{Nd}+", "") for each in ("folded", "like_folded")]
    numbered = (plain[0] == plain[1]) & pl.col("way").is_in(["one-edit", "same-shape"])
    left = told.filter(~numbered)
    near = [
        way != "edit" or one_edit(a, b)
        for way, a, b in left.select("was", a=plain[0], b=plain[1]).iter_rows()
    ]
    return left.filter(pl.Series(near, dtype=pl.Boolean)).select(PAIR)


def _of_accounts(twins: pl.DataFrame, names: pl.DataFrame, anchors: pl.DataFrame) -> pl.DataFrame:
    """The plainest way of each two accounts of a platform; namesakes are organisations only."""
    to = anchors.select("platform", like_id="account_id", like="name")
    pairs = twins.join(names, on="name").join(to, on=["platform", "like"])
    told = pairs.filter(
        pl.col("account_id") != pl.col("like_id"),
        (pl.col("way") != "same-name") | has_word(pl.col("name"), "organisations"),
    ).with_columns(pl.col("way").cast(pl.Enum(WAYS)))
    first = told.sort("account_id", "like_id", "way", "name", "like").unique(
        ["account_id", "like_id"], keep="first", maintain_order=True
    )
    return first.select("account_id", "like_id", "name", "like", pl.col("way").cast(pl.String))


def _ordinary(names: pl.DataFrame, anchors: int) -> pl.DataFrame:
    """By way: share of names without standing that have a twin, and anchors at that rate."""
    distinct = names["name"].unique().sort()
    sample = distinct.gather_every(max(1, len(distinct) // ORDINARY))
    asked = names.filter(pl.col("name").is_in(sample.implode()))
    twins = _of_accounts(name_twins(names["name"], sample), names, asked)
    counts = twins.group_by("way").agg(twins=pl.col("like").n_unique())
    ways = pl.DataFrame({"way": WAYS}).join(counts, on="way", how="left", maintain_order="left")
    some, known = pl.col("twins").fill_null(0), len(sample) >= LEAST_ORDINARY
    rates = [some / max(1, len(sample)), (some + 1) / (len(sample) + 1) * anchors]
    told = [each if known else pl.lit(None, pl.Float64) for each in rates]
    return ways.select("way", share=told[0], expected=told[1])


def _expected(names: pl.Series, anchors: pl.Series, standing: Standing) -> pl.DataFrame:
    """How many pairs the dealt names make with the anchors, by way, on average of `shuffles`."""
    rng = np.random.default_rng(standing.seed)
    distinct = names.unique().sort()
    every = max(1, len(distinct) // NAMES_AT_ONCE)
    some = distinct.gather_every(every)
    made = (dealt(some, rng) for _ in range(standing.shuffles))
    rounds = [name_twins(each.filter(~each.is_in(distinct.implode())), anchors) for each in made]
    count = pl.concat(rounds)["way"].value_counts() if rounds else None
    ways = pl.DataFrame({"way": WAYS})
    if count is None:
        return ways.with_columns(dealt=pl.lit(None, pl.Float64))
    told = ways.join(count, on="way", how="left", maintain_order="left")
    return told.select("way", dealt=pl.col("count").fill_null(0) * every / standing.shuffles)


def dealt(names: pl.Series, rng: np.random.Generator) -> pl.Series:
    """Names with the characters of `names`, each place dealt anew among names of equal length."""
    parts = []
    frame = pl.DataFrame({"name": names}).with_columns(size=pl.col("name").str.len_chars())
    for _, part in frame.sort("size", "name").group_by("size", maintain_order=True):
        letters = np.array([list(each) for each in part["name"].to_list()])
        parts += ["".join(each) for each in rng.permuted(letters, axis=0)]
    return pl.Series("name", parts, dtype=pl.String)
