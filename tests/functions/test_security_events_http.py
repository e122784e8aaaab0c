"""The security-events area over HTTP."""

import pytest
from httpx import AsyncClient

from shared.platform.actor import Role
from shared.platform.alerts import AlertKind
from shared.platform.db import transaction
from shared.platform.messages import Alert
from tests.conftest import client_of
from tests.functions.transport import Durable
from tests.make.identity import Firm, colleague


async def happened(firm: Firm, kind: AlertKind) -> None:
    async with transaction(firm.actor) as tx:
        await tx.alert(Alert(kind=kind, detail={"place": "elsewhere"}))


async def test_they_are_listed_with_what_they_mean(http: AsyncClient, firm: Firm) -> None:
    await happened(firm, AlertKind.SESSION_REVOKED)

    answer = await http.get("/security-events", params={"kind": "session_revoked"})

    (event,) = answer.json()["items"]
    assert (event["kind"], event["user_id"]) == ("session_revoked", str(firm.actor.user_id))
    assert event["meaning"].startswith("A session was ended")
    assert event["detail"] == {"place": "elsewhere"}


async def test_reading_the_audit_trail_is_one(http: AsyncClient, firm: Firm) -> None:
    await http.get("/audit")

    answer = await http.get(
        "/security-events", params={"kind": "audit_read", "user_id": str(firm.actor.user_id)}
    )

    assert len(answer.json()["items"]) == 1


@pytest.mark.parametrize("query", ["kind=nonsense", "user_id=1", "from=now", "cursor=x"])
async def test_what_makes_no_sense_is_refused(http: AsyncClient, query: str) -> None:
    assert (await http.get(f"/security-events?{query}")).status_code == 422


@pytest.mark.parametrize("role", [Role.SENIOR_CPA, Role.STAFF, Role.INTERN, Role.CLIENT])
async def test_staff_and_clients_do_not_read_them(firm: Firm, durable: Durable, role: Role) -> None:
    async with client_of(await colleague(firm, role), durable) as theirs:
        assert (await theirs.get("/security-events")).status_code == 403


async def test_another_firm_finds_none_of_ours(
    firm: Firm, other_firm: Firm, durable: Durable
) -> None:
    await happened(firm, AlertKind.SESSION_REVOKED)

    async with client_of(other_firm, durable) as theirs:
        answer = await theirs.get("/security-events", params={"kind": "session_revoked"})

    assert answer.json()["items"] == []
