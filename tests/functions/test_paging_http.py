from uuid import uuid4

import pytest
from httpx import AsyncClient

from shared.clients import clients
from shared.clients.models import NewClient
from tests.conftest import client_of
from tests.functions.transport import Durable
from tests.make import documents as make
from tests.make.identity import Firm


async def walk(http: AsyncClient, path: str, limit: int) -> list[str]:
    """Every item's id, page by page."""
    found: list[str] = []
    cursor: str | None = None
    for _ in range(20):
        asked = {"limit": str(limit)} | ({"cursor": cursor} if cursor else {})
        page = (await http.get(path, params=asked)).json()
        assert len(page["items"]) <= limit
        found += [item["id"] for item in page["items"]]
        cursor = page["next"]
        if cursor is None:
            return found
    raise AssertionError("The list has no end")


@pytest.fixture
async def full(firm: Firm, storage: None) -> None:
    """Five clients, and five documents."""
    for number in range(4):
        await clients.add_client(firm.actor, uuid4(), NewClient(name=f"Client {number}"))
    for _ in range(5):
        await make.expected(firm)


@pytest.mark.parametrize("path", ["/clients", "/documents", "/documents?state=expected"])
async def test_pages_together_are_the_list(http: AsyncClient, full: None, path: str) -> None:
    whole = await walk(http, path, 200)

    assert len(whole) == 5
    for limit in (1, 2, 4, 5):
        assert await walk(http, path, limit) == whole


@pytest.mark.parametrize("path", ["/clients", "/documents", "/documents?state=expected"])
async def test_the_page_before_is_the_page_one_came_from(
    http: AsyncClient, full: None, path: str
) -> None:
    first = (await http.get(path, params={"limit": 2})).json()
    second = (await http.get(path, params={"limit": 2, "cursor": first["next"]})).json()
    third = (await http.get(path, params={"limit": 2, "cursor": second["next"]})).json()
    back = (await http.get(path, params={"limit": 2, "cursor": third["prev"]})).json()
    start = (await http.get(path, params={"limit": 2, "cursor": back["prev"]})).json()

    assert (back, start["items"]) == (second, first["items"])
    assert first["prev"] is start["prev"] is third["next"] is None


async def test_a_cursor_is_good_for_the_filters_it_was_given_out_with(
    http: AsyncClient, full: None
) -> None:
    given = (await http.get("/documents?state=expected&limit=2")).json()["next"]

    for asked in ({}, {"state": "failed"}, {"state": "expected", "kind": "w2"}):
        answer = await http.get("/documents", params=asked | {"cursor": given})
        assert (answer.status_code, answer.json()["code"]) == (422, "bad_cursor")


async def test_a_cursor_of_another_firm_is_refused(
    http: AsyncClient, full: None, other_firm: Firm, durable: Durable
) -> None:
    given = (await http.get("/clients?limit=2")).json()["next"]

    async with client_of(other_firm, durable) as theirs:
        answer = await theirs.get("/clients", params={"cursor": given})

    assert (answer.status_code, answer.json()["code"]) == (422, "bad_cursor")


@pytest.mark.parametrize(
    ("giver", "taker"),
    [
        ("/clients", "/documents"),
        ("/documents", "/clients"),
        ("/clients", "/documents/review-queue"),
    ],
)
async def test_a_cursor_of_another_list_is_refused(
    http: AsyncClient, full: None, giver: str, taker: str
) -> None:
    cursor = (await http.get(giver, params={"limit": 1})).json()["next"]
    answer = await http.get(taker, params={"cursor": cursor})

    assert (answer.status_code, answer.json()["code"]) == (422, "bad_cursor")


@pytest.mark.parametrize("path", ["/clients", "/documents", "/documents/review-queue"])
@pytest.mark.parametrize("cursor", ["x", "bm90aGluZw", "e30", "%00", "../..", "' OR 1=1 --"])
async def test_a_cursor_nobody_gave_out_is_refused(
    http: AsyncClient, path: str, cursor: str
) -> None:
    answer = await http.get(path, params={"cursor": cursor})

    assert (answer.status_code, answer.json()["code"]) == (422, "bad_cursor")
