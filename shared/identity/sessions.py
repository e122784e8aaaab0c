"""Sessions: where somebody is signed in, for how long, and how that is ended."""

import hashlib
import json
import re
from datetime import UTC, datetime, timedelta
from ipaddress import ip_network
from uuid import UUID, uuid5

from shared.identity import access
from shared.identity.access_models import EndReason, NewSession, Session, SessionKey
from shared.identity.membership_rules import require_reach
from shared.identity.models import OrganizationSettings
from shared.identity.permissions import Permission, may, require
from shared.identity.queries import access as standings
from shared.identity.queries import sessions as queries
from shared.identity.refusals import PeopleOnly, SessionExpired, SessionRevoked
from shared.platform.actor import Actor, system
from shared.platform.alerts import AlertKind
from shared.platform.db import Tx, transaction
from shared.platform.errors import NotFound
from shared.platform.messages import Alert, Change
from shared.platform.paging import Asked, Listing, Page
from shared.platform.tokens import Claims
from shared.platform.turns import each_in_turn

SEEN_EVERY = timedelta(minutes=5)
UNSEEN = timedelta(seconds=access.KEPT_FOR)  # requests that were not looked at
LATEST = datetime(9999, 12, 31, tzinfo=UTC)

BY_START: Listing[Session, SessionKey] = Listing(
    "sessions",
    first=SessionKey(started_at=LATEST, id=UUID(int=2**128 - 1)),
    key_of=lambda session: SessionKey(started_at=session.started_at, id=session.id),
)


def session_id(user_id: UUID, claims: Claims) -> UUID:
    return uuid5(user_id, json.dumps([claims.issuer, claims.session]))


async def resume_session(
    tx: Tx, session_id: UUID, policy: OrganizationSettings, *, is_lone: bool
) -> None:
    """Go on with it, or begin it; not when it was ended, or has grown too old."""
    now = datetime.now(UTC)
    found = await queries.find_session(tx, session_id)
    if found is None:
        await _begin(tx, session_id, now, is_lone=is_lone)
        return
    if found.ended_at:
        raise SessionRevoked("This session was ended")
    if policy.session_hours and now - found.started_at > timedelta(hours=policy.session_hours):
        raise SessionExpired("This session has lasted as long as the firm allows")
    seen_every = _seen_every(policy)
    silent = now - found.last_seen_at
    if policy.session_idle_minutes:
        allowed = timedelta(minutes=policy.session_idle_minutes)
        if silent > allowed + seen_every + UNSEEN:
            raise SessionExpired("This session has been idle for longer than the firm allows")
    if silent > seen_every:
        await queries.see_session(tx, session_id, ip=tx.actor.origin.ip, now=now)


async def note_refusal(actor: Actor, session_id: UUID) -> None:
    """Somebody still comes with it: were it forgotten, one that is over would begin anew."""
    async with transaction(actor) as tx:
        await queries.note_refusal(tx, session_id, datetime.now(UTC))


async def forget_old_sessions() -> int:
    """Those nobody has come with for 90 days, of all firms; how many have gone.

    Each person's newest stays: a device is new, also to somebody who was away for long.
    """
    gone = 0
    with each_in_turn("Some firms' sessions could not be forgotten") as turn:
        for due in await queries.list_organizations_with_old_sessions():
            with turn():
                async with transaction(system(due.organization_id)) as tx:
                    gone += await queries.delete_old_sessions(tx)
    return gone


def _seen_every(policy: OrganizationSettings) -> timedelta:
    """A short idle time is measured more closely."""
    idle = timedelta(minutes=policy.session_idle_minutes or 0)
    return min(SEEN_EVERY, idle / 5) if idle else SEEN_EVERY


