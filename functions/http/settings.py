from fastapi import APIRouter, Response

from functions.http.auth import SeenVersion, SignedIn
from functions.http.problems import PROBLEMS, SETTINGS_PROBLEMS
from shared.identity import settings
from shared.identity.models import OrganizationSettings, SettingsChange

router = APIRouter(prefix="/api/v1/settings", tags=["settings"], responses=PROBLEMS)


@router.get("", summary="What the firm has chosen")
async def get_settings(actor: SignedIn, response: Response) -> OrganizationSettings:
    return _tagged(await settings.get_settings(actor), response)


@router.patch("", summary="Choose anew", responses=SETTINGS_PROBLEMS)
async def change_settings(
    actor: SignedIn, version: SeenVersion, change: SettingsChange, response: Response
) -> OrganizationSettings:
    return _tagged(await settings.change_settings(actor, version, change), response)


def _tagged(found: OrganizationSettings, response: Response) -> OrganizationSettings:
    response.headers["etag"] = f'"{found.version}"'
    response.headers["cache-control"] = "private, no-cache"
    return found
