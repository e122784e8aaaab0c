"""Who is asking, in which role, and for which firm."""

from dataclasses import dataclass
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
class Actor:
    organization_id: UUID
    user_id: UUID | None
    role: Role
    client_id: UUID | None = None
    request_id: str | None = None


def system(organization_id: UUID) -> Actor:
    """A story or a timer at work for one firm, with nobody at the keyboard."""
    return Actor(organization_id, None, Role.SYSTEM)
