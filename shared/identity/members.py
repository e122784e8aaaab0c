"""The people of a firm: who they are, what they may do, and how they leave."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from shared.identity import access, api_keys, invitations, sessions
from shared.identity import membership_rules as rules
from shared.identity.access_models import EndReason
from shared.identity.actions import Action, action, refusal
from shared.identity.admission import require_free_email
from shared.identity.events import MemberOffboarded
from shared.identity.handover import Handover, pass_on
from shared.identity.models import (
    Leaving,
    Member,
    MemberChange,
    MemberKey,
    MemberState,
    Offboarding,
)
from shared.identity.permissions import Permission, require
from shared.identity.queries import idempotency, organizations
from shared.identity.queries import members as queries
from shared.platform.actor import Actor, Role
from shared.platform.alerts import AlertKind
from shared.platform.db import Tx, transaction
from shared.platform.errors import AppError, Invalid, Stale
from shared.platform.messages import Alert, Change
from shared.platform.paging import Asked, Listing, Page

BY_TIME: Listing[Member, MemberKey] = Listing(
    "members",
    first=MemberKey(at=datetime.min.replace(tzinfo=UTC), id=UUID(int=0)),
    key_of=lambda member: MemberKey(at=member.joined_at, id=member.id),
)


class SuccessorUnfit(Invalid):
    """Whoever takes over is another of the firm's own people, and active."""

    code = "successor_unfit"
    remedy = "Name an active colleague in successor_id"


async def list_members(
    actor: Actor, asked: Asked, *, role: Role | None = None, state: MemberState | None = None
) -> Page[Member]:
    """In the order in which they have joined."""
    require(actor, Permission.READ_USERS)
    window = BY_TIME.window(actor, asked, role=role, state=state)
    async with transaction(actor) as tx:
        return window.page(await queries.list_members(tx, window, role=role, state=state))


async def get_member(actor: Actor, user_id: UUID) -> Member:
    require(actor, Permission.READ_USERS)
    async with transaction(actor) as tx:
        return await queries.get_member(tx, user_id)


async def change_member(actor: Actor, user_id: UUID, version: int, change: MemberChange) -> Member:
    require(actor, Permission.UPDATE_USERS)
    async with transaction(actor) as tx:
        before = await _lock(tx, user_id)
        if before.version != version:
            raise Stale(f"The member is at version {before.version}")
        wanted = before.model_copy(update=change.model_dump(exclude_unset=True))
        await _require_change(tx, before, wanted)
        changed = _differences(before, wanted)
        if not changed:
            return before
        await queries.update_user(tx, user_id, email=wanted.email, name=wanted.name)
        await queries.update_membership(tx, wanted)
        await _record_change(tx, user_id, _differences(wanted, before), changed)
        after = await queries.get_member(tx, user_id)
    access.forget(actor.organization_id)
    return after


async def _lock(tx: Tx, user_id: UUID) -> Member:
    """The firm first: under its lock is asked what is true of it as a whole, as of its owners."""
    await organizations.lock_organization(tx)
    return await queries.lock_member(tx, user_id)


async def _require_change(tx: Tx, before: Member, wanted: Member) -> None:
    rules.require_editable(tx.actor, before)
    if wanted.role is not before.role:
        rules.require_role_change(tx.actor, before, wanted.role)
        await rules.require_owner_besides(tx, before)
    if wanted.email != before.email:
        await require_free_email(tx, wanted.email, except_for=before.id)


def _differences(before: Member, after: Member) -> dict[str, Any]:
    was, now = before.model_dump(mode="json"), after.model_dump(mode="json")
    return {name: value for name, value in now.items() if value != was[name]}


async def _record_change(
    tx: Tx, user_id: UUID, before: dict[str, Any], after: dict[str, Any]
) -> None:
    await tx.record(Change(action="member.updated", subject_id=user_id, before=before, after=after))
    if "role" in after:
        await tx.alert(
            Alert(kind=AlertKind.ROLE_CHANGED, subject_id=user_id, detail={"role": after["role"]})
        )


async def suspend_member(actor: Actor, user_id: UUID) -> Member:
    """Keep somebody out for now; what is theirs stays theirs, but nobody comes in at their word."""
    require(actor, Permission.UPDATE_USERS)
    async with transaction(actor) as tx:
        member = await _lock(tx, user_id)
        rules.require_suspendable(actor, member)
        await rules.require_owner_besides(tx, member)
        await invitations.revoke_invitations_of(tx, user_id)
        suspended = await _set_state(tx, member, MemberState.SUSPENDED)
    access.forget(actor.organization_id)
    return suspended


