"""A firm with something of every kind, and requests that name its things, or nobody's."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import httpx

from tests.functions.transport import AreaTransport, Durable
from tests.isolation.routes import ID, Json, Route, shown
from tests.isolation.things import IDS, PLAIN, fill
from tests.make import identity as make
from tests.make.identity import Firm


@dataclass(frozen=True)
class World:
    """The firm, the ids of its things by the names that routes give them, and their versions."""

    firm: Firm
    ids: Mapping[str, str]
    tags: Mapping[str, str]

    def tag(self, route: Route) -> str:
        """What the firm itself would send in If-Match."""
        return self.tags[filled(route.path, self.ids)]

    def nobodys(self) -> dict[str, str]:
        """Ids of nothing: as many as the firm's, and the same where those are."""
        made = {value: str(uuid4()) for value in self.ids.values()}
        return {name: made[value] for name, value in self.ids.items()}


AREAS = AreaTransport(Durable())
"""One for all of a walk's requests: an area is made anew by each transport."""


def caller(credential: str | None) -> httpx.AsyncClient:
    headers = {"authorization": f"Bearer {credential}"} if credential else {}
    return httpx.AsyncClient(transport=AREAS, base_url="http://test/api/v1", headers=headers)


def caller_of(firm: Firm) -> httpx.AsyncClient:
    return caller(make.token(firm.subject))


async def make_world(firm: Firm) -> World:
    async with caller_of(firm) as http:
        ids = {name: await maker(firm, http) for name, maker in IDS.items()}
        await fill(firm, http)
        paths = {filled(route.path, ids) for route in shown()}
        return World(firm, ids, {path: await _tag(http, path) for path in sorted(paths)})


async def _tag(http: httpx.AsyncClient, path: str) -> str:
    """The version of the thing itself, or of the nearest above it that has one."""
    while path:
        answer = await http.get(path)
        if "etag" in answer.headers:
            return answer.headers["etag"]
        path = path.rpartition("/")[0]
    return '"1"'


async def ask(
    http: httpx.AsyncClient, route: Route, body: Json | None, ids: Mapping[str, str], tag: str
) -> httpx.Response:
    """The route's request, with these ids wherever it takes one."""
    headers = {"if-match": tag} if route.changes_something else {}
    return await http.request(
        route.method,
        filled(route.path, ids),
        params={name: ids[name] for name in route.queries},
        json=naming(body, ids) if body is not None else None,
        headers=headers,
    )


def filled(path: str, ids: Mapping[str, str]) -> str:
    return path.removeprefix("/api/v1").format_map(PLAIN | dict(ids))


def naming(value: Any, ids: Mapping[str, str], name: str = "") -> Any:
    """The example with these ids in place of its own."""
    match value:
        case dict():
            return {key: naming(inner, ids, key) for key, inner in value.items()}
        case list():
            return [naming(inner, ids, name) for inner in value]
        case str() if ID.fullmatch(value):
            return ids[name]
        case _:
            return value
