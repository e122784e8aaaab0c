"""The organization area over HTTP."""

import pytest
from httpx import AsyncClient

from shared.identity import organizations
from shared.identity.plans import Plan
from shared.platform.actor import Role
from tests.conftest import client_of
from tests.functions.transport import Durable
from tests.make.identity import Firm, colleague


async def test_the_firm_its_plan_and_what_that_includes(http: AsyncClient, firm: Firm) -> None:
    await organizations.change_plan(firm.organization_id, Plan.STARTER, None)

    told = (await http.get("/organization")).json()

    assert (told["id"], told["plan"], told["state"]) == (
        str(firm.organization_id),
        "starter",
        "active",
    )
    assert (told["features"], told["limits"]["clients"]) == ([], 25)


async def test_it_is_renamed_on_what_was_seen(http: AsyncClient) -> None:
    seen = await http.get("/organization")
    known, name = {"if-match": seen.headers["etag"]}, {"name": "Ledger & Sons"}

    unseen = await http.patch("/organization", json=name)
    renamed = await http.patch("/organization", json=name, headers=known)
    stale = await http.patch("/organization", json=name, headers=known)

    assert (unseen.status_code, stale.status_code) == (428, 412)
    assert renamed.json()["name"] == "Ledger & Sons"


@pytest.mark.parametrize("change", [{"plan": "enterprise"}, {"name": None}, {"state": "active"}])
async def test_plan_and_state_are_not_the_firms_to_choose(
    http: AsyncClient, change: dict[str, object]
) -> None:
    answer = await http.patch("/organization", json=change, headers={"if-match": '"1"'})

    assert answer.status_code == 422


async def test_whoever_hands_it_over_is_an_admin_at_once(http: AsyncClient, firm: Firm) -> None:
    heir = await colleague(firm, Role.CPA)
    to = {"user_id": str(heir.actor.user_id)}

    done = await http.post("/organization/transfer", json=to)
    again = await http.post("/organization/transfer", json=to)

    assert done.status_code == 200
    assert (again.status_code, again.json()["code"]) == (403, "forbidden")


async def test_a_suspended_firm_is_shut_and_a_reinstated_one_open(
    http: AsyncClient, firm: Firm
) -> None:
    before = await http.get("/organization")
    await organizations.suspend_organization(firm.organization_id)
    during = await http.get("/organization")
    await organizations.reinstate_organization(firm.organization_id)
    after = await http.get("/organization")

    assert (before.status_code, after.status_code) == (200, 200)
    assert during.status_code in {401, 403}


async def test_staff_neither_read_nor_change_it(firm: Firm, durable: Durable) -> None:
    async with client_of(await colleague(firm, Role.STAFF), durable) as staff:
        for answer in (
            await staff.get("/organization"),
            await staff.patch("/organization", json={"name": "M"}, headers={"if-match": '"1"'}),
            await staff.post("/organization/transfer", json={"user_id": str(firm.actor.user_id)}),
        ):
            assert answer.status_code == 403
