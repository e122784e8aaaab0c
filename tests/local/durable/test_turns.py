"""What happens to an instance while its code runs, and in which order it is told."""

import asyncio
import threading
from collections.abc import AsyncGenerator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from azure.durable_functions.models.history import HistoryEventType

from local.durable.engine import Engine
from local.durable.records import Message
from local.durable.turns import batch_of
from tests.local.durable.app import functions
from tests.local.durable.client import Client, until


class Gated:
    """An orchestrator whose code does not begin while the gate is closed."""

    def __init__(self, name: str) -> None:
        self._handle = functions.orchestrators[name]
        self._is_open = threading.Event()
        self._is_open.set()
        self._has_come = threading.Event()

    def __call__(self, context: Any) -> str:
        self._has_come.set()
        assert self._is_open.wait(20)
        return self._handle(context)

    def close(self) -> None:
        self._has_come.clear()
        self._is_open.clear()

    async def arrival(self) -> None:
        assert await asyncio.to_thread(self._has_come.wait, 20)

    def open(self) -> None:
        self._is_open.set()


@pytest.fixture
def chain() -> Gated:
    return Gated("plain_chain")


@pytest.fixture
def mailbox() -> Gated:
    return Gated("mailbox")


@pytest.fixture
async def engine(store_path: Path, chain: Gated, mailbox: Gated) -> AsyncGenerator[Engine]:
    orchestrators = {**functions.orchestrators, "plain_chain": chain, "mailbox": mailbox}
    engine = Engine(replace(functions, orchestrators=orchestrators), store_path)
    await engine.start()
    yield engine
    chain.open()
    mailbox.open()
    await engine.stop()


class TestWhileItsCodeRuns:
    async def test_the_host_answers(self, client: Client, chain: Gated) -> None:
        chain.close()
        story = await client.start_new("plain_chain", None, 1)
        await chain.arrival()

        assert await client.state(story) == "Pending"

    async def test_a_terminated_story_stays_terminated(self, client: Client, chain: Gated) -> None:
        chain.close()
        story = await client.start_new("plain_chain", "halted", 0)
        await chain.arrival()
        await client.terminate(story, "halt")
        chain.open()
        await client.run("plain_chain", 1)

        assert await client.state(story) == "Terminated"

    async def test_a_suspended_story_stays_suspended(self, client: Client, chain: Gated) -> None:
        chain.close()
        story = await client.start_new("plain_chain", None, 2)
        await chain.arrival()
        await client.suspend(story, "wait")
        chain.open()
        await client.run("plain_chain", 1)

        assert await client.state(story) == "Suspended"
        await client.resume(story, "go on")
        assert (await client.wait(story)).output == 1

    async def test_an_event_waits_for_the_execution_that_continues_as_new(
        self, client: Client, mailbox: Gated
    ) -> None:
        story = await client.start_new("mailbox", None, [])
        await client.wait_for_custom_status(story, "read 0")
        mailbox.close()
        await client.raise_event(story, "mail-0", 0)
        await mailbox.arrival()
        await client.raise_event(story, "mail-1", 1)
        mailbox.open()
        await client.wait_for_custom_status(story, "read 2")
        await client.raise_event(story, "mail-2", 2)

        assert (await client.wait(story)).output == ["0", "1", "2"]


@pytest.mark.parametrize("as_child", [False, True])
async def test_a_failure_that_will_be_retried_is_not_told_after_other_news(
    engine: Engine, client: Client, tmp_path: Path, *, as_child: bool
) -> None:
    """The SDK and the engine would give the same ids to different tasks."""
    gates = [tmp_path / "quick", tmp_path / "retried"]
    given = {"gates": [str(gate) for gate in gates], "as_child": as_child, "retry_ms": 10}
    story = await client.start_new("works_beside_a_retry", None, given)
    await client.wait(story, "Running")
    await client.suspend(story, "both will have ended")
    for ended, gate in enumerate(gates, start=1):
        gate.touch()
        await until(lambda wanted=ended: _has_messages(engine, story, wanted))
    await client.resume(story, "go on")

    assert (await client.wait(story)).output == [2, 25]


async def test_nor_is_the_timer_of_a_retry(engine: Engine, client: Client, tmp_path: Path) -> None:
    gates = [tmp_path / "quick", tmp_path / "retried"]
    given = {"gates": [str(gate) for gate in gates], "as_child": False, "retry_ms": 1500}
    story = await client.start_new("works_beside_a_retry", None, given)
    gates[1].touch()
    await client.wait_for_event(story, HistoryEventType.TIMER_CREATED)
    await client.suspend(story, "both will be due")
    gates[0].touch()
    await until(lambda: _has_messages(engine, story, 2))
    await client.resume(story, "go on")

    assert (await client.wait(story)).output == [2, 25]


def test_a_batch_ends_before_a_message_that_leads() -> None:
    news = [_message(1), _message(2), _message(3, leads=True), _message(4)]

    assert batch_of(news) == news[:2]
    assert batch_of(news[2:]) == news[2:]


async def _has_messages(engine: Engine, instance_id: str, count: int) -> bool:
    store = engine._store  # pyright: ignore[reportPrivateUsage]
    return len(store.due_messages(instance_id)) == count


def _message(number: int, *, leads: bool = False) -> Message:
    return Message(number, "story", None, 0.0, leads, "{}")
