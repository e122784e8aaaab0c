"""The invitations area over HTTP."""

from uuid import uuid4

import pytest
from httpx import AsyncClient, Response

from shared.platform.actor import Role
from tests.conftest import client_of
from tests.functions.transport import Durable
from tests.make import identity as make
from tests.make.identity import Firm, colleague

NORA = {"email": "Nora@New.test", "name": "Nora New", "role": "cpa"}


async def accept(http: AsyncClient, secret: str, subject: str) -> Response:
    return await http.post(
        "/invitations/accept",
        json={"secret": secret},
        headers={"authorization": f"Bearer {make.token(subject)}"},
    )


async def test_somebody_new_comes_in_by_an_invitation(http: AsyncClient) -> None:
    subject = str(uuid4())
    theirs = {"authorization": f"Bearer {make.token(subject)}"}
    sent = await http.post("/invitations", json=NORA)

    before = await http.get("/members", headers=theirs)
    joined = await accept(http, sent.json()["secret"], subject)
    after = await http.get("/members", headers=theirs)

    assert sent.status_code == 201
    assert before.status_code == 403
    assert (joined.status_code, joined.json()["role"]) == (200, "cpa")
    assert after.status_code == 200


async def test_the_secret_is_shown_once(http: AsyncClient) -> None:
    sent = await http.post("/invitations", json=NORA)

    one = await http.get(f"/invitations/{sent.json()['id']}")
    many = await http.get("/invitations")

    assert "secret" not in one.json()
    assert sent.json()["secret"] not in one.text + many.text
    assert [each["id"] for each in many.json()["items"]] == [one.json()["id"]]


async def test_the_same_request_twice_is_one_invitation_with_one_secret(http: AsyncClient) -> None:
    key = {"idempotency-key": str(uuid4())}

    first = await http.post("/invitations", json=NORA, headers=key)
    again = await http.post("/invitations", json=NORA, headers=key)

    assert first.json() == again.json()
    assert len((await http.get("/invitations")).json()["items"]) == 1


async def test_it_is_made_anew_and_revoked(http: AsyncClient) -> None:
    sent = (await http.post("/invitations", json=NORA)).json()

    renewed = await http.post(f"/invitations/{sent['id']}/resend")
    allowed = await http.get(f"/invitations/{sent['id']}/actions")
    revoked = await http.delete(f"/invitations/{sent['id']}")
    refused = await http.delete(f"/invitations/{sent['id']}")

    assert renewed.json()["secret"] != sent["secret"]
    assert [each["allowed"] for each in allowed.json()] == [True, True]
    assert (revoked.status_code, revoked.content) == (204, b"")
    assert (refused.status_code, refused.json()["code"]) == (409, "invitation_not_open")
    for secret in (sent["secret"], renewed.json()["secret"], "aos_inv_guessed"):
        dead = await accept(http, secret, str(uuid4()))
        assert (dead.status_code, dead.json()["code"]) == (410, "invitation_not_valid")


async def test_nobody_accepts_without_having_signed_in(http: AsyncClient) -> None:
    sent = (await http.post("/invitations", json=NORA)).json()

    for bearer in ("", "Bearer nonsense", f"Bearer {make.token('x', aud='somebody-else')}"):
        answer = await http.post(
            "/invitations/accept",
            json={"secret": sent["secret"]},
            headers={"authorization": bearer},
        )
        assert answer.status_code == 401


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({"role": "system"}, 422, "invalid_request"),
        ({"role": "client"}, 422, "client_mismatch"),
        ({"role": "client", "client_id": str(uuid4())}, 422, "unknown_reference"),
        ({"email": "nobody"}, 422, "invalid_request"),
        ({"name": " "}, 422, "invalid_request"),
        ({"secret": "mine"}, 422, "invalid_request"),
    ],
)
async def test_what_makes_no_sense_is_refused(
    http: AsyncClient, change: dict[str, object], status: int, code: str
) -> None:
    answer = await http.post("/invitations", json=NORA | change)

    assert (answer.status_code, answer.json()["code"]) == (status, code)


async def test_inviting_is_not_for_everybody(firm: Firm, durable: Durable) -> None:
    async with client_of(await colleague(firm, Role.MANAGER), durable) as manager:
        assert (await manager.post("/invitations", json=NORA)).status_code == 403
        assert (await manager.get("/invitations")).status_code == 403
    async with client_of(await colleague(firm, Role.ADMIN), durable) as admin:
        above = await admin.post("/invitations", json=NORA | {"role": "owner"})

    assert (above.status_code, above.json()["code"]) == (403, "role_above_own")


async def test_another_firms_invitation_looks_as_one_that_is_not_there(
    http: AsyncClient, other_firm: Firm, durable: Durable
) -> None:
    sent = (await http.post("/invitations", json=NORA)).json()

    async with client_of(other_firm, durable) as theirs:
        for answer in (
            await theirs.get(f"/invitations/{sent['id']}"),
            await theirs.get(f"/invitations/{sent['id']}/actions"),
            await theirs.post(f"/invitations/{sent['id']}/resend"),
            await theirs.delete(f"/invitations/{sent['id']}"),
        ):
            assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
