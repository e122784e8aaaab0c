"""Doing an operation's work step by step, so that whoever watches sees how far it is.

A step may run twice: the process can die between its end and its note, and Durable calls again.
Each saves what the next one needs together with its progress, and only if nobody else did.
"""

import time
from collections.abc import Mapping
from uuid import UUID

from shared.operations.errors import UnknownWork
from shared.operations.events import OperationFinished
from shared.operations.models import Job, Operation, OperationState, Progress, Work
from shared.operations.queries import operations as queries
from shared.platform.actor import Actor
from shared.platform.db import Tx, transaction
from shared.platform.messages import Change
from shared.platform.redaction import redact

AT_ONCE = 20.0
"""Seconds of work for one activity: history stays short, and little is done again after a crash."""


async def advance(actor: Actor, operation_id: UUID, known: Mapping[str, Work]) -> bool:
    """Take steps for a while. True while there is more to do."""
    until = time.monotonic() + AT_ONCE
    while (job := await _next_job(actor, operation_id)) is not None:
        if job.kind not in known:
            raise UnknownWork(f"Nothing here does work of the kind {job.kind}")
        await _keep(actor, job, await known[job.kind](actor, job))
        if time.monotonic() > until:
            return True
    return False


async def fail(actor: Actor, operation_id: UUID, code: str, detail: str) -> None:
    async with transaction(actor) as tx:
        operation = await queries.lock_operation(tx, operation_id)
        await _end(tx, operation, OperationState.FAILED, code=code, detail=redact(detail))


async def _next_job(actor: Actor, operation_id: UUID) -> Job | None:
    """None when there is none, as after somebody has asked to stop."""
    async with transaction(actor) as tx:
        operation = await queries.lock_operation(tx, operation_id)
        if operation.has_ended:
            return None
        if operation.cancel_requested_at:
            await _end(tx, operation, OperationState.CANCELLED)
            return None
        await queries.mark_running(tx, operation_id)
        return await queries.get_job(tx, operation_id)


async def _keep(actor: Actor, job: Job, made: Progress) -> None:
    """Save what the step has done, unless the same step was saved in between."""
    async with transaction(actor) as tx:
        is_new = await queries.save_progress(tx, job, made)
        if is_new and made.cursor is None:
            operation = await queries.get_operation(tx, job.operation_id)
            await _end(tx, operation, OperationState.SUCCEEDED, made=made)


async def _end(
    tx: Tx,
    operation: Operation,
    state: OperationState,
    *,
    made: Progress | None = None,
    code: str | None = None,
    detail: str | None = None,
) -> None:
    result = made.result if made else None
    if not await queries.finish(
        tx, operation.id, state=state, result=result, code=code, detail=detail
    ):
        return
    await tx.record(
        Change(
            action=f"operation.{state}",
            subject_id=operation.id,
            detail={"kind": operation.kind} | ({"code": code} if code else {}),
        )
    )
    await tx.publish(
        OperationFinished(
            organization_id=tx.actor.organization_id,
            operation_id=operation.id,
            kind=operation.kind,
            state=state,
        )
    )
