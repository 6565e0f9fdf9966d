# SPDX-License-Identifier: GPL-3.0-or-later
"""Web archives: WARC 1.1 (ISO 28500), Zstandard by the IIPC draft, WACZ 1.1.1."""

from __future__ import annotations

import gzip
import json
import uuid
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import pytest
import zstandard

from graphkit.errors import InputError
from graphkit.importers.warc import IMPORTER
from graphkit.reading.importer import ReadOptions
from graphkit.reading.rows import sampled

SAMPLES = Path(__file__).parent / "samples"
STORY = [
    (3, "web:https://southbank.example/2024/0702/bridge"),
    (5, "web:https://blog.example/hz1"),
    (6, "web:https://southbank.example/2026/0310/debunk"),
]
PAGE = b"<html><p>The bridge stands, said the city.</p></html>"


def read(path, **said):
    return list(IMPORTER.read(path, ReadOptions(**said)))


def posts(batches):
    frames = [b.tables["posts"] for b in batches if "posts" in b.tables]
    return [row for frame in frames for row in frame.select("source_line", "post_id").rows()]


def rejects(batches):
    return [row for batch in batches for row in batch.rejects.rows()]


def archive(path, *records, kind="response"):
    """Writes records of (address, headers of the response, body)."""
    with path.open("wb") as file:
        for address, headers, body in records:
            lines = "".join(f"{name}: {value}\r\n" for name, value in headers)
            block = f"HTTP/1.1 200 OK\r\n{lines}\r\n".encode() + body
            block = block if kind == "response" else body
            told = "" if kind == "response" else lines
            file.write(
                f"WARC/1.1\r\nWARC-Type: {kind}\r\nWARC-Date: 2026-03-10T04:00:00Z\r\n"
                f"WARC-Record-ID: <urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, address)}>\r\n"
                f"WARC-Target-URI: {address}\r\n{told}"
                f"Content-Length: {len(block)}\r\n\r\n".encode()
                + block
                + b"\r\n\r\n"
            )
    return path


HTML = ("Content-Type", "text/html")


@pytest.mark.parametrize("file", ["web_story.warc.gz", "web_story.wacz"])
def test_the_pages_of_the_story_come_out_and_the_rest_is_counted(file):
    batches = read(SAMPLES / file)
    assert posts(batches) == STORY
    assert rejects(batches) == [
        (7, "the server answered 404"),
        (9, "is a revisit: the page was as in an earlier capture"),
    ]
    assert sum(batch.rows_read for batch in batches) == 5
    counted = {
        "{n} records are requests and descriptions": 2,
        "{n} records are pictures, scripts and other files that are no pages": 1,
        "{n} responses only lead to another address": 1,
    }
    frames = {"{n} HTML responses are from sites of which the archive lists no page": 1}
    assert batches[-1].notes == counted | (frames if file.endswith("wacz") else {})
    times = batches[0].tables["posts"]["collected_at"].to_list()
    assert times == [datetime(2026, 3, 10, 4, 0, second, tzinfo=UTC) for second in (3, 5, 6)]


def test_packed_otherwise_it_says_the_same(tmp_path):
    plain = gzip.decompress((SAMPLES / "web_story.warc.gz").read_bytes())
    whole = gzip.compress(plain)  # not record by record, as `gzip story.warc` packs it
    for name, content in [
        ("a.warc", plain),
        ("b.warc.gz", whole),
        ("c.warc.zst", zstandard.compress(plain)),
    ]:
        (tmp_path / name).write_bytes(content)
        assert posts(read(tmp_path / name)) == STORY
        assert IMPORTER.suits(sampled(tmp_path / name)) == "it is a web archive (warc)"


def test_packed_and_chunked_bodies_are_unpacked(tmp_path):
    packed = gzip.compress(PAGE)
    chunked = f"{len(PAGE):x}\r\n".encode() + PAGE + b"\r\n0\r\n\r\n"
    path = archive(
        tmp_path / "a.warc",
        ("https://a.example/1", [HTML, ("Content-Encoding", "gzip")], packed),
        ("https://a.example/2", [HTML, ("Transfer-Encoding", "chunked")], chunked),
        ("https://a.example/3", [HTML, ("Content-Encoding", "br")], PAGE),
    )
    batches = read(path)
    assert posts(batches) == [(1, "web:https://a.example/1"), (2, "web:https://a.example/2")]
    assert batches[0].tables["posts"]["text"].to_list() == ["The bridge stands, said the city."] * 2
    assert rejects(batches) == [(3, "is packed with br, which cannot be read")]


