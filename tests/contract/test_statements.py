"""How many statements a route may send, once its caller is known: none for each row of a list."""

from collections.abc import Callable, Iterable

import pytest
from httpx import AsyncClient

from tests.contract.statements import Count, counting
from tests.isolation.routes import Json, Route, requests
from tests.isolation.things import IDS
from tests.isolation.world import World, ask, caller_of, filled, make_world
from tests.make import identity as make

READS, WRITES = 4, 16  # with the one that opens the transaction
OVER = {
    "GET /api/v1/audit/verify": 9,  # reads the chain in pages: more of them for a longer chain
    "GET /api/v1/documents/{document_id}": 7,  # its pages, fields, findings and runs, each at once
    "POST /api/v1/members/{user_id}/offboard": 19,  # ends each way in, and once in a working life
    "PATCH /api/v1/documents/{document_id}/fields/{name}": 20,  # checks all rules, then reads anew
}

GETS = [each for each in requests() if not each[0].changes_something]
OTHERS = [each for each in requests() if each[0].changes_something]
DELETES_LAST = sorted(OTHERS, key=lambda each: each[0].method == "DELETE")


@pytest.fixture
async def world(storage: None) -> World:
    return await make_world(await make.firm())


def budget(route: Route) -> int:
    return OVER.get(str(route), WRITES if route.changes_something else READS)


async def spent(
    world: World, http: AsyncClient, asked: Iterable[tuple[Route, Json | None]]
) -> list[tuple[Route, Count]]:
    """What each request costs somebody who has been here before."""
    costs: list[tuple[Route, Count]] = []
    for route, body in asked:
        await http.get("/me")
        with counting() as count:
            await ask(http, route, body, world.ids, world.tag(route))
        costs.append((route, count))
    return costs


async def test_every_route_keeps_its_budget(
    world: World, record_property: Callable[[str, object], None]
) -> None:
    async with caller_of(world.firm) as http:
        costs = await spent(world, http, GETS + DELETES_LAST)

    over = [(route, count) for route, count in costs if len(count) > budget(route)]
    assert {str(route): len(count) for route, count in over} == {}
    reads = [len(count) for route, count in costs if not route.changes_something]
    writes = [len(count) for route, count in costs if route.changes_something]
    record_property(
        "counts",
        f"{len(reads)} reads: at most {max(reads)} statements; "
        f"{len(writes)} writes: at most {max(writes)}",
    )


async def test_a_longer_list_takes_no_more(
    world: World, record_property: Callable[[str, object], None]
) -> None:
    """In a firm with one or two of everything, and then with many."""
    async with caller_of(world.firm) as http:
        few = await _lists(world, http)
        for make_one in [*IDS.values()] * 4:
            await make_one(world.firm, http)
        many = await _lists(world, http)

    longer = [path for path, (_, rows) in many.items() if rows >= few[path][1] + 4]
    assert {path: count for path, (count, _) in many.items()} == {
        path: count for path, (count, _) in few.items()
    }
    assert len(longer) >= 4  # that it costs no more is worth something only if it is more
    record_property("counts", f"{len(many)} reads, {len(longer)} of them longer lists")


async def _lists(world: World, http: AsyncClient) -> dict[str, tuple[int, int]]:
    """The statements that each read without filters takes, and the rows it gives."""
    found: dict[str, tuple[int, int]] = {}
    for path in sorted({filled(route.path, world.ids) for route, _ in GETS}):
        await http.get("/me")
        with counting() as count:
            answer = await http.get(path)
        is_page = answer.is_success and b'"items"' in answer.content
        found[path] = len(count), len(answer.json()["items"]) if is_page else 0
    return found
