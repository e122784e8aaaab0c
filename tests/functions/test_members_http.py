"""The members area over HTTP."""

from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest
from httpx import AsyncClient

from shared.platform.actor import Role
from tests.conftest import client_of
from tests.functions.transport import Durable
from tests.make.identity import Firm, colleague, token


def id_of(person: Firm) -> UUID:
    assert person.actor.user_id
    return person.actor.user_id


@pytest.fixture
async def staff(firm: Firm) -> Firm:
    return await colleague(firm, Role.STAFF)


async def test_the_people_of_the_firm_are_listed_and_filtered(
    http: AsyncClient, firm: Firm, staff: Firm
) -> None:
    everybody = await http.get("/members")
    some = await http.get("/members", params={"role": "staff", "state": "active"})

    assert [each["id"] for each in everybody.json()["items"]] == [
        str(id_of(firm)),
        str(id_of(staff)),
    ]
    assert [each["id"] for each in some.json()["items"]] == [str(id_of(staff))]


@pytest.mark.parametrize("query", [{"role": "system"}, {"state": "gone"}, {"offset": "1"}])
async def test_a_filter_that_is_none_is_refused(http: AsyncClient, query: dict[str, str]) -> None:
    assert (await http.get("/members", params=query)).status_code == 422


async def test_a_member_is_changed_on_what_was_seen(http: AsyncClient, staff: Firm) -> None:
    path = f"/members/{id_of(staff)}"
    seen = await http.get(path)
    change = {"role": "cpa", "skills": ["1040"]}

    unseen = await http.patch(path, json=change)
    changed = await http.patch(path, json=change, headers={"if-match": seen.headers["etag"]})
    stale = await http.patch(path, json=change, headers={"if-match": seen.headers["etag"]})

    assert unseen.status_code == 428
    assert (changed.status_code, changed.json()["role"]) == (200, "cpa")
    assert (stale.status_code, stale.json()["code"]) == (412, "stale")


@pytest.mark.parametrize(
    "change",
    [
        {"role": "system"},
        {"role": "client"},
        {"role": None},
        {"name": ""},
        {"name": "a\u0000b"},
        {"email": "nobody"},
        {"weekly_hours": 169},
        {"skills": ["x"] * 51},
        {"state": "suspended"},
    ],
    ids=str,
)
async def test_what_makes_no_sense_is_refused(
    http: AsyncClient, staff: Firm, change: dict[str, object]
) -> None:
    answer = await http.patch(f"/members/{id_of(staff)}", json=change, headers={"if-match": '"1"'})

    assert answer.status_code in {400, 422}


async def test_a_suspended_member_is_out_at_once_and_a_reinstated_one_signs_in_anew(
    http: AsyncClient, staff: Firm, durable: Durable
) -> None:
    async with client_of(staff, durable) as theirs:
        before = await theirs.get("/members")
        suspended = await http.post(f"/members/{id_of(staff)}/suspend")
        during = await theirs.get("/members")
        reinstated = await http.post(f"/members/{id_of(staff)}/reinstate")
        after = await theirs.get("/members")
        soon = int(datetime.now(UTC).timestamp()) + 5
        anew = {"authorization": f"Bearer {token(staff.subject, auth_time=soon)}"}
        again = await theirs.get("/members", headers=anew)

    assert [each.status_code for each in (before, suspended, reinstated, again)] == [200] * 4
    assert (after.status_code, after.json()["code"]) == (401, "session_revoked")
    assert during.status_code in {401, 403}
    assert suspended.json()["state"] == "suspended"


async def test_an_offboarded_member_is_out_and_the_attestation_stays(
    http: AsyncClient, firm: Firm, staff: Firm, durable: Durable
) -> None:
    leaving = {"successor_id": str(id_of(firm)), "statement": "All is handed over"}
    async with client_of(staff, durable) as theirs:
        await theirs.get("/members")
        attested = await http.post(f"/members/{id_of(staff)}/offboard", json=leaving)
        during = await theirs.get("/members")

    kept = await http.get(f"/members/{id_of(staff)}/offboarding")

    assert attested.status_code == 200
    assert attested.json() == kept.json()
    assert kept.json()["attested_by"] == str(id_of(firm))
    assert kept.json()["handed_over"]["sessions_ended"] == 1
    assert during.status_code in {401, 403}


async def test_a_successor_who_cannot_be_one_is_told(http: AsyncClient, staff: Firm) -> None:
    for successor in (None, str(uuid4()), str(id_of(staff))):
        answer = await http.post(
            f"/members/{id_of(staff)}/offboard",
            json={"successor_id": successor, "statement": "Left"},
        )

        assert (answer.status_code, answer.json()["code"]) == (422, "successor_unfit")


async def test_the_actions_say_why_not(http: AsyncClient, firm: Firm) -> None:
    answer = await http.get(f"/members/{id_of(firm)}/actions")

    told = {each["name"]: (each["allowed"], each["code"]) for each in answer.json()}
    assert told == {
        "update": (True, None),
        "change_role": (False, "own_membership"),
        "suspend": (False, "own_membership"),
        "reinstate": (False, "member_not_suspended"),
        "offboard": (False, "own_membership"),
    }


@pytest.mark.parametrize("name", ["", "/offboarding", "/actions"])
async def test_another_firms_member_looks_as_one_who_is_not_there(
    http: AsyncClient, other_firm: Firm, name: str
) -> None:
    theirs = await http.get(f"/members/{id_of(other_firm)}{name}")
    nobodys = await http.get(f"/members/{uuid4()}{name}")

    assert theirs.status_code == nobodys.status_code == 404
    assert theirs.json() == nobodys.json()
