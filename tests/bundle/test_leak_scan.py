# SPDX-License-Identifier: GPL-3.0-or-later
"""No bundle of any sample format, nor of the shipped world, holds a name that is withheld."""

from __future__ import annotations

import importlib.util
import re
import shutil
from pathlib import Path

import polars as pl
import pytest

from graphkit.bundle.contents import InFull, Scope
from graphkit.bundle.write import write_bundle
from graphkit.case import (
    add_judgement,
    add_note,
    add_search,
    create_case,
    load_corpus,
    open_case,
    save_run,
)
from graphkit.errors import InputError
from graphkit.findings import EvidenceRow, Finding, NullModel, Subjects, Verdict
from graphkit.investigation.ingesting import ingest, recognised
from graphkit.investigation.shipped import dataset
from graphkit.investigation.tracing import trace_story
from graphkit.reading.importer import ReadOptions
from graphkit.tables import TABLES

HERE = Path(__file__).parent
SAMPLES = HERE.parent / "importers" / "samples"
spec = importlib.util.spec_from_file_location("scanning", HERE / "scanning.py")
scanning = importlib.util.module_from_spec(spec)
spec.loader.exec_module(scanning)

# The people of the story, as make_samples.py has them: what a harvest must find at least once.
PEOPLE = ["southbank_daily", "qingshi_news", "hezhou_watch", "city_express01", "qingshl_news",
          "lin_reader", "南岸日报", "青石快讯", "河洲观察", "城事速递", "小林"]  # fmt: skip
# Named in the files and nobody: addresses of articles and searches, and what is no name at all.
PUBLIC = re.compile(
    r"(?i)(?:https?:)?/*(?:[\w-]+\.)*"
    r"(?:southbank|blog|cityexpress|factdesk|ring-one|ring-two)"
    r"\.example\b.*|"
    r".*(?:search|l\.threads\.com|api\.twitter|mobile\.twitter|javascript|例子|/tags/x|"
    r"not an address|cmd\|calc|weibo\?q=|1\.89904E).*|"
    r"t1|z1|t5_syn|本报记者|河洲大桥昨夜垮塌，多车坠河"
)
# All that can go in: every finding, texts and times whole, and the input files that name nobody.
ALL = Scope(unreviewed=True, in_full=InFull("the court asked", "Ada"), inputs=True)
# What an importer does not keep and nobody can therefore know to be somebody's.
_ALIAS = {"southbank_daily", "1000000300", "1000000307", "502326100", "502326107"}
UNKNOWN = {"wechat_sogou.json": _ALIAS}
HEAD = "post_id,account_id,platform,created_at,kind,text\n"
ZONED = ReadOptions(tz="UTC")
MORE = ReadOptions(platform="x", tz="UTC")
FILES = [
    path
    for path in sorted(SAMPLES.rglob("*"))
    if path.is_file() and path.suffix not in (".md", ".py") and path.name != "expected_actions.csv"
]


def imported(case, paths):
    try:
        ingest(case, paths)
    except InputError:
        ingest(case, paths, options=MORE)
    if not any(load_corpus(case).table(name).height for name in TABLES if name != "sources"):
        ingest(case, paths, options=MORE)


def everything(case, names):
    """A finding on every row, a trace, notes, searches, judgement and recipe that hold `names`."""
    corpus = load_corpus(case)
    rows = [
        EvidenceRow(name, key, "row")
        for name in ("accounts", "posts", "citations", "actions", "rankings", "labels")
        for key in corpus.table(name).select(TABLES[name].row_key()).to_series()
    ]
    subjects = Subjects(
        accounts=tuple(corpus.accounts["account_id"].sort()),
        posts=tuple(corpus.posts["post_id"].sort()),
        topics=tuple(names[:1]),
        urls=tuple(corpus.posts["urls"].explode().drop_nulls().unique().sort()),
    )
    made = Finding(
        kind="copied-text", outcome="copied", grade=None, score=0.5, summary="All rows.",
        subjects=subjects, evidence=tuple(rows), caveats=(), null_model=NullModel(reason="none"),
    )  # fmt: skip
    recipe = {"detector": "copied-text", "version": "1", "params": {"accounts": names[:3]},
              "inputs": [], "versions": {}, "not_tested": []}  # fmt: skip
    if rows:
        save_run(case, recipe, findings=[made], corpus=corpus)
        add_judgement(case, made.finding_id, verdict=Verdict.CONFIRMED, by="Ada", note=names[0])
    for text in names:
        add_note(case, f"asked {text}, who said no (@{text}) https://x.com/{text}", finding_id=None,
                 by="Ada")  # fmt: skip
        add_search(case, f"https://x.com/{text}", f"{text} bridge", found=0, by="Ada")
    for post_id in corpus.posts.filter(pl.col("text").is_not_null())["post_id"].sort().head(1):
        trace_story(case, post_id, kind="post")
    return corpus


