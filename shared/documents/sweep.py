"""What a lost event or a crash has left behind, firm by firm."""

from uuid import UUID

from shared.documents import intake
from shared.documents.models import RunToStart
from shared.documents.queries import documents, reviews, runs
from shared.documents.thresholds import SILENT_AFTER, UNANNOUNCED_AFTER, UNANNOUNCED_UNTIL
from shared.platform.actor import system
from shared.platform.db import transaction


async def list_organizations_due() -> list[UUID]:
    return [due.organization_id for due in await reviews.list_organizations_due()]


async def receive_unannounced(organization_id: UUID) -> list[RunToStart]:
    """Blobs that have arrived although no event said so."""
    async with transaction(system(organization_id)) as tx:
        expected = await documents.list_unannounced(
            tx, after=UNANNOUNCED_AFTER, until=UNANNOUNCED_UNTIL
        )
    found = [await intake.receive_blob(organization_id, document.id) for document in expected]
    return [run for run in found if run]


async def list_silent_runs(organization_id: UUID) -> list[RunToStart]:
    """Runs that began a while ago and have not ended; their stories may never have begun."""
    async with transaction(system(organization_id)) as tx:
        return await runs.list_silent_runs(tx, SILENT_AFTER)


async def list_unread_decisions(organization_id: UUID) -> list[RunToStart]:
    """Rounds a person has decided while the story that waits was not woken."""
    async with transaction(system(organization_id)) as tx:
        return await reviews.list_unread_decisions(tx)


async def close_decision(organization_id: UUID, decided: RunToStart) -> None:
    """The story has ended without reading it: the decision stands, and nobody waits."""
    async with transaction(system(organization_id)) as tx:
        await reviews.mark_read(tx, decided.document_id, decided.number)
