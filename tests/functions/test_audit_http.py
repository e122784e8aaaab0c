"""The audit area over HTTP."""

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from httpx import AsyncClient

from orchestrations.operation.work import WORK
from shared.compliance import seals
from shared.operations import running
from shared.platform.actor import Role, system
from shared.vendors.fakes import FakeReader
from tests.conftest import client_of
from tests.functions.transport import Durable
from tests.make import audit as make
from tests.make import documents, readings
from tests.make.identity import Firm, colleague


async def test_who_saw_this_tin_is_one_call(firm: Firm, durable: Durable) -> None:
    cpa = await colleague(firm, Role.CPA)
    async with client_of(firm, durable) as owner, client_of(cpa, durable) as preparer:
        seen = [
            (await owner.post("/clients", json={"name": name, "tin": tin})).json()
            for name, tin in (("Ada", "219-09-9998"), ("Grace", "219-09-9997"))
        ]
        for client in seen:
            shown = await preparer.post(
                f"/clients/{client['id']}/reveal-tin", json={"reason": "To prepare Form 8879"}
            )
            assert shown.status_code == 200

        answer = await owner.get("/audit", params={"tin_of": seen[0]["id"]})

    (entry,) = answer.json()["items"]
    assert entry["action"] == "client.tin_revealed"
    assert (entry["user_id"], entry["role"]) == (str(cpa.actor.user_id), "cpa")
    assert entry["detail"] == {"reason": "To prepare Form 8879"}
    assert "219099998" not in answer.text
    assert "219-09" not in answer.text


async def test_a_tin_that_was_seen_in_a_document_is_found_by_its_client(
    firm: Firm, durable: Durable, reader: FakeReader
) -> None:
    reader.reading = readings.reading(readings.w2())
    document = await documents.processed(firm)
    path = f"/documents/{document.id}"
    async with client_of(firm, durable) as owner:
        shown = [
            await owner.post(
                f"{path}/fields/employee_ssn/reveal", json={"reason": "To compare it with the form"}
            ),
            await owner.post(
                f"{path}/pages/1/reveal", json={"reason": "To compare it with the form"}
            ),
            await owner.post(
                f"/clients/{firm.client_id}/reveal-tin", json={"reason": "It has none"}
            ),
        ]
        answer = await owner.get("/audit", params={"tin_of": str(firm.client_id)})

    assert [each.status_code for each in shown] == [200, 200, 404]
    assert [each["action"] for each in answer.json()["items"]] == [
        "document.page_revealed",
        "document.field_revealed",
    ]
    assert {each["subject_id"] for each in answer.json()["items"]} == {str(document.id)}


async def test_a_page_without_its_tins_is_no_sight_of_them(
    firm: Firm, durable: Durable, reader: FakeReader
) -> None:
    reader.reading = readings.reading(readings.w2())
    document = await documents.processed(firm)
    async with client_of(await colleague(firm, Role.STAFF), durable) as staff:
        page = await staff.get(f"/documents/{document.id}/pages/1.png")
    async with client_of(firm, durable) as owner:
        answer = await owner.get("/audit", params={"tin_of": str(firm.client_id)})

    assert page.status_code == 200
    assert answer.json()["items"] == []


async def test_pages_follow_each_other(http: AsyncClient, firm: Firm) -> None:
    await make.entries(firm.actor, 5)

    first = (await http.get("/audit", params={"limit": 3})).json()
    second = (await http.get("/audit", params={"limit": 3, "cursor": first["next"]})).json()

    ids = [each["id"] for each in first["items"] + second["items"]]
    assert ids == (await make.ids(firm.actor))[::-1][:6]


async def test_a_time_goes_with_every_filter(http: AsyncClient, firm: Firm) -> None:
    subject_id = uuid4()
    await make.entries(firm.actor, 1, subject_id=subject_id)
    now = datetime.now(UTC)

    async def count(**when: datetime) -> int:
        named = {"from" if name == "since" else "to": at.isoformat() for name, at in when.items()}
        answer = await http.get("/audit", params={"subject_id": str(subject_id), **named})
        return len(answer.json()["items"])

    assert await count(since=now - timedelta(minutes=1)) == 1
    assert await count(since=now + timedelta(minutes=1)) == 0
    assert await count(until=now - timedelta(minutes=1)) == 0


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("entity=client&action=client.updated", "unsupported_filter"),
        ("tin_of=a21df409-6ce0-40e9-be58-0670d321fc5b&entity=client", "unsupported_filter"),
        ("subject_id=nobody", "invalid_request"),
        ("action=' OR 1=1", "invalid_request"),
        ("from=yesterday", "invalid_request"),
        ("from=2025-01-01T00:00:00", "invalid_request"),
        ("cursor=nonsense", "bad_cursor"),
        ("limit=201", "invalid_request"),
    ],
)
async def test_what_makes_no_sense_is_refused(http: AsyncClient, query: str, code: str) -> None:
    answer = await http.get(f"/audit?{query}")

    assert (answer.status_code, answer.json()["code"]) == (422, code)


