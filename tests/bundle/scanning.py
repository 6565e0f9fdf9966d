# SPDX-License-Identifier: GPL-3.0-or-later
"""A second pair of eyes: reads bundles and sample files without a line of graphkit's own code."""

from __future__ import annotations

import base64
import csv
import html
import io
import json
import re
import sqlite3
import unicodedata
import zipfile
from urllib.parse import unquote

import pyarrow.parquet as pq
from lxml import etree

# Fields of the sample files that name an account or a post, whatever the platform.
NAMED = re.compile(
    r"(?i)^(?:id|.*_?ids?(?:_str)?|mblogid|bid|mid|uri|url|link|cid|rkey|did|acct|author|"
    r"actor|source|"
    r"target|username|user_?name|.*screen_?name|.*nick_?name|.*display_?name|full_?name|handle|from|"
    r"uniqueId|un|user|permalink|.*_url|用户昵称|源用户昵称|源用户id|微博id|源微博id|"
    r"post_owner.*|page name|"
    r"creatorname|authorname|channeltitle|forwarded_from|account|up)$"
)
# Of those, what names no person: kinds, platforms, clients, words of the formats.
NOT_NAMES = re.compile(
    r"(?i)^(?:true|false|none|null|\W*|\d{1,3}|https?://(?:t\.co|(?:www\.)?[a-z]+\.[a-z]+/?$).*|"
    r"(?:[a-z]+\.)+(?:com|net|org|cn)|[a-z]{1,9}|"
    r".*(?:iPhone客户端|Twitter Web App|weibo\.com/?$).*)$"
)


def harvest(path):
    """The values of naming fields of a sample file, and the names of its folders and itself."""
    found = set()
    for key, value in _fields(path):
        text = str(value).strip()
        if NAMED.match(str(key).rpartition(".")[2].strip()) and not NOT_NAMES.match(text):
            found.add(text)
    return {each for each in found if 2 <= len(each) <= 200}


def _fields(path):
    if path.suffix == ".csv":
        text = path.read_text("utf-8-sig")
        for row in csv.DictReader(io.StringIO(text)):
            yield from ((k, v) for k, v in row.items() if k and isinstance(v, str))
    elif path.suffix == ".db":
        yield from _cells(path)
    elif path.suffix in (".json", ".jsonl", ".ndjson"):
        text = path.read_text("utf-8-sig")
        try:
            values = [json.loads(text)]
        except ValueError:
            values = [json.loads(line) for line in text.splitlines() if line.strip()]
        for value in values:
            yield from _leaves(value, "")


def _cells(path):
    base = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    for (name,) in base.execute("select name from sqlite_master where type='table'").fetchall():
        rows = base.execute(f'select * from "{name}"')  # a sample's own table
        for row in rows:
            yield from zip([each[0] for each in rows.description], row, strict=True)
    base.close()


def _leaves(value, key):
    if isinstance(value, dict):
        for name, each in value.items():
            yield from _leaves(each, name)
    elif isinstance(value, list):
        for each in value:
            yield from _leaves(each, key)
    elif value is not None and not isinstance(value, (bool, float)):
        yield key, value


def decoded(root):
    """(file, text) for every text in a bundle folder or zip, all containers opened."""
    if root.is_file():
        with zipfile.ZipFile(root) as held:
            for name in held.namelist():
                yield from _opened(name, held.read(name))
        return
    for path in sorted(root.rglob("*")):
        if path.is_file():
            yield from _opened(path.relative_to(root).as_posix(), path.read_bytes())


def _opened(name, content):
    yield name, name
    if content[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(content)) as held:
            for inner in held.namelist():
                yield from _opened(f"{name}!{inner}", held.read(inner))
        return
    if content[:4] == b"PAR1":
        yield from ((name, text) for text in _parquet(content))
        return
    text = content.decode("utf-16" if content[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8")
    for each in _plain(name, text):
        yield name, each
        for word in re.findall(r"[A-Za-z0-9+/]{24,}={0,2}", each):
            if len(word) % 4 == 0:
                yield name, base64.b64decode(word).decode("utf-8", "ignore")


def _plain(name, text):
    yield text
    if name.endswith((".json", ".jsonl")):
        for line in [text] if name.endswith(".json") else text.splitlines():
            yield from (str(each) for pair in _leaves(json.loads(line), "") for each in pair)
    elif name.endswith((".graphml", ".gexf", ".svg")):
        yield " ".join(etree.fromstring(text.encode()).itertext())
    elif name.endswith(".html"):
        page = etree.HTML(text)
        yield " ".join(page.itertext())
        yield from (value for each in page.iter() for value in each.attrib.values())
    elif name.endswith(".csv"):
        yield from (cell for row in csv.reader(io.StringIO(text)) for cell in row)


def _parquet(content):
    file = pq.ParquetFile(io.BytesIO(content))
    for key, value in (file.schema_arrow.metadata or {}).items():
        yield f"{key.decode()} {value.decode('utf-8', 'replace')}"
    for group in range(file.metadata.num_row_groups):
        for number in range(file.metadata.num_columns):
            said = file.metadata.row_group(group).column(number).statistics
            if said is not None and said.has_min_max:
                yield f"{said.min} {said.max}"
    for name, column in zip(file.schema_arrow.names, file.read().columns, strict=True):
        yield name
        for value in column.to_pylist():
            each = value if isinstance(value, list) else [value]
            yield from (text for text in each if isinstance(text, str))


def seen(text):
    """A text as a reader sees it: no coding, no hidden characters, one form, small letters."""
    for _ in range(3):
        text = html.unescape(unquote(text))
    text = re.sub(r"\[U\+[0-9A-F]{4,6}\]", "", text)
    text = "".join(c for c in text if unicodedata.category(c) != "Cf")
    return unicodedata.normalize("NFKC", text).casefold()


def leaks(root, names):
    """(file, name) for every one of `names` that can be read anywhere in the bundle.

    A number of fewer than six digits counts where it is a whole text or in a file name.
    """
    wanted = {seen(each): each for each in names}
    short = {name for name in wanted if re.fullmatch(r"\d{1,5}", name)}
    long = set(wanted) - short
    plain = {name for name in long if re.fullmatch(r"\w+", name) and name.isascii()}
    lengths = sorted({len(name) for name in long if not name.isascii()})
    odd = [name for name in long - plain if name.isascii()]
    whole = {}
    for file, text in decoded(root):
        whole.setdefault(file, set()).add(seen(text))
    found = set()
    for file, texts in whole.items():
        joined = "\n".join(sorted(texts))
        here = plain & set(re.findall(r"[0-9a-z_]+", joined)) | short & texts
        here |= {name for name in odd if name in joined and re.search(_bounded(name), joined)}
        for run in set(re.findall(r"[^\x00-\x7f][^\n]*|[^\n]{1,40}[^\x00-\x7f]", joined)):
            here |= {run[i : i + n] for n in lengths for i in range(len(run))} & long
        for text in texts:
            if re.search(r"\.[a-z]{2,8}$", text) and "\n" not in text:
                here |= short & set(re.split(r"[^0-9]+", text))
        found |= {(file, wanted[name]) for name in here}
    return found


def _bounded(name):
    left = r"(?<![0-9a-z_])" if re.match(r"[0-9a-z_]", name) else ""
    right = r"(?![0-9a-z_])" if re.search(r"[0-9a-z_]$", name) else ""
    return left + re.escape(name) + right
