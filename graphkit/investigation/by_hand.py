# SPDX-License-Identifier: GPL-3.0-or-later
"""What a person found by hand, as rows like any other: with a file, a line, a time and a name.

An address or a text is a label `found-by-hand`; a text whose place is told is a post too, and so
is, unseen, an address whose author is known. A file is kept by its hash; a saved page is imported.
"""

from __future__ import annotations

import hashlib
import re
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl

from graphkit.case import add_note
from graphkit.case.attachments import save_attachment
from graphkit.errors import InputError, ParameterError
from graphkit.ids import canonical_json, stable_id
from graphkit.investigation.ingesting import ingest
from graphkit.reading.importer import ReadOptions
from graphkit.reading.media import has_perceptual_hashes, perceptual_hash
from graphkit.reading.rows import sampled
from graphkit.text.links import canonical_url, permalinks, registrable_domain, weibo_mid

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from graphkit.case import Case
    from graphkit.investigation.ledgers import Ledger

Row = dict[str, Any]
BY_HAND = "found-by-hand"
PAGES = {"html": "saved-page", "mhtml": "mhtml", "warc": "warc", "wacz": "warc"}
# Who adds by hand picks what fits; findings on such rows stay weak, and say so.
PICKED = "snowball"
FILE_NAME = re.compile(r"(?i)\S+\.(?:png|jpe?g|gif|webp|pdf|mp4|html?|mht|mhtml|warc|wacz|gz|zip)")
LONGEST_PATH = 1000


@dataclass(frozen=True)
class Sighting:
    """When something was seen and by whom, and what the person tells of it.

    Attributes:
        url: where it was seen.
        account: who posted it: `@handle` or the platform's id, with `platform:` before it where
            the address does not tell the platform.
        posted_at: when it was posted.
        note: kept among the case's notes.
        tz: the zone of times without offset in a saved page.
    """

    seen_at: datetime
    by: str
    url: str | None = None
    account: str | None = None
    posted_at: datetime | None = None
    note: str | None = None
    tz: str | None = None


def add_by_hand(case: Case, what: str, sighting: Sighting) -> list[Ledger]:
    """The ledgers of what was added: an address, a text, a file or a saved page.

    Raises:
        InputError: nothing to add, a folder, a file that is not there, a page without an address,
            or a post whose author is not told.
        ParameterError: nobody saw it.
    """
    if not what.strip():
        raise InputError("nothing to add; give an address, a file or a text")
    if not sighting.by.strip():
        raise ParameterError("somebody must have seen it; give --by")
    path = Path(what)
    if "://" not in what and len(what) < LONGEST_PATH and path.exists():
        added = _file(case, path, sighting)
    elif FILE_NAME.fullmatch(what) and "://" not in what:
        raise InputError(f"{what}: there is no such file; check the path")
    else:
        added = _said(case, what, sighting)
    if sighting.note is not None:
        add_note(case, f"{what[:200]}: {sighting.note}", finding_id=None, by=sighting.by)
    return added


def attach(case: Case, path: Path, *, by: str) -> str:
    """The SHA-256 of the file, a read-only copy of which the case now keeps.

    Raises:
        InputError: it cannot be read.
    """
    try:
        return save_attachment(case, path, by=by)
    except OSError as error:
        raise InputError(f"{path.name}: cannot be read ({error.strerror}); check it") from error


def _file(case: Case, path: Path, sighting: Sighting) -> list[Ledger]:
    if path.is_dir():
        raise InputError(f"{path.name}: is a folder; name one file in it, or graphkit import it")
    form = _form(path)
    if form in PAGES:
        return _page(case, path, form, sighting)
    digest = f"sha256:{attach(case, path, by=sighting.by)}"
    labels = [_label("url", digest, sighting)]
    looks = perceptual_hash(path) if has_perceptual_hashes() else None
    if looks is not None:
        labels.append({**labels[0], "label": looks})
    return _ingested(case, {"labels": labels})


def _form(path: Path) -> str:
    """The form of the file, unknown where only its bytes can be kept."""
    if not path.stat().st_size:
        raise InputError(f"{path.name}: the file is empty; save it again")
    try:
        return sampled(path).form
    except InputError:
        return "unknown"


