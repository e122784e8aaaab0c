"""An engine of its own for each test, and a client bound to it."""

import warnings
from collections.abc import AsyncGenerator
from pathlib import Path

import pytest
from azure.durable_functions.models.utils import http_utils
from azure.functions._durable_functions import df_loads

from local.durable.engine import Engine
from tests.local.durable.app import functions
from tests.local.durable.client import Client


@pytest.fixture(scope="session", autouse=True)
async def _sdk_session() -> AsyncGenerator[None]:
    """The SDK keeps one HTTP session a process, and says some things once."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        df_loads("null")
        await http_utils._get_session()  # pyright: ignore[reportPrivateUsage]
    yield
    await http_utils._close_session()  # pyright: ignore[reportPrivateUsage]


@pytest.fixture
def store_path(tmp_path: Path) -> Path:
    return tmp_path / "durable.db"


@pytest.fixture
async def engine(store_path: Path) -> AsyncGenerator[Engine]:
    engine = Engine(functions, store_path)
    await engine.start()
    yield engine
    await engine.stop()


@pytest.fixture
def client(engine: Engine) -> Client:
    return Client(engine.client_payload())
