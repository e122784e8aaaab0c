"""Long work as a program sees it: 202, an operation to watch, to stop, and what it has made."""

from uuid import UUID, uuid4

import httpx
import pytest
from httpx import AsyncClient

from functions.http.operations import NEEDED
from orchestrations.operation.work import WORK
from shared.identity import api_keys
from shared.identity.access_models import NewApiKey
from shared.identity.permissions import Permission
from shared.operations import operations, running
from shared.platform.actor import Role, system
from tests.conftest import client_of
from tests.functions.transport import Durable
from tests.make import identity as make
from tests.make.identity import Firm
from tests.shared.operations.conftest import KNOWN, ask

EXPORT = {"kind": "clients", "format": "csv"}


async def work(firm: Firm, operation_id: str) -> None:
    await running.advance(system(firm.organization_id), UUID(operation_id), WORK)


class TestAnOperation:
    async def test_is_shown_with_how_far_it_is(self, http: AsyncClient, firm: Firm) -> None:
        operation_id = await ask(firm.actor)

        answer = await http.get(f"/operations/{operation_id}")

        assert answer.status_code == 200
        told = answer.json()
        assert (told["state"], told["percent"], told["eta"]) == ("pending", 0, None)

    async def test_is_listed(self, http: AsyncClient, firm: Firm) -> None:
        asked = [str(await ask(firm.actor)) for _ in range(3)]

        page = (await http.get("/operations", params={"limit": 2})).json()
        rest = (await http.get("/operations", params={"cursor": page["next"]})).json()

        assert [each["id"] for each in page["items"] + rest["items"]] == asked[::-1]

    async def test_of_a_colleague_is_for_who_administers(
        self, firm: Firm, durable: Durable
    ) -> None:
        colleague = await make.colleague(firm, Role.ADMIN)
        operation_id = await ask((await make.colleague(firm, Role.MANAGER)).actor)

        async with client_of(firm, durable) as owner, client_of(colleague, durable) as admin:
            everyones = {"of_anyone": "true"}
            seen = [
                (await each.get(f"/operations/{operation_id}")).status_code
                for each in (owner, admin)
            ]
            listed = await owner.get("/operations", params=everyones)
            refused = await admin.get("/operations", params=everyones)

        assert seen == [200, 404]
        assert [each["id"] for each in listed.json()["items"]] == [str(operation_id)]
        assert refused.json()["code"] == "forbidden"

    async def test_of_another_firm_is_not_there(self, http: AsyncClient, other_firm: Firm) -> None:
        theirs = await ask(other_firm.actor)

        for path in (f"/operations/{theirs}", f"/operations/{theirs}/actions"):
            answer = await http.get(path)
            nothing = await http.get(path.replace(str(theirs), str(uuid4())))
            assert answer.status_code == 404
            assert answer.json()["detail"] == nothing.json()["detail"]
        assert (await http.post(f"/operations/{theirs}/cancel")).status_code == 404

    async def test_is_there_for_a_key_that_could_have_asked_for_it(
        self, http: AsyncClient, firm: Firm
    ) -> None:
        exported = (await http.post("/exports", json=EXPORT)).json()["id"]
        rotated = (await http.post("/organization/rotate-keys")).json()["id"]

        async def seen_with(scope: Permission) -> list[object]:
            new = NewApiKey(name="Import", scopes=[scope])
            key = await api_keys.issue_key(firm.actor, new)
            headers = {"authorization": f"Bearer {key.secret}"}
            listed = (await http.get("/operations", headers=headers)).json()["items"]
            of_rotation = await http.get(f"/operations/{rotated}", headers=headers)
            stopped = await http.post(f"/operations/{rotated}/cancel", headers=headers)
            return [[each["id"] for each in listed], of_rotation.status_code, stopped.status_code]

        assert await seen_with(Permission.READ_CLIENTS) == [[], 404, 404]
        assert await seen_with(Permission.EXPORT_CLIENTS) == [[exported], 404, 404]

    def test_of_each_kind_is_asked_for_with_a_permission(self) -> None:
        assert NEEDED.keys() == WORK.keys()

    async def test_is_cancelled_once(self, http: AsyncClient, firm: Firm) -> None:
        operation_id = await ask(firm.actor)

        answers = [await http.post(f"/operations/{operation_id}/cancel") for _ in range(2)]

        assert [answer.status_code for answer in answers] == [200, 200]
        assert {answer.json()["state"] for answer in answers} == {"cancelled"}

    async def test_that_has_ended_says_why_it_cannot_be_cancelled(
        self, http: AsyncClient, firm: Firm
    ) -> None:
        operation_id = await ask(firm.actor)
        may = (await http.get(f"/operations/{operation_id}/actions")).json()
        await running.advance(system(firm.organization_id), operation_id, KNOWN)

        may_not = (await http.get(f"/operations/{operation_id}/actions")).json()
        answer = await http.post(f"/operations/{operation_id}/cancel")

        assert may == [{"name": "cancel", "allowed": True, "code": None, "reason": None}]
        assert may_not[0]["allowed"] is False
        assert may_not[0]["code"] == answer.json()["code"] == "operation_ended"
        assert answer.status_code == 409


