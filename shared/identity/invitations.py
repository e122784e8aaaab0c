"""Inviting people: whoever holds the secret joins, whatever address their sign-in has.

The secret is 256 random bits, so its plain SHA-256 is all that is kept. Before somebody has proved
to hold one nothing tells an unknown secret from one that is used, revoked, too old, or of a firm
that is suspended.
"""

import hashlib
import secrets
from datetime import UTC, datetime, timedelta
from uuid import UUID

from shared.identity import admission
from shared.identity.actions import Action, action, refusal
from shared.identity.admission import AlreadyAMember, ids_of, require_free_email
from shared.identity.entitlements import require_room
from shared.identity.events import InvitationSent, MemberJoined
from shared.identity.membership_rules import reaches, require_reach
from shared.identity.models import (
    Invitation,
    InvitationFound,
    InvitationKey,
    InvitationState,
    Member,
    MemberState,
    NewInvitation,
    NewMember,
    OrganizationState,
    SentInvitation,
)
from shared.identity.permissions import ROLES, Permission, require
from shared.identity.plans import Limit
from shared.identity.queries import invitations as queries
from shared.identity.queries import members, organizations
from shared.identity.settings import current_settings
from shared.platform.actor import Actor, Origin, Role
from shared.platform.alerts import AlertKind
from shared.platform.db import Tx, transaction
from shared.platform.errors import AppError, Conflict, Invalid
from shared.platform.ids import new_id
from shared.platform.messages import Alert, Change
from shared.platform.paging import Asked, Listing, Page
from shared.platform.tokens import Claims

PREFIX = "aos_inv_"
NEWEST: Listing[Invitation, InvitationKey] = Listing(
    "invitations",
    first=InvitationKey(at=datetime.max.replace(tzinfo=UTC), id=UUID(int=2**128 - 1)),
    key_of=lambda invitation: InvitationKey(at=invitation.created_at, id=invitation.id),
)


class InvitationNotValid(AppError):
    """The secret is unknown, used, revoked or too old."""

    status = 410
    code = "invitation_not_valid"
    remedy = "Ask the firm for a new invitation"


class InvitationNotOpen(Conflict):
    """It has been accepted or revoked."""

    code = "invitation_not_open"
    remedy = "Invite them anew"


class AlreadyInvited(Conflict):
    """There is an open invitation for that address."""

    code = "already_invited"
    remedy = "Send that one again, or revoke it first"


class ClientMismatch(Invalid):
    """The role client comes with a client, and no other role does."""

    code = "client_mismatch"
    remedy = "Give client_id for the role client, and for no other"


async def send_invitation(actor: Actor, new: NewInvitation) -> SentInvitation:
    require(actor, Permission.INVITE_USERS)
    require_reach(actor, new.role)
    if (new.role is Role.CLIENT) != (new.client_id is not None):
        raise ClientMismatch(f"The role is {new.role}")
    invitation_id = new_id(actor, "invitation")
    async with transaction(actor) as tx:
        await organizations.lock_organization(tx)
        if made := await queries.find_invitation(tx, invitation_id):  # and nobody has its secret
            _require_open(actor, made)
            return await renew(tx, made)
        await require_free_email(tx, new.email)
        await _require_seat(tx, new.role)
        return await invite(tx, invitation_id, new)


async def invite(tx: Tx, invitation_id: UUID, new: NewInvitation) -> SentInvitation:
    secret = _new_secret()
    made = await queries.insert_invitation(
        tx, invitation_id, new, secret_hash=_hash(secret), expires_at=await _expiry(tx)
    )
    if made is None:
        raise AlreadyInvited(f"{new.email} has an open invitation")
    await _tell_sent(tx, made, "invitation.sent")
    return SentInvitation(**made.model_dump(), secret=secret)


def _new_secret() -> str:
    return PREFIX + secrets.token_urlsafe(32)


def _hash(secret: str) -> bytes:
    return hashlib.sha256(secret.encode()).digest()


async def _require_seat(tx: Tx, role: Role) -> None:
    if role is not Role.CLIENT:
        await require_room(tx, Limit.USERS, members.count_seats)


async def _expiry(tx: Tx) -> datetime:
    chosen = await current_settings(tx)
    return datetime.now(UTC) + timedelta(days=chosen.invitation_days)


async def _tell_sent(tx: Tx, invitation: Invitation, action_name: str) -> None:
    await tx.record(
        Change(
            action=action_name,
            subject_id=invitation.id,
            after=invitation.model_dump(mode="json", include={"email", "role", "client_id"}),
        )
    )
    await tx.publish(
        InvitationSent(organization_id=tx.actor.organization_id, invitation_id=invitation.id)
    )


async def list_invitations(
    actor: Actor, asked: Asked, *, state: InvitationState | None = None
) -> Page[Invitation]:
    """Newest first."""
    require(actor, Permission.INVITE_USERS)
    window = NEWEST.window(actor, asked, state=state)
    async with transaction(actor) as tx:
        return window.page(await queries.list_invitations(tx, window, state=state))


async def get_invitation(actor: Actor, invitation_id: UUID) -> Invitation:
    require(actor, Permission.INVITE_USERS)
    async with transaction(actor) as tx:
        return await queries.get_invitation(tx, invitation_id)


async def resend_invitation(actor: Actor, invitation_id: UUID) -> SentInvitation:
    """With a new secret and a new end; the secret before it is dead."""
    require(actor, Permission.INVITE_USERS)
    async with transaction(actor) as tx:
        before = await _lock(tx, invitation_id)
        _require_open(actor, before)
        if before.expires_at <= datetime.now(UTC):  # it has kept no seat since
            await _require_seat(tx, before.role)
        return await renew(tx, before)


