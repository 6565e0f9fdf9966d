# SPDX-License-Identifier: GPL-3.0-or-later
"""What a person reads on an account's page: names over time, look-alikes, how much it repeats."""

from __future__ import annotations

import csv
import json
from datetime import UTC, datetime, timedelta

import polars as pl
import pytest

from dashboards.app import PAGES
from dashboards.parts import View
from dashboards.query import Query
from dashboards.snapshot import snapshot
from dashboards.views.account_copies import copying
from dashboards.views.account_names import Alike, differences, letters, told_differences
from dashboards.views.rows import rows_behind
from dashboards.words import Words
from graphkit.case import add_name, create_case, load_corpus
from graphkit.investigation import detect
from graphkit.investigation.account_record import copy_shares, names_of
from graphkit.investigation.ingesting import ingest
from graphkit.reading.importer import ReadOptions
from graphkit.tables import Corpus

START = datetime(2026, 3, 2, 8, tzinfo=UTC)
COPY = "N\u043erthm\u043e\u043er Wire"
AFTER = "quiet\u200bgarden"


def stamp(minutes):
    return (START + timedelta(minutes=minutes)).isoformat()


def account(name, shown, **more):
    own = {"account_id": f"p:{name}", "platform": "p", "handle": f"{name}_h", "display_name": shown}
    standing = {"is_verified": "false", "followers_count": 40, "created_at": stamp(-900)}
    return {**own, **standing, **more}


def post(name, number, minutes, text):
    own = {"post_id": f"p:{name}{number}", "account_id": f"p:{name}", "platform": "p"}
    said = {"created_at": stamp(minutes), "time_precision": "second", "kind": "original"}
    return {**own, **said, "text": text, "is_seen": "true"}


def told(number):
    return f"Message number {number} is about the bridge over the river"


