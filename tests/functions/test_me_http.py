"""Who am I, in which firm, and what may I do there."""

from uuid import uuid4

from httpx import AsyncClient

from shared.identity import api_keys, organizations
from shared.identity.access_models import NewApiKey
from shared.identity.models import NewMember
from shared.identity.permissions import ROLES, Permission
from shared.platform.actor import Role
from tests.conftest import client_of
from tests.functions.transport import Durable
from tests.make.identity import ISSUER, Firm, colleague, token


def bearer(value: str) -> dict[str, str]:
    return {"authorization": f"Bearer {value}"}


class TestMe:
    async def test_tells_the_person_the_firm_and_what_the_role_may(
        self, http: AsyncClient, firm: Firm
    ) -> None:
        answer = await http.get("/me")

        assert answer.status_code == 200
        me = answer.json()
        assert me["user"] == {
            "id": str(firm.actor.user_id),
            "name": "Somebody",
            "email": f"{firm.subject}@firm.test",
        }
        assert me["organization"] == {
            "id": str(firm.organization_id),
            "name": "Ledger & Daughters",
            "plan": "enterprise",
        }
        assert me["role"] == "owner"
        assert me["permissions"] == sorted(ROLES[Role.OWNER])
        assert me["session_id"]
        assert (me["api_key_id"], me["client_id"], me["has_second_factor"]) == (None, None, True)

    async def test_tells_a_client_which_client(self, firm: Firm, durable: Durable) -> None:
        async with client_of(await colleague(firm, Role.CLIENT), durable) as client:
            me = (await client.get("/me")).json()

        assert (me["role"], me["client_id"]) == ("client", str(firm.client_id))

    async def test_tells_a_program_what_its_key_leaves_it(
        self, http: AsyncClient, firm: Firm
    ) -> None:
        new = NewApiKey(name="A key", scopes=[Permission.READ_CLIENTS])
        key = await api_keys.issue_key(firm.actor, new)

        me = (await http.get("/me", headers=bearer(key.secret))).json()

        assert me["permissions"] == ["clients:read"]
        assert (me["api_key_id"], me["session_id"]) == (str(key.id), None)
        assert not me["has_second_factor"]


class TestMyOrganizations:
    async def test_are_all_one_belongs_to_and_no_other(
        self, http: AsyncClient, firm: Firm, other_firm: Firm
    ) -> None:
        also = NewMember(
            issuer=ISSUER, subject=firm.subject, email="ada@both.test", name="Ada", role=Role.STAFF
        )
        await organizations.add_member(other_firm.actor, also)
        await organizations.suspend_organization(other_firm.organization_id)

        found = (await http.get("/me/organizations")).json()

        assert sorted(found, key=lambda each: each["role"]) == [
            {
                "id": str(firm.organization_id),
                "name": "Ledger & Daughters",
                "role": "owner",
                "is_active": True,
            },
            {
                "id": str(other_firm.organization_id),
                "name": "Ledger & Daughters",
                "role": "staff",
                "is_active": False,
            },
        ]

    async def test_are_none_for_somebody_nobody_has_let_in(self, http: AsyncClient) -> None:
        answer = await http.get("/me/organizations", headers=bearer(token(str(uuid4()))))

        assert (answer.status_code, answer.json()) == (200, [])

    async def test_are_for_people(self, http: AsyncClient, firm: Firm) -> None:
        new = NewApiKey(name="A key", scopes=[Permission.READ_CLIENTS])
        key = await api_keys.issue_key(firm.actor, new)

        answer = await http.get("/me/organizations", headers=bearer(key.secret))

        assert (answer.status_code, answer.json()["code"]) == (401, "unauthenticated")
