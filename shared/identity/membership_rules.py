"""Who may change whose membership: the checks of the use cases, and of what they tell is allowed.

Those that look at the firm as a whole are asked while its row is locked.
"""

from collections.abc import Callable
from typing import TypeAlias

from shared.identity.models import Member, MemberState
from shared.identity.permissions import STAFF
from shared.identity.queries import members as queries
from shared.platform.actor import Actor, Role
from shared.platform.db import Tx
from shared.platform.errors import Conflict, Forbidden

Check: TypeAlias = Callable[[Actor, Member], None]


class RoleAboveOwn(Forbidden):
    """The role is above that of whoever asks."""

    code = "role_above_own"
    remedy = "Ask an owner of the firm"


class OwnMembership(Conflict):
    """Nobody changes their own role, suspends or off-boards themselves."""

    code = "own_membership"
    remedy = "Ask a colleague who may"


class LastOwner(Conflict):
    """A firm has an owner who can act at any time."""

    code = "last_owner"
    remedy = "Make somebody else an owner first"


class MemberNotActive(Conflict):
    """The member is suspended or has left."""

    code = "member_not_active"
    remedy = "Reinstate them, or invite them again when they have left"


class MemberNotSuspended(Conflict):
    """Only a suspended member can be reinstated."""

    code = "member_not_suspended"
    remedy = "Invite whoever has left again"


class MemberHasLeft(Conflict):
    """The member has been off-boarded."""

    code = "member_has_left"
    remedy = "Invite them again"


class ClientRoleFixed(Conflict):
    """Whoever belongs to a client cannot become staff, nor the other way round."""

    code = "client_role_fixed"
    remedy = "Off-board them, and invite them with the other role"


def require_reach(actor: Actor, role: Role) -> None:
    """Nobody gives, takes or touches a role above their own."""
    if not reaches(actor.role, role):
        raise RoleAboveOwn(f"The role {actor.role} has no say over the role {role}")


def reaches(own: Role, role: Role) -> bool:
    return _rank(own) <= _rank(role)


def is_above(own: Role, role: Role) -> bool:
    return _rank(own) < _rank(role)


def _rank(role: Role) -> int:
    return STAFF.index(role) if role in STAFF else len(STAFF)


def require_other(actor: Actor, member: Member) -> None:
    if actor.user_id == member.id:
        raise OwnMembership("It is your own membership")


def require_with_firm(member: Member) -> None:
    if member.state is MemberState.OFFBOARDED:
        raise MemberHasLeft(f"{member.name} has left the firm")


def require_editable(actor: Actor, member: Member) -> None:
    require_with_firm(member)
    require_reach(actor, member.role)


def require_suspendable(actor: Actor, member: Member) -> None:
    require_other(actor, member)
    require_reach(actor, member.role)
    if member.state is not MemberState.ACTIVE:
        raise MemberNotActive(f"{member.name} is {member.state}")


def require_reinstatable(actor: Actor, member: Member) -> None:
    require_reach(actor, member.role)
    if member.state is not MemberState.SUSPENDED:
        raise MemberNotSuspended(f"{member.name} is {member.state}")


def require_offboardable(actor: Actor, member: Member) -> None:
    require_other(actor, member)
    require_editable(actor, member)


def require_role_change(actor: Actor, member: Member, role: Role) -> None:
    require_other(actor, member)
    if member.role is Role.CLIENT:
        raise ClientRoleFixed(f"{member.name} belongs to a client")
    require_reach(actor, role)


async def require_owner_besides(tx: Tx, member: Member) -> None:
    """That the firm keeps an owner without this one."""
    if member.role is Role.OWNER and await queries.count_other_owners(tx, member.id) == 0:
        raise LastOwner(f"{member.name} is the last owner of the firm")
