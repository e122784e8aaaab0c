"""What a firm has chosen about how its work is done."""

from shared.identity import queries
from shared.identity.models import OrganizationSettings, SettingsChange
from shared.identity.permissions import Permission, require
from shared.platform.actor import Actor
from shared.platform.db import Tx, transaction
from shared.platform.errors import Stale
from shared.platform.messages import Change
from shared.vendors.reading import CloudReaderMissing
from shared.vendors.roster import vendors


async def get_settings(actor: Actor) -> OrganizationSettings:
    require(actor, Permission.MANAGE_SETTINGS)
    async with transaction(actor) as tx:
        return await current_settings(tx)


async def current_settings(tx: Tx) -> OrganizationSettings:
    """What holds for the firm now, for whatever works for it."""
    return await queries.find_settings(tx) or OrganizationSettings()


async def change_settings(
    actor: Actor, version: int, change: SettingsChange
) -> OrganizationSettings:
    """Choose anew; the auditor sees what was before and what is now.

    Cloud reading cannot be switched on where there is no cloud reader.
    """
    require(actor, Permission.MANAGE_SETTINGS)
    if change.cloud_reading and vendors().cloud is None:
        raise CloudReaderMissing("This deployment has no cloud reader to switch on")
    async with transaction(actor) as tx:
        await queries.insert_settings(tx)
        before = await queries.lock_settings(tx)
        if before.version != version:
            raise Stale(f"The settings are at version {before.version}")
        wanted = before.model_copy(update=change.model_dump(exclude_none=True))
        if wanted == before:
            return before
        after = await queries.update_settings(tx, wanted)
        await tx.record(
            Change(
                action="organization.settings_changed",
                subject_id=actor.organization_id,
                detail={"before": _chosen(before), "after": _chosen(after)},
            )
        )
        return after


def _chosen(settings: OrganizationSettings) -> dict[str, bool]:
    return settings.model_dump(exclude={"version"})
