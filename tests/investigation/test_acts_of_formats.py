# SPDX-License-Identifier: GPL-3.0-or-later
"""The acts of cases that were imported from platforms' own formats."""

from __future__ import annotations

import json
from datetime import timedelta

import polars as pl
import pytest

from graphkit.case import create_case, load_corpus
from graphkit.detectors.coordinated_sharing import DETECTOR, Params
from graphkit.errors import GraphkitError
from graphkit.graphs.act_logs import act_log, known_acts
from graphkit.graphs.lifetimes import lifetimes
from graphkit.investigation.detecting import detect
from graphkit.investigation.graphing import GraphOptions, write_graph
from graphkit.investigation.ingesting import ingest
from graphkit.investigation.shipped import dataset
from graphkit.tables import CITATIONS, TABLES

FORMATS = (
    "bluesky_jetstream.jsonl",
    "x_api_v1_tweets.jsonl",
    "x_api_v2_twarc2_pages.jsonl",
    "mastodon_statuses.jsonl",
    "telegram_desktop_result.json",
    "reddit_RC.jsonl",
    "weibo_search.csv",
    "4cat_x_zeeschuimer.csv",
    "tiktok_research_videos.json",
    "coordination_network_toolkit.csv",
)
DERIVED = ("near_text", "citation", "posting", "handle")


@pytest.fixture(scope="module")
def formats_case(tmp_path_factory, repository):
    case = create_case(tmp_path_factory.mktemp("formats") / "case")
    for name in FORMATS:
        path = repository / "tests" / "importers" / "samples" / name
        ingest(case, [path], collection="keyword")
    return case


def test_every_action_has_an_object_and_a_row_behind_it(formats_case):
    corpus = load_corpus(formats_case)
    acts = known_acts(corpus)
    assert {"repost", "reply", "url", "hashtag", "text", "mention", *DERIVED} <= set(acts)
    for act in acts:
        log = act_log(corpus, act)
        assert log.filter(pl.col("object_id").str.strip_chars() == "").is_empty()
        assert log["object_id"].null_count() == 0
        assert log["action_id"].is_unique().all()
        for (table,), some in log.group_by("table"):
            keys = corpus.table(table).select(TABLES[table].row_key())
            assert some.join(keys, left_on="action_id", right_on="key", how="anti").is_empty()


def test_every_act_of_a_case_can_be_written_as_a_graph(formats_case, tmp_path):
    for act in known_acts(load_corpus(formats_case)):
        options = GraphOptions(act=act, within=timedelta(days=1), min_objects=1)
        write_graph(formats_case, "coaction", out=tmp_path / f"{act}.csv", options=options)
        assert (tmp_path / f"{act}.csv").exists()


def test_the_detector_takes_every_act_with_a_window_and_says_why_not_a_handle(formats_case):
    [run] = detect(
        formats_case,
        ["coordinated-sharing"],
        settings={"acts": "near_text,citation,posting,deletion", "permutations": "19"},
    )
    assert run.recipe["not_tested"] == []
    with pytest.raises(GraphkitError, match="handle has no window"):
        detect(formats_case, ["coordinated-sharing"], settings={"acts": "handle"})


def test_a_finding_about_citations_shows_the_citations(world_case):
    corpus = load_corpus(world_case)
    [finding] = DETECTOR.detect(corpus, Params(acts=("citation",)))
    assert len(finding.subjects.accounts) == 9
    assert {row.table for row in finding.evidence} == {"citations"}
    keys = set(corpus.citations.select(CITATIONS.row_key())["key"])
    assert {row.key for row in finding.evidence} <= keys


def test_the_russian_log_has_the_act_that_it_was_imported_with_and_no_other(tmp_path):
    case = create_case(tmp_path / "case")
    for file in dataset("russian_reposts").files:
        ingest(case, [file.path], importer_name=file.importer, collection=file.collection)
    corpus = load_corpus(case)
    [act] = known_acts(corpus)
    assert act_log(corpus, act).height == corpus.actions.height == 35_124


def jetstream(path, *events):
    plain = {"did": "did:plc:a", "kind": "commit"}
    lines = [json.dumps({**plain, "time_us": at, "commit": commit}) for at, commit in events]
    path.write_text("\n".join(lines))
    return path


MADE = {
    "operation": "create",
    "collection": "app.bsky.feed.post",
    "rkey": "3mfqaaaaaaa2a",
    "record": {"text": "the bridge", "createdAt": "2026-02-25T06:13:20.000Z"},
}
GONE = {"operation": "delete", "collection": "app.bsky.feed.post", "rkey": "3mfqaaaaaaa2a"}


@pytest.mark.parametrize("files", [1, 2])
def test_a_deletion_that_a_stream_tells_of_a_post_it_had_is_its_deletion(tmp_path, files):
    events = [(1_772_000_000_000_000, MADE), (1_772_000_055_500_000, GONE)]
    parts = [events] if files == 1 else [[event] for event in events]
    case = create_case(tmp_path / "case")
    for number, part in enumerate(parts):
        path = jetstream(tmp_path / f"{number}.jsonl", *part)
        ingest(case, [path], importer_name="bluesky-jetstream", collection="stream")
    [life] = lifetimes(load_corpus(case)).to_dicts()
    assert (life["life_seconds"], life["fault"]) == (55.5, None)
    assert load_corpus(case).posts["text"].to_list() == ["the bridge"]
