"""Audit entries, the seals over them, and security events."""

from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated, Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, computed_field

from shared.platform.actor import Role
from shared.platform.alerts import MEANINGS, AlertKind
from shared.platform.text import Line, Prose

EARLIEST = datetime.min.replace(tzinfo=UTC)
LATEST = datetime.max.replace(tzinfo=UTC)
LAST_ID = 2**63 - 1

Head = Annotated[str, Field(pattern="^[1-9][0-9]{0,8}-[0-9a-f]{64}$")]
"""The number of a seal and its hash, as a verification ends with them."""


class RecordKey(BaseModel):
    """Where an entry or an event stands among those of its firm."""

    model_config = ConfigDict(frozen=True)

    at: datetime
    id: int


NEWEST = RecordKey(at=LATEST, id=LAST_ID)


class AuditEntry(BaseModel):
    """What was done to what, by whom, and from where; TINs are masked."""

    model_config = ConfigDict(frozen=True)

    id: int
    entity: str
    action: str
    subject_id: UUID
    tin_of: UUID | None = Field(description="The client in whose records a TIN was seen.")
    user_id: UUID | None
    role: Role
    session_id: UUID | None
    api_key_id: UUID | None
    detail: dict[str, Any]
    before: dict[str, Any] | None
    after: dict[str, Any] | None
    request_id: str | None
    ip: str | None
    user_agent: str | None
    recorded_at: datetime


class SecurityEvent(BaseModel):
    model_config = ConfigDict(frozen=True)

    id: int
    kind: AlertKind
    subject_id: UUID | None
    user_id: UUID | None
    session_id: UUID | None
    api_key_id: UUID | None
    detail: dict[str, Any]
    request_id: str | None
    ip: str | None
    user_agent: str | None
    occurred_at: datetime

    @computed_field
    @property
    def meaning(self) -> str:
        return MEANINGS[self.kind]


class SealHead(BaseModel):
    """What the next seal goes on from."""

    model_config = ConfigDict(frozen=True)

    number: int
    last_id: int
    hash: str


class Seal(SealHead):
    """``entries`` are the id and the hash of each entry it covers."""

    first_id: int
    count: int
    entries: list[tuple[int, str]]
    previous_hash: str
    sealed_at: datetime


class Tail(BaseModel):
    """The entries that no seal covers yet; overdue when the oldest has waited for an hour."""

    model_config = ConfigDict(frozen=True)

    count: int
    since: datetime | None
    is_overdue: bool


class BreakReason(StrEnum):
    SEAL_MISSING = "seal_missing"
    SEAL_CHANGED = "seal_changed"
    ENTRY_MISSING = "entry_missing"
    ENTRY_CHANGED = "entry_changed"
    ENTRY_ADDED = "entry_added"
    HEAD_MISSING = "head_missing"


class BrokenLink(BaseModel):
    """The first place where the trail is not what was sealed."""

    model_config = ConfigDict(frozen=True)

    reason: BreakReason
    seal: int
    entry_id: int | None


class Verification(BaseModel):
    """What was found from the first seal asked for; ``next`` is where to go on, if it was too long.

    Whoever rewrites the whole database can rewrite every seal, too, or remove the last ones. Keep
    ``head`` elsewhere and send it with the next verification, and that is found out.
    """

    model_config = ConfigDict(frozen=True)

    is_intact: bool
    broken: BrokenLink | None
    seals: int = Field(description="Seals verified.")
    entries: int = Field(description="Entries verified.")
    archived: int = Field(description="Entries taken out after seven years; their seals are there.")
    head: str | None = Field(description="The last seal verified.")
    next: int | None = Field(description="Send it as `from` to go on.")
    tail: Tail


class StandingFirm(BaseModel):
    """One that has not been erased."""

    model_config = ConfigDict(frozen=True)

    name: str


class Erasure(BaseModel):
    """``name`` is that of the firm, typed to confirm; both are kept for the auditor."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: Annotated[str, Line(200)]
    reason: Annotated[str, Prose(500, 10)]
