# SPDX-License-Identifier: GPL-3.0-or-later
"""Ties between finished findings: who pushes is run together, and what was pushed was a story."""

from __future__ import annotations

import json
import re
import shutil
from datetime import UTC, datetime, timedelta

import polars as pl
import pytest

from graphkit.bundle.bag import seal_bag
from graphkit.bundle.contents import Scope
from graphkit.case import (
    create_case,
    finding,
    findings,
    load_corpus,
    open_case,
    save_run,
    save_trace,
)
from graphkit.cli import main
from graphkit.findings import (
    Caveat,
    CaveatOutcome,
    EvidenceRow,
    Finding,
    Grade,
    NullModel,
    Subjects,
)
from graphkit.investigation.ingesting import ingest
from graphkit.investigation.sealing import seal, verify
from graphkit.investigation.ties import case_ties, ties_of
from graphkit.investigation.tracing import trace_story
from graphkit.investigation.tree import trace_lines
from graphkit.tables import TABLES

START = datetime(2026, 3, 2, 8, tzinfo=UTC)
MEMBERS = [f"p:{i:02}" for i in range(10)]
CROWD = [f"p:{i:02}" for i in range(10, 60)]


def at(minutes):
    return START + timedelta(minutes=minutes)


def searches():
    """Ten members search for the topic in one minute; everybody searches something, twice."""
    rows = [(name, "bridge cracks", 60) for name in MEMBERS]
    rows += [
        (name, f"topic {i % 7}", i * 7 + turn) for turn in (0, 3) for i, name in enumerate(CROWD)
    ]
    return pl.DataFrame(
        [
            {"action_id": f"a{n:03}", "account_id": who, "object_id": what, "act": "search",
             "acted_at": at(minute), "time_precision": "second", "platform": "p"}
            for n, (who, what, minute) in enumerate(rows)
        ]
    )  # fmt: skip


def posts():
    """Six posts of the story under the topic, half an hour after the push; 30 on other things."""
    own = {"platform": "p", "time_precision": "second", "kind": "original", "is_seen": True}
    story = [
        {**own, "post_id": f"p:s{i}", "account_id": CROWD[i], "created_at": at(90 + i),
         "text": "The bridge will fall tonight", "hashtags": '["bridge cracks"]'}
        for i in range(6)
    ]  # fmt: skip
    rest = [
        {**own, "post_id": f"p:o{i}", "account_id": CROWD[i], "created_at": at(i),
         "text": f"Lunch number {i}", "hashtags": '["lunch"]'}
        for i in range(30)
    ]  # fmt: skip
    return pl.DataFrame(story + rest)


def rankings():
    """The topic comes in at rank 2 in the snapshot after the push."""
    rows = [
        (hour, topic, rank) for hour in range(4) for rank, topic in enumerate(("one", "two"), 3)
    ]
    rows += [(2, "bridge cracks", 2), (3, "bridge cracks", 1)]
    return pl.DataFrame(
        [{"list_id": "hot", "snapshot_at": at(30 * h), "topic": t, "rank": r} for h, t, r in rows]
    )


def labels():
    """One on a post of the story, one taken back, one on another post."""
    rows = [("p:s2", "false", None), ("p:s3", "satire", at(200)), ("p:o1", "false", None)]
    return pl.DataFrame(
        [
            {"subject_kind": "post", "subject_id": post, "label": label, "labelled_by": "a desk",
             "labelled_at": at(100), "retracted_at": until, "platform": "p"}
            for post, label, until in rows
        ]
    )  # fmt: skip


def said(kind, accounts, evidence, *, topics=(), grade=Grade.STRONG):
    return Finding(
        kind=kind,
        outcome="told",
        grade=grade,
        score=0.5,
        summary="Rows.",
        subjects=Subjects(accounts=tuple(accounts), topics=topics),
        evidence=tuple(EvidenceRow("actions", key, "core") for key in evidence),
        caveats=(Caveat("A club", "none", CaveatOutcome.UNTESTED, "ask"),),
        null_model=NullModel(reason="made by hand"),
    )