async def _begin(tx: Tx, session_id: UUID, now: datetime, *, is_lone: bool) -> None:
    """A first sign-in is from no new device: there is none it could differ from."""
    assert tx.actor.user_id
    origin = tx.actor.origin
    new = NewSession(
        id=session_id,
        user_id=tx.actor.user_id,
        device=_device(origin.ip, origin.user_agent),
        ip=origin.ip,
        user_agent=origin.user_agent,
        is_lone=is_lone,
    )
    devices = await queries.get_devices(tx, user_id=new.user_id, device=new.device)
    if not await queries.insert_session(tx, new, now):
        return
    if devices.has_come and not devices.is_known:
        await tx.alert(Alert(kind=AlertKind.NEW_DEVICE, subject_id=session_id))


def _device(ip: str | None, user_agent: str | None) -> str:
    """A browser on a network: an update, or another address there, changes nothing."""
    browser = re.sub(r"[\d.]+", "", user_agent or "")
    network = ""
    if ip:
        network = str(ip_network(f"{ip}/{48 if ':' in ip else 24}", strict=False))
    return hashlib.sha256(f"{browser}|{network}".encode()).hexdigest()


async def list_sessions(actor: Actor, asked: Asked, user_id: UUID | None = None) -> Page[Session]:
    """One's own, or those of a colleague, for whoever looks after the firm's people."""
    whose = _whose(actor, user_id)
    window = BY_START.window(actor, asked, user_id=whose)
    async with transaction(actor) as tx:
        return window.page(await queries.list_sessions(tx, whose, window))


async def end_session(actor: Actor, session_id: UUID) -> None:
    """Whose it is decides; one that is not theirs to see is not there for them.

    A lone one takes all of that person's with it: their issuer cannot tell them apart.
    """
    _require_person(actor)
    async with transaction(actor) as tx:
        found = await queries.find_session(tx, session_id)
        if found is None or not _may_see(actor, found.user_id):
            raise NotFound("Session not found")
        await _require_reach(tx, found.user_id)
        if found.is_lone and not found.ended_at:
            await revoke_sessions(tx, found.user_id, EndReason.REVOKED)
        elif await queries.end_session(tx, session_id, EndReason.REVOKED):
            await _note_end(tx, session_id, found.user_id, EndReason.REVOKED)
    access.forget(actor.organization_id)


async def end_sessions(actor: Actor, user_id: UUID | None = None) -> None:
    """Signs the person out everywhere, here too."""
    whose = _whose(actor, user_id)
    async with transaction(actor) as tx:
        await _require_reach(tx, whose)
        await revoke_sessions(tx, whose, EndReason.REVOKED)
    access.forget(actor.organization_id)


async def revoke_sessions(tx: Tx, user_id: UUID, reason: EndReason = EndReason.OFFBOARDED) -> int:
    """Those nobody has come to us with, too."""
    await queries.refuse_earlier(tx, user_id)
    ended = await queries.end_sessions(tx, user_id, reason)
    await _note_end(tx, user_id, user_id, reason, ended)
    return ended


async def _note_end(
    tx: Tx, subject_id: UUID, user_id: UUID, reason: EndReason, count: int = 1
) -> None:
    detail = {"user_id": str(user_id), "reason": reason.value, "count": count}
    await tx.record(Change(action="session.ended", subject_id=subject_id, detail=detail))
    await tx.alert(Alert(kind=AlertKind.SESSION_REVOKED, subject_id=subject_id, detail=detail))


def _require_person(actor: Actor) -> None:
    if actor.api_key_id:
        raise PeopleOnly("An API key has no say over sessions")


async def _require_reach(tx: Tx, user_id: UUID) -> None:
    """Nobody is kept out by those below them."""
    whose = await standings.find_standing(tx, user_id)
    if whose:
        require_reach(tx.actor, whose.role)


def _whose(actor: Actor, user_id: UUID | None) -> UUID:
    _require_person(actor)
    assert actor.user_id
    if user_id and user_id != actor.user_id:
        require(actor, Permission.UPDATE_USERS)
        return user_id
    return actor.user_id


def _may_see(actor: Actor, user_id: UUID) -> bool:
    return user_id == actor.user_id or may(actor, Permission.UPDATE_USERS)
