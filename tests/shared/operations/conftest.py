"""Work that counts to a number, and may die, refuse or be repeated on the way."""

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID, uuid4

import pytest

from shared.operations import operations, running
from shared.operations.models import Job, Operation, Progress, Work
from shared.platform.actor import Actor
from shared.platform.db import transaction

Ask = Callable[..., Awaitable[UUID]]
KIND = "counting"


async def count(_actor: Actor, job: Job) -> Progress:
    """Counts one further at each step, to what its input says."""
    done, total = job.done + 1, job.input["to"]
    if done < total:
        return Progress(done=done, total=total, cursor={"counted": done})
    return Progress(done=done, total=total, result={"counted": done})


KNOWN: dict[str, Work] = {KIND: count}


async def ask(actor: Actor, to: int = 3, **given: Any) -> UUID:
    async with transaction(actor) as tx:
        operation = await operations.request_operation(tx, uuid4(), KIND, {"to": to} | given)
    return operation.id


async def see(actor: Actor, operation_id: UUID) -> Operation:
    return await operations.get_operation(actor, operation_id)


@pytest.fixture
def one_step_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(running, "AT_ONCE", 0.0)