def _page(case: Case, path: Path, form: str, sighting: Sighting) -> list[Ledger]:
    """The ledgers of a saved page, or an archive of them, and of the label on its file."""
    one = form in {"html", "mhtml"} and sighting.url is not None
    options = ReadOptions(
        collected_at=sighting.seen_at,
        tz=sighting.tz,
        columns={"url": str(sighting.url)} if one else {},
    )
    added = ingest(case, [path], options=options, importer_name=PAGES[form], collection=PICKED)
    for ledger in added:
        if not ledger.is_known and ledger.rejects.height == ledger.rows_read:
            reasons = [*ledger.rejects["reason"].head(1), "it holds no web page"]
            raise InputError(f"{path.name}: {reasons[0]}")
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    label = _label("url", f"sha256:{digest}", sighting)
    return [*added, *_ingested(case, {"labels": [label]})]


def _said(case: Case, what: str, sighting: Sighting) -> list[Ledger]:
    """The ledgers of an address or of a text."""
    is_address = re.fullmatch(r"https?://\S+", what.strip()) is not None
    address = what.strip() if is_address else sighting.url
    post = _post(address, None if is_address else what, sighting)
    if is_address or post is None:
        kind = "url" if is_address else "claim"
        label = _label(kind, what.strip() if is_address else what, sighting)
    else:
        label = {**_label("post", post["post_id"], sighting), "platform": post["platform"]}
    return _ingested(case, {"labels": [label], "posts": [] if post is None else [post]})


def _label(kind: str, subject: str, sighting: Sighting) -> Row:
    return {
        "subject_kind": kind,
        "subject_id": subject,
        "label": BY_HAND,
        "labelled_at": sighting.seen_at.isoformat(),
        "labelled_by": sighting.by,
        "url": sighting.url,
    }


def _post(address: str | None, text: str | None, sighting: Sighting) -> Row | None:
    """The row of `posts`; None where it is not told whose post it is.

    A page that is no platform's post is a post of its domain. A name in a platform's address is
    not taken for the author: most platforms show the post under any name.

    Raises:
        InputError: a text was posted on a platform, and by whom is not told.
    """
    url = None if address is None else canonical_url(pl.Series([address]))[0]
    if address is not None and url is None:
        raise InputError(f"{address[:80]}: is no http or https address; check --url")
    platform, native = _place(url, sighting)
    account = sighting.account
    if account is None and platform == "web" and url is not None:
        account = registrable_domain(pl.Series([url]))[0]
    if account is None:
        if text is not None and url is not None:
            raise InputError(f"a text on {platform} needs its author; give --account @handle or id")
        return None
    account = account.removeprefix(f"{platform}:")
    when = sighting.seen_at.isoformat()
    said = [platform, account, text, when]
    return {
        "post_id": native if native is not None else f"by-hand-{stable_id(said)}",
        "account_id": account,
        "platform": platform,
        "created_at": None if sighting.posted_at is None else sighting.posted_at.isoformat(),
        "kind": "original",
        "text": text,
        "url": url,
        "collected_at": when,
        "is_seen": text is not None,
    }


def _place(url: str | None, sighting: Sighting) -> tuple[str, str | None]:
    """The platform, and the post's id there: of the address, else of the account's prefix."""
    if url is None:
        named = re.match(r"([a-z][\w.-]*):", sighting.account or "")
        return (named[1] if named else "local"), None
    found = permalinks(pl.Series([url])).row(0)
    if None in found:
        return "web", url
    platform, native = str(found[0]), str(found[1])
    number = None if native.isdigit() else weibo_mid(pl.Series([native]))[0]
    return platform, number if platform == "weibo" and number is not None else native


def _ingested(case: Case, tables: dict[str, Sequence[Row]]) -> list[Ledger]:
    """The ledgers of the rows, each table a file that the case keeps as it keeps any other."""
    with tempfile.TemporaryDirectory() as folder:
        files = []
        for table, rows in tables.items():
            if rows:
                files.append(Path(folder) / f"{table}-added-by-hand.jsonl")
                files[-1].write_bytes(b"".join(canonical_json(row) + b"\n" for row in rows))
        return ingest(case, files, importer_name="canonical", collection=PICKED)
