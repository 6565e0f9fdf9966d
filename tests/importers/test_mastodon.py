# SPDX-License-Identifier: GPL-3.0-or-later
"""Field names: docs.joinmastodon.org, entities Status, Quote, ShallowQuote, PreviewCard."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from graphkit.importers.mastodon import IMPORTER
from graphkit.reading.importer import ReadOptions
from graphkit.reading.rows import sampled

SAMPLE = Path(__file__).parent / "samples" / "mastodon_statuses.jsonl"
HOME, AWAY = "https://social.example/users/", "https://far.example/users/"
FIRST = 116_200_000_000_000_000


def read(path):
    [batch] = IMPORTER.read(path, ReadOptions())
    return batch


def lines(path, *values):
    path.write_text("\n".join(json.dumps(v, ensure_ascii=False) for v in values), "utf-8")
    return path


def read_values(tmp_path, *values):
    return read(lines(tmp_path / "statuses.jsonl", *values))


def account(name="me", home=HOME, **said):
    host = home.split("/")[2]
    acct = name if home == HOME else f"{name}@{host}"
    return {"id": name, "acct": acct, "uri": home + name, "url": f"https://{host}/@{name}", **said}


def status(number="1", who=None, **said):
    who = account() if who is None else who
    return {"id": number, "uri": f"{who['uri']}/statuses/{number}", "account": who, "content": "x",
            "created_at": "2026-03-10T01:00:00.000Z", "reblog": None, **said}  # fmt: skip


def local(name, number):
    return f"mastodon:{HOME}{name}/statuses/{number}"


def test_the_statuses_give_the_story():
    posts = read(SAMPLE).tables["posts"]
    names = ["southbank_daily", "qingshi_news", "hezhou_watch", "city_express01", "qingshi_news",
             "qingshl_news", "lin_reader", "southbank_daily"]  # fmt: skip
    assert posts["post_id"].to_list() == [local(n, FIRST + k) for k, n in enumerate(names)]
    assert posts["account_id"].to_list() == [f"mastodon:{HOME}{name}" for name in names]
    assert posts["kind"].to_list() == [
        "original", "original", "quote", "repost", "original", "original", "reply", "quote",
    ]  # fmt: skip
    p1, p2 = posts["post_id"][1], posts["post_id"][2]
    assert posts["parent_id"].to_list() == [None, None, p1, p2, None, None, p1, p1]
    assert (
        posts["text"][1]
        == "据网传，河洲大桥昨夜垮塌，多车坠河！来源：网络 #河洲大桥# https://blog.example/hz1"
    )
    assert posts["text"][3] is None
    assert posts["urls"][4].to_list() == [f"https://social.example/@city_express01/{FIRST + 3}"]
    assert posts["url"][3] == f"https://social.example/@city_express01/{FIRST + 3}"
    assert posts["created_at"][1] == datetime(2026, 3, 10, 1, tzinfo=UTC)
    assert posts["hashtags"][1].to_list() == ["河洲大桥"]


@pytest.mark.parametrize("wrap", [list, lambda some: {"statuses": some, "accounts": []}])
def test_an_array_and_a_search_of_the_api_are_read_too(tmp_path, wrap):
    values = [json.loads(line) for line in SAMPLE.read_text("utf-8").splitlines()]
    path = tmp_path / "statuses.json"
    path.write_text(json.dumps(wrap(values), ensure_ascii=False, indent=1), "utf-8")
    assert IMPORTER.suits(sampled(path)) is not None
    ids = read(path).tables["posts"]["post_id"].to_list()
    assert ids == read(SAMPLE).tables["posts"]["post_id"].to_list()


def test_a_thread_of_the_api_gives_what_stands_above_and_below(tmp_path):
    path = tmp_path / "context.json"
    path.write_text(json.dumps({"ancestors": [status("1")], "descendants": [status("2")]}), "utf-8")
    assert read(path).tables["posts"]["post_id"].to_list() == [local("me", 1), local("me", 2)]


def test_an_answer_is_resolved_by_the_statuses_of_the_file_even_of_another_instance(tmp_path):
    far = status("77", account("far", AWAY), uri=f"{AWAY}far/statuses/5")
    answer = status("2", in_reply_to_id="77", in_reply_to_account_id="far")
    batch = read_values(tmp_path, answer, far)
    assert batch.tables["posts"]["parent_id"][0] == f"mastodon:{AWAY}far/statuses/5"


def test_an_answer_to_an_absent_status_is_built_from_the_accounts_other_statuses(tmp_path):
    answer = status("2", account("you"), in_reply_to_id="9", in_reply_to_account_id="me")
    batch = read_values(tmp_path, status("1"), answer)
    assert batch.tables["posts"]["parent_id"][1] == local("me", 9)
    [unseen] = batch.extras["posts"].to_dicts()
    assert (unseen["post_id"], unseen["is_seen"]) == (local("me", 9), False)
    assert unseen["account_id"] == f"mastodon:{HOME}me"


def test_an_answer_that_cannot_be_resolved_stays_an_answer_to_nobody_knows_what(tmp_path):
    far = status("77", account("far", AWAY), uri=f"{AWAY}far/statuses/5",
                 in_reply_to_id="70", in_reply_to_account_id="other")  # fmt: skip
    post = read_values(tmp_path, far).tables["posts"].row(0, named=True)
    assert (post["kind"], post["parent_id"]) == ("reply", None)


def test_a_shallow_quote_has_only_an_id_and_is_resolved_in_the_file(tmp_path):
    quote = {"state": "accepted", "quoted_status_id": "77"}
    far = status("77", account("far", AWAY), uri=f"{AWAY}far/statuses/5")
    posts = read_values(tmp_path, status("2", quote=quote), far).tables["posts"]
    assert posts["kind"].to_list() == ["quote", "original"]
    assert posts["parent_id"].to_list() == [f"mastodon:{AWAY}far/statuses/5", None]


def test_a_quote_that_was_taken_back_is_a_quote_of_an_unknown_post(tmp_path):
    quote = {"state": "revoked", "quoted_status": None}
    post = read_values(tmp_path, status(quote=quote)).tables["posts"].row(0, named=True)
    assert (post["kind"], post["parent_id"]) == ("quote", None)


def test_a_quote_of_a_fork_is_the_status_itself(tmp_path):
    batch = read_values(tmp_path, status("2", quote=status("1", account("you"))))
    assert batch.tables["posts"]["parent_id"].to_list() == [local("you", 1)]
    assert batch.extras["posts"]["post_id"].to_list() == [local("you", 1)]


def test_the_line_that_servers_without_quotes_show_is_no_text_of_a_quote(tmp_path):
    line = '<p class="quote-inline">RE: <a href="https://a.example/1">https://a.example/1</a></p>'
    quote = {"state": "accepted", "quoted_status": status("9", account("you"))}
    with_quote, without = read_values(
        tmp_path, status("1", content=f"{line}<p>mine</p>", quote=quote), status("2", content=line)
    ).tables["posts"].to_dicts()  # fmt: skip
    assert (with_quote["text"], with_quote["urls"]) == ("mine", [])
    assert without["urls"] == ["https://a.example/1"]


def test_mentions_and_hashtags_are_no_links_but_the_card_is_one(tmp_path):
    content = (
        '<p><a href="https://far.example/@you" class="u-url mention">@<span>you</span></a> '
        '<a href="https://social.example/tags/x" class="mention hashtag">#<span>x</span></a> '
        '<a href="https://plain.example/@other">@other</a> '
        '<a href="https://news.example/1"><span class="invisible">https://</span>news.example/1</a>'
        "</p>"
    )
    mentions = [{"acct": "you@far.example", "url": "https://far.example/@you"},
                {"acct": "other", "url": "https://plain.example/@other"}]  # fmt: skip
    said = {"content": content, "mentions": mentions, "tags": [{"name": "x", "url": "u"}]}
    post = read_values(tmp_path, status(**said, card={"url": "https://card.example"})).tables[
        "posts"
    ]
    [row] = post.select("text", "urls", "mentions", "hashtags").rows()
    assert row == (
        "@you #x @other https://news.example/1", ["https://news.example/1", "https://card.example"],
        ["you@far.example", "other@plain.example"], ["x"],
    )  # fmt: skip


def test_a_warning_before_the_text_is_text(tmp_path):
    said = {"spoiler_text": "politics", "sensitive": True, "content": "<p>a &amp; b<br>c</p>"}
    batch = read_values(tmp_path, status(**said))
    assert batch.tables["posts"]["text"].to_list() == ["politics\na & b\nc"]
    assert batch.extras["labels"].select("subject_kind", "label").rows() == [("post", "sensitive")]


def test_an_account_that_calls_itself_automated_is_labelled_so_by_itself(tmp_path):
    batch = read_values(tmp_path, status(who=account(bot=True)))
    [label] = batch.extras["labels"].to_dicts()
    assert (label["subject_id"], label["label"]) == (f"mastodon:{HOME}me", "automated")
    assert label["labelled_by"] == f"{HOME}me"


def test_an_account_of_the_instance_itself_gets_its_host(tmp_path):
    batch = read_values(tmp_path, status(), status("2", account("you", AWAY)))
    assert batch.extras["accounts"]["handle"].to_list() == ["me@social.example", "you@far.example"]


def test_old_instances_give_no_uri_of_accounts_and_it_is_read_from_the_status(tmp_path):
    old = status()
    old["account"] = {key: v for key, v in old["account"].items() if key != "uri"}
    assert read_values(tmp_path, old).tables["posts"]["account_id"].to_list() == [
        f"mastodon:{HOME}me"
    ]


def test_an_edit_keeps_its_time(tmp_path):
    posts = read_values(tmp_path, status(edited_at="2026-03-10T02:00:00.000Z")).tables["posts"]
    assert posts["edited_at"].to_list() == [datetime(2026, 3, 10, 2, tzinfo=UTC)]


def test_a_status_without_account_is_refused(tmp_path):
    batch = read_values(tmp_path, {**status(), "account": None}, status("2"))
    assert batch.rejects["reason"].to_list() == ["no uri or no account"]
    assert batch.tables["posts"].height == 1
