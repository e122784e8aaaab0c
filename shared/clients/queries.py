"""Every SQL statement clients runs."""

from uuid import UUID

from shared.clients.models import Client, ClientKey, NewClient
from shared.platform.db import Tx


async def get_client(tx: Tx, client_id: UUID) -> Client:
    return await tx.one(
        Client,
        """
        SELECT id, name, entity_type, tin_last4, created_at
        FROM clients
        WHERE id = %(client_id)s
        """,
        client_id=client_id,
    )


async def list_first_clients(tx: Tx, limit: int) -> list[Client]:
    return await tx.many(
        Client,
        """
        SELECT id, name, entity_type, tin_last4, created_at
        FROM clients
        ORDER BY name, id
        LIMIT %(limit)s
        """,
        limit=limit,
    )


async def list_clients_after(tx: Tx, key: ClientKey, limit: int) -> list[Client]:
    return await tx.many(
        Client,
        """
        SELECT id, name, entity_type, tin_last4, created_at
        FROM clients
        WHERE (name, id) > (%(name)s, %(id)s)
        ORDER BY name, id
        LIMIT %(limit)s
        """,
        name=key.name,
        id=key.id,
        limit=limit,
    )


async def insert_client(
    tx: Tx, client_id: UUID, new: NewClient, *, sealed: bytes | None, hashed: bytes | None
) -> bool:
    """False when there is a client with that id."""
    added = await tx.run(
        """
        INSERT INTO clients
            (id, organization_id, name, entity_type, tin_sealed, tin_hash, tin_last4)
        VALUES (%(client_id)s, %(organization_id)s, %(name)s, %(entity_type)s,
                %(sealed)s, %(hashed)s, %(last4)s)
        ON CONFLICT (id) DO NOTHING
        """,
        client_id=client_id,
        organization_id=tx.actor.organization_id,
        name=new.name,
        entity_type=new.entity_type,
        sealed=sealed,
        hashed=hashed,
        last4=new.tin[-4:] if new.tin else None,
    )
    return added == 1
