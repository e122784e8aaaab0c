"""From the request's headers to the actor, and to the version a decision was made on."""

import re
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Header, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from shared.identity import sign_in
from shared.identity.permissions import Permission, require
from shared.platform import tokens
from shared.platform.actor import Actor, Origin
from shared.platform.errors import Unauthenticated, VersionRequired

bearer = HTTPBearer(
    auto_error=False, bearerFormat="JWT", description="An access token of the identity provider."
)


async def current_actor(
    request: Request,
    credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(bearer)],
    x_organization: Annotated[
        UUID | None, Header(description="Which firm, for members of several.")
    ] = None,
) -> Actor:
    """The token proves who it is; the header only chooses among that person's firms."""
    if credentials is None:
        raise Unauthenticated("Send a bearer token")
    claims = await tokens.verify(credentials.credentials)
    origin = Origin(request_id=request.state.request_id)
    return await sign_in.sign_in(claims, x_organization, origin)


async def seen_version(
    if_match: Annotated[str, Header(description="The ETag of what is decided on.")] = "",
) -> int:
    version = if_match.removeprefix("W/").strip('"')
    if not re.fullmatch("[0-9]{1,9}", version):
        raise VersionRequired("Send the ETag of what you decide on in If-Match")
    return int(version)


SignedIn = Annotated[Actor, Depends(current_actor)]


class Allowed:
    """Lets in whoever is signed in and may do this; the API's description says so, too."""

    def __init__(self, permission: Permission) -> None:
        self.permission = permission

    async def __call__(self, actor: SignedIn) -> Actor:
        require(actor, self.permission)
        return actor


SeenVersion = Annotated[int, Depends(seen_version)]
