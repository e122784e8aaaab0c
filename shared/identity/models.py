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


class WrappedKeys(BaseModel):
    model_config = ConfigDict(frozen=True)

    seal_key_wrapped: bytes
    hash_key_wrapped: bytes
