"""Founding a firm for an owner who has not signed in yet: whoever runs the service invites them."""

from datetime import datetime
from uuid import UUID, uuid5

from shared.identity import invitations, organizations
from shared.identity.models import NewInvitation, OrganizationState, SentInvitation
from shared.identity.organizations import AlreadyFounded, OrganizationErased
from shared.identity.plans import Plan
from shared.identity.queries import invitations as queries
from shared.identity.queries import organizations as firms
from shared.platform.actor import system
from shared.platform.db import Tx, transaction


async def found_by_invitation(
    organization_id: UUID,
    name: str,
    owner: NewInvitation,
    plan: Plan = Plan.TRIAL,
    ends_at: datetime | None = None,
) -> SentInvitation:
    """Asked again with the same id, only the invitation is renewed, until it has been accepted.

    It stays the one for the address it was made for: this is no way into a firm for anybody else.
    """
    invitation_id = uuid5(organization_id, "the owner's invitation")
    async with transaction(system(organization_id)) as tx:
        if await organizations.found(tx, name, plan, ends_at):
            return await invitations.invite(tx, invitation_id, owner)
        return await _invite_again(tx, invitation_id)


async def _invite_again(tx: Tx, invitation_id: UUID) -> SentInvitation:
    firm = await firms.lock_organization(tx)
    if firm.state is OrganizationState.ERASED:
        raise OrganizationErased("The firm has been erased")
    known = await queries.find_invitation(tx, invitation_id)
    if known is None:
        raise AlreadyFounded("The firm is there already")
    invitations.require_open(known)
    return await invitations.renew(tx, known)
