from collections.abc import Awaitable, Callable
from datetime import datetime
from enum import StrEnum
from typing import Any, TypeAlias
from uuid import UUID

from pydantic import BaseModel, ConfigDict, computed_field

from shared.platform.actor import Actor
from shared.platform.messages import Message


class OperationState(StrEnum):
    PENDING = "pending"
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"


ENDED = frozenset({OperationState.SUCCEEDED, OperationState.FAILED, OperationState.CANCELLED})


class Operation(BaseModel):
    """Long work somebody asked for. ``done`` of ``total`` is in what the work counts.

    ``code`` and ``detail`` say why it failed.
    """

    model_config = ConfigDict(frozen=True)

    id: UUID
    kind: str
    state: OperationState
    user_id: UUID | None
    done: int
    total: int | None
    result: dict[str, Any] | None
    code: str | None
    detail: str | None
    cancel_requested_at: datetime | None
    created_at: datetime
    started_at: datetime | None
    progressed_at: datetime | None
    finished_at: datetime | None
    version: int

    @computed_field
    @property
    def percent(self) -> int:
        if self.state is OperationState.SUCCEEDED:
            return 100
        return min(99, self.done * 100 // self.total) if self.total else 0

    @computed_field(description="When it will have ended, if it goes on as it went so far.")
    @property
    def eta(self) -> datetime | None:
        if self.state is not OperationState.RUNNING or not self.total or not self.done:
            return None
        if self.started_at is None or self.progressed_at is None:
            return None
        left = max(0, self.total - self.done)
        return self.progressed_at + (self.progressed_at - self.started_at) / self.done * left

    @property
    def has_ended(self) -> bool:
        return self.state in ENDED


class OperationKey(BaseModel):
    """Where a page of operations, newest first, ends."""

    at: datetime
    id: UUID


class Job(BaseModel):
    """What the next step of an operation works on.

    ``cursor`` is what the step before has left, None before the first.
    """

    model_config = ConfigDict(frozen=True)

    operation_id: UUID
    kind: str
    user_id: UUID | None
    input: dict[str, Any]
    step: int
    cursor: dict[str, Any] | None
    done: int
    total: int | None


class Progress(Message):
    """What a step has done: there is more to do while it leaves a ``cursor``.

    The last step leaves none; what the operation gives is its ``result``.
    """

    done: int
    total: int | None = None
    cursor: dict[str, Any] | None = None
    result: dict[str, Any] | None = None


Work: TypeAlias = Callable[[Actor, Job], Awaitable[Progress]]
"""One step of a kind of work, for the firm's system actor. It may run twice with the same job."""


class FoundOperation(BaseModel):
    """As the sweep finds it."""

    model_config = ConfigDict(frozen=True)

    id: UUID


class OrganizationDue(BaseModel):
    model_config = ConfigDict(frozen=True)

    organization_id: UUID
