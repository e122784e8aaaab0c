"""Budgets: what is over is split by subject.

exempt.txt, when there is one, names what came in over budget, a line each as ``path`` or
``path:function``. An entry that is within the budget again has to go, so the list only shrinks.
"""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FOLDERS = ("functions", "orchestrations", "shared", "local", "benchmarks")
EXEMPT = Path(__file__).with_name("exempt.txt")

MODULE_LINES = 400
FUNCTION_STATEMENTS = 30
ORCHESTRATOR_LINES = 50

Function = ast.FunctionDef | ast.AsyncFunctionDef


def modules() -> Iterator[tuple[str, str]]:
    for folder in FOLDERS:
        for path in sorted((ROOT / folder).rglob("*.py")):
            yield path.relative_to(ROOT).as_posix(), path.read_text()


def functions(source: str) -> Iterator[Function]:
    return (node for node in ast.walk(ast.parse(source)) if isinstance(node, Function))


def count_statements(function: Function) -> int:
    """As Ruff's PLR0915 does: all of them, however deep, but for the docstring."""
    inner = sum(isinstance(node, ast.stmt) for node in ast.walk(function)) - 1
    return inner - (ast.get_docstring(function) is not None)


def is_orchestrator(function: Function) -> bool:
    return any("orchestration_trigger" in ast.unparse(each) for each in function.decorator_list)


def oversized(path: str, source: str) -> Iterator[str]:
    if source.count("\n") > MODULE_LINES:
        yield path
    for function in functions(source):
        lines = (function.end_lineno or 0) - function.lineno + 1
        if count_statements(function) > FUNCTION_STATEMENTS or (
            is_orchestrator(function) and lines > ORCHESTRATOR_LINES
        ):
            yield f"{path}:{function.name}"


def test_nothing_is_over_its_budget_but_what_is_exempt() -> None:
    over = {name for path, source in modules() for name in oversized(path, source)}
    exempt = set(EXEMPT.read_text().split()) if EXEMPT.exists() else set[str]()

    assert over - exempt == set(), "split it by subject"
    assert exempt - over == set(), "within its budget: take it off the list"


@pytest.mark.parametrize(
    ("source", "names"),
    [
        ("x = 1\n" * MODULE_LINES, []),
        ("x = 1\n" * (MODULE_LINES + 1), ["a.py"]),
        ("def f():\n" + "    x = 1\n" * FUNCTION_STATEMENTS, []),
        ("def f():\n    '''Doc.'''\n" + "    x = 1\n" * FUNCTION_STATEMENTS, []),
        ("async def f():\n  if y:\n" + "    x = 1\n" * FUNCTION_STATEMENTS, ["a.py:f"]),
        (
            "@bp.orchestration_trigger()\ndef f():\n" + "    # why\n" * 60 + "    x = 1\n",
            ["a.py:f"],
        ),
    ],
)
def test_the_budgets_are_measured(source: str, names: list[str]) -> None:
    assert list(oversized("a.py", source)) == names


def test_every_orchestrator_is_measured() -> None:
    found = {
        function.name
        for _, source in modules()
        for function in functions(source)
        if is_orchestrator(function)
    }

    assert "process_document_v1" in found
