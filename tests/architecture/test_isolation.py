"""Tries every tenant table from outside: another firm, and another client, finds nothing there."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from psycopg.conninfo import make_conninfo
from psycopg.errors import InsufficientPrivilege
from psycopg.sql import SQL, Composed, Identifier, Literal

from tests.architecture.test_walls import INSERT_ONLY, WALLED_BY_CLIENT, tenant_tables

SOMETHING: dict[str, Any] = {
    "uuid": UUID(int=1),
    "text": "something",
    "integer": 1,
    "bigint": 1,
    "double precision": 0.5,
    "boolean": True,
    "bytea": b"something",
    "jsonb": "{}",
    "timestamp with time zone": "2024-01-31T12:00Z",
}
OWN, NEIGHBOUR = uuid4(), uuid4()
REFUSED, DENIED = "violates row-level security policy", "permission denied"
CHECKED = {"role": "owner", "source": "ocr", "severity": "info"}  # only some words are allowed
COLUMNS = """
    SELECT column_name, data_type FROM information_schema.columns
    WHERE table_name = %s AND is_nullable = 'NO' AND column_default IS NULL
      AND identity_generation IS NULL
"""


@pytest.fixture(scope="module")
def admin(own_database: str) -> Iterator[psycopg.Connection]:
    """Sees everything, and writes rows that point at nothing."""
    with psycopg.connect(own_database, autocommit=True) as conn:
        conn.execute("SET session_replication_role = replica")
        yield conn


@pytest.fixture
def app(own_database: str) -> Iterator[psycopg.Connection]:
    with psycopg.connect(make_conninfo(own_database, user="app", password="app")) as conn:
        yield conn


@pytest.fixture
def ours(admin: psycopg.Connection) -> UUID:
    """A firm with one row in every table."""
    organization_id = uuid4()
    for table in sorted(tenant_tables(admin)):
        admin.execute(new_row(admin, table, organization_id))
    return organization_id


def new_row(admin: psycopg.Connection, table: str, organization_id: UUID, **given: Any) -> Composed:
    needed = {
        name: CHECKED.get(name, SOMETHING.get(kind))
        for name, kind in admin.execute(COLUMNS, [table])
    }
    made = {"id": uuid4()} if "id" in needed else {}
    row = needed | made | {"organization_id": organization_id} | given
    return SQL("INSERT INTO {} ({}) VALUES ({})").format(
        Identifier(table),
        SQL(", ").join(map(Identifier, row)),
        SQL(", ").join(map(Literal, row.values())),
    )


def sign_in(app: psycopg.Connection, organization_id: UUID, client_id: UUID | str = "") -> None:
    app.execute(
        """
        SELECT set_config('app.organization_id', %s, true), set_config('app.client_id', %s, true)
        """,
        [str(organization_id), str(client_id)],
    )


SEE = SQL("SELECT FROM {} WHERE organization_id = %s")
CHANGE = SQL("UPDATE {} SET organization_id = organization_id WHERE organization_id = %s")
DELETE = SQL("DELETE FROM {} WHERE organization_id = %s")


def reached(app: psycopg.Connection, command: SQL, table: str, firm: UUID) -> int:
    """How many of that firm's rows the command finds."""
    return app.execute(command.format(Identifier(table)), [firm]).rowcount


def test_every_table_is_tried(admin: psycopg.Connection, app: psycopg.Connection) -> None:
    """That what follows finds nothing is worth something only if there is something."""
    firm = uuid4()
    sign_in(app, firm)
    for table in sorted(tenant_tables(admin)):
        admin.execute(new_row(admin, table, firm))
        assert reached(app, SEE, table, firm) == 1, table


def test_another_firm_sees_changes_and_deletes_no_row_of_ours(
    admin: psycopg.Connection, app: psycopg.Connection, ours: UUID
) -> None:
    sign_in(app, uuid4())
    for table in sorted(tenant_tables(admin)):
        assert reached(app, SEE, table, ours) == 0, table
        for change in (CHANGE, DELETE):
            if table in INSERT_ONLY:
                with pytest.raises(InsufficientPrivilege, match=DENIED), app.transaction():
                    reached(app, change, table, ours)
            else:
                assert reached(app, change, table, ours) == 0, table


