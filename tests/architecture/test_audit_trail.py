"""Reads the catalog: nobody but its owner can touch the audit trail's partitions."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

NOW = datetime.now(UTC)
LONG_AGO = datetime(2015, 3, 4, tzinfo=UTC)
MOMENTS = [
    datetime(2019, 12, 31, 23, 59, 59, tzinfo=UTC),
    datetime(2020, 1, 1, tzinfo=UTC),
    NOW,
    datetime(2031, 5, 6, tzinfo=UTC),
]
ENTRY = """
    INSERT INTO audit_entries
        (organization_id, entity, action, subject_id, role, detail, recorded_at)
    VALUES (%s, 'client', 'client.added', gen_random_uuid(), 'owner', '{}', %s)
"""
ENSURE = "SELECT ensure_partitions('audit_entries')"
PARTITIONS = """
    SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent = 'audit_entries'::regclass
"""
WHERE_KEPT = """
    SELECT tableoid::regclass::text, count(*) FROM audit_entries
    WHERE organization_id = %s
    GROUP BY 1
"""


def kept(own_database: str, firm: UUID) -> dict[str, int]:
    """How many of its entries are in which partition."""
    with psycopg.connect(own_database) as admin:
        return dict(admin.execute(WHERE_KEPT, [firm]).fetchall())


@pytest.fixture
def catalog(database: str) -> Iterator[psycopg.Connection]:
    with psycopg.connect(database) as conn:
        yield conn


def test_the_trail_belongs_to_a_role_that_owns_nothing_else(catalog: psycopg.Connection) -> None:
    owned = catalog.execute(
        """
        SELECT relname FROM pg_class
        WHERE relowner = 'archivist'::regrole AND relkind IN ('r', 'p', 'v', 'm')
          AND relnamespace = 'public'::regnamespace
        """
    ).fetchall()

    assert owned == [("audit_entries",)]


def test_the_owner_cannot_log_in(catalog: psycopg.Connection) -> None:
    found = catalog.execute("SELECT rolcanlogin FROM pg_roles WHERE rolname = 'archivist'")

    assert found.fetchone() == (False,)


def test_the_schema_of_the_partitions_is_open_to_its_owner_alone(
    catalog: psycopg.Connection,
) -> None:
    found = catalog.execute(
        """
        SELECT nspowner::regrole::text,
               has_schema_privilege('app', oid, 'USAGE'),
               has_schema_privilege('app', oid, 'CREATE'),
               has_schema_privilege('directory', oid, 'USAGE')
        FROM pg_namespace WHERE nspname = 'partitions'
        """
    )

    assert found.fetchone() == ("archivist", False, False, False)


def test_every_partition_forces_row_level_security_and_lets_nobody_in(
    catalog: psycopg.Connection,
) -> None:
    found = catalog.execute(
        """
        SELECT c.relname, c.relowner::regrole::text, c.relrowsecurity AND c.relforcerowsecurity,
               c.relacl::text, EXISTS (SELECT FROM pg_policy AS p WHERE p.polrelid = c.oid)
        FROM pg_inherits AS i
        JOIN pg_class AS c ON c.oid = i.inhrelid
        WHERE i.inhparent = 'audit_entries'::regclass
        """
    ).fetchall()

    assert len(found) >= 4
    assert {row[1:] for row in found} == {("archivist", True, None, False)}
    for name, *_ in found:
        for privilege in ("SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE"):
            granted = catalog.execute(
                "SELECT has_table_privilege('app', %s, %s)", [f"partitions.{name}", privilege]
            )
            assert granted.fetchone() == (False,)


def test_the_key_holds_the_column_that_partitions_go_by(catalog: psycopg.Connection) -> None:
    """A partitioned table's key holds the partition's column, and none of it may be null."""
    found = catalog.execute(
        """
        SELECT a.attname, a.attnotnull
        FROM pg_index AS i
        JOIN pg_attribute AS a ON a.attrelid = i.indrelid AND a.attnum = ANY (i.indkey)
        WHERE i.indrelid = 'audit_entries'::regclass AND i.indisprimary
        """
    ).fetchall()

    assert dict(found) == {"organization_id": True, "recorded_at": True, "id": True}


def test_the_trail_points_at_nothing_that_can_be_deleted(catalog: psycopg.Connection) -> None:
    found = catalog.execute(
        """
        SELECT conrelid::regclass::text FROM pg_constraint
        WHERE contype = 'f' AND conrelid::regclass::text
              IN ('audit_entries', 'audit_seals', 'security_events')
        """
    ).fetchall()

    assert found == []


def test_the_app_may_ask_for_partitions_and_for_nothing_more(catalog: psycopg.Connection) -> None:
    found = catalog.execute(
        """
        SELECT proname, proowner::regrole::text, prosecdef, proconfig,
               has_function_privilege('app', oid, 'EXECUTE')
        FROM pg_proc WHERE proname IN ('ensure_partitions', 'detach_partition') ORDER BY 1
        """
    ).fetchall()

    path = ["search_path=public, pg_temp"]
    assert found == [
        ("detach_partition", "archivist", False, path, False),
        ("ensure_partitions", "archivist", True, path, True),
    ]
    owned = catalog.execute(
        "SELECT count(*) FROM pg_proc WHERE proowner = 'archivist'::regrole AND prosecdef"
    )
    assert owned.fetchone() == (1,)


def test_the_directory_sees_ids_of_the_trail_and_nothing_else(
    catalog: psycopg.Connection,
) -> None:
    found = catalog.execute(
        """
        SELECT table_name, array_agg(column_name::text ORDER BY column_name)
        FROM information_schema.column_privileges
        WHERE grantee = 'directory' AND table_name IN ('audit_entries', 'audit_seals')
        GROUP BY table_name
        """
    ).fetchall()

    assert dict(found) == {
        "audit_entries": ["id", "organization_id"],
        "audit_seals": ["last_id", "number", "organization_id"],
    }


class TestWhenTheTimerHasBeenOff:
    """The month has no partition; as the app, which keeps an entry all the same."""

    @pytest.fixture
    def firm(self, own_database: str) -> UUID:
        firm = uuid4()
        with psycopg.connect(own_database, autocommit=True) as admin:
            for (partition,) in admin.execute(PARTITIONS).fetchall():
                if not partition.endswith("_other"):
                    admin.execute(f"DROP TABLE {partition}".encode())
        with self.signed_in(own_database, firm) as app:
            for at in MOMENTS:
                app.execute(ENTRY, [firm, at])
        return firm

    @staticmethod
    def signed_in(own_database: str, firm: UUID) -> psycopg.Connection:
        app = psycopg.connect(make_conninfo(own_database, user="app", password="app"))
        app.execute("SELECT set_config('app.organization_id', %s, false)", [str(firm)])
        return app

    def test_every_entry_is_kept_whatever_its_month(self, own_database: str, firm: UUID) -> None:
        assert kept(own_database, firm) == {"partitions.audit_entries_other": len(MOMENTS)}

    def test_the_timer_moves_each_to_its_month(self, own_database: str, firm: UUID) -> None:
        with self.signed_in(own_database, firm) as app:
            before = app.execute("SELECT * FROM audit_entries ORDER BY id").fetchall()
            made = app.execute(ENSURE).fetchone()
            again = app.execute(ENSURE).fetchone()
            after = app.execute("SELECT * FROM audit_entries ORDER BY id").fetchall()

        assert (made, again) == ((6,), (0,))  # this month and the next two, and three others
        assert len(before) == len(MOMENTS)
        assert after == before
        assert kept(own_database, firm) == {
            "partitions.audit_entries_2019_12": 1,
            "partitions.audit_entries_2020_01": 1,
            "partitions.audit_entries_2031_05": 1,
            f"partitions.audit_entries_{datetime.now(UTC):%Y_%m}": 1,
        }

    def test_what_the_timer_makes_lets_nobody_in_either(
        self, own_database: str, firm: UUID
    ) -> None:
        with self.signed_in(own_database, firm) as app:
            app.execute(ENSURE)
        with psycopg.connect(own_database) as admin:
            test_every_partition_forces_row_level_security_and_lets_nobody_in(admin)
        with self.signed_in(own_database, uuid4()) as other:
            assert other.execute("SELECT FROM audit_entries").fetchall() == []

    def test_two_timers_at_once_do_not_hinder_each_other(
        self, own_database: str, firm: UUID
    ) -> None:
        def ensure() -> int:
            with self.signed_in(own_database, firm) as app:
                (made,) = app.execute(ENSURE).fetchone() or (0,)
                return made

        with ThreadPoolExecutor(2) as timers:
            made = [each.result() for each in [timers.submit(ensure) for _ in range(2)]]

        assert sorted(made) == [0, 6]

    def test_of_a_table_that_is_not_listed_nothing_is_made(
        self, own_database: str, firm: UUID
    ) -> None:
        with (
            self.signed_in(own_database, firm) as app,
            pytest.raises(psycopg.errors.RaiseException, match="clients has no partitions"),
        ):
            app.execute("SELECT ensure_partitions('clients')")


class TestTakingAMonthOut:
    @pytest.fixture
    def migrator(self, own_database: str) -> Iterator[psycopg.Connection]:
        with psycopg.connect(own_database, autocommit=True) as admin:
            admin.execute(ENTRY, [uuid4(), LONG_AGO])
            admin.execute(ENSURE)
        login = make_conninfo(own_database, user="migrator", password="migrator")
        with psycopg.connect(login, autocommit=True) as conn:
            yield conn

    def test_leaves_its_entries_to_be_archived(
        self, own_database: str, migrator: psycopg.Connection
    ) -> None:
        migrator.execute("SELECT detach_partition('audit_entries', '2015-03-01')")

        with psycopg.connect(own_database) as admin:
            taken = admin.execute("SELECT count(*) FROM partitions.audit_entries_2015_03")
            left = admin.execute(
                "SELECT count(*) FROM audit_entries WHERE recorded_at = %s", [LONG_AGO]
            )
            assert (taken.fetchone(), left.fetchone()) == ((1,), (0,))

    def test_is_refused_for_seven_years(self, migrator: psycopg.Connection) -> None:
        for month in (NOW.date(), (NOW - timedelta(days=6 * 365)).date()):
            with pytest.raises(psycopg.errors.RaiseException, match="kept for seven years"):
                migrator.execute("SELECT detach_partition('audit_entries', %s)", [month])
