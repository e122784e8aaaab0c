"""The firm itself: founding it, its name and plan, and who owns it."""

from datetime import datetime
from uuid import UUID

from shared.identity import access, admission, keys
from shared.identity.membership_rules import MemberNotActive, require_other
from shared.identity.models import (
    Member,
    MemberState,
    NewMember,
    Organization,
    OrganizationChange,
    OrganizationRow,
    OrganizationState,
)
from shared.identity.permissions import Permission, require
from shared.identity.plans import PLANS, Plan
from shared.identity.queries import members
from shared.identity.queries import organizations as queries
from shared.platform.actor import Actor, Role, system
from shared.platform.alerts import AlertKind
from shared.platform.db import Tx, transaction
from shared.platform.errors import Conflict, Forbidden, Invalid, Stale, UnknownReference
from shared.platform.messages import Alert, Change


class OrganizationErased(Conflict):
    """An erased firm stays erased."""

    code = "organization_erased"
    remedy = "Found a new one"


class AlreadyFounded(Conflict):
    """The firm is there, and its owner was not invited when it was founded."""

    code = "already_founded"
    remedy = "Have one of its owners invite whoever is to join"


class PlanWithoutEnd(Invalid):
    """A trial has an end."""

    code = "plan_without_end"
    remedy = "Say when the trial ends"


async def found_organization(
    organization_id: UUID, name: str, owner: NewMember, plan: Plan = Plan.TRIAL
) -> Actor:
    """Make the firm, its data keys and its owner; asked again with the same id, find them.

    For an owner whose identity is known before they sign in; others are invited, see founding.
    """
    async with transaction(system(organization_id)) as tx:
        await found(tx, name, plan)
        user_id = await _let_in(tx, owner)
    return Actor(organization_id, user_id, Role.OWNER)


async def found(tx: Tx, name: str, plan: Plan, ends_at: datetime | None = None) -> bool:
    """Make the firm and its data keys; False when it is there. A trial is of 30 days by itself."""
    if not await queries.insert_organization(tx, name):
        return False
    await keys.make_keys(tx)
    if plan is not Plan.TRIAL or ends_at:
        await queries.set_plan(tx, plan, ends_at)
    await tx.record(
        Change(
            action="organization.founded",
            subject_id=tx.actor.organization_id,
            detail={"plan": plan.value},
        )
    )
    return True


async def add_member(actor: Actor, new: NewMember) -> Actor:
    """Let somebody in with a role; asked again for the same identity, change nothing.

    People use invitations. This is for whoever runs the service, and counts no seats.
    """
    async with transaction(actor) as tx:
        user_id = await _let_in(tx, new)
    return Actor(actor.organization_id, user_id, new.role, new.client_id)


async def _let_in(tx: Tx, new: NewMember) -> UUID:
    await queries.lock_organization(tx)
    user_id, is_new = await admission.admit(tx, new)
    if is_new:
        await tx.record(
            Change(action="member.added", subject_id=user_id, detail={"role": new.role.value})
        )
    return user_id


async def get_organization(actor: Actor) -> Organization:
    require(actor, Permission.MANAGE_SETTINGS)
    async with transaction(actor) as tx:
        return _shown(await queries.get_organization(tx))


async def change_organization(
    actor: Actor, version: int, change: OrganizationChange
) -> Organization:
    require(actor, Permission.MANAGE_SETTINGS)
    async with transaction(actor) as tx:
        before = await queries.lock_organization(tx)
        if before.version != version:
            raise Stale(f"The organization is at version {before.version}")
        if before.name == change.name:
            return _shown(before)
        after = await queries.set_name(tx, change.name)
        await tx.record(
            Change(
                action="organization.updated",
                subject_id=actor.organization_id,
                before={"name": before.name},
                after={"name": after.name},
            )
        )
        return _shown(after)


async def transfer_ownership(actor: Actor, user_id: UUID) -> Organization:
    """Make another member the owner; who hands the firm over becomes an admin."""
    require(actor, Permission.ADMINISTER)
    async with transaction(actor) as tx:
        organization = await queries.lock_organization(tx)
        owner = await _still_owner(tx, actor)
        heir = await members.find_member(tx, user_id)
        if heir is None or heir.role is Role.CLIENT:
            raise UnknownReference("Nobody of the firm's own people has this id")
        require_other(actor, heir)
        if heir.state is not MemberState.ACTIVE:
            raise MemberNotActive(f"{heir.name} is {heir.state}")
        await _change_role(tx, user_id, heir.role, Role.OWNER)
        await _change_role(tx, owner.id, Role.OWNER, Role.ADMIN)
        await tx.record(
            Change(
                action="organization.transferred",
                subject_id=actor.organization_id,
                before={"owner": str(owner.id)},
                after={"owner": str(user_id)},
            )
        )
    access.forget(actor.organization_id)
    return _shown(organization)


async def _still_owner(tx: Tx, actor: Actor) -> Member:
    """A token is believed for a while: of two transfers at once, only the first is an owner's."""
    found = await members.find_member(tx, actor.user_id) if actor.user_id else None
    if found is None or found.role is not Role.OWNER or found.state is not MemberState.ACTIVE:
        raise Forbidden("Only an owner hands the firm over")
    return found


async def _change_role(tx: Tx, user_id: UUID, before: Role, after: Role) -> None:
    await members.set_role(tx, user_id, after)
    await tx.record(
        Change(
            action="member.updated",
            subject_id=user_id,
            before={"role": before.value},
            after={"role": after.value},
        )
    )
    await tx.alert(
        Alert(kind=AlertKind.ROLE_CHANGED, subject_id=user_id, detail={"role": after.value})
    )


async def change_plan(organization_id: UUID, plan: Plan, ends_at: datetime | None) -> Organization:
    """For whoever runs the service, when the firm has paid or stopped to."""
    if plan is Plan.TRIAL and ends_at is None:
        raise PlanWithoutEnd("A trial has an end")
    async with transaction(system(organization_id)) as tx:
        before = await queries.lock_organization(tx)
        after = await queries.set_plan(tx, plan, ends_at)
        await tx.record(
            Change(
                action="organization.plan_changed",
                subject_id=organization_id,
                before={"plan": before.plan.value},
                after={"plan": after.plan.value},
            )
        )
        return _shown(after)


async def suspend_organization(organization_id: UUID) -> Organization:
    """For whoever runs the service: nobody of the firm gets in until it is reinstated."""
    return await _set_state(organization_id, OrganizationState.SUSPENDED)


async def reinstate_organization(organization_id: UUID) -> Organization:
    return await _set_state(organization_id, OrganizationState.ACTIVE)


async def _set_state(organization_id: UUID, state: OrganizationState) -> Organization:
    async with transaction(system(organization_id)) as tx:
        before = await queries.lock_organization(tx)
        if before.state is OrganizationState.ERASED:
            raise OrganizationErased("The firm has been erased")
        after = await queries.set_state(tx, state)
        await tx.record(
            Change(
                action="organization.state_changed",
                subject_id=organization_id,
                before={"state": before.state.value},
                after={"state": after.state.value},
            )
        )
    access.forget(organization_id)
    return _shown(after)


def _shown(row: OrganizationRow) -> Organization:
    included = PLANS[row.plan]
    return Organization(
        **row.model_dump(), features=sorted(included.features), limits=dict(included.limits)
    )
