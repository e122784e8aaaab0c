"""Signing in, and what a firm hears of it."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from pydantic import BaseModel

from shared.identity import callers
from shared.platform.actor import Actor, Origin
from shared.platform.db import transaction
from shared.platform.tokens import Claims
from tests.make.identity import ISSUER, Firm, token

HOME = Origin("request-1", ip="203.0.113.7", user_agent="Firefox/135.0")


class Told(BaseModel):
    kind: str
    detail: dict[str, Any]
    subject_id: UUID | None


def claims(firm: Firm, **changes: Any) -> Claims:
    said: dict[str, Any] = {
        "issuer": ISSUER,
        "subject": firm.subject,
        "session": "s1",
        "signed_in_at": datetime.now(UTC),
        "expires_at": datetime.now(UTC) + timedelta(minutes=5),
        "has_second_factor": True,
    }
    return Claims(**said | changes)


async def come(firm: Firm, origin: Origin = HOME, **said: Any) -> Actor:
    """With a token that lasts, as a request does."""
    lasting = datetime.now(UTC) + timedelta(days=30)
    changes: dict[str, Any] = {"exp": lasting} | said
    return await callers.identify(token(firm.subject, **changes), None, origin)


async def told(firm: Firm) -> list[Told]:
    """The security events, the first one first."""
    async with transaction(firm.actor) as tx:
        return await tx.many(
            Told, "SELECT kind, detail, subject_id FROM security_events ORDER BY id"
        )


async def kinds(firm: Firm) -> list[str]:
    return [each.kind for each in await told(firm)]
