"""New data keys for a firm, and the end of old ones.

A rotation makes a new version, which seals from then on. What older ones have sealed is sealed anew
in batches, wherever it lies; then nothing needs them, and they are destroyed.
"""

from datetime import datetime, timedelta
from uuid import UUID, uuid5

from shared.identity import keys
from shared.identity.models import KeyVersion
from shared.identity.permissions import Permission, require
from shared.identity.queries import keys as queries
from shared.identity.revealing import require_second_factor
from shared.operations import operations
from shared.operations.models import Operation
from shared.platform import crypto
from shared.platform.actor import Actor, system
from shared.platform.alerts import AlertKind
from shared.platform.db import Tx, transaction
from shared.platform.errors import UnknownReference
from shared.platform.messages import Alert, Change
from shared.vendors.roster import vendors

KIND = "key_rotation"
OLDEST = timedelta(days=365)
KEPT = timedelta(days=1, hours=1)
"""For so long somebody may have retired keys in hand. Postgres itself insists on a day."""


async def request_rotation(actor: Actor, operation_id: UUID) -> Operation:
    require(actor, Permission.ADMINISTER)
    require_second_factor(actor)
    async with transaction(actor) as tx:
        return await _request(tx, operation_id, is_due=True)


async def tend_keys(now: datetime) -> None:
    """Ask for what is due: new keys after a year, the end of old ones, another master key.

    However often a day it is asked, it asks once for each firm.
    """
    due = await queries.list_organizations_with_old_keys(
        created_before=now - OLDEST,
        retired_before=now - KEPT,
        wrapping=vendors().wrapper.current,
    )
    for organization_id in due:
        async with transaction(system(organization_id)) as tx:
            active, *_ = await queries.list_keys(tx)
            operation_id = uuid5(organization_id, f"{KIND}|{now.date()}")
            await _request(tx, operation_id, is_due=active.created_at < now - OLDEST)


async def begin_rotation(actor: Actor, from_version: int) -> None:
    """Make the version after this one, unless that has been done."""
    made = await keys.wrapped(actor.organization_id, crypto.new_data_keys(from_version + 1))
    async with transaction(actor) as tx:
        active = await queries.lock_active_keys(tx)
        if active.version != from_version:
            return
        await queries.retire_keys(tx, active.version)
        await queries.insert_keys(tx, made)
        await tx.record(
            Change(
                action="organization.keys_rotated",
                subject_id=actor.organization_id,
                before={"version": active.version},
                after={"version": made.version},
            )
        )
        await tx.alert(Alert(kind=AlertKind.KEYS_ROTATED, detail={"version": made.version}))


async def rewrap_keys(actor: Actor) -> int:
    """What another master key has wrapped, by the one that wraps now; how many versions."""
    current = vendors().wrapper.current
    async with transaction(actor) as tx:
        old = [each for each in await queries.list_keys(tx) if each.wrapped_by != current]
    for each in old:
        data_keys = await keys.unwrapped(actor.organization_id, each)
        made = await keys.wrapped(actor.organization_id, data_keys)
        async with transaction(actor) as tx:
            if await queries.rewrap_keys(tx, made, each.wrapped_by):
                await tx.record(_rewrapped(actor, made))
    return len(old)


async def destroy_retired(actor: Actor, retired_before: datetime) -> list[int]:
    """Destroy the versions that nothing needs any more; their numbers.

    Postgres knows which rows need them, not which blobs: those have been sealed anew before.
    """
    async with transaction(actor) as tx:
        old = [
            each.version
            for each in await queries.list_keys(tx)
            if each.retired_at and each.retired_at < retired_before
        ]
    return [version for version in old if await _destroy(actor, version)]


async def _destroy(actor: Actor, version: int) -> bool:
    try:
        async with transaction(actor) as tx:
            if not await queries.delete_retired_keys(tx, version):
                return False
            await tx.record(
                Change(
                    action="organization.keys_destroyed",
                    subject_id=actor.organization_id,
                    detail={"version": version},
                )
            )
    except UnknownReference:  # a row is still sealed with them, and will have expired tomorrow
        return False
    return True


async def _request(tx: Tx, operation_id: UUID, *, is_due: bool) -> Operation:
    """Of the version that is active now, so that asking again does not rotate again."""
    active, *_ = await queries.list_keys(tx)
    given = {"from_version": active.version if is_due else None}
    return await operations.request_operation(tx, operation_id, KIND, given)


def _rewrapped(actor: Actor, made: KeyVersion) -> Change:
    return Change(
        action="organization.keys_rewrapped",
        subject_id=actor.organization_id,
        detail={"version": made.version, "wrapped_by": made.wrapped_by},
    )
