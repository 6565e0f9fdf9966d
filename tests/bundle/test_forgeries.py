# SPDX-License-Identifier: GPL-3.0-or-later
"""Bundles that somebody changed, made whole again and signed with a key of their own."""

from __future__ import annotations

import importlib.util
import json
import shutil
from pathlib import Path

import polars as pl
import pytest

from graphkit.bundle.contents import InFull, Scope
from graphkit.bundle.signing import create_key, load_key, public_pem
from graphkit.bundle.write import write_bundle
from graphkit.investigation.sealing import verify

spec = importlib.util.spec_from_file_location("forging", Path(__file__).parent / "forging.py")
forging = importlib.util.module_from_spec(spec)
spec.loader.exec_module(forging)


@pytest.fixture(scope="module")
def sealed(tmp_path_factory, make_case):
    root = tmp_path_factory.mktemp("sealed")
    case = make_case(root / "case")
    for name in ("sender.pem", "forger.pem"):
        create_key(root / name)
    write_bundle(
        case, root / "bundle", scope=Scope(unreviewed=True), signing_key=root / "sender.pem"
    )
    (root / "public.pem").write_text(public_pem(load_key(root / "sender.pem").public_key()))
    return root


@pytest.fixture
def bundle(sealed, tmp_path):
    shutil.copytree(sealed / "bundle", tmp_path / "bundle")
    return tmp_path / "bundle"


def findings(change, kind="coordinated-sharing"):
    """A forgery of the findings of one kind."""

    def forge(root):
        def one(record):
            return {**record, **change(record)} if record["kind"] == kind else record

        forging.told(root / "data" / "findings.jsonl", one)

    return forge


def lines(name, change):
    """A forgery of the records of a file."""
    return lambda root: forging.told(root / "data" / name, change)


def runs(change):
    def forge(root):
        path = root / "data" / "runs.json"
        path.write_text(json.dumps([r for r in map(change, json.loads(path.read_bytes())) if r]))

    return forge


def swapped_input(root):
    """An input beside the others that was never imported."""
    path = root / "data" / "inputs" / f"{'0' * 64}.csv"
    path.parent.mkdir()
    path.write_text("post_id,account_id\n")


def imports(root):
    path = root / "data" / "imports.json"
    told = json.loads(path.read_bytes())
    told[0]["sources"][0]["accepted"] += 5
    path.write_text(json.dumps(told))


def graph_edge(root):
    path = min((root / "data" / "graphs").glob("*.graphml"))
    path.write_bytes(path.read_bytes().replace(b"</graph>", b"<!-- --></graph>"))


def caveats(outcome):
    return lambda record: {"caveats": [{**each, "outcome": outcome} for each in record["caveats"]]}


def row_text(root):
    path = root / "data" / "rows" / "posts.parquet"
    rows = pl.read_parquet(path)
    rows.with_columns(text=pl.col("text").str.replace("bridge", "ferry")).write_parquet(path)


def first_twice(root):
    path = root / "data" / "findings.jsonl"
    content = path.read_bytes()
    path.write_bytes(content.splitlines(keepends=True)[0] + content)


def row_without_key(root):
    path = root / "data" / "evidence.parquet"
    rows = pl.read_parquet(path)
    keys = pl.when(pl.int_range(pl.len()) > 0).then("key")
    rows.with_columns(key=keys).write_parquet(path)


