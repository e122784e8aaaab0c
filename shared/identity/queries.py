"""Every SQL statement identity runs."""

from uuid import UUID

from shared.identity.models import Membership, NewMember, OrganizationSettings, WrappedKeys
from shared.platform.db import Tx, look_up
from shared.platform.tokens import Claims


async def list_memberships(claims: Claims) -> list[Membership]:
    return await look_up(
        Membership,
        """
        SELECT organization_id, user_id, role, client_id
        FROM membership_of(%(issuer)s, %(subject)s)
        """,
        issuer=claims.issuer,
        subject=claims.subject,
    )


async def insert_organization(tx: Tx, name: str) -> bool:
    """False when it is there already."""
    added = await tx.run(
        """
        INSERT INTO organizations (id, name)
        VALUES (%(organization_id)s, %(name)s)
        ON CONFLICT (id) DO NOTHING
        """,
        organization_id=tx.actor.organization_id,
        name=name,
    )
    return added == 1


async def insert_keys(tx: Tx, keys: WrappedKeys) -> None:
    await tx.run(
        """
        INSERT INTO organization_keys (organization_id, seal_key_wrapped, hash_key_wrapped)
        VALUES (%(organization_id)s, %(seal_key_wrapped)s, %(hash_key_wrapped)s)
        """,
        organization_id=tx.actor.organization_id,
        seal_key_wrapped=keys.seal_key_wrapped,
        hash_key_wrapped=keys.hash_key_wrapped,
    )


async def get_keys(tx: Tx) -> WrappedKeys:
    return await tx.one(
        WrappedKeys,
        """
        SELECT seal_key_wrapped, hash_key_wrapped
        FROM organization_keys
        """,
    )


async def insert_identity(tx: Tx, *, identity_id: UUID, issuer: str, subject: str) -> None:
    await tx.run(
        """
        INSERT INTO identities (id, issuer, subject)
        VALUES (%(identity_id)s, %(issuer)s, %(subject)s)
        ON CONFLICT DO NOTHING
        """,
        identity_id=identity_id,
        issuer=issuer,
        subject=subject,
    )


async def insert_user(tx: Tx, *, user_id: UUID, identity_id: UUID, new: NewMember) -> bool:
    """False when this identity is a user of the firm already."""
    added = await tx.run(
        """
        INSERT INTO users (id, organization_id, identity_id, email, name)
        VALUES (%(user_id)s, %(organization_id)s, %(identity_id)s, %(email)s, %(name)s)
        ON CONFLICT (id) DO NOTHING
        """,
        user_id=user_id,
        organization_id=tx.actor.organization_id,
        identity_id=identity_id,
        email=new.email,
        name=new.name,
    )
    return added == 1


async def insert_membership(tx: Tx, *, user_id: UUID, new: NewMember) -> None:
    await tx.run(
        """
        INSERT INTO memberships (organization_id, user_id, role, client_id)
        VALUES (%(organization_id)s, %(user_id)s, %(role)s, %(client_id)s)
        """,
        organization_id=tx.actor.organization_id,
        user_id=user_id,
        role=new.role,
        client_id=new.client_id,
    )


async def find_settings(tx: Tx) -> OrganizationSettings | None:
    return await tx.find(
        OrganizationSettings,
        """
        SELECT cloud_reading, cloud_reading_fallback, version
        FROM organization_settings
        """,
    )


async def insert_settings(tx: Tx) -> None:
    """A row to lock, for a firm that has not chosen anything yet."""
    await tx.run(
        """
        INSERT INTO organization_settings (organization_id)
        VALUES (%(organization_id)s)
        ON CONFLICT (organization_id) DO NOTHING
        """,
        organization_id=tx.actor.organization_id,
    )


async def lock_settings(tx: Tx) -> OrganizationSettings:
    return await tx.one(
        OrganizationSettings,
        """
        SELECT cloud_reading, cloud_reading_fallback, version
        FROM organization_settings
        FOR UPDATE
        """,
    )


async def update_settings(tx: Tx, settings: OrganizationSettings) -> OrganizationSettings:
    return await tx.one(
        OrganizationSettings,
        """
        UPDATE organization_settings
        SET cloud_reading = %(cloud_reading)s,
            cloud_reading_fallback = %(cloud_reading_fallback)s,
            version = version + 1,
            changed_at = now()
        RETURNING cloud_reading, cloud_reading_fallback, version
        """,
        cloud_reading=settings.cloud_reading,
        cloud_reading_fallback=settings.cloud_reading_fallback,
    )
