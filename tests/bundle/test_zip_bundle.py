# SPDX-License-Identifier: GPL-3.0-or-later
"""A bundle as one zip: the same bytes from the same bag, and no harm from a hostile one."""

from __future__ import annotations

import hashlib
import random
import re
import shutil
import stat
import struct
import subprocess
import sys
import zipfile
from contextlib import nullcontext as nothing
from pathlib import Path

import pytest

from graphkit.bundle.signing import create_key, load_key, public_pem
from graphkit.bundle.verify import verify_bundle
from graphkit.bundle.write import write_bundle
from graphkit.bundle.zipped import write_zip, zip_problems
from graphkit.cli import main
from graphkit.errors import BundleError

BAG = "bundle-0123456789ab"


@pytest.fixture(scope="module")
def sealed(tmp_path_factory, make_case):
    """A folder with a signed bundle, the same bag as a zip, and its sender's public key."""
    root = tmp_path_factory.mktemp("zipped")
    create_key(root / "key.pem")
    (root / "public.pem").write_text(public_pem(load_key(root / "key.pem").public_key()))
    case = make_case(root / "case")
    write_bundle(case, root / "sent.zip", signing_key=root / "key.pem")
    with zipfile.ZipFile(root / "sent.zip") as archive:
        archive.extractall(root / "unpacked")
    return root


@pytest.fixture
def bag(sealed):
    [folder] = (sealed / "unpacked").iterdir()
    return folder


def test_a_zip_verifies_like_a_folder(sealed, capsys):
    found = verify_bundle(sealed / "sent.zip", public_key=sealed / "public.pem")
    assert (found.ok, found.problems, found.signed) == (True, (), True)
    assert main(["verify", str(sealed / "sent.zip"), "--key", str(sealed / "public.pem")]) == 0
    assert "sent.zip: nothing is wrong; signed by key" in capsys.readouterr().out


def test_the_zip_holds_the_bag_that_a_folder_would_be(sealed, bag):
    assert verify_bundle(bag, public_key=sealed / "public.pem").ok
    digest = hashlib.sha256((bag / "tagmanifest-sha256.txt").read_bytes()).hexdigest()
    assert bag.name == f"bundle-{digest[:12]}"


def test_the_same_bag_gives_the_same_zip_whatever_its_folder_times_and_rights(bag, tmp_path):
    copy = tmp_path / "elsewhere"
    shutil.copytree(bag, copy, copy_function=shutil.copyfile)
    (copy / "bag-info.txt").chmod(0o600)
    for name, root in (("one.zip", bag), ("two.zip", copy)):
        write_zip(root, tmp_path / name)
    assert (tmp_path / "one.zip").read_bytes() == (tmp_path / "two.zip").read_bytes()
    with zipfile.ZipFile(tmp_path / "one.zip") as archive:
        entries = archive.infolist()
    assert {each.date_time for each in entries} == {(1980, 1, 1, 0, 0, 0)}
    assert {(each.create_system, each.external_attr >> 16) for each in entries} == {(3, 0o100644)}
    assert [each.filename for each in entries] == sorted(each.filename for each in entries)


def test_a_zip_that_is_there_is_not_overwritten(case, tmp_path):
    (tmp_path / "sent.zip").write_text("mine")
    with pytest.raises(BundleError, match="is there already"):
        write_bundle(case, tmp_path / "sent.zip")
    assert (tmp_path / "sent.zip").read_text() == "mine"


def test_the_commands_of_verify_txt_work_for_the_zip_as_they_are_pasted(sealed, tmp_path):
    subprocess.run(
        [sys.executable, "-m", "zipfile", "-e", str(sealed / "sent.zip"), str(tmp_path)], check=True
    )
    [folder] = tmp_path.iterdir()
    blocks = re.split(r"\n\n", (folder / "data" / "VERIFY.txt").read_text())
    starts = ("sha256sum", "find", "work=", "openssl", "cat")
    script = "set -e\n" + "\n".join(each for each in blocks if each.startswith(starts))
    done = subprocess.run(
        ["bash", "-c", script], cwd=folder, capture_output=True, text=True, check=True
    )
    assert "Signature Verified Successfully" in done.stdout
    assert "FAILED" not in done.stdout


def test_a_zip_that_another_tool_packed_anew_verifies(sealed, bag, tmp_path):
    shutil.make_archive(str(tmp_path / "again"), "zip", bag.parent, bag.name)
    shutil.make_archive(str(tmp_path / "flat"), "zip", bag)
    for name in ("again.zip", "flat.zip"):
        assert verify_bundle(tmp_path / name, public_key=sealed / "public.pem").problems == ()


def test_a_change_inside_the_zip_is_named_like_one_in_a_folder(bag, tmp_path):
    copy = tmp_path / "copy"
    shutil.copytree(bag, copy)
    (copy / "data" / "report.html").write_text("other")
    (copy / "data" / "more.txt").write_text("more")
    write_zip(copy, tmp_path / "sent.zip")
    found = verify_bundle(tmp_path / "sent.zip").problems
    assert "data/more.txt: not listed in manifest-sha256.txt" in found
    assert any(each.startswith("data/report.html: changed") for each in found)