# What, and what verify says although every hash, the crate, the log and a signature fit.
NAMED = {
    "a judgement turned": (
        lines("judgements.jsonl", lambda r: {**r, "verdict": "rejected"}),
        "data/judgements.jsonl: is not what the audit log says was saved",
    ),
    "a judgement taken out": (
        lines("judgements.jsonl", lambda _: None),
        "data/judgements.jsonl: is not what the audit log says was saved",
    ),
    "a judgement of another finding": (
        lines("judgements.jsonl", lambda r: {**r, "bundle_finding_id": "0" * 16}),
        "data/judgements.jsonl: is about finding 0000000000000000, which is not in the bundle",
    ),
    "a note taken out": (
        lines("notes.jsonl", lambda _: None),
        "data/notes.jsonl: is not what the audit log says was saved",
    ),
    "a search that found something": (
        lines("searches.jsonl", lambda r: {**r, "found": 3}),
        "data/searches.jsonl: is not what the audit log says was saved",
    ),
    "a decision to name taken out": (
        lines("decisions.jsonl", lambda _: None),
        "data/decisions.jsonl: has other decisions than the audit log",
    ),
    "an empty run taken out": (
        runs(lambda r: None if r["detector"] == "copied-text" else r),
        "is in the audit log and was left out",
    ),
    "a run said to have found more": (
        runs(lambda r: {**r, "findings_count": r["findings_count"] + 1}),
        "is not what the audit log says was saved",
    ),
    "rows imported made more": (
        imports,
        "data/imports.json: is not what the audit log says was imported",
    ),
    "an input that nobody imported": (
        swapped_input,
        f"data/inputs/{'0' * 64}.csv: is not the input that was imported",
    ),
    "an exonerating outcome graded": (
        findings(lambda _: {"grade": "strong"}, "citation-loop"),
        "an outcome that accuses has a grade, no other one",
    ),
    "a grade that is none": (findings(lambda _: {"grade": "certain"}), "its grade is none"),
    "a score above 1": (
        findings(lambda _: {"score": 1.7}),
        "its score or a probability is outside 0 to 1",
    ),
    "a p below 0": (
        findings(lambda _: {"p_value": -0.1}),
        "its score or a probability is outside 0 to 1",
    ),
    "caveats taken out": (
        findings(lambda _: {"caveats": []}),
        "it has a grade and no innocent explanation",
    ),
    "a caveat with an outcome that is none": (
        findings(caveats("refuted")),
        "an innocent explanation has an outcome that is none",
    ),
    "the null model taken out": (
        findings(lambda _: {"null_model": {}}),
        "it has neither a null model nor a reason for none",
    ),
    "other parameters": (
        findings(lambda _: {"params": {"within": 5.0}}),
        "its params is not that of its run",
    ),
    "a row more than there is": (
        findings(lambda r: {"evidence_count": r["evidence_count"] + 1}),
        "the evidence it shows is not that in evidence.parquet",
    ),
    "a finding told twice": (first_twice, "counts other findings than are here"),
    "a subject of a sort that is none": (
        findings(lambda r: {"subjects": {**r["subjects"], "people": ["x"]}}),
        "findings and rows cannot be read together",
    ),
    "a row of evidence without a key": (
        row_without_key,
        "findings and rows cannot be read together",
    ),
    "the table for spreadsheets edited": (
        lambda root: forging.edited(root / "data" / "evidence.csv", b"co-action", b"bystander"),
        "data/evidence.csv: does not say what evidence.parquet says",
    ),
    "an unreviewed finding said to be reviewed": (
        findings(lambda _: {"reviewed": True}, "citation-loop"),
        "it says that it was reviewed or not, and the judgements say otherwise",
    ),
}
# What nobody can see who does not know the sender's key: nothing in the bundle contradicts it.
INVISIBLE = {
    "a caveat's outcome turned": findings(caveats("stands")),
    "a grade raised": findings(lambda _: {"grade": "strong"}),
    "a summary in other words": findings(lambda _: {"summary": "They are all one person."}),
    "a score raised": findings(lambda _: {"score": 0.99}),
    "a text of a row changed": row_text,
    "the report edited": lambda root: forging.edited(
        root / "data" / "report.html", b"reposted", b"invented"
    ),
    "a note in other words": lines("notes.jsonl", lambda r: {**r, "text": "They confessed."}),
    "a graph edited": graph_edge,
}


def test_the_bundle_has_no_problems_before_it_is_forged(sealed):
    found = verify(sealed / "bundle", public_key=sealed / "public.pem")
    assert (found.ok, found.problems) == (True, ())