PUSH = said(
    "ranking-manipulation", MEMBERS, [f"a{i:03}" for i in range(10)], topics=("bridge cracks",)
)
MATRIX = said("account-matrix", [*MEMBERS[:8], CROWD[0]], [f"a{i:03}" for i in range(4, 11)])
OTHERS = said("citation-loop", CROWD[:9], [f"a{i:03}" for i in range(10, 19)])
ORDINARY = said("coordinated-sharing", MEMBERS, ["a000"], grade=None)


def pushed_case(root):
    """A case with a push, a matrix that pushes, a group that does not, and no trace."""
    made = create_case(root / "case")
    tables = {"actions": searches(), "posts": posts(), "rankings": rankings(), "labels": labels()}
    for name, frame in tables.items():
        frame.write_parquet(root / f"{name}.parquet")
        ingest(made, [root / f"{name}.parquet"], importer_name="canonical", collection="stream")
    corpus = load_corpus(made)
    for each in (PUSH, MATRIX, OTHERS, ORDINARY):
        recipe = {"detector": each.kind, "version": "1", "params": {}, "not_tested": []}
        recipe |= {"imports": "", "versions": {}}
        save_run(made, recipe, findings=[each], corpus=corpus)
    return made


@pytest.fixture(scope="module")
def case(tmp_path_factory):
    made = pushed_case(tmp_path_factory.mktemp("ties"))
    story = [f"p:s{i}" for i in range(6)]
    for what in ("p:s0", "p:s1"):  # two questions, one claim
        claim = {"claim_id": "claim:p:s0", "posts": story}
        save_trace(made, {"query": {"what": what, "as": "post"}, "claim": claim})
    return made


def tie_of(case, kind):
    [tie] = [each for each in case_ties(case) if each.kind == kind]
    return tie


def test_a_matrix_that_pushes_is_tied_by_the_rows_of_the_accounts_in_common(case):
    tie = tie_of(case, "shared-members")
    assert (tie.finding_id, tie.other_id) == (PUSH.finding_id, MATRIX.finding_id)
    assert (tie.shared, tie.sizes, tie.tests_made) == (8, (10, 9), 2)
    assert tie.expected == pytest.approx(1.5)
    assert tie.p_value == pytest.approx(2260 / 14_783_142_660)  # of all draws of 9 from 60
    assert [row["key"] for row in tie.rows] == [f"a{i:03}" for i in range(8)]
    assert [row["key"] for row in tie.other_rows] == [f"a{i:03}" for i in range(4, 8)]


def test_a_tie_says_when_both_findings_are_made_of_the_same_rows(case):
    same = tie_of(case, "shared-members").caveats[1]
    assert (same.outcome.value, same.detail) == ("weakens", "4 of 4")


def test_a_story_is_tied_to_the_push_of_its_topic_with_the_ranks_before_and_after(case):
    tie = tie_of(case, "pushed-story")
    assert (tie.other_id, tie.topic) == ("claim:p:s0", "bridge cracks")
    assert (tie.shared, tie.sizes, tie.expected) == (6, (6, 6), 1.0)
    assert tie.p_value == pytest.approx(1 / 1947792)  # one draw of 6 from 36
    assert (tie.course["rank_before"], tie.course["before_at"]) == (
        None,
        "2026-03-02T08:30:00+00:00",
    )
    assert (tie.course["list_id"], tie.course["rank_after"], tie.course["best_rank"]) == (
        "hot",
        2,
        1,
    )
    assert tie.course["best_at"] == "2026-03-02T09:30:00+00:00"
    assert [row["key"] for row in tie.rows if row["table"] == "rankings"] == [
        "hot|2026-03-02T09:00:00.000000Z|bridge cracks",
        "hot|2026-03-02T09:30:00.000000Z|bridge cracks",
    ]
    assert tie.course["labels"] == ["false (a desk)"]
    assert [row["key"] for row in tie.other_rows if row["table"] == "posts"] == [
        f"p:s{i}" for i in range(6)
    ]
    assert [row["table"] for row in tie.other_rows].count("labels") == 1


