"""Tries every tenant table from outside: another firm, and another client, finds nothing there."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from psycopg.conninfo import make_conninfo
from psycopg.errors import InsufficientPrivilege
from psycopg.sql import SQL, Composed, Identifier, Literal

from tests.architecture.test_walls import FREE_FOR_CLIENTS, INSERT_ONLY, tenant_tables

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
OWN_DOCUMENT, NEIGHBOURS_DOCUMENT = uuid4(), uuid4()
SELF, SOMEBODY_ELSE = uuid4(), uuid4()
OF_A_DOCUMENT = {
    "document_pages",
    "document_processing",
    "document_reviews",
    "document_versions",
    "extracted_fields",
    "findings",
}
OWNED_BY = {
    "clients": ("id", OWN, NEIGHBOUR),
    "documents": ("client_id", OWN, NEIGHBOUR),
    "users": ("id", SELF, SOMEBODY_ELSE),
    "idempotency_keys": ("caller_id", SELF, SOMEBODY_ELSE),
    **dict.fromkeys(OF_A_DOCUMENT, ("document_id", OWN_DOCUMENT, NEIGHBOURS_DOCUMENT)),
    **dict.fromkeys(
        ("memberships", "operations", "user_sessions"), ("user_id", SELF, SOMEBODY_ELSE)
    ),
}
"""By which column a row is somebody's, who is signed in and who is not."""
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


def sign_in(
    app: psycopg.Connection,
    organization_id: UUID,
    client_id: UUID | str = "",
    user_id: UUID | str = "",
) -> None:
    app.execute(
        """
        SELECT set_config('app.organization_id', %s, true), set_config('app.client_id', %s, true),
               set_config('app.user_id', %s, true)
        """,
        [str(organization_id), str(client_id), str(user_id)],
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
        """It has a row of a client's person in every table, and one of somebody else's.

        The first is signed in.
        """
        firm = uuid4()
        for table in sorted(tenant_tables(admin)):
            column, *whose = OWNED_BY.get(table, ("", OWN, NEIGHBOUR))
            for owner, document_id in zip(whose, (OWN_DOCUMENT, NEIGHBOURS_DOCUMENT), strict=True):
                given = {column: owner} if column else {}
                if table == "documents":
                    given["id"] = document_id
                if column == "id" or table == "documents":
                    admin.execute(
                        SQL("DELETE FROM {} WHERE id = %s").format(Identifier(table)),
                        [given["id"]],
                    )
                admin.execute(self.insert(admin, table, firm, **given))
        sign_in(app, firm, OWN, SELF)
        return firm

    @staticmethod
    def insert(admin: psycopg.Connection, table: str, firm: UUID, **given: object) -> Composed:
        """Some tables have one row for a firm."""
        return SQL("{} ON CONFLICT DO NOTHING").format(new_row(admin, table, firm, **given))

    def test_sees_its_own_rows_alone(
        self, admin: psycopg.Connection, app: psycopg.Connection, firm: UUID
    ) -> None:
        for table in sorted(tenant_tables(admin)):
            if "SELECT" in FREE_FOR_CLIENTS.get(table, ()):
                assert reached(app, SEE, table, firm) > 0, table
            elif table in OWNED_BY:
                column, own, _ = OWNED_BY[table]
                seen = app.execute(
                    SQL("SELECT {} FROM {}").format(Identifier(column), Identifier(table))
                )
                assert seen.fetchall() == [(own,)], table
            else:
                assert reached(app, SEE, table, firm) == 0, table

    def test_changes_and_deletes_its_own_rows_alone(
        self, admin: psycopg.Connection, app: psycopg.Connection, firm: UUID
    ) -> None:
        pointed_at = ["memberships", "documents", "clients", "users"]
        tables = tenant_tables(admin) - INSERT_ONLY - {"organization_usage", *pointed_at}
        for table in [*sorted(tables), *pointed_at]:
            for command in (CHANGE, DELETE):
                assert reached(app, command, table, firm) == (table in OWNED_BY), table

    def test_adds_no_row_of_somebody_else(
        self, admin: psycopg.Connection, app: psycopg.Connection, firm: UUID
    ) -> None:
        for table in sorted(tenant_tables(admin)):
            if "INSERT" in FREE_FOR_CLIENTS.get(table, ()):
                continue
            column, _, other = OWNED_BY.get(table, ("", OWN, NEIGHBOUR))
            row = new_row(admin, table, firm, **({column: other} if column else {}))
            with pytest.raises(InsufficientPrivilege, match=REFUSED), app.transaction():
                app.execute(row)

    def test_hands_no_row_over_to_somebody_else(self, app: psycopg.Connection, firm: UUID) -> None:
        for table, (column, _, other) in sorted(OWNED_BY.items()):
            if table in INSERT_ONLY:
                continue
            with pytest.raises(InsufficientPrivilege, match=REFUSED), app.transaction():
                app.execute(
                    SQL("UPDATE {} SET {} = %s").format(Identifier(table), Identifier(column)),
                    [other],
                )

    def test_locks_the_firm_and_changes_nothing_of_it(
        self, admin: psycopg.Connection, app: psycopg.Connection, firm: UUID
    ) -> None:
        admin.execute("INSERT INTO organizations (id, name) VALUES (%s, 'A firm')", [firm])

        locked = app.execute("SELECT FROM organizations FOR NO KEY UPDATE")

        assert locked.rowcount == 1
        with pytest.raises(InsufficientPrivilege, match=REFUSED), app.transaction():
            app.execute("UPDATE organizations SET name = 'Mine'")
