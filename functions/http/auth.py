"""From the request's headers to the actor, and to the version a decision was made on."""

import re
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Header, Request
from fastapi.security import HTTPBearer
from fastapi.security.base import SecurityBase

from functions.http import limits
from shared.identity import callers
from shared.identity.permissions import Permission, require
from shared.platform.actor import Actor, Origin
from shared.platform.errors import Stale, Unauthenticated, VersionRequired
from shared.platform.tokens import Claims

LONGEST_USER_AGENT = 400
VERSION_TAG = re.compile(r'"([0-9]{1,9})(?:-[0-9a-f]+)?"')

bearer = HTTPBearer(
    auto_error=False,
    bearerFormat="JWT",
    description="An access token of the identity provider, or an API key (`aos_live_…`).",
)


class SentCredential(SecurityBase):
    """Whoever sends none is told that before anything else they have sent is looked at."""

    model = bearer.model
    scheme_name = bearer.scheme_name

    async def __call__(self, request: Request) -> str:
        sent = await bearer(request)
        if sent is None:
            raise Unauthenticated("Nobody is signed in")
        return sent.credentials


Credential = Annotated[str, Depends(SentCredential())]
Firm = Annotated[UUID | None, Header(description="Which firm, for members of several.")]


async def request_origin(request: Request) -> Origin:
    return Origin(
        request_id=request.state.request_id,
        ip=request.client.host if request.client else None,
        user_agent=request.headers.get("user-agent", "")[:LONGEST_USER_AGENT] or None,
    )


RequestOrigin = Annotated[Origin, Depends(request_origin)]


async def current_actor(
    request: Request, credential: Credential, x_organization: Firm = None
) -> Actor:
    """The token proves who it is; the header only chooses among that person's firms."""
    origin = await request_origin(request)
    actor = await callers.identify(credential, x_organization, origin)
    await limits.charge_actor(request, actor)
    return actor


async def proved_person(request: Request, credential: Credential) -> Claims:
    """Somebody whom the identity provider knows, and who need not be a member of any firm."""
    limits.require_counting(request)
    return await callers.prove(credential)


async def seen_version(
    if_match: Annotated[
        str, Header(description="The ETag of what is decided on; its version counts.")
    ] = "",
) -> int:
    """One strong ETag, as we gave it out: its version, and a digest that does not matter here."""
    held = if_match.strip()
    if held in ("", "*"):
        raise VersionRequired("If-Match does not say which version was seen")
    tag = VERSION_TAG.fullmatch(held)
    if tag is None:
        raise Stale("If-Match is not the ETag of a version of it")
    return int(tag[1])


SignedIn = Annotated[Actor, Depends(current_actor)]
Proved = Annotated[Claims, Depends(proved_person)]


class Allowed:
    """Lets in whoever is signed in and may do this; the API's description says so, too.

    It asks for the actor itself: each dependency costs FastAPI a twentieth of the whole request.
    """

    def __init__(self, permission: Permission) -> None:
        self.permission = permission

    async def __call__(
        self, request: Request, credential: Credential, x_organization: Firm = None
    ) -> Actor:
        actor = await current_actor(request, credential, x_organization)
        require(actor, self.permission)
        return actor


SeenVersion = Annotated[int, Depends(seen_version)]
