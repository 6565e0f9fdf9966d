# SPDX-License-Identifier: GPL-3.0-or-later
"""What is told beside the signs: citing each other."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from random import Random

import polars as pl

from graphkit.graphs.matrix_beside import citation_beside, citing_accounts
from graphkit.tables import CITATIONS, POSTS, Corpus

START = datetime(2026, 3, 2, tzinfo=UTC)
RING = pl.Series([f"t:r{n}" for n in range(4)])
NOTHING = pl.Series([], dtype=pl.String)


def corpus():
    """Four accounts whose eight stories go round among them, beside a crowd that quotes at will."""
    dice, posts, cited = Random(3), [], []
    for story in range(120):
        ring = story < 8
        for hop in range(5):
            account = f"t:r{hop % 4}" if ring else f"t:c{dice.randrange(60)}"
            number = len(posts)
            posts.append((f"t:p{number}", account, story * 60 + hop))
            if hop:
                cited.append((f"t:p{number}", f"t:p{number - 1}"))
    said = pl.DataFrame(posts, schema=["post_id", "account_id", "minute"], orient="row")
    fixed = {"platform": "t", "source_id": "s", "kind": "quote", "time_precision": "second"}
    lists = {"mentions": [], "hashtags": [], "media_hashes": [], "urls": []}
    rows = pl.DataFrame(cited, schema=["post_id", "target"], orient="row")
    rows = rows.with_columns(
        citation_no=pl.lit(1, pl.Int64), target_kind=pl.lit("post"), via=pl.lit("field"),
        rule=pl.lit("quote"), certainty=pl.lit(1.0), source_id=pl.lit("s"),
    )  # fmt: skip
    at = [START + timedelta(minutes=m) for m in said["minute"]]
    return Corpus(
        posts=POSTS.conform(
            said.drop("minute").with_columns(
                pl.Series("created_at", at), is_seen=pl.lit(value=True),
                **{n: pl.lit(v) for n, v in fixed.items()},
                **{n: pl.lit(v, pl.List(pl.String)) for n, v in lists.items()},
            )
        ),
        citations=CITATIONS.conform(rows),
    )  # fmt: skip


def told(accounts, proposal=NOTHING):
    citing = citing_accounts(corpus(), seed=1)
    return citation_beside(citing, accounts, proposal=proposal, alpha=0.01)


def test_accounts_that_cite_only_each_other_are_told_with_the_citations():
    found = told(RING)
    assert found.measures["internal_citations"] == 32
    assert found.measures["expected_internal_citations"] < 1
    assert found.measures["p_citation"] < 1e-9
    assert found.measures["loop_stories"] == 8
    assert found.rows.unique(["table", "role"]).select("table", "role").rows() == [
        ("citations", "citation")
    ]
    assert "t:p1|1" in found.rows["key"].to_list()
    assert found.rows.height == 32


def test_accounts_that_cite_as_others_do_have_no_rows():
    found = told(pl.Series([f"t:c{n}" for n in range(5)]))
    assert found.measures["p_citation"] > 0.05
    assert found.rows.is_empty()


def test_posts_that_proposed_the_group_do_not_count():
    proposal = pl.Series([f"t:p{n}" for n in range(39)])
    assert told(RING, proposal).measures["internal_citations"] == 1


def test_a_corpus_in_which_nobody_cites_says_nothing():
    assert citing_accounts(Corpus(), seed=1) is None
    found = citation_beside(None, RING, proposal=NOTHING, alpha=0.01)
    assert (found.measures, found.rows.height) == ({}, 0)
