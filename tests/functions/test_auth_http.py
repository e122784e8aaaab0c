"""Who may come in, over HTTP; what each role may do is the domain's to say."""

from uuid import UUID, uuid4

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from httpx import AsyncClient

from functions.http import openapi
from shared.identity import organizations
from shared.identity.models import NewMember
from shared.platform.actor import Role
from tests.conftest import client_of
from tests.functions.transport import Durable
from tests.make.identity import ISSUER, Firm, colleague, token

ANOTHER_KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
SOME_ID = str(UUID(int=1))
PROTECTED = sorted(
    (method.upper(), path.removeprefix("/api/v1"))
    for path, methods in openapi.describe()["paths"].items()
    for method in methods
    if path.startswith("/api/v1/")
)


def at(path: str) -> str:
    for name, value in (
        ("{client_id}", SOME_ID),
        ("{document_id}", SOME_ID),
        ("{page}", "1"),
        ("{name}", "box_1"),
    ):
        path = path.replace(name, value)
    return path


def bearer(value: str) -> dict[str, str]:
    return {"authorization": f"Bearer {value}"}


@pytest.mark.parametrize(("method", "path"), PROTECTED)
class TestEveryRoute:
    async def test_turns_away_whoever_shows_no_token(
        self, http: AsyncClient, method: str, path: str
    ) -> None:
        """Before it looks at anything else in the request."""
        del http.headers["authorization"]
        answer = await http.request(method, at(path))

        assert (answer.status_code, answer.json()["code"]) == (401, "unauthenticated")
        assert answer.headers["www-authenticate"] == "Bearer"
        assert answer.headers["content-type"] == "application/problem+json"

    async def test_turns_away_whoever_belongs_to_no_firm(
        self, http: AsyncClient, method: str, path: str
    ) -> None:
        stranger = bearer(token(str(uuid4())))
        answer = await http.request(method, at(path), headers=stranger)

        assert (answer.status_code, answer.json()["code"]) == (403, "not_a_member")


@pytest.mark.parametrize("scheme", ["Basic YWRhOmFkYQ==", "Bearer", "Bearer ", "token", ""])
async def test_anything_but_a_bearer_token_is_no_token(http: AsyncClient, scheme: str) -> None:
    answer = await http.get("/clients", headers={"authorization": scheme})

    assert answer.status_code == 401


async def test_a_token_with_another_key_opens_nothing(http: AsyncClient, firm: Firm) -> None:
    forged = bearer(token(firm.subject, key=ANOTHER_KEY))
    answer = await http.get("/clients", headers=forged)

    assert (answer.status_code, answer.json()["code"]) == (401, "invalid_token")


async def test_an_expired_token_opens_nothing(http: AsyncClient, firm: Firm) -> None:
    answer = await http.get("/clients", headers=bearer(token(firm.subject, exp=1)))

    assert (answer.status_code, answer.json()["code"]) == (401, "invalid_token")


class TestXOrganization:
    async def test_naming_another_firm_opens_nothing(
        self, http: AsyncClient, other_firm: Firm
    ) -> None:
        theirs = {"x-organization": str(other_firm.organization_id)}
        answer = await http.get("/clients", headers=theirs)

        assert (answer.status_code, answer.json()["code"]) == (403, "not_a_member")

    async def test_naming_ones_own_firm_changes_nothing(
        self, http: AsyncClient, firm: Firm
    ) -> None:
        own = {"x-organization": str(firm.organization_id)}

        assert (await http.get("/clients", headers=own)).json() == (
            await http.get("/clients")
        ).json()

    async def test_is_needed_by_somebody_who_works_for_several(
        self, http: AsyncClient, firm: Firm, other_firm: Firm
    ) -> None:
        also = NewMember(
            issuer=ISSUER, subject=firm.subject, email="ada@both.test", name="Ada", role=Role.STAFF
        )
        await organizations.add_member(other_firm.actor, also)

        unsaid = await http.get("/clients")
        said = await http.get(
            f"/clients/{other_firm.client_id}",
            headers={"x-organization": str(other_firm.organization_id)},
        )

        assert (unsaid.status_code, unsaid.json()["code"]) == (422, "organization_required")
        assert said.status_code == 200

    async def test_that_is_no_id_is_pointed_at(self, http: AsyncClient) -> None:
        answer = await http.get("/clients", headers={"x-organization": "Ledger & Daughters"})

        assert answer.status_code == 422
        assert [each["pointer"] for each in answer.json()["errors"]] == ["/x-organization"]


async def test_a_role_that_may_not_is_told_so(firm: Firm, durable: Durable) -> None:
    async with client_of(await colleague(firm, Role.INTERN), durable) as intern:
        answer = await intern.get("/clients")

    assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")
