# SPDX-License-Identifier: GPL-3.0-or-later
"""One story in every format: each importer gets out of its file all that expected_actions.csv says.

The story has eight posts, p0 to p7 in time order, by six accounts. A format that cannot hold some
of it says so below; whatever it can hold must come out, the citation of p3 by p4 included, and no
post that is not in the story.
"""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import polars as pl
import pytest

from graphkit.case import create_case, load_corpus
from graphkit.investigation.ingesting import ingest
from graphkit.reading.importer import ReadOptions
from graphkit.text.links import canonical_url
from graphkit.trace.origin import trace_story

SAMPLES = Path(__file__).parent / "samples"
PEOPLE = {
    "southbank_daily": ("南岸日报", 1001),
    "qingshi_news": ("青石快讯", 1002),
    "hezhou_watch": ("河洲观察", 1003),
    "city_express01": ("城事速递", 1004),
    "qingshl_news": ("青石快讯.", 1005),
    "lin_reader": ("小林", 1006),
}
KINDS = {"post": "original", "cite": "original"}
EVERY = ("p0", "p1", "p2", "p3", "p4", "p5", "p6", "p7")
NO_REPLY = ("p0", "p1", "p2", "p3", "p4", "p5", "p7")


@dataclass(frozen=True)
class Held:
    """What one sample can hold.

    `unlinked` are posts whose target the format does not say; `as_kind` what the format calls a
    post, where it cannot tell; `without_urls` are posts whose link it cannot hold; `cites` how p4's
    citation of p3 comes out: link, field, text or None.
    """

    keys: tuple[str, ...] = EVERY
    unlinked: tuple[str, ...] = ()
    as_kind: dict[str, tuple[str, ...]] = field(default_factory=dict)
    cites: str | None = "link"
    urls: bool = True
    without_urls: tuple[str, ...] = ()
    slack: timedelta = timedelta(0)
    options: ReadOptions = field(default_factory=ReadOptions)


