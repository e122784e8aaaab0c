"""The feature flags area over HTTP."""

import pytest
from httpx import AsyncClient

from shared.platform.actor import Role
from tests.conftest import client_of
from tests.functions.transport import Durable
from tests.make.identity import Firm, colleague

PORTAL = "/feature-flags/client_portal"


async def test_a_flag_is_switched_off_and_back(http: AsyncClient) -> None:
    seen = await http.get(PORTAL)
    known = {"if-match": seen.headers["etag"]}

    changed = await http.patch(PORTAL, json={"enabled": False, "note": "A trial"}, headers=known)
    listed = await http.get("/feature-flags")
    stale = await http.patch(PORTAL, json={"enabled": True}, headers=known)
    reset = await http.delete(PORTAL)

    assert (seen.json()["is_on"], seen.json()["version"]) == (True, 0)
    assert (changed.status_code, changed.json()["is_on"]) == (200, False)
    assert changed.json() in listed.json()
    assert (stale.status_code, reset.status_code) == (412, 204)
    assert (await http.get(PORTAL)).json() == seen.json() | {"version": 2}


async def test_a_flag_nobody_knows_is_refused(http: AsyncClient) -> None:
    answer = await http.patch(
        "/feature-flags/everything", json={"enabled": True}, headers={"if-match": '"0"'}
    )

    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_request")


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"expires_at": "2001-01-01T00:00:00Z"}, "flag_expired"),
        ({"expires_at": "2099-01-01T00:00:00"}, "invalid_request"),
        ({"enabled": None}, "invalid_request"),
        ({"is_on": True}, "invalid_request"),
    ],
)
async def test_what_makes_no_sense_is_refused(
    http: AsyncClient, change: dict[str, object], code: str
) -> None:
    answer = await http.patch(PORTAL, json=change, headers={"if-match": '"0"'})

    assert (answer.status_code, answer.json()["code"]) == (422, code)


async def test_flags_are_not_for_staff(firm: Firm, durable: Durable) -> None:
    async with client_of(await colleague(firm, Role.STAFF), durable) as staff:
        for answer in (
            await staff.get("/feature-flags"),
            await staff.get(PORTAL),
            await staff.patch(PORTAL, json={"enabled": True}, headers={"if-match": '"0"'}),
            await staff.delete(PORTAL),
        ):
            assert answer.status_code == 403
