"""Durable functions of an app, run by the local engine through the host."""

from collections.abc import AsyncGenerator
from typing import Any

import pytest
import pytest_asyncio

from tests.local.functions_host.hosting import NO_STORAGE, Hosted, hosted


@pytest_asyncio.fixture(scope="module")
async def app(tmp_path_factory: pytest.TempPathFactory) -> AsyncGenerator[Hosted]:
    state = tmp_path_factory.mktemp("state")
    async with hosted("documents", state, DOCUMENTS_STORAGE=NO_STORAGE) as host:
        yield host


async def outcome(app: Hosted, instance: str) -> dict[str, Any]:
    latest: dict[str, Any] = {}

    async def ended() -> bool:
        latest.update((await app.http.get(f"/api/outcome/{instance}")).json())
        return "Running" not in latest["status"] and "Pending" not in latest["status"]

    while not await ended():
        pass
    return latest


async def test_a_bound_client_starts_an_orchestration_and_its_activities_run(app: Hosted) -> None:
    started = await app.http.post("/api/start", json=[1, 2, 3])

    ended = await outcome(app, started.text)

    assert ended == {"status": "OrchestrationRuntimeStatus.Completed", "output": 12}


async def test_activities_have_a_log_line_each_and_may_ask_for_the_context(
    app: Hosted, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    started = await app.http.post("/api/start", json=[7])
    await outcome(app, started.text)

    assert ("double", 7, "double") in app.app.seen
    assert "function=double outcome=succeeded" in caplog.text
    assert "function=add outcome=succeeded" in caplog.text


async def test_an_activity_that_fails_is_logged_and_fails_its_orchestration(
    app: Hosted, caplog: pytest.LogCaptureFixture
) -> None:
    started = await app.http.post("/api/start", json=[None])

    ended = await outcome(app, started.text)

    assert ended["status"] == "OrchestrationRuntimeStatus.Failed"
    assert "function=double outcome=failed" in caplog.text
    assert "TypeError" in caplog.text
