"""Reading the audit trail: one statement, and one index, for each combination of filters."""

from datetime import datetime
from enum import Enum
from typing import LiteralString
from uuid import UUID

from shared.compliance.models import AuditEntry, RecordKey
from shared.platform.db import Tx
from shared.platform.paging import Direction, Window


class Filters(Enum):
    """Which filters are given together. Any of them goes with a time."""

    NONE = ()
    ENTITY = ("entity",)
    ACTION = ("action",)
    SUBJECT = ("subject_id",)
    SUBJECT_ACTION = ("subject_id", "action")
    USER = ("user_id",)
    USER_ACTION = ("user_id", "action")
    TIN = ("tin_of",)


COLUMNS: LiteralString = """
    id, entity, action, subject_id, tin_of, user_id, role, session_id, api_key_id, detail, before,
    after, request_id, ip, user_agent, recorded_at
"""

_WHERE: dict[Filters, LiteralString] = {
    Filters.NONE: "",
    Filters.ENTITY: "AND entity = %(entity)s",
    Filters.ACTION: "AND action = %(action)s",
    Filters.SUBJECT: "AND subject_id = %(subject_id)s",
    Filters.SUBJECT_ACTION: "AND subject_id = %(subject_id)s AND action = %(action)s",
    Filters.USER: "AND user_id = %(user_id)s",
    Filters.USER_ACTION: "AND user_id = %(user_id)s AND action = %(action)s",
    Filters.TIN: "AND tin_of = %(tin_of)s",
}

_PAGE: dict[Direction, LiteralString] = {
    Direction.FORWARD: """
        AND (recorded_at, id) < (%(at)s, %(id)s)
        ORDER BY recorded_at DESC, id DESC
        LIMIT %(rows)s
        """,
    Direction.BACKWARD: """
        AND (recorded_at, id) > (%(at)s, %(id)s)
        ORDER BY recorded_at, id
        LIMIT %(rows)s
        """,
}

STATEMENTS: dict[tuple[Filters, Direction], LiteralString] = {
    (filters, direction): "SELECT "
    + COLUMNS
    + """
        FROM audit_entries
        WHERE recorded_at >= %(since)s AND recorded_at < %(until)s
        """
    + where
    + page
    for filters, where in _WHERE.items()
    for direction, page in _PAGE.items()
}


async def list_entries(
    tx: Tx,
    window: Window[AuditEntry, RecordKey],
    filters: Filters,
    *,
    since: datetime,
    until: datetime,
    **given: UUID | str | None,
) -> list[AuditEntry]:
    return await tx.many(
        AuditEntry,
        STATEMENTS[filters, window.direction],
        since=since,
        until=until,
        at=window.key.at,
        id=window.key.id,
        rows=window.rows,
        **given,
    )


async def list_in_order(tx: Tx, *, after: int, until: int, limit: int) -> list[AuditEntry]:
    """In the order they are sealed in."""
    return await tx.many(
        AuditEntry,
        "SELECT "
        + COLUMNS
        + """
        FROM audit_entries
        WHERE id > %(after)s AND id <= %(until)s
        ORDER BY id
        LIMIT %(limit)s
        """,
        after=after,
        until=until,
        limit=limit,
    )


async def count_entries(tx: Tx) -> int:
    return await tx.value(int, "SELECT count(*) FROM audit_entries")


async def count_done(tx: Tx, user_id: UUID, actions: list[str]) -> int:
    """How often the user did any of these within the last hour."""
    return await tx.value(
        int,
        """
        SELECT count(*)
        FROM audit_entries
        WHERE user_id = %(user_id)s AND action = ANY(%(actions)s)
          AND recorded_at > now() - interval '1 hour'
        """,
        user_id=user_id,
        actions=actions,
    )
