"""Reads the catalog: what every tenant table must have, and what nobody else may."""

from collections.abc import Iterator

import psycopg
import pytest

FORGETS = {"forget_identity"}  # a trigger, which nobody can call
LOOK_UPS = {
    "invitation_of",
    "key_owner",
    "membership_of",
    "organizations_due",
    "organizations_to_purge",
    "organizations_to_seal",
    "organizations_with_expired_keys",
    "organizations_with_old_keys",
    "organizations_with_old_sessions",
}
INSERT_ONLY = {
    "audit_entries",
    "audit_seals",
    "document_versions",
    "offboardings",
    "organization_settings_versions",
    "security_events",
}
EVERY_COMMAND = {"SELECT", "INSERT", "UPDATE", "DELETE"}
FREE_FOR_CLIENTS = {
    "audit_entries": {"INSERT"},
    "outbox_events": {"INSERT"},
    "security_events": {"INSERT"},
    "organization_keys": {"SELECT"},
    "organization_settings_versions": {"SELECT"},
    "feature_flags": {"SELECT"},
    "organization_usage": EVERY_COMMAND,
}
"""What the people of a client may do to rows that are not their own."""
WITHOUT_A_FIRM = {"organizations", "identities", "migrations"}

TENANT_TABLES = """
    SELECT c.oid, c.relname, c.relforcerowsecurity AND c.relrowsecurity AS forced
    FROM pg_class AS c
    JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attname = 'organization_id'
    WHERE c.relkind IN ('r', 'p') AND c.relnamespace = 'public'::regnamespace
"""


@pytest.fixture
def catalog(database: str) -> Iterator[psycopg.Connection]:
    with psycopg.connect(database) as conn:
        yield conn


def names(catalog: psycopg.Connection, query: str) -> set[str]:
    return {row[0] for row in catalog.execute(query.encode())}


def tenant_tables(catalog: psycopg.Connection) -> set[str]:
    return names(catalog, f"SELECT relname FROM ({TENANT_TABLES}) AS t")


class TestEveryTable:
    def test_belongs_to_firms_unless_it_is_listed(self, catalog: psycopg.Connection) -> None:
        tables = names(catalog, "SELECT tablename FROM pg_tables WHERE schemaname = 'public'")

        assert tables - tenant_tables(catalog) == WITHOUT_A_FIRM

    def test_of_firms_forces_row_level_security(self, catalog: psycopg.Connection) -> None:
        lax = names(catalog, f"SELECT relname FROM ({TENANT_TABLES}) AS t WHERE NOT forced")

        assert len(tenant_tables(catalog)) > 10
        assert lax == set()

    def test_of_firms_has_one_policy_that_lets_in_and_one_that_narrows(
        self, catalog: psycopg.Connection
    ) -> None:
        found = catalog.execute(
            """
            SELECT tablename, array_agg(permissive ORDER BY permissive), max(qual), max(with_check)
            FROM pg_policies
            WHERE roles = '{app}' AND policyname IN ('app_may', 'own_firm_only')
              AND tablename <> 'organizations'
            GROUP BY tablename
            """
        ).fetchall()

        own_firm = "(organization_id = tenant_id())"
        assert {row[0]: row[1:] for row in found} == {
            table: (["PERMISSIVE", "RESTRICTIVE"], "true", own_firm)
            for table in tenant_tables(catalog)
        }

    def test_of_firms_has_the_wall_between_clients_unless_it_is_listed(
        self, catalog: psycopg.Connection
    ) -> None:
        walled = catalog.execute(
            """
            SELECT tablename, cmd FROM pg_policies
            WHERE policyname LIKE 'own_records_only%' AND permissive = 'RESTRICTIVE'
              AND roles = '{app}'
              AND (cmd = 'INSERT' OR qual LIKE '%WHEN (own_client_id() IS NULL) THEN true%')
              AND (cmd IN ('SELECT', 'DELETE')
                   OR with_check LIKE '%WHEN (own_client_id() IS NULL) THEN true%')
            """
        ).fetchall()
        free = {table: set(EVERY_COMMAND) for table in tenant_tables(catalog)}
        for table, command in walled:
            if table in free:
                free[table] -= EVERY_COMMAND if command == "ALL" else {command}

        assert {table: commands for table, commands in free.items() if commands} == FREE_FOR_CLIENTS

    def test_of_firms_has_no_key_that_firms_share(self, catalog: psycopg.Connection) -> None:
        """A clash would tell one firm what another has. A primary key we make never clashes."""
        shared = names(
            catalog,
            f"""
            SELECT i.indexrelid::regclass::text
            FROM pg_index AS i
            JOIN ({TENANT_TABLES}) AS t ON t.oid = i.indrelid
            WHERE i.indisunique
              AND NOT EXISTS (
                  SELECT FROM pg_attribute AS a
                  WHERE a.attrelid = i.indrelid AND a.attname = 'organization_id'
                    AND a.attnum = ANY (i.indkey))
              AND NOT (i.indisprimary AND i.indnkeyatts = 1 AND EXISTS (
                  SELECT FROM pg_attribute AS a
                  WHERE a.attrelid = i.indrelid AND a.attname = 'id'
                    AND a.attnum = ANY (i.indkey)))
            """,
        )

        assert shared == set()

    def test_points_at_another_by_firm_and_id(self, catalog: psycopg.Connection) -> None:
        """Postgres checks foreign keys without the policies."""
        lax = names(
            catalog,
            f"""
            WITH tenant AS ({TENANT_TABLES})
            SELECT k.conrelid::regclass::text || '.' || k.conname
            FROM pg_constraint AS k
            JOIN tenant AS f ON f.oid = k.conrelid
            JOIN tenant AS t ON t.oid = k.confrelid
            WHERE k.contype = 'f' AND NOT EXISTS (
                SELECT FROM unnest(k.conkey, k.confkey) AS pair (here, there)
                JOIN pg_attribute AS a ON a.attrelid = f.oid AND a.attnum = here
                JOIN pg_attribute AS b ON b.attrelid = t.oid AND b.attnum = there
                WHERE a.attname = 'organization_id' AND b.attname = 'organization_id')
            """,
        )

        assert lax == set()


