"""Rotating a firm's keys, and erasing it, as its owner asks for them."""

import pytest
from httpx import AsyncClient

from shared.platform.actor import Role
from tests.conftest import client_of
from tests.functions.transport import Durable
from tests.make.identity import Firm, colleague

ERASE = {"name": "Ledger & Daughters", "reason": "The firm has closed for good"}


async def test_a_rotation_is_an_operation_to_watch(http: AsyncClient) -> None:
    asked = await http.post("/organization/rotate-keys")

    assert asked.status_code == 202, asked.text
    watched = await http.get(asked.headers["location"].removeprefix("/api/v1"))
    assert watched.json()["kind"] == "key_rotation"


@pytest.mark.parametrize("role", [Role.ADMIN, Role.STAFF])
async def test_both_are_for_the_owner_alone(firm: Firm, durable: Durable, role: Role) -> None:
    async with client_of(await colleague(firm, role), durable) as http:
        assert (await http.post("/organization/rotate-keys")).status_code == 403
        assert (await http.post("/organization/erase", json=ERASE)).status_code == 403


async def test_an_erased_firm_is_gone_for_its_owner_at_once(http: AsyncClient) -> None:
    refused = await http.post("/organization/erase", json=ERASE | {"name": "Another"})
    assert (refused.status_code, refused.json()["code"]) == (422, "other_name")

    erased = await http.post(
        "/organization/erase", json=ERASE, headers={"idempotency-key": "the-end"}
    )

    assert (erased.status_code, erased.content) == (204, b"")
    assert (await http.get("/clients")).status_code == 403
