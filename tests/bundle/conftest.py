# SPDX-License-Identifier: GPL-3.0-or-later
"""A small case with pseudonymised, named and hostile accounts, and findings about them."""

from __future__ import annotations

import hashlib
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest

from graphkit.case import (
    add_judgement,
    add_name,
    add_note,
    add_search,
    create_case,
    load_corpus,
    save_import,
    save_run,
    save_trace,
)
from graphkit.findings import (
    Caveat,
    CaveatOutcome,
    EvidenceRow,
    Finding,
    Grade,
    NullModel,
    Subjects,
    Verdict,
)
from graphkit.tables import ACCOUNTS, POSTS, RANKINGS

T0 = datetime(2025, 3, 1, 8, tzinfo=UTC)
SOURCE = "0123456789abcdef"
INPUT = b"post_id,account_id\n5500000,mossy_finch\n"
INPUT_HASH = hashlib.sha256(INPUT).hexdigest()
# id, handle, display name; the fourth is named by decision, the fifth is hostile.
PEOPLE = [
    ("weiju:70000001", "mossy_finch", "Mossy Finch"),
    ("weiju:70000002", "TarnOtter", "柳絮飞扬啊"),
    ("weiju:70000003", "dunlin88", "Dunlin of the Fen"),
    ("weiju:70000004", "<script>alert(1)</script>", '=HYPERLINK("http://x")\u202e\x07'),
    ("weiju:70000005", "evidence", "=cmd|calc"),
    ("weiju:70000006", "quiet_reader", "Quiet Reader"),
]
WITHHELD_WORDS = ["mossy_finch", "tarnotter", "柳絮飞扬啊", "dunlin", "70000001", "quiet_reader"]


def _account(number):
    account_id, handle, name = PEOPLE[number]
    return {
        "account_id": account_id,
        "platform": "weiju",
        "handle": handle,
        "display_name": name,
        "created_at": T0 - timedelta(days=400 + number),
        "bio": f"I am {name} and I like reeds",
        "declared_owner": "Fen Media",
        "source_id": SOURCE,
        "source_line": number + 1,
    }


def _post(number, author, seconds, **more):
    return {
        "post_id": f"weiju:5500000{number:02d}",
        "account_id": PEOPLE[author][0],
        "platform": "weiju",
        "created_at": T0 + timedelta(seconds=seconds),
        "time_precision": "second",
        "kind": "original",
        "urls": [],
        "mentions": [],
        "hashtags": [],
        "media_hashes": [],
        "is_seen": True,
        "source_id": SOURCE,
        "source_line": 100 + number,
        **more,
    }


def _posts():
    link = "https://weiju.example/70000006/AbCdEf"
    yield _post(1, 5, 0, text="The old bridge is closed from Monday, says the council of the town")
    yield _post(
        2, 0, 60, text="据柳絮飞扬啊报道：旧桥关闭 //@TarnOtter: look @quiet_reader", urls=[link]
    )
    yield _post(3, 3, 90, text='<img src=x onerror="alert(1)"> bridge falls! \u202e @mossy_finch')
    number = 4
    for author, start in ((0, 100), (1, 110), (2, 115)):
        for target in (1, 2, 3):
            yield _post(
                number, author, start + 60 * target, kind="repost", text=None,
                parent_id=f"weiju:5500000{target:02d}",
            )  # fmt: skip
            number += 1


def _rankings():
    for hour in range(3):
        yield {
            "list_id": "weiju-hot",
            "snapshot_at": T0 + timedelta(hours=hour),
            "topic": "旧桥关闭 dunlin88",
            "position": 3 - hour,
            "heat": 1000 * hour,
            "source_id": SOURCE,
            "source_line": 500 + hour,
        }


def _frame(table, rows):
    return table.conform(pl.DataFrame(list(rows), infer_schema_length=None)).sort(table.key)


def _caveats():
    return (
        Caveat("One newsroom posts for all", "declared owner", CaveatOutcome.WEAKENS, "one owner"),
        Caveat("A call to repost", "public calls before", CaveatOutcome.STANDS, "no call found"),
        Caveat("The clock is coarse", "seconds of times", CaveatOutcome.UNTESTED, "too few rows"),
    )


def sharing_finding(corpus):
    acts = corpus.actions.filter(pl.col("act") == "repost")
    return Finding(
        kind="coordinated-sharing",
        outcome="coordinated",
        grade=Grade.MODERATE,
        score=0.8,
        summary="3 accounts reposted the same 3 posts within 20 seconds of one another.",
        subjects=Subjects(
            accounts=tuple(acts["account_id"].unique().sort()),
            posts=tuple(acts["object_id"].unique().sort()),
        ),
        evidence=tuple(EvidenceRow("actions", k, "co-action") for k in acts["action_id"]),
        caveats=_caveats(),
        null_model=NullModel("burst-stratified", 0.0123, 1234, "pairs of accounts"),
        p_value=1.2e-6,
        q_value=0.0004,
        window=(T0, T0 + timedelta(minutes=5)),
        measures={"objects_count": 3, "median_lag_seconds": 10.0},
    )


