"""Sealing anew what lies under keys that are about to go: values in rows, readings in Blob."""

from uuid import UUID

from shared.documents import storage, values
from shared.documents.queries import sealed as queries
from shared.identity.keys import open_keyring
from shared.platform.actor import Actor
from shared.platform.crypto import Keyring
from shared.platform.db import Tx, transaction

FIRST = UUID(int=0)


async def reseal_values(tx: Tx, keyring: Keyring, limit: int) -> int:
    """Under the active keys, some of those under older ones; how many."""
    found = await queries.lock_sealed_before(tx, keyring.active.version, limit)
    for each in found:
        sealed, hashed = values.reseal(keyring, each.id, each.value_sealed)
        await queries.reseal_value(tx, each.id, sealed, hashed)
    return len(found)


async def reseal_readings(actor: Actor, after: UUID, limit: int) -> list[UUID]:
    """What was read from the next documents; which these are."""
    async with transaction(actor) as tx:
        keyring = await open_keyring(tx)
        found = await queries.list_documents_after(tx, after, limit)
    for each in found:
        await storage.reseal(actor, keyring, each.id)
    return [each.id for each in found]


async def count_documents(tx: Tx) -> int:
    return await queries.count_documents(tx)
