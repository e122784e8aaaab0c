"""Requests under Microsoft's worker: what holds for ours must hold for it."""

from collections.abc import AsyncGenerator

import pytest
import pytest_asyncio

from tests.local.functions_host import test_http_trigger
from tests.local.functions_host.hosting import Hosted, hosted


@pytest_asyncio.fixture(scope="module")
async def web(tmp_path_factory: pytest.TempPathFactory) -> AsyncGenerator[Hosted]:
    async with hosted("web", tmp_path_factory.mktemp("state"), engine="microsoft") as host:
        yield host


class TestRequest(test_http_trigger.TestRequest):
    pass


class TestAnswer(test_http_trigger.TestAnswer):
    pass
