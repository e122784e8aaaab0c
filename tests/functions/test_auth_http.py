"""Who may come in, over HTTP; what each role may do is the domain's to say."""

import re
from uuid import UUID, uuid4

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from httpx import AsyncClient

from functions.http import openapi
from shared.identity import organizations
from shared.identity.key_format import new_key
from shared.identity.models import NewMember
from shared.platform.actor import Role
from shared.platform.db import transaction
from tests.conftest import client_of
from tests.functions.transport import Durable
from tests.make.identity import ISSUER, Firm, colleague, token

ANOTHER_KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
SOME_ID = str(UUID(int=1))
WORDS = {"page": "1", "name": "box_1"}
FOR_WHOEVER_IS_PROVED = {("GET", "/me/organizations"), ("POST", "/invitations/accept")}
PROTECTED = sorted(
    (method.upper(), path.removeprefix("/api/v1"))
    for path, methods in openapi.describe()["paths"].items()
    for method in methods
    if path.startswith("/api/v1/")
)


def at(path: str) -> str:
    return re.sub(r"{(\w+)}", lambda found: WORDS.get(found[1], SOME_ID), path)


def bearer(value: str) -> dict[str, str]:
    return {"authorization": f"Bearer {value}"}


class TestEveryRoute:
    @pytest.mark.parametrize(("method", "path"), PROTECTED)
    async def test_turns_away_whoever_shows_no_token(
        self, http: AsyncClient, method: str, path: str
    ) -> None:
        """Before it looks at anything else in the request."""
        del http.headers["authorization"]
        answer = await http.request(method, at(path))

        assert (answer.status_code, answer.json()["code"]) == (401, "unauthenticated")
        assert answer.headers["www-authenticate"] == "Bearer"
        assert answer.headers["content-type"] == "application/problem+json"

    @pytest.mark.parametrize(("method", "path"), sorted(set(PROTECTED) - FOR_WHOEVER_IS_PROVED))
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


class TestASignInWithoutASecondFactor:
    async def test_is_refused_to_whoever_may_see_tins_and_told_how_to_go_on(
        self, http: AsyncClient, firm: Firm
    ) -> None:
        simple = bearer(token(firm.subject, amr=["pwd"]))
        answer = await http.get("/clients", headers=simple)

        assert (answer.status_code, answer.json()["code"]) == (403, "mfa_required")
        challenge = answer.headers["www-authenticate"]
        assert challenge.startswith('Bearer error="insufficient_user_authentication"')

    async def test_is_enough_for_an_intern(self, http: AsyncClient, firm: Firm) -> None:
        intern = await colleague(firm, Role.INTERN)
        simple = bearer(token(intern.subject, amr=["pwd"]))

        assert (await http.get("/me", headers=simple)).status_code == 200


async def test_what_is_done_is_audited_with_where_it_came_from(
    http: AsyncClient, firm: Firm
) -> None:
    came = {"x-forwarded-for": "198.51.100.9, 203.0.113.7:41000", "user-agent": "x" * 1000}
    await http.post("/api-keys", json={"name": "A", "scopes": ["clients:read"]}, headers=came)

    async with transaction(firm.actor) as tx:
        entry = await tx.value(
            dict,
            """
            SELECT to_jsonb(a) FROM audit_entries AS a WHERE action = 'api_key.issued'
            """,
        )
    assert (entry["ip"], entry["user_agent"]) == ("203.0.113.7", "x" * 400)
    assert entry["request_id"] == "request-1"
    assert entry["session_id"]


async def test_nothing_of_a_token_or_key_is_ever_said(
    http: AsyncClient, firm: Firm, caplog: pytest.LogCaptureFixture
) -> None:
    """Neither in an answer nor in the log, whatever is wrong with it."""
    made = await http.post("/api-keys", json={"name": "A", "scopes": ["clients:read"]})
    key = made.json()["secret"]
    secrets = [
        token(firm.subject, exp=1),
        token(firm.subject, key=ANOTHER_KEY),
        token(str(uuid4())),
        token(firm.subject, amr=["pwd"]),
        token(firm.subject)[:-4] + "AAAA",
        key[:-1],
        str(new_key(made.json()["prefix"])),
        str(new_key()),
    ]
    with caplog.at_level("DEBUG"):
        answers = [await http.get("/clients", headers=bearer(each)) for each in secrets]

    assert {each.status_code for each in answers} <= {401, 403}
    said = caplog.text + "".join(f"{each.text}{each.headers}" for each in answers)
    for secret in secrets:
        for part in secret.replace("_", ".").split("."):
            assert len(part) < 20 or part not in said
