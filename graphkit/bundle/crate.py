# SPDX-License-Identifier: GPL-3.0-or-later
"""The RO-Crate 1.2 metadata of a bundle, and the page on how to check it without graphkit."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from graphkit.bundle.bag import files_in, sha256_of

if TYPE_CHECKING:
    from pathlib import Path

    from graphkit.bundle.contents import Contents

METADATA = "ro-crate-metadata.json"
_PROFILE = "https://w3id.org/ro/crate/1.2"
_TERMS = (
    "Evidence of an investigation. It holds personal data, pseudonymised where nobody was named. "
    "No licence is granted; keep it, share it and delete it as the law on personal data asks."
)
_FORMATS = {
    ".csv": "text/csv",
    ".gexf": "application/xml",
    ".graphml": "application/xml",
    ".html": "text/html",
    ".json": "application/json",
    ".jsonl": "application/jsonl",
    ".parquet": "application/vnd.apache.parquet",
    ".txt": "text/plain",
}
_DESCRIPTIONS = {
    "attachments.jsonl": "Files that were attached to the case, by SHA-256; they stay in the case",
    "VERIFY.txt": "How to check this bundle without graphkit",
    "decisions.jsonl": "Decisions to name an account or to keep texts whole, and why",
    "evidence.csv": "All rows of evidence by finding, for spreadsheets",
    "evidence.parquet": "All rows of evidence by finding",
    "findings.jsonl": "The findings, with null model, caveats and first rows",
    "imports.json": "The imports in their order: what was told of each file, and its SHA-256",
    "judgements.jsonl": "What persons judged of the findings",
    "notes.jsonl": "Notes of the investigators",
    "report.html": "The report, self-contained",
    "runs.json": "The recipe of every run, also of those that found nothing",
    "searches.jsonl": "What was looked for outside the case, found or not",
    "ties.jsonl": "What findings and traced stories have in common, with the rows on both sides",
}
_FOLDERS = {
    "calibration": "A table on which probabilities of traces rest",
    "graphs": "What the rows of one finding relate",
    "inputs": "An original input, called after its SHA-256",
    "rows": "Rows behind the findings and traces",
    "traces": "One trace with candidates, coverage and rejected edges",
}


def crate_metadata(contents: Contents, data: Path, *, software: str) -> bytes:
    """The JSON-LD that describes every file below `data`, each with size and SHA-256."""
    files = [_file(path, data) for path in files_in(data)]
    refs = [{"@id": each["@id"]} for each in files]
    runs = [_action(run, refs) for run in contents.runs]
    root = {
        "@id": "./",
        "@type": "Dataset",
        "name": f"Evidence bundle: {contents.name}",
        "description": "Findings about coordinated false information with the rows behind them.",
        "datePublished": contents.date,
        "license": {"@id": "#terms"},
        "hasPart": refs,
        "mentions": [{"@id": each["@id"]} for each in runs],
    }
    about = {
        "@id": METADATA,
        "@type": "CreativeWork",
        "about": {"@id": "./"},
        "conformsTo": {"@id": _PROFILE},
    }
    tool = {
        "@id": "#graphkit",
        "@type": "SoftwareApplication",
        "name": "graphkit",
        "version": software,
        "url": "urn:graphkit",  # no address of its own yet; the profile asks for one
    }
    terms = {"@id": "#terms", "@type": "CreativeWork", "name": "Terms", "description": _TERMS}
    graph = [about, root, tool, terms, *runs, *files]
    crate = {"@context": f"{_PROFILE}/context", "@graph": graph}
    return json.dumps(crate, sort_keys=True, indent=1, ensure_ascii=False).encode() + b"\n"


def _file(path: Path, data: Path) -> dict[str, Any]:
    name = path.relative_to(data).as_posix()
    folder = _FOLDERS.get(name.partition("/")[0], "A file of the bundle")
    return {
        "@id": name,
        "@type": "File",
        "name": name,
        "description": _DESCRIPTIONS.get(name, folder),
        "contentSize": str(path.stat().st_size),
        "encodingFormat": _FORMATS.get(path.suffix, "application/octet-stream"),
        "sha256": sha256_of(path),
    }


def _action(run: dict[str, Any], refs: list[dict[str, str]]) -> dict[str, Any]:
    made = [each for each in refs if each["@id"] in ("findings.jsonl", "evidence.parquet")]
    return {
        "@id": f"#run-{run['run_id']}",
        "@type": "CreateAction",
        "name": f"Run of {run['detector']}",
        "description": f"{run['findings_count']} findings, {run['bundled_count']} of them here",
        "instrument": {"@id": "#graphkit"},
        "result": made,
    }


VERIFY_TEXT = r"""How to check this bundle without graphkit

Open a terminal in the folder that holds bagit.txt; unpack a bundle that is one zip first (unzip
FILE.zip) and go into the folder that it makes. You need sha256sum (on macOS: shasum -a 256) and,
for the signature, OpenSSL 3. The lines below can be pasted as they are.

1. No file was changed, and none is missing. Every line must end in OK.

sha256sum -c tagmanifest-sha256.txt
sha256sum -c manifest-sha256.txt

2. No file was added. Both counts must be the same.

find data -type f | wc -l
wc -l < manifest-sha256.txt

3. The tag manifest is the one that was signed (not in an unsigned bundle). The first command must
say that the signature was verified; the two hashes after it must be the same.

work=$(mktemp -d)
sed 's/.*"payload":"\([^"]*\)".*/\1/' bundle.dsse.json | base64 -d > "$work/statement.json"
sed 's/.*"sig":"\([^"]*\)".*/\1/' bundle.dsse.json | base64 -d > "$work/signature"
size=$(wc -c < "$work/statement.json" | tr -d ' ')
printf 'DSSEv1 28 application/vnd.in-toto+json %s ' "$size" > "$work/signed"
cat "$work/statement.json" >> "$work/signed"
openssl pkeyutl -verify -pubin -inkey public-key.pem -rawin -in "$work/signed" \
  -sigfile "$work/signature"
sed 's/.*"sha256":"\([0-9a-f]*\)"}.*"name":"tagmanifest.*/\1/' "$work/statement.json"; echo
sha256sum tagmanifest-sha256.txt

4. The key is that of the person who says they sent it. Compare this with what they told you in
another way (by telephone, on their site): whoever makes a new bundle can sign it with a new key.

openssl pkey -pubin -in public-key.pem -outform DER | sha256sum

5. The audit log ends where it did when it was signed: audit_head in the statement is the number of
the last line, counted from 0, and its SHA-256 without the newline. Each line's prev is the SHA-256
of the line before.

cat "$work/statement.json"; echo
tail -n 1 audit.jsonl | tr -d '\n' | sha256sum

Where to begin to read: data/report.html. It loads nothing from the network.
"""
