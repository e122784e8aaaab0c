"""Checks each SQL statement against the migrated schema without running it.

Postgres parses the statement and names its columns; they must be exactly the
fields of the row class the query fills. This is what an ORM would have given us.
"""

import ast
import importlib
import re
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple

import psycopg
import pytest
from pydantic import BaseModel

ROOT = Path(__file__).parents[2]
ROW_METHODS = {"one", "find", "many", "look_up"}


class Statement(NamedTuple):
    where: str
    method: str
    row: Any
    sql: str


def statements() -> Iterator[Statement]:
    for path in [*(ROOT / "shared").rglob("queries.py"), *(ROOT / "shared").rglob("queries/*.py")]:
        module = importlib.import_module(".".join(path.relative_to(ROOT).with_suffix("").parts))
        for function in ast.parse(path.read_text()).body:
            for node in ast.walk(function):
                if isinstance(node, ast.Call):
                    yield from _of_call(node, module, getattr(function, "name", "?"))


def _of_call(call: ast.Call, module: ModuleType, function: str) -> Iterator[Statement]:
    match call:
        case ast.Call(
            func=ast.Attribute(value=ast.Name(id="tx" | "seen"), attr=method)
            | ast.Name(id="look_up" as method),
            args=[*before, query],
        ):
            row = (
                getattr(module, before[0].id, None)  # of tx.value it is a builtin
                if before and isinstance(before[0], ast.Name)
                else None
            )
            for name, sql in _texts(query, module):
                yield Statement(f"{module.__name__}.{function}{name}", method, row, sql)
        case _:
            pass


def _texts(query: ast.expr, module: ModuleType) -> Iterator[tuple[str, str]]:
    """The literal, a sum of literals, or every statement of a table of them."""
    if isinstance(query, ast.Subscript):
        table = getattr(module, ast.unparse(query.value))
        yield from ((f"[{_named(key)}]", sql) for key, sql in table.items())
    else:
        yield "", eval(ast.unparse(query), vars(module))  # of our own source, names of its module


def _named(key: Any) -> str:
    return "-".join(
        getattr(each, "name", str(each)) for each in (key if isinstance(key, tuple) else (key,))
    )


def numbered(sql: str) -> bytes:
    names = list(dict.fromkeys(re.findall(r"%\((\w+)\)s", sql)))
    text = re.sub(r"%\((\w+)\)s", lambda match: f"${names.index(match[1]) + 1}", sql)
    return text.replace("%%", "%").encode()


STATEMENTS = list(statements())


def test_there_are_statements_to_check() -> None:
    assert len(STATEMENTS) > 40


@pytest.mark.parametrize("statement", STATEMENTS, ids=lambda statement: statement.where)
def test_statement_fits_the_schema(database: str, statement: Statement) -> None:
    with psycopg.connect(database) as conn:
        prepared = conn.pgconn.prepare(b"", numbered(statement.sql))
        assert prepared.status == psycopg.pq.ExecStatus.COMMAND_OK, prepared.error_message.decode()
        described = conn.pgconn.describe_prepared(b"")
        columns = {(described.fname(i) or b"").decode() for i in range(described.nfields)}

    if statement.method in ROW_METHODS:
        assert issubclass(statement.row, BaseModel)
        assert columns == set(statement.row.model_fields)
