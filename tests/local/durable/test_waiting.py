"""Timers, events from outside, and both at once."""

import asyncio
import sqlite3
import time
from functools import partial
from pathlib import Path

import aiohttp
import pytest
from azure.durable_functions.models.history import HistoryEventType

from local.durable.engine import Engine
from tests.local.durable import app
from tests.local.durable.app import functions
from tests.local.durable.client import Client, until

FORTNIGHT = 14 * 24 * 3600


async def test_an_event_beats_the_timer_and_the_cancelled_timer_holds_nothing(
    client: Client,
) -> None:
    story = await client.start_new("approval", None, FORTNIGHT)
    await client.raise_event(story, "Approval", {"by": "ann"})

    ended = await client.wait(story)

    assert ended.output == {"approved": '{"by": "ann"}', "type": "str"}


async def test_an_event_posted_to_the_link_arrives_as_an_object(client: Client) -> None:
    story = await client.start_new("approval", None, FORTNIGHT)
    link = client.create_http_management_payload(story)["sendEventPostUri"]
    async with aiohttp.ClientSession() as web:
        await web.post(link.replace("{eventName}", "Approval"), json={"by": "bob"})

    ended = await client.wait(story)

    assert ended.output == {"approved": {"by": "bob"}, "type": "dict"}


async def test_the_timer_beats_an_event_that_does_not_come(client: Client) -> None:
    ended = await client.run("approval", 0.1)

    assert ended.output == {"timeout": True, "escalated": 81}


async def test_one_wait_is_kept_across_a_reminder(client: Client) -> None:
    story = await client.start_new("review", None, [0.05, FORTNIGHT])
    await client.wait_for_event(story, HistoryEventType.TIMER_FIRED)
    await client.raise_event(story, "decided")

    assert (await client.wait(story)).output == {"decided_after": 1}


async def test_silence_ends_in_overdue(client: Client) -> None:
    ended = await client.run("review", [0.03, 0.03])

    assert ended.output == "overdue"


@pytest.mark.filterwarnings("ignore:Potential duplicate Task completion")
async def test_every_event_calls_the_orchestrator_even_if_it_is_not_awaited(
    client: Client,
) -> None:
    story = await client.start_new("counts_calls")
    await client.wait(story, "Running")
    for n in range(1, 4):
        await client.raise_event(story, "unasked")
        await until(partial(_was_called, story, n + 1))
    await client.raise_event(story, "enough")
    await client.wait(story)

    assert app.attempts[(story, "calls")] == 5


@pytest.mark.filterwarnings("ignore:Potential duplicate Task completion")
async def test_early_events_of_one_name_are_mixed_up_by_the_sdk_and_the_log_says_so(
    client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    story = await client.start_new("early_events", "early")
    await client.raise_event(story, "item", "first")
    await client.raise_event(story, "item", "second")
    await client.raise_event(story, "go")

    ended = await client.wait(story)

    assert ended.output == ['"second"', '"second"']
    assert "early: two 'item' events came before the first was awaited" in caplog.text
    assert "SDK issue #507" in caplog.text


async def test_a_story_that_leaves_a_timer_open_runs_until_it_fires(client: Client) -> None:
    story = await client.start_new("leaves_a_timer_open", None, 0.3)
    await client.wait(story, "Running")
    await client.raise_event(story, "x")

    assert (await client.wait(story)).output == "done"
    await client.wait_for_event(story, HistoryEventType.TIMER_FIRED)


async def test_a_cancelled_timer_does_not_fire_in_the_execution_after_its_own(
    client: Client,
) -> None:
    story = await client.start_new("heartbeat", None, [1, 2])
    await client.wait(story, "Running")
    await client.raise_event(story, "beat")

    assert (await client.wait(story)).output == 2
    history = await client.history(story)
    fired = [event for event in history if event["EventType"] == HistoryEventType.TIMER_FIRED]
    created = [event for event in history if event["EventType"] == HistoryEventType.TIMER_CREATED]
    assert [event["FireAt"] for event in fired] == [event["FireAt"] for event in created]


async def test_a_timer_two_weeks_away_survives_a_restart(store_path: Path) -> None:
    first = Engine(functions, store_path)
    await first.start()
    client = Client(first.client_payload())
    story = await client.start_new("approval", "patient", FORTNIGHT)
    await client.wait(story, "Running")
    await first.stop()
    (due_at,) = _query(store_path, "SELECT due_at FROM messages")
    # Two weeks pass while nothing runs.
    _query(store_path, "UPDATE messages SET due_at = due_at - 1209600 RETURNING id")

    second = Engine(functions, store_path)
    await second.start()
    ended = await Client(second.client_payload()).wait(story)
    await second.stop()

    assert due_at > time.time() + FORTNIGHT - 3600
    assert ended.output == {"timeout": True, "escalated": 81}


async def test_a_timer_that_came_due_while_nothing_ran_fires_at_the_start(
    store_path: Path,
) -> None:
    first = Engine(functions, store_path)
    await first.start()
    client = Client(first.client_payload())
    story = await client.start_new("approval", None, 0.2)
    await client.wait(story, "Running")
    await first.stop()
    await asyncio.sleep(0.25)

    second = Engine(functions, store_path)
    await second.start()
    ended = await Client(second.client_payload()).wait(story)
    await second.stop()

    assert ended.output == {"timeout": True, "escalated": 81}


async def _was_called(instance_id: str, times: int) -> bool:
    return app.attempts[(instance_id, "calls")] >= times


def _query(path: Path, statement: str) -> tuple[float, ...]:
    database = sqlite3.connect(path)
    try:
        row = database.execute(statement).fetchone()
        database.commit()
        return row
    finally:
        database.close()
