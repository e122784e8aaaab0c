"""What a crash has left of operations, and what has been kept long enough, firm by firm."""

from datetime import timedelta
from uuid import UUID

from shared.operations import exports
from shared.operations.queries import operations as queries
from shared.platform.actor import system
from shared.platform.db import transaction
from shared.platform.settings import settings

PAGE = 500
KEPT_FOR = timedelta(days=7)
"""What an operation has made can be had for so long; organizations_due() knows it, too."""


async def list_organizations_due() -> list[UUID]:
    return [found.organization_id for found in await queries.list_organizations_due()]


async def list_silent(organization_id: UUID) -> list[UUID]:
    """Operations that wait or work, and of which nothing was heard for a while."""
    found: list[UUID] = [UUID(int=0)]
    page = found
    while page:
        async with transaction(system(organization_id)) as tx:
            silent = await queries.list_silent(
                tx, after=found[-1], seconds=settings().sweep_silent_after, limit=PAGE
            )
        page = [each.id for each in silent]
        found += page
    return found[1:]


async def discard_expired(organization_id: UUID) -> None:
    """First the files, then the row that leads to them."""
    actor = system(organization_id)
    async with transaction(actor) as tx:
        expired = await queries.list_expired(tx, KEPT_FOR, PAGE)
    for operation in expired:
        await exports.delete_files(actor, operation.id)
        async with transaction(actor) as tx:
            await queries.delete_operation(tx, operation.id)