async def reinstate_member(actor: Actor, user_id: UUID) -> Member:
    """They sign in anew: whatever was issued before, also while they were kept out, is over."""
    require(actor, Permission.UPDATE_USERS)
    async with transaction(actor) as tx:
        member = await _lock(tx, user_id)
        rules.require_reinstatable(actor, member)
        await sessions.revoke_sessions(tx, user_id, EndReason.REVOKED)
        reinstated = await _set_state(tx, member, MemberState.ACTIVE)
    access.forget(actor.organization_id)
    return reinstated


async def _set_state(tx: Tx, member: Member, state: MemberState) -> Member:
    await queries.set_state(tx, member.id, state)
    await _record_change(tx, member.id, {"state": member.state.value}, {"state": state.value})
    return await queries.get_member(tx, member.id)


async def offboard_member(
    actor: Actor, user_id: UUID, leaving: Leaving, handovers: Sequence[Handover]
) -> Offboarding:
    """Hand over all that is theirs, end every access, and keep who attests it.

    The user's row stays: decisions and the audit trail name it.
    """
    require(actor, Permission.DELETE_USERS)
    async with transaction(actor) as tx:
        member = await _lock(tx, user_id)
        rules.require_offboardable(actor, member)
        await rules.require_owner_besides(tx, member)
        handed_over: dict[str, int] = {}
        if member.role is not Role.CLIENT or leaving.successor_id:
            successor = await _successor(tx, member, leaving.successor_id)
            handed_over = await pass_on(tx, handovers, user_id, successor.id)
        handed_over |= await _end_access(tx, user_id)
        attested = await queries.insert_offboarding(
            tx,
            user_id=user_id,
            successor_id=leaving.successor_id,
            statement=leaving.statement,
            handed_over=handed_over,
        )
        await _tell_offboarded(tx, member, attested)
    access.forget(actor.organization_id)
    return attested


async def _end_access(tx: Tx, user_id: UUID) -> dict[str, int]:
    await queries.set_state(tx, user_id, MemberState.OFFBOARDED)
    await queries.mark_left(tx, user_id)
    await idempotency.delete_answers_to(tx, user_id)
    return {
        "sessions_ended": await sessions.revoke_sessions(tx, user_id),
        "api_keys_revoked": await api_keys.revoke_keys_of(tx, user_id),
        "invitations_revoked": await invitations.revoke_invitations_of(tx, user_id),
    }


async def _successor(tx: Tx, leaver: Member, user_id: UUID | None) -> Member:
    found = await queries.find_member(tx, user_id) if user_id else None
    if found is None or found.id == leaver.id or found.role is Role.CLIENT:
        raise SuccessorUnfit("There is no such colleague")
    if found.state is not MemberState.ACTIVE:
        raise SuccessorUnfit(f"{found.name} is {found.state}")
    return found


async def _tell_offboarded(tx: Tx, member: Member, attested: Offboarding) -> None:
    await tx.record(
        Change(
            action="member.offboarded",
            subject_id=member.id,
            detail=attested.model_dump(mode="json", include={"successor_id", "handed_over"}),
            before={"state": member.state.value},
            after={"state": MemberState.OFFBOARDED.value},
        )
    )
    await tx.alert(Alert(kind=AlertKind.MEMBER_OFFBOARDED, subject_id=member.id))
    await tx.publish(MemberOffboarded(organization_id=tx.actor.organization_id, user_id=member.id))


async def get_offboarding(actor: Actor, user_id: UUID) -> Offboarding:
    require(actor, Permission.READ_USERS)
    async with transaction(actor) as tx:
        return await queries.get_offboarding(tx, user_id)


async def list_actions(actor: Actor, user_id: UUID) -> list[Action]:
    require(actor, Permission.READ_USERS)
    async with transaction(actor) as tx:
        member = await queries.get_member(tx, user_id)
        last = await _refused_as_last_owner(tx, member)

    def ending(check: rules.Check) -> AppError | None:
        return refusal(lambda: check(actor, member)) or last

    role_fixed = refusal(lambda: rules.require_role_change(actor, member, member.role))
    edit = refusal(lambda: rules.require_editable(actor, member))
    return [
        action(actor, "update", Permission.UPDATE_USERS, edit),
        action(actor, "change_role", Permission.UPDATE_USERS, edit or role_fixed or last),
        action(actor, "suspend", Permission.UPDATE_USERS, ending(rules.require_suspendable)),
        action(
            actor,
            "reinstate",
            Permission.UPDATE_USERS,
            refusal(lambda: rules.require_reinstatable(actor, member)),
        ),
        action(actor, "offboard", Permission.DELETE_USERS, ending(rules.require_offboardable)),
    ]


async def _refused_as_last_owner(tx: Tx, member: Member) -> AppError | None:
    try:
        await rules.require_owner_besides(tx, member)
    except rules.LastOwner as error:
        return error
    return None
