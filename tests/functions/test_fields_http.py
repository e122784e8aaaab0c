"""Sparse answers: the fields a caller names, and the id."""

import pytest
from httpx import AsyncClient

from tests.make.identity import Firm


async def test_of_one_thing(http: AsyncClient, firm: Firm) -> None:
    answer = await http.get(f"/clients/{firm.client_id}?fields=name,state")

    assert answer.json() == {
        "id": str(firm.client_id),
        "name": "Ada Lovelace",
        "state": "active",
    }
    assert int(answer.headers["content-length"]) == len(answer.content)


async def test_of_each_thing_on_a_page(http: AsyncClient, firm: Firm) -> None:
    page = (await http.get("/clients?fields=name")).json()

    assert page["items"] == [{"id": str(firm.client_id), "name": "Ada Lovelace"}]
    assert page.keys() == {"items", "next", "prev"}


async def test_of_each_thing_in_a_list(http: AsyncClient, firm: Firm) -> None:
    found = (await http.get(f"/clients/{firm.client_id}/actions?fields=name")).json()

    assert found
    assert all(each.keys() == {"name"} for each in found)


@pytest.mark.parametrize("fields", ["", ",", "names", "name,nothing", "items", "name;state", "*"])
@pytest.mark.parametrize("path", ["/clients", "/clients/{}"])
async def test_nobody_has_are_refused(
    http: AsyncClient, firm: Firm, path: str, fields: str
) -> None:
    answer = await http.get(path.format(firm.client_id), params={"fields": fields})

    assert (answer.status_code, answer.json()["code"]) == (422, "unknown_fields")


async def test_make_a_representation_with_a_tag_of_its_own(http: AsyncClient, firm: Firm) -> None:
    url = f"/clients/{firm.client_id}"
    whole, sparse = await http.get(url), await http.get(url, params={"fields": "name"})
    again = await http.get(
        url, params={"fields": "name"}, headers={"if-none-match": sparse.headers["etag"]}
    )

    assert whole.headers["etag"] != sparse.headers["etag"]
    assert again.status_code == 304


async def test_leave_a_tag_that_a_change_can_be_made_on(http: AsyncClient, firm: Firm) -> None:
    url = f"/clients/{firm.client_id}"
    seen = await http.get(url, params={"fields": "name"})
    changed = await http.patch(
        url, json={"name": "Grace"}, headers={"if-match": seen.headers["etag"]}
    )

    assert changed.status_code == 200


async def test_show_nothing_that_is_not_there(http: AsyncClient, other_firm: Firm) -> None:
    answer = await http.get(f"/clients/{other_firm.client_id}?fields=name")

    assert answer.status_code == 404