class TestVerifying:
    async def test_a_trail_as_it_was_sealed(self, http: AsyncClient, firm: Firm) -> None:
        await seals.seal_entries(firm.organization_id)

        found = (await http.get("/audit/verify")).json()

        assert (found["is_intact"], found["broken"], found["seals"]) == (True, None, 1)
        assert found["tail"] == {"count": 0, "since": None, "is_overdue": False}

    async def test_a_trail_that_somebody_has_changed(
        self, http: AsyncClient, firm: Firm, database: str
    ) -> None:
        (changed,) = await make.entries(firm.actor, 1)
        await seals.seal_entries(firm.organization_id)
        make.tamper(
            database,
            "UPDATE audit_entries SET detail = '{}', ip = '::1' WHERE id = %(id)s",
            id=changed,
        )

        answer = await http.get("/audit/verify")

        assert answer.status_code == 200
        assert answer.json()["is_intact"] is False
        assert answer.json()["broken"] == {
            "reason": "entry_changed",
            "seal": 1,
            "entry_id": changed,
        }

    async def test_against_the_head_of_an_earlier_time(self, http: AsyncClient, firm: Firm) -> None:
        await seals.seal_entries(firm.organization_id)
        head = (await http.get("/audit/verify")).json()["head"]

        kept = await http.get("/audit/verify", params={"head": head})
        lost = await http.get("/audit/verify", params={"head": "1-" + "0" * 64})

        assert kept.json()["is_intact"] is True
        assert lost.json()["broken"] == {"reason": "head_missing", "seal": 1, "entry_id": None}

    @pytest.mark.parametrize("query", ["from=0", "from=x", "head=1", "head=2147483648000-ab"])
    async def test_from_nowhere_is_refused(self, http: AsyncClient, query: str) -> None:
        assert (await http.get(f"/audit/verify?{query}")).status_code == 422

    async def test_to_its_end_is_an_operation_for_who_prefers_that(
        self, http: AsyncClient, firm: Firm, durable: Durable
    ) -> None:
        await seals.seal_entries(firm.organization_id)

        answer = await http.get("/audit/verify", headers={"prefer": "respond-async"})

        assert answer.status_code == 202
        assert answer.headers["preference-applied"] == "respond-async"
        where = answer.headers["location"].removeprefix("/api/v1")
        assert any(answer.json()["id"] in instance for instance in durable.started)
        operation_id = UUID(answer.json()["id"])
        await running.advance(system(firm.organization_id), operation_id, WORK)
        ended = (await http.get(where)).json()
        at_once = (await http.get("/audit/verify")).json()
        assert (ended["state"], ended["percent"]) == ("succeeded", 100)
        assert ended["result"]["head"] == at_once["head"]
        assert ended["result"].keys() == at_once.keys()

    async def test_is_not_in_every_plan(self, http: AsyncClient, firm: Firm, database: str) -> None:
        make.tamper(
            database,
            "UPDATE organizations SET plan = 'starter' WHERE id = %(firm)s",
            firm=firm.organization_id,
        )

        answer = await http.get("/audit/verify")

        assert (answer.status_code, answer.json()["code"]) == (402, "plan_limit_reached")


@pytest.mark.parametrize("role", [Role.SENIOR_CPA, Role.STAFF, Role.INTERN, Role.CLIENT])
async def test_staff_and_clients_do_not_read_it(firm: Firm, durable: Durable, role: Role) -> None:
    async with client_of(await colleague(firm, role), durable) as theirs:
        answers = [await theirs.get("/audit"), await theirs.get("/audit/verify")]

    assert [answer.status_code for answer in answers] == [403, 403]


async def test_another_firm_finds_nothing_by_our_ids(
    firm: Firm, other_firm: Firm, durable: Durable
) -> None:
    async with client_of(other_firm, durable) as theirs:
        by_subject = await theirs.get("/audit", params={"subject_id": str(firm.client_id)})
        by_user = await theirs.get("/audit", params={"user_id": str(firm.actor.user_id)})
        by_tin = await theirs.get("/audit", params={"tin_of": str(firm.client_id)})

    assert [each.json()["items"] for each in (by_subject, by_user, by_tin)] == [[], [], []]
