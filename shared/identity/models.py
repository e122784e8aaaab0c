"""Shapes of identity: firms, their people, what they have chosen."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any, Literal, Self, TypeAlias
from uuid import UUID

from annotated_types import Len
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from shared.identity.networks import Network
from shared.identity.plans import Feature, Limit, Plan
from shared.identity.time_zones import TimeZone
from shared.platform.actor import Role
from shared.platform.text import Instant, Line, Prose

Email = Annotated[
    str, Line(254), Field(pattern=r"^[^@\s]+@[^@\s]+\.[^@\s]+$"), AfterValidator(str.lower)
]
Name = Annotated[str, Line(200)]
StaffRole: TypeAlias = Literal[
    Role.OWNER, Role.ADMIN, Role.MANAGER, Role.SENIOR_CPA, Role.CPA, Role.STAFF, Role.INTERN
]
MemberRole: TypeAlias = StaffRole | Literal[Role.CLIENT]


class NewMember(BaseModel):
    """Somebody a firm lets in. ``client_id`` is given for the role client, and only for it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    issuer: str
    subject: str
    email: str
    name: str
    role: Role
    client_id: UUID | None = None


class OrganizationState(StrEnum):
    ACTIVE = "active"
    SUSPENDED = "suspended"
    ERASED = "erased"


class OrganizationRow(BaseModel):
    model_config = ConfigDict(frozen=True)

    id: UUID
    name: str
    plan: Plan
    plan_ends_at: datetime | None
    state: OrganizationState
    version: int
    created_at: datetime


class Organization(OrganizationRow):
    """The firm, and what its plan includes; what ``limits`` does not name has no end."""

    features: list[Feature]
    limits: dict[Limit, int]


