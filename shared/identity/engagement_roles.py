"""Who prepares, reviews and signs an engagement, on top of what their role in the firm allows.

Whoever prepares a return neither reviews nor signs it: a constraint on the row of a person on an
engagement, which no race gets around.
"""

from uuid import UUID

from shared.identity.handover import Handover
from shared.identity.models import EngagementRole, MemberState, TeamRow
from shared.identity.permissions import Permission, require
from shared.identity.queries import engagement_roles as queries
from shared.identity.queries import members
from shared.platform.actor import Actor, Role
from shared.platform.db import Tx, transaction
from shared.platform.errors import Conflict, Forbidden, UnknownReference
from shared.platform.messages import Change


class SeparationOfDuties(Conflict):
    """Whoever prepares an engagement neither reviews nor signs it."""

    code = "separation_of_duties"
    remedy = "Name somebody else for one of the two"


class EngagementRoleRequired(Forbidden):
    """Only whoever has that role on the engagement may do this."""

    code = "engagement_role_required"
    remedy = "Ask whoever prepares, reviews or signs it"


async def assign_role(
    actor: Actor, engagement_id: UUID, user_id: UUID, role: EngagementRole
) -> TeamRow:
    require(actor, Permission.UPDATE_WORKFLOWS)
    async with transaction(actor) as tx:
        member = await members.find_member(tx, user_id)
        if member is None or member.role is Role.CLIENT or member.state is not MemberState.ACTIVE:
            raise UnknownReference("Nobody of the firm's own, active people has this id")
        given = await _give(tx, engagement_id, user_id, role)
        await _record(tx, "engagement.role_assigned", given, role)
        return given


async def unassign_role(
    actor: Actor, engagement_id: UUID, user_id: UUID, role: EngagementRole
) -> None:
    """What nobody has cannot be taken: that is no change."""
    require(actor, Permission.UPDATE_WORKFLOWS)
    async with transaction(actor) as tx:
        if await queries.remove_role(tx, engagement_id, user_id, role):
            taken = TeamRow(engagement_id=engagement_id, user_id=user_id, roles=[])
            await _record(tx, "engagement.role_unassigned", taken, role)


async def require_engagement_role(tx: Tx, engagement_id: UUID, role: EngagementRole) -> None:
    found = None
    if tx.actor.user_id:
        found = await queries.find_roles(tx, engagement_id, tx.actor.user_id)
    if found is None or role not in found.roles:
        raise EngagementRoleRequired(f"You are not the {role} of this engagement")


async def _give(tx: Tx, engagement_id: UUID, user_id: UUID, role: EngagementRole) -> TeamRow:
    given = await queries.add_role(tx, engagement_id, user_id, role)
    if given is None:
        raise SeparationOfDuties("Whoever prepares an engagement neither reviews nor signs it")
    return given


async def _pass_on(tx: Tx, leaver: UUID, successor: UUID) -> int:
    """Refused as a whole where the successor would review what they have prepared."""
    held = await queries.list_of_user(tx, leaver)
    for row in held:
        for role in row.roles:
            given = await _give(tx, row.engagement_id, successor, role)
            await _record(tx, "engagement.role_assigned", given, role)
    await queries.leave_all(tx, leaver)
    return sum(len(row.roles) for row in held)


HANDOVER = Handover("engagement_roles", _pass_on)


async def _record(tx: Tx, action: str, row: TeamRow, role: EngagementRole) -> None:
    await tx.record(
        Change(
            action=action,
            subject_id=row.engagement_id,
            detail={"user_id": str(row.user_id), "role": role.value},
        )
    )