def test_a_story_told_after_the_push_and_by_others_says_both(case):
    earlier, members = tie_of(case, "pushed-story").caveats
    assert (earlier.outcome.value, earlier.detail) == (
        "stands",
        "0 of 6 posts of the story were earlier",
    )
    assert members.outcome.value == "weakens"


def test_every_row_of_a_tie_stands_in_a_table(case):
    corpus = load_corpus(case)
    for tie in case_ties(case):
        for row in (*tie.rows, *tie.other_rows):
            keys = corpus.table(row["table"]).select(TABLES[row["table"]].row_key())["key"]
            assert row["key"] in keys.to_list()


def test_ties_are_found_from_either_side_and_no_finding_is_changed(case):
    before = [dict(each) for each in findings(case)]
    ties = case_ties(case)
    assert ties_of(ties, MATRIX.finding_id) == [tie_of(case, "shared-members")]
    assert len(ties_of(ties, PUSH.finding_id)) == 2
    assert ties_of(ties, ORDINARY.finding_id) == ties_of(ties, OTHERS.finding_id) == []
    assert findings(case) == before
    assert "ties" not in finding(case, PUSH.finding_id)


def test_show_says_what_a_finding_is_tied_to(case, capsys):
    assert main(["show", str(case.root), PUSH.finding_id]) == 0
    shown = capsys.readouterr().out
    assert f"tied to {MATRIX.finding_id}" in shown
    assert "tied to claim:p:s0, told under bridge cracks" in shown
    assert main(["show", str(case.root), ORDINARY.finding_id]) == 0
    assert "tied to" not in capsys.readouterr().out


def test_the_push_of_the_invented_world_is_tied_to_the_false_story_that_it_carried(
    world_case, tmp_path
):
    shutil.copytree(world_case.root, tmp_path / "case")
    case = open_case(tmp_path / "case")
    trace_story(case, "weiju:5274122771253302")
    [push] = [f for f in findings(case) if f["outcome"] == "rented-or-automated"]
    ties = [t for t in ties_of(case_ties(case), push["finding_id"]) if t.kind == "pushed-story"]
    told = {t.topic: (t.shared, t.course["rank_before"], t.course["rank_after"]) for t in ties}
    assert told == {"苇港大桥主塔裂缝": (14, None, 2), "苇港大桥连夜封桥": (11, None, 1)}
    assert {t.other_id for t in ties} == {"claim:weiju:5274122771253302"}
    assert max(t.q_value for t in ties) < 1e-12


@pytest.fixture(scope="module")
def sealed(tmp_path_factory):
    root = tmp_path_factory.mktemp("sealed")
    case = pushed_case(root)
    for what in ("p:s0", "p:s1"):
        trace_story(case, what)
    return case, seal(case, root / "bundle", scope=Scope(unreviewed=True))


def bundled(bundle):
    lines = (bundle.path / "data" / "ties.jsonl").read_bytes().splitlines()
    return {tie["kind"]: tie for tie in map(json.loads, lines)}


def test_a_bundle_holds_the_ties_with_its_own_ids_keys_and_pseudonyms(sealed):
    case, bundle = sealed
    ties = bundled(bundle)
    lines = (bundle.path / "data" / "findings.jsonl").read_bytes().splitlines()
    ids = {each["case_finding_id"]: each["bundle_finding_id"] for each in map(json.loads, lines)}
    shared, story = ties["shared-members"], ties["pushed-story"]
    assert shared["bundle_finding_id"] == story["bundle_finding_id"] == ids[PUSH.finding_id]
    assert (shared["bundle_other_id"], story["bundle_other_id"]) == (ids[MATRIX.finding_id], None)
    assert (shared["shared"], shared["sizes"], story["topic"]) == (8, [10, 9], "bridge cracks")
    assert (len(shared["rows"]), len(shared["other_rows"])) == (8, 4)
    assert story["claim_id"].startswith("claim:")
    assert "p:s0" not in json.dumps(ties)
    assert verify(bundle.path, allow_unsigned=True).problems == ()
    again = seal(case, bundle.path.parent / "again", scope=Scope(unreviewed=True))
    assert again.tag_manifest_sha256 == bundle.tag_manifest_sha256


