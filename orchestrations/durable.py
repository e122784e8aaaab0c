"""Typed steps over Durable Functions; the only file that knows their API.

Only plain JSON crosses the boundary, so a class can be renamed while instances
that started before the rename are still waiting for a review.
"""

from collections.abc import Awaitable, Callable, Generator
from dataclasses import dataclass
from typing import Any, Generic, TypeAlias, TypeVar, get_type_hints

from azure.durable_functions import (
    Blueprint,
    DurableOrchestrationClient,
    DurableOrchestrationContext,
    OrchestrationRuntimeStatus,
    RetryOptions,
)
from pydantic import TypeAdapter

from shared.platform.errors import AppError
from shared.platform.redaction import redact

In = TypeVar("In")
Out = TypeVar("Out")

Steps: TypeAlias = Generator[Any, Any, Out]

ENDED = frozenset(
    {
        OrchestrationRuntimeStatus.Completed,
        OrchestrationRuntimeStatus.Failed,
        OrchestrationRuntimeStatus.Terminated,
        OrchestrationRuntimeStatus.Canceled,
    }
)

RETRY = RetryOptions(first_retry_interval_in_milliseconds=5_000, max_number_of_attempts=4)


class StepFailed(Exception):
    """A step went on failing after all its retries; what it said is in the log, not here."""

    code = "processing_failed"


class StepBroke(Exception):
    """An error nobody expected, as far as it may be told."""


class Refused(Exception):
    """A step said no, and asking again will not change the answer."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(detail)
        self.code = code
        self.detail = detail


@dataclass(frozen=True, slots=True)
class Step(Generic[In, Out]):
    """An activity: calling it runs it here, ``call`` runs it durably."""

    function: Callable[[In], Awaitable[Out]]
    takes: TypeAdapter[In]
    gives: TypeAdapter[Out]

    @property
    def name(self) -> str:
        return self.function.__name__

    def __call__(self, value: In) -> Awaitable[Out]:
        return self.function(value)


def step(bp: Blueprint) -> Callable[[Callable[[In], Awaitable[Out]]], Step[In, Out]]:
    """Register an activity.

    Durable's retries cannot tell one error from another. So an error that no retry
    will mend is an answer, ``refused``, and only the others leave the activity.
    """

    def register(function: Callable[[In], Awaitable[Out]]) -> Step[In, Out]:
        hints = get_type_hints(function)
        gives: TypeAdapter[Out] = TypeAdapter(hints.pop("return"))
        (takes,) = hints.values()
        made = Step(function, TypeAdapter[In](takes), gives)

        @bp.function_name(made.name)
        @bp.activity_trigger(input_name="payload")
        async def activity(payload: Any) -> Any:
            try:
                answer = await made(made.takes.validate_python(payload))
            except AppError as error:
                if error.retryable:
                    raise
                return {"refused": {"code": error.code, "detail": redact(str(error))}}
            except Exception as error:  # noqa: BLE001 - it enters history, and may quote a document
                raise StepBroke(f"{type(error).__name__}: {redact(str(error))}") from None
            return made.gives.dump_python(answer, mode="json")

        return made

    return register


def call(context: DurableOrchestrationContext, todo: Step[In, Out], value: In) -> Steps[Out]:
    payload = todo.takes.dump_python(value, mode="json")
    try:
        answer = yield context.call_activity_with_retry(todo.name, RETRY, payload)
    except Exception as error:  # Durable has one class for whatever a step has raised
        raise StepFailed(todo.name) from error
    match answer:
        case {"refused": {"code": code, "detail": detail}}:
            raise Refused(code, detail)
        case _:
            return todo.gives.validate_python(answer)


async def start_once(
    client: DurableOrchestrationClient, story: str, instance_id: str, job: dict[str, Any]
) -> None:
    """Start the story unless that id was ever used: Durable itself would restart an ended one."""
    if await _exists(client, instance_id):
        return
    try:
        await client.start_new(story, instance_id, job)
    except Exception:  # the client has no class for "already there"
        if not await _exists(client, instance_id):
            raise


async def wake(client: DurableOrchestrationClient, instance_id: str, event: str) -> bool:
    """Say that there is something to read. False when the story has ended, or never began."""
    try:
        await client.raise_event(instance_id, event)
    except Exception as error:  # the client has no class for "not found" and "gone"
        told = (f"Instance with ID {instance_id} is gone", "No instance with ID")
        if not str(error).startswith(told):
            raise
        return False
    return True


async def has_ended(client: DurableOrchestrationClient, instance_id: str) -> bool:
    """Whether it began once and will not go on; one that never began has not ended."""
    status = await client.get_status(instance_id)
    return status.runtime_status in ENDED


async def _exists(client: DurableOrchestrationClient, instance_id: str) -> bool:
    status = await client.get_status(instance_id)
    return status.runtime_status is not None
