"""Base shapes for everything that crosses a process boundary."""

from typing import Any, ClassVar
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from shared.platform.alerts import AlertKind


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
    """What an auditor asks about; who did it is known to the transaction.

    ``action`` begins with what it was done to: ``client.updated`` is of the entity ``client``.
    ``before`` and ``after`` hold what has changed and nothing else, TINs masked. ``tin_of`` is the
    client in whose records somebody has seen a TIN, when that is what happened.
    """

    action: str
    subject_id: UUID
    tin_of: UUID | None = None
    detail: dict[str, Any] = {}
    before: dict[str, Any] | None = None
    after: dict[str, Any] | None = None

    @property
    def entity(self) -> str:
        return self.action.partition(".")[0]


class Alert(Message):
    """What somebody who watches over a firm's security wants to hear of."""

    kind: AlertKind
    subject_id: UUID | None = None
    detail: dict[str, Any] = {}
