"""Who is asking, in which role, and for which firm."""

from dataclasses import dataclass, field
from enum import StrEnum
from uuid import UUID


class Role(StrEnum):
    OWNER = "owner"
    ADMIN = "admin"
    MANAGER = "manager"
    SENIOR_CPA = "senior_cpa"
    CPA = "cpa"
    STAFF = "staff"
    INTERN = "intern"
    CLIENT = "client"
    SYSTEM = "system"


@dataclass(frozen=True, slots=True)
class Origin:
    """The request an actor came with; ``claim_id`` when it has claimed an Idempotency-Key."""

    request_id: str | None = None
    ip: str | None = None
    user_agent: str | None = None
    claim_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Actor:
    """``scopes`` are what an API key is limited to; None leaves what the role may do.

    ``has_second_factor`` says how a person has signed in; it is never true of an API key.
    """

    organization_id: UUID
    user_id: UUID | None
    role: Role
    client_id: UUID | None = None
    session_id: UUID | None = None
    api_key_id: UUID | None = None
    scopes: frozenset[str] | None = None
    has_second_factor: bool = False
    origin: Origin = field(default_factory=Origin)


def system(organization_id: UUID) -> Actor:
    """A story or a timer at work for one firm, with nobody at the keyboard."""
    return Actor(organization_id, None, Role.SYSTEM)
