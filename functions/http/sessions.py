from typing import Annotated
from uuid import UUID

from fastapi import Query

from functions.http.auth import SignedIn
from functions.http.paging import AskedPage
from functions.http.routing import area_router
from shared.identity import sessions
from shared.identity.access_models import Session
from shared.platform.paging import Page

router = area_router("sessions")

Whose = Annotated[
    UUID | None, Query(description="Whose; your own without it. Others' need users:update.")
]


@router.get("", summary="Where somebody is signed in, the latest first")
async def list_sessions(actor: SignedIn, asked: AskedPage, user_id: Whose = None) -> Page[Session]:
    return await sessions.list_sessions(actor, asked, user_id)


@router.delete("", status_code=204, summary="Sign somebody out everywhere")
async def end_sessions(actor: SignedIn, user_id: Whose = None) -> None:
    """All sessions end, the one you ask with too when they are your own."""
    await sessions.end_sessions(actor, user_id)


@router.delete("/{session_id}", status_code=204, summary="End one session")
async def end_session(actor: SignedIn, session_id: UUID) -> None:
    """Your own, or with users:update a colleague's. Its tokens are refused within a minute."""
    await sessions.end_session(actor, session_id)
