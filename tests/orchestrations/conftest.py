"""The story's own code in a real engine, with steps whose answers a test gives."""

import warnings
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
from azure.durable_functions.models.utils import http_utils
from azure.functions._durable_functions import df_loads

from local.durable.engine import Engine
from tests.local.durable.client import Client
from tests.orchestrations.record import USUAL, Answers, functions

Host = Callable[[Answers], Awaitable[Client]]


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
async def host(tmp_path: Path) -> AsyncGenerator[Host]:
    """Start an engine whose steps give these answers; its client comes back."""
    async with AsyncExitStack() as stack:

        async def start(answers: Answers) -> Client:
            engine = Engine(functions(USUAL | answers), tmp_path / "durable.db")
            await engine.start()
            stack.push_async_callback(engine.stop)
            return Client(engine.client_payload())

        yield start
