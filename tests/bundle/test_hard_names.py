# SPDX-License-Identifier: GPL-3.0-or-later
"""Names that are hard to find in a text: which are masked, and which nobody can look for."""

from __future__ import annotations

import polars as pl
import pytest

from graphkit.bundle.leaks import leaks_in, refuse_leaks
from graphkit.bundle.masking import edited, masked_texts, text_edits
from graphkit.bundle.matching import fold, folded, hits
from graphkit.bundle.names import withheld_names
from graphkit.case import load_corpus
from graphkit.errors import BundleError
from graphkit.tables import ACCOUNTS

# id, handle, display name
PEOPLE = [
    ("weibo:1002", "小林", "小林"),
    ("weibo:1003", "大桥", None),
    ("x:9100000001", "mossy_finch", "Amélie Roux"),
    ("x:9100000002", "İpek_ay", "Straße Nord"),
    ("x:9100000003", "x", "🦊🌊"),
    ("x:9100000004", "evidence", "柳絮飞扬啊"),
    ("mastodon:https://social.example/users/reed", "reedling@social.example", None),
    ("bluesky:did:plc:abc1defg2hij", "fenwick.bsky.social", None),
]
HOST = "柳絮飞扬啊".encode("punycode").decode()
MASKED = {
    "two characters inside a sentence": ("我觉得小林在说谎", "小林"),
    "two characters that are a word, where somebody is quoted": ("据大桥报道，桥塌了", "大桥"),
    "two characters that are a word, behind an @": ("回复@大桥:真的吗", "大桥"),
    "two characters that are a word, alone": ("大桥", "大桥"),
    "a relay chain": ("转发//@小林:看看//@mossy_finch:好", "小林"),
    "full-width letters": ("ｍｏｓｓｙ＿ｆｉｎｃｈ said so", "ｍｏｓｓｙ"),
    "hidden characters": ("mos\u200bsy_fin\u2060ch said so", "sy_fin"),
    "hidden characters, spelled out": ("mos[U+200B]sy_finch said so", "sy_finch"),
    "an accent apart": ("Ame\u0301lie Roux said so", "lie Roux"),
    "ss for ß": ("STRASSE NORD said so", "NORD"),
    "a small letter for İ": ("ask ipek_ay today", "ipek_ay"),
    "coded in an address": ("https://news.example/a?by=%6Dossy_finch", "ossy_finch"),
    "coded twice": ("https://news.example/a?by=%256Dossy_finch", "ossy_finch"),
    "coded outside an address": ("by %6Dossy_finch today", "ossy_finch"),
    "as an entity": ("by &#109;ossy_finch today", "ossy_finch"),
    "in a host": (f"https://xn--{HOST}.example/a", HOST),
    "in a mail address": ("write to Lin.Reader+x@mail.example", "Lin.Reader"),
    "without its host": ("ask reedling or fenwick", "reedling"),
    "a code of an id": ("did abc1defg2hij post it", "abc1defg2hij"),
    "a number of four digits, alone": ("1002", "1002"),
    "a number of four digits, as a file": ("weibo_spider_1002.csv", "1002"),
    "a file name": ("tweets_mossy_finch_2025.csv", "mossy_finch"),
    "a folder name": ("export/小林的微博/list.json", "小林"),
    "one letter behind an @": ("ask @x now", "@x"),
    "emoji behind an @": ("ask @🦊🌊 now", "🦊"),
    "a word of graphkit's own behind an @": ("ask @evidence now", "@evidence"),
}
NOT_LOOKED_FOR = {
    "a word of two characters inside a sentence": "昨晚大桥塌了",
    "another name that begins so": "小林2 说没有",
    "one letter": "x said so",
    "emoji": "🦊🌊 said so",
    "a word of graphkit's own": "rows of evidence",
    "a number of four digits in a sentence": "1002 people came",
    "letters of another script that look alike": "m\u043essy_finch said so",
    "split over two lines": "mossy\n_finch said so",
    "split by markup": "mossy<b>_finch</b> said so",
    "written backwards": "hcnif_yssom",
    "in base64": "bW9zc3lfZmluY2g=",
}


