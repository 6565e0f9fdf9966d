# SPDX-License-Identifier: GPL-3.0-or-later
"""What a person finds by hand is a row like any other, with a file, a line, a time and a name."""

from __future__ import annotations

import hashlib
import stat
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from PIL import Image

from graphkit.case import create_case, load_corpus, notes, searches
from graphkit.cli import main
from graphkit.errors import InputError, ParameterError
from graphkit.investigation import Sighting, add_by_hand
from graphkit.investigation.tracing import trace_story

SAMPLES = Path(__file__).parent.parent / "importers" / "samples"
AT = datetime(2026, 3, 10, 1, 30, tzinfo=UTC)
SEEN = Sighting(seen_at=AT, by="Lin")
RUMOUR = "据网传，河洲大桥昨夜垮塌，多车坠河！"
WEIBO = "https://weibo.com/1002/yBmepBtUB"
PAGE = "<html><title>Bridge</title><p>The bridge stands, said the city.</p></html>"


@pytest.fixture
def case(tmp_path):
    return create_case(tmp_path / "case", zone="Asia/Shanghai")


def labels(case):
    rows = load_corpus(case).labels
    return rows.select("subject_kind", "subject_id", "label", "labelled_by").rows()


def posts(case):
    return load_corpus(case).posts.sort("post_id").to_dicts()


def test_an_address_is_a_label_and_an_unseen_post_of_its_domain(case):
    add_by_hand(case, "https://southbank.example/2024/0702/bridge?utm_source=x", SEEN)
    [label] = load_corpus(case).labels.to_dicts()
    assert label["subject_kind"] == "url"
    assert label["subject_id"] == "https://southbank.example/2024/0702/bridge?utm_source=x"
    assert (label["label"], label["labelled_by"]) == ("found-by-hand", "Lin")
    assert label["labelled_at"] == AT
    [post] = posts(case)
    assert post["post_id"] == "web:https://southbank.example/2024/0702/bridge"
    assert post["account_id"] == "web:southbank.example"
    assert (post["is_seen"], post["text"], post["collected_at"]) == (False, None, AT)


def test_an_address_on_a_platform_is_a_post_only_when_its_author_is_told(case):
    add_by_hand(case, "https://x.com/lin_reader/status/2031180737541046278", SEEN)
    assert posts(case) == []
    told = replace(SEEN, account="1006")
    add_by_hand(case, "https://x.com/lin_reader/status/2031180737541046278", told)
    [post] = posts(case)
    assert (post["post_id"], post["account_id"]) == ("x:2031180737541046278", "x:1006")
    assert post["is_seen"] is False
    assert post["id_time"].replace(microsecond=0) == datetime(2026, 3, 10, 1, 30, tzinfo=UTC)


def test_a_pasted_text_with_its_place_is_a_post_with_a_file_and_a_line(case):
    seen = replace(SEEN, url=WEIBO, account="@qingshi", posted_at=datetime(2026, 3, 9, tzinfo=UTC))
    ledgers = add_by_hand(case, RUMOUR, seen)
    assert [(each.tables, each.accepted) for each in ledgers] == [(("labels",), 1), (("posts",), 1)]
    [post] = posts(case)
    assert post["post_id"] == "weibo:3489035978933121"
    assert (post["account_id"], post["text"]) == ("weibo:@qingshi", RUMOUR)
    assert post["created_at"] == datetime(2026, 3, 9, tzinfo=UTC)
    assert (post["collected_at"], post["is_seen"]) == (AT, True)
    assert post["source_line"] == 1
    corpus = load_corpus(case)
    files = dict(corpus.sources.select("source_id", "file").rows())
    assert files[post["source_id"]] == "posts-added-by-hand.jsonl"
    assert labels(case) == [("post", "weibo:3489035978933121", "found-by-hand", "Lin")]
    assert set(corpus.sources["collection"]) == {"snowball"}


def test_the_trace_sees_a_pasted_text(case):
    add_by_hand(case, RUMOUR, replace(SEEN, url="https://blog.example/hz1"))
    trace = trace_story(case, RUMOUR)
    assert "web:https://blog.example/hz1" in {node["node_id"] for node in trace["nodes"]}


def test_a_text_whose_author_alone_is_told_gets_an_id_of_its_own(case):
    seen = replace(SEEN, account="wechat:news_desk")
    add_by_hand(case, RUMOUR, seen)
    [post] = posts(case)
    assert post["account_id"] == "wechat:news_desk"
    assert post["post_id"].startswith("wechat:by-hand-")
    assert [each.is_known for each in add_by_hand(case, RUMOUR, seen)] == [True, True]
    assert len(posts(case)) == 1


def test_a_text_alone_is_a_label_on_the_claim(case):
    add_by_hand(case, RUMOUR, SEEN)
    assert labels(case) == [("claim", RUMOUR, "found-by-hand", "Lin")]
    assert posts(case) == []


def test_a_text_on_a_platform_needs_its_author(case):
    with pytest.raises(InputError, match="a text on weibo needs its author; give --account"):
        add_by_hand(case, RUMOUR, replace(SEEN, url=WEIBO))
    assert labels(case) == []


