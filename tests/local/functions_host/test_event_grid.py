"""Event Grid's side: every event is delivered, at least once, or set aside where it is seen."""

import asyncio
import json
import sqlite3
from collections.abc import Generator, Sequence
from pathlib import Path

import pytest

from local.functions_host.blob_storage import ListedBlob
from local.functions_host.event_grid import EventGrid
from local.functions_host.memory import DeadLetter, Memory
from tests.local.functions_host.hosting import until

BLOB = ListedBlob("firm/a", "0x1")


class Webhook:
    """Answers as it is told; the last answer goes on for ever."""

    def __init__(self, *statuses: int) -> None:
        self.statuses = list(statuses)
        self.events: list[dict[str, str]] = []

    async def __call__(self, function: str, body: bytes) -> int:
        assert function == "on_client"
        self.events += json.loads(body)
        return self.statuses.pop(0) if len(self.statuses) > 1 else self.statuses[0]


@pytest.fixture
def memory(tmp_path: Path) -> Generator[Memory]:
    memory = Memory(tmp_path / "host.sqlite")
    yield memory
    memory.close()


async def published(webhook: Webhook, memory: Memory, pauses: Sequence[float]) -> None:
    """Return when the event is delivered or given up."""
    grid = EventGrid(webhook, memory, pauses=pauses)
    grid.publish("on_client", "uploads", BLOB)
    await until(lambda: memory.known_blobs("on_client"))
    await grid.stop()


async def test_an_event_tells_which_blob_was_created(memory: Memory) -> None:
    webhook = Webhook(202)
    await published(webhook, memory, [])

    (event,) = webhook.events
    assert event["eventType"] == "Microsoft.Storage.BlobCreated"
    assert event["subject"] == "/blobServices/default/containers/uploads/blobs/firm/a"
    assert memory.known_blobs("on_client") == {"uploads/firm/a": "0x1"}


async def test_it_is_delivered_again_until_it_is_taken(memory: Memory) -> None:
    webhook = Webhook(500, 503, 429, 202)
    await published(webhook, memory, [0.0] * 5)

    assert len(webhook.events) == 4
    assert len({event["id"] for event in webhook.events}) == 1
    assert memory.dead_letters() == []


async def test_a_webhook_that_breaks_is_called_again(memory: Memory) -> None:
    class FullForAMoment(Webhook):
        async def __call__(self, function: str, body: bytes) -> int:
            if await super().__call__(function, body) == 500:
                raise sqlite3.OperationalError("database or disk is full")
            return 202

    webhook = FullForAMoment(500, 202)
    await published(webhook, memory, [0.0] * 5)

    assert len(webhook.events) == 2
    assert memory.known_blobs("on_client") == {"uploads/firm/a": "0x1"}
    assert memory.dead_letters() == []


async def test_what_is_never_taken_becomes_a_dead_letter(memory: Memory) -> None:
    webhook = Webhook(503)
    await published(webhook, memory, [0.0] * 2)

    assert len(webhook.events) == 3
    assert memory.dead_letters() == [
        DeadLetter("on_client", "uploads/firm/a", "not delivered in 3 tries")
    ]


@pytest.mark.parametrize("status", [400, 401, 403, 413])
async def test_what_another_try_would_not_change_is_tried_once(memory: Memory, status: int) -> None:
    webhook = Webhook(status)
    await published(webhook, memory, [0.0] * 5)

    assert len(webhook.events) == 1
    assert memory.dead_letters() == [
        DeadLetter("on_client", "uploads/firm/a", f"answered with {status}")
    ]


async def test_a_stop_leaves_an_undelivered_event_for_the_next_start(memory: Memory) -> None:
    webhook = Webhook(503)
    grid = EventGrid(webhook, memory, pauses=[3600])
    grid.publish("on_client", "uploads", BLOB)
    await until(lambda: webhook.events)

    await asyncio.wait_for(grid.stop(), 30)

    assert memory.known_blobs("on_client") == {}
    assert memory.dead_letters() == []
