# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import hashlib
import importlib.util
import json
import logging
import re
import shutil
import subprocess
from pathlib import Path

import bagit
import polars as pl
import pytest

from graphkit.bundle.signing import create_key, load_key, opened_envelope, public_pem
from graphkit.bundle.verify import verify_bundle
from graphkit.bundle.write import write_bundle
from graphkit.case import audit, audit_head
from graphkit.errors import BundleError

spec = importlib.util.spec_from_file_location("forging", Path(__file__).parent / "forging.py")
forging = importlib.util.module_from_spec(spec)
spec.loader.exec_module(forging)


@pytest.fixture(scope="module")
def sealed(tmp_path_factory, make_case):
    """A case, its key and its signed bundle; tests copy the bundle before they touch it."""
    root = tmp_path_factory.mktemp("sealed")
    case = make_case(root / "case")
    create_key(root / "key.pem")
    made = write_bundle(case, root / "bundle", signing_key=root / "key.pem")
    return case, root / "key.pem", made


@pytest.fixture
def bundle(sealed, tmp_path):
    shutil.copytree(sealed[2].path, tmp_path / "bundle", symlinks=True)
    return tmp_path / "bundle"


def rewritten(path, change):
    change(pl.read_parquet(path)).write_parquet(path)


def rehashed(root):
    forging.edited(root / "data" / "report.html", b"<h1>", b"<h2>")
    bagit.Bag(str(root)).save(manifests=True)


def cut_rows(root):
    rewritten(root / "data" / "rows" / "actions.parquet", lambda rows: rows.head(8))


def other_account(root):
    forging.edited(root / "data" / "findings.jsonl", b'"accounts":["acct-', b'"accounts":["acct-x')


def other_role(root):
    forging.edited(root / "data" / "findings.jsonl", b'"role":"co-action"', b'"role":"bystander"')


def cut_evidence(root):
    rewritten(root / "data" / "evidence.parquet", lambda rows: rows.head(rows.height - 1))


def unrecorded(root):
    lines = (root / "data" / "findings.jsonl").read_bytes().splitlines(keepends=True)
    (root / "data" / "findings.jsonl").write_bytes(b"".join(lines[1:]))


def audit_cut(root):
    lines = (root / "audit.jsonl").read_bytes().splitlines(keepends=True)
    (root / "audit.jsonl").write_bytes(b"".join(lines[:-1]))


def linked(root):
    (root / "data" / "VERIFY.txt").unlink()
    (root / "data" / "VERIFY.txt").symlink_to("/etc/hostname")


def other_public_key(root):
    create_key(root.parent / "thief.pem")
    pem = public_pem(load_key(root.parent / "thief.pem").public_key())
    (root / "public-key.pem").write_text(pem)


