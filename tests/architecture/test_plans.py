"""How Postgres carries out each statement, as the app, under the policies, in a large firm.

A list reads one index from where the page begins and stops at its end. What has to be sorted, or
read and thrown away again, grows with the firm. Every other statement finds its rows by an index,
and reads those of one document, one upload or one person, or what is under way.
"""

import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from importlib import import_module
from itertools import chain
from typing import Any, TypeAlias
from uuid import UUID

import psycopg
import pytest
from psycopg.conninfo import make_conninfo
from psycopg.sql import SQL, Identifier, Literal

from benchmarks.firms import TABLES, SizedFirm, found
from shared.documents.queries.lists import NEWEST, OLDEST
from tests.architecture.test_sql import STATEMENTS, Statement, numbered

FIRM = SizedFirm(documents=100_000)
SMALL_FIRMS = [SizedFirm(documents=5_000) for _ in range(4)]
SHOWN = re.compile(r"shared\.(documents\.queries\.lists|clients\.queries\.clients\.list_clients)")
LISTS = [statement for statement in STATEMENTS if SHOWN.match(statement.where)]
COUNTING = re.compile(r"\.count_")  # reads what it counts, which is all there is
OTHERS = [
    statement
    for statement in STATEMENTS
    if statement not in LISTS and not COUNTING.search(statement.where)
]
# No index helps with the wall between clients: its column is compared only for a client's people.
WALL_BETWEEN_CLIENTS = re.compile(r"CASE WHEN \(.*app.client_id.* IS NULL\) THEN true ELSE .* END")
TENANT = (
    "(organization_id = "
    "(NULLIF(current_setting('app.organization_id'::text, true), ''::text))::uuid)"
)
OF_WHAT_IS_UNDER_WAY = {
    "documents_announced",
    "documents_awaited",
    "documents_under_way",
    "operations_under_way",
    "reviews_to_wake",
    "runs_unchecked",
    "runs_under_way",
}
DUE = "SELECT prosrc FROM pg_proc WHERE proname = 'organizations_due'"

Json: TypeAlias = dict[str, Any]


@pytest.fixture(scope="module")
def large(own_database: str) -> str:
    """A large firm among four small ones; as the database's administrator."""
    found(own_database, [FIRM, *SMALL_FIRMS])
    return own_database


@pytest.fixture(scope="module")
def app(large: str) -> Iterator[psycopg.Connection]:
    """Signed in for the large firm."""
    with psycopg.connect(make_conninfo(large, user="app", password="app")) as conn:
        conn.execute("SELECT set_config('app.organization_id', %s, false)", [str(FIRM.id)])
        yield conn


def parameters(statement: Statement, *, is_first_page: bool) -> list[Any]:
    """The first page is the one from the end at which the statement begins to read."""
    known = {
        "client_id": FIRM.client_id,
        "state": "needs_review",
        "kind": "w2",
        "rows": 51,
        "name": "Client 5",
        "search": "client",
        "entity_type": "individual",
        "id": UUID(int=0),
        "at": datetime(2024, 9, 1, tzinfo=UTC),
    }
    if is_first_page and "%(at)s" in statement.sql:
        first = NEWEST if " DESC" in statement.sql else OLDEST
        known |= {"at": first.at, "id": first.id}
    if is_first_page and "%(name)s" in statement.sql:
        known |= {"name": "zzz" if "sort_name DESC" in statement.sql else ""}
    return [known[name] for name in dict.fromkeys(re.findall(r"%\((\w+)\)s", statement.sql))]


def explain(app: psycopg.Connection, statement: Statement, given: Sequence[Any]) -> list[Json]:
    app.execute("DEALLOCATE ALL", prepare=False)
    app.execute(b"PREPARE list AS " + numbered(statement.sql), prepare=False)
    execute = SQL("EXPLAIN (FORMAT JSON) EXECUTE list ({})").format(
        SQL(", ").join(map(Literal, given))
    )
    return plan_of(app.execute(execute, prepare=False))


