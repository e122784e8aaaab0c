"""An audit trail, and somebody with the database's keys who changes it."""

from typing import Any
from uuid import UUID, uuid4

import psycopg

from shared.platform.actor import Actor
from shared.platform.db import transaction
from shared.platform.messages import Change


async def entries(actor: Actor, count: int, **given: Any) -> list[int]:
    """That many new entries; their ids, in order."""
    for _ in range(count):
        await entry(actor, **given)
    return (await ids(actor))[-count:]


async def entry(actor: Actor, action: str = "something.happened", **given: Any) -> None:
    async with transaction(actor) as tx:
        await tx.record(Change.model_validate({"action": action, "subject_id": uuid4()} | given))


async def ids(actor: Actor) -> list[int]:
    async with transaction(actor) as tx:
        return await tx.value(list, "SELECT array_agg(id ORDER BY id) FROM audit_entries")


async def seal_numbers(actor: Actor) -> list[int]:
    async with transaction(actor) as tx:
        return await tx.value(
            list, "SELECT coalesce(array_agg(number ORDER BY number), '{}') FROM audit_seals"
        )


def tamper(database: str, command: str, **params: object) -> None:
    """As the superuser, whom no policy stops."""
    with psycopg.connect(database, autocommit=True) as admin:
        assert admin.execute(command.encode(), params).rowcount != 0


def copy_entry(database: str, entry_id: int, organization_id: UUID) -> None:
    """Another entry with an id that is sealed already."""
    tamper(
        database,
        """
        INSERT INTO audit_entries
            (id, organization_id, entity, action, subject_id, role, detail, recorded_at)
        OVERRIDING SYSTEM VALUE
        SELECT %(id)s, %(firm)s, 'client', 'client.added', gen_random_uuid(), 'owner', '{}',
               now() - interval '1 minute'
        """,
        id=entry_id,
        firm=organization_id,
    )


def found(database: str, query: str, **params: object) -> Any:
    """One value, as the superuser sees it."""
    with psycopg.connect(database) as admin:
        (value,) = admin.execute(query.encode(), params).fetchone() or (None,)
        return value
