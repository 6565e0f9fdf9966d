# SPDX-License-Identifier: GPL-3.0-or-later
"""Pictures beside an imported file: hashed by bytes and by looks, and nothing else is opened."""

from __future__ import annotations

import json
import zlib

import numpy as np
import pytest
from PIL import Image

from graphkit.importers.canonical import IMPORTER
from graphkit.reading import media
from graphkit.reading.importer import ReadOptions
from graphkit.reading.media import media_hashes, perceptual_hash
from graphkit.reading.records import Found, record_batches
from graphkit.reading.rows import Record


def scene():
    """A picture with some features: bands, a bright disc, noise."""
    y, x = np.mgrid[0:240, 0:320]
    disc = ((x - 220) ** 2 + (y - 80) ** 2 < 1_600) * 120
    noise = np.random.default_rng(7).integers(0, 20, (240, 320))
    return Image.fromarray(
        (60 + x // 4 + (y > 150) * 40 + disc + noise).clip(0, 255).astype("uint8")
    )


@pytest.fixture
def folder(tmp_path):
    inside = tmp_path / "export"
    (inside / "photos").mkdir(parents=True)
    scene().save(inside / "photos" / "a.png")
    scene().resize((200, 150)).save(inside / "photos" / "small.jpg", quality=60)
    scene().rotate(90, expand=True).save(inside / "photos" / "other.png")
    Image.new("L", (40, 40)).save(inside / "photos" / "black.png")
    (inside / "photos" / "note.txt").write_text("no picture")
    (tmp_path / "outside.png").write_bytes((inside / "photos" / "a.png").read_bytes())
    return inside


def distance(one, other):
    return (int(one.removeprefix("phash:"), 16) ^ int(other.removeprefix("phash:"), 16)).bit_count()


def test_a_smaller_copy_of_worse_quality_looks_the_same_and_another_picture_does_not(folder):
    looks = {
        name: perceptual_hash(folder / "photos" / name)
        for name in ("a.png", "small.jpg", "other.png")
    }
    assert all(len(each) == len("phash:") + 16 for each in looks.values())
    assert distance(looks["a.png"], looks["small.jpg"]) <= 4
    assert distance(looks["a.png"], looks["other.png"]) >= 16


def test_what_is_of_one_colour_or_no_picture_has_no_looks(folder):
    hashes, problems = media_hashes(folder, ["photos/black.png", "photos/note.txt"])
    assert [each[:7] for each in hashes] == ["sha256:", "sha256:"]
    assert problems == []


@pytest.mark.parametrize(
    ("name", "problem"),
    [
        ("../outside.png", "lies outside the file's folder and is not read"),
        ("photos/../../outside.png", "lies outside the file's folder and is not read"),
        ("link.png", "lies outside the file's folder and is not read"),
        ("/etc/hostname", "lies outside the file's folder and is not read"),
        ("photos", "is not a file"),
        ("photos/none.png", "is not there"),
        ("a\0b", "is not there"),
        ("x" * 5_000, "is not there"),
    ],
)
def test_nothing_outside_the_folder_is_read(folder, name, problem):
    (folder / "link.png").symlink_to(folder.parent / "outside.png")
    hashes, [told] = media_hashes(folder, [name])
    assert hashes == []
    assert told == f"{name[:80]!r} {problem}"


def test_a_picture_that_would_unpack_to_too_much_is_not_unpacked(folder, monkeypatch):
    header = b"\x89PNG\r\n\x1a\n"
    size = (60_000).to_bytes(4, "big")
    ihdr = b"IHDR" + size + size + b"\x08\x00\x00\x00\x00"
    data = b"IDAT" + zlib.compress(b"\0" * 100)
    chunks = [
        len(c[4:]).to_bytes(4, "big") + c + zlib.crc32(c).to_bytes(4, "big") for c in (ihdr, data)
    ]
    (folder / "bomb.png").write_bytes(header + b"".join(chunks))
    assert perceptual_hash(folder / "bomb.png") is None
    monkeypatch.setattr(media, "MOST_PIXELS", 1_000)
    assert perceptual_hash(folder / "photos" / "a.png") is None


def test_damaged_pictures_are_hashed_by_their_bytes_only(folder):
    whole = (folder / "photos" / "a.png").read_bytes()
    for kept in range(0, len(whole), len(whole) // 40):
        (folder / "cut.png").write_bytes(whole[:kept] + b"\xff" * 9)
        hashes, problems = media_hashes(folder, ["cut.png"])
        assert hashes[0].startswith("sha256:")
        assert problems == []


def test_records_that_name_pictures_get_their_hashes(folder):
    def read(record):
        yield Found("posts", {"post_id": record.value, "account_id": "a", "created_at": None,
                              "media_files": ["photos/a.png", "gone.jpg"]})  # fmt: skip

    [batch] = record_batches(
        [Record(1, "p", {})], read, options=ReadOptions(), platform="x", media_folder=folder
    )
    [hashes] = batch.tables["posts"]["media_hashes"].to_list()
    assert [each.partition(":")[0] for each in hashes] == ["sha256", "phash"]
    assert batch.warnings.rows() == [(1, "'gone.jpg' is not there")]


def test_a_canonical_file_may_name_its_pictures(folder):
    cell = json.dumps(["photos/a.png", "gone.jpg"]).replace('"', '""')
    (folder / "posts.csv").write_text(
        "post_id,account_id,created_at,media_files\n"
        f'1,a,2026-03-10T00:00:00Z,photos/a.png\n2,b,2026-03-10T00:00:00Z,"{cell}"\n'
        "3,c,2026-03-10T00:00:00Z,\n"
    )
    batches = list(IMPORTER.read(folder / "posts.csv", ReadOptions()))
    first, second, third = batches[0].tables["posts"]["media_hashes"].to_list()
    assert first == second
    assert len(first) == 2
    assert third == []
    assert [batch.notes for batch in batches] == [
        {"{n} media files are not beside the file, or may not be read": 1}
    ]


def test_without_the_extra_the_bytes_are_hashed_and_it_is_said(folder, monkeypatch):
    monkeypatch.setattr(media, "has_perceptual_hashes", lambda: False)
    media._hashes.cache_clear()
    (folder / "posts.csv").write_text(
        "post_id,account_id,created_at,media_files\n1,a,2026-03-10T00:00:00Z,photos/a.png\n"
    )
    [batch] = IMPORTER.read(folder / "posts.csv", ReadOptions())
    [[only]] = batch.tables["posts"]["media_hashes"].to_list()
    assert only.startswith("sha256:")
    assert list(batch.notes) == [
        "pictures have no perceptual hash; install the extra media: graphkit-investigate[media]"
    ]
    media._hashes.cache_clear()
