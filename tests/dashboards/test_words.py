# SPDX-License-Identifier: GPL-3.0-or-later
"""What a finding shows has words in both languages, and Chinese pages say it in Chinese first."""

from __future__ import annotations

import json
import re

import pytest

from dashboards.app import PAGES
from dashboards.pages.finding_said import said, sentence
from dashboards.parts import View, mixed
from dashboards.query import Query
from dashboards.snapshot import snapshot
from dashboards.words import Words, catalogue
from graphkit.investigation.plugins import detectors


@pytest.fixture
def shown_plainly(monkeypatch):
    """The names that pages show for want of an entry, as they are asked for."""
    missed = []
    plain = Words.of

    def of(self, group, name):
        if name is not None and f"{group}.{name}" not in catalogue():
            missed.append(f"{group}.{name}")
        return plain(self, group, name)

    monkeypatch.setattr(Words, "of", of)
    return missed


def view_of(case, address, language="en"):
    path, _, search = address.partition("?")
    query = Query.read(path, f"{search}&lang={language}")
    return View(snapshot(case.root), query, Words(language))


def page(view):
    shown = PAGES[view.query.path][1](view)
    return json.dumps(shown, default=lambda part: part.to_plotly_json(), ensure_ascii=False)


def test_no_page_of_a_finding_shows_a_bare_name(world_case, shown_plainly):
    findings = snapshot(world_case.root).findings
    first = {(f["kind"], f["outcome"]): f["finding_id"] for f in findings}
    for finding_id in first.values():
        page(view_of(world_case, f"/finding?id={finding_id}"))
    for address in ("/", "/?grade=none", *(f"/runs?kind={name}" for name in detectors())):
        page(view_of(world_case, address))
    assert sorted(set(shown_plainly)) == []


def test_every_measure_role_and_innocent_explanation_of_a_finding_has_words(world_case):
    findings = snapshot(world_case.root).findings
    measures = {name for f in findings for name in f["measures"]}
    named = {key.partition(".")[2] for key in catalogue() if key.startswith("measure")}
    assert measures - named == set()
    roles = {re.sub("[0-9]+", "#", row["role"]) for f in findings for row in f["evidence"]}
    assert {role for role in roles if f"role.{role}" not in catalogue()} == set()
    told = {caveat["hypothesis"] for f in findings for caveat in f["caveats"]}
    assert {each for each in told if f"hypothesis.{each}" not in catalogue()} == set()


def test_every_kind_and_outcome_that_a_detector_documents_has_words():
    for name, detector in detectors().items():
        assert f"kind.{name}" in catalogue()
        assert [o for o in detector.outcomes if f"outcome.{o}" not in catalogue()] == []


def test_no_two_measures_of_a_finding_have_one_name(world_case):
    for finding in snapshot(world_case.root).findings:
        for language in ("en", "zh"):
            keys = [f"measure.{name}" for name in finding["measures"]]
            shown = [catalogue()[key][language] for key in keys if key in catalogue()]
            assert sorted(shown) == sorted(set(shown))


def test_a_chinese_page_says_each_finding_in_chinese_from_its_own_numbers(world_case):
    for finding in snapshot(world_case.root).findings:
        text = sentence(view_of(world_case, "/", "zh"), finding)
        assert re.search("[\u4e00-\u9fff]", text)
        assert not re.search("[{}]|[a-z]{3}|–", text), text


def test_the_chinese_sentence_of_a_finding_is_made_of_its_record(page_case):
    [finding] = [f for f in snapshot(page_case.root).findings if f["grade"] == "strong"]
    view = view_of(page_case, "/", "zh")
    assert sentence(view, finding) == "协同：涉及 5 个账号、0 个帖子，依据 8 行数据。"
    measures = {"accounts_count": 5.0, "objects_count": 3.0, "edges_count": 10.0}
    measures |= {"shared_objects": 30.0, "expected_objects": 0.5}
    assert sentence(view, {**finding, "measures": measures}) == (
        "5 个账号在很短时间内对同样的 3 个对象做了同样的操作；"
        "10 对账号的重合超出偶然：各对共同对象合计 30，偶然期望 0.5。"
    )
    own = said(view, finding)[-1]
    assert own.lang == "en"


def test_quoted_chinese_in_our_own_words_is_marked_as_chinese():
    first, quoted, last = mixed("Ranking of “大桥 {14|17} 封闭”, 3 posts")
    assert (first, last) == ("Ranking of “", "”, 3 posts")
    assert (quoted.children, quoted.lang) == ("大桥 {14|17} 封闭", "zh")
    assert mixed("no such words") == ["no such words"]
