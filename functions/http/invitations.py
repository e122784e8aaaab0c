from http import HTTPStatus
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Query

from functions.http.auth import Allowed, Proved, RequestOrigin
from functions.http.paging import AskedPage
from functions.http.problems import GONE, PLAN_LIMIT, conflict
from functions.http.routing import area_router
from shared.identity import invitations
from shared.identity.actions import Action
from shared.identity.models import (
    Acceptance,
    Invitation,
    InvitationState,
    Member,
    NewInvitation,
    SentInvitation,
)
from shared.identity.permissions import Permission
from shared.platform.actor import Actor
from shared.platform.paging import Page

router = area_router("invitations")

Inviter = Annotated[Actor, Depends(Allowed(Permission.INVITE_USERS))]

NOT_OPEN = conflict("The invitation has been accepted or revoked")


@router.post(
    "",
    status_code=HTTPStatus.CREATED,
    summary="Invite somebody",
    responses=conflict("They are invited already, or the address is a member's") | PLAN_LIMIT,
)
async def send_invitation(actor: Inviter, new: NewInvitation) -> SentInvitation:
    """The answer has the secret, this once. Nothing is sent: pass it on to whom it is for."""
    return await invitations.send_invitation(actor, new)


@router.get("", summary="Invitations, newest first")
async def list_invitations(
    actor: Inviter, asked: AskedPage, state: Annotated[InvitationState | None, Query()] = None
) -> Page[Invitation]:
    return await invitations.list_invitations(actor, asked, state=state)


@router.post(
    "/accept",
    summary="Join a firm with an invitation's secret",
    responses=conflict("You belong to the firm already") | GONE,
)
async def accept_invitation(
    claims: Proved, acceptance: Acceptance, origin: RequestOrigin
) -> Member:
    """For whoever has signed in, with the role that the invitation names.

    A secret that is unknown, used, revoked or too old gets the same answer.
    """
    return await invitations.accept_invitation(claims, acceptance.secret, origin)


@router.get("/{invitation_id}", summary="One invitation")
async def get_invitation(actor: Inviter, invitation_id: UUID) -> Invitation:
    return await invitations.get_invitation(actor, invitation_id)


@router.post(
    "/{invitation_id}/resend",
    summary="Make a new secret for an invitation",
    responses=NOT_OPEN | PLAN_LIMIT,
)
async def resend_invitation(actor: Inviter, invitation_id: UUID) -> SentInvitation:
    """The secret before it is dead, and the days to accept it begin anew."""
    return await invitations.resend_invitation(actor, invitation_id)


@router.delete(
    "/{invitation_id}",
    status_code=HTTPStatus.NO_CONTENT,
    summary="Revoke an invitation",
    responses=NOT_OPEN,
)
async def revoke_invitation(actor: Inviter, invitation_id: UUID) -> None:
    await invitations.revoke_invitation(actor, invitation_id)


@router.get(
    "/{invitation_id}/actions", summary="What you may do with an invitation now, or why not"
)
async def list_actions(actor: Inviter, invitation_id: UUID) -> list[Action]:
    return await invitations.list_actions(actor, invitation_id)
