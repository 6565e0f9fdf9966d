# SPDX-License-Identifier: GPL-3.0-or-later
"""The size budget of the house rules, measured on the syntax tree."""

from __future__ import annotations

import ast
from statistics import quantiles

import pytest

FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


def sources(repository):
    for folder in ("graphkit", "dashboards"):
        yield from sorted((repository / folder).rglob("*.py"))


def body_lines(function):
    first = function.body[0]
    has_docstring = isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant)
    start = first.end_lineno + 1 if has_docstring else first.lineno
    return max(0, function.end_lineno - start + 1)


@pytest.fixture(scope="module")
def functions(repository):
    return [
        (f"{path.relative_to(repository)}:{node.name}", "kernels" in path.parts, node)
        for path in sources(repository)
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, FUNCTIONS)
    ]


def test_no_function_body_is_over_fifty_lines_or_eighty_in_a_kernel(functions):
    sizes = {name: body_lines(f) - (30 if kernel else 0) for name, kernel, f in functions}
    assert {name: size for name, size in sizes.items() if size > 50} == {}


def test_nine_of_ten_function_bodies_have_at_most_25_lines(functions):
    sizes = [body_lines(f) for _, kernel, f in functions if not kernel]
    assert quantiles(sizes, n=10)[-1] <= 25


def test_no_file_is_over_four_hundred_lines(repository):
    sizes = {str(p): len(p.read_text("utf-8").splitlines()) for p in sources(repository)}
    assert {name: size for name, size in sizes.items() if size > 400} == {}


def test_no_file_is_named_for_what_does_not_fit_elsewhere(repository):
    vague = {"utils", "helpers", "common", "misc", "base", "manager", "core"}
    assert [p for p in sources(repository) if p.stem in vague] == []


def test_every_source_file_names_its_licence(repository):
    first = "# SPDX-License-Identifier: GPL-3.0-or-later"
    folders = ("graphkit", "dashboards", "tests", "benchmarks")
    files = [p for folder in folders for p in sorted((repository / folder).rglob("*.py"))]
    assert [p for p in files if not p.read_text("utf-8").startswith(first)] == []


def test_nothing_swallows_every_error(functions):
    broad = [
        name
        for name, _, f in functions
        for node in ast.walk(f)
        if isinstance(node, ast.ExceptHandler)
        and (node.type is None or getattr(node.type, "id", "") in {"Exception", "BaseException"})
    ]
    assert broad == []