TAMPERINGS = {
    "one byte changed": (
        lambda d: forging.edited(d / "data" / "report.html", b"reposted", b"repostet"),
        "data/report.html: changed",
    ),
    "payload removed": (
        lambda d: (d / "data" / "notes.jsonl").unlink(),
        "data/notes.jsonl: missing",
    ),
    "payload added": (
        lambda d: (d / "data" / "more.txt").write_text("x"),
        "data/more.txt: not listed in manifest-sha256.txt",
    ),
    "payload renamed": (
        lambda d: (d / "data" / "VERIFY.txt").rename(d / "data" / "Verify.txt"),
        "data/Verify.txt: not listed in manifest-sha256.txt",
    ),
    "payload linked": (linked, "data/VERIFY.txt: is a link"),
    "file outside data": (
        lambda d: (d / "readme.txt").write_text("x"),
        "readme.txt: extra file outside data/",
    ),
    "bag-info edited": (
        lambda d: forging.edited(d / "bag-info.txt", b"Bridge", b"Badger"),
        "bag-info.txt: changed (tagmanifest-sha256.txt has another SHA-256)",
    ),
    "bagit.txt edited": (
        lambda d: forging.edited(d / "bagit.txt", b"1.0", b"0.9"),
        "bagit.txt: does not declare BagIt 1.0",
    ),
    "manifest edited": (
        lambda d: forging.edited(d / "manifest-sha256.txt", b"data/VERIFY.txt", b"data/VERIFY.tx"),
        "manifest-sha256.txt: changed",
    ),
    "manifest leads out": (
        lambda d: forging.edited(
            d / "manifest-sha256.txt", b"data/VERIFY.txt", b"../../../etc/passwd"
        ),
        "../../../etc/passwd: missing",
    ),
    "manifest garbled": (
        lambda d: (d / "manifest-sha256.txt").write_text("no hash here\n"),
        "manifest-sha256.txt: line 1 is not a hash and a new path",
    ),
    "tag manifest removed": (
        lambda d: (d / "tagmanifest-sha256.txt").unlink(),
        "tagmanifest-sha256.txt: missing",
    ),
    "signature removed": (
        lambda d: (d / "bundle.dsse.json").unlink(),
        "bundle.dsse.json: missing, though public-key.pem is there",
    ),
    "statement edited": (
        lambda d: forging.edited(d / "bundle.dsse.json", b'"payload":"ey', b'"payload":"eY'),
        "bundle.dsse.json: bad signature",
    ),
    "public key exchanged": (other_public_key, "bundle.dsse.json: bad signature"),
    "all hashes made to fit": (rehashed, "tagmanifest-sha256.txt: is not the one that was signed"),
    "audit line edited": (
        lambda d: forging.edited(d / "audit.jsonl", b'"event":"name"', b'"event":"note"'),
        "audit.jsonl: line 9 does not follow the line before",
    ),
    "last audit line edited": (
        lambda d: forging.edited(d / "audit.jsonl", b'"event":"export"', b'"event":"verify"'),
        "audit.jsonl: does not end where it did when it was signed",
    ),
    "audit log cut": (audit_cut, "audit.jsonl: does not end where it did when it was signed"),
    "audit log removed": (lambda d: (d / "audit.jsonl").unlink(), "audit.jsonl: missing"),
}
FORGERIES = {
    "another account": (other_account, "its id does not fit its subjects and rows"),
    "another role": (other_role, "the evidence it shows is not that in evidence.parquet"),
    "a row less": (cut_evidence, "its id does not fit its subjects and rows"),
    "rows withheld": (cut_rows, "data/rows/actions.parquet: lacks 1 rows of evidence"),
    "a finding withheld": (unrecorded, "has rows in evidence.parquet and no record"),
    "no findings": (
        lambda d: (d / "data" / "findings.jsonl").unlink(),
        "data/: a file that every bundle of findings holds is missing",
    ),
    "no rows": (
        lambda d: (d / "data" / "evidence.parquet").write_bytes(b"?"),
        "findings and rows cannot be read together",
    ),
}


def test_a_bundle_that_nobody_touched_has_no_problems(sealed):
    found = verify_bundle(sealed[2].path)
    assert (found.ok, found.problems, found.signed) == (True, (), True)


@pytest.mark.parametrize("name", TAMPERINGS)
def test_tampering_is_named(bundle, name):
    change, problem = TAMPERINGS[name]
    change(bundle)
    found = verify_bundle(bundle)
    assert not found.ok
    assert any(problem in each for each in found.problems), found.problems


@pytest.mark.parametrize("name", FORGERIES)
def test_findings_that_do_not_fit_their_rows_are_named_though_hashes_and_signature_fit(
    sealed, bundle, name
):
    change, problem = FORGERIES[name]
    change(bundle)
    forging.resealed(bundle, sealed[1])
    found = verify_bundle(bundle)
    assert not found.ok
    assert any(problem in each for each in found.problems), found.problems


def test_another_signer_is_named_when_the_senders_key_is_given(sealed, bundle, tmp_path):
    create_key(tmp_path / "other.pem")
    forging.resealed(bundle, tmp_path / "other.pem")
    mine = tmp_path / "mine.pem"
    mine.write_text(public_pem(load_key(sealed[1]).public_key()))
    assert verify_bundle(bundle).ok
    found = verify_bundle(bundle, public_key=mine)
    assert "bundle.dsse.json: signed by another key" in found.problems[0]
    assert verify_bundle(sealed[2].path, public_key=mine).ok


