# SPDX-License-Identifier: GPL-3.0-or-later
"""What is checked before a bundle is sealed, and what a sealed bundle says of the case's log."""

from __future__ import annotations

import json

import pytest

from graphkit.bundle.contents import Scope
from graphkit.bundle.signing import create_key
from graphkit.bundle.write import write_bundle
from graphkit.case import add_note, add_search, audit, open_case
from graphkit.cli import main
from graphkit.errors import CaseError
from graphkit.investigation.by_hand import attach
from graphkit.investigation.sealing import verify_export


def only(folder):
    [path] = (each for each in folder.iterdir() if len(each.name) == 64)
    return path


def rewritten(path):
    path.chmod(0o644)
    path.write_bytes(path.read_bytes() + b"one line more\n")


@pytest.mark.parametrize(
    ("change", "said"),
    [(rewritten, r"was changed \(sha256:"), (lambda path: path.unlink(), r"is missing \(sha256:")],
)
def test_a_bundle_of_changed_inputs_is_refused_with_file_and_hash(case, tmp_path, change, said):
    path = only(case.root / "inputs")
    before = [each["event"] for each in audit(case)]
    change(path)
    with pytest.raises(CaseError, match=rf"input mossy_finch-export\.csv {said}{path.name}"):
        write_bundle(case, tmp_path / "out")
    assert not (tmp_path / "out").exists()
    assert [each["event"] for each in audit(case)] == before


def test_a_bundle_of_changed_attachments_is_refused(case, tmp_path):
    (tmp_path / "shot.png").write_bytes(b"a picture")
    attach(case, tmp_path / "shot.png", by="Ada")
    rewritten(only(case.root / "inputs" / "attachments"))
    with pytest.raises(CaseError, match="input an attachment was changed"):
        write_bundle(case, tmp_path / "out")


def test_the_command_says_it_in_one_line(tmp_path, capsys):
    root, posts = tmp_path / "bridge", tmp_path / "posts.csv"
    posts.write_text(
        "post_id,account_id,platform,created_at\n500001,700001,p,2026-03-10T01:00:00Z\n"
    )
    main(["new", str(root)])
    main(["import", str(root), str(posts)])
    rewritten(only(root / "inputs"))
    capsys.readouterr()
    assert main(["bundle", str(root), "-o", str(tmp_path / "out")]) == 2
    [line] = capsys.readouterr().err.splitlines()
    assert line.startswith(
        "graphkit: nothing was written, the case is not as it was: input posts.csv was"
    )
    assert line.endswith(
        f"put the file back from a copy of the case, then see: graphkit doctor {root}"
    )


@pytest.fixture
def signed(case, tmp_path):
    create_key(tmp_path / "key.pem")
    return write_bundle(case, tmp_path / "out.zip", signing_key=tmp_path / "key.pem").path


def cut(case, lines):
    """The audit log without its last lines, and the journals fitted to it."""
    log = case.root / "audit.jsonl"
    log.write_bytes(b"".join(log.read_bytes().splitlines(keepends=True)[:-lines]))


def test_an_audit_log_cut_below_the_last_export_is_found_with_the_bundle_alone(
    case, signed, capsys
):
    assert main(["doctor", str(case.root), "--bundle", str(signed)]) == 0
    cut(case, 1)
    assert main(["doctor", str(case.root)]) == 0  # a log that was cut looks whole
    capsys.readouterr()
    assert main(["doctor", str(case.root), "--bundle", str(signed)]) == 1
    assert "audit log: it ends at line 11, a signed bundle knew line 12" in capsys.readouterr().out


def test_an_audit_log_written_anew_is_found_with_the_bundle(case, signed, capsys):
    cut(case, 1)
    add_search(case, "archive", "bridge", found=1)
    assert main(["doctor", str(case.root), "--bundle", str(signed)]) == 1
    assert "audit log: line 12 is not the one that a signed bundle knew" in capsys.readouterr().out


def test_what_was_cut_after_the_last_export_cannot_be_found(case, signed):
    add_note(case, "they confessed", finding_id=None, by="Ada")
    journal = case.root / "notes.jsonl"
    journal.write_bytes(b"".join(journal.read_bytes().splitlines(keepends=True)[:-1]))
    cut(case, 1)
    assert main(["doctor", str(case.root), "--bundle", str(signed)]) == 0


def test_an_unsigned_bundle_knows_no_end_of_the_log(case, tmp_path, capsys):
    made = write_bundle(case, tmp_path / "unsigned")
    assert main(["doctor", str(case.root), "--bundle", str(made.path)]) == 2
    assert "holds no signed head of an audit log" in capsys.readouterr().err


def test_withheld_inputs_are_told_by_hash_and_never_by_name(case, tmp_path):
    made = write_bundle(case, tmp_path / "out", scope=Scope(inputs=True))
    [batch] = json.loads((made.path / "data" / "imports.json").read_bytes())
    [source] = batch["sources"]
    assert source["sha256"] == only(case.root / "inputs").name
    assert (source["input"], source["withheld"]) == (
        None,
        "it holds rows of accounts that are withheld",
    )
    assert "mossy" not in json.dumps(batch)
    told = json.loads((made.path / "data" / "runs.json").read_bytes())
    assert {tuple(run["withheld_inputs"]) for run in told} == {(source["sha256"],)}


def test_an_export_is_logged_whether_or_not_it_is_a_zip(case, signed):
    assert audit(open_case(case.root))[-1]["event"] == "export"


def test_a_check_from_the_dashboard_is_logged_and_leaves_the_bundle_as_it_is(case, signed):
    found = verify_export(case, signed)
    last = audit(case)[-1]
    assert (last["event"], last["detail"]) == (
        "verify",
        {
            "tag_manifest_sha256": found.tag_manifest_sha256,
            "signer": found.signer,
            "problems": 0,
        },
    )
    again = write_bundle(case, signed.with_name("again"))
    assert again.tag_manifest_sha256 == found.tag_manifest_sha256
