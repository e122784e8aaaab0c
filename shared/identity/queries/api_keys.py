from datetime import datetime
from typing import LiteralString
from uuid import UUID

from shared.identity.access_models import ApiKey, KeyPlace
from shared.platform.db import Tx
from shared.platform.paging import Direction, Window

LATEST_FIRST: dict[Direction, LiteralString] = {
    Direction.FORWARD: """
        SELECT id, name, prefix, user_id, made_by, scopes, created_at, expires_at, last_used_at,
               previous_until, revoked_at, version
        FROM api_keys
        WHERE (created_at, id) < (%(created_at)s, %(id)s)
        ORDER BY created_at DESC, id DESC
        LIMIT %(rows)s
        """,
    Direction.BACKWARD: """
        SELECT id, name, prefix, user_id, made_by, scopes, created_at, expires_at, last_used_at,
               previous_until, revoked_at, version
        FROM api_keys
        WHERE (created_at, id) > (%(created_at)s, %(id)s)
        ORDER BY created_at, id
        LIMIT %(rows)s
        """,
}


async def list_api_keys(tx: Tx, window: Window[ApiKey, KeyPlace]) -> list[ApiKey]:
    return await tx.many(
        ApiKey,
        LATEST_FIRST[window.direction],
        created_at=window.key.created_at,
        id=window.key.id,
        rows=window.rows,
    )


async def get_api_key(tx: Tx, key_id: UUID) -> ApiKey:
    return await tx.one(
        ApiKey,
        """
        SELECT id, name, prefix, user_id, made_by, scopes, created_at, expires_at, last_used_at,
               previous_until, revoked_at, version
        FROM api_keys
        WHERE id = %(key_id)s
        """,
        key_id=key_id,
    )


async def lock_api_key(tx: Tx, key_id: UUID) -> ApiKey:
    return await tx.one(
        ApiKey,
        """
        SELECT id, name, prefix, user_id, made_by, scopes, created_at, expires_at, last_used_at,
               previous_until, revoked_at, version
        FROM api_keys
        WHERE id = %(key_id)s
        FOR UPDATE
        """,
        key_id=key_id,
    )


async def insert_api_key(tx: Tx, key: ApiKey, *, secret_id: UUID, secret_hash: bytes) -> bool:
    """False when the same request has made it before."""
    added = await tx.run(
        """
        INSERT INTO api_keys
            (id, organization_id, user_id, made_by, name, prefix, scopes, secret_id,
             secret_hash, created_at, expires_at)
        VALUES (%(id)s, %(organization_id)s, %(user_id)s, %(made_by)s, %(name)s, %(prefix)s,
                %(scopes)s, %(secret_id)s, %(secret_hash)s, %(created_at)s, %(expires_at)s)
        ON CONFLICT (id) DO NOTHING
        """,
        id=key.id,
        organization_id=tx.actor.organization_id,
        user_id=key.user_id,
        made_by=key.made_by,
        name=key.name,
        prefix=key.prefix,
        scopes=[str(each) for each in key.scopes],
        secret_id=secret_id,
        secret_hash=secret_hash,
        created_at=key.created_at,
        expires_at=key.expires_at,
    )
    return added == 1


async def update_api_key(tx: Tx, key: ApiKey) -> ApiKey:
    return await tx.one(
        ApiKey,
        """
        UPDATE api_keys
        SET name = %(name)s, scopes = %(scopes)s, expires_at = %(expires_at)s,
            version = version + 1
        WHERE id = %(key_id)s
        RETURNING id, name, prefix, user_id, made_by, scopes, created_at, expires_at, last_used_at,
                  previous_until, revoked_at, version
        """,
        key_id=key.id,
        name=key.name,
        scopes=[str(each) for each in key.scopes],
        expires_at=key.expires_at,
    )


async def rotate_api_key(
    tx: Tx, key_id: UUID, *, secret_id: UUID, secret_hash: bytes, previous_until: datetime
) -> ApiKey:
    """The secret before goes on until then; the one before that ends now.

    Its maker is whoever was shown the secret that it has.
    """
    return await tx.one(
        ApiKey,
        """
        UPDATE api_keys
        SET previous_hash = secret_hash, previous_until = %(previous_until)s,
            previous_by = made_by, secret_id = %(secret_id)s, secret_hash = %(secret_hash)s,
            made_by = %(made_by)s, version = version + 1
        WHERE id = %(key_id)s
        RETURNING id, name, prefix, user_id, made_by, scopes, created_at, expires_at, last_used_at,
                  previous_until, revoked_at, version
        """,
        key_id=key_id,
        secret_id=secret_id,
        secret_hash=secret_hash,
        made_by=tx.actor.user_id,
        previous_until=previous_until,
    )


async def replace_secret(
    tx: Tx, key_id: UUID, *, secret_id: UUID, prefix: str, secret_hash: bytes
) -> ApiKey | None:
    """None unless the key's secret is the one of that id; the secret before it stays."""
    return await tx.find(
        ApiKey,
        """
        UPDATE api_keys
        SET prefix = %(prefix)s, secret_hash = %(secret_hash)s, version = version + 1
        WHERE id = %(key_id)s AND secret_id = %(secret_id)s AND revoked_at IS NULL
        RETURNING id, name, prefix, user_id, made_by, scopes, created_at, expires_at, last_used_at,
                  previous_until, revoked_at, version
        """,
        key_id=key_id,
        secret_id=secret_id,
        prefix=prefix,
        secret_hash=secret_hash,
    )


async def revoke_api_key(tx: Tx, key_id: UUID) -> None:
    await tx.run(
        """
        UPDATE api_keys
        SET revoked_at = now(), version = version + 1
        WHERE id = %(key_id)s
        """,
        key_id=key_id,
    )


async def revoke_api_keys(tx: Tx, user_id: UUID) -> int:
    return await tx.run(
        """
        UPDATE api_keys
        SET revoked_at = now(), version = version + 1
        WHERE %(user_id)s IN (user_id, made_by) AND revoked_at IS NULL
        """,
        user_id=user_id,
    )
