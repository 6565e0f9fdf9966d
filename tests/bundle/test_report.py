# SPDX-License-Identifier: GPL-3.0-or-later
"""The report as an editor reads it: the claim, its rows, how sure, and what could be wrong."""

from __future__ import annotations

import re
from dataclasses import replace
from importlib import resources

import polars as pl
import pytest

from graphkit.bundle.contents import Beside, Scope, bundle_contents
from graphkit.bundle.names import withheld_names
from graphkit.bundle.report import html_report
from graphkit.bundle.report_finding import finding_sections
from graphkit.bundle.report_ties import TiesOf
from graphkit.bundle.report_words import (
    chance_words,
    doubts,
    held_words,
    judged,
    mark_of,
    odds,
    review_words,
)
from graphkit.case import findings, load_corpus

MEANING = "accounts act together"


@pytest.fixture(scope="module")
def told(make_case, tmp_path_factory):
    case = make_case(tmp_path_factory.mktemp("told") / "bridge")
    withheld = withheld_names(case, load_corpus(case))
    contents = bundle_contents(load_corpus(case), withheld=withheld, scope=Scope(unreviewed=True))
    record = next(each for each in findings(case) if each["kind"] == "coordinated-sharing")
    key = (record["run_id"], record["finding_id"])
    outcomes = {"coordinated-sharing": {"coordinated": MEANING}}
    return contents, Beside(outcomes=outcomes, held={key: (2, 3)})


def page(contents, beside):
    return html_report(contents, beside=beside).decode()


def plain(html):
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def unjudged(contents):
    records = [{**each, "reviewed": False} for each in contents.findings]
    return replace(contents, findings=records, judgements=[])


def test_the_first_page_says_what_is_claimed_on_which_rows_how_sure_and_what_could_be_wrong(told):
    whole = page(*told)
    first = plain(whole[whole.index("What is claimed") : whole.index("What accuses nobody")])
    for said in (
        "3 accounts reposted the same 3 posts within 20 seconds of one another.",
        f"Consistent with: {MEANING}.",
        "9 rows",
        "moderate: more than a lead, less than the most that the tests can give",
        "Expected by chance: 0.0123 (null model: burst-stratified; tests made: 1,234).",
        "holds in 2 of 3 other runs, made with other parameters",
        "May explain the rows: One newsroom posts for all",
        "Not tested: The clock is coarse",
        "Tested: 1 that do not explain the rows",
        "confirmed by Ada, ",
    ):
        assert said in first


def test_more_claims_than_three_stand_in_one_table_first_each_with_what_could_be_wrong(told):
    contents, beside = told
    assert "All claims at a glance" not in page(contents, beside)
    claim = next(each for each in contents.findings if each["grade"] is not None)
    many = [{**claim, "bundle_finding_id": f"f{number}"} for number in range(4)]
    whole = page(replace(contents, findings=many), beside)
    glance = plain(whole[whole.index("<caption>All claims") : whole.index("Each claim follows")])
    assert glance.count("moderate p = 1.2e-06 q = 0.0004") == 4
    assert glance.count("May explain the rows: One newsroom posts for all") == 4
    assert glance.count("Not tested: The clock is coarse") == 4
    assert glance.count("holds in 2 of 3 other runs") == 4
    assert glance.count("Not reviewed") == 0


def test_the_box_says_whether_texts_are_cut_and_what_was_left_out(told):
    contents, beside = told
    assert "cut: of withheld accounts the texts" in plain(page(contents, beside))
    decided = {"reason": "the court <asked>", "by": "Ada", "at": "2026-01-02T03:04:05+00:00"}
    left = {"unreviewed": 2, "rejected": 1}
    said = page(replace(contents, in_full=decided, left_out=left), beside)
    assert "Decided by Ada, 2026-01-02: the court &lt;asked&gt;." in said
    assert "1 rejected and 2 unreviewed" in plain(said)


def test_what_nobody_reviewed_says_so_as_text_in_its_card_and_above_its_section(told):
    contents, beside = unjudged(told[0]), told[1]
    whole = page(contents, beside)
    assert whole.count("Not reviewed: nobody has judged this finding.") == 3
    assert '<p class="badge">Not reviewed</p>' in whole
    assert whole.count('class="finding plain unreviewed"') == 2
    assert "SOME FINDINGS ON THESE PAGES ARE NOT REVIEWED" in whole


