from http import HTTPStatus
from typing import Annotated

from fastapi import Depends, Request, Response

from functions.http.auth import Allowed, SeenVersion
from functions.http.deferring import defer
from functions.http.idempotency import never_kept
from functions.http.problems import CHANGE_PROBLEMS, conflict
from functions.http.routing import area_router
from shared.compliance import erasure
from shared.compliance.models import Erasure
from shared.identity import key_rotation, organizations
from shared.identity.models import NewOwner, Organization, OrganizationChange
from shared.identity.permissions import Permission
from shared.operations.models import Operation
from shared.platform.actor import Actor
from shared.platform.ids import new_id

router = area_router("organization")

Manager = Annotated[Actor, Depends(Allowed(Permission.MANAGE_SETTINGS))]
Owner = Annotated[Actor, Depends(Allowed(Permission.ADMINISTER))]


@router.get("", summary="The firm, its plan and what that includes")
async def get_organization(actor: Manager) -> Organization:
    return await organizations.get_organization(actor)


@router.patch("", summary="Rename the firm", responses=CHANGE_PROBLEMS)
async def change_organization(
    actor: Manager, version: SeenVersion, change: OrganizationChange
) -> Organization:
    return await organizations.change_organization(actor, version, change)


@router.post(
    "/transfer",
    summary="Hand the firm over to another member",
    responses=conflict("They are not active, or it is you"),
)
async def transfer_ownership(actor: Owner, new: NewOwner) -> Organization:
    """They become an owner, and you an admin."""
    return await organizations.transfer_ownership(actor, new.user_id)


@router.post(
    "/rotate-keys",
    status_code=HTTPStatus.ACCEPTED,
    summary="Seal the firm's TINs and readings with new keys",
)
async def rotate_keys(actor: Owner, request: Request, response: Response) -> Operation:
    """Everything stays readable meanwhile. The old keys are destroyed a day later."""
    operation = await key_rotation.request_rotation(actor, new_id(actor, "operation"))
    return await defer(actor, operation, request, response)


@router.post(
    "/erase", status_code=HTTPStatus.NO_CONTENT, summary="Erase the firm, at once and for good"
)
@never_kept
async def erase_organization(actor: Owner, asked: Erasure) -> None:
    """Its keys are destroyed, and its rows and files deleted. The audit trail stays."""
    await erasure.erase_organization(actor, asked)
