# SPDX-License-Identifier: GPL-3.0-or-later
"""What `graphkit keys` does: makes, shows, hands out and rotates, and never overwrites."""

from __future__ import annotations

import re

import pytest

from graphkit.bundle.signing import load_key
from graphkit.bundle.verify import verify_bundle
from graphkit.bundle.write import write_bundle
from graphkit.cli import main


@pytest.fixture
def config(tmp_path, monkeypatch):
    """The person's configuration folder for keys, not yet made."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    return tmp_path / "config" / "graphkit"


def mode(path):
    return path.stat().st_mode & 0o777


def fingerprints(text):
    return re.findall(r"[0-9a-f]{64}", text)


def test_a_key_is_made_once_and_nobody_else_may_read_it_or_open_its_folder(config, capsys):
    assert main(["keys"]) == 0
    assert "no signing key; make one with graphkit keys --make" in capsys.readouterr().out
    assert main(["keys", "--make"]) == 0
    first = capsys.readouterr().out
    assert (mode(config), mode(config / "signing.key")) == (0o700, 0o600)
    assert main(["keys", "--make"]) == 0
    assert capsys.readouterr().out == first
    assert "-----BEGIN PUBLIC KEY-----" in first
    assert "PRIVATE" not in first


@pytest.mark.parametrize(
    ("place", "bits", "said"),
    [
        (".", 0o755, "others may open the folder of keys; run: chmod 700"),
        ("signing.key", 0o640, "others may read this key; run: chmod 600"),
    ],
)
def test_a_key_that_others_could_read_is_refused(config, capsys, place, bits, said):
    main(["keys", "--make"])
    (config / place).chmod(bits)
    assert main(["keys"]) == 2
    assert said in capsys.readouterr().err


def test_the_public_part_goes_to_a_new_file_only(config, capsys, tmp_path):
    main(["keys", "--make"])
    out = tmp_path / "lin.pem"
    assert main(["keys", "--export", str(out)]) == 0
    assert out.read_text().startswith("-----BEGIN PUBLIC KEY-----")
    out.write_text("mine")
    assert main(["keys", "--export", str(out)]) == 2
    assert "is there already; name a new file" in capsys.readouterr().err
    assert out.read_text() == "mine"


def test_nothing_to_hand_out_without_a_key(config, tmp_path):
    assert main(["keys", "--export", str(tmp_path / "lin.pem")]) == 2
    assert not (tmp_path / "lin.pem").exists()


def test_a_rotated_key_is_put_aside_and_bundles_that_it_signed_still_verify(
    config, capsys, tmp_path, case
):
    main(["keys", "--make"])
    main(["keys", "--export", str(tmp_path / "old.pem")])
    [old, *_] = fingerprints(capsys.readouterr().out)
    made = write_bundle(case, tmp_path / "bundle", signing_key=config / "signing.key")
    assert main(["keys", "--rotate"]) == 0
    said = capsys.readouterr().out
    assert f"put aside: {old}; tell those who know it the new fingerprint" in said
    assert (mode(config / f"signing-{old}.key"), mode(config / "signing.key")) == (0o600, 0o600)
    main(["keys"])
    new, earlier = fingerprints(capsys.readouterr().out)
    assert (earlier, new != old) == (old, True)
    assert verify_bundle(made.path, public_key=tmp_path / "old.pem").signer == old
    assert load_key(config / f"signing-{old}.key")


def test_a_rotation_overwrites_no_key_that_was_put_aside(config, capsys):
    main(["keys", "--make"])
    [fingerprint, *_] = fingerprints(capsys.readouterr().out)
    before = (config / "signing.key").read_bytes()
    (config / f"signing-{fingerprint}.key").write_text("other")
    assert main(["keys", "--rotate"]) == 2
    assert "is there already; move it elsewhere first" in capsys.readouterr().err
    assert (config / "signing.key").read_bytes() == before


def test_there_is_nothing_to_rotate_without_a_key(config, capsys):
    assert main(["keys", "--rotate"]) == 2
    assert "no signing key; make one with: graphkit keys --make" in capsys.readouterr().err
