"""Clients, and the TINs sealed in their rows."""

from enum import Enum
from typing import LiteralString
from uuid import UUID

from shared.clients.models import (
    MOST_OF_ONE_TIN,
    Client,
    ClientFilter,
    ClientKey,
    NewClient,
    ResealedTin,
    SealedTin,
)
from shared.platform.db import Sight, Tx
from shared.platform.paging import Direction, Window

_COLUMNS: LiteralString = """
    id, name, entity_type, state, '***-**-' || tin_last4 AS tin_masked, version,
    created_at, updated_at
"""
_SELECT: LiteralString = "SELECT " + _COLUMNS + " FROM clients WHERE "


class Filters(Enum):
    """Which filters are given: state, entity type."""

    NONE = (False, False)
    STATE = (True, False)
    TYPE = (False, True)
    STATE_TYPE = (True, True)


_WHERE: dict[Filters, LiteralString] = {
    Filters.NONE: "state <> 'archived'",
    Filters.STATE: "state = %(state)s",
    Filters.TYPE: "state <> 'archived' AND entity_type = %(entity_type)s",
    Filters.STATE_TYPE: "state = %(state)s AND entity_type = %(entity_type)s",
}

# The names that begin with the search are those from it to it with the last of all characters. The
# end where a page begins is given by its key alone: of two, Postgres might begin at the wrong one.
_PAGE: dict[Direction, LiteralString] = {
    Direction.FORWARD: """
        AND (sort_name, id) > (lower(%(name)s), %(id)s)
        AND sort_name < lower(%(search)s) || chr(1114111)
        ORDER BY sort_name, id
        LIMIT %(rows)s
        """,
    Direction.BACKWARD: """
        AND (sort_name, id) < (lower(%(name)s), %(id)s)
        AND sort_name >= lower(%(search)s)
        ORDER BY sort_name DESC, id DESC
        LIMIT %(rows)s
        """,
}

BY_NAME: dict[tuple[Filters, Direction], LiteralString] = {
    (filters, direction): _SELECT + where + page
    for filters, where in _WHERE.items()
    for direction, page in _PAGE.items()
}


async def get_client(seen: Sight, client_id: UUID) -> Client:
    return await seen.one(Client, _SELECT + "id = %(client_id)s", client_id=client_id)


async def lock_client(tx: Tx, client_id: UUID) -> Client:
    return await tx.one(Client, _SELECT + "id = %(client_id)s FOR UPDATE", client_id=client_id)


async def list_clients(
    seen: Sight, window: Window[Client, ClientKey], wanted: ClientFilter
) -> list[Client]:
    filters = Filters((wanted.state is not None, wanted.entity_type is not None))
    return await seen.many(
        Client,
        BY_NAME[filters, window.direction],
        state=wanted.state,
        entity_type=wanted.entity_type,
        search=wanted.search,
        name=window.key.name,
        id=window.key.id,
        rows=window.rows,
    )


async def list_by_tin(tx: Tx, hashes: list[bytes]) -> list[Client]:
    return await tx.many(
        Client,
        _SELECT
        + """
        tin_hash = ANY(%(hashes)s)
        ORDER BY sort_name, id
        LIMIT %(limit)s
        """,
        hashes=hashes,
        limit=MOST_OF_ONE_TIN,
    )


async def insert_client(
    tx: Tx, client_id: UUID, new: NewClient, *, sealed: bytes | None, hashed: bytes | None
) -> bool:
    """False when there is a client with that id."""
    added = await tx.run(
        """
        INSERT INTO clients
            (id, organization_id, name, entity_type, state, tin_sealed, tin_hash, tin_last4)
        VALUES (%(client_id)s, %(organization_id)s, %(name)s, %(entity_type)s, %(state)s,
                %(sealed)s, %(hashed)s, %(last4)s)
        ON CONFLICT (id) DO NOTHING
        """,
        client_id=client_id,
        organization_id=tx.actor.organization_id,
        name=new.name,
        entity_type=new.entity_type,
        state=new.state,
        sealed=sealed,
        hashed=hashed,
        last4=new.tin[-4:] if new.tin else None,
    )
    return added == 1


async def update_client(tx: Tx, client: Client) -> Client:
    return await tx.one(
        Client,
        """
        UPDATE clients
        SET name = %(name)s, entity_type = %(entity_type)s, state = %(state)s,
            version = version + 1, updated_at = now()
        WHERE id = %(client_id)s
        RETURNING """
        + _COLUMNS,
        client_id=client.id,
        name=client.name,
        entity_type=client.entity_type,
        state=client.state,
    )


async def set_tin(
    tx: Tx, client_id: UUID, *, sealed: bytes | None, hashed: bytes | None, last4: str | None
) -> None:
    await tx.run(
        """
        UPDATE clients
        SET tin_sealed = %(sealed)s, tin_hash = %(hashed)s, tin_last4 = %(last4)s
        WHERE id = %(client_id)s
        """,
        client_id=client_id,
        sealed=sealed,
        hashed=hashed,
        last4=last4,
    )


async def delete_client(tx: Tx, client_id: UUID) -> None:
    await tx.run("DELETE FROM clients WHERE id = %(client_id)s", client_id=client_id)


async def has_records(tx: Tx, client_id: UUID) -> bool:
    """Documents, or somebody who signs in for the client."""
    return await tx.value(
        bool,
        """
        SELECT EXISTS (SELECT FROM documents WHERE client_id = %(client_id)s)
            OR EXISTS (SELECT FROM memberships WHERE client_id = %(client_id)s)
        """,
        client_id=client_id,
    )


async def count_clients(tx: Tx) -> int:
    return await tx.value(int, "SELECT count(*) FROM clients WHERE state <> 'archived'")


async def get_sealed_tin(tx: Tx, client_id: UUID) -> SealedTin:
    return await tx.one(
        SealedTin,
        """
        SELECT id, entity_type, tin_sealed
        FROM clients
        WHERE id = %(client_id)s
        """,
        client_id=client_id,
    )


async def lock_sealed_before(tx: Tx, version: int, limit: int) -> list[SealedTin]:
    """Some of those sealed with keys before this version."""
    return await tx.many(
        SealedTin,
        """
        SELECT id, entity_type, tin_sealed
        FROM clients
        WHERE tin_sealed_key < %(version)s
        ORDER BY tin_sealed_key, id
        LIMIT %(limit)s
        FOR UPDATE
        """,
        version=version,
        limit=limit,
    )


async def reseal_tin(tx: Tx, tin: ResealedTin) -> None:
    """The same TIN under other keys: for whoever looks at the client nothing has changed."""
    await tx.run(
        """
        UPDATE clients
        SET tin_sealed = %(tin_sealed)s, tin_hash = %(tin_hash)s
        WHERE id = %(id)s
        """,
        id=tin.id,
        tin_sealed=tin.tin_sealed,
        tin_hash=tin.tin_hash,
    )


async def list_to_export(tx: Tx, after: UUID, limit: int) -> list[Client]:
    """The archived, too."""
    return await tx.many(
        Client,
        # By the firm first, though there is one: so that no index over all firms' ids is read.
        _SELECT + "id > %(after)s ORDER BY organization_id, id LIMIT %(limit)s",
        after=after,
        limit=limit,
    )


async def count_to_export(tx: Tx) -> int:
    return await tx.value(int, "SELECT count(*) FROM clients")
