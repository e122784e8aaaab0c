"""From a proved identity to an actor in one firm."""

from uuid import UUID

from shared.identity import queries
from shared.identity.models import Membership
from shared.platform.actor import Actor, Origin
from shared.platform.errors import Forbidden, Invalid
from shared.platform.tokens import Claims


class NotAMember(Forbidden):
    code = "not_a_member"


class OrganizationRequired(Invalid):
    """Somebody who works for several firms says which, in X-Organization."""

    code = "organization_required"


async def sign_in(claims: Claims, organization_id: UUID | None, origin: Origin) -> Actor:
    chosen = _choose(await queries.list_memberships(claims), organization_id)
    return Actor(
        chosen.organization_id, chosen.user_id, chosen.role, chosen.client_id, origin=origin
    )


def _choose(memberships: list[Membership], organization_id: UUID | None) -> Membership:
    if organization_id:
        memberships = [each for each in memberships if each.organization_id == organization_id]
    if not memberships:
        raise NotAMember("This identity does not belong to the organization")
    if len(memberships) > 1:
        raise OrganizationRequired("Name the organization in the header X-Organization")
    return memberships[0]
