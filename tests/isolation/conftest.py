from collections.abc import Iterator

import psycopg
import pytest

from tests.isolation.rows import Rows
from tests.isolation.world import World, make_world
from tests.make import identity as make


@pytest.fixture(scope="session")
async def world(storage: None) -> World:
    return await make_world(await make.firm())


@pytest.fixture(scope="session")
def rows(database: str) -> Iterator[Rows]:
    """Every firm's rows, as the database's administrator."""
    with psycopg.connect(database, autocommit=True) as admin:
        yield Rows(admin)
