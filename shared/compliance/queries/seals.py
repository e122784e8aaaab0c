"""The chain of seals over a firm's audit trail."""

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel

from shared.compliance.models import Seal, SealHead
from shared.platform.db import Tx, jsonb, look_up


class Firm(BaseModel):
    organization_id: UUID


class Writer(BaseModel):
    name: str


class Unsealed(BaseModel):
    count: int
    since: datetime | None


async def list_organizations_to_seal() -> list[Firm]:
    return await look_up(Firm, "SELECT organization_id FROM organizations_to_seal()")


async def list_writers() -> set[str]:
    """Transactions under way that write to the audit trail; ids are given out under this lock."""
    found = await look_up(
        Writer,
        """
        SELECT virtualtransaction AS name
        FROM pg_locks
        WHERE locktype = 'relation' AND mode = 'RowExclusiveLock'
          AND relation = 'audit_entries'::regclass
          AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
        """,
    )
    return {writer.name for writer in found}


async def last_entry(tx: Tx) -> int:
    return await tx.value(int, "SELECT coalesce(max(id), 0) FROM audit_entries")


async def lock_chain(tx: Tx) -> None:
    """One at a time goes on with a firm's chain."""
    await tx.run(
        "SELECT pg_advisory_xact_lock(hashtextextended('seals of ' || %(firm)s::text, 0))",
        firm=tx.actor.organization_id,
    )


async def find_last_seal(tx: Tx) -> SealHead | None:
    return await tx.find(
        SealHead,
        "SELECT number, last_id, hash FROM audit_seals ORDER BY number DESC LIMIT 1",
    )


async def find_seal(tx: Tx, number: int) -> SealHead | None:
    return await tx.find(
        SealHead,
        "SELECT number, last_id, hash FROM audit_seals WHERE number = %(number)s",
        number=number,
    )


async def list_seals(tx: Tx, *, after: int, limit: int) -> list[Seal]:
    return await tx.many(
        Seal,
        """
        SELECT number, first_id, last_id, count, entries, previous_hash, hash, sealed_at
        FROM audit_seals
        WHERE number > %(after)s
        ORDER BY number
        LIMIT %(limit)s
        """,
        after=after,
        limit=limit,
    )


async def insert_seal(tx: Tx, seal: Seal) -> None:
    await tx.run(
        """
        INSERT INTO audit_seals
            (organization_id, number, first_id, last_id, count, entries, previous_hash, hash,
             sealed_at)
        VALUES (%(organization_id)s, %(number)s, %(first_id)s, %(last_id)s, %(count)s,
                %(entries)s, %(previous_hash)s, %(hash)s, %(sealed_at)s)
        """,
        organization_id=tx.actor.organization_id,
        **seal.model_dump(exclude={"entries"}),
        entries=jsonb(seal.entries),
    )


async def count_unsealed(tx: Tx, last_id: int) -> Unsealed:
    return await tx.one(
        Unsealed,
        """
        SELECT count(*) AS count, min(recorded_at) AS since
        FROM audit_entries
        WHERE id > %(last_id)s
        """,
        last_id=last_id,
    )


async def archived_before(tx: Tx) -> datetime:
    """Entries recorded before may have been taken out: seven years of the calendar."""
    return await tx.value(datetime, "SELECT now() - interval '7 years'")
