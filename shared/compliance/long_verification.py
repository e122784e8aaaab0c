"""Following a trail to its end, however many answers that takes."""

from uuid import UUID

from shared.compliance import verification
from shared.compliance.models import Verification
from shared.compliance.queries import seals
from shared.identity.queries import organizations
from shared.operations import operations
from shared.operations.models import Job, Operation, Progress
from shared.platform.actor import Actor, system
from shared.platform.db import transaction

KIND = "audit_verification"


async def request_verification(
    actor: Actor, operation_id: UUID, *, start: int = 1, head: str | None = None
) -> Operation:
    """The operation's result is what one long answer would have been."""
    async with transaction(actor) as tx:
        await verification.require_verifier(tx)
        given = {"start": start, "head": head}
        return await operations.request_operation(tx, operation_id, KIND, given)


async def verify_step(actor: Actor, job: Job) -> Progress:
    """As far as one answer goes."""
    before = Verification.model_validate(job.cursor) if job.cursor else None
    start = before.next if before and before.next else job.input["start"]
    found = _together(before, await _verify(actor.organization_id, start, job.input["head"]))
    total = await _count_seals(actor)
    told = found.model_dump(mode="json")
    if found.next:
        return Progress(done=found.next - 1, total=total, cursor=told)
    return Progress(done=total, total=total, result=told)


async def verify_whole(organization_id: UUID, head: str | None = None) -> Verification:
    """For whoever runs the service; a firm that never was has no trail to be intact."""
    async with transaction(system(organization_id)) as tx:
        await organizations.get_organization(tx)
    found = await _verify(organization_id, 1, head)
    while found.next:
        found = _together(found, await _verify(organization_id, found.next, head))
    return found


async def _verify(organization_id: UUID, start: int, head: str | None) -> Verification:
    return await verification.verify_as_service(organization_id, start=start, head=head)


def _together(before: Verification | None, found: Verification) -> Verification:
    if before is None:
        return found
    return found.model_copy(
        update={
            "seals": before.seals + found.seals,
            "entries": before.entries + found.entries,
            "archived": before.archived + found.archived,
        }
    )


async def _count_seals(actor: Actor) -> int:
    async with transaction(actor) as tx:
        last = await seals.find_last_seal(tx)
    return last.number if last else 0
