# SPDX-License-Identifier: GPL-3.0-or-later
"""No function writes into a case without a line in its audit log: read from the source."""

from __future__ import annotations

import ast

WRITING = {
    *("write_file", "write_parquet", "_append_line", "append_journal", "copyfileobj"),
    *("write_bytes", "write_text", "write_csv", "sink_parquet", "hardlink_to", "symlink_to"),
    *("link", "open to write"),
}
CASE_WRITING = {"write_file", "write_parquet", "append_journal"}
LOGGING = {"append_audit", "append_audit_line", "append_journal"}
# Functions that write and log nothing, and why that hides nothing.
SILENT = {
    "case/folder.py:create_case": "an empty case; graphkit new logs it",
    "case/folder.py:locked": "the lock, which holds nothing",
    "case/folder.py:write_file": "how the others write",
    "case/journal.py:_append_line": "how journals and the log are written",
    "case/store.py:write_parquet": "how the others write",
    "case/keeping.py:_keep": "what derives from the rows, rebuilt at will",
    "case/pseudonyms.py:_key": "the key, made when it is first needed",
    "case/journal.py:append_audit_line": "writes the log itself",
    "investigation/places.py:_keep": "where accounts stand on a map, laid out again at will",
    "investigation/guessed_maps.py:guessed_columns": "a copy to read; the import's record has it",
}


def functions(path):
    """Each function of the module with the names that it calls."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            calls = [each.func for each in ast.walk(node) if isinstance(each, ast.Call)]
            plain = {each.id for each in calls if isinstance(each, ast.Name)}
            methods = {each.attr for each in calls if isinstance(each, ast.Attribute)}
            yield node.name, plain, methods | _opens(node)


def _opens(function):
    """`open to write` where the function opens a file to write it."""
    calls = [each for each in ast.walk(function) if isinstance(each, ast.Call)]
    opens = [each for each in calls if getattr(each.func, "attr", None) == "open" and each.args]
    modes = {str(getattr(each.args[0], "value", "")) for each in opens}
    return {"open to write"} if any(set(mode) & set("wax+") for mode in modes) else set()


def silent(repository):
    """The functions of graphkit/case, and those elsewhere that use its way of writing."""
    for folder in ("graphkit/case", "graphkit/investigation", "graphkit/cli", "dashboards"):
        is_case = folder == "graphkit/case"
        for path in sorted((repository / folder).rglob("*.py")):
            place = path.relative_to(repository).as_posix().removeprefix("graphkit/")
            for name, plain, methods in functions(path):
                writes = (plain | methods) & WRITING if is_case else plain & CASE_WRITING
                if writes and not (plain | methods) & LOGGING:
                    yield f"{place}:{name}"


def test_every_function_that_writes_into_a_case_logs_it(repository):
    assert sorted(set(silent(repository))) == sorted(SILENT)


def test_a_function_that_writes_and_logs_nothing_is_seen(tmp_path):
    folder = tmp_path / "graphkit" / "case"
    folder.mkdir(parents=True)
    (folder / "new.py").write_text("def keep(case):\n    (case.root / 'x').write_text('x')\n")
    assert list(silent(tmp_path)) == ["case/new.py:keep"]