MINUTE = timedelta(minutes=1)
SHARED = dict.fromkeys(("p2", "p3", "p7"), ("repost", "quote"))
SIX = ("p0", "p1", "p4", "p5")
PLAIN = dict.fromkeys(("p2", "p7"), ("original",))
HELD = {
    "x_api_v1_tweets.jsonl": Held(),
    "x_api_v2_twarc2_pages.jsonl": Held(EVERY[1:]),
    "x_information_operations_hashed.csv": Held(slack=MINUTE),
    "zeeschuimer_x.ndjson": Held(),
    "bluesky_author_feed.jsonl": Held(),
    "bluesky_jetstream.jsonl": Held(),
    "mastodon_statuses.jsonl": Held(),
    "weibo_crawler/青石快讯/1002.json": Held(("p1", "p4")),
    "weibo_crawler/河洲观察/1003.json": Held(("p2",), cites=None),
    "weibo_crawler/青石快讯/1002.csv": Held(("p1", "p4"), cites="text", urls=False),
    "weibo_crawler/河洲观察/1003.csv": Held(("p2",), cites=None, urls=False),
    "weibo_search.csv": Held(
        as_kind={"p6": ("original",)}, unlinked=("p6",), cites="text", urls=False, slack=MINUTE
    ),
    "weibo_spider_1002.csv": Held(("p1", "p4"), cites="text", urls=False, slack=MINUTE),
    "telegram_desktop_result.json": Held(as_kind=SHARED, unlinked=("p2", "p3", "p7")),
    "telegram_telethon.jsonl": Held(as_kind=SHARED),
    "reddit_RS.jsonl": Held(NO_REPLY, as_kind=SHARED),
    "reddit_RC.jsonl": Held(("p6",), cites=None),
    "tiktok_research_videos.json": Held(
        ("p0", "p1", "p2", "p4", "p5", "p7"),
        as_kind={"p2": ("original",), "p7": ("original",)},
        unlinked=("p2", "p7"),
        cites="text",
        urls=False,
    ),
    # the one link of a Facebook post, to another, is what it shares: so p4 shares p3
    "crowdtangle_facebook.csv": Held(
        NO_REPLY, as_kind=SHARED | {"p4": ("repost", "quote")}, cites="field", without_urls=("p7",)
    ),
    "meta_content_library_posts.csv": Held(
        NO_REPLY,
        as_kind=dict.fromkeys(("p2", "p3", "p7"), ("original",)),
        unlinked=("p2", "p3", "p7"),
        cites="text",
        urls=False,
    ),
    "coordination_network_toolkit.csv": Held(
        as_kind={"p2": ("original",), "p7": ("original",)}, unlinked=("p2", "p7")
    ),
    "4cat_custom.csv": Held(
        as_kind=dict.fromkeys(("p2", "p3", "p7"), ("original",)),
        unlinked=("p2", "p3", "p7"),
        cites="text",
        urls=False,
        options=ReadOptions(platform="x", tz="UTC"),
    ),
    "weibo_crawler/weibodata.db": Held(("p1", "p2", "p3", "p4", "p6"), cites="text", urls=False),
    "weibo_crawler/青石快讯/青石快讯_comments.csv": Held(("p6",), cites=None),
    "weibo_spider_1003.json": Held(("p2",), unlinked=("p2",), cites=None, slack=MINUTE),
    "mediacrawler/weibo/csv/search_contents_2026-03-11.csv": Held(
        NO_REPLY, as_kind=PLAIN, unlinked=("p2", "p3", "p7"), cites="text", urls=False
    ),
    "mediacrawler/weibo/csv/search_comments_2026-03-11.csv": Held(("p6",), cites=None),
    "mediacrawler/xhs/json/search_contents_2026-03-11.json": Held(SIX, cites="text", urls=False),
    "mediacrawler/douyin/jsonl/search_contents_2026-03-11.jsonl": Held(
        SIX, cites="text", urls=False
    ),
    "mediacrawler/bili/csv/search_contents_2026-03-11.csv": Held(SIX, cites="text", urls=False),
    "mediacrawler/bili/csv/search_comments_2026-03-11.csv": Held(("p6",), cites=None),
    "mediacrawler/bili/json/creator_dynamics_2026-03-11.json": Held(
        ("p7",), unlinked=("p7",), cites=None, urls=False
    ),
    "mediacrawler/zhihu/json/search_contents_2026-03-11.json": Held(SIX, cites="text", urls=False),
    "wechat_article_exporter.json": Held(
        (*SIX, "p7"), as_kind=PLAIN, unlinked=("p7",), cites="text"
    ),
    "wechat_article_exporter.csv": Held(
        (*SIX, "p7"), as_kind=PLAIN, unlinked=("p7",), cites="text", urls=False
    ),
    "wechat_article_exporter.xlsx": Held(
        (*SIX, "p7"), as_kind=PLAIN, unlinked=("p7",), cites="text", urls=False
    ),
    "wechat_sogou.json": Held(("p0", "p7"), as_kind=PLAIN, unlinked=("p7",), cites=None),
    "bilibili_videos.json": Held(("p0", "p1", "p5"), cites=None, urls=False),
    "bilibili_search.json": Held(("p0", "p1"), cites=None, urls=False),
    "bilibili_dynamics.json": Held(("p1", "p2", "p3", "p4", "p7"), urls=False),
    "bilibili_comments.json": Held(("p6",), cites=None),
    "toutiao_feed.json": Held(
        ("p0", "p1", "p2", "p4", "p5", "p7"),
        as_kind={"p7": ("original",)},
        unlinked=("p7",),
        cites="text",
        urls=False,
    ),
    "x_api_v2_flattened.jsonl": Held(),
    "twarc_csv.csv": Held(),
    "minet_tweets.csv": Held(),
    "4cat_x_api_v2.ndjson": Held(),
    "4cat_x_api_v2.csv": Held(unlinked=("p3", "p6")),
    "4cat_x_zeeschuimer.csv": Held(unlinked=("p3", "p6")),
    "zeeschuimer_truth.ndjson": Held(),
    "zeeschuimer_threads.ndjson": Held(unlinked=("p6",)),
    "zeeschuimer_tiktok.ndjson": Held(
        tuple(key for key in EVERY if key != "p3"), cites="text", urls=False
    ),
    "zeeschuimer_rednote.ndjson": Held(
        tuple(key for key in EVERY if key != "p3"),
        as_kind=PLAIN,
        unlinked=("p2", "p7"),
        cites="text",
        urls=False,
    ),
    "zeeschuimer_douyin.ndjson": Held(
        (*SIX, "p2", "p7"), as_kind=PLAIN, unlinked=("p2", "p7"), cites="text", urls=False
    ),
    "zeeschuimer_gab.ndjson": Held(
        (*SIX, "p2", "p7"), as_kind=PLAIN, unlinked=("p2", "p7"), cites="text", urls=False
    ),
    "4cat_bluesky.ndjson": Held(tuple(key for key in EVERY if key != "p3"), cites=None),
    "4cat_bluesky.csv": Held(tuple(key for key in EVERY if key != "p3"), cites=None),
    "minet_bluesky.csv": Held(),
    "4cat_telegram.csv": Held(as_kind=SHARED, unlinked=("p2", "p3", "p7")),
    "minet_telegram.csv": Held(
        NO_REPLY,
        as_kind=dict.fromkeys(("p2", "p3", "p7"), ("original",)),
        unlinked=("p2", "p3", "p7"),
    ),
    "videolist_search6_2026_03_11-00_00_00.csv": Held(
        ("p0", "p1", "p2", "p4", "p5", "p7"), as_kind=PLAIN, unlinked=("p2", "p7")
    ),
    "videoinfo_synthvid_p1_2026_03_11-00_00_00_comments.csv": Held(("p6",), cites=None),
    "vk_wall_get.json": Held(),
    "4cat_vk.ndjson": Held(),
}


