"""Long work behind a request: 202, and an operation to watch (RFC 7240, ``respond-async``)."""

from http import HTTPStatus
from typing import Annotated

from fastapi import Depends, Header, Request, Response

from orchestrations.operation import starting
from shared.operations.models import Operation
from shared.platform.actor import Actor

PATIENCE = 2
"""Seconds after which it is worth looking again."""


def prefers_async(
    prefer: Annotated[
        str, Header(description="`respond-async`: answer 202 at once, with an operation to watch.")
    ] = "",
) -> bool:
    wishes = (wish.split(";")[0].strip().lower() for wish in prefer.split(","))
    return "respond-async" in wishes


PrefersAsync = Annotated[bool, Depends(prefers_async)]


async def defer(
    actor: Actor, operation: Operation, request: Request, response: Response
) -> Operation:
    """Have what the use case has committed begin, and say where it can be watched."""
    await starting.begin_operation(request.state.durable, actor.organization_id, operation.id)
    response.status_code = HTTPStatus.ACCEPTED
    response.headers["location"] = f"/api/v1/operations/{operation.id}"
    response.headers["retry-after"] = str(PATIENCE)
    if prefers_async(request.headers.get("prefer", "")):
        response.headers["preference-applied"] = "respond-async"
    return operation
