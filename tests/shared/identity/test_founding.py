"""Founding a firm for an owner who is invited."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest

from shared.compliance import erasure
from shared.compliance.models import Erasure
from shared.identity import founding, invitations, organizations
from shared.identity.invitations import InvitationNotOpen, InvitationNotValid
from shared.identity.models import Member, NewInvitation, SentInvitation
from shared.identity.organizations import OrganizationErased
from shared.identity.plans import Plan
from shared.platform.actor import Actor, Role
from tests.make.identity import Firm
from tests.shared.identity.signing_in import HOME, claims


async def found(organization_id: UUID, address: str = "ada@firm.test") -> SentInvitation:
    owner = NewInvitation(email=address, name="Ada", role=Role.OWNER)
    return await founding.found_by_invitation(organization_id, "Ledger & Sons", owner)


async def join(firm: Firm, secret: str) -> Member:
    """As somebody whom no firm knows."""
    return await invitations.accept_invitation(
        claims(replace(firm, subject=str(uuid4()))), secret, HOME
    )


async def test_whoever_is_invited_becomes_the_owner(firm: Firm) -> None:
    organization_id = uuid4()
    sent = await found(organization_id)

    member = await join(firm, sent.secret)

    owner = Actor(organization_id, member.id, Role.OWNER)
    made = await organizations.get_organization(owner)
    assert (member.role, made.name, made.plan) == (Role.OWNER, "Ledger & Sons", Plan.TRIAL)
    assert made.plan_ends_at
    assert made.plan_ends_at > datetime.now(UTC) + timedelta(days=29)


async def test_asked_again_only_the_invitation_is_new(firm: Firm) -> None:
    organization_id = uuid4()
    first = await found(organization_id)
    second = await found(organization_id)

    assert (first.id, first.secret == second.secret) == (second.id, False)
    with pytest.raises(InvitationNotValid):
        await join(firm, first.secret)
    assert await join(firm, second.secret)


async def test_once_the_owner_has_come_it_is_no_way_in(firm: Firm) -> None:
    organization_id = uuid4()
    await join(firm, (await found(organization_id)).secret)

    with pytest.raises(InvitationNotOpen):
        await found(organization_id, "somebody.else@firm.test")


async def test_before_that_it_stays_the_one_it_was_made_for() -> None:
    organization_id = uuid4()
    await found(organization_id)

    again = await found(organization_id, "somebody.else@firm.test")

    assert again.email == "ada@firm.test"


async def test_nobody_is_invited_into_a_firm_that_has_owners(firm: Firm) -> None:
    """Its id is known to whoever runs the service; that is not enough."""
    with pytest.raises(organizations.AlreadyFounded):
        await found(firm.organization_id)


async def test_an_erased_firm_is_not_founded_again(firm: Firm) -> None:
    owner = replace(firm.actor, has_second_factor=True)
    await erasure.erase_organization(
        owner, Erasure(name="Ledger & Daughters", reason="The firm has closed for good")
    )

    with pytest.raises(OrganizationErased):
        await found(firm.organization_id)
