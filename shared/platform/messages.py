"""Base shapes for everything that crosses a process boundary."""

from typing import Any, ClassVar
from uuid import UUID

from pydantic import BaseModel, ConfigDict


class Message(BaseModel):
    """An immutable value that travels as plain JSON.

    Unknown fields are ignored: a newer deployment may have written them, and a
    story that has waited ten days must still be able to read its past.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")


class Event(Message):
    """Something that happened, in the past tense; its topic is its stable name."""

    topic: ClassVar[str]

    organization_id: UUID

    @property
    def subject_id(self) -> UUID:
        """What it happened to; events of one subject keep their order."""
        raise NotImplementedError


class Change(Message):
    """What an auditor asks about; who did it is known to the transaction."""

    action: str
    subject_id: UUID
    detail: dict[str, Any] = {}
