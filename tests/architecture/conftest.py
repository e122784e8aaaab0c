from collections.abc import Iterator

import psycopg
import pytest
from psycopg.conninfo import make_conninfo
from psycopg.sql import SQL, Identifier

from tests.conftest import WORKER


@pytest.fixture(scope="module")
def own_database(server: str, template: str) -> Iterator[str]:
    """A database nobody else uses, for rows that would disturb others; as its administrator."""
    name = f"advisoros_own_{WORKER}"
    with psycopg.connect(server, autocommit=True) as admin:
        admin.execute("SELECT pg_advisory_lock(hashtext('template'))")
        admin.execute(
            SQL("CREATE DATABASE {} TEMPLATE {}").format(Identifier(name), Identifier(template))
        )
        admin.execute("SELECT pg_advisory_unlock(hashtext('template'))")
        yield make_conninfo(server, dbname=name)
        admin.execute(SQL("DROP DATABASE {} WITH (FORCE)").format(Identifier(name)))
