"""What one may do with a thing, over HTTP; members and invitations have theirs beside them."""

from uuid import uuid4

from httpx import AsyncClient

from shared.platform.actor import Role
from tests.conftest import client_of
from tests.functions.transport import Durable
from tests.make import documents as make
from tests.make.identity import Firm, colleague


async def test_a_documents_actions_say_why_not(
    http: AsyncClient, firm: Firm, storage: None
) -> None:
    document_id = await make.expected(firm)

    answer = await http.get(f"/documents/{document_id}/actions")

    assert answer.status_code == 200
    told = {each["name"]: each for each in answer.json()}
    assert told["accept"] == {
        "name": "accept",
        "allowed": False,
        "code": "review_not_open",
        "reason": "The document is expected",
    }


async def test_a_client_sees_what_it_may_not_do(
    firm: Firm, durable: Durable, storage: None
) -> None:
    document_id = await make.expected(firm)
    async with client_of(await colleague(firm, Role.CLIENT), durable) as client:
        answer = await client.get(f"/documents/{document_id}/actions")

    assert {each["code"] for each in answer.json()} == {"forbidden"}


async def test_a_document_that_is_not_there_has_none(
    http: AsyncClient, other_firm: Firm, storage: None
) -> None:
    theirs = await make.expected(other_firm)

    for document_id in (theirs, uuid4()):
        answer = await http.get(f"/documents/{document_id}/actions")
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
