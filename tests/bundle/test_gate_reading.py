# SPDX-License-Identifier: GPL-3.0-or-later
"""How the leak gate reads: a part of a file at a time, quickly, and no less than whole."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graphkit.bundle import leaks
from graphkit.bundle.leaks import leaks_in
from graphkit.bundle.matching import WordIndex
from graphkit.bundle.names import withheld_names
from graphkit.case import load_corpus
from graphkit.tables import ACCOUNTS

NAME = "mossy_finch"
MARKED = ('a "fish" b', "this > that", "1 <3 birds")


@pytest.fixture(scope="module")
def case_and_corpus(tmp_path_factory, make_case):
    case = make_case(tmp_path_factory.mktemp("gate") / "case")
    return case, load_corpus(case)


@pytest.fixture(scope="module")
def withheld(case_and_corpus):
    return withheld_names(*case_and_corpus)


@pytest.fixture(scope="module")
def marked(case_and_corpus):
    """Withheld names in which marks of markup stand."""
    case, corpus = case_and_corpus
    people = ACCOUNTS.conform(pl.DataFrame(
        [{"account_id": f"x:91000000{n}", "platform": "x", "handle": f"pale_wren{n}",
          "display_name": name, "source_id": "s", "source_line": 1}
         for n, name in enumerate(MARKED)]
    ))  # fmt: skip
    return withheld_names(case, type(corpus)(**{**vars(corpus), "accounts": people}))


@pytest.fixture
def in_small_parts(monkeypatch):
    """The gate reads a few bytes, rows and texts at a time."""
    for name, size in {"_BLOCK": 16, "_ROWS": 3, "_ROW_GROUP": 3, "_TEXTS": 4}.items():
        monkeypatch.setattr(leaks, name, size)


def _written(folder, ending: str, at: int):
    """A file in which the name stands behind `at` characters, or in row `at`."""
    path = folder / f"a.{ending}"
    fill = "x " * (at // 2) + " " * (at % 2)
    rows = [f"{n} {NAME if n == at else 'reed'}" for n in range(40)]
    if ending == "parquet":
        pl.DataFrame({"n": rows, "l": [[each] for each in rows]}).write_parquet(path)
    elif ending == "csv":
        pl.DataFrame({"n": rows}).write_csv(path)
    elif ending in ("graphml", "html"):
        path.write_text(f"<html>{fill}<p>ab</p><p>{fill}{NAME}</p>{'<p>cd</p>' * 9}</html>")
    elif ending == "jsonl":
        path.write_text(f'{{"a":"{fill}"}}\n{{"b":["{fill}{NAME}"]}}\n{{"c":"\\u4e2d"}}\n')
    else:
        path.write_text(f"{fill}\n{fill}{NAME}\n{fill}")
    return path


@pytest.mark.usefixtures("in_small_parts")
@pytest.mark.parametrize("ending", ["csv", "graphml", "html", "jsonl", "parquet", "txt"])
def test_a_name_at_the_border_of_two_parts_is_found_wherever_it_stands(withheld, tmp_path, ending):
    for at in range(40):
        path = _written(tmp_path, ending, at)
        assert leaks_in(withheld, {path.name: path}) == {path.name: ["handle"]}, at


def test_texts_that_were_read_before_hide_no_name_and_every_file_is_named(
    withheld, tmp_path, monkeypatch
):
    monkeypatch.setattr(leaks, "_PORTION", 1)
    same = [f"reed {n % 5}" for n in range(500)]
    files = {}
    for number in range(4):
        files[f"{number}.txt"] = tmp_path / f"{number}.txt"
        said = [*same, NAME, *same] if number in (1, 3) else same
        files[f"{number}.txt"].write_text("\n".join(said))
    found = leaks_in(withheld, files)
    assert found == {"1.txt": ["handle"], "3.txt": ["handle"]}
    assert leaks_in(withheld, files) == found


@pytest.mark.parametrize("name", MARKED)
@pytest.mark.parametrize(
    ("ending", "around"),
    [
        ("html", "<html><body>say {} now</body></html>"),
        ("html", "<html><body><p title='{}'>now</p></body></html>"),
        ("html", "<html><body><!-- {} --></body></html>"),
        ("svg", "<svg><text>say {} now</text></svg>"),
        ("svg", "<svg><g><text a='{}'/>now</g></svg>"),
        ("svg", "<svg><text>a</text>say {} now</svg>"),
        ("svg", "<svg><!-- {} --></svg>"),
        ("svg", "<svg><![CDATA[say {} now]]></svg>"),
    ],
)
def test_a_name_that_holds_marks_of_markup_is_found(marked, tmp_path, ending, around, name):
    raw = "CDATA" in around or "!--" in around or ending == "html"
    for each in {name if raw else name.replace("<", "&lt;"), name.replace('"', "&quot;")}:
        if "<" in each and "&" not in each and not raw:
            continue
        (tmp_path / f"a.{ending}").write_text(around.format(each))
        found = leaks_in(marked, {f"a.{ending}": tmp_path / f"a.{ending}"})
        assert found == {f"a.{ending}": ["display name"]}, each


@pytest.mark.parametrize("kind", ["<!-- by {} -->", "<?by {}?>"])
def test_comments_and_instructions_in_a_graph_are_read_too(withheld, tmp_path, kind):
    (tmp_path / "a.gexf").write_text(f"<gexf>{kind.format(NAME)}<graph/>tail</gexf>")
    found = leaks_in(withheld, {"a.gexf": tmp_path / "a.gexf"})
    assert found == {"a.gexf": ["handle"]}


def test_what_follows_an_element_is_read_though_the_file_is_parsed_in_parts(withheld, tmp_path):
    many = "<b/>" * 30_000
    (tmp_path / "a.svg").write_text(f"<svg><!-- x -->{many}<a>{many}</a> {NAME} {many}</svg>")
    assert leaks_in(withheld, {"a.svg": tmp_path / "a.svg"}) == {"a.svg": ["handle"]}


words = st.lists(st.sampled_from(["a", "b", "c7", "weiju", "9"]), max_size=4)


@settings(deadline=None, max_examples=60)
@given(st.lists(words, max_size=12), words)
def test_the_word_index_gives_the_names_all_of_whose_words_are_there(names, asked):
    said = [f"{n} {' '.join(each)}" for n, each in enumerate(names)]
    frame = pl.DataFrame(
        {"name": said, "words": names},
        schema={"name": pl.String, "words": pl.List(pl.String)},
    )
    found = WordIndex(frame).names_of(pl.Series(asked, dtype=pl.String))
    assert found["name"].to_list() == [
        name for name, each in zip(said, names, strict=True) if set(each) <= set(asked)
    ]
