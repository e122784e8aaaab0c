"""Every answer tells browsers to make nothing of it but what it is."""

import json
from uuid import uuid4

import azure.functions as func
import pytest
from httpx import AsyncClient

from functions.http import openapi
from functions.http.api import create_area
from functions.http.bridge import answer as run
from functions.http.headers import EVERY_ANSWER
from shared.clients import clients
from shared.clients.models import NewClient
from tests.functions.edges import client
from tests.functions.transport import AreaTransport, Durable
from tests.make.identity import Firm


@pytest.fixture
def page() -> AsyncClient:
    return AsyncClient(transport=AreaTransport(Durable()), base_url="http://test/api")


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/things", 200),
        ("HEAD", "/things", 405),
        ("GET", "/things/not-an-id", 422),
        ("GET", "/nothing/here", 404),
        ("PUT", "/things", 405),
        ("POST", "/things/refused", 409),
        ("GET", "/things/broken/down", 500),
    ],
)
async def test_every_answer_has_them(method: str, path: str, status: int) -> None:
    answer = await client().request(method, path)

    assert answer.status_code == status
    assert answer.headers.items() >= EVERY_ANSWER.items()


async def test_data_can_neither_run_nor_be_framed_nor_guessed_at() -> None:
    headers = (await client().get("/things")).headers

    assert "default-src 'none'" in headers["content-security-policy"]
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["cache-control"] == "no-store"
    assert headers["strict-transport-security"].startswith("max-age=63072000")


async def test_a_problem_of_the_bridge_itself_has_them() -> None:
    request = func.HttpRequest("GET", "http://[/api/v1/clients", body=b"")
    made = await run(create_area("unknown"), request, {"request_id": "request-1"})

    assert made.status_code == 400
    assert set(made.headers.keys()) >= set(EVERY_ANSWER)
    assert made.headers["x-request-id"] == "request-1"


async def test_the_bridges_answer_to_a_broken_app_has_them() -> None:
    async def broken(_scope: object, _receive: object, _send: object) -> None:
        raise RuntimeError("hunter2")

    request = func.HttpRequest("GET", "http://test/api/v1/clients", body=b"")
    made = await run(broken, request, {"request_id": "request-1"})

    assert made.status_code == 500
    assert set(made.headers.keys()) >= set(EVERY_ANSWER)


@pytest.mark.parametrize("path", ["/docs", "/review"])
async def test_a_page_has_a_policy_of_its_own(page: AsyncClient, path: str) -> None:
    headers = (await page.get(path)).headers
    policy = headers["content-security-policy"]

    assert "script-src 'self'" in policy
    assert "'unsafe-eval'" not in policy
    assert "'unsafe-inline'" not in policy.partition("script-src")[2].partition(";")[0]
    assert "frame-ancestors 'none'" in policy
    assert headers["x-content-type-options"] == "nosniff"


async def test_a_route_nobody_has_is_a_problem_document() -> None:
    request = func.HttpRequest("GET", f"http://test/api/v1/{uuid4()}", body=b"")
    made = await run(create_area("unknown"), request, {"request_id": "request-1"})

    assert made.status_code == 404
    assert made.headers["content-type"] == "application/problem+json"
    assert json.loads(made.get_body())["code"] == "not_found"


class TestStoredText:
    """What people have typed in is data, and no browser takes it for a page."""

    def test_no_route_of_the_api_answers_with_a_page(self) -> None:
        for path, operations in openapi.describe()["paths"].items():
            for method, operation in operations.items():
                kinds = {
                    kind
                    for answer in operation["responses"].values()
                    for kind in answer.get("content", {})
                }
                assert not {kind for kind in kinds if "html" in kind or "svg" in kind}, (
                    method,
                    path,
                )

    async def test_is_answered_as_data(self, http: AsyncClient, firm: Firm) -> None:
        name = "<script>alert('owned')</script>"
        await clients.add_client(firm.actor, uuid4(), NewClient(name=name))

        answer = await http.get("/clients")

        assert name in {each["name"] for each in answer.json()["items"]}
        assert answer.headers["content-type"] == "application/json"
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert "default-src 'none'" in answer.headers["content-security-policy"]

    async def test_is_not_repeated_by_a_page(self, page: AsyncClient) -> None:
        """The pages are shells: nothing in them comes from a request or a row."""
        for path in ("/docs", "/review"):
            plain = await page.get(path)
            asked = await page.get(path, params={"q": "<script>owned"}, headers={"x-a": "owned"})
            assert "owned" not in asked.text
            assert asked.status_code in (200, 422)
            assert plain.headers["content-type"].startswith("text/html")
