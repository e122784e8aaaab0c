"""Records the histories of run_operation_v1: ``python -m tests.orchestrations.record_operation``.

As ``record`` does for documents; record anew only for a story with a new name.
"""

import asyncio
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from uuid import UUID

from azure.durable_functions.models.utils import http_utils

from local.durable.engine import Engine
from local.durable.functions import DurableFunctions
from local.durable.store import Store
from orchestrations.operation.messages import OperationJob
from orchestrations.operation.orchestrator import run_operation_v1
from orchestrations.operation.starting import STORY
from tests.local.durable.client import Client

HISTORIES = Path(__file__).with_name("histories") / "operation"
JOB = OperationJob(organization_id=UUID(int=1), operation_id=UUID(int=2))
MORE, ENOUGH = {"is_unfinished": True}, {"is_unfinished": False}

STORIES: dict[str, list[Any]] = {
    "ended": [ENOUGH],
    "ended_after_a_while": [MORE, MORE, ENOUGH],
    "refused": [MORE, {"refused": {"code": "too_many_rows", "detail": "Too many"}}],
    "broke_off": [RuntimeError("It breaks every time")],
}


def orchestrator() -> Callable[..., Any]:
    """What the host calls at every turn."""
    builder: Any = run_operation_v1
    return builder.build().get_user_function()


def functions(answers: list[Any]) -> DurableFunctions:
    """The last answer is given as often as it is asked for."""
    left: Iterator[Any] = iter(answers[:-1])

    def advance(_payload: Any) -> Any:
        answer = next(left, answers[-1])
        if isinstance(answer, Exception):
            raise answer
        return answer

    def fail(_payload: Any) -> None:
        return None

    return DurableFunctions(
        orchestrators={STORY: orchestrator()},
        activities={"advance_operation": advance, "fail_operation": fail},
        entities={},
    )


async def record(answers: list[Any]) -> dict[str, Any]:
    with TemporaryDirectory() as folder:
        path = Path(folder, "durable.db")
        engine = Engine(functions(answers), path)
        await engine.start()
        client = Client(engine.client_payload())
        await client.start_new(STORY, JOB.instance_id, JOB.model_dump(mode="json"))
        await client.wait(JOB.instance_id)
        await engine.stop()
        store = Store(path, lambda _receiver, _due_at: None)
        store.open()
        instance = store.find_instance(JOB.instance_id)
        history = [json.loads(event) for event in store.history(JOB.instance_id)]
        store.close()
    assert instance
    assert instance.output
    return {"output": json.loads(instance.output), "input": instance.input, "history": history}


async def main() -> None:
    for name, answers in STORIES.items():
        recorded = await record(answers)
        (HISTORIES / f"{name}.json").write_text(json.dumps(recorded, indent=1) + "\n")
    await http_utils._close_session()  # pyright: ignore[reportPrivateUsage]


if __name__ == "__main__":
    asyncio.run(main())
