"""Beginning the story of an operation, and finding those that a crash has left."""

import logging
from uuid import UUID

from azure.durable_functions import DurableOrchestrationClient

from orchestrations.durable import StepFailed, has_ended, start_once
from orchestrations.operation.messages import BROKE_OFF, OperationJob
from shared.operations import running, sweep
from shared.platform.turns import each_in_turn

STORY = "run_operation_v1"

log = logging.getLogger(__name__)


async def begin_operation(
    client: DurableOrchestrationClient, organization_id: UUID, operation_id: UUID
) -> None:
    """The operation is committed whatever comes of this: what does not begin, the sweep finds."""
    try:
        await _begin(
            client, OperationJob(organization_id=organization_id, operation_id=operation_id)
        )
    except Exception as error:  # noqa: BLE001 - the client has no class for "cannot be reached"
        log.warning("an operation was not started (%s); the sweep will", type(error).__name__)


async def sweep_operations(client: DurableOrchestrationClient) -> None:
    """Firm by firm: operations nobody has begun, those that broke off, those kept long enough."""
    with each_in_turn("The sweep failed for some firms") as turn:
        for organization_id in await sweep.list_organizations_due():
            with turn():
                await _sweep_firm(client, organization_id)


async def _sweep_firm(client: DurableOrchestrationClient, organization_id: UUID) -> None:
    with each_in_turn("The sweep failed in part") as turn:
        with turn():
            for operation_id in await sweep.list_silent(organization_id):
                job = OperationJob(organization_id=organization_id, operation_id=operation_id)
                with turn():
                    await _resume(client, job)
        with turn():
            await sweep.discard_expired(organization_id)


async def _resume(client: DurableOrchestrationClient, job: OperationJob) -> None:
    """A story that never began begins; one that broke off says so on the operation."""
    if await has_ended(client, job.instance_id):
        await running.fail(job.actor, job.operation_id, StepFailed.code, BROKE_OFF)
    else:
        await _begin(client, job)


async def _begin(client: DurableOrchestrationClient, job: OperationJob) -> None:
    await start_once(client, STORY, job.instance_id, job.model_dump(mode="json"))