def expected():
    with (SAMPLES / "expected_actions.csv").open(encoding="utf-8") as handle:
        return {row["post"]: row for row in csv.DictReader(handle)}


STORY = expected()


def person_of(account_id, accounts):
    """Whose account it is, by its id, handle or display name."""
    row = accounts.get(account_id, {})
    native = account_id.partition(":")[2]
    names = {native, native.removeprefix("@"), row.get("handle"), row.get("display_name")}
    names |= {re.sub(r"[-.]", "_", str(name)).removesuffix("_bsky_example") for name in names}
    for handle, (shown, number) in PEOPLE.items():
        ids = {str(number), f"{number:064x}", f"did:plc:synthetic{number}"}
        ids |= {f"channel{number}", f"t2_{number}"}
        ids |= {f"https://social.example/users/{handle}", f"{handle}@social.example"}
        if names & ({handle, shown} | ids):
            return handle
    return None


def told(file, held, folder):
    """The story's key of each seen post of the file, and the corpus."""
    case = create_case(folder / "case")
    [ledger] = ingest(case, [SAMPLES / file], options=held.options)
    corpus = load_corpus(case)
    accounts = {row["account_id"]: row for row in corpus.accounts.to_dicts()}
    keys = {}
    for post in corpus.posts.filter("is_seen").to_dicts():
        who = person_of(post["account_id"], accounts)
        fits = [
            key
            for key, row in STORY.items()
            if row["account"] == who and post["created_at"] is not None
            and abs(datetime.fromisoformat(row["time_utc"]) - post["created_at"]) <= held.slack
        ]  # fmt: skip
        keys[post["post_id"]] = fits[0] if len(fits) == 1 else f"not in the story: {post}"
    return ledger, corpus, keys


@pytest.mark.parametrize("file", sorted(HELD))
def test_a_file_gives_its_part_of_the_story_and_nothing_else(file, tmp_path):
    held = HELD[file]
    ledger, corpus, keys = told(file, held, tmp_path)
    posts = corpus.posts.filter("is_seen", pl.col("source_line").is_not_null())
    assert ledger.rejects.height == 0
    assert set(held.keys) <= set(keys.values()) <= set(STORY)
    assert len(set(keys.values())) == len(keys) == posts.height
    id_of = {key: post_id for post_id, key in keys.items()}
    for post in (row for row in posts.to_dicts() if keys[row["post_id"]] in held.keys):
        key = keys[post["post_id"]]
        action = STORY[key]["action"]
        assert post["kind"] in held.as_kind.get(key, (KINDS.get(action, action),)), key
        target = STORY[key]["target_post"]
        if action not in KINDS and key not in held.unlinked:
            assert post["parent_id"] is not None, key
            assert post["parent_id"] == id_of.get(target, post["parent_id"]), key
        elif key not in held.as_kind or key in held.unlinked:
            assert post["parent_id"] is None, key
        linked = STORY[key]["urls"]
        if held.urls and key not in held.without_urls and linked.startswith("http"):
            assert linked in canonical_url(pl.Series(post["urls"], dtype=pl.String)).to_list(), key


@pytest.mark.parametrize("file", [name for name in sorted(HELD) if HELD[name].cites])
def test_the_citation_that_other_tools_lose_is_there(file, tmp_path):
    held = HELD[file]
    _, corpus, keys = told(file, held, tmp_path)
    [citing] = [post_id for post_id, key in keys.items() if key == "p4"]
    rows = corpus.citations.filter(pl.col("post_id") == citing)
    found = rows.filter(pl.col("target_kind") == "post") if held.cites != "text" else rows
    assert held.cites in found["via"].to_list()
    if held.cites in ("link", "field"):
        [target] = found["target"].to_list()
        assert keys.get(target, "p3") == "p3"
        assert rows.height <= 2  # the link, and what the text names
    else:
        named = found.filter(pl.col("via") == "text")["target"].to_list()
        accounts = {row["account_id"]: row for row in corpus.accounts.to_dicts()}
        assert "城事速递" in [accounts.get(t, {"display_name": t})["display_name"] for t in named]


def test_a_saved_page_is_traced_with_the_posts_that_link_it(tmp_path):
    case = create_case(tmp_path / "case")
    files = [SAMPLES / "web_hz1_gbk.html", SAMPLES / "x_api_v1_tweets.jsonl"]
    ingest(case, files, options=ReadOptions(tz="Asia/Shanghai"))
    told = trace_story(load_corpus(case), "https://blog.example/hz1").to_json()
    assert told["first_seen"] == "web:https://blog.example/hz1"
    linked = {each["child"] for each in told["edges"] if each["parent"] == told["first_seen"]}
    assert linked == {"x:2031173187793846273", "x:2031175012316086277"}
