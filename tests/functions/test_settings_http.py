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

    assert seen.json() == {"cloud_reading": False, "cloud_reading_fallback": True, "version": 0}
    assert changed.status_code == 200
    assert changed.json() == {"cloud_reading": True, "cloud_reading_fallback": True, "version": 1}
    assert changed.headers["etag"] == '"1"'
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
