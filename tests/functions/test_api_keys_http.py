from typing import Any

import pytest
from httpx import AsyncClient, Response

from shared.identity import organizations
from shared.identity.plans import Plan
from shared.platform.actor import Role
from tests.conftest import client_of
from tests.functions.transport import Durable
from tests.make.identity import Firm, colleague

NEW = {"name": "Nightly import", "scopes": ["clients:read"]}


async def make(http: AsyncClient, **changes: Any) -> Response:
    return await http.post("/api-keys", json=NEW | changes)


def bearer(key: Response) -> dict[str, str]:
    return {"authorization": f"Bearer {key.json()['secret']}"}


class TestAnApiKey:
    async def test_is_made_and_shown_once(self, http: AsyncClient, firm: Firm) -> None:
        made = await make(http)

        assert made.status_code == 201
        key = made.json()
        assert made.headers["location"] == f"/api/v1/api-keys/{key['id']}"
        assert key["secret"].startswith(f"aos_live_{key['prefix']}_")
        found = (await http.get(f"/api-keys/{key['id']}")).json()
        assert found == {name: value for name, value in key.items() if name != "secret"}
        assert (await http.get("/api-keys")).json()["items"] == [found]

    async def test_lets_a_program_do_what_its_scopes_name_and_nothing_else(
        self, http: AsyncClient
    ) -> None:
        key = await make(http)

        assert (await http.get("/clients", headers=bearer(key))).status_code == 200
        refused = await http.get("/documents", headers=bearer(key))
        assert (refused.status_code, refused.json()["code"]) == (403, "scope_missing")

    async def test_is_rotated_as_usual_without_a_body(self, http: AsyncClient) -> None:
        key = await make(http)

        rotated = await http.post(f"/api-keys/{key.json()['id']}/rotate")
        assert rotated.status_code == 200
        assert rotated.json()["previous_until"] is not None

    async def test_manages_no_keys(self, http: AsyncClient) -> None:
        key = await make(http)

        refused = await http.post("/api-keys", json=NEW, headers=bearer(key))
        assert (refused.status_code, refused.json()["code"]) == (403, "scope_missing")

    async def test_repeated_with_its_idempotency_key_is_the_same_key(
        self, http: AsyncClient
    ) -> None:
        once = {"idempotency-key": "make-it-once"}
        first = await http.post("/api-keys", json=NEW, headers=once)
        again = await http.post("/api-keys", json=NEW, headers=once)

        assert again.json() == first.json()
        assert len((await http.get("/api-keys")).json()["items"]) == 1

    async def test_is_changed_only_by_who_saw_it_as_it_is(self, http: AsyncClient) -> None:
        made = (await make(http)).json()
        path = f"/api-keys/{made['id']}"
        seen = {"if-match": (await http.get(path)).headers["etag"]}

        unseen = await http.patch(path, json={"name": "Other"})
        changed = await http.patch(path, json={"name": "Other"}, headers=seen)
        late = await http.patch(path, json={"name": "Late"}, headers=seen)

        assert (unseen.status_code, unseen.json()["code"]) == (428, "if_match_required")
        assert (changed.status_code, changed.json()["name"]) == (200, "Other")
        assert changed.json()["scopes"] == ["clients:read"]
        assert (late.status_code, late.json()["code"]) == (412, "stale")

    @pytest.mark.parametrize("change", [{"name": None}, {"scopes": None}, {"scopes": []}])
    async def test_keeps_a_name_and_scopes(self, http: AsyncClient, change: dict[str, Any]) -> None:
        made = (await make(http)).json()

        refused = await http.patch(
            f"/api-keys/{made['id']}", json=change, headers={"if-match": '"1"'}
        )
        assert (refused.status_code, refused.json()["code"]) == (422, "invalid_request")

    async def test_is_rotated_with_an_overlap(self, http: AsyncClient) -> None:
        old = await make(http)
        new = await http.post(f"/api-keys/{old.json()['id']}/rotate", json={"overlap_hours": 1})

        assert new.status_code == 200
        assert new.json()["previous_until"]
        for key in (old, new):
            assert (await http.get("/clients", headers=bearer(key))).status_code == 200

    async def test_opens_nothing_once_it_is_revoked(self, http: AsyncClient) -> None:
        key = await make(http)
        await http.get("/clients", headers=bearer(key))

        gone = await http.delete(f"/api-keys/{key.json()['id']}")
        refused = await http.get("/clients", headers=bearer(key))

        assert (gone.status_code, gone.content) == (204, b"")
        assert (refused.status_code, refused.json()["code"]) == (401, "invalid_api_key")

    @pytest.mark.parametrize(
        "change",
        [
            {"scopes": []},
            {"scopes": ["everything"]},
            {"scopes": "clients:read"},
            {"name": ""},
            {"name": "x" * 101},
            {"name": "a\x00b"},
            {"expires_at": "2031-01-01T00:00:00"},
            {"expires_at": "2001-01-01T00:00:00Z"},
            {"scopes": ["tin:reveal"]},
            {"secret": "mine"},
        ],
        ids=str,
    )
    async def test_is_not_made_from_nonsense(
        self, http: AsyncClient, change: dict[str, Any]
    ) -> None:
        assert (await make(http, **change)).status_code in (400, 422)

    async def test_needs_a_plan_that_has_it(self, http: AsyncClient, firm: Firm) -> None:
        await organizations.change_plan(firm.organization_id, Plan.STARTER, None)

        refused = await make(http)
        assert refused.json()["code"] == "plan_limit_reached"

    async def test_of_another_firm_is_not_there(
        self, http: AsyncClient, other_firm: Firm, durable: Durable
    ) -> None:
        path = f"/api-keys/{(await make(http)).json()['id']}"
        async with client_of(other_firm, durable) as stranger:
            answers = [
                await stranger.get(path),
                await stranger.patch(path, json={"name": "x"}, headers={"if-match": '"1"'}),
                await stranger.post(f"{path}/rotate", json={}),
                await stranger.delete(path),
            ]

        assert [each.status_code for each in answers] == [404] * 4

    async def test_that_was_revoked_is_done_with(self, http: AsyncClient) -> None:
        path = f"/api-keys/{(await make(http)).json()['id']}"
        before = (await http.get(f"{path}/actions")).json()
        await http.delete(path)
        after = {each["name"]: each for each in (await http.get(f"{path}/actions")).json()}

        assert all(each["allowed"] for each in before)
        refused = await http.post(f"{path}/rotate", json={})
        assert (refused.status_code, refused.json()["code"]) == (409, "api_key_revoked")
        assert after["rotate"]["code"] == after["change"]["code"] == "api_key_revoked"
        assert after["revoke"]["allowed"]

    async def test_is_for_whoever_manages_keys(self, firm: Firm, durable: Durable) -> None:
        async with client_of(await colleague(firm, Role.MANAGER), durable) as manager:
            refused = await manager.get("/api-keys")

        assert (refused.status_code, refused.json()["code"]) == (403, "forbidden")
