"""Reads the catalog for what could open a wall from behind: indexes, views, grants, partitions."""

from collections.abc import Iterator

import psycopg
import pytest

from tests.architecture.test_walls import catalog, names, tenant_tables

__all__ = ["catalog"]

INDEX_FUNCTIONS = """
    SELECT i.indexrelid::regclass::text || ' calls ' || p.proname
    FROM pg_index AS i
    CROSS JOIN LATERAL regexp_matches(
        concat(i.indpred::text, i.indexprs::text), ':(?:op)?funcid ([0-9]+)', 'g') AS found (ids)
    JOIN pg_proc AS p ON p.oid = found.ids[1]::oid
    JOIN pg_class AS c ON c.oid = i.indexrelid AND c.relnamespace = 'public'::regnamespace
"""
CHANGING = f"""{INDEX_FUNCTIONS}
    WHERE p.provolatile <> 'i' OR p.pronamespace <> 'pg_catalog'::regnamespace
"""
UNGUARDED = """
    SELECT c.relname
    FROM pg_class AS c
    WHERE c.relkind IN ('r', 'p') AND c.relnamespace = 'public'::regnamespace
      AND c.relname NOT IN ('identities', 'migrations')
      AND NOT (c.relrowsecurity AND c.relforcerowsecurity)
"""
PARTITIONS = "SELECT oid::regclass::text FROM pg_class WHERE relispartition AND relkind = 'r'"


@pytest.fixture
def workshop(own_database: str) -> Iterator[psycopg.Connection]:
    """A catalog to spoil; it is as it was afterwards."""
    with psycopg.connect(own_database) as conn, conn.transaction(force_rollback=True):
        yield conn


class TestIndexes:
    def test_call_nothing_whose_answer_can_change(self, catalog: psycopg.Connection) -> None:
        """What an index leaves out today by now(), or by who asks, it leaves out for ever.

        Postgres refuses what is not declared immutable; ours could be declared so and not be.
        """
        assert len(names(catalog, INDEX_FUNCTIONS)) > 5
        assert names(catalog, CHANGING) == set()

    def test_that_lie_about_it_are_seen(self, workshop: psycopg.Connection) -> None:
        workshop.execute(
            "CREATE FUNCTION of_now() RETURNS bool LANGUAGE sql IMMUTABLE AS 'SELECT now() > now()'"
        )
        workshop.execute("CREATE INDEX due ON documents (id) WHERE of_now()")

        assert names(workshop, CHANGING) == {"due calls of_now"}


class TestWhatIsNotATable:
    def test_a_view_asks_as_whoever_looks_at_it(self, catalog: psycopg.Connection) -> None:
        """It would otherwise show what its owner may see: every firm."""
        views = names(
            catalog,
            """
            SELECT relname FROM pg_class
            WHERE relkind IN ('v', 'm', 'f') AND relnamespace = 'public'::regnamespace
              AND NOT coalesce('security_invoker=true' = ANY (reloptions), false)
            """,
        )

        assert views == set()


class TestATable:
    def test_without_policies_is_seen(self, workshop: psycopg.Connection) -> None:
        workshop.execute("CREATE TABLE forgotten (id uuid, organization_id uuid)")

        assert "forgotten" in names(workshop, UNGUARDED)
        assert "forgotten" in tenant_tables(workshop)

    def test_has_them_whatever_it_holds(self, catalog: psycopg.Connection) -> None:
        """The two beside them hold no firm's data, and the app may not read them."""
        assert names(catalog, UNGUARDED) == set()


class TestAPartition:
    def test_can_be_reached_through_its_table_alone(self, catalog: psycopg.Connection) -> None:
        """The table's policies do not hold for a partition that is named itself."""
        granted = names(
            catalog,
            f"""
            SELECT part || ' ' || role
            FROM ({PARTITIONS}) AS p (part), unnest('{{app,directory,public}}'::text[]) AS r (role)
            WHERE has_any_column_privilege(role, part, 'SELECT, INSERT, UPDATE')
               OR has_table_privilege(role, part, 'DELETE, TRUNCATE')
            """,
        )

        assert granted == set()

    def test_is_not_the_apps(self, catalog: psycopg.Connection) -> None:
        owners = names(
            catalog,
            f"""
            SELECT relowner::regrole::text FROM pg_class
            WHERE oid::regclass::text IN ({PARTITIONS})
            """,
        )

        assert owners & {"app", "directory"} == set()


class TestNothingIsGivenByDefault:
    def test_by_whoever_makes_a_table(self, catalog: psycopg.Connection) -> None:
        given = names(
            catalog,
            "SELECT defaclrole::regrole || ' ' || defaclacl::text FROM pg_default_acl",
        )

        assert given == set()

    def test_to_everybody(self, catalog: psycopg.Connection) -> None:
        """PUBLIC is every role there will ever be."""
        looking_over_walls = names(
            catalog,
            """
            SELECT proname FROM pg_proc
            WHERE prosecdef AND pronamespace = 'public'::regnamespace
              AND (proacl IS NULL OR EXISTS (
                  SELECT FROM aclexplode(proacl) AS given WHERE given.grantee = 0))
            """,
        )
        tables = names(
            catalog,
            "SELECT table_name FROM information_schema.role_table_grants "
            "WHERE grantee = 'PUBLIC' AND table_schema = 'public'",
        )
        schema = catalog.execute(
            "SELECT has_schema_privilege('public', 'public', 'CREATE')"
        ).fetchone()

        assert looking_over_walls == set()
        assert tables == set()
        assert schema == (False,)