def citing_finding(corpus):
    cited = corpus.citations.filter(pl.col("target_kind") != "none")
    keys = cited.select(pl.format("{}|{}", "post_id", "citation_no")).to_series().to_list()
    posts = corpus.posts.filter(pl.col("text").is_not_null())["post_id"].to_list()
    return Finding(
        kind="citation-loop",
        outcome="insufficient",
        grade=None,
        score=0.1,
        summary="3 posts name one another or nobody as their source.",
        subjects=Subjects(posts=tuple(posts), urls=("https://weiju.example/70000006/AbCdEf",)),
        evidence=(
            *(EvidenceRow("citations", key, "citation") for key in keys),
            *(EvidenceRow("posts", key, "citing post") for key in posts),
            EvidenceRow("accounts", PEOPLE[3][0], "named"),
        ),
        caveats=_caveats()[1:],
        null_model=NullModel(reason="a chain of citations is read, not sampled"),
    )


def placement_finding(corpus):
    keys = [f"weiju-hot|{t:%Y-%m-%dT%H:%M:%S}.000000Z|旧桥关闭 dunlin88"
            for t in corpus.rankings["snapshot_at"]]  # fmt: skip
    return Finding(
        kind="ranking-placement",
        outcome="placement",
        grade=None,
        score=0.0,
        summary="One topic stood 3 hours on the list.",
        subjects=Subjects(topics=("旧桥关闭 dunlin88",)),
        evidence=tuple(EvidenceRow("rankings", key, "snapshot") for key in keys),
        caveats=(),
        null_model=NullModel(reason="placement facts are counted"),
    )


def _recipe(detector, **more):
    versions = {"graphkit": "0.1.0"}
    return {"detector": detector, "version": "1", "params": {"within": 60.0},
            "inputs": [INPUT_HASH], "versions": versions, "not_tested": [], **more}  # fmt: skip


def _node(number, text):
    return {
        "node_id": f"weiju:5500000{number:02d}",
        "state": "seen",
        "at": f"2025-03-01T08:0{number}:00+00:00",
        "text": text,
        "attribution": None,
    }


def _trace():
    first, second = "weiju:550000001", "weiju:550000002"
    edge = {"parent": first, "child": second, "cls": "E2", "via": "text", "p": None}
    return {
        "query": {"what": second, "as": "post"},
        "claim": {"claim_id": f"claim:{first}", "posts": [first, second], "variants": []},
        "verdict": "not determinable from this data",
        "first_seen": first,
        "candidates": [{"node_id": first, "p": None, "reason": "first seen"}],
        "main_amplifiers": [],
        "nodes": [_node(1, "the old bridge"), _node(2, "据柳絮飞扬啊报道")],
        "edges": [{**edge, "calibration": "not calibrated here"}],
        "coverage": {"seen_share": 0.5, "declared": None},
        "rejected_edges": [{"child": "unseen:00112233445566aa", "parent": first}],
        "searched": [],
        "next_steps": ["ask @mossy_finch"],
    }


def new_case(root):
    case = create_case(root, name="Bridge <case>", zone="Asia/Shanghai")
    record = {
        "told": {}, "source_id": SOURCE, "file": "mossy_finch-export.csv", "sha256": INPUT_HASH,
        "importer": "canonical", "collection": "keyword", "collected_at": "2025-03-02T00:00:00Z",
        "rows_read": 30, "accepted": 30, "duplicate": 0, "rejected": 0,
    }  # fmt: skip
    tables = {
        "accounts": _frame(ACCOUNTS, map(_account, range(len(PEOPLE)))),
        "posts": _frame(POSTS, _posts()),
        "rankings": _frame(RANKINGS, _rankings()),
    }
    with tempfile.TemporaryDirectory(dir=root.parent) as folder:
        staged = Path(folder)
        for name, frame in tables.items():
            (staged / "tables" / name).mkdir(parents=True)
            frame.write_parquet(staged / "tables" / name / f"{SOURCE}.parquet")
        (staged / "inputs").mkdir()
        (staged / "inputs" / INPUT_HASH).write_bytes(INPUT)
        save_import(case, staged, record={"batch_id": SOURCE, "sources": [record]})
    corpus = load_corpus(case)
    made = [sharing_finding(corpus)]
    save_run(case, _recipe("coordinated-sharing"), findings=made, corpus=corpus)
    save_run(case, _recipe("citation-loop"), findings=[citing_finding(corpus)], corpus=corpus)
    save_run(
        case, _recipe("ranking-placement"), findings=[placement_finding(corpus)], corpus=corpus
    )
    save_run(case, _recipe("copied-text"), findings=[], corpus=corpus)
    save_run(case, _recipe("recycled-news", not_tested=["labels"]), findings=[], corpus=corpus)
    save_trace(case, _trace())
    add_name(case, PEOPLE[3][0], reason="spokesperson of the council", by="Ada", is_private=False)
    add_judgement(
        case, made[0].finding_id, verdict=Verdict.CONFIRMED, by="Ada",
        note="asked mossy_finch; <b>they</b> agree",
    )  # fmt: skip
    add_note(case, "quiet_reader wrote to us", finding_id=None, by="Ada")
    add_search(case, "archive.example", "旧桥 @TarnOtter", found=0)
    return case


@pytest.fixture(scope="session")
def make_case():
    """Makes the case in a new folder."""
    return new_case


@pytest.fixture
def case(tmp_path):
    """The case."""
    return new_case(tmp_path / "bridge")
