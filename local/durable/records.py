"""What the store keeps, a row each."""

from dataclasses import dataclass
from enum import StrEnum


class Status(StrEnum):
    PENDING = "Pending"
    RUNNING = "Running"
    SUSPENDED = "Suspended"
    COMPLETED = "Completed"
    FAILED = "Failed"
    TERMINATED = "Terminated"


@dataclass(frozen=True, slots=True)
class Instance:
    """An orchestration; `execution` changes when it continues as new."""

    id: str
    execution: str
    name: str
    version: str
    status: str
    input: str | None
    output: str | None
    custom_status: str | None
    created_at: float
    updated_at: float
    parent_id: str | None = None
    parent_execution: str | None = None
    parent_task: int | None = None
    parent_retries: bool = False

    @property
    def has_ended(self) -> bool:
        return self.status in (Status.COMPLETED, Status.FAILED, Status.TERMINATED)


@dataclass(frozen=True, slots=True)
class Message:
    """Something an instance or entity has to be told; it `leads` when nothing may precede it."""

    id: int
    receiver: str
    execution: str | None
    due_at: float
    leads: bool
    content: str


@dataclass(frozen=True, slots=True)
class ActivityCall:
    id: int
    instance_id: str
    execution: str
    task: int
    name: str
    input: str
    retries: bool
    attempts: int = 0
