from typing import Annotated
from uuid import UUID

from fastapi import Query

from functions.http import exports
from functions.http.auth import SignedIn
from functions.http.paging import AskedPage
from functions.http.problems import conflict
from functions.http.routing import area_router
from shared.compliance import long_verification
from shared.identity import key_rotation
from shared.identity.actions import Action, refusal
from shared.identity.permissions import Permission, may, require
from shared.operations import operations
from shared.operations.models import Operation
from shared.platform.actor import Actor
from shared.platform.paging import Page

router = area_router("operations")

OfAnyone = Annotated[
    bool, Query(description="Those of the whole firm, which takes `system:admin`.")
]


NEEDED = exports.NEEDED | {
    long_verification.KIND: Permission.READ_AUDIT,
    key_rotation.KIND: Permission.ADMINISTER,
}


def _kinds(actor: Actor) -> list[str] | None:
    """A person sees all of their own; a key what its scopes let it ask for."""
    if actor.api_key_id is None:
        return None
    return sorted(kind for kind, permission in NEEDED.items() if may(actor, permission))


@router.get("", summary="Long work you have asked for, newest first")
async def list_operations(
    actor: SignedIn, asked: AskedPage, *, of_anyone: OfAnyone = False
) -> Page[Operation]:
    if of_anyone:
        require(actor, Permission.ADMINISTER)
    return await operations.list_operations(actor, asked, of_anyone=of_anyone, kinds=_kinds(actor))


@router.get("/{operation_id}", summary="How far an operation is, and what came of it")
async def get_operation(actor: SignedIn, operation_id: UUID) -> Operation:
    """Of one's own; holders of `system:admin` see those of others, too.

    An API key sees and stops only what it could have asked for with its scopes.

    Ask again every few seconds until `state` is `succeeded`, `failed` or `cancelled`. What it has
    made is kept for seven days after it has ended, and then forgotten together with it.
    """
    return await operations.get_operation(
        actor, operation_id, of_anyone=may(actor, Permission.ADMINISTER), kinds=_kinds(actor)
    )


@router.post(
    "/{operation_id}/cancel",
    summary="Ask an operation to stop",
    responses=conflict("The operation has ended"),
)
async def cancel_operation(actor: SignedIn, operation_id: UUID) -> Operation:
    """It stops before its next step. Asked twice, it is stopped once."""
    return await operations.cancel_operation(
        actor, operation_id, of_anyone=may(actor, Permission.ADMINISTER), kinds=_kinds(actor)
    )


@router.get("/{operation_id}/actions", summary="What you may do with an operation now")
async def list_operation_actions(actor: SignedIn, operation_id: UUID) -> list[Action]:
    operation = await get_operation(actor, operation_id)
    refused = refusal(lambda: operations.check_cancellable(operation))
    if refused is None:
        return [Action(name="cancel", allowed=True)]
    return [Action(name="cancel", allowed=False, code=refused.code, reason=str(refused))]
