from datetime import datetime
from enum import StrEnum
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field


class EntityType(StrEnum):
    INDIVIDUAL = "individual"
    SOLE_PROPRIETOR = "sole_proprietor"
    PARTNERSHIP = "partnership"
    LLC = "llc"
    S_CORP = "s_corp"
    C_CORP = "c_corp"
    TRUST = "trust"
    ESTATE = "estate"
    NONPROFIT = "nonprofit"


class Client(BaseModel):
    """``tin_last4``: of its taxpayer identification number, null when that is unknown."""

    model_config = ConfigDict(frozen=True)

    id: UUID
    name: str
    entity_type: EntityType
    tin_last4: str | None
    created_at: datetime


class ClientKey(BaseModel):
    """Where a page of clients, ordered by name, ends."""

    name: str = Field(pattern=r"^[^\x00]*$")
    id: UUID


class NewClient(BaseModel):
    """``tin`` is nine digits, with or without dashes; it is kept sealed."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(min_length=1, max_length=200, pattern=r"^[^\x00]*$")
    entity_type: EntityType = EntityType.INDIVIDUAL
    tin: str | None = Field(
        default=None, pattern=r"^([0-9]{9}|[0-9]{3}-[0-9]{2}-[0-9]{4}|[0-9]{2}-[0-9]{7})$"
    )
