"""Sealing each firm's audit trail, in the background, so that nobody who writes waits for a chain.

Entries commit in another order than that of their ids. A seal covers all ids up to its last, so it
is made only when none of those can come any more: a transaction locks the table before it is given
an id, so none can once all are over that had the lock after the last id was seen.
"""

import asyncio
import logging
from datetime import UTC, datetime
from time import monotonic
from uuid import UUID

from shared.compliance import chain
from shared.compliance.models import Seal
from shared.compliance.queries import entries, seals
from shared.platform.actor import Actor, system
from shared.platform.db import transaction
from shared.platform.turns import each_in_turn

SEAL_SIZE = 500
MOST_PATIENCE = 10.0  # seconds to wait for others' transactions; then the next timer tries

log = logging.getLogger(__name__)


async def seal_every_firm() -> int:
    """Seal what any firm has unsealed; returns how many entries that were."""
    firms = await seals.list_organizations_to_seal()
    return await seal_entries(*(firm.organization_id for firm in firms))


async def seal_entries(*organization_ids: UUID) -> int:
    last_ids = [await _last_entry(system(each)) for each in organization_ids]
    if not organization_ids or not await _have_settled():
        return 0
    sealed = 0
    with each_in_turn("Some audit trails could not be sealed") as turn:
        for organization_id, last_id in zip(organization_ids, last_ids, strict=True):
            with turn():
                sealed += await _seal_up_to(system(organization_id), last_id)
    return sealed


async def _last_entry(actor: Actor) -> int:
    async with transaction(actor) as tx:
        return await seals.last_entry(tx)


async def _have_settled() -> bool:
    """Whether all have ended that were writing to the trail when this was asked."""
    writers = await seals.list_writers()
    give_up_at = monotonic() + MOST_PATIENCE
    while writers and monotonic() < give_up_at:
        await asyncio.sleep(0.1)
        writers &= await seals.list_writers()
    if writers:
        log.warning("audit entries wait to be sealed: a transaction takes long")
    return not writers


async def _seal_up_to(actor: Actor, last_id: int) -> int:
    sealed = 0
    while seal := await _next_seal(actor, last_id):
        sealed += seal.count
        # The log is kept elsewhere: what it says of a seal, nobody can change in the database.
        log.info(
            "sealed %s audit entries of %s: seal %s is %s",
            seal.count,
            actor.organization_id,
            seal.number,
            seal.hash,
        )
    return sealed


async def _next_seal(actor: Actor, last_id: int) -> Seal | None:
    async with transaction(actor) as tx:
        await seals.lock_chain(tx)
        previous = await seals.find_last_seal(tx) or chain.START
        found = await entries.list_in_order(
            tx, after=previous.last_id, until=last_id, limit=SEAL_SIZE
        )
        if not found:
            return None
        seal = chain.next_seal(actor.organization_id, previous, found, datetime.now(UTC))
        await seals.insert_seal(tx, seal)
        return seal
