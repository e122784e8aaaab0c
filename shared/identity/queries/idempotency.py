"""The table idempotency_keys: each key is a row of the user, or the API key, that sent it."""

from datetime import timedelta
from uuid import UUID

from shared.identity.idempotency_models import ClaimedKey, ExpiredKeys, IdempotencyKey
from shared.platform.db import Tx, look_up


async def claim_key(
    tx: Tx,
    *,
    caller_id: UUID,
    key: str,
    request_hashes: list[bytes],
    lease: timedelta,
    life: timedelta,
) -> ClaimedKey | None:
    """Of a request that may run: it is the first, or the lease of one that died has ended."""
    return await tx.find(
        ClaimedKey,
        """
        INSERT INTO idempotency_keys AS k
            (organization_id, caller_id, key, request_hash, leased_until, expires_at)
        VALUES (%(organization_id)s, %(caller_id)s, %(key)s, %(request_hash)s,
                now() + %(lease)s::interval, now() + %(life)s::interval)
        ON CONFLICT (organization_id, caller_id, key) DO UPDATE
        SET claim_id = CASE WHEN k.expires_at < now() THEN excluded.claim_id ELSE k.claim_id END,
            request_hash = excluded.request_hash,
            leased_until = excluded.leased_until,
            expires_at = excluded.expires_at,
            answer_sealed = NULL
        WHERE k.expires_at < now()
           OR (k.answer_sealed IS NULL AND k.leased_until < now()
               AND k.request_hash = ANY (%(request_hashes)s))
        RETURNING claim_id
        """,
        organization_id=tx.actor.organization_id,
        caller_id=caller_id,
        key=key,
        request_hash=request_hashes[0],
        request_hashes=request_hashes,
        lease=lease,
        life=life,
    )


async def find_key(tx: Tx, caller_id: UUID, key: str) -> IdempotencyKey | None:
    return await tx.find(
        IdempotencyKey,
        """
        SELECT request_hash, answer_sealed, leased_until
        FROM idempotency_keys
        WHERE caller_id = %(caller_id)s AND key = %(key)s
        """,
        caller_id=caller_id,
        key=key,
    )


async def update_answer(tx: Tx, claim_id: UUID, sealed: bytes) -> None:
    """Of two that ran because the first outlived its lease, the last one's answer stays."""
    await tx.run(
        """
        UPDATE idempotency_keys
        SET answer_sealed = %(sealed)s
        WHERE claim_id = %(claim_id)s
        """,
        claim_id=claim_id,
        sealed=sealed,
    )


async def delete_claim(tx: Tx, claim_id: UUID) -> None:
    await tx.run(
        """
        DELETE FROM idempotency_keys
        WHERE claim_id = %(claim_id)s AND answer_sealed IS NULL
        """,
        claim_id=claim_id,
    )


async def end_lease(tx: Tx, claim_id: UUID) -> None:
    await tx.run(
        """
        UPDATE idempotency_keys
        SET leased_until = now()
        WHERE claim_id = %(claim_id)s AND answer_sealed IS NULL
        """,
        claim_id=claim_id,
    )


async def delete_answers_to(tx: Tx, user_id: UUID) -> None:
    """Those to their API keys, too."""
    await tx.run(
        """
        DELETE FROM idempotency_keys
        WHERE caller_id = %(user_id)s
           OR caller_id IN (SELECT id FROM api_keys WHERE user_id = %(user_id)s)
        """,
        user_id=user_id,
    )


async def delete_expired_keys(tx: Tx) -> int:
    return await tx.run("DELETE FROM idempotency_keys WHERE expires_at < now()")


async def list_organizations_with_expired_keys() -> list[ExpiredKeys]:
    return await look_up(
        ExpiredKeys, "SELECT organization_id FROM organizations_with_expired_keys()"
    )
