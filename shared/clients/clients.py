"""The files of clients: opened, kept up to date, found again, and closed."""

from dataclasses import replace
from typing import Any
from uuid import UUID

from shared.clients import sealed_tins
from shared.clients.errors import ClientInUse
from shared.clients.models import (
    Client,
    ClientChange,
    ClientFilter,
    ClientKey,
    NewClient,
)
from shared.clients.queries import clients as queries
from shared.identity import entitlements
from shared.identity.actions import Action, action, refusal
from shared.identity.permissions import Permission, require
from shared.identity.plans import Limit
from shared.platform.actor import Actor
from shared.platform.db import Glance, Tx, transaction
from shared.platform.errors import Stale, UnknownReference
from shared.platform.messages import Change
from shared.platform.paging import Asked, Listing, Page

NOBODY = UUID(int=0)


def _key(client: Client) -> ClientKey:
    return ClientKey(name=client.name, id=client.id)


BY_NAME = Listing("clients", first=ClientKey(name="", id=NOBODY), key_of=_key)


async def add_client(actor: Actor, client_id: UUID, new: NewClient) -> Client:
    """Open a client's file; the caller names it, so asking twice opens one."""
    require(actor, Permission.CREATE_CLIENTS)
    async with transaction(actor) as tx:
        tin = await sealed_tins.sealed(tx, client_id, new.tin, new.entity_type)
        if await queries.insert_client(tx, client_id, new, sealed=tin.sealed, hashed=tin.hashed):
            await entitlements.require_room(tx, Limit.CLIENTS, queries.count_clients, adding=0)
            client = await queries.get_client(tx, client_id)
            await tx.record(
                Change(action="client.added", subject_id=client_id, after=_shown(client))
            )
            return client
        return await queries.get_client(tx, client_id)


async def get_client(actor: Actor, client_id: UUID) -> Client:
    require(actor, Permission.READ_CLIENTS)
    return await queries.get_client(Glance(actor), client_id)


async def list_clients(actor: Actor, asked: Asked, wanted: ClientFilter) -> Page[Client]:
    """By name, in which upper and lower case are one."""
    require(actor, Permission.READ_CLIENTS)
    listing = replace(BY_NAME, first=ClientKey(name=wanted.search, id=NOBODY))
    window = listing.window(actor, asked, **wanted.model_dump())
    return window.page(await queries.list_clients(Glance(actor), window, wanted))


async def change_client(
    actor: Actor, client_id: UUID, version: int, change: ClientChange
) -> Client:
    """The auditor sees what was before and what is now, of a TIN its last four digits."""
    require(actor, Permission.UPDATE_CLIENTS)
    given = change.model_dump(exclude_unset=True)
    async with transaction(actor) as tx:
        before = await queries.lock_client(tx, client_id)
        if before.version != version:
            raise Stale(f"The client is at version {before.version}")
        wanted = before.model_copy(update={k: v for k, v in given.items() if k != "tin"})
        if "tin" in given:
            await sealed_tins.replace_tin(tx, client_id, given["tin"], wanted.entity_type)
        elif wanted == before:
            return before
        after = await queries.update_client(tx, wanted)
        await tx.record(_change(before, after, has_tin="tin" in given))
        return after


async def delete_client(actor: Actor, client_id: UUID, version: int) -> None:
    """For one opened by mistake; what has records is archived."""
    require(actor, Permission.DELETE_CLIENTS)
    try:
        async with transaction(actor) as tx:
            client = await queries.lock_client(tx, client_id)
            if client.version != version:
                raise Stale(f"The client is at version {client.version}")
            await _require_unused(tx, client_id)
            await queries.delete_client(tx, client_id)
            await tx.record(
                Change(action="client.deleted", subject_id=client_id, before=_shown(client))
            )
    except UnknownReference as error:  # what a record that points at it makes Postgres say
        raise ClientInUse("The client has records") from error


async def list_actions(actor: Actor, client_id: UUID) -> list[Action]:
    require(actor, Permission.READ_CLIENTS)
    async with transaction(actor) as tx:
        client = await queries.get_client(tx, client_id)
        used = await _in_use(tx, client_id)
    return [
        action(actor, "update", Permission.UPDATE_CLIENTS),
        action(actor, "delete", Permission.DELETE_CLIENTS, used),
        action(
            actor,
            "reveal_tin",
            Permission.REVEAL_TINS,
            refusal(lambda: sealed_tins.require_reveal(actor, client)),
        ),
    ]


async def _require_unused(tx: Tx, client_id: UUID) -> None:
    if used := await _in_use(tx, client_id):
        raise used


async def _in_use(tx: Tx, client_id: UUID) -> ClientInUse | None:
    has_records = await queries.has_records(tx, client_id)
    return ClientInUse("The client has records") if has_records else None


def _change(before: Client, after: Client, *, has_tin: bool) -> Change:
    old, new = _shown(before), _shown(after)
    changed = {name for name in new if old[name] != new[name]} | ({"tin"} if has_tin else set())
    return Change(
        action="client.updated",
        subject_id=after.id,
        before={name: old[name] for name in sorted(changed)},
        after={name: new[name] for name in sorted(changed)},
    )


def _shown(client: Client) -> dict[str, Any]:
    shown = client.model_dump(mode="json", include={"name", "entity_type", "state"})
    return shown | {"tin": client.tin_masked}
