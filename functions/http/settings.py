from typing import Annotated

from fastapi import Depends, Response

from functions.http.auth import Allowed, SeenVersion
from functions.http.problems import SETTINGS_PROBLEMS
from functions.http.routing import area_router
from shared.identity import settings
from shared.identity.models import OrganizationSettings, SettingsChange
from shared.identity.permissions import Permission
from shared.platform.actor import Actor

router = area_router("settings")

Manager = Annotated[Actor, Depends(Allowed(Permission.MANAGE_SETTINGS))]


@router.get("", summary="What the firm has chosen")
async def get_settings(actor: Manager, response: Response) -> OrganizationSettings:
    return _tagged(await settings.get_settings(actor), response)


@router.patch("", summary="Choose anew", responses=SETTINGS_PROBLEMS)
async def change_settings(
    actor: Manager, version: SeenVersion, change: SettingsChange, response: Response
) -> OrganizationSettings:
    return _tagged(await settings.change_settings(actor, version, change), response)


def _tagged(found: OrganizationSettings, response: Response) -> OrganizationSettings:
    response.headers["etag"] = f'"{found.version}"'
    response.headers["cache-control"] = "private, no-cache"
    return found
