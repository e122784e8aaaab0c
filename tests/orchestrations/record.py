"""Records the histories that test_histories replays: ``python -m tests.orchestrations.record``.

A recording is what an instance that runs in production has behind it. Record anew only for a story
with a new name: one that no longer replays means that the change strands whoever waits.
"""

import asyncio
import json
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, TypeAlias
from uuid import UUID

from azure.durable_functions.models.history import HistoryEventType
from azure.durable_functions.models.utils import http_utils

from local.durable.engine import Engine
from local.durable.functions import DurableFunctions
from local.durable.store import Store
from orchestrations.document_processing import activities
from orchestrations.document_processing.messages import DocumentJob
from orchestrations.document_processing.orchestrator import process_document_v1
from orchestrations.document_processing.starting import STORY
from orchestrations.durable import Step
from shared.documents.models import Classified, DocumentState, Measured, Review
from tests.local.durable.client import Client

HISTORIES = Path(__file__).with_name("histories")
JOB = DocumentJob(organization_id=UUID(int=1), document_id=UUID(int=2), number=1)
SOON, LATER = timedelta(seconds=0.3), timedelta(days=14)

Answers: TypeAlias = dict[str, Any]
Act = Callable[[Client], Awaitable[None]]


def settled(state: DocumentState) -> Answers:
    return {"decide_review": plain(Review(state=state, needs_person=False))}


def asks(remind_after: timedelta, window: timedelta) -> Answers:
    now = datetime.now(UTC)
    review = Review(
        state=DocumentState.NEEDS_REVIEW,
        needs_person=True,
        round=1,
        remind_at=now + remind_after,
        deadline=now + window,
    )
    return {"decide_review": plain(review), "read_decision": DocumentState.ACCEPTED.value}


def refused(code: str) -> Any:
    return {"refused": {"code": code, "detail": "Nobody can read it"}}


def plain(message: Measured | Classified | Review) -> Any:
    return message.model_dump(mode="json")


USUAL: Answers = {
    "measure_document": plain(Measured(is_duplicate=False)),
    "classify_document": plain(Classified(has_fields=True)),
}


async def to_the_end(client: Client) -> None:
    await client.wait(JOB.instance_id)


async def to_the_wait(client: Client) -> None:
    await client.wait_for_event(JOB.instance_id, HistoryEventType.TIMER_CREATED)


async def decided_at_once(client: Client) -> None:
    await to_the_wait(client)
    await client.raise_event(JOB.instance_id, JOB.decision_event)
    await to_the_end(client)


async def decided_after_the_reminder(client: Client) -> None:
    await client.wait_for_event(JOB.instance_id, HistoryEventType.TIMER_FIRED)
    await decided_at_once(client)


STORIES: dict[str, tuple[Answers, Act]] = {
    "accepted": (settled(DocumentState.ACCEPTED), to_the_end),
    "duplicate": ({"measure_document": plain(Measured(is_duplicate=True))}, to_the_end),
    "rejected": (
        settled(DocumentState.REJECTED) | {"read_document": refused("document_encrypted")},
        to_the_end,
    ),
    "failed": ({"read_document": RuntimeError("It breaks every time")}, to_the_end),
    "waiting": (asks(LATER, LATER), to_the_wait),
    "decided": (asks(LATER, LATER), decided_at_once),
    "decided_after_reminder": (asks(SOON, LATER), decided_after_the_reminder),
    "overdue": (asks(SOON, 2 * SOON), to_the_end),
}
STEPS = [step.name for step in vars(activities).values() if isinstance(step, Step)]


def orchestrator() -> Callable[..., Any]:
    """What the host calls at every turn."""
    builder: Any = process_document_v1
    return builder.build().get_user_function()


def functions(answers: Answers) -> DurableFunctions:
    def step(name: str) -> Callable[[Any], Any]:
        def activity(_payload: Any) -> Any:
            answer = answers.get(name)
            if isinstance(answer, Exception):
                raise answer
            return answer

        return activity

    return DurableFunctions(
        orchestrators={STORY: orchestrator()},
        activities={name: step(name) for name in STEPS},
        entities={},
    )


async def record(answers: Answers, act: Act) -> dict[str, Any]:
    with TemporaryDirectory() as folder:
        path = Path(folder, "durable.db")
        engine = Engine(functions(USUAL | answers), path)
        await engine.start()
        client = Client(engine.client_payload())
        await client.start_new(STORY, JOB.instance_id, JOB.model_dump(mode="json"))
        await act(client)
        await engine.stop()
        store = Store(path, lambda _receiver, _due_at: None)
        store.open()
        instance = store.find_instance(JOB.instance_id)
        history = [json.loads(event) for event in store.history(JOB.instance_id)]
        store.close()
    assert instance
    output = None if instance.output is None else json.loads(instance.output)
    return {"output": output, "input": instance.input, "history": history}


async def main() -> None:
    for name, (answers, act) in STORIES.items():
        recorded = await record(answers, act)
        (HISTORIES / f"{name}.json").write_text(json.dumps(recorded, indent=1) + "\n")
    await http_utils._close_session()  # pyright: ignore[reportPrivateUsage]


if __name__ == "__main__":
    asyncio.run(main())