def test_every_row_of_a_bundled_tie_is_in_the_bundle(sealed):
    for tie in bundled(sealed[1]).values():
        for row in (*tie["rows"], *tie["other_rows"]):
            held = pl.read_parquet(sealed[1].path / "data" / "rows" / f"{row['table']}.parquet")
            assert row["key"] in held.select(TABLES[row["table"]].row_key())["key"].to_list()


def test_the_report_links_a_tie_from_both_of_its_ends(sealed):
    page = (sealed[1].path / "data" / "report.html").read_text("utf-8")
    places = re.split(r'(?=id="(?:finding|trace)-\d+")', page)
    links = {
        place.split('"')[1]: set(re.findall(r'href="#((?:finding|trace)-\d+)"', place))
        for place in places[1:]
    }
    tied = {name: ends for name, ends in links.items() if ends}
    pushes = [name for name in tied if "trace-1" in tied[name]]
    [push] = pushes
    assert tied["trace-1"] == tied["trace-2"] == {push}
    [matrix] = [name for name in tied[push] if name != "trace-1"]
    assert push in tied[matrix]
    assert "not listed at 2026-03-02 08:30:00, rank 2 at 2026-03-02 09:00:00" in page
    assert "changes no grade" in page


def test_a_bundle_of_one_finding_holds_no_tie_to_a_finding_that_is_left_out(sealed, tmp_path):
    case = sealed[0]
    alone = seal(case, tmp_path / "push", scope=Scope([PUSH.finding_id], unreviewed=True))
    assert list(bundled(alone)) == ["pushed-story"]
    other = seal(case, tmp_path / "loop", scope=Scope([OTHERS.finding_id], unreviewed=True))
    assert bundled(other) == {}
    assert verify(other.path, allow_unsigned=True).ok


def test_a_tie_that_was_made_up_is_seen_though_every_hash_fits(sealed, tmp_path):
    forged = tmp_path / "forged"
    shutil.copytree(sealed[1].path, forged)
    ties = bundled(sealed[1])
    ties["shared-members"]["bundle_other_id"] = "0" * 16
    ties["pushed-story"]["rows"][0]["key"] = "nobody"
    lines = [json.dumps(each) for each in ties.values()]
    (forged / "data" / "ties.jsonl").write_text("\n".join(lines), "utf-8")
    seal_bag(forged, {"Bagging-Date": "2026-03-02"})
    problems = verify(forged, allow_unsigned=True).problems
    assert f"data/ties.jsonl: a tie to finding {'0' * 16}, which is not in the bundle" in problems
    assert "data/rows/actions.parquet: lacks 1 rows of ties" in problems


def test_a_trace_and_its_bundle_tell_the_labels_on_the_story_by_whom_and_since_when(sealed):
    case, bundle = sealed
    trace = trace_story(case, "p:s0")
    assert [(each["label"], each["after_count"]) for each in trace["labels"]] == [
        ("false", 0),
        ("satire", 0),
    ]
    lines = [line for line in trace_lines(trace) if line.startswith("label: ")]
    assert lines == [
        "label: 'false' by a desk on post p:s2; since 2026-03-02T09:40:00Z; 0 of 6 posts after it",
        "label: 'satire' by a desk on post p:s3; since 2026-03-02T09:40:00Z; "
        "taken back 2026-03-02T11:20:00Z; 0 of 6 posts after it",
    ]
    page = (bundle.path / "data" / "report.html").read_text("utf-8")
    assert page.count("Labels that others gave</h3>") == 2  # one for each of the two traces
    assert "raises no grade, and may be wrong" in page
