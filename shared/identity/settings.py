"""What a firm has chosen about how its work is done, and from when each choice holds.

Nothing is overwritten: what holds at a moment are the changes that have come due by then, laid one
over the other. A change that waits for its day so survives what is chosen in the meantime.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from shared.identity import access
from shared.identity.models import (
    OrganizationSettings,
    SettingsChange,
    SettingsVersion,
    VersionKey,
)
from shared.identity.networks import is_within
from shared.identity.permissions import Permission, require
from shared.identity.queries import organizations
from shared.identity.queries import settings as queries
from shared.platform.actor import Actor
from shared.platform.db import Tx, transaction
from shared.platform.errors import Conflict, Invalid, Stale
from shared.platform.messages import Change
from shared.platform.paging import Asked, Listing, Page
from shared.vendors.reading import CloudReaderMissing
from shared.vendors.roster import vendors

MAX_NUMBER = 2**31 - 1
NEWEST: Listing[SettingsVersion, VersionKey] = Listing(
    "settings_history",
    first=VersionKey(number=MAX_NUMBER),
    key_of=lambda version: VersionKey(number=version.number),
)


class SecondFactorFirst(Conflict):
    """Whoever says if everybody needs a second factor has signed in without one."""

    code = "second_factor_first"
    remedy = "Sign in with a second factor, then choose"


class OwnAddressShutOut(Conflict):
    """The networks the firm is to be reached from leave out where this request comes from."""

    code = "own_address_shut_out"
    remedy = "Add the network you are in"


class NotRetroactive(Invalid):
    """A setting cannot hold from a moment that has passed."""

    code = "not_retroactive"
    remedy = "Leave effective_from out, or choose a moment to come"


async def get_settings(actor: Actor, at: datetime | None = None) -> OrganizationSettings:
    """What holds now, or at a moment, past or to come."""
    require(actor, Permission.MANAGE_SETTINGS)
    async with transaction(actor) as tx:
        return await current_settings(tx, at)


async def list_history(actor: Actor, asked: Asked) -> Page[SettingsVersion]:
    """Newest first, with the changes that have not come due yet."""
    require(actor, Permission.MANAGE_SETTINGS)
    window = NEWEST.window(actor, asked)
    async with transaction(actor) as tx:
        return window.page(await queries.list_versions(tx, window))


async def current_settings(tx: Tx, at: datetime | None = None) -> OrganizationSettings:
    """What holds for the firm, for whatever works for it."""
    now = datetime.now(UTC)
    return _holding(await queries.list_in_order(tx), at or now, now)


def _holding(
    versions: Sequence[SettingsVersion], at: datetime, now: datetime
) -> OrganizationSettings:
    """What holds at a moment. The version is always today's: it is what a change is made on.

    A change that waited for its day counts twice: it made a new version when it was chosen, and
    another when it came due.
    """
    chosen: dict[str, Any] = {}
    for version in versions:
        if version.effective_from <= at:
            chosen |= version.changes
    come_due = [each for each in versions if each.is_scheduled and each.effective_from <= now]
    return OrganizationSettings.model_validate(
        {name: value for name, value in chosen.items() if value is not None}
        | {"version": len(versions) + len(come_due)}
    )


async def change_settings(
    actor: Actor, version: int, change: SettingsChange
) -> OrganizationSettings:
    """Choose anew, from now on or from a day to come; returns what holds now."""
    require(actor, Permission.MANAGE_SETTINGS)
    _require_possible(actor, change)
    async with transaction(actor) as tx:
        await organizations.lock_organization(tx)
        versions = await queries.list_in_order(tx)
        now = max([datetime.now(UTC), *(each.changed_at for each in versions)])
        before = _holding(versions, now, now)
        if before.version != version:
            raise Stale(f"The settings are at version {before.version}")
        made = SettingsVersion(
            number=len(versions) + 1,
            effective_from=change.effective_from or now,
            changes=change.chosen(),
            changed_by=actor.user_id,
            changed_at=now,
        )
        if made.effective_from < now:
            raise NotRetroactive(f"It is past {made.effective_from.isoformat()}")
        if _says_nothing_new(made, before):
            return before
        await queries.insert_version(
            tx,
            number=made.number,
            changes=made.changes,
            effective_from=made.effective_from,
            changed_at=now,
        )
        await _record(tx, made, _holding(versions, made.effective_from, now))
    access.forget(actor.organization_id)
    return _holding(_in_order([*versions, made]), now, now)


def _require_possible(actor: Actor, change: SettingsChange) -> None:
    """That the deployment can do it, and that nobody shuts themselves out."""
    if change.cloud_reading and vendors().cloud is None:
        raise CloudReaderMissing("This deployment has no cloud reader to switch on")
    if "mfa_required" in change.chosen() and not actor.has_second_factor:
        raise SecondFactorFirst("You have not signed in with a second factor yourself")
    address = actor.origin.ip
    if change.ip_allow_list and address and not is_within(address, change.ip_allow_list):
        raise OwnAddressShutOut(f"{address} is not in these networks")


def _says_nothing_new(made: SettingsVersion, before: OrganizationSettings) -> bool:
    if made.is_scheduled:
        return False
    return _defaulted(made.changes).items() <= before.model_dump(mode="json").items()


def _defaulted(changes: dict[str, Any]) -> dict[str, Any]:
    defaults = OrganizationSettings().model_dump(mode="json")
    return {name: defaults[name] if value is None else value for name, value in changes.items()}


def _in_order(versions: list[SettingsVersion]) -> list[SettingsVersion]:
    return sorted(versions, key=lambda each: (each.effective_from, each.number))


async def _record(tx: Tx, made: SettingsVersion, until_then: OrganizationSettings) -> None:
    was = until_then.model_dump(mode="json")
    await tx.record(
        Change(
            action="organization.settings_changed",
            subject_id=tx.actor.organization_id,
            detail={"effective_from": made.effective_from.isoformat()} if made.is_scheduled else {},
            before={name: was[name] for name in made.changes},
            after=_defaulted(made.changes),
        )
    )
