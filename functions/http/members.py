from typing import Annotated
from uuid import UUID

from fastapi import Depends, Query

from functions.http.auth import Allowed, SeenVersion
from functions.http.paging import AskedPage
from functions.http.problems import CHANGE_PROBLEMS, conflict
from functions.http.routing import area_router
from shared.identity import engagement_roles, members
from shared.identity.actions import Action
from shared.identity.models import (
    Leaving,
    Member,
    MemberChange,
    MemberRole,
    MemberState,
    Offboarding,
)
from shared.identity.permissions import Permission
from shared.platform.actor import Actor
from shared.platform.paging import Page

router = area_router("members")

Reader = Annotated[Actor, Depends(Allowed(Permission.READ_USERS))]
Editor = Annotated[Actor, Depends(Allowed(Permission.UPDATE_USERS))]
Offboarder = Annotated[Actor, Depends(Allowed(Permission.DELETE_USERS))]

HANDOVERS = (engagement_roles.HANDOVER,)
"""All that belongs to people: a domain with more of it adds its own here."""


@router.get("", summary="The firm's people, in the order in which they joined")
async def list_members(
    actor: Reader,
    asked: AskedPage,
    role: Annotated[MemberRole | None, Query()] = None,
    state: Annotated[MemberState | None, Query()] = None,
) -> Page[Member]:
    """Those of its clients are among them, with the role client."""
    return await members.list_members(actor, asked, role=role, state=state)


@router.get("/{user_id}", summary="One member")
async def get_member(actor: Reader, user_id: UUID) -> Member:
    return await members.get_member(actor, user_id)


@router.patch(
    "/{user_id}", summary="Change a member's role, name or work", responses=CHANGE_PROBLEMS
)
async def change_member(
    *, actor: Editor, user_id: UUID, version: SeenVersion, change: MemberChange
) -> Member:
    """Nobody changes their own role, or gives one above it. A firm keeps an owner."""
    return await members.change_member(actor, user_id, version, change)


@router.post(
    "/{user_id}/suspend",
    summary="Keep a member out for now",
    responses=conflict("They are not active, the last owner, or you"),
)
async def suspend_member(actor: Editor, user_id: UUID) -> Member:
    """What is theirs stays theirs. They are refused everywhere within a minute."""
    return await members.suspend_member(actor, user_id)


@router.post(
    "/{user_id}/reinstate",
    summary="Let a suspended member in again",
    responses=conflict("They are not suspended"),
)
async def reinstate_member(actor: Editor, user_id: UUID) -> Member:
    return await members.reinstate_member(actor, user_id)


@router.post(
    "/{user_id}/offboard",
    summary="Hand a member's work over and end every access",
    responses=conflict("They have left, are the last owner, or you"),
)
async def offboard_member(actor: Offboarder, user_id: UUID, leaving: Leaving) -> Offboarding:
    """Their sessions and API keys end. Who attests it, when, and what was handed over is kept."""
    return await members.offboard_member(actor, user_id, leaving, HANDOVERS)


@router.get("/{user_id}/offboarding", summary="Who attested a member's leaving")
async def get_offboarding(actor: Reader, user_id: UUID) -> Offboarding:
    return await members.get_offboarding(actor, user_id)


@router.get("/{user_id}/actions", summary="What you may do with a member now, or why not")
async def list_actions(actor: Reader, user_id: UUID) -> list[Action]:
    return await members.list_actions(actor, user_id)
