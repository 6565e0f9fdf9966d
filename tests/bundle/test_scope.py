# SPDX-License-Identifier: GPL-3.0-or-later
"""What goes into a bundle, as the person sees it who types the command, and who opens it."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta

import polars as pl
import pytest

from graphkit.bundle.coarse import coarse_times
from graphkit.bundle.excerpts import CUT, cut_texts, excerpts
from graphkit.bundle.names import withheld_names
from graphkit.bundle.verify import verify_bundle
from graphkit.case import (
    add_in_full,
    add_judgement,
    decisions,
    findings,
    in_full_decisions,
    load_corpus,
    named_accounts,
)
from graphkit.cli import main
from graphkit.findings import Verdict

PUSH = "coordinated-sharing"
T0 = datetime(2025, 3, 1, 8, tzinfo=UTC)


@pytest.fixture(autouse=True)
def no_key(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))


@pytest.fixture
def sharing(case):
    """The id of the finding that has a grade; Ada confirmed it."""
    return next(each["finding_id"] for each in findings(case) if each["kind"] == PUSH)


def judge(case, finding_id, verdict, by="Ada"):
    add_judgement(case, finding_id, verdict=verdict, note="looked again", by=by)


def built(case, out, *options):
    assert main(["bundle", str(case.root), "-o", str(out), *options]) == 0
    return out


def lines(bundle, name):
    return [json.loads(line) for line in (bundle / "data" / name).read_bytes().splitlines()]


def kinds(bundle):
    return sorted(each["kind"] for each in lines(bundle, "findings.jsonl"))


def rows(bundle, name):
    return pl.read_parquet(bundle / "data" / "rows" / f"{name}.parquet")


def test_a_graded_finding_that_nobody_reviewed_stays_out_and_the_command_says_so(
    case, sharing, tmp_path, capsys
):
    judge(case, sharing, Verdict.WITHDRAWN)
    bundle = built(case, tmp_path / "out")
    assert kinds(bundle) == ["citation-loop", "ranking-placement"]
    said = capsys.readouterr().err
    assert "1 finding that nobody reviewed left out: graphkit review" in said
    assert "or --unreviewed" in said
    runs = json.loads((bundle / "data/runs.json").read_bytes())
    [run] = [each for each in runs if each["bundled_count"] < each["findings_count"]]
    assert run["left_out"] == {"unreviewed": 1, "rejected": 0}


def test_with_unreviewed_it_goes_in_and_is_marked_in_record_run_and_bag_info(
    case, sharing, tmp_path, capsys
):
    judge(case, sharing, Verdict.WITHDRAWN)
    bundle = built(case, tmp_path / "out", "--unreviewed")
    [record] = [each for each in lines(bundle, "findings.jsonl") if each["kind"] == PUSH]
    assert (record["reviewed"], record["contested"]) == (False, False)
    assert "Unreviewed-Findings: 1" in (bundle / "bag-info.txt").read_text()
    told = {r["detector"]: r for r in json.loads((bundle / "data/runs.json").read_bytes())}
    assert told[PUSH]["unreviewed_count"] == 1
    assert "1 finding in it nobody reviewed: marked so" in capsys.readouterr().err


def test_a_reviewed_finding_goes_in_unmarked(case, tmp_path):
    bundle = built(case, tmp_path / "out")
    assert [each["reviewed"] for each in lines(bundle, "findings.jsonl")] == [True, False, False]
    assert "Unreviewed-Findings: 0" in (bundle / "bag-info.txt").read_text()


def test_an_unreviewed_finding_asked_for_by_its_id_is_refused_with_the_next_step(
    case, sharing, tmp_path, capsys
):
    judge(case, sharing, Verdict.WITHDRAWN)
    command = ["bundle", str(case.root), "-o", str(tmp_path / "out"), "--finding", sharing[:6]]
    assert main(command) == 2
    said = capsys.readouterr().err
    assert f"finding {sharing}: nobody reviewed it; run graphkit review" in said
    assert not (tmp_path / "out").exists()
    assert kinds(built(case, tmp_path / "in", "--finding", sharing[:6], "--unreviewed")) == [PUSH]


def test_a_rejected_finding_goes_in_only_when_it_is_named(case, sharing, tmp_path, capsys):
    judge(case, sharing, Verdict.REJECTED)
    bundle = built(case, tmp_path / "out", "--unreviewed")
    assert PUSH not in kinds(bundle)
    assert "1 finding rejected, left out: --finding ID" in capsys.readouterr().err
    assert kinds(built(case, tmp_path / "named", "--finding", sharing)) == [PUSH]


def test_what_accuses_nobody_goes_in_though_somebody_rejected_it(case, tmp_path):
    for each in findings(case):
        if each["grade"] is None:
            judge(case, each["finding_id"], Verdict.REJECTED)
    assert len(kinds(built(case, tmp_path / "out"))) == 3


def test_two_people_who_judge_differently_leave_a_finding_unreviewed_with_both_judgements(
    case, sharing, tmp_path, capsys
):
    command = ["review", str(case.root), sharing, "rejected", "--note", "no", "--by", "Ben"]
    assert main(command) == 0
    assert "two people judged it differently" in capsys.readouterr().err
    assert PUSH not in kinds(built(case, tmp_path / "out"))
    bundle = built(case, tmp_path / "marked", "--unreviewed")
    [record] = [each for each in lines(bundle, "findings.jsonl") if each["kind"] == PUSH]
    assert (record["reviewed"], record["contested"]) == (False, True)
    assert [j["verdict"] for j in lines(bundle, "judgements.jsonl")] == ["confirmed", "rejected"]
    judge(case, sharing, Verdict.CONFIRMED, by="ben ")
    assert PUSH in kinds(built(case, tmp_path / "agreed"))


def test_nothing_left_is_an_error_that_says_what_stays_out(case, sharing, tmp_path, capsys):
    judge(case, sharing, Verdict.WITHDRAWN)
    for run in (case.root / "runs").iterdir():
        held = [json.loads(line) for line in (run / "findings.jsonl").read_bytes().splitlines()]
        if all(each["grade"] is None for each in held):
            (run / "findings.jsonl").write_bytes(b"")
    for trace in (case.root / "traces").iterdir():
        trace.unlink()
    assert main(["bundle", str(case.root), "-o", str(tmp_path / "out")]) == 2
    said = capsys.readouterr().err
    assert "nothing to bundle: of the findings 1 that nobody reviewed stay out" in said


def test_times_of_withheld_accounts_are_hours_and_those_of_named_ones_are_whole(case, tmp_path):
    posts = rows(built(case, tmp_path / "out"), "posts")
    named = posts.filter(pl.col("account_id").str.starts_with("weiju:"))
    hidden = posts.filter(pl.col("account_id").str.starts_with("acct-"))
    assert named.select("created_at", "time_precision").rows() == [
        (T0 + timedelta(seconds=90), "second")
    ]
    assert set(hidden["created_at"]) == {T0}
    assert set(hidden["time_precision"]) == {"hour"}
    assert set(rows(tmp_path / "out", "actions")["acted_at"]) == {T0}


def test_no_exact_time_of_a_withheld_row_is_anywhere_in_the_bundle(case, tmp_path):
    bundle = built(case, tmp_path / "out")
    exact = re.compile(r"2025-03-01[T ]\d\d:(?!00)\d\d|2025-03-01[T ]\d\d:00:(?!00)\d\d")
    named = {"2025-03-01T08:01", "2025-03-01T16:01"}  # the named account's post, here and in UTC
    for path in (bundle / "data").rglob("*"):
        if path.is_file():
            parquet = path.suffix == ".parquet"
            text = pl.read_parquet(path).write_ndjson() if parquet else path.read_text("utf-8")
            assert {found.replace(" ", "T")[:16] for found in exact.findall(text)} <= named, path


def test_in_a_trace_a_lag_is_told_in_hours_and_nodes_stand_in_the_order_of_their_pseudonyms(
    case, tmp_path
):
    [path] = (built(case, tmp_path / "out") / "data" / "traces").glob("*.json")
    trace = json.loads(path.read_bytes())
    assert [node["at"] for node in trace["nodes"]] == ["2025-03-01T08:00:00+00:00"] * 2
    assert trace["nodes"] == sorted(trace["nodes"], key=lambda n: n["node_id"])


def test_in_full_keeps_texts_and_times_is_decided_once_and_told_in_front(case, tmp_path, capsys):
    options = ("--in-full", "the court asked", "--by", "Ada Lin")
    bundle = built(case, tmp_path / "out", *options)
    again = built(case, tmp_path / "again", *options)
    assert (bundle / "tagmanifest-sha256.txt").read_bytes() == (
        again / "tagmanifest-sha256.txt"
    ).read_bytes()
    posts = rows(bundle, "posts").filter(pl.col("text").str.contains("council of the town"))
    assert posts["created_at"].to_list() == [T0]
    assert T0 + timedelta(seconds=60) in set(rows(bundle, "posts")["created_at"])
    assert (
        "Texts-And-Times: in full; Ada Lin: the court asked"
        in (bundle / "bag-info.txt").read_text()
    )
    [decided] = [d for d in lines(bundle, "decisions.jsonl") if "decision" in d]
    assert (decided["decision"], decided["by"]) == ("in-full", "Ada Lin")
    assert len(in_full_decisions(case)) == 1
    assert [each["event"] for each in lines(bundle, "../audit.jsonl")].count("in-full") == 1
    assert verify_bundle(bundle, allow_unsigned=True).problems == ()


def test_in_full_needs_a_reason_and_a_name_and_nothing_is_decided_without(case, tmp_path, capsys):
    command = ["bundle", str(case.root), "-o", str(tmp_path / "out")]
    for wrong in (["--in-full", "because"], ["--by", "Ada"], ["--in-full", " ", "--by", "Ada"]):
        assert main([*command, *wrong]) == 2
        assert "--by" in capsys.readouterr().err
    assert in_full_decisions(case) == []


def test_a_decision_for_texts_in_full_names_nobody(case):
    before = named_accounts(case), decisions(case)
    add_in_full(case, reason="the court asked", by="Ada")
    assert (named_accounts(case), decisions(case)) == before


def test_attached_files_are_listed_by_hash_and_stay_in_the_case(case, tmp_path):
    shot = tmp_path / "mossy_finch.png"
    shot.write_bytes(b"not a picture")
    assert main(["attach", str(case.root), str(shot), "--by", "Ada"]) == 0
    bundle = built(case, tmp_path / "out")
    [held] = lines(bundle, "attachments.jsonl")
    assert (held["sha256"][:8], held["bytes"], held["by"]) == ("bf891ea4", 13, "Ada")
    assert not [path for path in bundle.rglob("*") if path.name.startswith("bf891ea4")]


def test_the_tables_that_probabilities_rest_on_are_in_the_bundle(case, tmp_path):
    folder = built(case, tmp_path / "out") / "data" / "calibration"
    assert sorted(path.name for path in folder.iterdir()) == ["calibration.txt", "outside.txt"]
    assert "evidence,platform,first_year" in (folder / "calibration.txt").read_text()


@pytest.fixture
def said(case):
    """What is shown of texts: each a post, by a person, evidence."""
    withheld = withheld_names(case, load_corpus(case))

    def shown(*posts, named=(), spans=()):
        frame = pl.DataFrame(
            [(f"p{n}", who, text, True) for n, (who, text) in enumerate(posts)],
            schema=["post_id", "account_id", "text", "is_evidence"],
            orient="row",
        )
        places = pl.DataFrame(
            list(spans), schema={"post_id": pl.String, "start": pl.Int64, "end": pl.Int64},
            orient="row",
        )  # fmt: skip
        open_ = type(withheld)(**{**vars(withheld), "accounts": frozenset(named)})
        return excerpts(open_, frame, spans=places)

    return shown


STORY = "大桥主塔出现三条裂缝，赶紧绕路"


def test_words_that_three_accounts_wrote_stay_and_what_one_added_is_cut(said):
    shown = said(
        ("a", STORY), ("b", f"速转！{STORY}"), ("c", f"{STORY}，我妈说的"), ("d", "别传了")
    )
    texts = dict(shown.texts.rows())
    assert texts["p0"].startswith("text-")
    assert texts["p3"].startswith("text-")
    alike = [("b", f"甲{STORY}"), ("c", f"乙{STORY}"), ("d", f"丙{STORY}")]
    assert set(dict(said(*alike).texts.rows()).values()) == {f"{CUT}{STORY}"}


def test_words_of_two_accounts_or_of_one_account_often_are_not_shown(said):
    assert all(t.startswith("text-") for t in said(("a", STORY), ("b", STORY)).texts["text"])
    assert all(t.startswith("text-") for t in said(*[("a", STORY)] * 5).texts["text"])


def test_what_three_accounts_relay_of_one_is_not_shown_for_it_would_find_that_one(said):
    relayed = [(who, f"真的吗//@moth_r:{STORY}") for who in "bcd"]
    texts = dict(said(("a", STORY), *relayed).texts.rows())
    assert not any("裂缝" in text for text in texts.values())
    assert texts["p1"] == f"真的吗{CUT}"


def test_the_words_that_name_a_source_stay_and_their_span_still_points_at_them(said):
    shown = said(("a", "我听说，据北汀通讯报道，桥塌了"), spans=[("p0", 4, 11)])
    [text] = shown.texts["text"]
    assert text == f"{CUT}据北汀通讯报道{CUT}"
    [(*_, start, end)] = shown.spans.rows()
    assert text[start:end] == "据北汀通讯报道"


def test_a_named_accounts_post_stays_whole_and_its_words_may_be_quoted(said):
    shown = said(("a", STORY), named=["a"])
    assert shown.texts["text"].to_list() == [STORY]
    assert cut_texts(shown, [STORY, "谁也没有说过的一句话在这里"]) == {
        STORY: STORY,
        "谁也没有说过的一句话在这里": CUT,
    }


def test_a_word_is_not_cut_in_two(said):
    posts = [(who, f"the bridge tower is cracking{end} today") for who, end in
             zip("abc", ("x", "y", "z"), strict=True)]  # fmt: skip
    assert set(said(*posts).texts["text"]) == {f"the bridge tower is {CUT}"}


def test_a_time_of_day_in_a_sentence_is_cut_and_a_date_is_not():
    told = {"said": "before 2026-03-08T01:12:00Z, 2026-03-08 01:12, on 2026-03-08", "n": 1.5}
    assert coarse_times(told) == {
        "said": "before 2026-03-08T01:00:00Z, 2026-03-08 01:00, on 2026-03-08",
        "n": 1.5,
    }
