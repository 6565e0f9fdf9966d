# SPDX-License-Identifier: GPL-3.0-or-later
"""Citation loops: outcomes in small invented worlds, and what must not change them."""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from datetime import timedelta

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.citation_world import Plan, make_world
from graphkit.case import runs
from graphkit.detectors.citation_loop import DETECTOR, Params, detect
from graphkit.findings import CaveatOutcome, Grade
from graphkit.graphs.chained_loops import Reach
from graphkit.graphs.citation import citation_graph
from graphkit.graphs.citation_groups import (
    account_rows,
    in_two_stories,
    internal_excess,
    paired_groups,
    poisson_tails,
    proposed_groups,
    told_members,
)
from graphkit.graphs.swap_null import swapped
from graphkit.investigation.shipped import dataset
from graphkit.tables import CITATIONS

FAST = Params(copies=9)
SMALL = Plan(
    accounts=500, posts_each=6, groups={"ring": 1, "academic": 1, "family": 1}, stories=(14, 18)
)


@pytest.fixture(scope="module")
def world():
    return make_world(11, SMALL)


@pytest.fixture(scope="module")
def findings(world):
    return list(detect(world[0], FAST))


def about(findings, members):
    """The finding about most of `members`, if there is one."""
    [found] = [f for f in findings if len(set(f.subjects.accounts) & set(members)) > 1] or [None]
    return found


def owned(corpus, members, owner="One Owner"):
    mine = pl.col("account_id").is_in(list(members))
    column = pl.when(mine).then(pl.lit(owner)).otherwise("declared_owner")
    return replace(corpus, accounts=corpus.accounts.with_columns(declared_owner=column))


def test_a_ring_is_a_loop_and_those_who_name_sources_are_not(world, findings):
    _, truth = world
    ring = about(findings, truth["ring"][0])
    assert ring.outcome == "loop"
    assert ring.grade is Grade.MODERATE
    assert list(ring.subjects.accounts) == sorted(truth["ring"][0])
    accused = [f for f in findings if DETECTOR.outcomes[f.outcome].accuses]
    assert accused == [ring]
    scholars = about(findings, truth["academic"][0])
    assert (scholars.outcome, scholars.grade) == ("tight-but-sourced", None)


def test_its_measures_say_how_much_comes_back_and_how_much_chance_would_make(findings):
    measures = findings[0].measures
    assert measures["loop_stories"] >= 10 > 5 > measures["expected_loops"]
    assert measures["traceability_upper"] == 0
    assert measures["members_stable_share"] == 1
    assert measures["amplifiers_count"] > 0


def test_a_loop_is_told_hop_by_hop_and_ends_with_its_own_author(world, findings):
    corpus, _ = world
    rows = {e.role: e.key for e in findings[0].evidence if e.role.startswith("loop 1 ")}
    author = dict(corpus.posts.select("post_id", "account_id").iter_rows())
    cited = dict(corpus.citations.select(CITATIONS.row_key(), "target").iter_rows())
    hops = [rows[f"loop 1 hop {n}"] for n in range(1, len(rows) + 1)]
    citing = [key.rsplit("|", 1)[0] for key in hops]
    assert [cited[key] for key in hops[:-1]] == citing[1:]
    assert author[citing[0]] == author[cited[hops[-1]]]
    assert len(hops) >= 2


def test_each_member_is_shown_with_its_loops_and_exits(world, findings):
    _, truth = world
    rows = {e.key: e.role for e in findings[0].evidence if e.table == "accounts"}
    assert sorted(rows) == sorted(truth["ring"][0])
    loops = [int(role.split(", ")[1].split()[0]) for role in rows.values()]
    assert sum(loops) == findings[0].measures["loops_count"]
    assert all(role.endswith("0 exits") for role in rows.values())
    assert findings[0].measures["account_cycles_count"] >= 1


def test_the_best_chains_out_are_told_hop_by_hop_to_a_source_outside(world, findings):
    corpus, truth = world
    scholars = about(findings, truth["academic"][0])
    kind = dict(corpus.citations.select(CITATIONS.row_key(), "target_kind").iter_rows())
    cited = dict(corpus.citations.select(CITATIONS.row_key(), "target").iter_rows())
    for number in (1, 2, 3):
        rows = {e.role: e.key for e in scholars.evidence if e.role.startswith(f"exit {number} ")}
        hops = [rows[f"exit {number} hop {n}"] for n in range(1, len(rows) + 1)]
        assert [cited[key] for key in hops[:-1]] == [key.rsplit("|", 1)[0] for key in hops[1:]]
        assert [kind[key] for key in hops[:-1]] == ["post"] * (len(hops) - 1)
        assert kind[hops[-1]] == "outlet"


