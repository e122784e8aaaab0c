"""Letting somebody into a firm: the same person twice is the same rows."""

import json
from typing import NamedTuple
from uuid import NAMESPACE_URL, UUID, uuid5

from shared.identity.models import Email, MemberState, NewMember
from shared.identity.queries import members as queries
from shared.platform.db import Tx
from shared.platform.errors import Conflict


class AlreadyAMember(Conflict):
    """The person belongs to the firm already, active or suspended."""

    code = "already_a_member"
    remedy = "Change their membership instead"


class EmailTaken(Conflict):
    """Somebody else in the firm has that address."""

    code = "email_taken"
    remedy = "Use another address"


class Ids(NamedTuple):
    identity: UUID
    user: UUID


def ids_of(organization_id: UUID, issuer: str, subject: str) -> Ids:
    identity = uuid5(NAMESPACE_URL, json.dumps([issuer, subject]))
    return Ids(identity, uuid5(organization_id, str(identity)))


async def admit(tx: Tx, new: NewMember) -> tuple[UUID, bool]:
    """Their id, and whether they have come in just now; who had left comes back as the same user.

    Who is there already, suspended or not, stays as they are.
    """
    ids = ids_of(tx.actor.organization_id, new.issuer, new.subject)
    known = await queries.find_member(tx, ids.user)
    if known and known.state is not MemberState.OFFBOARDED:
        return ids.user, False
    await require_free_email(tx, new.email, except_for=ids.user)
    if known:
        await queries.take_back(tx, ids.user, new)
        return ids.user, True
    await queries.insert_identity(
        tx, identity_id=ids.identity, issuer=new.issuer, subject=new.subject
    )
    is_new = await queries.insert_user(tx, user_id=ids.user, identity_id=ids.identity, new=new)
    if is_new:
        await queries.insert_membership(tx, user_id=ids.user, new=new)
    return ids.user, is_new


async def require_free_email(tx: Tx, email: Email, *, except_for: UUID | None = None) -> None:
    """Asked while the firm's row is locked, so that of two at once the second is told."""
    if await queries.is_email_taken(tx, email, except_for=except_for):
        raise EmailTaken(f"{email} is somebody else's address")
