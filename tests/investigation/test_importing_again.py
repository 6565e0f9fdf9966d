# SPDX-License-Identifier: GPL-3.0-or-later
"""Importing again: known bytes, grown files, posts and accounts that are met again."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from itertools import permutations

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from graphkit.case import audit, create_case, ledger_rows, load_corpus, source_records, stored
from graphkit.investigation import ingesting, repeats, staging
from graphkit.investigation.ingesting import ingest
from graphkit.reading.importer import PROBLEMS, Batch, Importer, ReadOptions
from graphkit.tables import ACCOUNTS, POSTS

AT = "2026-03-10T01:00:00Z"


@pytest.fixture
def case(tmp_path):
    return create_case(tmp_path / "case")


def posts_file(path, *rows):
    """A file of posts; each row says what differs from a plain one."""
    plain = {"platform": "p", "account_id": "a", "created_at": AT}
    path.write_text("".join(json.dumps({**plain, **row}) + "\n" for row in rows))
    return path


def accounts_file(path, *rows):
    path.write_text("".join(json.dumps({"platform": "p", **row}) + "\n" for row in rows))
    return path


def revised(case):
    columns = ["subject_id", "column", "value"]
    return load_corpus(case).revisions.sort("collected_at", *columns).select(columns).rows()


def test_known_bytes_are_not_read_again(case, tmp_path, monkeypatch):
    path = posts_file(tmp_path / "a.jsonl", {"post_id": "1"})
    ingest(case, [path])
    monkeypatch.setattr(staging.Staging, "add", None)
    before = sorted(case.root.rglob("*"))
    [again] = ingest(case, [path])
    assert (again.is_known, again.rows_read, len(audit(case))) == (True, 0, 1)
    assert sorted(case.root.rglob("*")) == before


def test_known_bytes_under_another_name_bring_nothing(case, tmp_path):
    ingest(case, [posts_file(tmp_path / "a.jsonl", {"post_id": "1"})])
    [again] = ingest(case, [posts_file(tmp_path / "b.jsonl", {"post_id": "1"})])
    assert (again.is_known, again.rows_read, again.accepted) == (True, 1, 0)
    assert len(source_records(case)) == 1


def test_a_grown_file_brings_only_what_is_new(case, tmp_path):
    path = posts_file(tmp_path / "a.jsonl", {"post_id": "1"}, {"post_id": "2", "text": "x"})
    ingest(case, [path])
    rows = ({"post_id": "1"}, {"post_id": "2", "text": "x"}, {"post_id": "3"})
    [ledger] = ingest(case, [posts_file(path, *rows)])
    assert (ledger.rows_read, ledger.accepted, len(ledger.duplicates)) == (3, 1, 2)
    assert ledger.warnings.is_empty()
    assert stored(case, "posts")["post_id"].to_list() == ["p:1", "p:2", "p:3"]
    assert load_corpus(case).revisions.is_empty()


def test_an_edit_that_the_case_knows_is_no_revision_again(case, tmp_path):
    path, edit = tmp_path / "a.jsonl", {"post_id": "1", "text": "new"}
    ingest(case, [posts_file(path, {"post_id": "1", "text": "old"})])
    [first] = ingest(case, [posts_file(path, {"post_id": "1", "text": "old"}, edit)])
    rows = ({"post_id": "1", "text": "old"}, edit, {"post_id": "2"})
    [grown] = ingest(case, [posts_file(path, *rows)])
    assert [first.warnings.height, grown.warnings.height, grown.accepted] == [1, 0, 1]
    assert revised(case) == [("p:1", "text", "new")]


def test_a_post_met_again_keeps_its_first_text_and_the_edit_is_a_revision(case, tmp_path):
    first = {"post_id": "1", "text": "shut", "kind": "original"}
    later = {**first, "text": "open", "edited_at": "2026-03-10T02:00:00Z", "lang": "en"}
    ingest(case, [posts_file(tmp_path / "a.jsonl", first)])
    [ledger] = ingest(case, [posts_file(tmp_path / "b.jsonl", later)])
    assert ledger.duplicates.to_dicts() == [{"line": 1, "first": None}]
    assert ledger.warnings.to_dicts() == [
        {"line": 1, "reason": "met again: text differs; kept as a revision"}
    ]
    [post] = load_corpus(case).posts.to_dicts()
    assert (post["text"], post["lang"]) == ("shut", "en")
    assert post["edited_at"] == datetime(2026, 3, 10, 2, tzinfo=UTC)
    assert revised(case) == [
        ("p:1", "edited_at", "2026-03-10T02:00:00.000000Z"),
        ("p:1", "lang", "en"),
        ("p:1", "text", "open"),
    ]
    rows = ledger_rows(case, source_records(case)[0]["batch_id"])
    other = ledger_rows(case, source_records(case)[1]["batch_id"])
    assert pl.concat([rows, other]).select("outcome", "reason", "first").rows() == [
        ("duplicate", "a row of an earlier import", None),
        ("warning", "met again: text differs; kept as a revision", None),
    ]


def test_inside_one_file_the_first_row_stays(case, tmp_path):
    rows = [{"post_id": "1", "text": text} for text in ("a", "b", "a")]
    [ledger] = ingest(case, [posts_file(tmp_path / "a.jsonl", *rows)])
    assert ledger.duplicates.to_dicts() == [{"line": 2, "first": 1}, {"line": 3, "first": 1}]
    assert load_corpus(case).posts["text"].to_list() == ["a"]
    assert revised(case) == [("p:1", "text", "b")]


def collected(hour, count, **more):
    at = f"2026-03-11T{hour:02}:00:00Z"
    return {"post_id": "1", "collected_at": at, "declared_repost_count": count, **more}


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_counters_are_those_collected_last_and_texts_those_collected_first(case, tmp_path, order):
    rows = [collected(1, 5, text="a"), collected(2, 90, text="b"), collected(3, 70)]
    files = [posts_file(tmp_path / f"{n}.jsonl", row) for n, row in enumerate(rows)]
    ingest(case, [files[n] for n in order])
    [post] = load_corpus(case).posts.to_dicts()
    assert (post["declared_repost_count"], post["text"]) == (70, "a")
    assert revised(case) == [
        ("p:1", "declared_repost_count", "90"),
        ("p:1", "text", "b"),
        ("p:1", "declared_repost_count", "70"),
    ]


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_counters_of_one_import_after_another_are_those_collected_last(case, tmp_path, order):
    rows = [collected(1, 5), collected(2, 90), collected(3, 70)]
    for number in order:
        ingest(case, [posts_file(tmp_path / f"{number}.jsonl", rows[number])])
    assert load_corpus(case).posts["declared_repost_count"].to_list() == [70]


def test_a_counter_is_as_old_as_its_file_when_the_row_does_not_say(case, tmp_path):
    for hour, followers in ((9, 30), (8, 20), (7, 10)):
        path = accounts_file(
            tmp_path / f"{hour}.jsonl", {"account_id": "1", "followers_count": followers}
        )
        ingest(
            case, [path], options=ReadOptions(collected_at=datetime(2026, 3, 1, hour, tzinfo=UTC))
        )
    assert load_corpus(case).accounts["followers_count"].to_list() == [30]
    path = accounts_file(tmp_path / "b.jsonl", {"account_id": "1", "followers_count": 0})
    ingest(case, [path], options=ReadOptions(collected_at=datetime(2026, 3, 2, tzinfo=UTC)))
    assert load_corpus(case).accounts["followers_count"].to_list() == [0]


def test_counters_of_which_nobody_knows_the_time_stay_as_they_were_first(case, tmp_path):
    for number, count in enumerate((5, 90, 70)):
        row = {"post_id": "1", "declared_repost_count": count}
        ingest(case, [posts_file(tmp_path / f"{number}.jsonl", row)])
    assert load_corpus(case).posts["declared_repost_count"].to_list() == [5]


def test_an_account_that_is_renamed_keeps_its_name_and_the_other_is_a_revision(case, tmp_path):
    ingest(case, [accounts_file(tmp_path / "a.jsonl", {"account_id": "1", "handle": "reed"})])
    row = {"account_id": "1", "handle": "otter", "bio": "by the fen", "is_verified": True}
    ingest(case, [accounts_file(tmp_path / "b.jsonl", row)])
    [account] = load_corpus(case).accounts.to_dicts()
    assert (account["handle"], account["bio"], account["is_verified"]) == (
        "reed",
        "by the fen",
        True,
    )
    assert revised(case) == [
        ("p:1", "bio", "by the fen"), ("p:1", "handle", "otter"), ("p:1", "is_verified", "true"),
    ]  # fmt: skip


def test_addresses_are_filled_in_unless_the_text_was_edited(case, tmp_path):
    rows = [{"post_id": "1", "text": "a"}, {"post_id": "2", "text": "a"}]
    ingest(case, [posts_file(tmp_path / "a.jsonl", *rows)])
    rows = [
        {**rows[0], "urls": ['https://u.example/"1']},
        {"post_id": "2", "text": "b", "urls": ["v"]},
    ]
    ingest(case, [posts_file(tmp_path / "b.jsonl", *rows)])
    assert load_corpus(case).posts["urls"].to_list() == [['https://u.example/"1'], []]


def test_a_coarser_time_is_no_other_time(case, tmp_path):
    coarse = posts_file(tmp_path / "a.jsonl", {"post_id": "1", "created_at": "2026-03-10 01:00"})
    ingest(case, [coarse], options=ReadOptions(tz="UTC"))
    [ledger] = ingest(
        case,
        [posts_file(tmp_path / "b.jsonl", {"post_id": "1", "created_at": "2026-03-10T01:00:09Z"})],
    )
    assert ledger.accepted == 0
    assert stored(case, "posts")["created_at"].to_list() == [datetime(2026, 3, 10, 1, tzinfo=UTC)]
    assert load_corpus(case).posts["time_precision"].to_list() == ["minute"]


def test_a_date_that_was_read_in_another_order_is_a_revision(case, tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("post_id,account_id,created_at\n1,a,03/04/2026 09:00\n")
    ingest(case, [path], options=ReadOptions(tz="UTC", date_order="MDY"))
    [ledger] = ingest(case, [path], options=ReadOptions(tz="UTC", date_order="DMY"))
    assert ledger.duplicates.height == 1
    assert "created_at differs" in ledger.warnings["reason"][0]
    assert revised(case) == [("local:1", "created_at", "2026-04-03T09:00Z")]
    assert load_corpus(case).posts["created_at"][0] == datetime(2026, 3, 4, 9, tzinfo=UTC)


def test_a_time_to_the_minute_read_in_another_zone_is_a_revision(case, tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("post_id,account_id,created_at\n1,a,2026-03-10 09:00\n")
    ingest(case, [path], options=ReadOptions(tz="UTC"))
    ingest(case, [path], options=ReadOptions(tz="Asia/Shanghai"))
    assert revised(case) == [("local:1", "created_at", "2026-03-10T01:00Z")]


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
@pytest.mark.parametrize("together", [True, False])
def test_a_post_that_was_only_referred_to_gives_way_to_the_post_itself(
    case, tmp_path, order, together
):
    files = [
        posts_file(tmp_path / "a.jsonl", {"post_id": "1", "is_seen": False}),
        posts_file(tmp_path / "b.jsonl", {"post_id": "1", "text": "the post itself"}),
    ]
    for some in [order] if together else [[n] for n in order]:
        ingest(case, [files[n] for n in some])
    [post] = load_corpus(case).posts.to_dicts()
    assert (post["is_seen"], post["text"]) == (True, "the post itself")
    assert load_corpus(case).revisions.is_empty()


def test_an_account_known_by_handle_is_the_one_account_that_has_it(case, tmp_path):
    handles = {"7": "Lin_Reader", "8": "twin", "9": "TWIN"}
    rows = [{"account_id": key, "handle": handle} for key, handle in handles.items()]
    rows.append({"account_id": "@lin_reader", "bio": "x"})
    ingest(case, [accounts_file(tmp_path / "a.jsonl", *rows)])
    names = ("@lin_reader", "@LIN_READER", "@twin", "@nobody")
    rows = [{"post_id": str(n), "account_id": name} for n, name in enumerate(names)]
    ingest(case, [posts_file(tmp_path / "b.jsonl", *rows)])
    corpus = load_corpus(case)
    assert corpus.posts["account_id"].to_list() == ["p:7", "p:7", "p:@twin", "p:@nobody"]
    assert corpus.accounts.select("account_id", "handle", "bio").rows() == [
        ("p:7", "Lin_Reader", "x"), ("p:8", "twin", None), ("p:9", "TWIN", None),
    ]  # fmt: skip


def test_an_account_is_found_by_the_handle_that_it_had(case, tmp_path):
    for name, handle in (("a", "old_name"), ("b", "new_name")):
        row = {"account_id": "7", "handle": handle}
        ingest(case, [accounts_file(tmp_path / f"{name}.jsonl", row)])
    rows = [
        {"post_id": "1", "account_id": "@old_name"},
        {"post_id": "2", "account_id": "@new_name"},
    ]
    ingest(case, [posts_file(tmp_path / "c.jsonl", *rows)])
    assert load_corpus(case).posts["account_id"].to_list() == ["p:7", "p:7"]


def test_citations_of_one_post_in_two_files_are_all_kept(case, tmp_path):
    header = "platform,post_id,target_kind,target\n"
    for name, rows in {
        "a": "p,1,outlet,The Courier\np,1,outlet,The Post\n",
        "b": "p,1,outlet,The Post\np,1,outlet,The Fen\np,2,vague,\n",
    }.items():
        (tmp_path / f"{name}.csv").write_text(header + rows)
        [ledger] = ingest(case, [tmp_path / f"{name}.csv"])
        assert ledger.accepted == 2
    assert ledger.duplicates.rows() == [(2, None)]
    assert stored(case, "citations").select("post_id", "citation_no", "target").rows() == [
        ("p:1", 0, "The Courier"),
        ("p:1", 1, "The Post"),
        ("p:1", 2, "The Fen"),
        ("p:2", 0, None),
    ]


TABLES_AS_CSV = {
    "actions": "object_id,account_id,act,acted_at\no,a,like,1773104400\no,b,vote,1773104401\n",
    "rankings": "topic,snapshot_at,rank\nt,1773104400,1\nt,1773108000,1\nu,1773104400,2\n",
    "labels": "subject_kind,subject_id,label,labelled_at\nurl,u,false,\nurl,u,false,1773104400\n",
    "accounts": "account_id,created_at\na,1773104400\nb,\n",
}


@pytest.mark.parametrize("table", TABLES_AS_CSV)
def test_rows_of_any_table_are_met_again(case, tmp_path, table):
    header, *rows = TABLES_AS_CSV[table].splitlines()
    for name, told in {"a": rows, "b": [*rows[::-1], *rows]}.items():
        (tmp_path / f"{name}.csv").write_text("\n".join([header, *told, ""]))
        [ledger] = ingest(case, [tmp_path / f"{name}.csv"])
    assert (ledger.accepted, len(ledger.duplicates)) == (0, 2 * len(rows))
    assert load_corpus(case).table(table).height == len(rows)


def fake(batches):
    return Importer("fake", "fake", "fake", (), (), 1, lambda _: "fake", lambda *_: iter(batches))


def batch(posts, extras=(), accounts=()):
    """A batch: posts (line, id, text), posts and accounts (line, id, handle) that came along."""
    none = pl.DataFrame(schema=PROBLEMS)

    def frame(rows):
        plain = {"account_id": "p:a", "platform": "p", "kind": "original", "is_seen": True}
        plain |= {"time_precision": "second", "source_id": ""}
        lists = {name: [] for name in ("urls", "mentions", "hashtags", "media_hashes")}
        told = [
            {**plain, **lists, "source_line": line, "post_id": f"p:{key}", "text": text}
            for line, key, text in rows
        ]
        return POSTS.conform(pl.DataFrame(told)) if told else POSTS.empty()

    authors = [{"account_id": f"p:{key}", "platform": "p", "handle": handle, "source_id": "",
                "source_line": line} for line, key, handle in accounts]  # fmt: skip
    along = {"posts": frame(extras)}
    if authors:
        along["accounts"] = ACCOUNTS.conform(pl.DataFrame(authors))
    return Batch(len(posts), {"posts": frame(posts)}, none, none, extras=along)


def with_fake(monkeypatch, *batches):
    monkeypatch.setattr(ingesting, "importers", lambda: {"fake": fake(batches)})


def a_file(tmp_path):
    path = tmp_path / "a.txt"
    path.write_text("some text of a file\n")
    return path


def test_a_counted_row_stays_before_one_that_came_along(case, tmp_path, monkeypatch):
    with_fake(
        monkeypatch,
        batch([(1, "x", "x")], extras=[(1, "q", "as quoted")], accounts=[(1, "a", "reed")]),
        batch([(2, "q", "as posted")], accounts=[(2, "a", "reed")]),
    )
    [ledger] = ingest(case, [a_file(tmp_path)])
    assert (ledger.rows_read, ledger.accepted, len(ledger.duplicates)) == (2, 2, 0)
    assert load_corpus(case).posts["text"].to_list() == ["as posted", "x"]
    assert revised(case) == [("p:q", "text", "as quoted")]
    assert stored(case, "accounts").height == 1


def test_rows_are_compared_exactly_where_their_hashes_are_the_same(case, tmp_path, monkeypatch):
    for module in (staging, repeats):
        monkeypatch.setattr(module, "identity_hash", lambda _: pl.lit(7, pl.UInt64).alias("hash"))
    rows = [{"post_id": n, "text": n} for n in "123212"]
    [ledger] = ingest(case, [posts_file(tmp_path / "a.jsonl", *rows)])
    assert ledger.duplicates.rows() == [(4, 2), (5, 1), (6, 2)]
    [again] = ingest(case, [posts_file(tmp_path / "b.jsonl", *rows, {"post_id": "4"})])
    assert (again.accepted, len(again.duplicates)) == (1, 6)


def test_portions_do_not_change_what_is_found(tmp_path, monkeypatch):
    rows = [{"post_id": str(n % 40), "text": str(n % 3)} for n in range(200)]
    found = []
    for number, size in enumerate((repeats.WHOLE_ROWS_AT_ONCE, 30)):
        monkeypatch.setattr(repeats, "WHOLE_ROWS_AT_ONCE", size)
        case = create_case(tmp_path / f"case{number}")
        [ledger] = ingest(case, [posts_file(tmp_path / "a.jsonl", *rows)])
        files = sorted(case.root.glob("tables/*/*")) + sorted(case.root.glob("inputs/*"))
        found.append((ledger.duplicates.rows(), [f.read_bytes() for f in files]))
    assert found[0] == found[1]


def brute_force(rows):
    """Keys in order of their first row, and the lines of all later rows."""
    first, again = {}, []
    for line, key in enumerate(rows, start=1):
        if key in first:
            again.append((line, first[key]))
        else:
            first[key] = line
    return sorted(first), again


@settings(
    max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(st.sampled_from("abcdef"), min_size=1, max_size=12))
def test_every_row_ends_accepted_or_as_a_duplicate_of_the_first(tmp_path_factory, rows):
    folder = tmp_path_factory.mktemp("again")
    case = create_case(folder / "case")
    [ledger] = ingest(case, [posts_file(folder / "a.jsonl", *({"post_id": key} for key in rows))])
    keys, again = brute_force(rows)
    assert stored(case, "posts")["post_id"].to_list() == [f"p:{key}" for key in keys]
    assert ledger.duplicates.rows() == again
    assert ledger.accepted + len(again) == ledger.rows_read == len(rows)


@settings(
    max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.permutations(range(6)))
def test_row_order_does_not_change_the_corpus_where_the_time_of_collection_decides(
    tmp_path_factory, order
):
    folder = tmp_path_factory.mktemp("order")
    case = create_case(folder / "case")
    rows = [
        collected(hour, count, text=f"t{count % 2}")
        for hour, count in enumerate((3, 1, 4, 1, 5, 9))
    ]
    ingest(case, [posts_file(folder / "a.jsonl", *(rows[n] for n in order))])
    [post] = load_corpus(case).posts.to_dicts()
    assert (post["text"], post["declared_repost_count"]) == ("t1", 9)
    assert load_corpus(case).revisions.filter(column="declared_repost_count").sort("collected_at")[
        "value"
    ].to_list() == ["1", "4", "1", "5", "9"]
