"""Founding a firm and letting people in."""

import json
from uuid import NAMESPACE_URL, UUID, uuid5

from shared.identity import keys, queries
from shared.identity.models import NewMember
from shared.platform.actor import Actor, Role, system
from shared.platform.db import Tx, transaction
from shared.platform.messages import Change


async def found_organization(organization_id: UUID, name: str, owner: NewMember) -> Actor:
    """Make the firm, its data keys and its owner; asked again with the same id, find them.

    There is no route to this: a firm is founded by whoever runs the service.
    """
    async with transaction(system(organization_id)) as tx:
        if await queries.insert_organization(tx, name):
            await keys.make_keys(tx)
            await tx.record(Change(action="organization.founded", subject_id=organization_id))
        user_id = await _admit(tx, owner)
    return Actor(organization_id, user_id, Role.OWNER)


async def add_member(actor: Actor, new: NewMember) -> Actor:
    """Let somebody in with a role; asked again for the same identity, change nothing.

    Invitations, which people will use, stand on this; it is for whoever runs the service.
    """
    async with transaction(actor) as tx:
        user_id = await _admit(tx, new)
    return Actor(actor.organization_id, user_id, new.role, new.client_id)


async def _admit(tx: Tx, new: NewMember) -> UUID:
    """Ids derive from who it is: the same person twice is the same rows."""
    identity_id = uuid5(NAMESPACE_URL, json.dumps([new.issuer, new.subject]))
    user_id = uuid5(tx.actor.organization_id, str(identity_id))
    await queries.insert_identity(
        tx, identity_id=identity_id, issuer=new.issuer, subject=new.subject
    )
    if await queries.insert_user(tx, user_id=user_id, identity_id=identity_id, new=new):
        await queries.insert_membership(tx, user_id=user_id, new=new)
        await tx.record(
            Change(action="member.added", subject_id=user_id, detail={"role": new.role.value})
        )
    return user_id