def test_one_stray_citation_of_an_outsider_changes_nothing(world, findings):
    corpus, truth = world
    ring = set(truth["ring"][0])
    shown = corpus.posts.sort("created_at").with_columns(
        is_member=pl.col("account_id").is_in(list(ring))
    )
    citing = shown.filter("is_member")["post_id"][-1]
    outside = shown.filter(~pl.col("is_member"), pl.col("media_hashes").list.len() > 0)
    stray = corpus.citations.filter(post_id=citing).with_columns(
        citation_no=pl.lit(99), target_kind=pl.lit("post"), target=pl.lit(outside["post_id"][0])
    )
    rows = pl.concat([corpus.citations, stray.cast(dict(corpus.citations.schema))])
    found = about(detect(replace(corpus, citations=rows), FAST), ring)
    before = about(findings, ring)
    assert (found.outcome, found.grade) == (before.outcome, before.grade) == ("loop", "moderate")
    assert found.subjects == before.subjects


def test_an_outsider_who_passes_one_story_on_and_is_cited_for_it_is_no_member(world, findings):
    corpus, truth = world
    ring = truth["ring"][0]
    at = corpus.posts.select("post_id", "account_id", "created_at")
    inner = (
        corpus.citations.filter(target_kind="post")
        .join(at, on="post_id")
        .join(at, left_on="target", right_on="post_id", suffix="_cited")
        .filter(pl.col("account_id").is_in(ring), pl.col("account_id_cited").is_in(ring))
        .sort(pl.col("created_at_cited") - pl.col("created_at"), "post_id")
        .row(0, named=True)
    )
    between = at.filter(
        ~pl.col("account_id").is_in(ring),
        pl.col("created_at") > inner["created_at_cited"],
        pl.col("created_at") < inner["created_at"],
    )
    outsider = between.sort("created_at").row(0, named=True)
    like = corpus.citations.filter(post_id=inner["post_id"]).head(1)
    passed_on = like.with_columns(post_id=pl.lit(outsider["post_id"]), citation_no=pl.lit(98))
    cited_for_it = like.with_columns(target=pl.lit(outsider["post_id"]), citation_no=pl.lit(99))
    rows = [corpus.citations, *(r.cast(dict(like.schema)) for r in (passed_on, cited_for_it))]
    found = about(detect(replace(corpus, citations=pl.concat(rows)), FAST), ring)
    assert found.outcome == "loop"
    assert found.subjects == about(findings, ring).subjects


def test_a_group_whose_sources_no_rule_reads_is_not_accused(world):
    corpus, truth = world
    ring = corpus.posts.filter(pl.col("account_id").is_in(truth["ring"][0])).select("post_id")
    nothing = corpus.citations.join(ring, on="post_id", how="semi").with_columns(
        target_kind=pl.col("target_kind").replace("vague", "none")
    )
    rest = corpus.citations.join(ring, on="post_id", how="anti")
    unread = replace(corpus, citations=pl.concat([rest, nothing]))
    assert about(detect(unread, FAST), truth["ring"][0]).outcome == "insufficient"


def test_outsiders_who_only_cite_into_the_group_are_no_members(world, findings):
    corpus, truth = world
    author = dict(corpus.posts.select("post_id", "account_id").iter_rows())
    members = set(truth["ring"][0])
    rows = corpus.citations.filter(pl.col("target_kind") == "post").select("post_id", "target")
    into = {author[p] for p, q in rows.iter_rows() if author[q] in members} - members
    cited = {author[q] for p, q in rows.iter_rows() if author[p] in members}
    assert not into & set(findings[0].subjects.accounts)
    assert findings[0].measures["amplifiers_count"] == len(into - cited) > 0


def test_a_declared_family_that_quotes_itself_is_a_single_origin(world):
    corpus, truth = world
    found = about(detect(owned(corpus, truth["ring"][0]), FAST), truth["ring"][0])
    assert (found.outcome, found.grade) == ("single-origin", None)
    assert found.measures["loops_count"] == 0 < found.measures["loops_of_accounts_count"]


def test_unknown_collection_keeps_a_finding_weak_and_is_said(world):
    corpus, truth = world
    unknown = corpus.sources.with_columns(collection=pl.lit("unknown"))
    found = about(detect(replace(corpus, sources=unknown), FAST), truth["ring"][0])
    assert (found.outcome, found.grade) == ("loop", Grade.WEAK)
    assert found.caveats[-1].outcome is CaveatOutcome.WEAKENS


