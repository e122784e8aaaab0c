from uuid import UUID

from shared.identity.access_models import HeldKey, KeyOwner, Membership, Person, Standing, Workplace
from shared.platform.db import Tx, look_up
from shared.platform.tokens import Claims


async def list_memberships(claims: Claims) -> list[Membership]:
    return await look_up(
        Membership,
        """
        SELECT organization_id, user_id, role, client_id, state, signed_out_at,
               organization_state
        FROM membership_of(%(issuer)s, %(subject)s)
        """,
        issuer=claims.issuer,
        subject=claims.subject,
    )


async def list_key_owners(prefix: str) -> list[KeyOwner]:
    return await look_up(
        KeyOwner,
        """
        SELECT organization_id, key_id
        FROM key_owner(%(prefix)s)
        """,
        prefix=prefix,
    )


async def find_held_key(tx: Tx, *, key_id: UUID) -> HeldKey | None:
    return await tx.find(
        HeldKey,
        """
        SELECT k.id, k.user_id, k.scopes, k.secret_hash, k.made_by, k.previous_hash,
               k.previous_until, k.previous_by, k.expires_at, k.revoked_at, m.role, m.client_id,
               m.state,
               o.state AS organization_state
        FROM api_keys AS k
        JOIN memberships AS m
          ON m.organization_id = k.organization_id AND m.user_id = k.user_id
        JOIN organizations AS o ON o.id = k.organization_id
        WHERE k.id = %(key_id)s
        """,
        key_id=key_id,
    )


async def note_use(tx: Tx, *, key_id: UUID) -> None:
    """At most once a minute: who asks often would write often."""
    await tx.run(
        """
        UPDATE api_keys
        SET last_used_at = now()
        WHERE id = %(key_id)s
          AND (last_used_at IS NULL OR last_used_at < now() - interval '1 minute')
        """,
        key_id=key_id,
    )


async def find_standing(tx: Tx, user_id: UUID) -> Standing | None:
    return await tx.find(
        Standing,
        """
        SELECT role, state
        FROM memberships
        WHERE user_id = %(user_id)s
        """,
        user_id=user_id,
    )


async def get_person(tx: Tx, user_id: UUID) -> Person:
    return await tx.one(
        Person,
        """
        SELECT id, name, email
        FROM users
        WHERE id = %(user_id)s
        """,
        user_id=user_id,
    )


async def get_workplace(tx: Tx) -> Workplace:
    return await tx.one(
        Workplace,
        """
        SELECT id, name, plan
        FROM organizations
        """,
    )