class TestTheAppsRole:
    def test_has_no_way_around_the_policies(self, catalog: psycopg.Connection) -> None:
        special = catalog.execute(
            """
            SELECT rolsuper, rolbypassrls, rolcreaterole, rolcreatedb, rolreplication,
                   EXISTS (SELECT FROM pg_auth_members WHERE member = r.oid)
            FROM pg_roles AS r WHERE rolname IN ('app', 'directory', 'archivist')
            """
        ).fetchall()

        assert special == [(False,) * 6] * 3

    def test_owns_nothing_and_can_make_nothing(self, catalog: psycopg.Connection) -> None:
        """An owner could switch row-level security off."""
        owned = names(
            catalog,
            "SELECT objid::text FROM pg_shdepend WHERE refobjid = 'app'::regrole AND deptype = 'o'",
        )
        can_make = names(
            catalog,
            "SELECT role FROM unnest('{app,directory,archivist}'::text[]) AS r (role) "
            "WHERE has_schema_privilege(role, 'public', 'CREATE')",
        )

        assert owned == set()
        assert can_make == set()

    def test_may_do_to_a_table_what_was_granted_and_no_more(
        self, catalog: psycopg.Connection
    ) -> None:
        found = catalog.execute(
            """
            SELECT table_name, string_agg(privilege_type, ' ' ORDER BY privilege_type)
            FROM information_schema.role_table_grants
            WHERE grantee = 'app' AND table_schema = 'public'
            GROUP BY table_name
            """
        ).fetchall()

        read_write = tenant_tables(catalog) - INSERT_ONLY
        assert dict(found) == (
            dict.fromkeys(read_write, "DELETE INSERT SELECT UPDATE")
            | dict.fromkeys(INSERT_ONLY, "INSERT SELECT")
            | {"organizations": "INSERT SELECT UPDATE", "identities": "INSERT"}
        )

    def test_is_the_only_one_beside_the_directory_with_any_grant(
        self, catalog: psycopg.Connection
    ) -> None:
        others = names(
            catalog,
            """
            SELECT grantee || ' ' || privilege_type || ' ' || table_name
            FROM information_schema.role_table_grants
            WHERE table_schema = 'public' AND grantee NOT IN ('app', 'migrator', 'archivist')
            """,
        )

        assert others == {"directory DELETE identities"} | {
            f"directory SELECT {table}"
            for table in (
                "api_keys",
                "identities",
                "invitations",
                "organizations",
                "users",
                "memberships",
                "documents",
                "document_reviews",
                "document_processing",
                "operations",
            )
        }


class TestLookingOverTheWalls:
    def test_is_for_a_closed_list_of_functions(self, catalog: psycopg.Connection) -> None:
        found = catalog.execute(
            """
            SELECT proname, proowner::regrole::text, proconfig
            FROM pg_proc
            WHERE prosecdef AND pronamespace = 'public'::regnamespace
              AND proowner <> 'archivist'::regrole  -- looks at nothing: see test_audit_trail
            """
        ).fetchall()

        fixed = ["search_path=public, pg_temp"]
        assert {name: (owner, path) for name, owner, path in found} == dict.fromkeys(
            LOOK_UPS | FORGETS, ("directory", fixed)
        )

    def test_is_for_the_app_alone(self, catalog: psycopg.Connection) -> None:
        granted = {
            (name, grantee)
            for name, grantee in catalog.execute(
                "SELECT routine_name, grantee FROM information_schema.role_routine_grants "
                "WHERE routine_name = ANY(%s)",
                [sorted(LOOK_UPS)],
            )
        }

        assert granted == {(name, role) for name in LOOK_UPS for role in ("app", "directory")}

    def test_uses_the_directorys_own_policies_which_only_read(
        self, catalog: psycopg.Connection
    ) -> None:
        commands = names(catalog, "SELECT cmd FROM pg_policies WHERE roles = '{directory}'")
        nobodys = names(
            catalog,
            "SELECT tablename FROM pg_policies WHERE NOT roles <@ '{app,directory}'::name[]",
        )

        assert commands == {"SELECT"}
        assert nobodys == set()

    def test_the_directory_cannot_log_in(self, catalog: psycopg.Connection) -> None:
        assert (
            names(
                catalog, "SELECT rolname FROM pg_roles WHERE rolname = 'directory' AND rolcanlogin"
            )
            == set()
        )


def test_who_is_asking_is_read_anew_by_each_statement(catalog: psycopg.Connection) -> None:
    """Were it immutable, Postgres might keep one firm's id in a plan and use it for another."""
    volatile = dict(
        catalog.execute(
            """
            SELECT proname, provolatile::text FROM pg_proc
            WHERE proname IN ('tenant_id', 'own_client_id', 'own_user_id')
            """
        ).fetchall()
    )

    assert volatile == {"tenant_id": "s", "own_client_id": "s", "own_user_id": "s"}
