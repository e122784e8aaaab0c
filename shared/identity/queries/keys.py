from datetime import datetime
from uuid import UUID

from shared.identity.models import KeyVersion
from shared.operations.models import OrganizationDue
from shared.platform.db import Tx, look_up


async def insert_keys(tx: Tx, keys: KeyVersion) -> None:
    await tx.run(
        """
        INSERT INTO organization_keys
            (organization_id, version, wrapped_by, seal_key_wrapped, hash_key_wrapped)
        VALUES (%(organization_id)s, %(version)s, %(wrapped_by)s, %(seal_key_wrapped)s,
                %(hash_key_wrapped)s)
        """,
        organization_id=tx.actor.organization_id,
        version=keys.version,
        wrapped_by=keys.wrapped_by,
        seal_key_wrapped=keys.seal_key_wrapped,
        hash_key_wrapped=keys.hash_key_wrapped,
    )


async def list_keys(tx: Tx) -> list[KeyVersion]:
    """The active ones first: no version is newer."""
    return await tx.many(
        KeyVersion,
        """
        SELECT version, wrapped_by, seal_key_wrapped, hash_key_wrapped, created_at, retired_at
        FROM organization_keys
        ORDER BY version DESC
        """,
    )


async def lock_active_keys(tx: Tx) -> KeyVersion:
    """Not FOR UPDATE: rows sealed meanwhile refer to it, and need not wait."""
    return await tx.one(
        KeyVersion,
        """
        SELECT version, wrapped_by, seal_key_wrapped, hash_key_wrapped, created_at, retired_at
        FROM organization_keys
        WHERE state = 'active'
        FOR NO KEY UPDATE
        """,
    )


async def retire_keys(tx: Tx, version: int) -> None:
    await tx.run(
        """
        UPDATE organization_keys
        SET state = 'retired', retired_at = now()
        WHERE version = %(version)s
        """,
        version=version,
    )


async def rewrap_keys(tx: Tx, keys: KeyVersion, wrapped_before_by: str) -> bool:
    """False when somebody else has done it."""
    changed = await tx.run(
        """
        UPDATE organization_keys
        SET wrapped_by = %(wrapped_by)s,
            seal_key_wrapped = %(seal_key_wrapped)s,
            hash_key_wrapped = %(hash_key_wrapped)s
        WHERE version = %(version)s AND wrapped_by = %(wrapped_before_by)s
        """,
        wrapped_by=keys.wrapped_by,
        seal_key_wrapped=keys.seal_key_wrapped,
        hash_key_wrapped=keys.hash_key_wrapped,
        version=keys.version,
        wrapped_before_by=wrapped_before_by,
    )
    return changed == 1


async def delete_retired_keys(tx: Tx, version: int) -> bool:
    """Postgres refuses while a row is sealed with them. False when they are gone, or active."""
    deleted = await tx.run(
        """
        DELETE FROM organization_keys
        WHERE version = %(version)s AND state = 'retired'
        """,
        version=version,
    )
    return deleted == 1


async def list_organizations_with_old_keys(
    *, created_before: datetime, retired_before: datetime, wrapping: str
) -> list[UUID]:
    found = await look_up(
        OrganizationDue,
        """
        SELECT organization_id
        FROM organizations_with_old_keys(
            %(created_before)s, %(retired_before)s, %(wrapping)s)
        """,
        created_before=created_before,
        retired_before=retired_before,
        wrapping=wrapping,
    )
    return [each.organization_id for each in found]
