"""API keys: how a firm's own programs come in, as one of its members and with less than they may.

No key is given what lets it see TINs, or say who gets in and how: people, keys, settings, the end
of the firm. Whoever is shown a key's secret can act as its member, so it is shown only to that
member and to those above, and is good for as long as that is what they are.
"""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from shared.identity import access
from shared.identity.access_models import (
    ApiKey,
    ApiKeyChange,
    IssuedKey,
    KeyPlace,
    NewApiKey,
    Rotation,
    Standing,
)
from shared.identity.actions import Action, action, refusal
from shared.identity.entitlements import require_feature
from shared.identity.key_format import KeyText, new_key
from shared.identity.membership_rules import RoleAboveOwn, is_above
from shared.identity.models import MemberState
from shared.identity.permissions import ROLES, Permission, effective, require
from shared.identity.plans import Feature
from shared.identity.queries import access as standings
from shared.identity.queries import api_keys as queries
from shared.identity.queries import organizations
from shared.identity.settings import current_settings
from shared.identity.sign_in import require_second_factor
from shared.platform.actor import Actor
from shared.platform.alerts import AlertKind
from shared.platform.db import Tx, transaction
from shared.platform.errors import Conflict, Invalid, Stale, UnknownReference
from shared.platform.ids import new_id
from shared.platform.messages import Alert, Change
from shared.platform.paging import Asked, Listing, Page

GRANTABLE = frozenset(Permission) - {
    Permission.REVEAL_TINS,
    Permission.CREATE_USERS,
    Permission.UPDATE_USERS,
    Permission.INVITE_USERS,
    Permission.DELETE_USERS,
    Permission.MANAGE_SETTINGS,
    Permission.MANAGE_API_KEYS,
    Permission.ADMINISTER,
}
LATEST = datetime(9999, 12, 31, tzinfo=UTC)

BY_TIME: Listing[ApiKey, KeyPlace] = Listing(
    "api_keys",
    first=KeyPlace(created_at=LATEST, id=UUID(int=2**128 - 1)),
    key_of=lambda key: KeyPlace(created_at=key.created_at, id=key.id),
)


class ScopeNotGrantable(Invalid):
    """A scope is more than any key gets, than its member may, or than you may."""

    code = "scope_not_grantable"
    remedy = "Leave those scopes out"


class KeyHolderUnfit(Invalid):
    """The member may not use the API, or is not active."""

    code = "key_holder_unfit"
    remedy = "Let the key act for an active member whose role has api:access"


class ApiKeyRevoked(Conflict):
    """The API key was revoked, which is for good."""

    code = "api_key_revoked"
    remedy = "Make a new one"


class ApiKeyExists(Conflict):
    """The same request has made its key before, and somebody has rotated or revoked it since."""

    code = "api_key_exists"
    remedy = "Rotate the key to get a new secret"


async def issue_key(actor: Actor, new: NewApiKey) -> IssuedKey:
    require(actor, Permission.MANAGE_API_KEYS)
    assert actor.user_id
    _require_future(new.expires_at)
    text = new_key()
    key = ApiKey(
        id=new_id(actor, "api_key"),
        name=new.name,
        prefix=text.prefix,
        user_id=new.user_id or actor.user_id,
        made_by=actor.user_id,
        scopes=sorted(set(new.scopes)),
        created_at=datetime.now(UTC),
        expires_at=new.expires_at,
        last_used_at=None,
        previous_until=None,
        revoked_at=None,
        version=1,
    )
    async with transaction(actor) as tx:
        await require_feature(tx, Feature.API)
        _require_grantable(tx, await _lock_holder(tx, key.user_id), key.scopes)
        made = await _replace_own(tx, key.id, text)
        if made is None and not await queries.insert_api_key(
            tx, key, secret_id=new_id(actor, "secret"), secret_hash=text.hash
        ):
            raise ApiKeyExists("This request has made its key before")
        await tx.record(Change(action="api_key.issued", subject_id=key.id, after=_told(key)))
    return _with_secret(made or key, text)


async def _replace_own(tx: Tx, key_id: UUID, text: KeyText) -> ApiKey | None:
    """When this request has made a secret before, and died: nobody was shown that one."""
    secret_id = new_id(tx.actor, "secret")
    return await queries.replace_secret(
        tx, key_id, secret_id=secret_id, prefix=text.prefix, secret_hash=text.hash
    )


async def list_api_keys(actor: Actor, asked: Asked) -> Page[ApiKey]:
    require(actor, Permission.MANAGE_API_KEYS)
    window = BY_TIME.window(actor, asked)
    async with transaction(actor) as tx:
        return window.page(await queries.list_api_keys(tx, window))


async def get_api_key(actor: Actor, key_id: UUID) -> ApiKey:
    require(actor, Permission.MANAGE_API_KEYS)
    async with transaction(actor) as tx:
        return await queries.get_api_key(tx, key_id)


async def list_actions(actor: Actor, key_id: UUID) -> list[Action]:
    require(actor, Permission.MANAGE_API_KEYS)
    async with transaction(actor) as tx:
        key = await queries.get_api_key(tx, key_id)
        holder = await standings.find_standing(tx, key.user_id)
    assert holder
    blocked = refusal(lambda: _require_say(actor, key.user_id, holder))
    blocked = blocked or refusal(lambda: _require_live(key))
    return [
        action(actor, "change", Permission.MANAGE_API_KEYS, blocked),
        action(actor, "rotate", Permission.MANAGE_API_KEYS, blocked),
        action(actor, "revoke", Permission.MANAGE_API_KEYS),
    ]


