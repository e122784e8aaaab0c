from datetime import datetime

from shared.identity.models import Flag, FlagRow
from shared.platform.db import Tx


async def list_flags(tx: Tx) -> list[FlagRow]:
    """One for each flag at the most: the flags are a closed list."""
    return await tx.many(
        FlagRow,
        """
        SELECT name, enabled, expires_at, note, version
        FROM feature_flags
        ORDER BY name
        """,
    )


async def find_flag(tx: Tx, name: Flag) -> FlagRow | None:
    return await tx.find(
        FlagRow,
        """
        SELECT name, enabled, expires_at, note, version
        FROM feature_flags
        WHERE name = %(name)s
        """,
        name=name,
    )


async def put_flag(
    tx: Tx, name: Flag, *, enabled: bool, expires_at: datetime | None, note: str | None
) -> FlagRow:
    return await tx.one(
        FlagRow,
        """
        INSERT INTO feature_flags (organization_id, name, enabled, expires_at, note)
        VALUES (%(organization_id)s, %(name)s, %(enabled)s, %(expires_at)s, %(note)s)
        ON CONFLICT (organization_id, name) DO UPDATE
        SET enabled = excluded.enabled, expires_at = excluded.expires_at, note = excluded.note,
            version = feature_flags.version + 1, changed_at = now()
        RETURNING name, enabled, expires_at, note, version
        """,
        organization_id=tx.actor.organization_id,
        name=name,
        enabled=enabled,
        expires_at=expires_at,
        note=note,
    )


async def clear_flag(tx: Tx, name: Flag) -> FlagRow | None:
    """None when there is nothing to clear. The row stays, so that no version comes twice."""
    return await tx.find(
        FlagRow,
        """
        UPDATE feature_flags
        SET enabled = NULL, expires_at = NULL, note = NULL,
            version = version + 1, changed_at = now()
        WHERE name = %(name)s AND enabled IS NOT NULL
        RETURNING name, enabled, expires_at, note, version
        """,
        name=name,
    )
