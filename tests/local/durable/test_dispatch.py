import asyncio
import json
import time
from dataclasses import replace
from pathlib import Path

from azure.durable_functions import OrchestrationRuntimeStatus

from local.durable.dispatch import Clock, Dispatcher
from local.durable.engine import Engine
from local.durable.store import Store
from tests.local.durable.app import functions
from tests.local.durable.client import Client


class Diary(Store):
    """A store of which only the times of its messages are known."""

    rounds = 0
    due: float | None = None

    def receivers_due(self, now: float) -> list[str]:
        self.rounds += 1
        if self.due is None or self.due > now:
            return []
        self.due = None
        return ["a"]

    def next_due(self, now: float) -> float | None:
        return self.due if self.due and self.due > now else None


def _never_given_up(instance_id: str, error: Exception) -> None:
    raise AssertionError(instance_id) from error


async def test_an_instance_has_one_turn_at_a_time_and_misses_no_kick() -> None:
    entered = asyncio.Event()
    leave = asyncio.Event()
    at_once: list[int] = []
    inside = 0

    async def turn(_instance_id: str) -> None:
        nonlocal inside
        inside += 1
        at_once.append(inside)
        entered.set()
        await leave.wait()
        inside -= 1

    dispatcher = Dispatcher(turn, _never_given_up, limit=4)
    dispatcher.kick("a")
    await entered.wait()
    dispatcher.kick("a")
    dispatcher.kick("a")
    leave.set()
    await asyncio.sleep(0)
    await dispatcher.stop()
    turns_before_stop = len(at_once)

    assert max(at_once) == 1
    assert turns_before_stop == 2


async def test_no_more_instances_have_a_turn_than_allowed() -> None:
    inside = most = 0

    async def turn(_instance_id: str) -> None:
        nonlocal inside, most
        inside += 1
        most = max(most, inside)
        await asyncio.sleep(0.001)
        inside -= 1

    dispatcher = Dispatcher(turn, _never_given_up, limit=3)
    for n in range(10):
        dispatcher.kick(str(n))
    await asyncio.sleep(0.1)
    await dispatcher.stop()

    assert most == 3


async def test_a_turn_that_keeps_failing_is_given_up_and_the_others_go_on(
    store_path: Path,
) -> None:
    def nonsense(_context: object) -> str:
        timer = {"actionType": 5, "fireAt": "some day", "isCanceled": False}
        return json.dumps({"isDone": False, "actions": [[timer]]})

    odd = replace(functions, orchestrators={**functions.orchestrators, "nonsense": nonsense})
    engine = Engine(odd, store_path)
    await engine.start()
    client = Client(engine.client_payload())
    story = await client.start_new("nonsense")
    sound = await client.run("plain_chain", 2)
    ended = await client.wait(story)
    await engine.stop()

    assert sound.output == 1
    assert ended.runtime_status == OrchestrationRuntimeStatus.Failed
    assert "The engine cannot run it" in ended.output


class TestClock:
    async def test_it_sleeps_until_something_is_due(self, store_path: Path) -> None:
        diary = Diary(store_path, lambda _receiver, _due: None)
        diary.due = time.time() + 14 * 24 * 3600
        ticking = asyncio.create_task(Clock(diary, lambda _receiver: None).run())
        await asyncio.sleep(0.3)
        ticking.cancel()

        assert diary.rounds == 1

    async def test_a_nearer_message_wakes_it(self, store_path: Path) -> None:
        diary = Diary(store_path, lambda _receiver, _due: None)
        kicked = asyncio.Event()
        clock = Clock(diary, lambda _receiver: kicked.set())
        ticking = asyncio.create_task(clock.run())
        await asyncio.sleep(0)
        diary.due = time.time() + 0.05
        clock.expect(diary.due)
        async with asyncio.timeout(10):
            await kicked.wait()
        ticking.cancel()

        assert diary.rounds == 3

    async def test_a_later_message_does_not(self, store_path: Path) -> None:
        diary = Diary(store_path, lambda _receiver, _due: None)
        clock = Clock(diary, lambda _receiver: None)
        ticking = asyncio.create_task(clock.run())
        await asyncio.sleep(0)
        clock.expect(time.time() + 3600)
        await asyncio.sleep(0.05)
        ticking.cancel()

        assert diary.rounds == 1
