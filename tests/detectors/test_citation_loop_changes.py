# SPDX-License-Identifier: GPL-3.0-or-later
"""Citation loops when a few rows are added, lost, unread, or read by a person."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.citation_world import Plan, make_world, unread_posts
from benchmarks.measure_citation_loop import about, accused
from benchmarks.measure_loop_calibration import (
    Source,
    candidates,
    randomised,
    reachable,
    under,
)
from benchmarks.measure_loop_changes import after_reading, framed, strayed
from graphkit.case import create_case, load_corpus
from graphkit.detectors.citation_loop import Params, detect
from graphkit.investigation.ingesting import ingest
from graphkit.tables import ACCOUNTS, CITATIONS, POSTS

FAST = Params(copies=9)
PLAN = Plan(accounts=500, posts_each=6, groups={"ring": 1, "academic": 1}, stories=(14, 18))
SEED = 12


def told_of(corpus, group):
    """The one finding about `group`."""
    [found] = about(detect(corpus, FAST), group)
    return found


def with_sources(corpus, posts, **row):
    """`corpus` whose `posts` have one citation row that says `row`."""
    named = pl.col("post_id").is_in(list(posts)) & (pl.col("target_kind") != "post")
    columns = {k: pl.when(named).then(pl.lit(v)).otherwise(k).alias(k) for k, v in row.items()}
    return replace(corpus, citations=CITATIONS.conform(corpus.citations.with_columns(**columns)))


@pytest.fixture(scope="module")
def world():
    return make_world(SEED, PLAN)


@pytest.fixture(scope="module")
def ring(world):
    return world[1]["ring"][0]


@pytest.fixture(scope="module")
def first_posts(world, ring):
    """The ring's posts that say "online"."""
    corpus, _ = world
    mine = corpus.posts.filter(pl.col("account_id").is_in(ring)).select("post_id")
    vague = corpus.citations.filter(target_kind="vague")
    return sorted(vague.join(mine, on="post_id", how="semi")["post_id"])


@settings(deadline=None, max_examples=4)
@given(st.integers(0, 2**16))
def test_a_stray_citation_out_of_a_ring_and_one_into_it_change_nothing(world, ring, seed):
    corpus, _ = world
    found = told_of(strayed(corpus, [ring], seed=seed), ring)
    assert (found.outcome, found.grade) == ("loop", "moderate")
    assert list(found.subjects.accounts) == sorted(ring)


def test_who_says_nothing_and_whose_source_is_unread_are_the_same_rows(world, ring, first_posts):
    corpus, _ = world
    honest = with_sources(corpus, first_posts, target_kind="outlet", target="Outlet")
    assert told_of(honest, ring).outcome == "tight-but-sourced"
    unread = with_sources(honest, first_posts, target_kind="none", target=None)
    silent = with_sources(corpus, first_posts, target_kind="none", target=None)
    assert unread.citations.equals(silent.citations)
    found = told_of(silent, ring)
    assert (found.outcome, found.grade) == ("insufficient", None)
    assert found.measures["loop_stories"] >= 10
    assert [e.role for e in found.evidence if e.role.startswith("loop 1 hop ")]


@settings(deadline=None, max_examples=4)
@given(st.data())
def test_reading_less_of_a_group_never_accuses_it_more(world, ring, first_posts, data):
    corpus, _ = world
    lost = data.draw(st.sets(st.sampled_from(first_posts), min_size=1))
    less = with_sources(corpus, lost, target_kind="none")
    before, after = told_of(corpus, ring), told_of(less, ring)
    assert after.subjects == before.subjects
    assert after.measures["bound_none"] >= before.measures["bound_none"]
    assert after.score <= before.score


def test_what_a_person_reads_in_the_first_posts_brings_a_silent_group_back(world, ring, tmp_path):
    corpus, _ = world
    case = create_case(tmp_path / "case")
    nothing = corpus.citations.filter(pl.col("target_kind").is_in(["vague", "none"]))
    said = corpus.citations.join(nothing, on="post_id", how="anti")
    parts = ((ACCOUNTS, corpus.accounts), (POSTS, corpus.posts), (CITATIONS, said))
    for table, frame in parts:
        columns = [c for c in table.columns if c not in ("source_id", "source_line")]
        file = tmp_path / f"{table.name}.parquet"
        frame.select(columns).write_parquet(file)
        ingest(case, [file], collection="stream")
    assert told_of(load_corpus(case), ring).outcome == "insufficient"
    mine = corpus.posts.filter(pl.col("account_id").is_in(ring)).select("post_id")
    read = nothing.join(mine, on="post_id", how="semi").select("post_id").unique().sort("post_id")
    stated = read.with_columns(citation_no=0, target_kind=pl.lit("vague"), via=pl.lit("text"))
    stated.with_columns(rule=pl.lit("read"), certainty=1.0).write_csv(tmp_path / "citations.csv")
    ingest(case, [tmp_path / "citations.csv"])
    found = told_of(load_corpus(case), ring)
    assert (found.outcome, list(found.subjects.accounts)) == ("loop", sorted(ring))


def test_reading_states_a_source_only_where_there_is_one():
    plan = Plan(accounts=300, posts_each=4, groups={"academic": 2}, unnamed=1.0)
    corpus, _ = make_world(5, plan)
    unread = unread_posts(5, plan)
    rows = corpus.citations.filter(pl.col("post_id").is_in(unread))
    assert rows["target_kind"].unique().to_list() == ["none"]
    silent = corpus.citations.filter(target_kind="none").select("post_id")
    read = after_reading(corpus, silent, unread).citations.join(silent, on="post_id", how="semi")
    assert read.height == silent.height > len(unread) > 0
    assert sorted(read.filter(target_kind="outlet")["post_id"]) == sorted(unread)


def test_puppets_do_not_make_an_innocent_circle_guilty(world):
    corpus, truth = world
    [scholars] = truth["academic"]
    surrounded = framed(corpus, [scholars], lures=2, seed=1)
    assert surrounded.posts.height > corpus.posts.height
    blamed = {a for f in accused(detect(surrounded, FAST)) for a in f.subjects.accounts}
    assert blamed
    assert not blamed & set(scholars)


def test_the_shares_that_counts_can_reach_are_theirs_and_randomised_they_are_uniform():
    expected = np.full(20_000, 0.5)
    counts = np.random.default_rng(1).poisson(expected)
    assert under(randomised(counts, expected, seed=2)) == pytest.approx(
        (0.01, 0.05, 0.1, 0.5), abs=0.01
    )
    # mid-p of 0, 1, 2, 3 is 1, 0.24, 0.052, 0.008: only three or more are under .05
    at_least = 1 - np.exp(-0.5) * np.array([1 + 0.5 + 0.125, 1.5, 1])
    assert reachable(expected[:2]) == pytest.approx(
        [at_least[0], at_least[0], at_least[1], at_least[2]]
    )


def test_a_world_without_groups_makes_as_many_small_p_values_as_chance():
    found = candidates(range(700, 702), Source(60, looped=False), Plan(accounts=1500, groups={}))
    assert found.height > 150
    assert (found["p_excess"] < 0.05).mean() < 0.1
    assert (found["p_loops"] < 0.05).mean() < 0.08
    assert found["internal_count"].sum() == pytest.approx(found["expected"].sum(), rel=0.2)
