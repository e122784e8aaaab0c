import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from shared.identity import entitlements, organizations
from shared.identity.entitlements import PlanLimitReached
from shared.identity.plans import PLANS, Feature, Limit, Plan
from shared.platform.actor import Actor
from shared.platform.db import Tx, transaction
from tests.make.identity import Firm

NEXT_YEAR = datetime.now(UTC) + timedelta(days=365)
FEATURES = {
    Plan.TRIAL: set[Feature](),
    Plan.STARTER: set[Feature](),
    Plan.PROFESSIONAL: {Feature.QUICKBOOKS},
    Plan.ENTERPRISE: {Feature.QUICKBOOKS, Feature.API, Feature.AUDIT_TOOLS},
}
CLIENTS = {Plan.TRIAL: 25, Plan.STARTER: 25, Plan.PROFESSIONAL: 100, Plan.ENTERPRISE: None}


async def move(firm: Firm, plan: Plan, ends_at: datetime | None = NEXT_YEAR) -> None:
    await organizations.change_plan(firm.organization_id, plan, ends_at)


def having(number: int) -> entitlements.Count:
    async def count(_: Tx) -> int:
        return number

    return count


async def has_feature(actor: Actor, feature: Feature) -> bool:
    async with transaction(actor) as tx:
        try:
            await entitlements.require_feature(tx, feature)
        except PlanLimitReached:
            return False
    return True


async def require_room(actor: Actor, limit: Limit, there: int, adding: int = 1) -> None:
    async with transaction(actor) as tx:
        await entitlements.require_room(tx, limit, having(there), adding)


@pytest.mark.parametrize("plan", Plan)
async def test_a_plan_includes_these_features_and_no_other(firm: Firm, plan: Plan) -> None:
    await move(firm, plan)

    assert {each for each in Feature if await has_feature(firm.actor, each)} == FEATURES[plan]


@pytest.mark.parametrize("plan", Plan)
async def test_a_plan_has_room_for_so_many_clients(firm: Firm, plan: Plan) -> None:
    await move(firm, plan)
    most = CLIENTS[plan]

    await require_room(firm.actor, Limit.CLIENTS, (most or 1_000_000) - 1)
    if most is not None:
        with pytest.raises(PlanLimitReached) as refused:
            await require_room(firm.actor, Limit.CLIENTS, most)
        assert (refused.value.status, refused.value.code) == (402, "plan_limit_reached")


@pytest.mark.parametrize("limit", Limit)
async def test_what_would_go_over_by_one_is_refused(firm: Firm, limit: Limit) -> None:
    await move(firm, Plan.STARTER)
    most = PLANS[Plan.STARTER].limits[limit]

    await require_room(firm.actor, limit, most - 10, adding=10)
    with pytest.raises(PlanLimitReached):
        await require_room(firm.actor, limit, most - 10, adding=11)


async def test_a_trial_ends_after_thirty_days(firm: Firm) -> None:
    founded = datetime.now(UTC)
    await move(firm, Plan.TRIAL, founded + timedelta(days=30))

    await require_room(firm.actor, Limit.CLIENTS, 0)
    with (
        time_machine.travel(founded + timedelta(days=30), tick=False),
        pytest.raises(PlanLimitReached, match="has ended"),
    ):
        await require_room(firm.actor, Limit.CLIENTS, 0)


async def test_of_two_who_want_the_last_place_one_gets_it(firm: Firm) -> None:
    """An event stands for each place taken."""
    await move(firm, Plan.STARTER)

    async def count(tx: Tx) -> int:
        return await tx.value(int, "SELECT count(*) FROM outbox_events WHERE topic = 'a.place'") + (
            PLANS[Plan.STARTER].limits[Limit.CLIENTS] - 1
        )

    async def take() -> None:
        async with transaction(replace(firm.actor)) as tx:
            await entitlements.require_room(tx, Limit.CLIENTS, count)
            await asyncio.sleep(0.02)
            await tx.run(
                """
                INSERT INTO outbox_events (organization_id, topic, subject_id, payload)
                VALUES (%(organization_id)s, 'a.place', gen_random_uuid(), '{}')
                """,
                organization_id=firm.organization_id,
            )

    answers = await asyncio.gather(*(take() for _ in range(4)), return_exceptions=True)

    refused = [answer for answer in answers if answer is not None]
    assert len(refused) == 3
    assert {type(answer) for answer in refused} == {PlanLimitReached}


async def test_what_one_firm_pays_for_another_does_not_have(firm: Firm, other_firm: Firm) -> None:
    await move(firm, Plan.STARTER)

    assert not await has_feature(firm.actor, Feature.API)
    assert await has_feature(other_firm.actor, Feature.API)
