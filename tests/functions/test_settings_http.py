"""The settings area over HTTP."""

from collections.abc import Generator

import pytest
from httpx import AsyncClient

from shared.platform.actor import Role
from shared.vendors import roster
from shared.vendors.fakes import FakeReader
from shared.vendors.form_recognizer import FormRecognizerReader, Service
from shared.vendors.local_reader import LocalReader
from shared.vendors.roster import Vendors
from tests.conftest import client_of
from tests.functions.transport import Durable
from tests.make import identity as make
from tests.make.identity import Firm, colleague

ON = {"cloud_reading": True}


@pytest.fixture
def with_cloud() -> Generator[None]:
    cloud = FormRecognizerReader(LocalReader(), Service("https://nowhere.test"))
    with roster.playing(Vendors(reader=FakeReader(), cloud=cloud)):
        yield


async def test_a_choice_is_made_on_what_was_seen(http: AsyncClient, with_cloud: None) -> None:
    seen = await http.get("/settings")

    changed = await http.patch("/settings", json=ON, headers={"if-match": seen.headers["etag"]})

    assert seen.json() == {
        "cloud_reading": False,
        "cloud_reading_fallback": True,
        "mfa_required": False,
        "session_hours": None,
        "session_idle_minutes": None,
        "ip_allow_list": [],
        "time_zone": "America/New_York",
        "locale": "en-US",
        "invitation_days": 7,
        "retention_years": 7,
        "version": 0,
    }
    assert changed.status_code == 200
    assert changed.json() == seen.json() | {"cloud_reading": True, "version": 1}
    assert changed.headers["etag"] != seen.headers["etag"]
    assert (await http.get("/settings")).json() == changed.json()


async def test_without_the_version_nothing_changes(http: AsyncClient, with_cloud: None) -> None:
    answer = await http.patch("/settings", json=ON)

    assert (answer.status_code, answer.json()["code"]) == (428, "if_match_required")


async def test_an_old_version_is_stale(http: AsyncClient, with_cloud: None) -> None:
    answer = await http.patch("/settings", json=ON, headers={"if-match": '"7"'})

    assert (answer.status_code, answer.json()["code"]) == (412, "stale")


async def test_there_has_to_be_a_cloud_reader(http: AsyncClient) -> None:
    answer = await http.patch("/settings", json=ON, headers={"if-match": '"0"'})

    assert (answer.status_code, answer.json()["code"]) == (409, "cloud_reader_missing")


@pytest.mark.parametrize("body", [{"cloud_reading": "perhaps"}, {"cloud": True}])
async def test_a_setting_that_is_none_is_pointed_at(
    http: AsyncClient, body: dict[str, object]
) -> None:
    answer = await http.patch("/settings", json=body, headers={"if-match": '"0"'})

    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_request")


async def test_staff_do_not_decide_where_documents_go(firm: Firm, durable: Durable) -> None:
    async with client_of(await colleague(firm, Role.STAFF), durable) as staff:
        seen = await staff.get("/settings")
        answer = await staff.patch("/settings", json=ON, headers={"if-match": '"0"'})

    assert (seen.status_code, answer.status_code) == (403, 403)


async def test_a_change_can_wait_for_its_day(http: AsyncClient) -> None:
    later = {"locale": "en-GB", "effective_from": "2099-01-01T00:00:00+01:00"}
    changed = await http.patch("/settings", json=later, headers={"if-match": '"0"'})

    then = await http.get("/settings", params={"at": "2099-01-01T00:00:00Z"})
    history = await http.get("/settings/history")

    assert (changed.json()["locale"], changed.json()["version"]) == ("en-US", 1)
    assert then.json()["locale"] == "en-GB"
    assert then.json()["version"] == changed.json()["version"]
    (version,) = history.json()["items"]
    assert version["effective_from"] == "2098-12-31T23:00:00Z"
    assert version["changes"] == {"locale": "en-GB"}


async def test_a_change_may_be_made_on_what_will_hold(http: AsyncClient) -> None:
    later = {"locale": "en-GB", "effective_from": "2099-01-01T00:00:00Z"}
    await http.patch("/settings", json=later, headers={"if-match": '"0"'})
    then = await http.get("/settings", params={"at": "2099-01-01T00:00:00Z"})

    made = await http.patch(
        "/settings", json={"retention_years": 9}, headers={"if-match": then.headers["etag"]}
    )

    assert made.status_code == 200


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"effective_from": "2001-01-01T00:00:00Z", "locale": "en-GB"}, "not_retroactive"),
        ({"effective_from": "2099-01-01T00:00:00Z"}, "invalid_request"),
        ({"time_zone": "Mars/Olympus_Mons"}, "invalid_request"),
        ({"retention_years": 10**12}, "invalid_request"),
    ],
)
async def test_what_makes_no_sense_is_told(
    http: AsyncClient, change: dict[str, object], code: str
) -> None:
    answer = await http.patch("/settings", json=change, headers={"if-match": '"0"'})

    assert (answer.status_code, answer.json()["code"]) == (422, code)


async def test_a_second_factor_is_demanded_by_whoever_used_one(
    firm: Firm, http: AsyncClient
) -> None:
    demand, seen = {"mfa_required": True}, {"if-match": '"0"'}
    weak = make.token((await colleague(firm, Role.ADMIN)).subject, amr=["pwd"])

    refused = await http.patch(
        "/settings", json=demand, headers=seen | {"authorization": f"Bearer {weak}"}
    )
    made = await http.patch("/settings", json=demand, headers=seen)
    shut_out = await http.get("/settings", headers={"authorization": f"Bearer {weak}"})

    assert (refused.status_code, refused.json()["code"]) == (409, "second_factor_first")
    assert (made.status_code, made.json()["mfa_required"]) == (200, True)
    assert (shut_out.status_code, shut_out.json()["code"]) == (403, "mfa_required")