def test_an_unsigned_bundle_passes_only_where_that_is_allowed(make_case, tmp_path):
    made = write_bundle(make_case(tmp_path / "case"), tmp_path / "bundle")
    assert not made.signed
    strict, lax = verify_bundle(made.path), verify_bundle(made.path, allow_unsigned=True)
    assert (strict.ok, strict.signed, strict.signer) == (False, False, None)
    assert strict.problems[0].startswith("unsigned")
    assert (lax.ok, lax.problems) == (True, ())


def test_an_unsigned_bundle_is_not_from_the_sender_whose_key_is_given(sealed, make_case, tmp_path):
    made = write_bundle(make_case(tmp_path / "case"), tmp_path / "bundle")
    mine = sealed[2].path / "public-key.pem"
    assert not verify_bundle(made.path, allow_unsigned=True, public_key=mine).ok


def test_a_folder_that_is_no_bundle_is_refused(tmp_path):
    with pytest.raises(BundleError, match="is not a bundle"):
        verify_bundle(tmp_path)


def test_bagit_of_the_library_of_congress_finds_the_bundle_valid(sealed):
    logging.getLogger("bagit").setLevel(logging.CRITICAL)
    assert bagit.Bag(str(sealed[2].path)).validate()


def test_the_commands_of_verify_txt_work_as_they_are_pasted(sealed):
    text = (sealed[2].path / "data" / "VERIFY.txt").read_text()
    blocks = re.split(r"\n\n", text)
    starts = ("sha256sum", "find", "work=", "openssl", "cat")
    script = "set -e\n" + "\n".join(b for b in blocks if b.startswith(starts))
    done = subprocess.run(
        ["bash", "-c", script], cwd=sealed[2].path, capture_output=True, text=True, check=True
    )
    lines = done.stdout.splitlines()
    counts = [line for line in lines if line.strip().isdigit()]
    assert counts[0] == counts[1]
    at = lines.index("Signature Verified Successfully")
    assert lines[at + 1] == lines[at + 2].split()[0] == sealed[2].tag_manifest_sha256
    fingerprint = lines[at + 3].split()[0]
    assert fingerprint == verify_bundle(sealed[2].path).signer
    assert lines[-1].split()[0] in lines[-2]


def test_the_export_is_the_last_line_of_the_audit_log_in_case_and_bundle(sealed):
    case, key, made = sealed
    last = audit(case)[-1]
    assert (last["event"], last["detail"]["tag_manifest_sha256"]) == (
        "export",
        made.tag_manifest_sha256,
    )
    log = (made.path / "audit.jsonl").read_bytes().splitlines()
    assert audit_head(case)["sha256"] == hashlib.sha256(log[-1]).hexdigest()
    said = opened_envelope(
        (made.path / "bundle.dsse.json").read_bytes(), load_key(key).public_key()
    )
    assert said["predicate"]["audit_head"] == said["predicate"]["case_audit_head"]


def test_a_key_is_private_never_overwritten_and_must_be_an_ed25519_key(tmp_path):
    path = tmp_path / "keys" / "signing.key"
    create_key(path)
    assert path.stat().st_mode & 0o777 == 0o600
    with pytest.raises(BundleError, match="is there already"):
        create_key(path)
    path.chmod(0o644)
    with pytest.raises(BundleError, match="others may read this key"):
        load_key(path)
    (tmp_path / "no.key").write_text("no key")
    (tmp_path / "no.key").chmod(0o600)
    with pytest.raises(BundleError, match="is not a signing key"):
        load_key(tmp_path / "no.key")


def test_the_crate_describes_every_other_payload_file_with_its_hash(sealed):
    data = sealed[2].path / "data"
    crate = json.loads((data / "ro-crate-metadata.json").read_bytes())
    files = {e["@id"]: e["sha256"] for e in crate["@graph"] if e["@type"] == "File"}
    held = {p.relative_to(data).as_posix(): p for p in data.rglob("*") if p.is_file()}
    held.pop("ro-crate-metadata.json")
    assert files == {n: hashlib.sha256(p.read_bytes()).hexdigest() for n, p in held.items()}
