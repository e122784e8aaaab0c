import asyncio
from collections.abc import Generator
from pathlib import Path

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict
from psycopg.errors import DivisionByZero, InsufficientPrivilege
from psycopg.sql import SQL, Identifier

from shared.platform.migrate import MIGRATIONS, migrate
from tests.conftest import WORKER, login

ALL = [path.stem for path in sorted(MIGRATIONS.glob("*.sql"))]


@pytest.fixture
def empty(server: str, template: str) -> Generator[str]:
    """An empty database of the migrator's; the roles are there already."""
    name = f"advisoros_migrate_{WORKER}"
    with psycopg.connect(server, autocommit=True) as admin:
        admin.execute(SQL("CREATE DATABASE {} OWNER migrator").format(Identifier(name)))
        yield login(server, "migrator", name)
        admin.execute(SQL("DROP DATABASE {} WITH (FORCE)").format(Identifier(name)))


def tables(database_url: str) -> set[str]:
    with psycopg.connect(database_url) as conn:
        return {name for (name,) in conn.execute("SELECT tablename FROM pg_tables")}


def test_runs_every_file_once_and_in_order(empty: str) -> None:
    assert migrate(empty) == ALL
    assert {"organizations", "documents"} <= tables(empty)
    assert migrate(empty) == []


async def test_two_deployments_at_once_wait_for_each_other(empty: str) -> None:
    done = await asyncio.gather(*(asyncio.to_thread(migrate, empty) for _ in range(2)))

    assert sorted(done) == [[], ALL]


def test_a_file_that_fails_leaves_nothing_behind(empty: str, tmp_path: Path) -> None:
    (tmp_path / "0001_good.sql").write_text("CREATE TABLE good (id int);")
    (tmp_path / "0002_bad.sql").write_text("CREATE TABLE half (id int); SELECT 1/0;")

    with pytest.raises(DivisionByZero):
        migrate(empty, tmp_path)

    assert "good" in tables(empty)
    assert "half" not in tables(empty)
    (tmp_path / "0002_bad.sql").write_text("CREATE TABLE half (id int);")
    assert migrate(empty, tmp_path) == ["0002_bad"]


def test_the_app_cannot_migrate(server: str, database: str) -> None:
    name = str(conninfo_to_dict(database)["dbname"])

    with pytest.raises(InsufficientPrivilege):
        migrate(login(server, "app", name))
