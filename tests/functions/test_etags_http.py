"""A caller that has something already is told so; who changes it says which version was seen."""

from typing import Any

import pytest
from httpx import AsyncClient, Response

from tests.conftest import client_of
from tests.functions.transport import Durable
from tests.make.identity import Firm


@pytest.fixture
def url(firm: Firm) -> str:
    return f"/clients/{firm.client_id}"


async def ask(http: AsyncClient, url: str, held: str) -> Response:
    return await http.get(url, headers={"if-none-match": held})


async def rename(http: AsyncClient, url: str, seen: str | None, **change: Any) -> Response:
    headers = {} if seen is None else {"if-match": seen}
    return await http.patch(url, json={"name": "Grace"} | change, headers=headers)


@pytest.mark.parametrize("path", ["", "/{}", "/{}/actions"])
async def test_what_has_not_changed_is_not_sent_again(
    http: AsyncClient, firm: Firm, path: str
) -> None:
    url = "/clients" + path.format(firm.client_id)
    first = await http.get(url)
    again = await ask(http, url, first.headers["etag"])

    assert (again.status_code, again.content) == (304, b"")
    assert "content-type" not in again.headers
    for name in ("etag", "cache-control", "vary"):
        assert again.headers[name] == first.headers[name]
    assert first.headers["cache-control"] == "private, no-cache"
    assert {"Authorization", "X-Organization"} <= set(first.headers["vary"].split(", "))


@pytest.mark.parametrize("held", ["{}", "W/{}", '"x", {}', '"x",W/{} , "y"', "*"])
async def test_any_of_the_tags_held_will_do(http: AsyncClient, url: str, held: str) -> None:
    tag = (await http.get(url)).headers["etag"]

    assert (await ask(http, url, held.format(tag))).status_code == 304


@pytest.mark.parametrize("held", ['"x"', "x", '"', "", 'W/"1"', '"1"'])
async def test_another_tag_gets_an_answer(http: AsyncClient, url: str, held: str) -> None:
    assert (await ask(http, url, held)).status_code == 200


async def test_a_change_makes_another_tag(http: AsyncClient, url: str) -> None:
    before = await http.get(url)
    changed = await rename(http, url, before.headers["etag"])
    after = await ask(http, url, before.headers["etag"])

    assert (changed.status_code, after.status_code) == (200, 200)
    assert changed.headers["etag"] == after.headers["etag"] != before.headers["etag"]


async def test_a_list_changes_with_what_is_in_it(http: AsyncClient, url: str) -> None:
    before = (await http.get("/clients")).headers["etag"]
    await rename(http, url, (await http.get(url)).headers["etag"])

    assert (await ask(http, "/clients", before)).status_code == 200


async def test_an_error_has_no_tag(http: AsyncClient, other_firm: Firm) -> None:
    answer = await ask(http, f"/clients/{other_firm.client_id}", "*")

    assert answer.status_code == 404
    assert "etag" not in answer.headers


async def test_what_a_person_may_not_see_is_not_confirmed(
    http: AsyncClient, url: str, other_firm: Firm, durable: Durable
) -> None:
    held = (await http.get(url)).headers["etag"]
    async with client_of(other_firm, durable) as stranger:
        assert (await ask(stranger, url, held)).status_code == 404


class TestIfMatch:
    async def test_takes_back_the_tag_or_the_bare_version(
        self, http: AsyncClient, url: str
    ) -> None:
        seen = await http.get(url)
        first = await rename(http, url, seen.headers["etag"])
        second = await rename(http, url, f'"{first.json()["version"]}"', name="Hopper")

        assert (first.status_code, second.status_code) == (200, 200)

    async def test_of_what_has_changed_since_is_stale(self, http: AsyncClient, url: str) -> None:
        seen = (await http.get(url)).headers["etag"]
        await rename(http, url, seen)
        late = await rename(http, url, seen, name="Hopper")

        assert (late.status_code, late.json()["code"]) == (412, "stale")
        assert (await http.get(url)).json()["name"] == "Grace"

    @pytest.mark.parametrize("seen", [None, "", " ", "*"])
    async def test_that_names_no_version_changes_nothing(
        self, http: AsyncClient, url: str, seen: str | None
    ) -> None:
        tag = (await http.get(url)).headers["etag"]
        answer = await rename(http, url, seen)

        assert (answer.status_code, answer.json()["code"]) == (428, "if_match_required")
        assert (await http.get(url)).headers["etag"] == tag

    @pytest.mark.parametrize("seen", ["1", "W/{}", '{}, "2"', '"x"', '""', '"-1"', '"1-xyz"'])
    async def test_that_is_not_one_strong_tag_of_ours_is_stale(
        self, http: AsyncClient, url: str, seen: str
    ) -> None:
        tag = (await http.get(url)).headers["etag"]
        answer = await rename(http, url, seen.format(tag))

        assert (answer.status_code, answer.json()["code"]) == (412, "stale")
        assert (await http.get(url)).headers["etag"] == tag

    async def test_is_needed_to_delete_too(self, http: AsyncClient, url: str) -> None:
        assert (await http.delete(url)).status_code == 428
        assert (await http.delete(url, headers={"if-match": '"99"'})).status_code == 412
