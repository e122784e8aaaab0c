"""How Postgres carries out each list, as the app, under the policies, in a firm of a real size.

A list reads one index from where the page begins and stops at its end. What has to be sorted, or
read and thrown away again, grows with the firm.
"""

import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from itertools import chain
from typing import Any, NamedTuple
from uuid import UUID, uuid4

import psycopg
import pytest
from psycopg.conninfo import make_conninfo
from psycopg.sql import SQL, Identifier, Literal

from shared.documents.queries.lists import NEWEST, OLDEST
from tests.architecture.test_sql import STATEMENTS, Statement, numbered

FIRM, CLIENT = uuid4(), uuid4()
DOCUMENTS, OTHERS = 100_000, 5_000
LISTS = [
    statement
    for statement in STATEMENTS
    if re.match(r"shared\.(documents\.queries\.lists|clients\.queries\.list_)", statement.where)
]
# No index helps with the wall between clients: its column is compared only for a client's people.
WALL_BETWEEN_CLIENTS = re.compile(r"CASE WHEN \(.*app.client_id.* IS NULL\) THEN true ELSE .* END")

FIRMS = (
    "INSERT INTO organizations (id, name) SELECT id, 'A firm' FROM unnest(%(firms)s::uuid[]) AS id"
)
CLIENTS = """
    INSERT INTO clients (id, organization_id, name)
    SELECT CASE WHEN n = 1 AND firm = %(firm)s THEN %(client)s ELSE gen_random_uuid() END,
           firm, 'Client ' || n %% 700
    FROM unnest(%(firms)s::uuid[]) AS firm, generate_series(1, 1000) AS n
"""
# A third of the documents are one client's: Postgres sorts where there are few rows, and rightly.
ROWS = """
    INSERT INTO documents
        (organization_id, client_id, name, state, kind, announced_size, announced_sha256,
         created_at, received_at)
    SELECT %(firm)s, clients.ids[CASE WHEN n %% 11 < 4 THEN 1 ELSE 1 + n %% 1000 END], 'a file',
           (ARRAY['accepted', 'accepted', 'accepted', 'accepted', 'accepted', 'accepted',
                  'accepted', 'needs_review', 'rejected', 'duplicate'])[1 + n %% 10],
           (ARRAY['w2', '1099-int', '1099-div', '1098', 'invoice', 'receipt', 'other'])[1 + n %% 7],
           1, 'x', moment, moment
    FROM (SELECT array_agg(id ORDER BY id = %(client)s DESC) AS ids FROM clients
          WHERE organization_id = %(firm)s) AS clients,
         generate_series(1, %(count)s) AS n,
         LATERAL (SELECT timestamptz '2024-01-01Z' + n * interval '4 minutes' AS moment) AS at
"""
INDEXES = """
    SELECT indexname, indexdef FROM pg_indexes
    WHERE tablename = 'documents' AND indexdef LIKE 'CREATE INDEX%'
"""


class Plan(NamedTuple):
    nodes: list[str]
    filters: list[str]


@pytest.fixture(scope="module")
def app(own_database: str) -> Iterator[psycopg.Connection]:
    """Signed in for the large firm, among four small ones."""
    firms = [FIRM, *(uuid4() for _ in range(4))]
    with psycopg.connect(own_database) as admin:
        # The rows are only read: that they point at something need not be checked one by one.
        admin.execute("SET session_replication_role = replica")
        indexes = admin.execute(INDEXES).fetchall()  # built faster than grown
        admin.execute(SQL("DROP INDEX ") + SQL(", ").join(Identifier(name) for name, _ in indexes))
        admin.execute(FIRMS, {"firms": firms})
        admin.execute(CLIENTS, {"firms": firms, "firm": FIRM, "client": CLIENT})
        for firm in firms:
            count = DOCUMENTS if firm == FIRM else OTHERS
            admin.execute(ROWS, {"firm": firm, "count": count, "client": CLIENT})
        for _, definition in indexes:
            admin.execute(definition.encode())
        # What is estimated must not hang on a sample, nor on when autovacuum comes by.
        for table in ("clients", "documents"):
            admin.execute(
                SQL("ALTER TABLE {} SET (autovacuum_enabled = false)").format(Identifier(table))
            )
        admin.execute("SET default_statistics_target = 1000")
        admin.execute("ANALYZE clients, documents")
    with psycopg.connect(make_conninfo(own_database, user="app", password="app")) as conn:
        conn.execute("SELECT set_config('app.organization_id', %s, false)", [str(FIRM)])
        yield conn


def parameters(statement: Statement, *, is_first_page: bool) -> list[Any]:
    known = {
        "client_id": CLIENT,
        "state": "needs_review",
        "kind": "w2",
        "limit": 51,
        "name": "Client 5",
        "id": UUID(int=0),
        "at": datetime(2024, 9, 1, tzinfo=UTC),
    }
    if is_first_page and "at" in statement.sql:
        first = OLDEST if "received_at, id) >" in statement.sql else NEWEST
        known |= {"at": first.at, "id": first.id}
    return [known[name] for name in dict.fromkeys(re.findall(r"%\((\w+)\)s", statement.sql))]


def explain(app: psycopg.Connection, statement: Statement, given: Sequence[Any]) -> Plan:
    app.execute("DEALLOCATE ALL", prepare=False)
    app.execute(b"PREPARE list AS " + numbered(statement.sql), prepare=False)
    execute = SQL("EXPLAIN (FORMAT JSON) EXECUTE list ({})").format(
        SQL(", ").join(map(Literal, given))
    )
    (found,) = app.execute(execute, prepare=False).fetchone() or ([],)
    nodes = list(_nodes(found[0]["Plan"]))
    return Plan(
        [node["Node Type"] for node in nodes],
        [node["Filter"] for node in nodes if "Filter" in node],
    )


def _nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    inner = chain.from_iterable(_nodes(each) for each in plan.get("Plans", []))
    return chain([plan], inner)


def test_there_are_lists_to_explain() -> None:
    assert len(LISTS) == 11


@pytest.mark.parametrize("is_first_page", [True, False], ids=["first", "later"])
@pytest.mark.parametrize("mode", ["force_custom_plan", "force_generic_plan"])
@pytest.mark.parametrize("statement", LISTS, ids=lambda statement: statement.where.split(".")[-1])
def test_a_list_reads_one_index_and_stops(
    app: psycopg.Connection, statement: Statement, mode: str, *, is_first_page: bool
) -> None:
    app.execute(SQL("SET plan_cache_mode = {}").format(Identifier(mode)), prepare=False)
    plan = explain(app, statement, parameters(statement, is_first_page=is_first_page))

    assert plan.nodes in (["Limit", "Index Scan"], ["Limit", "Index Only Scan"])
    assert [text for text in plan.filters if not WALL_BETWEEN_CLIENTS.fullmatch(text)] == []
