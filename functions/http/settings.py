from typing import Annotated

from fastapi import Depends, Query

from functions.http.auth import Allowed, SeenVersion
from functions.http.paging import AskedPage
from functions.http.problems import SETTINGS_PROBLEMS
from functions.http.routing import area_router
from shared.identity import settings
from shared.identity.models import OrganizationSettings, SettingsChange, SettingsVersion
from shared.identity.permissions import Permission
from shared.platform.actor import Actor
from shared.platform.paging import Page
from shared.platform.text import Instant

router = area_router("settings")

Manager = Annotated[Actor, Depends(Allowed(Permission.MANAGE_SETTINGS))]
At = Annotated[
    Instant | None, Query(description="What held, or will hold, at this moment; without it, now.")
]


@router.get("", summary="What the firm has chosen")
async def get_settings(actor: Manager, at: At = None) -> OrganizationSettings:
    return await settings.get_settings(actor, at)


@router.patch(
    "", summary="Choose anew, from now or from a day to come", responses=SETTINGS_PROBLEMS
)
async def change_settings(
    actor: Manager, version: SeenVersion, change: SettingsChange
) -> OrganizationSettings:
    """Null means the default again. The answer is what holds now."""
    return await settings.change_settings(actor, version, change)


@router.get("/history", summary="Every choice, newest first, also those yet to come due")
async def list_history(actor: Manager, asked: AskedPage) -> Page[SettingsVersion]:
    return await settings.list_history(actor, asked)