def test_a_ring_that_names_an_outlet_in_most_stories_is_not_accused(world):
    corpus, truth = world
    ring = corpus.posts.filter(pl.col("account_id").is_in(truth["ring"][0])).select("post_id")
    roots = corpus.citations.join(ring, on="post_id", how="semi").filter(
        pl.col("target_kind").is_in(["vague", "none"])
    )
    named = corpus.citations.join(roots, on=["post_id", "citation_no"], how="semi").with_columns(
        target_kind=pl.lit("outlet"), target=pl.lit("The Echo")
    )
    rest = corpus.citations.join(roots, on=["post_id", "citation_no"], how="anti")
    told = replace(corpus, citations=pl.concat([rest, named]))
    assert about(detect(told, FAST), truth["ring"][0]).outcome == "tight-but-sourced"


def test_a_case_of_a_few_accounts_has_its_loop_told_but_not_one_that_holds_nothing_else():
    plan = Plan(accounts=60, posts_each=6, groups={"ring": 1}, stories=(14, 18))
    corpus, truth = make_world(3, plan)
    assert about(detect(corpus, FAST), truth["ring"][0]).outcome in {"loop", "single-origin"}
    only = corpus.posts.filter(pl.col("account_id").is_in(truth["ring"][0]))
    assert list(detect(replace(corpus, posts=only), FAST)) == []


def told(findings, rename=lambda name: name):
    """Findings as values, without what names the accounts' order of ids."""

    def row(each):
        return (each.table, rename(each.key) if each.table == "accounts" else each.key, each.role)

    return [
        {**asdict(f), "subjects": sorted(rename(a) for a in f.subjects.accounts), "window": None,
         "evidence": sorted(row(each) for each in f.evidence)}
        for f in findings
    ]  # fmt: skip


@settings(deadline=None, max_examples=3)
@given(st.integers(0, 2**16))
def test_the_order_of_the_rows_changes_nothing(world, findings, seed):
    corpus, _ = world
    frames = {n: getattr(corpus, n).sample(fraction=1, shuffle=True, seed=seed)
              for n in ("accounts", "posts", "citations")}  # fmt: skip
    assert list(detect(replace(corpus, **frames), FAST)) == findings


@settings(deadline=None, max_examples=2)
@given(st.integers(0, 2**16))
def test_the_names_of_accounts_change_nothing(world, findings, seed):
    corpus, _ = world
    ids = corpus.accounts["account_id"]
    new = dict(zip(ids, ids.sample(fraction=1, shuffle=True, seed=seed), strict=True))
    renamed = {
        n: getattr(corpus, n).with_columns(pl.col("account_id").replace(new))
        for n in ("accounts", "posts")
    }
    found = list(detect(replace(corpus, **renamed), FAST))
    assert told(found) == told(findings, new.__getitem__)


def test_the_date_changes_nothing_but_the_window(world, findings):
    corpus, _ = world
    later = pl.col("created_at") + timedelta(days=1234, seconds=5)
    found = list(detect(replace(corpus, posts=corpus.posts.with_columns(later)), FAST))
    assert told(found) == told(findings)
    assert found[0].window[0] - findings[0].window[0] == timedelta(days=1234, seconds=5)


def test_nothing_is_accused_after_swapping_who_is_cited(world):
    corpus, _ = world
    graph = citation_graph(corpus)
    rows = account_rows(graph, seed=1).with_columns(half=pl.lit(0, pl.Int8))
    [moved] = swapped(rows, graph.posts, copies=1, seed=1)
    assert moved.filter(pl.col("cited_no") >= pl.col("citing_no")).is_empty()
    assert moved.filter(pl.col("ka") == pl.col("kb")).is_empty()
    assert sorted(moved["cited_no"]) == sorted(rows["cited_no"])
    assert moved["cited_no"].to_list() != rows["cited_no"].to_list()
    names = graph.posts.select("post_no", moved_to="post_id")
    targets = moved.join(names, left_on="cited_no", right_on="post_no")
    swapped_rows = corpus.citations.join(
        targets.select("post_id", "citation_no", "moved_to"),
        on=["post_id", "citation_no"],
        how="left",
    ).with_columns(target=pl.coalesce("moved_to", "target"))
    other = replace(corpus, citations=CITATIONS.conform(swapped_rows))
    assert [f for f in detect(other, FAST) if f.grade is not None] == []


