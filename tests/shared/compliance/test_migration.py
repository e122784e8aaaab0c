"""What the trail held before it was kept month by month is in it still."""

from collections.abc import Iterator
from pathlib import Path
from shutil import copy
from uuid import uuid4

import psycopg
import pytest
from psycopg.conninfo import make_conninfo
from psycopg.sql import SQL, Identifier

from shared.platform.migrate import MIGRATIONS, migrate
from tests.conftest import WORKER, login

AUDIT_TRAIL = "0013_audit_trail"
BEFORE = """
    INSERT INTO audit_entries (organization_id, role, action, subject_id, detail, recorded_at)
    VALUES (%(firm)s, 'owner', 'client.added', %(firm)s, '{"n": 1}', now() - interval '400 days'),
           (%(firm)s, 'system', 'document.received', %(firm)s, '{"n": 2}', now())
"""
ENTRIES = "SELECT id, organization_id, action, detail, recorded_at FROM audit_entries ORDER BY id"


@pytest.fixture
def empty(server: str, template: str) -> Iterator[str]:
    """A database of its own, without any table; the template's roles are the server's."""
    name = f"advisoros_empty_{WORKER}"
    with psycopg.connect(server, autocommit=True) as admin:
        admin.execute(SQL("CREATE DATABASE {} OWNER migrator").format(Identifier(name)))
        yield name
        admin.execute(SQL("DROP DATABASE {} WITH (FORCE)").format(Identifier(name)))


def test_no_entry_is_lost_and_each_is_in_its_month(server: str, empty: str, tmp_path: Path) -> None:
    firm, migrator = uuid4(), login(server, "migrator", empty)
    for path in sorted(MIGRATIONS.glob("*.sql")):
        if path.stem < AUDIT_TRAIL:
            copy(path, tmp_path)
    migrate(migrator, tmp_path)
    with psycopg.connect(make_conninfo(server, dbname=empty)) as admin:
        admin.execute("INSERT INTO organizations (id, name) VALUES (%s, 'A firm')", [firm])
        admin.execute(BEFORE, {"firm": firm})
        kept = admin.execute(ENTRIES).fetchall()

    copy(MIGRATIONS / f"{AUDIT_TRAIL}.sql", tmp_path)
    migrate(migrator, tmp_path)

    with psycopg.connect(make_conninfo(server, dbname=empty)) as admin:
        assert admin.execute(ENTRIES).fetchall() == kept
        months = admin.execute("SELECT count(DISTINCT tableoid) FROM audit_entries").fetchone()
        other = admin.execute("SELECT count(*) FROM partitions.audit_entries_other").fetchone()
        admin.execute("SELECT set_config('app.organization_id', %s, false)", [str(firm)])
        admin.execute("SET ROLE app")
        made = admin.execute(
            """
            INSERT INTO audit_entries (organization_id, entity, action, subject_id, role, detail)
            VALUES (%(firm)s, 'client', 'client.added', %(firm)s, 'owner', '{}')
            RETURNING id
            """,
            {"firm": firm},
        ).fetchone()
    assert (months, other) == ((2,), (0,))
    assert made
    assert made[0] > max(row[0] for row in kept)
