# SPDX-License-Identifier: GPL-3.0-or-later
"""Field names: wechat-article/wechat-article-exporter (utils/exporter.ts, types/types.d.ts),
chyroc/WechatSogou (structuring.py), xiaoguyu/wechatDownload (doc/mysql.sql)."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from graphkit.importers.wechat_articles import IMPORTER
from graphkit.reading.importer import ReadOptions
from graphkit.reading.rows import sampled

SAMPLES = Path(__file__).parent / "samples"
JSON = SAMPLES / "wechat_article_exporter.json"
ARTICLE = "wechat:__biz=MzSynth{}==&idx=1&mid=224748365{}"
TIMES = [datetime(2024, 7, 2, 4, 10, tzinfo=UTC)] + [
    datetime(2026, 3, 10, *clock, tzinfo=UTC) for clock in ((1, 0), (1, 6, 40), (1, 7, 15), (3, 0))
]
STORY = [("1001", 0), ("1002", 1), ("1002", 4), ("1005", 5), ("1001", 7)]


def read(path, **said):
    [batch] = IMPORTER.read(path, ReadOptions(**said))
    return batch


def rows(frame, *columns):
    return [tuple(row) for row in frame.select(columns).iter_rows()]


def one(tmp_path, **values):
    [first, *_] = json.loads(JSON.read_text("utf-8"))
    path = tmp_path / "articles.json"
    path.write_text(json.dumps([{**first, **values}], ensure_ascii=False), "utf-8")
    return read(path)


@pytest.mark.parametrize("name", ["json", "csv", "xlsx"])
def test_the_three_exports_tell_the_same_articles(name):
    batch = read(SAMPLES / f"wechat_article_exporter.{name}")
    columns = ("post_id", "account_id", "created_at", "time_precision", "kind")
    assert rows(batch.tables["posts"], *columns) == [
        (ARTICLE.format(who, n), f"wechat:MzSynth{who}==", time, "second", "original")
        for (who, n), time in zip(STORY, TIMES, strict=True)
    ]
    labels = [(ARTICLE.format("1001", n), "原创", "wechat") for n in (0, 7)]
    labelled = batch.extras["labels"].filter(label="原创")
    assert rows(labelled, "subject_id", "label", "labelled_by") == labels


def test_an_address_loses_what_tracks_and_a_text_its_markup():
    posts = read(JSON).tables["posts"]
    assert rows(posts, "url", "urls")[2:] == [
        ("https://mp.weixin.qq.com/s?__biz=MzSynth1002==&idx=1&mid=2247483654&sn=5yn4",
         ["https://mp.weixin.qq.com/s?__biz=MzSynth1004==&idx=1&mid=2247483653&sn=5yn3"]),
        ("https://mp.weixin.qq.com/s?__biz=MzSynth1005==&idx=1&mid=2247483655&sn=5yn5",
         ["https://blog.example/hz1"]),
        ("https://mp.weixin.qq.com/s/SynthKey0000000000007A",
         ["https://southbank.example/2026/0310/debunk"]),
    ]  # fmt: skip
    assert posts["text"][2] == "据城事速递消息，大桥垮塌已被多家媒体证实\n链接"


def test_a_deleted_article_has_the_platforms_mark():
    assert rows(
        read(JSON).extras["labels"].filter(label="已删除"), "subject_id", "labelled_by"
    ) == [(ARTICLE.format("1005", 5), "wechat")]


def test_sogou_gives_the_certificate_and_the_address_behind_read_the_original():
    batch = read(SAMPLES / "wechat_sogou.json")
    assert rows(batch.tables["posts"], "post_id", "urls") == [
        (ARTICLE.format("1001", 0), ["https://southbank.example/2024/0702/bridge"]),
        (ARTICLE.format("1001", 7), ["https://southbank.example/2026/0310/debunk"]),
    ]
    accounts = batch.extras["accounts"].unique("account_id")
    assert rows(accounts, "account_id", "handle", "bio", "is_verified", "credential") == [
        ("wechat:MzSynth1001==", "南岸日报", "南岸城的日报", True, "南岸日报社")
    ]


def test_wechat_download_has_wall_clock_and_an_account_only_in_its_addresses():
    batch = read(SAMPLES / "wechat_download.csv")
    assert rows(batch.tables["posts"], "post_id", "created_at", "urls") == [
        (ARTICLE.format("1002", 1), TIMES[1], ["https://blog.example/hz1"]),
        (ARTICLE.format("1002", 4), TIMES[2],
         ["https://mp.weixin.qq.com/s?__biz=MzSynth1004==&idx=1&mid=2247483653&sn=5yn3"]),
    ]  # fmt: skip
    assert read(SAMPLES / "wechat_download.csv", tz="UTC").tables["posts"]["created_at"][
        0
    ] == datetime(2026, 3, 10, 9, 0, tzinfo=UTC)


def test_an_account_without_number_is_its_name(tmp_path):
    link = "https://mp.weixin.qq.com/s/SynthKey0000000000000A"
    batch = one(tmp_path, link=link, fakeid=None)
    assert rows(batch.tables["posts"], "post_id", "account_id", "url") == [
        ("wechat:SynthKey0000000000000A", "wechat:@南岸日报", link)
    ]


def test_an_article_without_account_is_refused(tmp_path):
    link = "https://mp.weixin.qq.com/s/SynthKey0000000000000A"
    batch = one(tmp_path, link=link, fakeid=None, _accountName=None)
    assert batch.rejects["reason"].to_list() == [
        "no address of an article, or nothing that names its account"
    ]


def test_without_content_the_digest_is_the_text(tmp_path):
    batch = one(tmp_path, content=None, title="河洲大桥", digest="今晚封闭")
    assert batch.tables["posts"]["text"].to_list() == ["河洲大桥\n今晚封闭"]


def test_each_export_says_why_it_suits():
    names = ("exporter.json", "exporter.xlsx")
    told = [IMPORTER.suits(sampled(SAMPLES / f"wechat_article_{name}")) for name in names]
    told += [
        IMPORTER.suits(sampled(SAMPLES / n)) for n in ("wechat_sogou.json", "wechat_download.csv")
    ]
    assert told == [
        "its articles have aid, link and copyright_stat, as in wechat-article-exporter",
        "it has wechat-article-exporter's columns (公众号, 链接, 标题, 发布时间)",
        "it has gzh and article, as WechatSogou gives them",
        "it has the columns of wechatDownload's articles",
    ]
