"""How Postgres reads the audit trail of a large firm, month by month, under the policies.

A page merges what the same index of each month has in order, and stops at its end.
"""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import psycopg
import pytest
from psycopg.conninfo import make_conninfo
from psycopg.sql import SQL, Identifier

from shared.compliance.models import EARLIEST, LATEST, NEWEST
from tests.architecture.test_plans import WALL_BETWEEN_CLIENTS, explain
from tests.architecture.test_sql import STATEMENTS, Statement

FIRM, USER, SUBJECT = UUID(int=1), UUID(int=2), UUID(int=3)
# The wall between clients is asked once, in a Result above all of it.
READS = {"Limit", "Append", "Merge Append", "Index Scan", "Index Only Scan", "Result"}
LISTS = [
    statement
    for statement in STATEMENTS
    if re.match(
        r"shared\.compliance\.queries\.(entries|events)\.list_(entries|events)", statement.where
    )
]
ENTRIES = """
    INSERT INTO audit_entries
        (organization_id, entity, action, subject_id, tin_of, user_id, role, detail, recorded_at)
    SELECT CASE WHEN n %% 10 = 0 THEN gen_random_uuid() ELSE %(firm)s END,
           (ARRAY['client', 'document', 'member'])[1 + n %% 3],
           (ARRAY['client', 'document', 'member'])[1 + n %% 3]
               || (ARRAY['.added', '.seen'])[1 + n %% 2],
           CASE WHEN n %% 7 < 2 THEN %(subject)s ELSE gen_random_uuid() END,
           CASE n %% 9 WHEN 0 THEN %(subject)s WHEN 1 THEN gen_random_uuid() END,
           CASE WHEN n %% 5 < 2 THEN %(user)s ELSE gen_random_uuid() END,
           'owner', '{}', now() - n * interval '90 seconds'
    FROM generate_series(1, 100000) AS n
"""
EVENTS = """
    INSERT INTO security_events (organization_id, kind, user_id, detail, occurred_at)
    SELECT CASE WHEN n %% 10 = 0 THEN gen_random_uuid() ELSE %(firm)s END,
           (ARRAY['new_device', 'audit_read', 'mass_export'])[1 + n %% 3],
           CASE WHEN n %% 5 < 2 THEN %(user)s ELSE gen_random_uuid() END,
           '{}', now() - n * interval '90 seconds'
    FROM generate_series(1, 50000) AS n
"""


@pytest.fixture(scope="module")
def app(own_database: str) -> Iterator[psycopg.Connection]:
    """Signed in for the large firm, whose entries are of four months."""
    given = {"firm": FIRM, "user": USER, "subject": SUBJECT}
    with psycopg.connect(own_database, autocommit=True) as admin:
        for command in (ENTRIES, EVENTS):
            admin.execute(command.encode(), given)
        admin.execute("SELECT ensure_partitions('audit_entries')")
        admin.execute("VACUUM (ANALYZE) audit_entries, security_events")
    with psycopg.connect(make_conninfo(own_database, user="app", password="app")) as conn:
        conn.execute("SELECT set_config('app.organization_id', %s, false)", [str(FIRM)])
        yield conn


def parameters(statement: Statement, *, is_first_page: bool, **given: Any) -> list[Any]:
    end = NEWEST.at if "DESC" in statement.sql else EARLIEST
    known: dict[str, Any] = {
        "subject_id": SUBJECT,
        "tin_of": SUBJECT,
        "user_id": USER,
        "entity": "client",
        "action": "client.added",
        "kind": "audit_read",
        "since": EARLIEST,
        "until": LATEST,
        "at": end if is_first_page else datetime.now(UTC) - timedelta(days=50),
        "id": NEWEST.id,
        "rows": 51,
    } | given
    return [known[name] for name in dict.fromkeys(re.findall(r"%\((\w+)\)s", statement.sql))]


def test_there_are_lists_to_explain() -> None:
    assert len(LISTS) == 2 * 8 + 2 * 4


@pytest.mark.parametrize("is_first_page", [True, False], ids=["first", "later"])
@pytest.mark.parametrize("mode", ["force_custom_plan", "force_generic_plan"])
@pytest.mark.parametrize("statement", LISTS, ids=lambda statement: statement.where.split(".")[-1])
def test_a_list_reads_one_index_of_each_month_and_stops(
    app: psycopg.Connection, statement: Statement, mode: str, *, is_first_page: bool
) -> None:
    app.execute(SQL("SET plan_cache_mode = {}").format(Identifier(mode)), prepare=False)

    plan = explain(app, statement, parameters(statement, is_first_page=is_first_page))

    assert {node["Node Type"] for node in plan} <= READS
    filters = [node["Filter"] for node in plan if "Filter" in node]
    assert [text for text in filters if not WALL_BETWEEN_CLIENTS.fullmatch(text)] == []


def test_a_month_that_is_not_asked_for_is_not_read(app: psycopg.Connection) -> None:
    """A time that is asked for spares the other months, however many there are."""
    app.execute("SET plan_cache_mode = force_custom_plan", prepare=False)
    (newest,) = [each for each in LISTS if each.where.endswith("list_entries[NONE-FORWARD]")]
    now = datetime.now(UTC)
    given = parameters(newest, is_first_page=True, since=now - timedelta(minutes=2), until=now)

    plan = explain(app, newest, given)

    months = {node["Relation Name"] for node in plan if "Relation Name" in node}
    assert len(months) <= 3  # this one, the default one, and at midnight the one before
