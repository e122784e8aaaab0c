"""Feature flags: what a firm has on or off while it is being introduced, with an end to it."""

from datetime import UTC, datetime

from shared.identity import access
from shared.identity.models import FeatureFlag, Flag, FlagChange, FlagRow
from shared.identity.permissions import Permission, require
from shared.identity.queries import flags as queries
from shared.identity.queries import organizations
from shared.platform.actor import Actor
from shared.platform.db import Tx, transaction
from shared.platform.errors import Invalid, Stale
from shared.platform.messages import Change

ON_BY_DEFAULT = frozenset({Flag.CLIENT_PORTAL})


class FlagExpired(Invalid):
    """The end of a flag has passed already."""

    code = "flag_expired"
    remedy = "Choose an end to come, or delete the flag"


async def is_on(tx: Tx, flag: Flag) -> bool:
    return _shown(flag, await queries.find_flag(tx, flag)).is_on


async def list_flags(actor: Actor) -> list[FeatureFlag]:
    """Every flag there is, also those nothing was said about."""
    require(actor, Permission.MANAGE_SETTINGS)
    async with transaction(actor) as tx:
        said = {row.name: row for row in await queries.list_flags(tx)}
    return [_shown(flag, said.get(flag)) for flag in Flag]


async def get_flag(actor: Actor, flag: Flag) -> FeatureFlag:
    require(actor, Permission.MANAGE_SETTINGS)
    async with transaction(actor) as tx:
        return _shown(flag, await queries.find_flag(tx, flag))


async def change_flag(actor: Actor, flag: Flag, version: int, change: FlagChange) -> FeatureFlag:
    require(actor, Permission.MANAGE_SETTINGS)
    if change.expires_at and change.expires_at <= datetime.now(UTC):
        raise FlagExpired(f"It is past {change.expires_at.isoformat()}")
    async with transaction(actor) as tx:
        await organizations.lock_organization(tx)  # there may be no row of its own to lock
        before = _shown(flag, await queries.find_flag(tx, flag))
        if before.version != version:
            raise Stale(f"The flag is at version {before.version}")
        wanted = before.model_copy(update=change.model_dump(exclude_unset=True))
        if wanted == before:
            return before
        after = _shown(
            flag,
            await queries.put_flag(
                tx,
                flag,
                enabled=wanted.enabled,
                expires_at=wanted.expires_at,
                note=wanted.note,
            ),
        )
        await _record(tx, "feature_flag.updated", before, after)
    access.forget(actor.organization_id)
    return after


async def reset_flag(actor: Actor, flag: Flag) -> None:
    """Back to the default, for good. What is there already is no change."""
    require(actor, Permission.MANAGE_SETTINGS)
    async with transaction(actor) as tx:
        await organizations.lock_organization(tx)
        before = _shown(flag, await queries.find_flag(tx, flag))
        if cleared := await queries.clear_flag(tx, flag):
            await _record(tx, "feature_flag.reset", before, _shown(flag, cleared))
    access.forget(actor.organization_id)


async def _record(tx: Tx, action: str, before: FeatureFlag, after: FeatureFlag) -> None:
    """A flag has a name and no id: it is the firm's."""
    fields = {"enabled", "expires_at", "note"}
    await tx.record(
        Change(
            action=action,
            subject_id=tx.actor.organization_id,
            detail={"name": before.name.value},
            before=before.model_dump(mode="json", include=fields),
            after=after.model_dump(mode="json", include=fields),
        )
    )


def _shown(flag: Flag, said: FlagRow | None) -> FeatureFlag:
    default = flag in ON_BY_DEFAULT
    if said is None:
        said = FlagRow(name=flag, enabled=None, expires_at=None, note=None, version=0)
    enabled = default if said.enabled is None else said.enabled
    holds = said.expires_at is None or said.expires_at > datetime.now(UTC)
    return FeatureFlag(
        **said.model_dump(exclude={"enabled"}),
        enabled=enabled,
        is_on=enabled if holds else default,
        default=default,
    )
