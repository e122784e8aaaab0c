import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from azure.durable_functions import OrchestrationRuntimeStatus

from local.durable.engine import Engine
from tests.local.durable.app import functions
from tests.local.durable.client import Client


async def test_a_chain_repeats_the_steps_that_fail(client: Client) -> None:
    ended = await client.run("chain", {"fail": {"1": 1, "3": 2}})

    assert [done["attempts"] for done in ended.output] == [1, 2, 1, 3, 1]
    assert ended.custom_status == {"at": 4}


async def test_fifty_activities_fan_out_and_in(client: Client) -> None:
    ended = await client.run("fan_out", 50)

    assert ended.output == sum(n * n for n in range(50))


async def test_retries_interleave_in_a_fan_out(client: Client) -> None:
    ended = await client.run("fan_out_with_retries", 40)

    assert ended.output == [[n % 4 + 1 for n in range(40)], 1600]


async def test_an_activity_that_fails_to_the_last_attempt_fails_the_story(client: Client) -> None:
    ended = await client.run("failing")

    assert ended.runtime_status == OrchestrationRuntimeStatus.Failed
    assert "Activity function 'step' failed: ValueError: attempt 2 fails" in ended.output


async def test_an_unknown_activity_is_named_in_the_failure(client: Client) -> None:
    ended = await client.run("calls_unknown_activity")

    assert "The activity function 'no_such_activity' does not exist" in ended.output


async def test_a_result_that_is_not_json_is_a_failure(client: Client) -> None:
    ended = await client.run("calls_unserialisable")

    assert "must be json serializable" in ended.output


async def test_call_http_hands_back_status_and_text(client: Client) -> None:
    await client.run("plain_chain", 1, "looked-up")
    address = client.create_http_management_payload("looked-up")["statusQueryGetUri"]

    ended = await client.run("web", address)

    assert ended.output[0] == 200
    assert "looked-up" in ended.output[1]


class TestInvoke:
    """What the host wraps round each activity."""

    async def test_it_sees_every_call_and_its_name(self, store_path: Path) -> None:
        seen: list[str] = []

        async def invoke(name: str, call: Callable[[], Awaitable[Any]]) -> Any:
            seen.append(name)
            return await call()

        engine = Engine(functions, store_path, invoke=invoke)
        await engine.start()
        ended = await Client(engine.client_payload()).run("plain_chain", 3)
        await engine.stop()

        assert ended.output == 5
        assert seen == ["square", "square", "square"]

    @pytest.mark.parametrize("error", [TimeoutError("too slow"), asyncio.CancelledError()])
    async def test_what_it_raises_fails_the_activity(
        self, store_path: Path, error: BaseException
    ) -> None:
        async def invoke(_name: str, _call: Callable[[], Awaitable[Any]]) -> Any:
            raise error

        engine = Engine(functions, store_path, invoke=invoke)
        await engine.start()
        ended = await Client(engine.client_payload()).run("plain_chain", 3)
        await engine.stop()

        assert "Activity function 'square' failed" in ended.output

    async def test_no_more_activities_run_at_once_than_allowed(self, store_path: Path) -> None:
        at_once = most = 0

        async def invoke(_name: str, call: Callable[[], Awaitable[Any]]) -> Any:
            nonlocal at_once, most
            at_once += 1
            most = max(most, at_once)
            await asyncio.sleep(0.002)
            at_once -= 1
            return await call()

        engine = Engine(functions, store_path, invoke=invoke, max_activities=3)
        await engine.start()
        await Client(engine.client_payload()).run("fan_out", 20)
        await engine.stop()

        assert most == 3


async def test_plain_activities_leave_the_event_loop_free(client: Client, tmp_path: Path) -> None:
    gate = tmp_path / "gate"
    story = await client.start_new("chain", None, {"steps": 1, "gates": {"0": str(gate)}})
    await client.wait_for_custom_status(story, {"at": 0})

    assert await client.state(story) == "Running"
    gate.touch()
    assert (await client.wait(story)).output == [{"n": 0, "attempts": 1}]
