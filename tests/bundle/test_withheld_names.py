# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import json
import re

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graphkit.bundle import leaks, write
from graphkit.bundle.leaks import refuse_leaks
from graphkit.bundle.masking import edited, masked_json, masked_texts, moved, text_edits
from graphkit.bundle.matching import hits
from graphkit.bundle.names import withheld_names
from graphkit.bundle.write import write_bundle
from graphkit.case import load_corpus, pseudonym, pseudonyms
from graphkit.errors import BundleError


@pytest.fixture(scope="module")
def withheld(tmp_path_factory, make_case):
    case = make_case(tmp_path_factory.mktemp("withheld") / "case")
    return withheld_names(case, load_corpus(case))


def masked(withheld, text):
    return masked_texts(withheld, [text]).get(text, text)


@pytest.fixture(scope="module")
def who(withheld):
    """Pseudonym by the last digit of the account's id."""
    return {n: pseudonym(withheld.case, f"weiju:7000000{n}") for n in range(1, 7)}


def test_a_handle_is_replaced_as_a_word_whatever_its_case(withheld, who):
    assert masked(withheld, "Mossy_Finch!") == f"{who[1]}!"
    assert masked(withheld, "mossy_finches and xmossy_finch") == "mossy_finches and xmossy_finch"


def test_a_mention_is_replaced_and_known_by_its_account(withheld, who):
    assert masked(withheld, "//@TarnOtter: ok ＠dunlin88") == f"//@{who[2]}: ok ＠{who[3]}"


def test_a_mention_of_somebody_unknown_is_replaced_too(withheld):
    name = pseudonyms(withheld.case, ["nobody_known"], prefix="name")["nobody_known"]
    assert masked(withheld, "hello @Nobody_Known.") == f"hello @{name}."


def test_a_chinese_name_is_found_inside_a_sentence(withheld, who):
    assert masked(withheld, "据柳絮飞扬啊报道") == f"据{who[2]}报道"


def test_ids_are_replaced_in_full_and_alone_but_not_inside_numbers(withheld, who):
    assert masked(withheld, "weiju:70000001 is 70000001") == f"{who[1]} is {who[1]}"
    assert masked(withheld, "170000001 0.70000001 70000001.5") == "170000001 0.70000001 70000001.5"


def test_a_named_account_keeps_id_handle_and_posts(withheld):
    text = "weiju:70000004 <script>alert(1)</script> weiju:550000003"
    assert masked(withheld, text) == text


def test_an_address_that_leads_to_somebody_is_cut_after_its_host(withheld):
    short = masked(withheld, "see https://weiju.example/70000006/AbCdEf now")
    assert short.startswith("see https://weiju.example/url-")
    assert short.endswith(" now")
    assert "AbCdEf" not in short
    coded = masked(withheld, "https://news.example/a?by=%6Dossy_finch")
    assert coded.startswith("https://news.example/url-")
    host = masked(withheld, "https://dunlin88.blog.example/x")
    assert host.startswith("url-")
    assert masked(withheld, "https://news.example/2025/03") == "https://news.example/2025/03"


def test_an_account_called_like_a_word_of_the_report_blocks_nothing(withheld, who):
    assert masked(withheld, "rows of evidence") == "rows of evidence"
    assert masked(withheld, "ask @evidence") == f"ask @{who[5]}"


def test_json_is_masked_in_keys_and_values_and_numbers_stay(withheld, who):
    value = {"weiju:70000001": [70000001, None, {"by": "TarnOtter"}]}
    assert masked_json(withheld, value) == {who[1]: [70000001, None, {"by": who[2]}]}


def test_a_name_of_two_accounts_points_at_neither(tmp_path, make_case, who):
    case = make_case(tmp_path / "case")
    corpus = load_corpus(case)
    both = pl.when(pl.col("account_id").is_in(["weiju:70000001", "weiju:70000002"]))
    accounts = corpus.accounts.with_columns(
        display_name=both.then(pl.lit("Reed Warbler")).otherwise("display_name")
    )
    twice = withheld_names(case, type(corpus)(**{**vars(corpus), "accounts": accounts}))
    name = pseudonyms(case, ["reed warbler"], prefix="name")["reed warbler"]
    assert masked(twice, "Reed Warbler said") == f"{name} said"


NAMES = [
    "mossy_finch",
    "@TarnOtter",
    "柳絮飞扬啊",
    "weiju:70000003",
    "70000006",
    "a",
    " ",
    "桥",
    "。",
]


