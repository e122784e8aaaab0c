from uuid import uuid4

from httpx import AsyncClient

from shared.platform.actor import Role
from tests.conftest import client_of
from tests.functions.transport import Durable
from tests.make.identity import Firm, colleague


class TestSessions:
    async def test_are_listed_with_the_one_in_use(self, http: AsyncClient) -> None:
        me = (await http.get("/me")).json()

        answer = await http.get("/sessions")

        assert answer.status_code == 200
        (found,) = answer.json()["items"]
        assert found["id"] == me["session_id"]
        assert (found["ended_at"], found["end_reason"]) == (None, None)

    async def test_of_a_colleague_need_a_permission(self, firm: Firm, durable: Durable) -> None:
        person = await colleague(firm, Role.STAFF)
        async with client_of(person, durable) as staff, client_of(firm, durable) as owner:
            theirs = (await staff.get("/me")).json()["session_id"]
            asked = {"user_id": str(firm.actor.user_id)}
            refused = await staff.get("/sessions", params=asked)
            found = await owner.get("/sessions", params={"user_id": str(person.actor.user_id)})

        assert (refused.status_code, refused.json()["code"]) == (403, "forbidden")
        assert [each["id"] for each in found.json()["items"]] == [theirs]

    async def test_one_is_ended_and_its_token_opens_nothing(
        self, firm: Firm, durable: Durable
    ) -> None:
        person = await colleague(firm, Role.STAFF)
        async with client_of(person, durable) as staff, client_of(firm, durable) as owner:
            theirs = (await staff.get("/me")).json()["session_id"]
            ended = await owner.delete(f"/sessions/{theirs}")
            refused = await staff.get("/me")

        assert (ended.status_code, ended.content) == (204, b"")
        assert (refused.status_code, refused.json()["code"]) == (401, "session_revoked")
        assert "max_age" in refused.headers["www-authenticate"]

    async def test_one_that_is_not_there_or_not_ones_own_is_not_found(
        self, firm: Firm, durable: Durable
    ) -> None:
        person = await colleague(firm, Role.STAFF)
        async with client_of(person, durable) as staff, client_of(firm, durable) as owner:
            owners = (await owner.get("/me")).json()["session_id"]
            answers = [
                await staff.delete(f"/sessions/{session_id}") for session_id in (owners, uuid4())
            ]

        assert [each.status_code for each in answers] == [404, 404]
        assert answers[0].json()["detail"] == answers[1].json()["detail"]

    async def test_all_end_when_somebody_signs_out_everywhere(self, http: AsyncClient) -> None:
        await http.get("/me")

        assert (await http.delete("/sessions")).status_code == 204
        assert (await http.get("/me")).json()["code"] == "session_revoked"
