from datetime import datetime
from typing import Any, LiteralString

from shared.identity.models import SettingsVersion, VersionKey
from shared.platform.db import Tx, jsonb
from shared.platform.paging import Direction, Window


async def list_in_order(tx: Tx) -> list[SettingsVersion]:
    """All of them, as they take effect: a firm has few."""
    return await tx.many(
        SettingsVersion,
        """
        SELECT number, effective_from, changes, changed_by, changed_at
        FROM organization_settings_versions
        ORDER BY effective_from, number
        """,
    )


_FROM: LiteralString = """
    SELECT number, effective_from, changes, changed_by, changed_at
    FROM organization_settings_versions
    """
NEWEST: dict[Direction, LiteralString] = {
    Direction.FORWARD: _FROM
    + """
    WHERE number < %(number)s
    ORDER BY number DESC
    LIMIT %(rows)s
    """,
    Direction.BACKWARD: _FROM
    + """
    WHERE number > %(number)s
    ORDER BY number
    LIMIT %(rows)s
    """,
}


async def list_versions(
    tx: Tx, window: Window[SettingsVersion, VersionKey]
) -> list[SettingsVersion]:
    return await tx.many(
        SettingsVersion, NEWEST[window.direction], number=window.key.number, rows=window.rows
    )


async def insert_version(
    tx: Tx,
    *,
    number: int,
    changes: dict[str, Any],
    effective_from: datetime,
    changed_at: datetime,
) -> None:
    await tx.run(
        """
        INSERT INTO organization_settings_versions
            (organization_id, number, effective_from, changes, changed_by, changed_at)
        VALUES (%(organization_id)s, %(number)s, %(effective_from)s, %(changes)s,
                %(changed_by)s, %(changed_at)s)
        """,
        organization_id=tx.actor.organization_id,
        number=number,
        effective_from=effective_from,
        changes=jsonb(changes),
        changed_by=tx.actor.user_id,
        changed_at=changed_at,
    )
