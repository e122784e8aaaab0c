from http import HTTPStatus
from typing import Annotated

from fastapi import Depends

from functions.http.auth import Allowed, SeenVersion
from functions.http.problems import CHANGE_PROBLEMS
from functions.http.routing import area_router
from shared.identity import flags
from shared.identity.models import FeatureFlag, Flag, FlagChange
from shared.identity.permissions import Permission
from shared.platform.actor import Actor

router = area_router("feature-flags")

Manager = Annotated[Actor, Depends(Allowed(Permission.MANAGE_SETTINGS))]


@router.get("", summary="Every feature flag, and what holds for the firm")
async def list_flags(actor: Manager) -> list[FeatureFlag]:
    return await flags.list_flags(actor)


@router.get("/{flag}", summary="One feature flag")
async def get_flag(actor: Manager, flag: Flag) -> FeatureFlag:
    return await flags.get_flag(actor, flag)


@router.patch("/{flag}", summary="Switch a feature on or off", responses=CHANGE_PROBLEMS)
async def change_flag(
    *, actor: Manager, flag: Flag, version: SeenVersion, change: FlagChange
) -> FeatureFlag:
    """With ``expires_at`` the default holds again from then on.

    The version of a flag that nobody has touched is 0.
    """
    return await flags.change_flag(actor, flag, version, change)


@router.delete("/{flag}", status_code=HTTPStatus.NO_CONTENT, summary="Go back to the default")
async def reset_flag(actor: Manager, flag: Flag) -> None:
    await flags.reset_flag(actor, flag)
