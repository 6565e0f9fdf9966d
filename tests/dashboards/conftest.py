# SPDX-License-Identifier: GPL-3.0-or-later
"""A small case for pages: nine accounts with hostile names, a hot topic, findings, a trace."""

from __future__ import annotations

import csv
import threading
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest
from werkzeug.serving import make_server

from dashboards.app import create_app
from graphkit.case import create_case, imports, load_corpus, save_run, save_trace
from graphkit.findings import (
    Caveat,
    CaveatOutcome,
    EvidenceRow,
    Finding,
    Grade,
    NullModel,
    Subjects,
)
from graphkit.investigation.ingesting import ingest
from graphkit.tables import RANKINGS

START = datetime(2026, 3, 2, 8, tzinfo=UTC)
HOSTILE = [
    '<img src=x onerror="document.title=1">',
    '<a href="https://evil.example">official</a>',
    "daily\u202eswen",
    "=HYPERLINK(1)",
    "![x](https://evil.example/beacon.png)",
    "news\u200bdesk",
    '"><script>document.title=1</script>',
    "{{constructor.constructor('x')()}}",
    "plain",
]


def stamp(minutes):
    return (START + timedelta(minutes=minutes)).isoformat()


def write(path, rows):
    with path.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.DictWriter(handle, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return path


def account_rows():
    return [
        {"account_id": f"p:{i}", "platform": "p", "handle": f"handle{i}x", "display_name": name}
        for i, name in enumerate(HOSTILE)
    ]


def post_rows():
    """Three originals, each reposted by the five first accounts within seconds, quoted by one."""
    rows = []
    for story in range(3):
        at = story * 300
        own = {"platform": "p", "time_precision": "second", "is_seen": "true", "lang": "en"}
        text = f"Bridge number {story} is closed tonight, say {HOSTILE[0]} and @handle3x"
        first = {**own, "post_id": f"p:o{story}", "account_id": "p:8", "created_at": stamp(at)}
        rows.append({**first, "kind": "original", "text": text, "parent_id": "", "hashtags": "[]"})
        for i in range(5):
            again = {**own, "post_id": f"p:r{story}{i}", "account_id": f"p:{i}"}
            again |= {"created_at": stamp(at + 10 + i / 30), "kind": "repost", "text": ""}
            rows.append({**again, "parent_id": f"p:o{story}", "hashtags": '["topic one"]'})
    return rows


def ranking_rows():
    """Two topics in hourly snapshots; the fifth hour is missing; topic one is there for three."""
    hours = [hour for hour in range(10) if hour != 4]
    named = [("topic two", h) for h in hours] + [("topic one", h) for h in (1, 2, 3)]
    return [
        {"list_id": "hot", "snapshot_at": stamp(60 * h), "topic": t, "rank": 1 + (t == "topic two")}
        for t, h in named
    ]


def finding(corpus):
    """A graded finding over the reposts of the first story, and a loop's hops over its posts."""
    acts = sorted(corpus.actions.filter(act="repost", object_id="p:o0")["action_id"].to_list())
    hops = [EvidenceRow("posts", f"p:r0{i}", f"loop 1 hop {i + 1}") for i in range(3)]
    return Finding(
        kind="coordinated-sharing",
        outcome="coordinated",
        grade=Grade.STRONG,
        score=0.9,
        summary="5 accounts reposted the same 3 posts within 60 seconds of one another.",
        subjects=Subjects(accounts=tuple(f"p:{i}" for i in range(5)), topics=("topic one",)),
        evidence=(*(EvidenceRow("actions", each, "repost") for each in acts), *hops),
        caveats=(
            Caveat("one owner", "declared owners", CaveatOutcome.STANDS, "none is declared"),
            Caveat("fans", "calls to act", CaveatOutcome.UNTESTED, "no calls in the data"),
        ),
        null_model=NullModel("burst-stratified", 0.5, 36, "pairs of accounts"),
        p_value=0.0001,
        q_value=0.002,
        window=(START + timedelta(minutes=65), START + timedelta(minutes=80)),
        measures={"accounts_count": 5.0, "something_else": 2.5},
    )


def ordinary():
    return Finding(
        kind="citation-loop",
        outcome="tight-but-sourced",
        grade=None,
        score=0.4,
        summary="3 accounts cite one another and an outlet.",
        subjects=Subjects(accounts=("p:5", "p:6")),
        evidence=(EvidenceRow("posts", "p:o1", "post"),),
        caveats=(Caveat("friends", "none", CaveatOutcome.WEAKENS, "they may be friends"),),
        null_model=NullModel(reason="too few rows"),
    )


def node(node_id, account, minutes, state="seen"):
    at = None if minutes is None else stamp(minutes)
    source = {"state": "named" if account else "none", "target": None, "span": None}
    text = "Bridge number 0 is closed tonight, says @handle3x"
    more = {"precision": "second", "kind": "repost", "variant_id": "v1", "referred_by_count": 1}
    named = {"post_id": node_id, "account_id": account, "at": at, "text": text}
    return {"node_id": node_id, "state": state, **named, **more, "attribution": source}


def edge(child, parent, cls):
    rows = [{"table": "posts", "key": child}]
    change = {"added": ["tonight"], "dropped": []} if cls == "E3" else None
    sure = {"p": None, "calibration": "not calibrated here", "span": None, "via": "field"}
    more = {"rows": rows, "gap_seconds": 60, "text_change": change}
    return {"child": child, "parent": parent, "cls": cls, **sure, **more}


def trace():
    """An unseen post from which one post was copied months later, and its reposts."""
    copied = [node(f"p:r0{i}", f"p:{i}", 10 + i) for i in range(4)]
    nodes = [node("p:gone", None, -400_000, "unseen"), node("p:o0", "p:8", 0), *copied]
    edges = [edge("p:o0", "p:gone", "E3"), *(edge(f"p:r0{i}", "p:o0", "E1") for i in range(4))]
    first = {"weakest_link": "E3", "reason": "4 posts lead to it"}
    return {
        "query": {"what": "p:r00", "as": "post"},
        "claim": {
            "claim_id": "claim:p:gone",
            "posts": ["p:o0"],
            "variants": [
                {"variant_id": "v1", "text": "Bridge", "posts_count": 5, "first_at": stamp(0)}
            ],
        },
        "nodes": nodes,
        "edges": edges,
        "candidates": [{"node_id": "p:gone", "p": None, **first}],
        "outside_p": 0.25,
        "verdict": "named",
        "next_steps": ["Look for the post of @handle3x: 1 post refers to it."],
        "first_seen": "p:o0",
        "main_amplifiers": [{"node_id": "p:o0", "account_id": "p:8", "reposts_count": 4}],
        "coverage": {"seen_count": 5, "dangling_share": 0.2},
        "rejected_edges": [],
        "searched": [],
    }


def make_case(root):
    """The case, in the new folder `root`."""
    case = create_case(root / "case", name="bridge <b>", zone="Asia/Shanghai")
    files = [("accounts", account_rows()), ("posts", post_rows()), ("rankings", ranking_rows())]
    paths = [write(root / f"{name}.csv", rows) for name, rows in files]
    ingest(case, paths, importer_name="canonical", collection="stream")
    corpus = load_corpus(case)
    assert corpus.rankings.columns == list(RANKINGS.columns)
    for name, each in (("coordinated-sharing", finding(corpus)), ("citation-loop", ordinary())):
        recipe = {"detector": name, "version": "1", "params": {"within": 60.0}, "not_tested": []}
        recipe |= {"imports": imports(case), "versions": {}, "inputs": []}
        save_run(case, recipe, findings=[each], corpus=corpus)
    save_trace(case, trace())
    return case


@pytest.fixture(scope="module")
def page_case(tmp_path_factory):
    """The small case; a module's tests may write to it."""
    return make_case(tmp_path_factory.mktemp("pages"))


@pytest.fixture(scope="session")
def new_case():
    """Makes the small case in a folder."""
    return make_case


@pytest.fixture(scope="session")
def hostile():
    """Names that try to be a script, a link, a formula, or to hide."""
    return HOSTILE[:-1]


@pytest.fixture(scope="session")
def served():
    """Serves the dashboard of a case in a thread; gives its base address."""
    return serving


@contextmanager
def serving(root, *, token=None):
    app = create_app(root, token=token).server
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)
