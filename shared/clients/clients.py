"""Adding clients and finding them again."""

from uuid import UUID

from shared.clients import queries
from shared.clients.models import Client, ClientKey, NewClient
from shared.identity.keys import open_keyring
from shared.identity.permissions import Permission, require
from shared.platform import paging
from shared.platform.actor import Actor
from shared.platform.crypto import place
from shared.platform.db import Tx, transaction
from shared.platform.messages import Change
from shared.platform.paging import Page


async def add_client(actor: Actor, client_id: UUID, new: NewClient) -> Client:
    """Open a client's file; the caller names it, so asking twice opens one."""
    require(actor, Permission.CREATE_CLIENTS)
    async with transaction(actor) as tx:
        sealed, hashed = await _sealed_tin(tx, client_id, new.tin) if new.tin else (None, None)
        if await queries.insert_client(tx, client_id, new, sealed=sealed, hashed=hashed):
            await tx.record(Change(action="client.added", subject_id=client_id))
        return await queries.get_client(tx, client_id)


async def get_client(actor: Actor, client_id: UUID) -> Client:
    require(actor, Permission.READ_CLIENTS)
    async with transaction(actor) as tx:
        return await queries.get_client(tx, client_id)


async def list_clients(actor: Actor, cursor: str | None, limit: int) -> Page[Client]:
    """By name."""
    require(actor, Permission.READ_CLIENTS)
    after = paging.decode(ClientKey, cursor) if cursor else None
    async with transaction(actor) as tx:
        if after:
            found = await queries.list_clients_after(tx, after, limit + 1)
        else:
            found = await queries.list_first_clients(tx, limit + 1)
    return paging.page(found, limit, lambda last: ClientKey(name=last.name, id=last.id))


async def _sealed_tin(tx: Tx, client_id: UUID, tin: str) -> tuple[bytes, bytes]:
    """A TIN is the same with and without its dashes, so digits alone are sealed and hashed."""
    keyring = await open_keyring(tx)
    digits = tin.replace("-", "")
    return (
        keyring.seal(digits.encode(), place("clients", "tin_sealed", client_id)),
        keyring.hash(digits),
    )
