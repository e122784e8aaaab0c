"""Reading what somebody who watches over the firm's security should know."""

from datetime import datetime
from uuid import UUID

from shared.compliance.models import EARLIEST, LATEST, NEWEST, RecordKey, SecurityEvent
from shared.compliance.queries import events
from shared.identity.permissions import Permission, require
from shared.platform.actor import Actor
from shared.platform.alerts import AlertKind
from shared.platform.db import transaction
from shared.platform.paging import Asked, Listing, Page

NEWEST_FIRST: Listing[SecurityEvent, RecordKey] = Listing(
    "security_events", NEWEST, lambda event: RecordKey(at=event.occurred_at, id=event.id)
)


async def list_events(
    actor: Actor,
    asked: Asked,
    *,
    user_id: UUID | None = None,
    kind: AlertKind | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
) -> Page[SecurityEvent]:
    """Newest first."""
    require(actor, Permission.READ_AUDIT)
    window = NEWEST_FIRST.window(actor, asked, user_id=user_id, kind=kind, since=since, until=until)
    async with transaction(actor) as tx:
        return window.page(
            await events.list_events(
                tx,
                window,
                user_id=user_id,
                kind=kind,
                since=since or EARLIEST,
                until=until or LATEST,
            )
        )
