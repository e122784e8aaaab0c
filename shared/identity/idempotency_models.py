from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, ConfigDict


class IdempotencyKey(BaseModel):
    """What has become of the request that came with a key: no answer while it runs."""

    model_config = ConfigDict(frozen=True)

    request_hash: bytes
    answer_sealed: bytes | None
    leased_until: datetime


class ClaimedKey(BaseModel):
    """The claim a request runs under: a new one, or that of the same request when it died."""

    model_config = ConfigDict(frozen=True)

    claim_id: UUID


class ExpiredKeys(BaseModel):
    """A firm that has keys whose time is over."""

    model_config = ConfigDict(frozen=True)

    organization_id: UUID


class Answer(BaseModel):
    """An HTTP answer as it was given."""

    model_config = ConfigDict(frozen=True)

    status: int
    headers: dict[str, str]
    body: str
