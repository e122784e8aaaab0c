"""What the audit trail tells of a thing."""

from uuid import UUID

from pydantic import BaseModel

from shared.platform.actor import Actor
from shared.platform.db import transaction


class Entry(BaseModel):
    action: str
    user_id: UUID | None
    before: dict[str, object] | None
    after: dict[str, object] | None
    detail: dict[str, object]


async def trail(actor: Actor, subject_id: UUID, action: str) -> list[Entry]:
    async with transaction(actor) as tx:
        return await tx.many(
            Entry,
            """
            SELECT action, user_id, before, after, detail FROM audit_entries
            WHERE subject_id = %(subject_id)s AND action = %(action)s
            ORDER BY id
            """,
            subject_id=subject_id,
            action=action,
        )


async def alerts(actor: Actor, subject_id: UUID) -> list[str]:
    async with transaction(actor) as tx:
        return await tx.value(
            list,
            """
            SELECT coalesce(array_agg(kind ORDER BY occurred_at), '{}') FROM security_events
            WHERE subject_id = %(subject_id)s
            """,
            subject_id=subject_id,
        )


async def events(actor: Actor, subject_id: UUID) -> list[dict[str, object]]:
    async with transaction(actor) as tx:
        return await tx.value(
            list,
            """
            SELECT coalesce(
                array_agg(jsonb_build_object('topic', topic) || payload ORDER BY id), '{}')
            FROM outbox_events WHERE subject_id = %(subject_id)s
            """,
            subject_id=subject_id,
        )
