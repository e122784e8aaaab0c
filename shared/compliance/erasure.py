"""The end of a firm: its keys destroyed, its rows and files deleted, its audit trail kept.

Without the keys nothing opens that was sealed for it, wherever a copy of it lies. A backup from
before still has the wrapped keys: it ends with its retention. What is left are the firm's number,
its audit trail and security events, and that it was erased. How somebody signs in is forgotten
with the last firm that they are in.
"""

import asyncio
from datetime import UTC, datetime, timedelta
from uuid import UUID

from shared.compliance.models import Erasure
from shared.compliance.queries import erasure as queries
from shared.compliance.tombstone import tombstone
from shared.identity import access
from shared.identity.permissions import Permission, require
from shared.identity.revealing import require_second_factor
from shared.platform import blob
from shared.platform.actor import Actor, system
from shared.platform.db import transaction
from shared.platform.errors import Invalid
from shared.platform.messages import Change
from shared.platform.turns import each_in_turn

AT_ONCE = 20
SETTLED = timedelta(hours=1)
"""Until then a step of a story may still write, as may whoever another process has let in, or
somebody upload with a link given before."""


class OtherName(Invalid):
    """What was typed to confirm is not the firm's name."""

    code = "other_name"
    remedy = "Type the firm's name as it is"


async def erase_organization(actor: Actor, asked: Erasure) -> None:
    """At once and for good; blobs, and what is being written meanwhile, follow within minutes.

    See ``purge_erased``.
    """
    require(actor, Permission.ADMINISTER)
    require_second_factor(actor)
    async with transaction(actor) as tx:
        firm = await queries.lock_standing(tx)
        if firm.name != asked.name:
            raise OtherName("This is not the firm's name")
        await tx.record(
            Change(
                action="organization.erasure_confirmed",
                subject_id=actor.organization_id,
                detail={"reason": asked.reason},
                before={"name": firm.name},
            )
        )
        await queries.mark_erased(tx)
        await queries.erase_rows(tx)
        await tombstone(tx)
    access.forget(actor.organization_id)


async def purge_erased(now: datetime | None = None) -> None:
    """Delete what erased firms still have, until nothing can come any more.

    Blobs, and rows: who has been let in by another process may go on for 30 seconds.
    """
    moment = now or datetime.now(UTC)
    with each_in_turn("Some erased firms still have something") as turn:
        for due in await queries.list_organizations_to_purge():
            with turn():
                await _purge(due.organization_id, moment)


async def _purge(organization_id: UUID, now: datetime) -> None:
    for container in blob.CONTAINERS:
        found = sorted(await blob.names(container, f"{organization_id}/"))
        for at in range(0, len(found), AT_ONCE):
            some = found[at : at + AT_ONCE]
            await asyncio.gather(*(blob.delete(container, name) for name in some))
    async with transaction(system(organization_id)) as tx:
        await queries.erase_rows(tx)
        await queries.mark_purged(tx, now - SETTLED)