@pytest.mark.parametrize("name", NAMED)
def test_a_forgery_that_contradicts_the_bundle_is_named_though_a_forger_signed_it(
    sealed, bundle, name
):
    change, problem = NAMED[name]
    change(bundle)
    forging.described(bundle)
    forging.resealed(bundle, sealed / "forger.pem")
    found = verify(bundle)
    assert any(problem in each for each in found.problems), found.problems
    assert not any("changed" in each for each in found.problems)


@pytest.mark.parametrize("name", INVISIBLE)
def test_a_whole_forgery_passes_without_the_senders_key_and_is_named_with_it(sealed, bundle, name):
    INVISIBLE[name](bundle)
    forging.described(bundle)
    forging.resealed(bundle, sealed / "forger.pem")
    assert verify(bundle).problems == ()
    found = verify(bundle, public_key=sealed / "public.pem")
    assert "bundle.dsse.json: signed by another key" in found.problems[0]


def test_a_judgement_turned_in_the_log_too_is_named_by_the_senders_key_alone(sealed, bundle):
    lines("judgements.jsonl", lambda r: {**r, "verdict": "rejected"})(bundle)

    def turned(record):
        if record["event"] == "review":
            return {**record, "detail": {**record["detail"], "verdict": "rejected"}}
        return record

    forging.described(bundle)
    forging.resealed(bundle, sealed / "forger.pem", log=turned)
    assert verify(bundle).problems == ()
    assert not verify(bundle, public_key=sealed / "public.pem").ok


def test_metadata_that_describes_the_files_as_they_were_is_named(sealed, bundle):
    INVISIBLE["the report edited"](bundle)
    forging.resealed(bundle, sealed / "forger.pem")
    assert verify(bundle).problems == (
        "data/ro-crate-metadata.json: describes report.html otherwise than it is",
    )


def test_the_log_of_another_export_is_named_in_an_unsigned_bundle_too(bundle):
    for name in ("bundle.dsse.json", "public-key.pem"):
        (bundle / name).unlink()
    assert verify(bundle, allow_unsigned=True).problems == ()

    def other(record):
        return {**record, "detail": {**record["detail"], "tag_manifest_sha256": "0" * 64}}

    forging.chained(bundle / "audit.jsonl", lambda r: other(r) if r["event"] == "export" else r)
    assert verify(bundle, allow_unsigned=True).problems == (
        "audit.jsonl: its last export is of another bundle",
    )


def test_a_mark_of_the_unreviewed_taken_off_with_its_judgement_forged_is_named(sealed, bundle):
    lines("judgements.jsonl", lambda r: {**r, "by": "Bo"})(bundle)
    findings(lambda _: {"reviewed": False})(bundle)
    forging.described(bundle)
    forging.resealed(bundle, sealed / "forger.pem")
    assert "data/findings.jsonl: not as many are unreviewed as the audit log says" in (
        verify(bundle).problems
    )


def test_a_statement_that_says_otherwise_what_the_bundle_holds_is_named(sealed, bundle):
    def whole(record):
        if record["event"] != "export":
            return record
        return {**record, "detail": {**record["detail"], "unreviewed_findings": 3}}

    forging.chained(bundle / "audit.jsonl", whole)
    forging.resealed(bundle, sealed / "forger.pem")
    assert (
        "bundle.dsse.json: says otherwise than the audit log what it holds: unreviewed_findings"
        in verify(bundle).problems
    )


def test_texts_in_full_without_their_decision_are_named(sealed, make_case, tmp_path):
    case = make_case(tmp_path / "case")
    scope = Scope(in_full=InFull("the court asked", "Ada"))
    made = write_bundle(
        case, tmp_path / "full", scope=scope, signing_key=sealed / "sender.pem"
    ).path
    assert verify(made).problems == ()
    lines("decisions.jsonl", lambda r: r if r.get("decision") is None else {**r, "reason": "?"})(
        made
    )
    forging.described(made)
    forging.resealed(made, sealed / "forger.pem")
    assert "data/decisions.jsonl: lacks the decision that texts and times are in full" in (
        verify(made).problems
    )