def plan_of(cursor: psycopg.Cursor[Any]) -> list[Json]:
    """The nodes, from the top."""
    (told,) = cursor.fetchone() or ([],)
    return list(_nodes(told[0]["Plan"]))


def _nodes(plan: Json) -> Iterator[Json]:
    inner = chain.from_iterable(_nodes(each) for each in plan.get("Plans", []))
    return chain([plan], inner)


def test_there_are_lists_to_explain() -> None:
    assert len(LISTS) == 26


def test_every_list_and_every_find_is_explained() -> None:
    explained = {statement.where.partition("[")[0] for statement in STATEMENTS}
    modules = {where.rpartition(".")[0] for where in explained}
    asking = {
        f"{name}.{function}"
        for name in modules
        for function, found in vars(import_module(name)).items()
        if function.startswith(("list_", "find_")) and found.__module__ == name
    }

    assert asking <= explained


@pytest.mark.parametrize("is_first_page", [True, False], ids=["first", "later"])
@pytest.mark.parametrize("mode", ["force_custom_plan", "force_generic_plan"])
@pytest.mark.parametrize("statement", LISTS, ids=lambda statement: statement.where.split(".")[-1])
def test_a_list_reads_one_index_and_stops(
    app: psycopg.Connection, statement: Statement, mode: str, *, is_first_page: bool
) -> None:
    app.execute(SQL("SET plan_cache_mode = {}").format(Identifier(mode)), prepare=False)
    plan = explain(app, statement, parameters(statement, is_first_page=is_first_page))

    filters = [node["Filter"] for node in plan if "Filter" in node]
    assert [node["Node Type"] for node in plan] in (
        ["Limit", "Index Scan"],
        ["Limit", "Index Only Scan"],
    )
    assert [text for text in filters if not WALL_BETWEEN_CLIENTS.fullmatch(text)] == []


@pytest.mark.parametrize("statement", OTHERS, ids=lambda statement: statement.where)
def test_a_statement_reads_less_than_the_whole_firm(
    app: psycopg.Connection, statement: Statement
) -> None:
    assert not any(map(reads_the_firm, plan_by_indexes(app, statement.sql)))


def test_a_statement_that_no_index_serves_is_seen(app: psycopg.Connection) -> None:
    for question in (
        "SELECT id FROM documents WHERE name = %(name)s",
        "SELECT id FROM document_processing WHERE outcome = %(outcome)s ORDER BY started_at",
    ):
        assert any(map(reads_the_firm, plan_by_indexes(app, question)))


def plan_by_indexes(app: psycopg.Connection, sql: str) -> list[Json]:
    """Without whole tables to fall back on, Postgres shows where no index serves."""
    question = b"EXPLAIN (GENERIC_PLAN, FORMAT JSON) " + numbered(sql)
    with app.transaction(force_rollback=True), psycopg.RawCursor(app) as cursor:
        for way in ("enable_seqscan", "enable_bitmapscan"):
            cursor.execute(SQL("SET LOCAL {} = off").format(Identifier(way)), prepare=False)
        return plan_of(cursor.execute(question, prepare=False))


def reads_the_firm(node: Json) -> bool:
    """Whether it reads a table of many rows by nothing but the organization."""
    if node["Node Type"] == "Seq Scan":
        return True
    if node.get("Index Name") in OF_WHAT_IS_UNDER_WAY or node.get("Relation Name") not in TABLES:
        return False
    condition = node.get("Index Cond", TENANT)
    return "Index Name" in node and not condition.replace(TENANT, "").strip("() AND")


def test_the_firms_that_are_due_are_found_without_reading_them_all(large: str) -> None:
    with psycopg.connect(large) as admin:
        (body,) = admin.execute(DUE).fetchone() or ("",)
        admin.execute("SET ROLE directory")
        plan = plan_of(admin.execute(b"EXPLAIN (FORMAT JSON) " + body.encode()))

    assert "Seq Scan" not in [node["Node Type"] for node in plan]
