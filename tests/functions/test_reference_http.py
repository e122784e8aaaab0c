"""The page that shows the API, and what it loads."""

import re
from collections.abc import AsyncGenerator

import pytest
from httpx import AsyncClient

from functions.http import openapi
from tests.functions.transport import AreaTransport, Durable
from tests.make.identity import ISSUER


@pytest.fixture
async def anyone(durable: Durable) -> AsyncGenerator[AsyncClient]:
    """Nobody is signed in."""
    async with AsyncClient(transport=AreaTransport(durable), base_url="http://test") as client:
        yield client


async def test_the_page_loads_nothing_from_elsewhere(anyone: AsyncClient) -> None:
    page = await anyone.get("/api/docs")

    assert page.status_code == 200
    assert page.headers["content-type"].startswith("text/html")
    named = re.findall(r"""(?:src|href)\s*=\s*["']([^"']*)["']""", page.text)
    assert {"/api/docs/openapi.json", "/api/docs/assets/swagger-ui-bundle.js"} <= set(named)
    assert [address for address in named if "//" in address] == []


async def test_the_page_runs_no_code_that_is_written_into_it(anyone: AsyncClient) -> None:
    page = await anyone.get("/api/docs")

    policy = dict(
        each.split(maxsplit=1) for each in page.headers["content-security-policy"].split("; ")
    )
    assert policy["default-src"] == policy["frame-ancestors"] == "'none'"
    assert policy["script-src"] == "'self'"
    assert policy["connect-src"] == f"'self' {ISSUER}"
    assert re.findall(r"<script(?![^>]* src=)|\son\w+=", page.text) == []


@pytest.mark.parametrize(
    ("name", "kind"), [("swagger-ui-bundle.js", "text/javascript"), ("swagger-ui.css", "text/css")]
)
async def test_its_assets_come_with_us(anyone: AsyncClient, name: str, kind: str) -> None:
    asset = await anyone.get(f"/api/docs/assets/{name}")

    assert asset.status_code == 200
    assert asset.headers["content-type"].startswith(kind)
    assert len(asset.content) > 10_000
    assert "max-age" in asset.headers["cache-control"]


async def test_the_stylesheet_loads_nothing_from_elsewhere(anyone: AsyncClient) -> None:
    sheet = (await anyone.get("/api/docs/assets/swagger-ui.css")).text

    assert re.findall(r"@import|url\(\s*[\"']?(?:https?:)?//", sheet) == []


@pytest.mark.parametrize(
    "name",
    ["nothing.js", "__init__.py", "..%2F__init__.py", "../__init__.py", "redoc.standalone.js"],
)
async def test_no_other_file_is_given_out(anyone: AsyncClient, name: str) -> None:
    answer = await anyone.get(f"/api/docs/assets/{name}")

    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"


async def test_the_document_is_the_one_that_is_committed(anyone: AsyncClient) -> None:
    answer = await anyone.get("/api/docs/openapi.json")

    assert answer.headers["content-type"] == "application/json"
    assert answer.content == openapi.DOCUMENT.read_bytes()
    assert answer.json()["openapi"].startswith("3.1")


async def test_health_is_for_anyone_to_ask(anyone: AsyncClient, storage: None) -> None:
    answer = await anyone.get("/api/health")

    assert answer.status_code == 200
    assert answer.json() == {"database": "ok", "storage": "ok", "cache": "ok"}