class OrganizationChange(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    name: Name


class NewOwner(BaseModel):
    """The member who becomes the firm's owner in the place of whoever asks."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    user_id: UUID


class OrganizationSettings(BaseModel):
    """What holds for a firm. ``version`` is its ETag; it also grows when a change comes due.

    With ``cloud_reading`` its documents may be sent to the cloud reader; where that fails,
    ``cloud_reading_fallback`` lets this deployment read them itself. A session ends
    ``session_hours`` after it began, and ``session_idle_minutes`` after it was last used; null
    leaves that to the identity provider. An empty ``ip_allow_list`` lets in from everywhere.
    ``retention_years`` are calendar years.
    """

    model_config = ConfigDict(frozen=True)

    cloud_reading: bool = False
    cloud_reading_fallback: bool = True
    mfa_required: bool = False
    session_hours: int | None = None
    session_idle_minutes: int | None = None
    ip_allow_list: tuple[str, ...] = ()
    time_zone: str = "America/New_York"
    locale: str = "en-US"
    invitation_days: int = 7
    retention_years: int = 7
    version: int = 0


class SettingsChange(BaseModel):
    """The settings to change; the others stay as they are, and null means the default again.

    With ``effective_from`` they hold from that moment on, and until then what holds now.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    cloud_reading: bool | None = None
    cloud_reading_fallback: bool | None = None
    mfa_required: bool | None = None
    session_hours: Annotated[int, Field(ge=1, le=720)] | None = None
    session_idle_minutes: Annotated[int, Field(ge=5, le=1440)] | None = None
    ip_allow_list: Annotated[tuple[Network, ...], Len(max_length=100)] | None = None
    time_zone: TimeZone | None = None
    locale: Annotated[str, Field(pattern=r"^[a-z]{2,3}(-[A-Z]{2})?$")] | None = None
    invitation_days: Annotated[int, Field(ge=1, le=30)] | None = None
    retention_years: Annotated[int, Field(ge=3, le=50)] | None = None
    effective_from: Instant | None = None

    @model_validator(mode="after")
    def _is_a_choice(self) -> Self:
        if self.effective_from and not self.chosen():
            raise ValueError("Choose what holds from effective_from on")
        return self

    def chosen(self) -> dict[str, Any]:
        return self.model_dump(mode="json", exclude_unset=True, exclude={"effective_from"})


class SettingsVersion(BaseModel):
    """One change: what was chosen, by whom, and from when it holds. Null is the default again."""

    model_config = ConfigDict(frozen=True)

    number: int
    effective_from: datetime
    changes: dict[str, Any]
    changed_by: UUID | None
    changed_at: datetime

    @property
    def is_scheduled(self) -> bool:
        return self.effective_from > self.changed_at


class VersionKey(BaseModel):
    number: int


class KeyVersion(BaseModel):
    """A version of the firm's data keys as it lies in the database."""

    model_config = ConfigDict(frozen=True)

    version: int
    wrapped_by: str
    seal_key_wrapped: bytes
    hash_key_wrapped: bytes
    created_at: datetime
    retired_at: datetime | None


class PracticeArea(StrEnum):
    TAX = "tax"
    AUDIT = "audit"
    ADVISORY = "advisory"
    BOOKKEEPING = "bookkeeping"
    ADMIN = "admin"


class MemberState(StrEnum):
    ACTIVE = "active"
    SUSPENDED = "suspended"
    OFFBOARDED = "offboarded"


class Member(BaseModel):
    """Somebody of the firm, or of one of its clients; who has left stays, off-boarded."""

    model_config = ConfigDict(frozen=True)

    id: UUID
    email: str
    name: str
    role: Role
    client_id: UUID | None
    state: MemberState
    practice_area: PracticeArea | None
    skills: list[str]
    weekly_hours: int | None
    version: int
    joined_at: datetime


class MemberKey(BaseModel):
    """Where a page of members ends: in the order in which they have joined."""

    at: datetime
    id: UUID


class MemberChange(BaseModel):
    """What to change of a member; the rest stays. Null clears what may be empty."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    email: Email = ""
    name: Name = ""
    role: StaffRole = Role.STAFF
    practice_area: PracticeArea | None = None
    skills: Annotated[list[Annotated[str, Line(60)]], Len(max_length=50)] = []
    weekly_hours: Annotated[int, Field(ge=0, le=168)] | None = None


class Leaving(BaseModel):
    """Who takes over, and what whoever off-boards somebody attests to.

    The people of a client have nothing to hand over, and so no successor.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    successor_id: UUID | None = None
    statement: Annotated[str, Prose(2000)]


class Offboarding(BaseModel):
    """What was handed over to whom and what was ended, by kind and number, and who attests it."""

    model_config = ConfigDict(frozen=True)

    id: UUID
    user_id: UUID
    successor_id: UUID | None
    attested_by: UUID
    statement: str
    handed_over: dict[str, int]
    attested_at: datetime


class InvitationState(StrEnum):
    OPEN = "open"
    ACCEPTED = "accepted"
    REVOKED = "revoked"


class Invitation(BaseModel):
    """An open invitation is good until ``expires_at``; sent again, it is good again."""

    model_config = ConfigDict(frozen=True)

    id: UUID
    email: str
    name: str
    role: Role
    client_id: UUID | None
    state: InvitationState
    expires_at: datetime
    invited_by: UUID | None
    accepted_by: UUID | None
    created_at: datetime


class SentInvitation(Invitation):
    """``secret`` is shown this once. Whoever has it can join, whatever their address."""

    secret: str


class NewInvitation(BaseModel):
    """``client_id`` is given for the role client, and only for it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    email: Email
    name: Name
    role: MemberRole
    client_id: UUID | None = None


class Acceptance(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    secret: Annotated[str, Field(min_length=1, max_length=100, pattern=r"^[A-Za-z0-9_-]+$")]


class InvitationKey(BaseModel):
    """Where a page of invitations ends: newest first."""

    at: datetime
    id: UUID


class InvitationFound(BaseModel):
    """What a secret leads to, before the firm is known."""

    model_config = ConfigDict(frozen=True)

    organization_id: UUID
    id: UUID
    role: Role
    client_id: UUID | None


class Flag(StrEnum):
    """What can be switched on or off for one firm while it is being introduced."""

    CLIENT_PORTAL = "client_portal"


class FlagRow(BaseModel):
    """What was said about a flag, for as long as it holds; nothing once it has been reset."""

    model_config = ConfigDict(frozen=True)

    name: Flag
    enabled: bool | None
    expires_at: datetime | None
    note: str | None
    version: int


class FeatureFlag(BaseModel):
    """``is_on`` is what counts now: once ``expires_at`` has come, the default."""

    model_config = ConfigDict(frozen=True)

    name: Flag
    enabled: bool
    expires_at: datetime | None
    note: str | None
    version: int
    is_on: bool
    default: bool


class FlagChange(BaseModel):
    """Null clears the end, or the note."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    enabled: bool = False
    expires_at: Instant | None = None
    note: Annotated[str, Prose(500)] | None = None


class EngagementRole(StrEnum):
    """``partner`` signs."""

    PREPARER = "preparer"
    REVIEWER = "reviewer"
    PARTNER = "partner"


class TeamRow(BaseModel):
    """What somebody does on one engagement."""

    model_config = ConfigDict(frozen=True)

    engagement_id: UUID
    user_id: UUID
    roles: list[EngagementRole]
