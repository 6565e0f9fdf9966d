# SPDX-License-Identifier: GPL-3.0-or-later
"""A case on disk: tables, runs, traces, decisions, audit log. Everything is saved by rename."""

from graphkit.case.batches import ledger_rows, save_import, source_records
from graphkit.case.decisions import (
    add_in_full,
    add_judgement,
    add_name,
    add_note,
    add_search,
    basket,
    decisions,
    in_full_decisions,
    judgements,
    move_in_basket,
    named_accounts,
    notes,
    pins,
    searches,
    set_basket,
    set_pin,
    standing_judgements,
)
from graphkit.case.folder import Case, create_case, locked, open_case, write_file
from graphkit.case.journal import append_audit, audit, audit_head
from graphkit.case.keeping import kept
from graphkit.case.pseudonyms import pseudonym, pseudonyms
from graphkit.case.runs import Run, evidence, finding, findings, run_id_of, runs, save_run
from graphkit.case.store import imports, load_corpus, rows_state, sources, stored
from graphkit.case.traces import save_trace, traces

__all__ = [
    "Case",
    "Run",
    "add_in_full",
    "add_judgement",
    "add_name",
    "add_note",
    "add_search",
    "append_audit",
    "audit",
    "audit_head",
    "basket",
    "create_case",
    "decisions",
    "evidence",
    "finding",
    "findings",
    "imports",
    "in_full_decisions",
    "judgements",
    "kept",
    "ledger_rows",
    "load_corpus",
    "locked",
    "move_in_basket",
    "named_accounts",
    "notes",
    "open_case",
    "pins",
    "pseudonym",
    "pseudonyms",
    "rows_state",
    "run_id_of",
    "runs",
    "save_import",
    "save_run",
    "save_trace",
    "searches",
    "set_basket",
    "set_pin",
    "source_records",
    "sources",
    "standing_judgements",
    "stored",
    "traces",
    "write_file",
]