@pytest.mark.parametrize("firm", [None, ""], ids=["never-set", "forgotten"])
def test_a_transaction_that_names_no_firm_reaches_nothing(
    admin: psycopg.Connection, app: psycopg.Connection, ours: UUID, firm: str | None
) -> None:
    """After a transaction that named one, the setting is empty and no longer missing."""
    if firm is not None:
        app.execute("SELECT set_config('app.organization_id', %s, true)", [firm])
    for table in sorted(tenant_tables(admin)):
        assert reached(app, SEE, table, ours) == 0, table
        if table not in INSERT_ONLY:
            assert reached(app, CHANGE, table, ours) == 0, table
            assert reached(app, DELETE, table, ours) == 0, table
        with pytest.raises(InsufficientPrivilege, match=REFUSED), app.transaction():
            app.execute(new_row(admin, table, ours))


def test_another_firm_adds_no_row_to_ours(
    admin: psycopg.Connection, app: psycopg.Connection, ours: UUID
) -> None:
    sign_in(app, uuid4())
    for table in sorted(tenant_tables(admin)):
        with pytest.raises(InsufficientPrivilege, match=REFUSED), app.transaction():
            app.execute(new_row(admin, table, ours))


def test_nobody_hands_a_row_over_to_another_firm(
    admin: psycopg.Connection, app: psycopg.Connection, ours: UUID
) -> None:
    sign_in(app, ours)
    for table in sorted(tenant_tables(admin) - INSERT_ONLY):
        with pytest.raises(InsufficientPrivilege, match=REFUSED), app.transaction():
            app.execute(
                SQL("UPDATE {} SET organization_id = gen_random_uuid()").format(Identifier(table))
            )


def test_even_our_own_insert_only_rows_stay_as_they_are(
    app: psycopg.Connection, ours: UUID
) -> None:
    sign_in(app, ours)
    for table in sorted(INSERT_ONLY):
        for change in (CHANGE, DELETE):
            with pytest.raises(InsufficientPrivilege, match=DENIED), app.transaction():
                reached(app, change, table, ours)


def test_a_firm_sees_itself_alone_among_the_organizations(
    admin: psycopg.Connection, app: psycopg.Connection
) -> None:
    ours, theirs = uuid4(), uuid4()
    for firm in (ours, theirs):
        admin.execute("INSERT INTO organizations (id, name) VALUES (%s, 'A firm')", [firm])
    sign_in(app, ours)

    assert app.execute("SELECT id FROM organizations").fetchall() == [(ours,)]
    assert app.execute("UPDATE organizations SET name = 'Mine'").rowcount == 1
    with pytest.raises(InsufficientPrivilege), app.transaction():
        app.execute("INSERT INTO organizations (id, name) VALUES (%s, 'Mine')", [uuid4()])


class TestAClientOfTheFirm:
    @pytest.fixture
    def firm(self, admin: psycopg.Connection, app: psycopg.Connection) -> UUID:
        """It has two clients with a document each; the first is signed in."""
        firm = uuid4()
        for client_id in (OWN, NEIGHBOUR):
            admin.execute("DELETE FROM clients WHERE id = %s", [client_id])
            admin.execute(
                "INSERT INTO clients (id, organization_id, name) VALUES (%s, %s, 'A client')",
                [client_id, firm],
            )
            admin.execute(new_row(admin, "documents", firm, client_id=client_id))
        sign_in(app, firm, OWN)
        return firm

    def test_sees_its_own_records_alone(self, app: psycopg.Connection, firm: UUID) -> None:
        assert app.execute("SELECT id FROM clients").fetchall() == [(OWN,)]
        assert app.execute("SELECT client_id FROM documents").fetchall() == [(OWN,)]

    def test_changes_and_deletes_its_own_records_alone(
        self, app: psycopg.Connection, firm: UUID
    ) -> None:
        for table in sorted(WALLED_BY_CLIENT, reverse=True):  # documents point at clients
            for command in (CHANGE, DELETE):
                assert reached(app, command, table, firm) == 1

    def test_adds_no_record_for_another(
        self, admin: psycopg.Connection, app: psycopg.Connection, firm: UUID
    ) -> None:
        for row in (
            new_row(admin, "documents", firm, client_id=NEIGHBOUR),
            new_row(admin, "clients", firm, id=uuid4()),
        ):
            with pytest.raises(InsufficientPrivilege, match=REFUSED), app.transaction():
                app.execute(row)

    def test_hands_no_record_over_to_another(self, app: psycopg.Connection, firm: UUID) -> None:
        with pytest.raises(InsufficientPrivilege, match=REFUSED), app.transaction():
            app.execute("UPDATE documents SET client_id = %s", [NEIGHBOUR])
