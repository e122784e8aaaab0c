from http import HTTPStatus
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Query, Request, Response

from functions.http.auth import Allowed
from functions.http.deferring import PrefersAsync, defer
from functions.http.paging import AskedPage
from functions.http.problems import PLAN_LIMIT
from functions.http.routing import area_router
from shared.compliance import audit, long_verification, verification
from shared.compliance.models import AuditEntry, Head, Verification
from shared.identity.permissions import Permission
from shared.operations.models import Operation
from shared.platform.actor import Actor
from shared.platform.ids import new_id
from shared.platform.paging import Page
from shared.platform.text import Instant

router = area_router("audit")

Auditor = Annotated[Actor, Depends(Allowed(Permission.READ_AUDIT))]
Name = Annotated[str | None, Query(max_length=100, pattern=r"^[a-z][a-z0-9_.]*$")]
Since = Annotated[Instant | None, Query(alias="from", description="From this moment on.")]
Until = Annotated[Instant | None, Query(alias="to", description="Before this moment.")]
EarlierHead = Annotated[
    Head | None,
    Query(description="The ``head`` of an earlier verification, which must still be there."),
]


@router.get("", summary="Who did what, newest first")
async def list_entries(
    actor: Auditor,
    asked: AskedPage,
    *,
    subject_id: Annotated[UUID | None, Query(description="What it was done to.")] = None,
    user_id: Annotated[UUID | None, Query(description="Who did it.")] = None,
    entity: Name = None,
    action: Name = None,
    tin_of: Annotated[UUID | None, Query(description="The client whose TIN was seen.")] = None,
    since: Since = None,
    until: Until = None,
) -> Page[AuditEntry]:
    """Filter by one of these, or by action with subject_id or user_id; a time goes with each.

    Who saw a client's TIN, in the client's file, in a value that was read or on a page:
    ``tin_of=…``.
    """
    return await audit.list_entries(
        actor,
        asked,
        subject_id=subject_id,
        user_id=user_id,
        entity=entity,
        action=action,
        tin_of=tin_of,
        since=since,
        until=until,
    )


@router.get(
    "/verify",
    summary="Whether the trail is what was sealed",
    responses=PLAN_LIMIT
    | {HTTPStatus.ACCEPTED: {"model": Operation, "description": "It is being done"}},
    openapi_extra={"x-cost": 20},
)
async def verify_trail(
    *,
    actor: Auditor,
    start: Annotated[int, Query(alias="from", ge=1, le=2**31 - 1, description="A seal.")] = 1,
    head: EarlierHead = None,
    prefers: PrefersAsync,
    request: Request,
    response: Response,
) -> Verification | Operation:
    """Follows the chain of seals to the first link that is broken, and counts what has no seal yet.

    A long chain takes several requests: send ``next`` as ``from``. Or one: with
    ``Prefer: respond-async`` the whole chain is followed by an operation, whose ``result`` is what
    would be answered here.
    """
    if prefers:
        operation = await long_verification.request_verification(
            actor, new_id(actor, "operation"), start=start, head=head
        )
        return await defer(actor, operation, request, response)
    return await verification.verify_trail(actor, start=start, head=head)