class TestAnExport:
    async def test_is_answered_at_once_with_what_to_watch(
        self, http: AsyncClient, durable: Durable
    ) -> None:
        answer = await http.post("/exports", json=EXPORT, headers={"prefer": "respond-async"})

        assert answer.status_code == 202
        operation_id = answer.json()["id"]
        assert answer.headers["location"] == f"/api/v1/operations/{operation_id}"
        assert answer.headers["preference-applied"] == "respond-async"
        assert int(answer.headers["retry-after"]) > 0
        assert f"operation-{operation_id}" in durable.started

    async def test_does_not_claim_a_preference_that_nobody_had(self, http: AsyncClient) -> None:
        answer = await http.post("/exports", json=EXPORT)

        assert answer.status_code == 202
        assert "preference-applied" not in answer.headers

    async def test_leads_to_its_file(self, http: AsyncClient, firm: Firm, storage: None) -> None:
        operation_id = (await http.post("/exports", json=EXPORT)).json()["id"]
        too_early = await http.get(f"/exports/{operation_id}/file")
        await work(firm, operation_id)

        operation = (await http.get(f"/operations/{operation_id}")).json()
        answer = await http.get(operation["result"]["file"].removeprefix("/api/v1"))

        assert (too_early.status_code, too_early.json()["code"]) == (409, "export_not_ready")
        assert (operation["state"], operation["percent"]) == ("succeeded", 100)
        assert answer.status_code == 303
        assert "no-store" in answer.headers["cache-control"]
        async with httpx.AsyncClient() as browser:
            assert "Ada Lovelace" in (await browser.get(answer.headers["location"])).text

    async def test_of_another_firm_is_not_there(
        self, http: AsyncClient, other_firm: Firm, durable: Durable, storage: None
    ) -> None:
        async with client_of(other_firm, durable) as theirs:
            operation_id = (await theirs.post("/exports", json=EXPORT)).json()["id"]
            await work(other_firm, operation_id)
            assert (await theirs.get(f"/exports/{operation_id}/file")).status_code == 303

        assert (await http.get(f"/exports/{operation_id}/file")).status_code == 404

    @pytest.mark.parametrize(
        ("role", "kind", "status"),
        [
            (Role.MANAGER, "clients", 202),
            (Role.MANAGER, "audit", 202),
            (Role.SENIOR_CPA, "clients", 403),
            (Role.SENIOR_CPA, "audit", 403),
            (Role.CLIENT, "clients", 403),
        ],
    )
    async def test_needs_the_permission_of_its_kind(
        self, firm: Firm, durable: Durable, role: Role, kind: str, status: int
    ) -> None:
        async with client_of(await make.colleague(firm, role), durable) as somebody:
            answer = await somebody.post("/exports", json={"kind": kind, "format": "xlsx"})

        assert answer.status_code == status

    @pytest.mark.parametrize(
        "body", [{}, {"kind": "tins"}, {"kind": "clients", "format": "exe"}, EXPORT | {"x": 1}]
    )
    async def test_of_what_there_is_not_is_refused(
        self, http: AsyncClient, body: dict[str, object]
    ) -> None:
        answer = await http.post("/exports", json=body)

        assert (answer.status_code, answer.json()["code"]) == (422, "invalid_request")

    async def test_is_not_answered_again_to_whoever_may_not_any_more(
        self, http: AsyncClient, firm: Firm, durable: Durable
    ) -> None:
        manager, same = await make.colleague(firm, Role.MANAGER), {"idempotency-key": "one"}
        path = f"/members/{manager.actor.user_id}"
        async with client_of(manager, durable) as asking:
            first = await asking.post("/exports", json=EXPORT, headers=same)
            seen = {"if-match": (await http.get(path)).headers["etag"]}
            demoted = await http.patch(path, json={"role": "intern"}, headers=seen)
            again = await asking.post("/exports", json=EXPORT, headers=same)

        assert (first.status_code, demoted.status_code, again.status_code) == (202, 200, 403)

    async def test_asked_twice_with_one_key_is_one_operation(
        self, http: AsyncClient, firm: Firm
    ) -> None:
        headers = {"idempotency-key": str(uuid4())}

        answers = [await http.post("/exports", json=EXPORT, headers=headers) for _ in range(2)]

        assert answers[0].json()["id"] == answers[1].json()["id"]
        listed = await operations.list_operations(firm.actor, operations.Asked())
        assert len(listed.items) == 1
