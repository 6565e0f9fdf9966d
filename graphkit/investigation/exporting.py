# SPDX-License-Identifier: GPL-3.0-or-later
"""Parts of a case for those who want less than a bundle, past the same leak gate.

Names are the bundle's pseudonyms, texts and times are cut as there, and findings that nobody
reviewed say so in every row. Each export is a line of the audit log.
"""

from __future__ import annotations

import hashlib
import io
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from graphkit.bundle.contents import Scope, bundle_contents
from graphkit.bundle.leaks import refuse_leaks
from graphkit.bundle.markup import sheet_safe
from graphkit.bundle.names import withheld_names
from graphkit.bundle.parts import (
    accounts_table,
    all_graphs,
    finding_picture,
    findings_table,
    rows_table,
)
from graphkit.bundle.place import workplace
from graphkit.bundle.report import html_report
from graphkit.case import append_audit, finding, load_corpus
from graphkit.case.custody import refuse_changed
from graphkit.errors import BundleError, ParameterError
from graphkit.investigation.sealing import told_beside

if TYPE_CHECKING:
    from collections.abc import Callable, Collection
    from pathlib import Path

    import polars as pl

    from graphkit.bundle.contents import Beside, Contents
    from graphkit.case import Case

Record = dict[str, Any]


def _accounts(contents: Contents, beside: Beside, record: Record) -> bytes:
    return _csv(accounts_table(contents, beside, record))


def _rows_csv(contents: Contents, _beside: Beside, record: Record) -> bytes:
    return _csv(rows_table(contents, record))


def _rows_parquet(contents: Contents, _beside: Beside, record: Record) -> bytes:
    buffer = io.BytesIO()
    rows_table(contents, record).write_parquet(buffer, compression="zstd", compression_level=3)
    return buffer.getvalue()


def _graphml(contents: Contents, _beside: Beside, record: Record) -> bytes:
    return _graph(contents, record, "graphml")


def _gexf(contents: Contents, _beside: Beside, record: Record) -> bytes:
    return _graph(contents, record, "gexf")


def _graph(contents: Contents, record: Record, ending: str) -> bytes:
    for name, graph in all_graphs(replace(contents, findings=[record])):
        if name.endswith(ending):
            return graph
    raise BundleError("the rows of this finding relate nothing; write .rows.csv instead")


def _picture(contents: Contents, _beside: Beside, record: Record) -> bytes:
    return finding_picture(contents, record)


def _report(contents: Contents, beside: Beside, record: Record) -> bytes:
    return html_report(replace(contents, findings=[record], traces=[], ties=[]), beside=beside)


# The ending says what is written; the longer one of two that fit comes first.
PARTS: dict[str, tuple[str, Callable[[Contents, Beside, Record], bytes]]] = {
    ".rows.csv": ("the rows behind the finding", _rows_csv),
    ".csv": ("its accounts, each with the finding, its caveats and judgements", _accounts),
    ".parquet": ("the rows behind the finding", _rows_parquet),
    ".graphml": ("its graph", _graphml),
    ".gexf": ("its graph", _gexf),
    ".svg": ("its picture", _picture),
    ".html": ("the report of this one finding", _report),
}


def export_finding(case: Case, finding_id: str, *, out: Path) -> str:
    """What was written to the new file `out`: the part of the finding that its ending names.

    `finding_id` may be the beginning of an id. A finding that nobody reviewed is marked in it.

    Raises:
        ParameterError: another ending.
        BundleError: `out` is there already, the finding has no such part, or something withheld
            would leak.
        UnknownNameError: no such finding.
    """
    ending = next((each for each in PARTS if out.name.lower().endswith(each)), None)
    if ending is None:
        raise ParameterError(f"{out.name}: write one of {', '.join(PARTS)}")
    chosen = finding(case, finding_id)
    said, made = PARTS[ending]

    def content(contents: Contents, beside: Beside) -> bytes:
        own = [r for r in contents.findings if r["run_id"] == chosen["run_id"]]
        return made(contents, beside, own[0])

    _export(case, [chosen["finding_id"]], out=out, content=content)
    return said


def export_findings(case: Case, finding_ids: Collection[str], *, out: Path) -> int:
    """How many findings were written to the new file `out` (.csv), a row each.

    Raises:
        ParameterError: another ending, or no findings.
        BundleError: `out` is there already, or something withheld would leak.
    """
    if out.suffix.lower() != ".csv":
        raise ParameterError(f"{out.name}: the table of findings is written as .csv")
    if not finding_ids:
        raise ParameterError("no findings to write; run: graphkit detect")
    tables = []

    def content(contents: Contents, beside: Beside) -> bytes:
        tables.append(findings_table(contents, beside))
        return _csv(tables[0])

    _export(case, finding_ids, out=out, content=content)
    return tables[0].height


def _export(
    case: Case,
    finding_ids: Collection[str],
    *,
    out: Path,
    content: Callable[[Contents, Beside], bytes],
) -> None:
    """Writes what `content` makes of these findings, past the leak gate, and notes it."""
    if out.exists():
        raise BundleError(f"{out}: is there already; name a new one")
    refuse_changed(case)
    corpus, beside = load_corpus(case), told_beside(case)
    withheld = withheld_names(case, corpus)
    scope = Scope(sorted(set(finding_ids)), unreviewed=True)
    contents = bundle_contents(corpus, withheld=withheld, scope=scope, ties=beside.ties)
    written = content(contents, beside)
    try:
        with workplace(out) as folder:
            path = folder / out.name
            path.write_bytes(written)
            refuse_leaks(withheld, folder)
            said = {"file": out.name, "sha256": hashlib.sha256(written).hexdigest()}
            unreviewed = contents.unreviewed_count
            told = {"findings": sorted(set(finding_ids)), "unreviewed_count": unreviewed}
            append_audit(case, "export", {**said, **told})
            path.rename(out)
    except OSError as error:
        raise BundleError(f"{out}: cannot be written ({error.strerror})") from error


def _csv(frame: pl.DataFrame) -> bytes:
    return sheet_safe(frame).write_csv().encode()