def test_a_proposed_group_is_tested_on_the_half_that_did_not_propose_it(world):
    corpus, truth = world
    graph = citation_graph(corpus)
    rows = account_rows(graph, seed=1)
    members = proposed_groups(rows, graph.posts, largest=60, reach=Reach(), seed=1)
    half = rows.filter(half=0)
    ring = set(graph.posts.filter(pl.col("account_id").is_in(truth["ring"][0]))["account_no"])
    without = rows.filter((pl.col("half") == 1) | ~pl.col("a").is_in(list(ring)))
    fewer = proposed_groups(without, graph.posts, largest=60, reach=Reach(), seed=1)

    def proposers(groups):
        """The halves that propose the ring: those in which it is not tested."""
        of_ring = groups.group_by("group_no", "half").agg("account_no")
        return {1 - h for _, h, accounts in of_ring.iter_rows() if set(accounts) == ring}

    assert half.height
    assert proposers(members) == {0, 1}
    assert proposers(fewer) == {1}


def test_sets_that_both_halves_propose_are_one_group_of_those_in_both():
    proposed = [(0, 0, a) for a in (1, 2, 3)] + [(1, 1, a) for a in (2, 3, 4)]
    proposed += [(2, 0, a) for a in (7, 8)] + [(3, 1, a) for a in (8, 9, 10)]
    frame = pl.DataFrame(proposed, ["group_no", "half", "account_no"], orient="row")
    paired = paired_groups(frame)
    assert sorted(paired.filter(group_no=0).select("half", "account_no").rows()) == [
        (0, 1), (0, 2), (0, 3), (1, 2), (1, 3), (1, 4),
    ]  # fmt: skip
    assert told_members(paired).rows() == [
        (0, 2), (0, 3), (2, 7), (2, 8), (3, 8), (3, 9), (3, 10),
    ]  # fmt: skip


def test_who_is_in_the_group_by_one_story_only_is_no_member():
    cites = [(0, 1, 2), (0, 2, 1), (1, 1, 2), (1, 2, 3), (1, 3, 1), (2, 4, 1), (3, 1, 4)]
    rows = pl.DataFrame(cites, ["story_no", "a", "b"], orient="row").with_columns(
        citing_no=pl.int_range(pl.len()), citation_no=pl.lit(0)
    )
    members = pl.DataFrame({"group_no": [0] * 4, "account_no": [1, 2, 3, 4]})
    assert in_two_stories(members, rows).rows() == [(0, 1), (0, 2), (0, 4)]


def test_the_nine_accounts_of_the_shipped_world_are_a_loop_and_its_innocents_are_not(world_case):
    truth = json.loads((dataset("invented_world").folder / "data" / "truth.json").read_bytes())
    groups = [*truth["planted"], *truth["innocent"]]
    members = {g["name"]: set(g["accounts"]) for g in groups}
    told = [r for run in runs(world_case) if run.detector == "citation-loop" for r in run.findings]
    said = [(r["outcome"], r["grade"], set(r["subjects"]["accounts"])) for r in told]
    [loop, *rest] = said
    assert loop == ("loop", "moderate", members["matrix"])
    assert [row[:2] for row in rest] == [("tight-but-sourced", None)] * 2
    branches, scholars = sorted((row[2] for row in rest), key=len, reverse=True)
    assert branches == members["broadcaster"]
    assert len(branches) == 13
    assert scholars == members["academics"]
    assert len(scholars) == 12


def test_a_chance_too_small_to_be_written_is_not_told_to_be_none():
    tails = poisson_tails(np.array([400, 3, 0]), np.array([1e-9, 0.0, 0.0]))
    for tail in tails.values():
        assert tail.to_list() == [2.2250738585072014e-308, 2.2250738585072014e-308, 1.0]


def test_the_excess_is_what_a_hand_count_gives():
    rows = pl.DataFrame(
        {
            "story_no": [0, 0, 1, *range(2, 62)],
            "a": [1, 1, 2, *[3] * 60],
            "b": [2, 2, 1, *[1] * 6, *[4] * 54],
            "half": pl.Series([0] * 63, dtype=pl.Int8),
            "community": [0] * 63,
            "stratum": [0] * 63,
        }
    )
    members = pl.DataFrame(
        {"group_no": [0, 0], "account_no": [1, 2], "half": pl.Series([0, 0], dtype=pl.Int8)}
    )
    found = internal_excess(rows, members).row(0, named=True)
    # 62 rows once a story, two by members; of sixty by others six go to the group; the chance is
    # drawn three times, from 0.5 of 62 at first. All six go to account 1, which makes half of the
    # members' citations and cannot cite itself
    chance = 0.5 / 62
    for _ in range(3):
        chance = (6 + 50 * chance) / 110
    itself = 0.5 * (6.5 / 7) + 0.5 * (0.5 / 7)
    assert (found["internal_count"], found["member_count"]) == (2, 2)
    assert found["expected"] == pytest.approx(2 * chance * (1 - itself))
