from functions.http.auth import Proved, RequestOrigin, SignedIn
from functions.http.routing import area_router
from shared.identity import me
from shared.identity.access_models import Me, MyOrganization

router = area_router("me")


@router.get("", summary="Who you are, in which firm, and what you may do")
async def get_me(actor: SignedIn) -> Me:
    return await me.describe_me(actor)


@router.get("/organizations", summary="The firms you belong to")
async def list_my_organizations(person: Proved, origin: RequestOrigin) -> list[MyOrganization]:
    """For choosing one, which is then named in `X-Organization`. It needs no membership."""
    return await me.list_my_organizations(person, origin)
