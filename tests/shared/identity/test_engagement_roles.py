import asyncio
from itertools import product
from uuid import UUID, uuid4

import pytest
from psycopg.errors import CheckViolation

from shared.identity import engagement_roles, members
from shared.identity.engagement_roles import EngagementRoleRequired, SeparationOfDuties
from shared.identity.models import EngagementRole
from shared.platform.actor import Role, system
from shared.platform.db import transaction
from shared.platform.errors import Forbidden, UnknownReference
from tests.make.identity import Firm, colleague
from tests.shared.identity.audit import trail

PREPARER, REVIEWER, PARTNER = EngagementRole
TOGETHER = {(REVIEWER, PARTNER), (PARTNER, REVIEWER)}


def id_of(person: Firm) -> UUID:
    assert person.actor.user_id
    return person.actor.user_id


async def assign(firm: Firm, engagement: UUID, person: Firm, role: EngagementRole) -> None:
    await engagement_roles.assign_role(firm.actor, engagement, id_of(person), role)


async def has(person: Firm, engagement: UUID, role: EngagementRole) -> bool:
    async with transaction(person.actor) as tx:
        try:
            await engagement_roles.require_engagement_role(tx, engagement, role)
        except EngagementRoleRequired:
            return False
    return True


async def test_a_role_is_for_one_engagement_and_one_person(firm: Firm) -> None:
    cpa, other = await colleague(firm, Role.CPA), await colleague(firm, Role.CPA)
    engagement = uuid4()

    await assign(firm, engagement, cpa, PREPARER)

    assert await has(cpa, engagement, PREPARER)
    assert not await has(cpa, engagement, PARTNER)
    assert not await has(cpa, uuid4(), PREPARER)
    assert not await has(other, engagement, PREPARER)
    assert not await has(firm, engagement, PREPARER)  # not even an owner signs without it


async def test_a_story_at_work_for_the_firm_signs_nothing(firm: Firm) -> None:
    async with transaction(system(firm.organization_id)) as tx:
        with pytest.raises(EngagementRoleRequired):
            await engagement_roles.require_engagement_role(tx, uuid4(), PARTNER)


async def test_a_role_is_taken_back(firm: Firm) -> None:
    cpa, engagement = await colleague(firm, Role.CPA), uuid4()
    await assign(firm, engagement, cpa, PREPARER)

    for _ in range(2):
        await engagement_roles.unassign_role(firm.actor, engagement, id_of(cpa), PREPARER)

    assert not await has(cpa, engagement, PREPARER)
    assert len(await trail(firm.actor, engagement, "engagement.role_assigned")) == 1
    assert len(await trail(firm.actor, engagement, "engagement.role_unassigned")) == 1
    await assign(firm, engagement, cpa, REVIEWER)  # who prepares it no more may review it


@pytest.mark.parametrize(("first", "second"), [*product(EngagementRole, repeat=2)])
async def test_whoever_prepares_neither_reviews_nor_signs(
    firm: Firm, first: EngagementRole, second: EngagementRole
) -> None:
    cpa, engagement = await colleague(firm, Role.CPA), uuid4()
    await assign(firm, engagement, cpa, first)

    if first is second or (first, second) in TOGETHER:
        await assign(firm, engagement, cpa, second)
        assert await has(cpa, engagement, second)
    else:
        with pytest.raises(SeparationOfDuties):
            await assign(firm, engagement, cpa, second)
        assert not await has(cpa, engagement, second)
    assert await has(cpa, engagement, first)


async def test_duties_stay_apart_when_they_are_given_at_once(firm: Firm) -> None:
    cpa, engagement = await colleague(firm, Role.CPA), uuid4()

    answers = await asyncio.gather(
        *(assign(firm, engagement, cpa, role) for role in (PREPARER, PARTNER)),
        return_exceptions=True,
    )

    assert [type(answer) for answer in answers if answer] == [SeparationOfDuties]


async def test_postgres_keeps_them_apart_whatever_the_code_does(firm: Firm) -> None:
    with pytest.raises(CheckViolation, match="separation_of_duties"):
        async with transaction(firm.actor) as tx:
            await tx.run(
                """
                INSERT INTO engagement_roles (organization_id, engagement_id, user_id, roles)
                VALUES (%(firm)s, gen_random_uuid(), %(user_id)s, '{preparer,partner}')
                """,
                firm=firm.organization_id,
                user_id=firm.actor.user_id,
            )


async def test_roles_are_for_the_firms_own_active_people(firm: Firm, other_firm: Firm) -> None:
    client, suspended = await colleague(firm, Role.CLIENT), await colleague(firm, Role.CPA)
    await members.suspend_member(firm.actor, id_of(suspended))

    for person in (client, suspended, other_firm):
        with pytest.raises(UnknownReference):
            await assign(firm, uuid4(), person, PREPARER)


async def test_roles_are_given_by_managers_and_those_above(firm: Firm) -> None:
    manager, senior = await colleague(firm, Role.MANAGER), await colleague(firm, Role.SENIOR_CPA)

    await assign(manager, uuid4(), senior, REVIEWER)
    with pytest.raises(Forbidden):
        await assign(senior, uuid4(), senior, PARTNER)
    with pytest.raises(Forbidden):
        await engagement_roles.unassign_role(senior.actor, uuid4(), id_of(senior), PARTNER)


async def test_another_firms_roles_on_the_same_id_are_its_own(firm: Firm, other_firm: Firm) -> None:
    engagement = uuid4()
    await assign(firm, engagement, firm, PREPARER)

    assert not await has(other_firm, engagement, PREPARER)
    await assign(other_firm, engagement, other_firm, PARTNER)
    assert await has(other_firm, engagement, PARTNER)
