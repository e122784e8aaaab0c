"""The HTTP side: who is let in, and what callers without the SDK get."""

import json
from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Any

import aiohttp
import azure.functions as func
import psutil
import pytest

from local.durable.engine import Engine
from tests.local.durable.app import functions
from tests.local.durable.client import Client


@pytest.fixture
async def web() -> AsyncGenerator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


@pytest.fixture
def binding(engine: Engine) -> dict[str, Any]:
    return json.loads(engine.client_payload())


class TestKey:
    @pytest.mark.parametrize(
        ("method", "path"),
        [
            ("GET", "/instances/x"),
            ("GET", "/instances/"),
            ("DELETE", "/instances/"),
            ("POST", "/orchestrators/forever"),
            ("POST", "/instances/x/terminate"),
            ("GET", "/entities/counter/k"),
            ("GET", "/no/such/route"),
        ],
    )
    @pytest.mark.parametrize(
        "root", ["/durabletask/guessed", "/runtime/webhooks/durabletask", "/durabletask"]
    )
    async def test_without_it_nothing_answers(
        self, engine: Engine, web: aiohttp.ClientSession, method: str, path: str, root: str
    ) -> None:
        for query in ("", "?code=", "?code=guessed"):
            address = f"http://127.0.0.1:{engine.port}{root}{path}{query}"
            async with web.request(method, address) as answer:
                assert answer.status == 401

    async def test_it_is_new_at_every_start(self, engine: Engine, tmp_path: Path) -> None:
        other = Engine(functions, tmp_path / "other.db")
        await other.start()
        payloads = [json.loads(e.client_payload()) for e in (engine, other)]
        await other.stop()

        keys = {payload["requiredQueryStringParameters"] for payload in payloads}
        assert len(keys) == 2

    async def test_it_is_not_written_to_the_log(
        self, client: Client, binding: dict[str, Any], caplog: pytest.LogCaptureFixture
    ) -> None:
        caplog.set_level("DEBUG")
        await client.run("plain_chain", 1)

        key = binding["requiredQueryStringParameters"].removeprefix("code=")
        assert key not in caplog.text


async def test_it_listens_on_the_loopback_address_only(engine: Engine) -> None:
    listening = {
        connection.laddr.ip
        for connection in psutil.Process().net_connections("inet")
        if connection.laddr and connection.laddr.port == engine.port
    }

    assert listening == {"127.0.0.1"}


async def test_the_port_can_be_chosen(store_path: Path) -> None:
    engine = Engine(functions, store_path)
    await engine.start(18101)
    client = Client(engine.client_payload())
    ended = await client.run("plain_chain", 1)
    await engine.stop()

    assert engine.port == 18101
    assert ended.output == 0


async def test_a_story_is_started_and_followed_by_links_alone(
    client: Client, binding: dict[str, Any], web: aiohttp.ClientSession
) -> None:
    create = binding["creationUrls"]["createNewInstancePostUri"]
    address = create.replace("{functionName}[/{instanceId}]", "counter_loop/linked")
    async with web.post(address, json={"n": 1, "sum": 0, "until": 1}) as answer:
        started = await answer.json()
    await client.wait("linked")
    async with web.get(started["statusQueryGetUri"]) as answer:
        status = await answer.json()

    assert started["id"] == "linked"
    assert status["output"] == 1
    assert status["input"] == '{"n": 1, "sum": 0, "until": 1}'


async def test_the_starters_answer_carries_the_callers_origin(client: Client) -> None:
    request = func.HttpRequest("POST", "http://localhost:7071/api/start", body=b"")
    quick = await client.start_new("fan_out", None, 3)
    slow = await client.start_new("forever")

    done = await client.wait_for_completion_or_create_check_status_response(
        request, quick, 5000, 20
    )
    waiting = await client.wait_for_completion_or_create_check_status_response(
        request, slow, 50, 20
    )

    assert (done.status_code, json.loads(done.get_body())) == (200, 5)
    assert waiting.status_code == 202
    link = json.loads(waiting.get_body())["statusQueryGetUri"]
    assert link.startswith("http://localhost:7071/runtime/webhooks/durabletask/instances/")


class TestBadRequests:
    async def test_a_start_that_is_not_json(
        self, binding: dict[str, Any], web: aiohttp.ClientSession
    ) -> None:
        async with web.post(f"{binding['rpcBaseUrl']}orchestrators/forever", data="{") as answer:
            assert answer.status == 400

    @pytest.mark.parametrize(
        ("kind", "body"), [("text/plain", "1"), ("application/json", "{"), ("text/plain", "")]
    )
    async def test_an_event_that_is_not_json(
        self, client: Client, web: aiohttp.ClientSession, kind: str, body: str
    ) -> None:
        story = await client.start_new("forever")
        link = client.create_http_management_payload(story)["sendEventPostUri"]
        headers = {"Content-Type": kind}
        async with web.post(
            link.replace("{eventName}", "never"), data=body, headers=headers
        ) as answer:
            assert answer.status == 400

    @pytest.mark.parametrize("method", ["GET", "DELETE"])
    async def test_a_moment_that_is_none(
        self, binding: dict[str, Any], web: aiohttp.ClientSession, method: str
    ) -> None:
        address = f"{binding['rpcBaseUrl']}instances/?createdTimeFrom=yesterday"
        async with web.request(method, address) as answer:
            assert answer.status == 400

    async def test_purging_all_of_time(
        self, binding: dict[str, Any], web: aiohttp.ClientSession
    ) -> None:
        async with web.delete(f"{binding['rpcBaseUrl']}instances/") as answer:
            assert answer.status == 400