async def change_key(actor: Actor, key_id: UUID, version: int, change: ApiKeyChange) -> ApiKey:
    require(actor, Permission.MANAGE_API_KEYS)
    given = change.model_dump(exclude_unset=True)
    _require_future(change.expires_at)
    async with transaction(actor) as tx:
        before, holder = await _lock_live(tx, key_id)
        if before.version != version:
            raise Stale(f"The API key is at version {before.version}")
        wanted = before.model_copy(update=given)
        if wanted == before:
            return before
        _require_grantable(tx, holder, wanted.scopes)
        after = await queries.update_api_key(tx, wanted)
        await tx.record(
            Change(
                action="api_key.changed",
                subject_id=key_id,
                before={name: _told(before)[name] for name in given},
                after={name: _told(after)[name] for name in given},
            )
        )
    access.forget(actor.organization_id)
    return after


async def rotate_key(actor: Actor, key_id: UUID, rotation: Rotation) -> IssuedKey:
    """A new secret; the one before goes on for a while, so that nothing stands still meanwhile."""
    require(actor, Permission.MANAGE_API_KEYS)
    until = datetime.now(UTC) + timedelta(hours=rotation.overlap_hours)
    async with transaction(actor) as tx:
        await require_feature(tx, Feature.API)
        before, _ = await _lock_live(tx, key_id)
        text = new_key(before.prefix)
        key = await _replace_own(tx, key_id, text) or await queries.rotate_api_key(
            tx,
            key_id,
            secret_id=new_id(actor, "secret"),
            secret_hash=text.hash,
            previous_until=until,
        )
        await tx.record(
            Change(
                action="api_key.rotated",
                subject_id=key_id,
                after=key.model_dump(mode="json", include={"previous_until"}),
            )
        )
    access.forget(actor.organization_id)
    return _with_secret(key, text)


async def revoke_key(actor: Actor, key_id: UUID) -> None:
    """For good; a second time changes nothing."""
    require(actor, Permission.MANAGE_API_KEYS)
    async with transaction(actor) as tx:
        if (await queries.lock_api_key(tx, key_id)).revoked_at is None:
            await queries.revoke_api_key(tx, key_id)
            await _note_revoked(tx, key_id, 1)
    access.forget(actor.organization_id)


async def revoke_keys_of(tx: Tx, user_id: UUID) -> int:
    """All that act for this member, and those of others whose secret this one has been shown."""
    revoked = await queries.revoke_api_keys(tx, user_id)
    if revoked:
        await _note_revoked(tx, user_id, revoked)
    return revoked


async def _note_revoked(tx: Tx, subject_id: UUID, count: int) -> None:
    detail = {"count": count}
    await tx.record(Change(action="api_key.revoked", subject_id=subject_id, detail=detail))
    await tx.alert(Alert(kind=AlertKind.KEY_REVOKED, subject_id=subject_id, detail=detail))


async def _lock_live(tx: Tx, key_id: UUID) -> tuple[ApiKey, Standing]:
    holder = await _lock_holder(tx, (await queries.get_api_key(tx, key_id)).user_id)
    found = await queries.lock_api_key(tx, key_id)
    _require_live(found)
    return found, holder


async def _lock_holder(tx: Tx, user_id: UUID) -> Standing:
    """The firm first: nobody of it comes, leaves or changes roles while it is locked."""
    await organizations.lock_organization(tx)
    holder = await standings.find_standing(tx, user_id)
    if holder is None:
        raise UnknownReference("It refers to something that does not exist")
    _require_say(tx.actor, user_id, holder)
    if holder.state is not MemberState.ACTIVE or Permission.ACCESS_API not in ROLES[holder.role]:
        raise KeyHolderUnfit("The member may not use the API")
    if user_id != tx.actor.user_id:
        require_second_factor(tx.actor, holder.role, await current_settings(tx))
    return holder


def _require_say(actor: Actor, user_id: UUID, holder: Standing) -> None:
    """Or an admin could act as the owner."""
    if user_id != actor.user_id and not is_above(actor.role, holder.role):
        raise RoleAboveOwn(f"The role {actor.role} acts for no other {holder.role}")


def _require_live(key: ApiKey) -> None:
    if key.revoked_at:
        raise ApiKeyRevoked("The API key was revoked")


def _require_grantable(tx: Tx, holder: Standing, scopes: list[Permission]) -> None:
    """Whoever makes a key for somebody else gives away nothing that is not theirs."""
    allowed = GRANTABLE & ROLES[holder.role] & effective(tx.actor)
    beyond = sorted(set(scopes) - allowed)
    if beyond:
        raise ScopeNotGrantable(f"The key cannot be given {', '.join(beyond)}")


def _require_future(moment: datetime | None) -> None:
    if moment and moment <= datetime.now(UTC):
        raise Invalid("expires_at has passed already")


def _told(key: ApiKey) -> dict[str, Any]:
    return key.model_dump(mode="json", include={"name", "scopes", "expires_at", "user_id"})


def _with_secret(key: ApiKey, text: KeyText) -> IssuedKey:
    return IssuedKey(**key.model_dump(), secret=str(text))
