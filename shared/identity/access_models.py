"""What access goes by: memberships, sessions and API keys."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, ClassVar
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from shared.identity.models import MemberState, OrganizationState
from shared.identity.permissions import Permission
from shared.identity.plans import Plan
from shared.platform.actor import Role
from shared.platform.text import Instant, Line


class Membership(BaseModel):
    model_config = ConfigDict(frozen=True)

    organization_id: UUID
    user_id: UUID
    role: Role
    client_id: UUID | None
    state: MemberState
    signed_out_at: datetime | None
    organization_state: OrganizationState


class Standing(BaseModel):
    model_config = ConfigDict(frozen=True)

    role: Role
    state: MemberState


class EndReason(StrEnum):
    REVOKED = "revoked"
    OFFBOARDED = "offboarded"


class Session(BaseModel):
    """One sign-in of a person; all tokens that it has led to belong to it."""

    model_config = ConfigDict(frozen=True)

    id: UUID
    user_id: UUID
    ip: str | None
    user_agent: str | None
    started_at: datetime
    last_seen_at: datetime
    ended_at: datetime | None
    end_reason: EndReason | None


class KnownSession(Session):
    """``is_lone``: of an issuer that cannot tell it from the other sessions of its person."""

    is_lone: bool


class NewSession(BaseModel):
    """``device`` is the hash of a browser and the network it is on."""

    model_config = ConfigDict(frozen=True)

    id: UUID
    user_id: UUID
    device: str
    ip: str | None
    user_agent: str | None
    is_lone: bool


class SessionKey(BaseModel):
    """Where a page of sessions ends: the latest come first."""

    model_config = ConfigDict(frozen=True)

    started_at: datetime
    id: UUID


Scopes = Annotated[list[Permission], Field(min_length=1, max_length=len(Permission))]
KeyName = Annotated[str, Line(100)]


class ApiKey(BaseModel):
    """A key as anybody may see it: of its secret nothing is kept that could be shown.

    It acts for the member ``user_id``. Until ``previous_until`` the secret before is good, too.
    ``made_by`` has made it, or rotated it last, and so was shown the secret.
    """

    model_config = ConfigDict(frozen=True)
    noun: ClassVar = "API key"

    id: UUID
    name: str
    prefix: str
    user_id: UUID
    made_by: UUID
    scopes: list[Permission]
    created_at: datetime
    expires_at: datetime | None
    last_used_at: datetime | None
    previous_until: datetime | None
    revoked_at: datetime | None
    version: int


class IssuedKey(ApiKey):
    """``secret`` is the whole key as it is sent. This is the only time that anybody sees it."""

    secret: str


class NewApiKey(BaseModel):
    """Without ``user_id`` the key acts for whoever makes it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: KeyName
    scopes: Scopes
    user_id: UUID | None = None
    expires_at: Instant | None = None


class ApiKeyChange(BaseModel):
    """Null ends the expiry; name and scopes cannot be null."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: KeyName = ""
    scopes: Scopes = []
    expires_at: Instant | None = None


class Rotation(BaseModel):
    """For how long the old secret goes on working beside the new one; 0 ends it at once."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    overlap_hours: int = Field(24, ge=0, le=168)


class KeyPlace(BaseModel):
    """Where a page of API keys ends: the latest come first."""

    model_config = ConfigDict(frozen=True)

    created_at: datetime
    id: UUID


class Person(BaseModel):
    model_config = ConfigDict(frozen=True)

    id: UUID
    name: str
    email: str


class Workplace(BaseModel):
    model_config = ConfigDict(frozen=True)

    id: UUID
    name: str
    plan: Plan


class Me(BaseModel):
    """Who is asking. ``permissions`` are what is left of the role's with what an API key was given.

    ``session_id`` is a person's, ``api_key_id`` a program's; the other is null.
    """

    model_config = ConfigDict(frozen=True)

    user: Person
    organization: Workplace
    role: Role
    client_id: UUID | None
    permissions: list[Permission]
    session_id: UUID | None
    api_key_id: UUID | None
    has_second_factor: bool


class MyOrganization(BaseModel):
    """A firm that a person belongs to; one that is not active lets nobody in."""

    model_config = ConfigDict(frozen=True)

    id: UUID
    name: str
    role: Role
    is_active: bool


class KeyOwner(BaseModel):
    """What is known of a key before its firm is."""

    model_config = ConfigDict(frozen=True)

    organization_id: UUID
    key_id: UUID


class HeldKey(BaseModel):
    """A key as sign-in sees it, with the member that it acts for."""

    model_config = ConfigDict(frozen=True)

    id: UUID
    user_id: UUID
    scopes: list[str]
    secret_hash: bytes
    made_by: UUID
    previous_hash: bytes | None
    previous_until: datetime | None
    previous_by: UUID | None
    expires_at: datetime | None
    revoked_at: datetime | None
    role: Role
    client_id: UUID | None
    state: MemberState
    organization_state: OrganizationState
