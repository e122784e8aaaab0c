"""Security events: one statement, and one index, for each combination of filters."""

from datetime import datetime
from enum import Enum
from typing import LiteralString
from uuid import UUID

from shared.compliance.models import RecordKey, SecurityEvent
from shared.platform.alerts import AlertKind
from shared.platform.db import Tx
from shared.platform.paging import Direction, Window


class Filters(Enum):
    """Which filters are given: user, kind. Any of them goes with a time."""

    NONE = (False, False)
    USER = (True, False)
    KIND = (False, True)
    USER_KIND = (True, True)


_WHERE: dict[Filters, LiteralString] = {
    Filters.NONE: "",
    Filters.USER: "AND user_id = %(user_id)s",
    Filters.KIND: "AND kind = %(kind)s",
    Filters.USER_KIND: "AND user_id = %(user_id)s AND kind = %(kind)s",
}

_PAGE: dict[Direction, LiteralString] = {
    Direction.FORWARD: """
        AND (occurred_at, id) < (%(at)s, %(id)s)
        ORDER BY occurred_at DESC, id DESC
        LIMIT %(rows)s
        """,
    Direction.BACKWARD: """
        AND (occurred_at, id) > (%(at)s, %(id)s)
        ORDER BY occurred_at, id
        LIMIT %(rows)s
        """,
}

STATEMENTS: dict[tuple[Filters, Direction], LiteralString] = {
    (filters, direction): """
        SELECT id, kind, subject_id, user_id, session_id, api_key_id, detail, request_id, ip,
               user_agent, occurred_at
        FROM security_events
        WHERE occurred_at >= %(since)s AND occurred_at < %(until)s
        """
    + where
    + page
    for filters, where in _WHERE.items()
    for direction, page in _PAGE.items()
}


async def list_events(
    tx: Tx,
    window: Window[SecurityEvent, RecordKey],
    *,
    user_id: UUID | None,
    kind: AlertKind | None,
    since: datetime,
    until: datetime,
) -> list[SecurityEvent]:
    return await tx.many(
        SecurityEvent,
        STATEMENTS[Filters((user_id is not None, kind is not None)), window.direction],
        user_id=user_id,
        kind=kind,
        since=since,
        until=until,
        at=window.key.at,
        id=window.key.id,
        rows=window.rows,
    )


async def was_told(tx: Tx, user_id: UUID, kind: AlertKind) -> bool:
    """Whether there is such an event about the user within the last hour."""
    return await tx.value(
        bool,
        """
        SELECT EXISTS (
            SELECT FROM security_events
            WHERE user_id = %(user_id)s AND kind = %(alert)s
              AND occurred_at > now() - interval '1 hour')
        """,
        user_id=user_id,
        alert=kind,
    )


async def lock_telling(tx: Tx, user_id: UUID, kind: AlertKind) -> None:
    """One at a time decides whether to tell of this."""
    await tx.run(
        """
        SELECT pg_advisory_xact_lock(
            hashtextextended(concat_ws(' ', 'alert', %(firm)s::text, %(user_id)s::text,
                                       %(kind)s::text), 0))
        """,
        firm=tx.actor.organization_id,
        user_id=user_id,
        kind=kind,
    )