async def renew(tx: Tx, before: Invitation) -> SentInvitation:
    secret = _new_secret()
    renewed = await queries.renew(
        tx, before.id, secret_hash=_hash(secret), expires_at=await _expiry(tx)
    )
    await _tell_sent(tx, renewed, "invitation.resent")
    return SentInvitation(**renewed.model_dump(), secret=secret)


async def revoke_invitation(actor: Actor, invitation_id: UUID) -> None:
    require(actor, Permission.INVITE_USERS)
    async with transaction(actor) as tx:
        _require_open(actor, await _lock(tx, invitation_id))
        await queries.mark_revoked(tx, invitation_id)
        await tx.record(Change(action="invitation.revoked", subject_id=invitation_id))


async def revoke_invitations_of(tx: Tx, user_id: UUID) -> int:
    """All that this member has sent, and so knows the secrets of."""
    revoked = await queries.revoke_invitations(tx, user_id)
    if revoked:
        detail = {"count": revoked}
        await tx.record(Change(action="invitation.revoked", subject_id=user_id, detail=detail))
    return revoked


async def _lock(tx: Tx, invitation_id: UUID) -> Invitation:
    await organizations.lock_organization(tx)  # always before the invitation, or two might wait
    return await queries.lock_invitation(tx, invitation_id)


def _require_open(actor: Actor, invitation: Invitation) -> None:
    require_reach(actor, invitation.role)
    require_open(invitation)


def require_open(invitation: Invitation) -> None:
    if invitation.state is not InvitationState.OPEN:
        raise InvitationNotOpen(f"The invitation is {invitation.state}")


async def list_actions(actor: Actor, invitation_id: UUID) -> list[Action]:
    found = await get_invitation(actor, invitation_id)
    closed = refusal(lambda: _require_open(actor, found))
    return [action(actor, name, Permission.INVITE_USERS, closed) for name in ("resend", "revoke")]


async def accept_invitation(claims: Claims, secret: str, origin: Origin) -> Member:
    """The one way in for somebody new. Of two who hold the same secret, one gets in.

    That one may ask again, when the answer was lost on the way.
    """
    hashed = _hash(secret)
    found = await queries.list_by_secret(hashed)
    if not found:
        raise InvitationNotValid("The invitation is not valid")
    joining = _joining(claims, found[0], origin)
    async with transaction(joining) as tx:
        organization = await organizations.lock_organization(tx)
        invitation = await queries.lock_invitation(tx, found[0].id)
        is_current = await queries.is_secret_of(tx, invitation.id, hashed)
        if organization.state is not OrganizationState.ACTIVE or not is_current:
            raise InvitationNotValid("The invitation is not valid")
        if invitation.accepted_by and invitation.accepted_by == joining.user_id:
            return await _joined_before(tx, invitation.accepted_by)
        if not (_is_good(invitation) and await _holds_still(tx, invitation)):
            raise InvitationNotValid("The invitation is not valid")
        return await _join(tx, claims, invitation)


async def _joined_before(tx: Tx, user_id: UUID) -> Member:
    member = await members.get_member(tx, user_id)
    if member.state is MemberState.OFFBOARDED:
        raise InvitationNotValid("The invitation is not valid")
    return member


def _joining(claims: Claims, found: InvitationFound, origin: Origin) -> Actor:
    """As whom they act from now on, not yet behind the wall around a client: it hides the firm."""
    ids = ids_of(found.organization_id, claims.issuer, claims.subject)
    return Actor(found.organization_id, ids.user, found.role, origin=origin)


def _is_good(invitation: Invitation) -> bool:
    is_open = invitation.state is InvitationState.OPEN
    return is_open and invitation.expires_at > datetime.now(UTC)


async def _holds_still(tx: Tx, invitation: Invitation) -> bool:
    """Whoever sent it last could do so now. The service, which invites owners, always can."""
    if invitation.invited_by is None:
        return True
    sender = await members.get_member(tx, invitation.invited_by)
    may_invite = Permission.INVITE_USERS in ROLES[sender.role]
    is_active = sender.state is MemberState.ACTIVE
    return is_active and may_invite and reaches(sender.role, invitation.role)


async def _join(tx: Tx, claims: Claims, invitation: Invitation) -> Member:
    new = NewMember(
        issuer=claims.issuer,
        subject=claims.subject,
        **invitation.model_dump(include={"email", "name", "role", "client_id"}),
    )
    user_id, is_new = await admission.admit(tx, new)
    if not is_new:
        raise AlreadyAMember("You belong to this firm already")
    await queries.mark_accepted(tx, invitation.id, user_id)
    await _tell_joined(tx, invitation, user_id)
    return await members.get_member(tx, user_id)


async def _tell_joined(tx: Tx, invitation: Invitation, user_id: UUID) -> None:
    await tx.record(
        Change(
            action="member.joined",
            subject_id=user_id,
            detail={"invitation_id": str(invitation.id)},
            after={"role": invitation.role.value},
        )
    )
    await tx.record(Change(action="invitation.accepted", subject_id=invitation.id))
    await tx.alert(
        Alert(
            kind=AlertKind.MEMBER_JOINED,
            subject_id=user_id,
            detail={"role": invitation.role.value},
        )
    )
    await tx.publish(MemberJoined(organization_id=tx.actor.organization_id, user_id=user_id))
