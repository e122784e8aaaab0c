"""The months that the audit trail is kept in."""

from pydantic import BaseModel

from shared.platform.db import look_up


class Made(BaseModel):
    made: int


async def ensure_partitions() -> int:
    (found,) = await look_up(Made, "SELECT ensure_partitions('audit_entries') AS made")
    return found.made
