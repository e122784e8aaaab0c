"""In which order a request is refused: how large it is, who sends it, what they may, what it says.

Of every route there is.
"""

from collections.abc import Mapping
from typing import Any
from uuid import uuid4

import pytest
from httpx import AsyncClient

from shared.identity.permissions import ROLES
from shared.platform.actor import Role
from tests.isolation.routes import Route, shown
from tests.isolation.things import IDS, PLAIN
from tests.isolation.world import caller, caller_of, filled
from tests.make import identity as make

WRONG: Mapping[str, dict[str, Any]] = {
    "query": {"params": {"nobody_knows": "1", "limit": "0", "cursor": "x", "fields": "none"}},
    "query-twice": {"params": [("fields", "id"), ("fields", "id")]},
    "field": {"json": {"nobody_knows": 1}},
    "json": {"content": b'{"a": 1, "a": ', "headers": {"content-type": "application/json"}},
    "media": {"content": b"<a/>", "headers": {"content-type": "application/xml"}},
    "headers": {"headers": {"x-organization": "x", "idempotency-key": "", "if-match": "x"}},
}
ROUTES = [route for route in shown() if not route.is_anonymous]


async def refusal(http: AsyncClient, route: Route, wrong: dict[str, Any]) -> tuple[int, str]:
    path = filled(route.path, {name: str(uuid4()) for name in IDS} | PLAIN)
    answer = await http.request(route.method, path, **wrong)
    return answer.status_code, answer.json()["code"]


@pytest.mark.parametrize("wrong", WRONG.values(), ids=WRONG)
async def test_somebody_unknown_hears_nothing_about_what_they_sent(wrong: dict[str, Any]) -> None:
    async with caller(None) as http:
        told = {str(route): await refusal(http, route, wrong) for route in ROUTES}

    assert told == dict.fromkeys(map(str, ROUTES), (401, "unauthenticated"))


@pytest.mark.parametrize("wrong", ["query", "field", "json", "media"])
async def test_who_may_not_do_it_hears_that_and_not_how_it_is_done(
    firm: make.Firm, wrong: str
) -> None:
    intern = await make.colleague(firm, Role.INTERN)
    closed = [each for each in ROUTES if each.permissions - ROLES[Role.INTERN]]
    async with caller_of(intern) as http:
        told = {str(route): await refusal(http, route, WRONG[wrong]) for route in closed}

    assert len(closed) > 30
    assert told == dict.fromkeys(map(str, closed), (403, "forbidden"))


async def test_what_is_too_large_is_refused_before_anybody_asks_whose_it_is() -> None:
    async with caller(None) as http:
        deep = await http.post("/clients", content=b"[" * 100)
        long = await http.get("/clients", params={"search": "x" * 9000})

    assert (deep.status_code, deep.json()["code"]) == (422, "json_too_deep")
    assert (long.status_code, long.json()["code"]) == (414, "url_too_long")
