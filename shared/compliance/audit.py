"""Reading the audit trail."""

from datetime import datetime
from uuid import UUID

from shared.compliance import watch
from shared.compliance.models import EARLIEST, LAST_ID, LATEST, NEWEST, AuditEntry, RecordKey
from shared.compliance.queries import entries
from shared.compliance.queries.entries import Filters
from shared.identity.permissions import Permission, require
from shared.platform.actor import Actor
from shared.platform.db import Tx, transaction
from shared.platform.errors import Invalid
from shared.platform.paging import Asked, Listing, Page

NEWEST_FIRST: Listing[AuditEntry, RecordKey] = Listing(
    "audit", NEWEST, lambda entry: RecordKey(at=entry.recorded_at, id=entry.id)
)


class UnsupportedFilter(Invalid):
    """These filters do not go together: no index serves them, and the trail is long."""

    code = "unsupported_filter"
    remedy = (
        "Filter by subject_id, user_id, tin_of, entity or action alone, or by action with"
        " subject_id or user_id; a time goes with each"
    )


async def list_entries(
    actor: Actor,
    asked: Asked,
    *,
    subject_id: UUID | None = None,
    user_id: UUID | None = None,
    entity: str | None = None,
    action: str | None = None,
    tin_of: UUID | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
) -> Page[AuditEntry]:
    """Newest first. That somebody reads it is a security event."""
    require(actor, Permission.READ_AUDIT)
    given = {
        "subject_id": subject_id,
        "user_id": user_id,
        "entity": entity,
        "action": action,
        "tin_of": tin_of,
    }
    filters = _filters(given)
    window = NEWEST_FIRST.window(actor, asked, since=since, until=until, **given)
    async with transaction(actor) as tx:
        await watch.note_reading(tx)
        found = await entries.list_entries(
            tx, window, filters, since=since or EARLIEST, until=until or LATEST, **given
        )
    return window.page(found)


def _filters(given: dict[str, UUID | str | None]) -> Filters:
    names = tuple(name for name, value in given.items() if value is not None)
    try:
        return Filters(names)
    except ValueError as error:
        raise UnsupportedFilter(f"{' and '.join(names)} do not go together") from error


async def audit_rows(tx: Tx, after: int | None, limit: int) -> list[AuditEntry]:
    """The whole trail, page by page, oldest first; a page goes on after the last id of another."""
    return await entries.list_in_order(tx, after=after or 0, until=LAST_ID, limit=limit)
