"""What a caller may know about themselves."""

from shared.identity.access_models import Me, Membership, MyOrganization, Workplace
from shared.identity.models import MemberState, OrganizationState
from shared.identity.permissions import effective
from shared.identity.queries import access as queries
from shared.platform.actor import Actor, Origin
from shared.platform.db import transaction
from shared.platform.tokens import Claims


async def describe_me(actor: Actor) -> Me:
    assert actor.user_id
    async with transaction(actor) as tx:
        user = await queries.get_person(tx, actor.user_id)
        organization = await queries.get_workplace(tx)
    return Me(
        user=user,
        organization=organization,
        role=actor.role,
        client_id=actor.client_id,
        permissions=sorted(effective(actor)),
        session_id=actor.session_id,
        api_key_id=actor.api_key_id,
        has_second_factor=actor.has_second_factor,
    )


async def list_my_organizations(claims: Claims, origin: Origin) -> list[MyOrganization]:
    """Each firm tells its own name: what looks over the walls between them returns no names."""
    return [
        _mine(membership, await _workplace(membership, origin))
        for membership in await queries.list_memberships(claims)
    ]


async def _workplace(membership: Membership, origin: Origin) -> Workplace:
    actor = Actor(
        membership.organization_id,
        membership.user_id,
        membership.role,
        membership.client_id,
        origin=origin,
    )
    async with transaction(actor) as tx:
        return await queries.get_workplace(tx)


def _mine(membership: Membership, workplace: Workplace) -> MyOrganization:
    is_active = (
        membership.state is MemberState.ACTIVE
        and membership.organization_state is OrganizationState.ACTIVE
    )
    return MyOrganization(
        id=workplace.id, name=workplace.name, role=membership.role, is_active=is_active
    )