def test_a_resource_record_with_html_is_a_page(tmp_path):
    path = archive(tmp_path / "a.warc", ("https://a.example/1", [HTML], PAGE), kind="resource")
    assert posts(read(path)) == [(1, "web:https://a.example/1")]


def test_the_charset_of_the_response_is_used(tmp_path):
    body = "<p>大桥一切正常，从未关闭。</p>".encode("gbk")
    kind = ("Content-Type", "text/html; charset=GBK")
    [batch, *_] = read(archive(tmp_path / "a.warc", ("https://a.example/1", [kind], body)))
    assert batch.tables["posts"]["text"].to_list() == ["大桥一切正常，从未关闭。"]


@pytest.mark.parametrize("kept", [300, 1_500, 4_000, 8_000])
def test_an_archive_that_is_cut_off_says_so(tmp_path, kept):
    plain = gzip.decompress((SAMPLES / "web_story.warc.gz").read_bytes())
    (tmp_path / "a.warc").write_bytes(plain[:kept])
    batches = read(tmp_path / "a.warc")
    assert set(posts(batches)) <= set(STORY)
    packed = gzip.compress(plain)
    (tmp_path / "b.warc.gz").write_bytes(packed[: len(packed) * kept // 9_000])
    batches = read(tmp_path / "b.warc.gz")
    assert any("cut off" in reason for _, reason in rejects(batches))


def test_a_record_whose_length_is_lost_does_not_swallow_the_others_unsaid(tmp_path):
    plain = gzip.decompress((SAMPLES / "web_story.warc.gz").read_bytes())
    (tmp_path / "a.warc").write_bytes(plain.replace(b"Content-Length", b"Content-Lenght", 1))
    assert rejects(read(tmp_path / "a.warc")) == [
        (1, "the archive is cut off or damaged here; what follows cannot be read")
    ]


def packed_warc():
    with zipfile.ZipFile(SAMPLES / "web_story.wacz") as whole:
        return whole.read("archive/data.warc.gz")


def wacz(path, **files):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as whole:
        for name, content in files.items():
            whole.writestr(name.replace("__", "/").replace("_dot_", "."), content)
    return path


def test_an_archive_without_a_list_of_pages_gives_all_html(tmp_path):
    content = packed_warc()
    path = wacz(tmp_path / "a.wacz", archive__a_dot_warc_dot_gz=content)
    assert posts(read(path)) == [*STORY, (10, "web:https://ads.example/frame")]


def test_a_list_of_pages_that_is_damaged_is_no_list(tmp_path):
    content = packed_warc()
    lines = "{\n[1]\n" + json.dumps({"url": 7}) + "\n"
    path = wacz(
        tmp_path / "a.wacz", archive__a_dot_warc_dot_gz=content, pages__pages_dot_jsonl=lines
    )
    assert len(posts(read(path))) == 4


def test_an_archive_that_unpacks_to_far_more_than_it_should_is_read_no_further(
    tmp_path, monkeypatch
):
    monkeypatch.setattr("graphkit.importers.warc.ALWAYS_READ", 100_000)
    body = b"<p>" + b"\0" * 50_000_000
    plain = archive(tmp_path / "a.warc", ("https://a.example/1", [HTML], body)).read_bytes()
    (tmp_path / "b.warc.gz").write_bytes(gzip.compress(plain))
    batches = read(tmp_path / "b.warc.gz")
    assert posts(batches) == []
    assert rejects(batches) == [
        (1, "is cut off: the file ends before it does"),
        (2, "the archive is cut off or damaged here; what follows cannot be read"),
    ]


def test_a_damaged_or_locked_wacz_is_refused_by_name(tmp_path):
    content = (SAMPLES / "web_story.wacz").read_bytes()
    (tmp_path / "a.wacz").write_bytes(content.replace(b"PK\x01\x02", b"PK\x01\x03", 1))
    with pytest.raises(InputError, match=r"a\.wacz: is a damaged WACZ file"):
        read(tmp_path / "a.wacz")
    locked = bytearray(content)
    locked[content.index(b"PK\x01\x02") + 8] |= 1
    (tmp_path / "b.wacz").write_bytes(locked)
    with pytest.raises(InputError, match=r"b\.wacz: is encrypted"):
        read(tmp_path / "b.wacz")


def test_only_web_archives_suit():
    suiting = [p.name for p in sorted(SAMPLES.glob("*.*")) if IMPORTER.suits(sampled(p))]
    assert suiting == ["web_story.wacz", "web_story.warc.gz"]