def test_a_contested_finding_says_so_and_names_both_verdicts(told):
    contents, beside = told
    record = {**contents.findings[0], "reviewed": False, "contested": True}
    name = record["bundle_finding_id"]
    other = {"bundle_finding_id": name, "case_finding_id": "x", "verdict": "rejected", "by": "Ben",
             "note": "no", "at": "2026-05-01T00:00:00+00:00"}  # fmt: skip
    both = replace(contents, findings=[record], judgements=[*contents.judgements, other])
    whole = plain(page(both, beside))
    assert "Contested: people judged this finding differently." in whole
    assert "Contested; confirmed by Ada" in whole
    assert "rejected by Ben, 2026-05-01" in whole


def test_a_judgement_that_its_author_took_back_stands_no_more(told):
    contents, _ = told
    record = contents.findings[0]
    back = {**contents.judgements[0], "verdict": "withdrawn", "by": " ada "}
    assert judged([*contents.judgements, back], record) == []
    assert review_words([*contents.judgements, back], {**record, "reviewed": False}) == (
        "Not reviewed"
    )
    assert mark_of(record) is None


def test_loops_are_told_hop_by_hop_in_their_order(told):
    contents, beside = told
    record = next(each for each in contents.findings if each["kind"] == "citation-loop")
    own = pl.col("finding_id") == record["bundle_finding_id"]
    posts = own & (pl.col("table") == "posts")
    number = pl.int_range(pl.len()).over(posts) + 1
    roles = pl.when(posts).then(pl.format("loop 1 hop {}", number)).otherwise("role")
    evidence = contents.evidence.with_columns(role=roles)
    alone = replace(contents, evidence=evidence, findings=[record])
    section = next(finding_sections(alone, beside, TiesOf(alone)))
    loop = section[section.index("The loops, hop by hop") : section.index('id="finding-1-rows"')]
    hops = re.findall(r'<th scope="row" class="number">(\d+)</th>', loop)
    assert hops == ["1", "2", "3"]
    assert "Loop 1, hop by hop" in loop


def test_rows_that_a_person_added_are_marked_in_the_rows_and_among_the_files(told):
    contents, beside = told
    by_hand = pl.lit("posts-added-by-hand.jsonl")
    sources = contents.rows["sources"].with_columns(file=by_hand, accepted=pl.lit(4))
    changed = replace(
        contents,
        rows={**contents.rows, "sources": sources},
        evidence=contents.evidence.with_columns(file=by_hand),
    )
    whole = plain(page(changed, beside))
    assert "posts-added-by-hand.jsonl (added by hand), line " in whole
    assert "4 rows added by hand, 1 search on record" in whole


def test_other_runs_and_chance_are_told_in_plain_words(told):
    contents, beside = told
    record = contents.findings[0]
    key = (record["run_id"], record["case_finding_id"])
    alone = replace(beside, held={key: (0, 0)})
    assert held_words(alone, record) == "one run only: it was not tried with other parameters"
    assert held_words(Beside(), record) == "not compared with other runs"
    assert "p = 1.2e-06: chance alone would give as much about once in 830,000 tries." in (
        chance_words(record)
    )
    assert chance_words({**record, "null_model": {"reason": "dates are read"}}) == (
        "No null model applies: dates are read."
    )
    assert odds(0.5) == "in about 50 of 100 tries"
    assert doubts({**record, "caveats": []}) == [
        ("Not tested", "no other explanation is on record; take all as not tested")
    ]


def test_every_table_has_a_caption_column_heads_and_row_heads(told):
    whole = page(*told)
    assert whole.count("<table") == whole.count("<caption>")
    assert '<th scope="col"></th>' not in whole
    ids = re.findall(r' id="([^"]+)"', whole)
    assert len(ids) == len(set(ids))
    assert all(f'id="{each}"' in whole for each in re.findall(r'href="#([^"]+)"', whole))


def test_the_mark_on_printed_pages_is_text_in_the_margin_and_no_image():
    css = resources.files("graphkit.bundle").joinpath("report.css").read_text()
    assert "url(" not in css
    assert '@page unreviewed { @top-left { content: "NOT REVIEWED: not a conclusion"' in css
    assert "section.unreviewed { page: unreviewed; }" in css
    assert "counter(page)" in css
    assert "thead { display: table-header-group; }" in css


def test_the_same_contents_give_the_same_page(told):
    assert page(*told) == page(*told)
