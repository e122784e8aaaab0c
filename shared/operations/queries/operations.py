"""Every SQL statement operations run."""

from datetime import timedelta
from typing import Any, LiteralString
from uuid import UUID

from shared.operations.models import (
    FoundOperation,
    Job,
    Operation,
    OperationKey,
    OrganizationDue,
    Progress,
)
from shared.platform.db import Tx, jsonb, look_up
from shared.platform.paging import Direction, Window

_COLUMNS: LiteralString = """
    id, kind, state, user_id, done, total, result, code, detail, cancel_requested_at,
    created_at, started_at, progressed_at, finished_at, version
"""


async def insert_operation(tx: Tx, operation_id: UUID, kind: str, given: dict[str, Any]) -> bool:
    """False when it is there already."""
    added = await tx.run(
        """
        INSERT INTO operations (id, organization_id, user_id, kind, input)
        VALUES (%(operation_id)s, %(organization_id)s, %(user_id)s, %(kind)s, %(input)s)
        ON CONFLICT (id) DO NOTHING
        """,
        operation_id=operation_id,
        organization_id=tx.actor.organization_id,
        user_id=tx.actor.user_id,
        kind=kind,
        input=jsonb(given),
    )
    return added == 1


async def get_operation(tx: Tx, operation_id: UUID) -> Operation:
    return await tx.one(
        Operation,
        "SELECT " + _COLUMNS + " FROM operations WHERE id = %(operation_id)s",
        operation_id=operation_id,
    )


async def lock_operation(tx: Tx, operation_id: UUID) -> Operation:
    return await tx.one(
        Operation,
        "SELECT " + _COLUMNS + " FROM operations WHERE id = %(operation_id)s FOR UPDATE",
        operation_id=operation_id,
    )


_PAGE: dict[Direction, LiteralString] = {
    Direction.FORWARD: """
        (created_at, id) < (%(at)s, %(id)s)
        ORDER BY created_at DESC, id DESC
        LIMIT %(rows)s
        """,
    Direction.BACKWARD: """
        (created_at, id) > (%(at)s, %(id)s)
        ORDER BY created_at, id
        LIMIT %(rows)s
        """,
}
_FROM: LiteralString = "SELECT " + _COLUMNS + " FROM operations WHERE "
OWN: dict[Direction, LiteralString] = {
    direction: _FROM
    + "user_id = %(user_id)s AND (%(kinds)s::text[] IS NULL OR kind = ANY (%(kinds)s)) AND "
    + page
    for direction, page in _PAGE.items()
}
EVERYONES: dict[Direction, LiteralString] = {
    direction: _FROM + page for direction, page in _PAGE.items()
}


async def list_own(
    tx: Tx, window: Window[Operation, OperationKey], kinds: list[str] | None
) -> list[Operation]:
    return await tx.many(
        Operation,
        OWN[window.direction],
        user_id=tx.actor.user_id,
        kinds=kinds,
        at=window.key.at,
        id=window.key.id,
        rows=window.rows,
    )


async def list_everyones(tx: Tx, window: Window[Operation, OperationKey]) -> list[Operation]:
    return await tx.many(
        Operation,
        EVERYONES[window.direction],
        at=window.key.at,
        id=window.key.id,
        rows=window.rows,
    )


async def request_cancel(tx: Tx, operation_id: UUID) -> Operation:
    """One that nobody has begun has ended with it."""
    return await tx.one(
        Operation,
        """
        UPDATE operations
        SET cancel_requested_at = coalesce(cancel_requested_at, now()),
            state = CASE state WHEN 'pending' THEN 'cancelled' ELSE state END,
            finished_at = CASE state WHEN 'pending' THEN now() END,
            version = version + 1
        WHERE id = %(operation_id)s
        RETURNING
        """
        + _COLUMNS,
        operation_id=operation_id,
    )


async def mark_running(tx: Tx, operation_id: UUID) -> None:
    await tx.run(
        """
        UPDATE operations
        SET state = 'running', started_at = now(), version = version + 1
        WHERE id = %(operation_id)s AND state = 'pending'
        """,
        operation_id=operation_id,
    )


async def get_job(tx: Tx, operation_id: UUID) -> Job:
    return await tx.one(
        Job,
        """
        SELECT id AS operation_id, kind, user_id, input, step, cursor, done, total
        FROM operations
        WHERE id = %(operation_id)s
        """,
        operation_id=operation_id,
    )


async def save_progress(tx: Tx, job: Job, made: Progress) -> bool:
    """False when the step had been taken already, or the operation has ended."""
    saved = await tx.run(
        """
        UPDATE operations
        SET step = step + 1, cursor = %(cursor)s, done = %(done)s, total = %(total)s,
            progressed_at = now(), version = version + 1
        WHERE id = %(operation_id)s AND step = %(step)s AND state = 'running'
        """,
        operation_id=job.operation_id,
        step=job.step,
        cursor=None if made.cursor is None else jsonb(made.cursor),
        done=made.done,
        total=made.total,
    )
    return saved == 1


async def finish(
    tx: Tx,
    operation_id: UUID,
    *,
    state: str,
    result: dict[str, Any] | None = None,
    code: str | None = None,
    detail: str | None = None,
) -> bool:
    """False when it has ended already."""
    ended = await tx.run(
        """
        UPDATE operations
        SET state = %(state)s, result = %(result)s, code = %(code)s, detail = %(detail)s,
            cursor = NULL, progressed_at = now(), finished_at = now(), version = version + 1
        WHERE id = %(operation_id)s AND finished_at IS NULL
        """,
        operation_id=operation_id,
        state=state,
        result=None if result is None else jsonb(result),
        code=code,
        detail=detail,
    )
    return ended == 1


async def list_silent(tx: Tx, after: UUID, seconds: float, limit: int) -> list[FoundOperation]:
    """Not ended, and nothing heard of them for so long."""
    return await tx.many(
        FoundOperation,
        """
        SELECT id
        FROM operations
        WHERE finished_at IS NULL AND id > %(after)s
          AND coalesce(progressed_at, started_at, created_at)
              < now() - make_interval(secs => %(seconds)s)
        ORDER BY id
        LIMIT %(limit)s
        """,
        after=after,
        seconds=seconds,
        limit=limit,
    )


async def list_expired(tx: Tx, kept_for: timedelta, limit: int) -> list[FoundOperation]:
    return await tx.many(
        FoundOperation,
        """
        SELECT id
        FROM operations
        WHERE finished_at < now() - %(kept_for)s::interval
        ORDER BY finished_at
        LIMIT %(limit)s
        """,
        kept_for=kept_for,
        limit=limit,
    )


async def delete_operation(tx: Tx, operation_id: UUID) -> None:
    await tx.run("DELETE FROM operations WHERE id = %(operation_id)s", operation_id=operation_id)


async def list_organizations_due() -> list[OrganizationDue]:
    """Firms that have work under way or something to throw away, of whatever kind."""
    return await look_up(OrganizationDue, "SELECT organization_id FROM organizations_due()")
