from typing import Annotated
from uuid import UUID

from fastapi import Depends

from functions.http.auth import Allowed
from functions.http.paging import PAGE_SIZE, Cursor, Limit
from functions.http.routing import area_router
from shared.clients import clients
from shared.clients.models import Client
from shared.identity.permissions import Permission
from shared.platform.actor import Actor
from shared.platform.paging import Page

router = area_router("clients")

Reader = Annotated[Actor, Depends(Allowed(Permission.READ_CLIENTS))]


@router.get("", summary="The firm's clients, by name")
async def list_clients(
    actor: Reader, cursor: Cursor = None, limit: Limit = PAGE_SIZE
) -> Page[Client]:
    return await clients.list_clients(actor, cursor, limit)


@router.get("/{client_id}", summary="One client")
async def get_client(actor: Reader, client_id: UUID) -> Client:
    return await clients.get_client(actor, client_id)
