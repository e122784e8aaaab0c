"""Asking for long work, watching it, and stopping it."""

from datetime import UTC, datetime
from typing import Any, TypeAlias
from uuid import UUID

from shared.operations.errors import OperationEnded
from shared.operations.events import OperationFinished
from shared.operations.models import Operation, OperationKey, OperationState
from shared.operations.queries import operations as queries
from shared.platform.actor import Actor
from shared.platform.db import Tx, transaction
from shared.platform.errors import NotFound
from shared.platform.messages import Change
from shared.platform.paging import Asked, Listing, Page

Kinds: TypeAlias = list[str] | None
"""Of the caller's own, only these; None for all."""


def _key_of(operation: Operation) -> OperationKey:
    return OperationKey(at=operation.created_at, id=operation.id)


NEWEST_FIRST = Listing(
    "operations",
    first=OperationKey(at=datetime.max.replace(tzinfo=UTC), id=UUID(int=2**128 - 1)),
    key_of=_key_of,
)


async def request_operation(
    tx: Tx, operation_id: UUID, kind: str, given: dict[str, Any] | None = None
) -> Operation:
    """Note it beside whatever else the use case does; asked again with the same id, find it.

    The route then has ``functions.http.deferring`` start it; what is not started, the sweep starts.
    """
    if await queries.insert_operation(tx, operation_id, kind, given or {}):
        await tx.record(
            Change(action="operation.requested", subject_id=operation_id, detail={"kind": kind})
        )
    return _seen(tx.actor, await queries.get_operation(tx, operation_id))


async def list_operations(
    actor: Actor, asked: Asked, *, of_anyone: bool = False, kinds: Kinds = None
) -> Page[Operation]:
    """The caller's own, or the whole firm's, newest first."""
    window = NEWEST_FIRST.window(actor, asked, of_anyone=of_anyone, kinds=kinds)
    async with transaction(actor) as tx:
        if of_anyone:
            return window.page(await queries.list_everyones(tx, window))
        return window.page(await queries.list_own(tx, window, kinds))


async def get_operation(
    actor: Actor, operation_id: UUID, *, of_anyone: bool = False, kinds: Kinds = None
) -> Operation:
    async with transaction(actor) as tx:
        found = await queries.get_operation(tx, operation_id)
        return _seen(actor, found, of_anyone=of_anyone, kinds=kinds)


async def cancel_operation(
    actor: Actor, operation_id: UUID, *, of_anyone: bool = False, kinds: Kinds = None
) -> Operation:
    """Ask it to stop: it does before its next step, and what it has made so far is not kept."""
    async with transaction(actor) as tx:
        found = await queries.lock_operation(tx, operation_id)
        operation = _seen(actor, found, of_anyone=of_anyone, kinds=kinds)
        check_cancellable(operation)
        if operation.cancel_requested_at:
            return operation
        operation = await queries.request_cancel(tx, operation_id)
        await tx.record(
            Change(
                action="operation.cancel_requested",
                subject_id=operation_id,
                detail={"kind": operation.kind},
            )
        )
        if operation.has_ended:
            await tx.publish(
                OperationFinished(
                    organization_id=actor.organization_id,
                    operation_id=operation_id,
                    kind=operation.kind,
                    state=operation.state,
                )
            )
        return operation


def check_cancellable(operation: Operation) -> None:
    """Whoever asks a second time is told the same."""
    if operation.has_ended and operation.state is not OperationState.CANCELLED:
        raise OperationEnded(f"The operation has {operation.state}")


def _seen(
    actor: Actor, operation: Operation, *, of_anyone: bool = False, kinds: Kinds = None
) -> Operation:
    """Somebody else's looks like one that is not there."""
    is_own = operation.user_id == actor.user_id and (kinds is None or operation.kind in kinds)
    if not of_anyone and not is_own:
        raise NotFound("Operation not found")
    return operation
