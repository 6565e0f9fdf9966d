# SPDX-License-Identifier: GPL-3.0-or-later
"""How many pseudonyms of a bundle a stranger who holds the whole platform links to accounts.

    python -m benchmarks.measure_reidentification CASE BUNDLE...

The case stands for the platform: the stranger has all of its rows and the bundle, no key. Each test
leaves for a row of the bundle the accounts that may have written it; a pseudonym is linked when
one account is left for all of its rows.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from graphkit.bundle.excerpts import CUT
from graphkit.case import load_corpus, open_case, pseudonyms

if TYPE_CHECKING:
    from graphkit.tables import Corpus

HASHED = "^text-[a-z2-7]{12}$"
MASKED = re.compile(r"(?:acct|name|url|post)-[a-z2-7]{12}|" + re.escape(CUT))
TIMES = {"posts": ("created_at", "kind"), "actions": ("acted_at", "act", "object_id")}
BESIDE = ("kind", "urls", "hashtags", "client", "source_label")
MADE = ("created_at", "is_verified", "credential", "followers_count")


def bundled(bundle: Path, name: str) -> pl.DataFrame:
    """The rows of withheld accounts in the bundle: who (a pseudonym), row, and their columns."""
    path = bundle / "data" / "rows" / f"{name}.parquet"
    frame = pl.read_parquet(path)
    row = pl.format("{} {}", pl.lit(name), pl.first())
    return frame.filter(pl.col("account_id").str.starts_with("acct-")).select(
        pl.exclude("account_id"), who="account_id", row=row
    )


def by_words(posts: pl.DataFrame, corpus: Corpus) -> pl.DataFrame:
    """who, row, account_id, post_id: posts of the platform that hold what is shown, in order."""
    said = corpus.posts.drop_nulls("text").select("account_id", "text", platform_id="post_id")
    texts = said.select("text").unique().sort("text")
    shown = posts.drop_nulls("text").filter(~pl.col("text").str.contains(HASHED))
    found = []
    for text in shown["text"].unique().sort():
        parts = (re.escape(each) for each in MASKED.split(text))
        pattern = f"(?s)^{'.*'.join(parts)}$"
        found.append(
            texts.filter(pl.col("text").str.contains(pattern)).with_columns(shown=pl.lit(text))
        )
    like = pl.concat([texts.clear().with_columns(shown=pl.lit("")), *found])
    mine = shown.select("who", "row", shown="text")
    return (
        mine.join(like, on="shown")
        .join(said, on="text")
        .select("who", "row", "account_id", "platform_id")
    )


def by_times(bundle: Path, corpus: Corpus, *tables: str) -> pl.DataFrame:
    """who, row, account_id: who did the same sort of thing at the time that is told."""
    found = []
    for name in tables:
        rows, (at, *same) = bundled(bundle, name).drop_nulls(TIMES[name][0]), TIMES[name]
        steps = {"second": "1s", "minute": "1m", "hour": "1h", "day": "1d"}
        for (precision,), part in rows.partition_by("time_precision", as_dict=True).items():
            told = corpus.table(name).with_columns(pl.col(at).dt.truncate(steps[str(precision)]))
            other = told.select("account_id", at, *same, platform_id=pl.first()).unique()
            mine = part.select("who", "row", pl.col(at).dt.truncate(steps[str(precision)]), *same)
            found.append(
                mine.join(other, on=[at, *same]).select("who", "row", "account_id", "platform_id")
            )
    return pl.concat(found)


def by_marks(posts: pl.DataFrame, corpus: Corpus) -> pl.DataFrame:
    """who, row, account_id: posts with the same addresses, hashtags, client and place."""
    marks = [pl.col(each).list.join(" ") for each in ("urls", "hashtags")]
    mine = posts.filter(pl.col("urls").list.len() + pl.col("hashtags").list.len() > 0)
    other = corpus.posts.with_columns(marks).select("account_id", *BESIDE).unique()
    both = mine.with_columns(marks).join(other, on=list(BESIDE), nulls_equal=True)
    return both.select("who", "row", "account_id")


def by_account(bundle: Path, corpus: Corpus) -> pl.DataFrame:
    """who, row, account_id: accounts made when, and with the followers and marks, that are told."""
    mine, other = bundled(bundle, "accounts"), corpus.accounts
    if not mine["created_at"].is_in(other["created_at"].implode()).any():  # they are cut
        other = other.with_columns(
            pl.col("created_at").dt.truncate("1mo"),
            followers_count=pl.lit(10, pl.Int64).pow(
                pl.col("followers_count").cast(pl.String).str.len_chars().cast(pl.Int64) - 1
            ),
        )
    both = mine.join(other.select("account_id", *MADE), on=list(MADE), nulls_equal=True)
    return both.select("who", "row", "account_id")


def linked(candidates: pl.DataFrame) -> pl.DataFrame:
    """who, account_id of the pseudonyms for all of whose rows one account is left."""
    pairs = candidates.select("who", "row", "account_id").unique()
    rows = pairs.select("who", "row").unique().group_by("who").len("rows")
    met = pairs.group_by("who", "account_id").len("met").join(rows, on="who")
    fit = met.filter(pl.col("met") == pl.col("rows"))
    return fit.filter(pl.len().over("who") == 1).select("who", "account_id")


def measure(bundle: Path, corpus: Corpus, truth: dict[str, str]) -> None:
    """Prints how many pseudonyms each test links, and how many of those links are wrong."""
    accounts = bundled(bundle, "accounts")["who"].n_unique()
    words = by_words(bundled(bundle, "posts"), corpus)
    of_posts = by_times(bundle, corpus, "posts")
    tests = {
        "words": words,
        "times of posts": of_posts,
        "times of posts and actions": by_times(bundle, corpus, *TIMES),
        "words and times of posts": words.join(
            of_posts, on=["who", "row", "account_id", "platform_id"], how="semi"
        ),
        "addresses, hashtags, client": by_marks(bundled(bundle, "posts"), corpus),
        "what the account's row says": by_account(bundle, corpus),
    }
    together = [
        each.select("who", "account_id", row=pl.format("{} {}", pl.lit(name), "row"))
        for name, each in tests.items()
    ]
    tests["all of these together"] = pl.concat(together)
    print(f"{bundle.name}: {accounts} pseudonyms of accounts")
    for name, candidates in tests.items():
        found = linked(candidates)
        wrong = sum(truth[account] != who for who, account in found.rows())
        print(f"  by {name}: {found.height} linked, {wrong} of them wrongly")


def main() -> None:
    """Measures the bundles named on the command line."""
    case = open_case(Path(sys.argv[1]))
    corpus = load_corpus(case)
    ids = pl.concat([corpus.accounts["account_id"], corpus.posts["account_id"]]).unique().sort()
    truth = pseudonyms(case, ids)
    for bundle in map(Path, sys.argv[2:]):
        measure(bundle, corpus, truth)


if __name__ == "__main__":
    main()
