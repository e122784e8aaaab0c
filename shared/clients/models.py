from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any, ClassVar
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, ValidationInfo, field_validator

from shared.clients import tins
from shared.clients.entities import EntityType
from shared.platform.text import Line

MOST_OF_ONE_TIN = 20
"""Clients shown for one TIN; a firm has one, or a few by mistake."""


class ClientState(StrEnum):
    PROSPECT = "prospect"
    ACTIVE = "active"
    INACTIVE = "inactive"
    ARCHIVED = "archived"


Tin = Annotated[
    str,
    Field(
        description="An SSN, ITIN or EIN; nine digits, with or without dashes.",
        pattern=r"^([0-9]{9}|[0-9]{3}-[0-9]{2}-[0-9]{4}|[0-9]{2}-[0-9]{7})$",
    ),
]
Name = Annotated[str, Line(200)]


class Client(BaseModel):
    """Whom the firm works for. ``version`` is its ETag."""

    model_config = ConfigDict(frozen=True)

    id: UUID
    name: str
    entity_type: EntityType
    state: ClientState
    tin_masked: str | None = Field(
        description="`***-**-` and the last four digits of its taxpayer identification number."
    )
    version: int
    created_at: datetime
    updated_at: datetime


class ClientKey(BaseModel):
    """Where a page of clients, ordered by name, ends."""

    name: str = Field(pattern=r"^[^\x00]*$")
    id: UUID


class ClientFilter(BaseModel):
    """Without a ``state`` all but the archived; ``search`` is how the name begins."""

    model_config = ConfigDict(frozen=True)

    state: ClientState | None = None
    entity_type: EntityType | None = None
    search: str = ""


class NewClient(BaseModel):
    """``tin`` is kept sealed."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: Name
    entity_type: EntityType = EntityType.INDIVIDUAL
    state: ClientState = ClientState.ACTIVE
    tin: Tin | None = None

    @field_validator("tin")
    @classmethod
    def _has_the_shape_of_its_kind(cls, tin: str | None, info: ValidationInfo) -> str | None:
        if tin and "entity_type" in info.data:
            tins.written(tin, info.data["entity_type"])
        return tin


class ClientChange(BaseModel):
    """What is not given stays; ``tin`` null forgets it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: Name | None = None
    entity_type: EntityType | None = None
    state: ClientState | None = None
    tin: Tin | None = None

    @field_validator("name", "entity_type", "state")
    @classmethod
    def _stays_something(cls, value: Any) -> Any:
        if value is None:
            raise ValueError("It cannot be cleared")
        return value


class TinSearch(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    tin: Tin


class FoundClients(BaseModel):
    """Those with the TIN, by name."""

    model_config = ConfigDict(frozen=True)

    items: list[Client]


class SealedTin(BaseModel):
    """``tin_sealed`` is null when the firm does not know it."""

    model_config = ConfigDict(frozen=True)
    noun: ClassVar = "Client"

    id: UUID
    entity_type: EntityType
    tin_sealed: bytes | None


class ResealedTin(BaseModel):
    model_config = ConfigDict(frozen=True)

    id: UUID
    tin_sealed: bytes
    tin_hash: bytes