def truth(paths):
    found = set().union(*(scanning.harvest(path) for path in paths))
    return {each for each in found if not PUBLIC.fullmatch(each)}


def one_a_format():
    """The first sample of each importer that names people; all others are in the next test."""
    people = [path for path in reversed(FILES) if truth([path]) & set(PEOPLE)]
    return list({_importer(path): path for path in people}.values())[::-1]


def _importer(path):
    try:
        return recognised(path)[0].name
    except InputError:
        return path.name


ONE_EACH = one_a_format()


@pytest.mark.parametrize("path", ONE_EACH, ids=[str(p.relative_to(SAMPLES)) for p in ONE_EACH])
def test_a_bundle_of_any_sample_holds_no_name_of_its_file(path, tmp_path):
    case = create_case(tmp_path / "case")
    imported(case, [path])
    names = sorted(truth([path]) - UNKNOWN.get(path.name, set()))
    everything(case, [n for n in PEOPLE if n in names] + names[:2] + ["nobody"])
    bundle = write_bundle(case, tmp_path / "bundle", scope=ALL)
    assert scanning.leaks(bundle.path, names) == set()


def test_a_bundle_of_all_samples_together_holds_no_name_of_any(tmp_path):
    case = create_case(tmp_path / "case")
    paths = [path for path in FILES if path.name not in UNKNOWN]
    folder = tmp_path / "qingshi_news of 小林"
    folder.mkdir()
    nicknames = ("tweets_lin_reader_2026.csv", "1002.csv", "小林的微博.csv")
    for number, name in enumerate(nicknames):
        row = f"{900000 + number},lin_reader,x,2026-03-10T01:00:00Z,original,旧桥\n"
        (folder / name).write_text(HEAD + row)
    known = [path for path in paths if _importer(path) != path.name]
    ingest(case, [*known, *(folder / name for name in nicknames)], options=ZONED)
    names = truth(known)
    everything(case, [*PEOPLE, "qingshi_news@social.example", "lin-reader.bsky.example"])
    bundle = write_bundle(case, tmp_path / "bundle", scope=ALL)
    assert scanning.leaks(bundle.path, names) == set()
    assert len(names) > 300


def test_the_scanner_finds_what_is_there_in_every_container(tmp_path):
    name = "qingshi_news"
    (tmp_path / "a.json").write_text('{"a": "\\u0071ingshi_news"}')
    (tmp_path / "b.html").write_text("<p title='&#113;ingshi_news'>x</p>")
    (tmp_path / "c.graphml").write_text("<g><d>qingshi&#95;news</d></g>")
    (tmp_path / "d.csv").write_text("a\nhttps://x.com/%2571ingshi_news\n")
    (tmp_path / "e.txt").write_bytes("ｑingshi_news".encode("utf-16"))
    (tmp_path / "f.json").write_text('{"payload": "' + scanning.base64.b64encode(
        b'{"who": "qingshi_news"}').decode() + '"}')  # fmt: skip
    pl.DataFrame({"x": [["a"], [name]]}).write_parquet(tmp_path / "g.parquet")
    with scanning.zipfile.ZipFile(tmp_path / "h.zip", "w") as held:
        held.write(tmp_path / "g.parquet", "inner.parquet")
    (tmp_path / "i.txt").write_text("Qing\u200bshi_News")
    found = {file for file, _ in scanning.leaks(tmp_path, [name])}
    assert sorted(file[0] for file in found) == list("abcdefghi")


def test_a_bundle_of_the_shipped_world_holds_no_name_but_those_that_are_words(world_case, tmp_path):
    case = open_case(Path(shutil.copytree(world_case.root, tmp_path / "case")))
    add_note(case, "asked 闻汀, 老汀说没有; see jutor", finding_id=None, by="Ada")
    post = load_corpus(case).posts.filter(pl.col("text").str.contains("//@"))["post_id"].sort()[0]
    trace_story(case, post, kind="post")
    bundle = write_bundle(case, tmp_path / "bundle", scope=ALL)
    folder = dataset("invented_world").folder / "data"
    accounts = pl.read_csv(folder / "accounts.csv", infer_schema=False)
    columns = accounts.select("account_id", "handle", "display_name").iter_columns()
    posts = pl.read_parquet(folder / "posts.parquet", columns=["post_id"])["post_id"]
    names = set(pl.concat([each.alias("n") for each in columns]).drop_nulls())
    names |= set(posts.cast(pl.String))
    leaks = scanning.leaks(bundle.path, names)
    # Two towns, after which two accounts are called: the words of outlets' names and of the talk.
    assert {name for _, name in leaks} <= {"云汀", "北汀"}