def write(path, rows):
    with path.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.DictWriter(handle, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return path


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """Makes a case: a desk, one that looked like it and was renamed, an aggregator, another."""
    root = tmp_path_factory.mktemp("names")
    real = account("real", "Northmoor Wire", is_verified="true", followers_count=90_000)
    real["created_at"] = stamp(-3_000_000)
    rest = [account("sum", "All the news"), account("by", "Somebody")]
    first = [real, account("fake", COPY), *rest]
    later = [account("fake", AFTER)]
    posts = [post("real", i, 10 * i, told(i)) for i in range(8)]
    posts += [post("sum", i, 10 * i + 2, told(i)) for i in range(6)]
    posts += [post("fake", i, 10 * i + 2 + i, told(i)) for i in range(5)]
    posts += [post("by", i, 10 * i, f"Own words of the day, the {i}th of them") for i in range(5)]

    def make(number):
        case = create_case(root / f"case{number}", zone="Asia/Shanghai")
        for name, rows, day in (("accounts", first, 1), ("posts", posts, 1), ("later", later, 9)):
            table = "posts" if name == "posts" else "accounts"
            options = ReadOptions(table=table, collected_at=datetime(2026, 3, day, tzinfo=UTC))
            path = write(root / f"{name}.csv", rows)
            ingest(case, [path], options=options, importer_name="canonical", collection="stream")
        detect(case, ["lookalike-account"])
        return case

    return make


@pytest.fixture(scope="module")
def case(made):
    return made(0)


def page(case, address):
    path, _, search = address.partition("?")
    query = Query.read(path, search)
    shown = PAGES[path][1](View(snapshot(case.root), query, Words(query.language)))
    return json.dumps(shown, default=lambda part: part.to_plotly_json(), ensure_ascii=False)


def text_of(shown, start, end):
    """The part of a page from one of our own words to another."""
    return shown[shown.index(start) : shown.index(end)]


def test_names_stand_with_their_times_and_the_row_that_says_so(case):
    rows = names_of(load_corpus(case), "p:fake")
    day = {n: datetime(2026, 3, n, tzinfo=UTC) for n in (1, 9)}
    assert rows.select("kind", "name", "since", "until", "table", "source_line").rows() == [
        ("handle", "fake_h", day[1], None, "accounts", 3),
        ("display_name", COPY, day[1], day[9], "accounts", 3),
        ("display_name", AFTER, day[9], None, "revisions", 2),
    ]


def test_of_a_withheld_account_number_times_and_hidden_characters_of_its_names_are_told(case):
    shown = page(case, "/account?id=p:fake")
    block = text_of(shown, "Names over time (3)", "Names that look alike")
    for each in ("2026-03-01 08:00", "2026-03-09 08:00", "U+200B ZERO WIDTH SPACE", "withheld",
                 "later.csv:2", "accounts.csv:3"):  # fmt: skip
        assert each in block
    for name in (COPY, "quiet", "garden", "fake_h", "Northmoor"):
        assert name not in shown
        assert name not in page(case, '/account?id=p:fake&mark=["account","p:fake"]')


def test_a_named_account_shows_its_names_and_leads_to_the_row_of_a_later_one(made):
    case = made(1)
    add_name(case, "p:fake", reason="runs ads", by="A", is_private=False)
    shown = page(case, "/account?id=p:fake")
    assert "quiet[U+200B]garden" in shown
    assert COPY in shown
    assert "Northmoor Wire" not in shown  # that of the other is still withheld
    mark = json.dumps(["row", "revisions", names_of(load_corpus(case), "p:fake")["key"][2]])
    [row] = rows_behind(snapshot(case.root), tuple(json.loads(mark))).to_dicts()
    assert (row["account_id"], row["what"], row["file"], row["line"]) == (
        "p:fake", "display_name", "later.csv", 2,
    )  # fmt: skip


def test_names_that_look_alike_stand_above_each_other_once_both_are_named(made):
    case = made(2)
    block = text_of(page(case, "/account?id=p:fake"), "Names that look alike", "Whom it repeats")
    assert "U+043E CYRILLIC SMALL LETTER O" in block  # as the finding says too
    assert "U+006F LATIN SMALL LETTER O" in block
    assert '"Mark"' not in block
    assert "The other account was there first: made 2020-06-18 08:00" in block
    add_name(case, "p:real", reason="an office", by="A", is_private=False)
    for name in ("fake", "real"):
        block = page(case, f"/account?id=p:{name}")
        assert "CYRILLIC" not in text_of(block, "Names that look alike", "Whom it repeats")
        assert "would give a withheld one away" in block
    add_name(case, "p:fake", reason="runs ads", by="A", is_private=False)
    for name in ("fake", "real"):
        block = page(case, f"/account?id=p:{name}")
        block = text_of(block, "Names that look alike", "Whom it repeats")
        assert block.count('"Mark"') == 6
        assert "U+043E CYRILLIC SMALL LETTER O" in block
        assert "/finding?id=" in block


@pytest.mark.parametrize(
    ("name", "other", "pieces"),
    [
        ("p\u0430y", "pay", [("p", "p"), ("\u0430", "a"), ("y", "y")]),
        ("pay\u200b", "pay", [("pay", "pay"), ("\u200b", "")]),
        ("official pay", "pay", [("official ", ""), ("pay", "pay")]),
        ("pay", "pay", [("pay", "pay")]),
    ],
)
def test_two_names_are_laid_out_piece_by_piece(name, other, pieces):
    assert letters(name, other) == pieces
    assert differences(name, other) == [each for each in pieces if each[0] != each[1]]


@pytest.mark.parametrize(
    ("names", "way", "named", "told"),
    [
        (("p\u0430y", "pay"), "mixed-script", 0, [("\u0430", "a")]),
        (("p\u0430y", "pay"), "mixed-script", 1, None),
        (("\u0440\u0430\u0443", "pay"), "other-script", 0, None),
        (("news desk", "newsdesk"), "styled", 0, None),
        (("official pay", "pay"), "added-word", 2, [("official ", "")]),
        (("abc\u200b\u200cd", "abcd"), "hidden", 0, []),
        (None, None, 2, None),
    ],
)
def test_differences_are_told_where_they_spell_no_withheld_name(names, way, named, told):
    pair = Alike({}, ("p:1", "p:2"), True, names, way, (None, None))
    assert told_differences(pair, named=named) == told


def test_what_an_account_repeats_is_counted_by_texts_that_another_had_before(case):
    assert copy_shares(load_corpus(case)).rows() == [
        ("p:by", 5, 0, 0.0, None, 0),
        ("p:fake", 5, 5, 1.0, 240.0, 0),
        ("p:real", 8, 0, 0.0, None, 6),
        ("p:sum", 6, 6, 1.0, 120.0, 4),
    ]
    said = copying(snapshot(case.root), "p:sum")
    assert (said.share, said.among, said.as_high) == (1.0, 3, 1)


def test_an_aggregator_is_said_to_repeat_with_how_many_repeat_as_much(case):
    shown = page(case, "/account?id=p:sum")
    assert "No finding names this account." in shown
    assert (
        "Of its 6 different texts another account had posted 6 before (100%), half of these at "
        "most 2 min ahead of it. 1 of 3 other accounts with as many as 5 texts repeat as large a "
        "share: news desks, aggregators and fans do. Others posted 4 of its texts after it (67%)."
    ) in shown


def test_who_repeats_nobody_is_told_so_and_stands_in_no_finding(case):
    shown = page(case, "/account?id=p:by")
    assert "No finding names this account." in shown
    assert (
        "Of its 5 different texts no other account had posted any before. "
        "No other account posted any of them after it."
    ) in shown
    assert "Names that look alike" not in shown


def test_one_text_at_the_same_second_makes_nobody_a_copy_and_few_texts_make_no_share(case):
    rows = load_corpus(case).actions.filter(act="text").head(1)
    both = [rows, rows.with_columns(account_id=pl.lit("p:q"), action_id=pl.lit("q"))]
    corpus = Corpus(actions=pl.concat(both).sort("action_id"))
    assert copy_shares(corpus).select("texts", "repeated", "copied").rows() == [(1, 0, 0)] * 2
    assert copy_shares(Corpus()).is_empty()


def test_a_later_name_of_a_withheld_account_is_masked_in_texts_too(made):
    case = made(3)
    [text] = snapshot(case.root).masked([f"as {AFTER} and {COPY} say"]).values()
    assert "quiet" not in text
    assert "garden" not in text
    assert "Wire" not in text
    add_name(case, "p:fake", reason="runs ads", by="A", is_private=False)
    [text] = snapshot(case.root).masked([f"as {AFTER} says"]).values()
    assert text == "as quiet[U+200B]garden says"
