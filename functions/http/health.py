from fastapi import APIRouter, Response

from shared.platform import health
from shared.platform.health import Health

router = APIRouter(prefix="/api/health", tags=["health"])


@router.get("", summary="Whether the service can do its work", responses={503: {"model": Health}})
async def check(response: Response) -> Health:
    found = await health.check()
    response.status_code = 200 if found.is_well else 503
    return found
