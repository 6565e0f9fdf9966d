# SPDX-License-Identifier: GPL-3.0-or-later
"""A kill, a full disk or a folder that cannot be written: no half bundle, and one clear line."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

import pytest

from graphkit.bundle.contents import Scope
from graphkit.bundle.verify import verify_bundle
from graphkit.bundle.write import write_bundle
from graphkit.case import open_case

ALL = Scope(unreviewed=True)
# Builds in forked children; the n-th kills itself before its n-th write to a disk. Forks come
# before any thread of polars.
KILLED = """
import os, signal, sys
from pathlib import Path
from graphkit.bundle.contents import Scope
from graphkit.bundle.write import write_bundle
from graphkit.case import open_case
case, folder, out, step = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3], int(sys.argv[4])
watched = (str(case), str(folder))

def build(number):
    count = 0
    def hook(event, args):
        nonlocal count
        if event == "open":
            wanted = isinstance(args[1], str) and set(args[1]) & set("wax+")
        else:
            wanted = event in ("os.rename", "os.mkdir", "os.remove", "os.truncate", "os.link")
        if wanted and str(args[0]).startswith(watched):
            count += 1
            if count == number:
                os.kill(os.getpid(), signal.SIGKILL)
    sys.addaudithook(hook)
    write_bundle(open_case(case), folder / f"{number:03d}-{out}", scope=Scope(unreviewed=True))

number = 0
while True:
    number += step
    child = os.fork()
    if not child:
        build(number)
        os._exit(0)
    _, status = os.waitpid(child, 0)
    print(number, "killed" if os.WIFSIGNALED(status) else os.WEXITSTATUS(status), flush=True)
    if not os.WIFSIGNALED(status):
        break
"""


def chain_is_whole(case):
    prev = "0" * 64
    for seq, line in enumerate((case.root / "audit.jsonl").read_bytes().splitlines()):
        record = json.loads(line)
        assert (record["seq"], record["prev"]) == (seq, prev)
        prev = hashlib.sha256(line).hexdigest()


@pytest.mark.parametrize(("out", "step"), [("bundle", 6), ("bundle.zip", 13)])
def test_a_kill_at_any_write_leaves_no_bundle_and_the_next_build_works(case, tmp_path, out, step):
    folder = tmp_path / "place"
    folder.mkdir()
    command = [sys.executable, "-c", KILLED, str(case.root), str(folder), out, str(step)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    told = [line.split() for line in done.stdout.splitlines()]
    assert told[-1][1] == "0"
    assert len(told) >= 6
    assert {what for _, what in told[:-1]} == {"killed"}
    whole = [each.name for each in folder.iterdir() if not each.name.startswith(".")]
    assert whole == [f"{int(told[-1][0]):03d}-{out}"]
    chain_is_whole(case)
    assert verify_bundle(folder / whole[0], allow_unsigned=True).problems == ()
    left = [each for each in folder.iterdir() if each.name.startswith(".")]
    assert left
    for number, _ in told[:-1]:
        place = folder / f"{int(number):03d}-{out}"
        if any(each.name.startswith(f".{place.name}.") for each in left):
            break
    write_bundle(open_case(case.root), place, scope=ALL)
    assert not [each for each in folder.iterdir() if each.name.startswith(f".{place.name}.")]


def test_a_build_leaves_the_folder_of_one_that_still_runs(case, tmp_path):
    from graphkit.bundle.place import workplace  # noqa: PLC0415  beside its only use

    with workplace(tmp_path / "out") as running:
        (running / "file").write_text("x")
        write_bundle(case, tmp_path / "out", scope=ALL)
        assert (running / "file").exists()


@contextmanager
def small_disk(folder, size):
    """A file system of `size` at `folder`; tests that need it are skipped where none can be had."""
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(folder)]
    if os.geteuid() != 0 or subprocess.run(command, capture_output=True, check=False).returncode:
        pytest.skip("a small file system needs root and mount")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


@pytest.fixture
def told_case(case):
    """The case without its made-up trace, which the command line cannot tie to findings."""
    shutil.rmtree(case.root / "traces")
    return case


def said(*arguments):
    """Exit status and standard error of the command line."""
    program = "import sys; from graphkit.cli import main; sys.exit(main())"
    command = [sys.executable, "-c", program, *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.returncode, done.stderr.splitlines()


@pytest.mark.parametrize("out", ["bundle", "bundle.zip"])
def test_a_full_disk_gives_one_line_and_leaves_nothing(told_case, tmp_path, out):
    with small_disk(tmp_path / "small", "128k") as small:
        status, lines = said("bundle", told_case.root, "-o", small / out, "--unreviewed")
        assert (status, len(lines)) == (2, 1), lines
        assert f"{small / out}: cannot be written (No space left on device)" in lines[0]
        assert list(small.iterdir()) == []
    chain_is_whole(told_case)


def test_a_full_disk_under_the_case_gives_one_line_and_no_bundle(told_case, tmp_path):
    with small_disk(tmp_path / "small", "1m") as small:
        copy = Path(shutil.copytree(told_case.root, small / "case"))
        shutil.rmtree(copy / "derived")  # is made again, where there is room
        size = os.statvfs(small).f_bavail * os.statvfs(small).f_frsize
        (small / "filler").write_bytes(b"x" * size)
        why = ["--in-full", "because " * 1_000, "--by", "ed"]  # more than fits behind the last line
        status, lines = said("bundle", copy, "-o", tmp_path / "out", "--unreviewed", *why)
        assert (status, len(lines)) == (2, 1), lines
        assert "No space left on device" in lines[0]
        assert not (tmp_path / "out").exists()
        (small / "filler").unlink()
        made = write_bundle(open_case(copy), small / "bundle", scope=ALL)  # the case is whole
        assert verify_bundle(made.path, allow_unsigned=True).problems == ()


def test_a_folder_that_may_not_be_written_gives_one_line_and_can_be_verified(told_case, tmp_path):
    with small_disk(tmp_path / "small", "8m") as small:
        for name in ("bundle", "bundle.zip"):  # on another file system than the case
            write_bundle(told_case, small / name, scope=ALL)
        subprocess.run(["mount", "-o", "remount,ro", str(small)], check=True)
        status, lines = said("bundle", told_case.root, "-o", small / "more", "--unreviewed")
        assert (status, len(lines)) == (2, 1), lines
        assert f"{small / 'more'}: cannot be written (Read-only file system)" in lines[0]
        for name in ("bundle", "bundle.zip"):
            assert said("verify", small / name, "--allow-unsigned")[0] == 0


def test_a_file_that_grows_too_long_gives_one_line_and_leaves_nothing(told_case, tmp_path):
    asked = ["bundle", str(told_case.root), "-o", str(tmp_path / "out"), "--unreviewed"]
    limited = [sys.executable, "-c", LIMITED, *asked]
    done = subprocess.run(limited, capture_output=True, text=True, check=False)
    lines = done.stderr.splitlines()
    assert (done.returncode, len(lines)) == (2, 1)
    assert "cannot be written (File too large)" in lines[0]
    assert not list(tmp_path.glob("*out*")) + list(tmp_path.glob(".out*"))


LIMITED = """
import resource, sys
resource.setrlimit(resource.RLIMIT_FSIZE, (16384, 16384))
from graphkit.cli import main
sys.exit(main())
"""
