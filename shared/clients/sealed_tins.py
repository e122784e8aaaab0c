"""Clients' TINs: sealed, found by their hash, and shown to whoever says why."""

from typing import NamedTuple
from uuid import UUID

from shared.clients import tins
from shared.clients.entities import EntityType
from shared.clients.errors import BadTin, TinUnknown
from shared.clients.models import Client, FoundClients, ResealedTin, SealedTin
from shared.clients.queries import clients as queries
from shared.compliance import watch
from shared.identity import revealing
from shared.identity.keys import open_keyring
from shared.identity.revealing import Reason, RevealedTin
from shared.platform.actor import Actor
from shared.platform.crypto import Keyring, place
from shared.platform.db import Tx, transaction
from shared.platform.messages import Change

NO_TIN = "The client's TIN is not known"


class Sealed(NamedTuple):
    sealed: bytes | None
    hashed: bytes | None


async def reveal_tin(actor: Actor, client_id: UUID, reason: Reason) -> RevealedTin:
    """Show it to a person, who says why; the auditor sees who, when and why."""
    revealing.require_reveal(actor)
    async with transaction(actor) as tx:
        found = await queries.get_sealed_tin(tx, client_id)
        if found.tin_sealed is None:
            raise TinUnknown(NO_TIN)
        tin = _opened(await open_keyring(tx), found)
        await tx.record(
            Change(
                action="client.tin_revealed",
                subject_id=client_id,
                tin_of=client_id,
                detail={"reason": reason.reason},
            )
        )
        await watch.note_reveal(tx)
    return RevealedTin(tin=tins.written(tin, found.entity_type))


async def find_by_tin(actor: Actor, tin: str) -> FoundClients:
    """For those who may see TINs: whoever may ask for any number can find one out by asking.

    The auditor sees each search, of each client that was found or, without one, of the firm.
    """
    revealing.require_reveal(actor)
    async with transaction(actor) as tx:
        keyring = await open_keyring(tx)
        found = await queries.list_by_tin(tx, keyring.hashes(tins.digits(tin)))
        for client_id in [client.id for client in found] or [None]:
            await tx.record(
                Change(
                    action="client.searched_by_tin",
                    subject_id=client_id or actor.organization_id,
                    tin_of=client_id,
                    detail={"found": len(found)},
                )
            )
        await watch.note_reveal(tx)
    return FoundClients(items=found)


def require_reveal(actor: Actor, client: Client) -> None:
    revealing.require_reveal(actor)
    if client.tin_masked is None:
        raise TinUnknown(NO_TIN)


async def sealed(tx: Tx, client_id: UUID, tin: str | None, entity_type: EntityType) -> Sealed:
    """With its dashes, which say what kind it is; hashed without them."""
    if tin is None:
        return Sealed(None, None)
    try:
        plain = tins.written(tin, entity_type)
    except tins.NotATin as error:
        raise BadTin(str(error)) from None
    return _sealed(await open_keyring(tx), client_id, plain)


async def replace_tin(tx: Tx, client_id: UUID, tin: str | None, entity_type: EntityType) -> None:
    made = await sealed(tx, client_id, tin, entity_type)
    await queries.set_tin(
        tx,
        client_id,
        sealed=made.sealed,
        hashed=made.hashed,
        last4=tin[-4:] if tin else None,
    )


async def reseal_tins(tx: Tx, keyring: Keyring, limit: int) -> int:
    """Under the active keys, some of those under older ones; how many."""
    found = await queries.lock_sealed_before(tx, keyring.active.version, limit)
    for each in found:
        made = _sealed(keyring, each.id, _opened(keyring, each))
        assert made.sealed is not None
        assert made.hashed is not None
        await queries.reseal_tin(
            tx, ResealedTin(id=each.id, tin_sealed=made.sealed, tin_hash=made.hashed)
        )
    return len(found)


def _sealed(keyring: Keyring, client_id: UUID, plain: str) -> Sealed:
    return Sealed(keyring.seal(plain.encode(), _place(client_id)), keyring.hash(tins.digits(plain)))


def _opened(keyring: Keyring, found: SealedTin) -> str:
    assert found.tin_sealed is not None
    return keyring.unseal(found.tin_sealed, _place(found.id)).decode()


def _place(client_id: UUID) -> str:
    return place("clients", "tin_sealed", client_id)
