from typing import Annotated
from uuid import UUID

from fastapi import Depends, Query

from functions.http.auth import Allowed
from functions.http.paging import AskedPage
from functions.http.routing import area_router
from shared.compliance import security_events
from shared.compliance.models import SecurityEvent
from shared.identity.permissions import Permission
from shared.platform.actor import Actor
from shared.platform.alerts import AlertKind
from shared.platform.paging import Page
from shared.platform.text import Instant

router = area_router("security-events")

Auditor = Annotated[Actor, Depends(Allowed(Permission.READ_AUDIT))]


@router.get("", summary="What to be warned of, newest first")
async def list_events(
    actor: Auditor,
    asked: AskedPage,
    *,
    kind: AlertKind | None = None,
    user_id: Annotated[UUID | None, Query(description="Whom it is about.")] = None,
    since: Annotated[
        Instant | None, Query(alias="from", description="From this moment on.")
    ] = None,
    until: Annotated[Instant | None, Query(alias="to", description="Before this moment.")] = None,
) -> Page[SecurityEvent]:
    return await security_events.list_events(
        actor, asked, kind=kind, user_id=user_id, since=since, until=until
    )
