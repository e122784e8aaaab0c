from uuid import UUID

from fastapi import APIRouter

from functions.http.auth import SignedIn
from functions.http.paging import PAGE_SIZE, Cursor, Limit
from functions.http.problems import PROBLEMS
from shared.clients import clients
from shared.clients.models import Client
from shared.platform.paging import Page

router = APIRouter(prefix="/api/v1/clients", tags=["clients"], responses=PROBLEMS)


@router.get("", summary="The firm's clients, by name")
async def list_clients(
    actor: SignedIn, cursor: Cursor = None, limit: Limit = PAGE_SIZE
) -> Page[Client]:
    return await clients.list_clients(actor, cursor, limit)


@router.get("/{client_id}", summary="One client")
async def get_client(actor: SignedIn, client_id: UUID) -> Client:
    return await clients.get_client(actor, client_id)
