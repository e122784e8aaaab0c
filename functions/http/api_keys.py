from typing import Annotated
from uuid import UUID

from fastapi import Depends, Response

from functions.http.auth import Allowed, SeenVersion
from functions.http.paging import AskedPage
from functions.http.problems import CHANGE_PROBLEMS, PLAN_LIMIT, conflict
from functions.http.routing import area_router
from shared.identity import api_keys
from shared.identity.access_models import ApiKey, ApiKeyChange, IssuedKey, NewApiKey, Rotation
from shared.identity.actions import Action
from shared.identity.permissions import Permission
from shared.platform.actor import Actor
from shared.platform.paging import Page

router = area_router("api-keys")

Manager = Annotated[Actor, Depends(Allowed(Permission.MANAGE_API_KEYS))]

USUAL_ROTATION = Rotation.model_validate({})


@router.get("", summary="The firm's API keys, the latest first")
async def list_api_keys(actor: Manager, asked: AskedPage) -> Page[ApiKey]:
    return await api_keys.list_api_keys(actor, asked)


@router.post(
    "",
    status_code=201,
    summary="Make an API key",
    responses=PLAN_LIMIT | conflict("The same request has made its key before"),
)
async def issue_key(actor: Manager, new: NewApiKey, response: Response) -> IssuedKey:
    """The answer is the only place where the secret is ever shown.

    A key may do what its member may and its scopes name. It never sees a TIN, and has no say over
    who gets in: `tin:reveal`, `users:create`, `users:update`, `users:invite`, `users:delete`,
    `system:settings`, `system:admin` and `api:keys` are given to none. A key for somebody else is
    for a member with a role below yours; where that role needs a second factor, so do you.
    """
    issued = await api_keys.issue_key(actor, new)
    response.headers["location"] = f"/api/v1/api-keys/{issued.id}"
    return issued


@router.get("/{key_id}", summary="One API key")
async def get_api_key(actor: Manager, key_id: UUID) -> ApiKey:
    return await api_keys.get_api_key(actor, key_id)


@router.get("/{key_id}/actions", summary="What you may do with an API key")
async def list_actions(actor: Manager, key_id: UUID) -> list[Action]:
    return await api_keys.list_actions(actor, key_id)


@router.patch("/{key_id}", summary="Change an API key", responses=CHANGE_PROBLEMS)
async def change_key(
    actor: Manager, key_id: UUID, version: SeenVersion, change: ApiKeyChange
) -> ApiKey:
    return await api_keys.change_key(actor, key_id, version, change)


@router.post(
    "/{key_id}/rotate",
    summary="Give an API key a new secret",
    responses=PLAN_LIMIT | conflict("The key was revoked"),
)
async def rotate_key(
    actor: Manager, key_id: UUID, rotation: Rotation = USUAL_ROTATION
) -> IssuedKey:
    """The secret before goes on working for `overlap_hours`; the one before that ends now."""
    return await api_keys.rotate_key(actor, key_id, rotation)


@router.delete("/{key_id}", status_code=204, summary="Revoke an API key")
async def revoke_key(actor: Manager, key_id: UUID) -> None:
    """At once, for good, and whatever its version: nobody waits to end a key that has leaked."""
    await api_keys.revoke_key(actor, key_id)
