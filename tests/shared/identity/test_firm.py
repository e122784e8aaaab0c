"""The firm as a whole: its name, plan and state, and who owns it."""

import asyncio
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest

from shared.identity import members, organizations
from shared.identity.membership_rules import MemberNotActive, OwnMembership
from shared.identity.models import MemberState, OrganizationChange, OrganizationState
from shared.identity.organizations import OrganizationErased, PlanWithoutEnd
from shared.identity.plans import Feature, Limit, Plan
from shared.identity.queries import organizations as queries
from shared.platform.actor import Role, system
from shared.platform.db import transaction
from shared.platform.errors import Forbidden, Stale, UnknownReference
from tests.make.identity import ISSUER, Firm, colleague
from tests.shared.identity.audit import alerts, trail
from tests.shared.identity.test_organizations import member


def id_of(person: Firm) -> UUID:
    assert person.actor.user_id
    return person.actor.user_id


async def roles(firm: Firm, *people: Firm) -> list[Role]:
    return [(await members.get_member(firm.actor, id_of(each))).role for each in people]


async def test_a_firm_begins_with_a_trial_of_thirty_days() -> None:
    founder = await organizations.found_organization(uuid4(), "New & Co", member())

    found = await organizations.get_organization(founder)

    assert (found.plan, found.state, found.features) == ("trial", "active", [])
    assert found.plan_ends_at
    left = found.plan_ends_at - datetime.now(UTC)
    assert timedelta(days=29) < left <= timedelta(days=30)


async def test_it_tells_what_its_plan_includes(firm: Firm) -> None:
    assert (await organizations.get_organization(firm.actor)).limits == {}

    changed = await organizations.change_plan(firm.organization_id, Plan.PROFESSIONAL, None)

    assert changed.features == [Feature.QUICKBOOKS]
    assert changed.limits[Limit.CLIENTS] == 100
    (entry,) = await trail(firm.actor, firm.organization_id, "organization.plan_changed")
    assert (entry.before, entry.after) == ({"plan": "enterprise"}, {"plan": "professional"})


async def test_a_trial_without_an_end_is_none(firm: Firm) -> None:
    with pytest.raises(PlanWithoutEnd):
        await organizations.change_plan(firm.organization_id, Plan.TRIAL, None)


class TestRenaming:
    async def test_is_audited_with_what_it_was_called(self, firm: Firm) -> None:
        version = (await organizations.get_organization(firm.actor)).version

        renamed = await organizations.change_organization(
            firm.actor, version, OrganizationChange(name="Ledger & Sons")
        )

        assert renamed == await organizations.get_organization(firm.actor)
        assert (renamed.name, renamed.version) == ("Ledger & Sons", version + 1)
        (entry,) = await trail(firm.actor, firm.organization_id, "organization.updated")
        assert entry.before == {"name": "Ledger & Daughters"}

    async def test_on_what_somebody_else_has_changed_is_stale(self, firm: Firm) -> None:
        with pytest.raises(Stale):
            await organizations.change_organization(
                firm.actor, 99, OrganizationChange(name="Ledger & Sons")
            )

    @pytest.mark.parametrize("role", [Role.MANAGER, Role.STAFF, Role.CLIENT])
    async def test_is_for_owners_and_admins(self, firm: Firm, role: Role) -> None:
        somebody = (await colleague(firm, role)).actor

        with pytest.raises(Forbidden):
            await organizations.get_organization(somebody)
        with pytest.raises(Forbidden):
            await organizations.change_organization(somebody, 1, OrganizationChange(name="Mine"))

    async def test_leaves_other_firms_alone(self, firm: Firm, other_firm: Firm) -> None:
        version = (await organizations.get_organization(firm.actor)).version
        await organizations.change_organization(
            firm.actor, version, OrganizationChange(name="Ours")
        )

        other = await organizations.get_organization(other_firm.actor)
        assert other.name == "Ledger & Daughters"


class TestHandingTheFirmOver:
    async def test_makes_one_the_owner_and_the_other_an_admin(self, firm: Firm) -> None:
        heir = await colleague(firm, Role.CPA)

        await organizations.transfer_ownership(firm.actor, id_of(heir))

        assert await roles(firm, heir, firm) == [Role.OWNER, Role.ADMIN]
        (entry,) = await trail(firm.actor, firm.organization_id, "organization.transferred")
        assert entry.after == {"owner": str(id_of(heir))}
        assert await alerts(firm.actor, id_of(heir)) == ["role_changed"]
        assert await alerts(firm.actor, id_of(firm)) == ["role_changed"]

    async def test_twice_at_once_happens_once(self, firm: Firm) -> None:
        """The second is no longer an owner's, whatever their token still says."""
        heirs = [await colleague(firm, Role.CPA), await colleague(firm, Role.CPA)]

        answers = await asyncio.gather(
            *(organizations.transfer_ownership(firm.actor, id_of(each)) for each in heirs),
            return_exceptions=True,
        )

        assert sorted(type(answer).__name__ for answer in answers) == ["Forbidden", "Organization"]
        assert sorted(await roles(firm, *heirs)) == [Role.CPA, Role.OWNER]

    async def test_is_for_the_owner_alone(self, firm: Firm) -> None:
        admin, heir = await colleague(firm, Role.ADMIN), await colleague(firm, Role.CPA)

        with pytest.raises(Forbidden):
            await organizations.transfer_ownership(admin.actor, id_of(heir))

    async def test_to_nobody_who_could_own_it_is_refused(
        self, firm: Firm, other_firm: Firm
    ) -> None:
        client, suspended = await colleague(firm, Role.CLIENT), await colleague(firm, Role.CPA)
        await members.suspend_member(firm.actor, id_of(suspended))

        for heir, refusal in (
            (client, UnknownReference),
            (other_firm, UnknownReference),
            (suspended, MemberNotActive),
            (firm, OwnMembership),
        ):
            with pytest.raises(refusal):
                await organizations.transfer_ownership(firm.actor, id_of(heir))
        assert await roles(firm, firm) == [Role.OWNER]


class TestASuspendedFirm:
    async def test_can_be_reinstated(self, firm: Firm) -> None:
        assert (await organizations.suspend_organization(firm.organization_id)).state == "suspended"
        assert (await organizations.reinstate_organization(firm.organization_id)).state == "active"
        told = await trail(firm.actor, firm.organization_id, "organization.state_changed")
        assert [each.after for each in told] == [{"state": "suspended"}, {"state": "active"}]

    async def test_once_erased_stays_erased(self, firm: Firm) -> None:
        async with transaction(system(firm.organization_id)) as tx:
            await queries.set_state(tx, OrganizationState.ERASED)

        with pytest.raises(OrganizationErased):
            await organizations.reinstate_organization(firm.organization_id)


async def test_somebody_added_again_after_a_suspension_stays_suspended(firm: Firm) -> None:
    staff = await colleague(firm, Role.STAFF)
    await members.suspend_member(firm.actor, id_of(staff))

    new = member(Role.ADMIN).model_copy(update={"issuer": ISSUER, "subject": staff.subject})
    await organizations.add_member(firm.actor, new)

    found = await members.get_member(firm.actor, id_of(staff))
    assert (found.role, found.state) == (Role.STAFF, MemberState.SUSPENDED)
