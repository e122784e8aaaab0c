"""From a proved identity to an actor in one firm, in a session that goes on."""

from datetime import datetime
from uuid import UUID

from shared.identity import sessions
from shared.identity.access import Admission
from shared.identity.access_models import Membership
from shared.identity.flags import is_on
from shared.identity.models import Flag, MemberState, OrganizationSettings, OrganizationState
from shared.identity.networks import is_within
from shared.identity.permissions import ROLES, Permission
from shared.identity.queries import access as queries
from shared.identity.refusals import (
    AddressRefused,
    MemberSuspended,
    MfaRequired,
    NotAMember,
    OrganizationRequired,
    OrganizationSuspended,
    PortalClosed,
    SessionRevoked,
    tell,
)
from shared.identity.settings import current_settings
from shared.platform.actor import Actor, Origin, Role
from shared.platform.db import Tx, transaction
from shared.platform.errors import Forbidden, Unauthenticated
from shared.platform.tokens import Claims


async def sign_in(claims: Claims, organization_id: UUID | None, origin: Origin) -> Admission:
    member = _choose(await queries.list_memberships(claims), organization_id)
    session_id = sessions.session_id(member.user_id, claims)
    actor = Actor(
        member.organization_id,
        member.user_id,
        member.role,
        member.client_id,
        session_id=session_id,
        has_second_factor=claims.has_second_factor,
        origin=origin,
    )
    try:
        require_standing(member.state, member.organization_state)
        _require_since(member.signed_out_at, claims)
        async with transaction(actor) as tx:
            policy = await current_settings(tx)
            require_address(policy.ip_allow_list, origin)
            require_second_factor(actor, actor.role, policy)
            await _require_portal(tx)
            await sessions.resume_session(tx, session_id, policy, is_lone=claims.is_lone)
    except (Forbidden, Unauthenticated) as refused:
        await tell(actor, refused)
        await sessions.note_refusal(actor, session_id)
        raise
    return Admission(actor, policy.ip_allow_list, claims.expires_at.timestamp())


def _choose(memberships: list[Membership], organization_id: UUID | None) -> Membership:
    if organization_id:
        memberships = [each for each in memberships if each.organization_id == organization_id]
    if not memberships:
        raise NotAMember("This identity does not belong to the organization")
    if len(memberships) > 1:
        raise OrganizationRequired("This identity belongs to several organizations")
    return memberships[0]


def require_standing(state: MemberState, organization_state: OrganizationState) -> None:
    """Who has left, and a firm that is gone, are not there any more."""
    if state is MemberState.OFFBOARDED or organization_state is OrganizationState.ERASED:
        raise NotAMember("This identity does not belong to the organization")
    if organization_state is not OrganizationState.ACTIVE:
        raise OrganizationSuspended("The organization is suspended")
    if state is not MemberState.ACTIVE:
        raise MemberSuspended("The organization has suspended this member")


def require_address(networks: tuple[str, ...], origin: Origin) -> None:
    """Where it comes from has to be known, once there is a list."""
    if networks and not (origin.ip and is_within(origin.ip, networks)):
        raise AddressRefused("The organization does not allow requests from this address")


def _require_since(signed_out_at: datetime | None, claims: Claims) -> None:
    """Issuers count in whole seconds: of that second, nobody is let in."""
    if signed_out_at and claims.signed_in_at <= signed_out_at:
        raise SessionRevoked("Its holder was signed out after this sign-in")


async def _require_portal(tx: Tx) -> None:
    if tx.actor.role is Role.CLIENT and not await is_on(tx, Flag.CLIENT_PORTAL):
        raise PortalClosed("The organization has closed its portal for clients")


def require_second_factor(actor: Actor, role: Role, policy: OrganizationSettings) -> None:
    """Of whoever acts in this role, or lets a program do so."""
    is_needed = policy.mfa_required or Permission.REVEAL_TINS in ROLES[role]
    if is_needed and not actor.has_second_factor:
        raise MfaRequired("This sign-in was without a second factor")
