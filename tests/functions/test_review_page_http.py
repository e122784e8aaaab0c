"""The shell of the review page: what comes with it, and what a browser may do with it."""

import re
from collections.abc import AsyncGenerator

import pytest
from httpx import AsyncClient

from functions.http import errors, openapi, pages
from shared.documents.guide import FieldGroup
from shared.documents.models import DocumentState
from shared.platform.actor import Role
from tests.functions.transport import AreaTransport, Durable
from tests.make.identity import ISSUER

FOR_PEOPLE = (401, 403, 404, 409, 412, 428, 429)
OF_THE_PAGE = (
    "shared.documents.",
    "shared.identity.idempotency",
    "shared.identity.refusals",
    "shared.platform.",
)
NEVER_MET = {"invalid_api_key", "nothing_sealed", "people_only", "unknown_field"}
"""The page has no API key, reveals nothing, and corrects the fields it was told of."""


@pytest.fixture
async def anyone(durable: Durable) -> AsyncGenerator[AsyncClient]:
    """Nobody is signed in."""
    async with AsyncClient(transport=AreaTransport(durable), base_url="http://test") as client:
        yield client


async def assets(anyone: AsyncClient) -> list[str]:
    page = (await anyone.get("/api/review")).text
    (folder,) = set(re.findall(r'"(/api/review/\w+)/', page))
    return [f"{folder}/{path.name}" for path in pages.ASSETS.glob("*.[jcs][sv]*")]


async def test_the_page_may_run_its_own_scripts_and_talk_to_the_issuer_alone(
    anyone: AsyncClient,
) -> None:
    page = await anyone.get("/api/review")

    policy = dict(
        each.split(maxsplit=1) for each in page.headers["content-security-policy"].split("; ")
    )
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == policy["style-src"] == "'self'"
    assert policy["connect-src"] == f"'self' {ISSUER}"
    assert policy["require-trusted-types-for"] == "'script'"
    assert "unsafe" not in page.headers["content-security-policy"]
    assert page.headers["x-frame-options"] == "DENY"
    assert page.headers["x-content-type-options"] == "nosniff"
    assert page.headers["referrer-policy"] == "no-referrer"


async def test_the_page_has_no_script_or_style_of_its_own(anyone: AsyncClient) -> None:
    page = (await anyone.get("/api/review")).text

    assert re.findall(r"<script(?![^>]* src=)|<style|\son\w+=|\sstyle=", page) == []


async def test_the_page_is_sent_once(anyone: AsyncClient) -> None:
    page = await anyone.get("/api/review")

    again = await anyone.get("/api/review", headers={"if-none-match": page.headers["etag"]})

    assert (again.status_code, again.content) == (304, b"")


async def test_every_asset_comes_with_us_for_good(anyone: AsyncClient) -> None:
    for address in await assets(anyone):
        asset = await anyone.get(address)

        assert asset.status_code == 200, address
        assert "immutable" in asset.headers["cache-control"]
        assert re.findall(r"""(?:from|url\(|import\()\s*["']?(?:https?:)?//""", asset.text) == []


async def test_an_asset_imports_only_what_is_there(anyone: AsyncClient) -> None:
    names = {path.name for path in pages.ASSETS.iterdir()}

    for address in await assets(anyone):
        imported = re.findall(r"from '\./([\w.]+)'", (await anyone.get(address)).text)
        assert set(imported) <= names, address


@pytest.mark.parametrize("name", ["index.html", "nothing.js", "..%2Freview_page.py", "../api.py"])
async def test_no_other_file_is_given_out(anyone: AsyncClient, name: str) -> None:
    folder = (await assets(anyone))[0].rsplit("/", 1)[0]

    assert (await anyone.get(f"{folder}/{name}")).status_code == 404


def test_every_reason_to_wait_is_said_in_words() -> None:
    errors = (openapi.DOCUMENT.parent / "errors.md").read_text()
    waits = errors.split("## Why a document waits for a person")[1].split("\n## ")[0]
    words = (pages.ASSETS / "words.js").read_text()

    for code in re.findall(r"^\| `(\w+)`", waits, re.MULTILINE):
        assert f"  {code}: '" in words, code


def test_every_state_group_and_role_is_said_in_words() -> None:
    words = (pages.ASSETS / "words.js").read_text()

    people = [role for role in Role if role is not Role.SYSTEM]
    named = (*DocumentState, *FieldGroup, *people)
    assert [each for each in named if f"  {each}: '" not in words] == []


def test_every_error_that_the_page_can_meet_is_said_in_words() -> None:
    """Of what is wrong with a request itself the page says what the API says."""
    words = (pages.ASSETS / "words.js").read_text()
    said = words.partition("export const PROBLEMS = {")[2].partition("\n};")[0]

    met = {
        error.code
        for error in errors.classes()
        if error.status in FOR_PEOPLE and error.__module__.startswith(OF_THE_PAGE)
    }

    assert {"mfa_required", "session_revoked", "review_not_open", "rate_limited"} <= met
    assert [code for code in sorted(met - NEVER_MET) if f"  {code}: [" not in said] == []


async def test_an_older_version_is_gone(anyone: AsyncClient) -> None:
    """Half of one version and half of another would be a page that nobody has tested."""
    assert (await anyone.get("/api/review/000000000000/app.js")).status_code == 404
