from uuid import UUID

from pydantic import BaseModel, ConfigDict

from shared.platform.actor import Role


class Membership(BaseModel):
    model_config = ConfigDict(frozen=True)

    organization_id: UUID
    user_id: UUID
    role: Role
    client_id: UUID | None


class NewMember(BaseModel):
    """Somebody a firm lets in. ``client_id`` is given for the role client, and only for it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    issuer: str
    subject: str
    email: str
    name: str
    role: Role
    client_id: UUID | None = None


class OrganizationSettings(BaseModel):
    """What a firm has chosen. ``version`` is its ETag.

    With ``cloud_reading`` its documents may be sent to the cloud reader; where that fails,
    ``cloud_reading_fallback`` lets this deployment read them itself.
    """

    model_config = ConfigDict(frozen=True)

    cloud_reading: bool = False
    cloud_reading_fallback: bool = True
    version: int = 0


class SettingsChange(BaseModel):
    """The settings to change; the others stay as they are."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    cloud_reading: bool | None = None
    cloud_reading_fallback: bool | None = None


class WrappedKeys(BaseModel):
    model_config = ConfigDict(frozen=True)

    seal_key_wrapped: bytes
    hash_key_wrapped: bytes