def packed(path, *entries):
    """A zip of (name, content) entries; a ZipInfo may stand for a name."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries:
            archive.writestr(name, content)


def link(name):
    entry = zipfile.ZipInfo(name)
    entry.external_attr = (stat.S_IFLNK | 0o777) << 16
    return entry


def encrypted(path):
    packed(path, (f"{BAG}/bagit.txt", "x"))
    content = bytearray(path.read_bytes())
    for mark, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        content[content.index(mark) + place] |= 1
    path.write_bytes(bytes(content))


def lying(path):
    """A zip that says its one file is 10 bytes, and unpacks to more."""
    packed(path, (f"{BAG}/bagit.txt", b"x" * 5000))
    content = bytearray(path.read_bytes())
    for mark, place in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        struct.pack_into("<I", content, content.index(mark) + place, 10)
    path.write_bytes(bytes(content))


def twice(path):
    with pytest.warns(UserWarning, match="Duplicate name"):
        packed(path, (f"{BAG}/bagit.txt", "a"), (f"{BAG}/bagit.txt", "b"))


def with_comment(path):
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(f"{BAG}/bagit.txt", "x")
        archive.comment = b"names: Mossy Finch"


def prepended(path):
    packed(path, (f"{BAG}/bagit.txt", "x"))
    path.write_bytes(b"#!/bin/sh\n" + path.read_bytes())


HOSTILE = {
    "leads out": (
        lambda p: packed(p, ("../../etc/cron.d/x", "x")),
        "'../../etc/cron.d/x': is a path that leads elsewhere",
    ),
    "absolute": (lambda p: packed(p, ("/etc/x", "x")), "'/etc/x': is a path that leads elsewhere"),
    "backslash": (
        lambda p: packed(p, ("a\\..\\x", "x")),
        "is a path that leads elsewhere, or that not every system can hold",
    ),
    "a drive": (lambda p: packed(p, ("C:x", "x")), "'C:x': is a path that leads elsewhere"),
    "a link": (
        lambda p: packed(p, (link(f"{BAG}/data"), "/etc")),
        f"'{BAG}/data': is a link or a device, a bundle holds none",
    ),
    "encrypted": (encrypted, f"'{BAG}/bagit.txt': is encrypted"),
    "twice": (twice, f"'{BAG}/bagit.txt': is there 2 times"),
    "by case": (
        lambda p: packed(p, (f"{BAG}/a.txt", "1"), (f"{BAG}/A.txt", "2")),
        f"'{BAG}/A.txt': differs from another name only by case",
    ),
    "a bomb": (
        lambda p: packed(p, (f"{BAG}/x.txt", b"\0" * 40_000_000)),
        "would unpack to 40,000,000 bytes from",
    ),
    "lies about its size": (lying, "is damaged"),
    "a comment": (with_comment, "has a comment, which nobody signed"),
    "something before it": (prepended, "begins with something that is not in the zip"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_zip_is_named_in_one_line_and_nothing_is_unpacked(name, tmp_path, capsys):
    make, problem = HOSTILE[name]
    path = tmp_path / "sent.zip"
    make(path)
    found = verify_bundle(path, allow_unsigned=True)
    assert not found.ok
    assert [each for each in found.problems if problem in each and each.startswith("sent.zip: ")]
    assert main(["verify", str(path), "--allow-unsigned"]) == 1
    assert problem in capsys.readouterr().out
    assert sorted(each.name for each in tmp_path.iterdir()) == ["sent.zip"]


def test_no_change_of_any_byte_of_a_zip_makes_verify_fail_otherwise_than_by_saying_so(tmp_path):
    path, chance = tmp_path / "sent.zip", random.Random(7)
    packed(path, *((f"{BAG}/data/{n}.txt", "hello " * 50) for n in range(4)))
    whole = path.read_bytes()
    for _ in range(300):
        content = bytearray(whole)
        for place in chance.choices(range(len(whole)), k=chance.choice([1, 1, 3])):
            content[place] = chance.randrange(256)
        path.write_bytes(content[: chance.choice([len(whole), chance.randrange(len(whole))])])
        with pytest.raises(BundleError, match=r"sent\.zip: ") if not problems(path) else nothing():
            verify_bundle(path)


def problems(path):
    """Whether verify names what is wrong with a zip, without unpacking it."""
    try:
        return zip_problems(path)
    except BundleError:
        return []


def test_a_file_that_is_no_zip_is_refused(tmp_path, capsys):
    (tmp_path / "sent.zip").write_text("no zip")
    assert main(["verify", str(tmp_path / "sent.zip")]) == 2
    assert "sent.zip: is neither a folder nor a zip that can be read" in capsys.readouterr().err


def test_a_zip_without_a_bundle_is_refused(tmp_path, capsys):
    packed(tmp_path / "sent.zip", ("notes/a.txt", "x"))
    assert main(["verify", str(tmp_path / "sent.zip")]) == 2
    assert "sent.zip: is not a bundle" in capsys.readouterr().err


def test_the_working_folder_of_a_zip_is_removed(sealed, tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    assert verify_bundle(sealed / "sent.zip").ok
    assert list(Path(tmp_path).iterdir()) == []
