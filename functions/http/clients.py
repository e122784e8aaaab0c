from http import HTTPStatus
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Query, Response

from functions.http.auth import Allowed, SeenVersion
from functions.http.idempotency import never_kept
from functions.http.paging import AskedPage
from functions.http.problems import CHANGE_PROBLEMS, conflict
from functions.http.routing import area_router
from shared.clients import clients, sealed_tins
from shared.clients.entities import EntityType
from shared.clients.models import (
    Client,
    ClientChange,
    ClientFilter,
    ClientState,
    FoundClients,
    NewClient,
    TinSearch,
)
from shared.identity.actions import Action
from shared.identity.permissions import Permission
from shared.identity.revealing import Reason, RevealedTin
from shared.platform.actor import Actor
from shared.platform.ids import new_id
from shared.platform.paging import Page
from shared.platform.text import Line

router = area_router("clients")

Reader = Annotated[Actor, Depends(Allowed(Permission.READ_CLIENTS))]
Opener = Annotated[Actor, Depends(Allowed(Permission.CREATE_CLIENTS))]
Keeper = Annotated[Actor, Depends(Allowed(Permission.UPDATE_CLIENTS))]
Remover = Annotated[Actor, Depends(Allowed(Permission.DELETE_CLIENTS))]
Revealer = Annotated[Actor, Depends(Allowed(Permission.REVEAL_TINS))]

Search = Annotated[str, Line(200, 0)]


@router.get("", summary="The firm's clients, by name")
async def list_clients(
    *,
    actor: Reader,
    asked: AskedPage,
    state: Annotated[
        ClientState | None, Query(description="Without it, all but the archived.")
    ] = None,
    entity_type: Annotated[EntityType | None, Query(description="Of this kind only.")] = None,
    search: Annotated[Search, Query(description="How the name begins, in any case.")] = "",
) -> Page[Client]:
    wanted = ClientFilter(state=state, entity_type=entity_type, search=search)
    return await clients.list_clients(actor, asked, wanted)


@router.post("", status_code=HTTPStatus.CREATED, summary="Open a client's file")
async def add_client(actor: Opener, new: NewClient, response: Response) -> Client:
    client = await clients.add_client(actor, new_id(actor, "client"), new)
    response.headers["location"] = f"/api/v1/clients/{client.id}"
    return client


@router.post("/find-by-tin", summary="The clients with a TIN", openapi_extra={"x-cost": 20})
@never_kept
async def find_by_tin(actor: Revealer, search: TinSearch) -> FoundClients:
    """Only for people signed in with a second factor. The auditor sees who searches, not for what.

    In the body, for addresses end up in logs.
    """
    return await sealed_tins.find_by_tin(actor, search.tin)


@router.get("/{client_id}", summary="One client")
async def get_client(actor: Reader, client_id: UUID) -> Client:
    return await clients.get_client(actor, client_id)


@router.patch("/{client_id}", summary="Change what is given", responses=CHANGE_PROBLEMS)
async def change_client(
    actor: Keeper, client_id: UUID, version: SeenVersion, change: ClientChange
) -> Client:
    """A client is archived, and brought back, by its `state`."""
    return await clients.change_client(actor, client_id, version, change)


@router.delete(
    "/{client_id}",
    status_code=HTTPStatus.NO_CONTENT,
    summary="Delete a client without records",
    responses=CHANGE_PROBLEMS | conflict("It has documents, or people who sign in for it"),
)
async def delete_client(actor: Remover, client_id: UUID, version: SeenVersion) -> None:
    await clients.delete_client(actor, client_id, version)


@router.get("/{client_id}/actions", summary="What you may do with a client now")
async def list_client_actions(actor: Reader, client_id: UUID) -> list[Action]:
    return await clients.list_actions(actor, client_id)


@router.post("/{client_id}/reveal-tin", summary="See a client's TIN")
@never_kept
async def reveal_tin(actor: Revealer, client_id: UUID, reason: Reason) -> RevealedTin:
    """Only for people signed in with a second factor. The reason is kept for the auditor."""
    return await sealed_tins.reveal_tin(actor, client_id, reason)