def test_a_saved_page_is_imported_as_one_and_labelled(case):
    file = SAMPLES / "web_bridge_singlefile.html"
    add_by_hand(case, str(file), SEEN)
    [post] = posts(case)
    assert post["post_id"] == "web:https://southbank.example/2024/0702/bridge"
    digest = hashlib.sha256(file.read_bytes()).hexdigest()
    assert ("url", f"sha256:{digest}", "found-by-hand", "Lin") in labels(case)


def test_a_page_without_an_address_takes_the_one_that_the_person_gives(case, tmp_path):
    page = tmp_path / "page.html"
    page.write_text(PAGE)
    with pytest.raises(InputError, match=r"page\.html: does not say its own address; give it"):
        add_by_hand(case, str(page), SEEN)
    assert (labels(case), posts(case)) == ([], [])
    add_by_hand(case, str(page), replace(SEEN, url="https://news.example/1"))
    [post] = posts(case)
    assert post["post_id"] == "web:https://news.example/1"
    assert post["text"] == "Bridge\nThe bridge stands, said the city."
    assert post["collected_at"] == AT


def test_an_archive_of_pages_is_imported(case):
    ledgers = add_by_hand(case, str(SAMPLES / "web_story.wacz"), replace(SEEN, tz="Asia/Shanghai"))
    assert [each.accepted for each in ledgers] == [3, 1]
    times = {post["post_id"]: post["created_at"] for post in posts(case)}
    assert times["web:https://blog.example/hz1"] == datetime(2026, 3, 10, 0, 40, tzinfo=UTC)


def test_a_screenshot_is_kept_read_only_and_labelled_with_its_looks(case, tmp_path):
    shot = tmp_path / "shot.png"
    Image.linear_gradient("L").resize((80, 40)).save(shot)
    add_by_hand(case, str(shot), replace(SEEN, url="https://news.example/1"))
    digest = hashlib.sha256(shot.read_bytes()).hexdigest()
    kept = case.root / "inputs" / "attachments" / digest
    assert kept.read_bytes() == shot.read_bytes()
    assert stat.S_IMODE(kept.stat().st_mode) == 0o444
    rows = load_corpus(case).labels.filter(subject_id=f"sha256:{digest}")
    assert set(rows["url"]) == {"https://news.example/1"}
    assert sorted(each.partition(":")[0] for each in rows["label"]) == ["found-by-hand", "phash"]


@pytest.mark.parametrize(
    ("what", "reason"),
    [
        (" ", "nothing to add; give an address, a file or a text"),
        ("{folder}", "is a folder; name one file in it, or graphkit import it"),
        ("{folder}/none.png", "there is no such file; check the path"),
        ("{folder}/empty.png", "empty"),
    ],
)
def test_what_cannot_be_added_is_refused_with_the_reason(case, tmp_path, what, reason):
    (tmp_path / "empty.png").touch()
    with pytest.raises(InputError, match=reason):
        add_by_hand(case, what.format(folder=tmp_path), SEEN)
    assert labels(case) == []


def test_somebody_must_have_seen_it(case):
    with pytest.raises(ParameterError, match="somebody must have seen it; give --by"):
        add_by_hand(case, RUMOUR, replace(SEEN, by=" "))


def test_a_note_is_kept_among_the_notes_of_the_case(case):
    add_by_hand(case, RUMOUR, replace(SEEN, note="shown on a phone"))
    [note] = notes(case)
    assert (note["text"], note["by"]) == (f"{RUMOUR}: shown on a phone", "Lin")


def test_the_command_line_adds_and_says_what_it_added(case, capsys):
    told = ["--seen-at", "2026-03-10T09:30", "--by", "Lin"]
    assert main(["add", str(case.root), RUMOUR, *told, "--url", "https://blog.example/hz1"]) == 0
    assert capsys.readouterr().out == "added as 1 row of labels\nadded as 1 row of posts\n"
    assert main(["add", str(case.root), RUMOUR, *told, "--url", "https://blog.example/hz1"]) == 0
    assert capsys.readouterr().out == "in the case already\nin the case already\n"
    [post] = posts(case)
    assert post["collected_at"] == AT
    assert main(["add", str(case.root), RUMOUR, *told, "--url", "ftp://a.example"]) == 2
    assert "is no http or https address; check --url" in capsys.readouterr().err


def test_a_search_says_where_what_how_many_when_and_by_whom(case, capsys):
    search = ["searched", str(case.root), "archive.example", "bridge", "--found"]
    assert main([*search, "0", "--at", "2026-03-10T09:30", "--by", "Lin"]) == 0
    assert main([*search, "2"]) == 0
    first, second = searches(case)
    assert {name: first[name] for name in ("where", "query", "found", "by")} == {
        "where": "archive.example",
        "query": "bridge",
        "found": 0,
        "by": "Lin",
    }
    assert first["searched_at"] == "2026-03-10T01:30:00+00:00"
    assert (second["searched_at"], second["by"], second["found"]) == (None, None, 2)


@pytest.mark.parametrize(
    ("search", "reason"),
    [
        (["archive.example", "bridge", "--found", "-1"], "-1 hits cannot have been found"),
        ([" ", "bridge", "--found", "0"], "a search needs a place and a question"),
        (["archive.example", "", "--found", "0"], "a search needs a place and a question"),
    ],
)
def test_a_search_that_cannot_have_been_is_refused(case, capsys, search, reason):
    assert main(["searched", str(case.root), *search]) == 2
    assert reason in capsys.readouterr().err
    assert searches(case) == []