@pytest.fixture(scope="module")
def withheld(tmp_path_factory, make_case):
    case = make_case(tmp_path_factory.mktemp("hard") / "case")
    corpus = load_corpus(case)
    accounts = ACCOUNTS.conform(pl.DataFrame(
        [{"account_id": i, "platform": i.partition(":")[0], "handle": h, "display_name": n,
          "source_id": "s", "source_line": 1} for i, h, n in PEOPLE]
    ))  # fmt: skip
    one = corpus.posts.head(1)
    talk = pl.concat([one] * 20).with_columns(text=pl.lit("昨晚大桥塌了，很多人在桥上"))
    posts = talk.with_columns(post_id=pl.format("x:77000000{}", pl.int_range(20) + 10))
    made = type(corpus)(**{**vars(corpus), "accounts": accounts, "posts": posts})
    return withheld_names(case, made)


@pytest.mark.parametrize(("text", "name"), MASKED.values(), ids=list(MASKED))
def test_is_masked(withheld, text, name):
    after = masked_texts(withheld, [text]).get(text, text)
    assert name not in after
    assert hits(withheld, [after]) == {}


@pytest.mark.parametrize("text", NOT_LOOKED_FOR.values(), ids=list(NOT_LOOKED_FOR))
def test_is_not_looked_for_and_the_gate_lets_it_pass(withheld, tmp_path, text):
    assert masked_texts(withheld, [text]) == {}
    (tmp_path / "a.txt").write_text(text)
    refuse_leaks(withheld, tmp_path)


def test_a_name_is_replaced_where_it_stands_though_folding_moves_it(withheld):
    text = "ﬁne İ ㍿ Ame\u0301lie Roux, mossy_finch!"
    edits = text_edits(withheld, [text])[text]
    assert [text[e.start : e.end] for e in edits] == ["Ame\u0301lie Roux", "mossy_finch"]
    assert edited(text, edits).startswith("ﬁne İ ㍿ acct-")


@pytest.mark.parametrize(
    "text", ["Ｍossy", "I\u0307pek", "STRAẞE", "ΣΑΣ", "é", "e\u0301", "ｶﾞ", "각", "[U+200B]x", "ﬁ"]
)
def test_one_text_and_a_column_are_folded_alike(text):
    assert pl.select(folded(pl.lit(text))).item() == fold(text)


def test_the_gate_undoes_every_coding_and_reads_categories_lists_and_statistics(withheld, tmp_path):
    (tmp_path / "a.html").write_text("<p>by <b title='%256Dossy_finch'>x</b></p>")
    (tmp_path / "b.html").write_text("<p>by &#109;ossy&#95;finch</p><!-- 柳絮飞扬啊 -->")
    (tmp_path / "c.graphml").write_text("<g><d>mossy&#95;finch</d></g>")
    (tmp_path / "d.json").write_text('{"a": ["\\u006dossy_finch"]}')
    frame = pl.DataFrame({"x": pl.Series(["mossy_finch"], dtype=pl.Categorical)})
    frame.write_parquet(tmp_path / "e.parquet")
    (tmp_path / "mossy_finch.txt").write_text("nothing")
    files = {path.name: path for path in tmp_path.iterdir()}
    found = leaks_in(withheld, files)
    assert sorted(found) == sorted(files)
    assert found["b.html"] == ["display name", "handle"]


def test_the_gate_refuses_a_column_that_it_cannot_read(withheld, tmp_path):
    pl.DataFrame({"x": [{"a": "b"}]}).write_parquet(tmp_path / "a.parquet")
    with pytest.raises(BundleError, match=r"a\.parquet: the leak gate cannot read it as parquet"):
        refuse_leaks(withheld, tmp_path)


def test_short_numbers_count_in_files_that_are_not_the_cases_own(withheld, tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("who,n\n1002,7\n")
    assert leaks_in(withheld, {"a.csv": path}) == {}
    assert leaks_in(withheld, {"a.csv": path}, strict=True) == {"a.csv": ["native id"]}
