"""Beginning the story of a run, waking it, and finding what a crash has left."""

import logging
from collections.abc import Sequence
from functools import partial
from uuid import UUID

from azure.durable_functions import DurableOrchestrationClient

from orchestrations.document_processing.messages import DocumentJob
from orchestrations.durable import StepFailed, has_ended, start_once, wake
from shared.documents import intake, processing, sweep
from shared.documents.models import RunToStart
from shared.documents.storage import parse_upload_name
from shared.platform.turns import each_in_turn

STORY = "process_document_v1"

log = logging.getLogger(__name__)


async def begin_upload(client: DurableOrchestrationClient, blob_name: str) -> None:
    """A blob has arrived; one whose name is not ours, or that nobody announced, is left alone."""
    ids = parse_upload_name(blob_name)
    if ids is None:
        return
    run = await intake.receive_blob(*ids)
    if run:
        await begin_run(client, ids[0], run)


async def follow_up(
    client: DurableOrchestrationClient,
    organization_id: UUID,
    *,
    begun: Sequence[RunToStart] = (),
    decided: Sequence[RunToStart] = (),
) -> None:
    """Begin and wake what a request has committed.

    The request has succeeded whatever comes of this: what cannot be reached now is found by the
    sweep, so trouble is logged and not told to the caller.
    """
    try:
        for run in begun:
            await begin_run(client, organization_id, run)
        await wake_reviews(client, organization_id, decided)
    except Exception as error:  # noqa: BLE001 - the client has no class for "cannot be reached"
        log.warning("a story could not be reached (%s); the sweep will", type(error).__name__)


async def begin_run(
    client: DurableOrchestrationClient, organization_id: UUID, run: RunToStart
) -> None:
    job = DocumentJob.of(organization_id, run)
    await start_once(client, STORY, job.instance_id, job.model_dump(mode="json"))


async def wake_reviews(
    client: DurableOrchestrationClient, organization_id: UUID, rounds: Sequence[RunToStart]
) -> None:
    """Postgres has decided when the story is woken; a lost wake-up is found by the sweep."""
    for decided in rounds:
        job = DocumentJob.of(organization_id, decided)
        await wake(client, job.instance_id, job.decision_event)


async def sweep_documents(client: DurableOrchestrationClient) -> None:
    """Firm by firm: unannounced blobs, runs without a story, unread decisions, lost blobs."""
    with each_in_turn("The sweep failed for some firms") as turn:
        for organization_id in await sweep.list_organizations_due():
            with turn():
                await _sweep_firm(client, organization_id)


async def _sweep_firm(client: DurableOrchestrationClient, organization_id: UUID) -> None:
    """One blob or story that is out of order keeps none of the firm's others waiting."""
    with each_in_turn("The sweep failed in part") as turn:
        with turn():
            begin = partial(begin_run, client, organization_id)
            await sweep.receive_unannounced(organization_id, begin)
        with turn():
            for run in await sweep.list_silent_runs(organization_id):
                with turn():
                    await _resume(client, DocumentJob.of(organization_id, run))
        with turn():
            for decided in await sweep.list_unread_decisions(organization_id):
                with turn():
                    await _wake_or_close(client, organization_id, decided)
        with turn():
            await sweep.check_blobs(organization_id)


async def _wake_or_close(
    client: DurableOrchestrationClient, organization_id: UUID, decided: RunToStart
) -> None:
    job = DocumentJob.of(organization_id, decided)
    if not await wake(client, job.instance_id, job.decision_event):
        await sweep.close_decision(organization_id, decided)


async def _resume(client: DurableOrchestrationClient, job: DocumentJob) -> None:
    """A story that never began begins; one that broke off says so on the document."""
    if await has_ended(client, job.instance_id):
        await processing.note_failure(job.actor, job.document_id, job.number, StepFailed.code)
    else:
        await start_once(client, STORY, job.instance_id, job.model_dump(mode="json"))