@settings(max_examples=60, deadline=None)
@given(parts=st.lists(st.sampled_from(NAMES), max_size=8))
def test_what_was_masked_holds_no_withheld_name_and_spans_stay_in_order(withheld, parts):
    text = "".join(parts)
    edits = text_edits(withheld, [text]).get(text, [])
    after = edited(text, edits)
    assert hits(withheld, [after]) == {}
    places = [moved(n, edits) for n in range(len(text) + 1)]
    assert places == sorted(places)
    assert places[-1] <= len(after)


def test_no_withheld_name_is_in_any_byte_of_a_bundle(case, tmp_path):
    bundle = write_bundle(case, tmp_path / "out")
    words = ["mossy_finch", "tarnotter", "柳絮飞扬啊", "dunlin88", "quiet_reader", "70000001",
             "70000002", "70000006", "550000001", "fen media", "reeds"]  # fmt: skip
    allowed = {("rows/accounts.parquet", "fen media"), ("rows/accounts.parquet", "reeds")}  # named
    found = {
        (path.relative_to(bundle.path / "data").as_posix(), word)
        for path in (bundle.path / "data").rglob("*")
        if path.is_file()
        for word in words
        for content in [_decoded(path)]
        if word in content.lower()
    }
    assert found == allowed
    assert not any(word in (bundle.path / "audit.jsonl").read_text().lower() for word in words)


def _decoded(path):
    if path.suffix == ".parquet":
        return pl.read_parquet(path).write_ndjson()
    return path.read_text("utf-8")


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.txt", b"by @mossy_finch", "a.txt: a withheld handle"),
        ("a.json", b'{"x": {"quiet_reader": 1}}', "a.json: a withheld handle"),
        ("a.jsonl", b'{}\n["weiju:70000001"]\n', "a.jsonl: a withheld account id"),
        ("a.csv", b"line,who\n70000001,70000002\n", "a.csv: a withheld native id"),
        ("a.graphml", b'<g><n id="Mossy Finch"/></g>', "a.graphml: a withheld display name"),
        ("a.svg", b"<svg><text>550000001</text></svg>", "a.svg: a withheld native post id"),
        ("a.html", b"<p title='x'>Quiet&#32;Reader</p>", "a.html: a withheld display name"),
        ("a.html", b'<a href="?u=%71uiet_reader">x</a>', "a.html: a withheld handle"),
        ("TarnOtter.txt", b"", "TarnOtter.txt: a withheld handle"),
    ],
)
def test_the_leak_gate_names_the_file_and_the_kind_of_name(withheld, tmp_path, name, content, said):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(BundleError, match=re.escape(said)):
        refuse_leaks(withheld, tmp_path)


def test_the_leak_gate_reads_parquet_lists_too_and_never_says_the_name(withheld, tmp_path):
    pl.DataFrame({"x": [["TarnOtter"], []]}).write_parquet(tmp_path / "a.parquet")
    with pytest.raises(BundleError, match=r"a\.parquet: a withheld handle") as caught:
        refuse_leaks(withheld, tmp_path)
    assert "otter" not in str(caught.value).lower()


def test_the_leak_gate_lets_numbers_words_of_its_own_and_named_accounts_pass(withheld, tmp_path):
    (tmp_path / "a.json").write_text(json.dumps({"n": 70000001, "kind": "evidence"}))
    (tmp_path / "a.csv").write_text("line,who\n70000001,weiju:70000004\n")
    (tmp_path / "a.svg").write_text('<svg><path d="M 1.70000001 0"/></svg>')
    refuse_leaks(withheld, tmp_path)


def test_the_leak_gate_refuses_what_it_cannot_read(withheld, tmp_path):
    (tmp_path / "a.bin").write_bytes(b"?")
    with pytest.raises(BundleError, match="cannot read files of this kind"):
        refuse_leaks(withheld, tmp_path)


def test_a_leak_leaves_no_bundle_and_no_export_in_the_log(case, tmp_path, monkeypatch):
    monkeypatch.setattr(write, "VERIFY_TEXT", "ask mossy_finch")
    with pytest.raises(BundleError, match=r"data/VERIFY\.txt: a withheld handle"):
        write_bundle(case, tmp_path / "out")
    assert not list(tmp_path.glob("*out*"))
    assert b'"export"' not in (case.root / "audit.jsonl").read_bytes()
    assert leaks.refuse_leaks is refuse_leaks


def test_a_name_known_only_from_a_relay_chain_is_replaced_where_it_stands_alone(
    tmp_path, make_case
):
    case = make_case(tmp_path / "case")
    corpus = load_corpus(case)
    texts = corpus.posts.with_columns(text=pl.lit("no way //@reed_king:look"))
    chain = withheld_names(case, type(corpus)(**{**vars(corpus), "posts": texts}))
    name = pseudonyms(case, ["reed_king"], prefix="name")["reed_king"]
    assert masked_json(chain, {"author": "Reed_King"}) == {"author": name}
