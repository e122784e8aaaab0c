"""Somebody of another firm, or of another client, who has got hold of this firm's ids.

What they are told about a thing of ours is, to the letter, what they are told about nothing.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from uuid import uuid4

import httpx

from shared.clients import clients
from shared.clients.models import NewClient
from shared.platform.actor import Role
from tests.isolation.routes import ID, Json, Route, requests, shown
from tests.isolation.rows import Rows
from tests.isolation.world import World, ask, caller_of
from tests.make import identity as make
from tests.make.identity import Firm

OF_EACH_REQUEST = {"x-request-id", "traceresponse", "ratelimit"}


async def answer_to(
    firm: Firm, route: Route, body: Json | None, ids: Mapping[str, str], tag: str
) -> httpx.Response:
    async with caller_of(firm) as http:
        return await ask(http, route, body, ids, tag)


def told(answer: httpx.Response, ids: Mapping[str, str]) -> str:
    """All that an answer says, with the ids that were asked for under one name."""
    headers = {name: value for name, value in answer.headers.items() if name not in OF_EACH_REQUEST}
    said = f"{answer.status_code} {sorted(headers.items())} {answer.text}"
    for name, value in ids.items():
        said = said.replace(value, f"<{name}>")
    return said


class TestOfAnotherFirm:
    async def test_reads_nothing_and_changes_nothing_of_ours(
        self, world: World, rows: Rows, record_property: Callable[[str, object], None]
    ) -> None:
        """On routes that take no id, too: what they show is the other firm's."""
        ours, before = await our_ids(rows, world), rows.checksums(world.firm.organization_id)
        seen: list[str] = []
        for route, body in requests():
            tag = world.tag(route)
            answer = await answer_to(await make.firm(), route, body, world.ids, tag)
            asked_for = {value for name, value in world.ids.items() if name in route.ids}
            if ours & {found.group() for found in ID.finditer(answer.text)} - asked_for:
                seen.append(f"{route}: {answer.status_code} {answer.text}")

        assert seen == []
        assert rows.checksums(world.firm.organization_id) == before
        record_property("counts", f"{len(requests())} requests, {len(shown())} routes")

    async def test_is_told_what_is_said_of_nobodys_things(
        self, world: World, record_property: Callable[[str, object], None]
    ) -> None:
        """Each twice from a firm as new as the other, so that nothing else tells them apart."""
        told_apart: list[str] = []
        let_in: list[str] = []
        asked = [(route, body) for route, body in requests() if route.ids & world.ids.keys()]
        for route, body in asked:
            tag, nobodys = world.tag(route), world.nobodys()
            of_ours = await answer_to(await make.firm(), route, body, world.ids, tag)
            of_nothing = await answer_to(await make.firm(), route, body, nobodys, tag)
            if told(of_ours, world.ids) != told(of_nothing, nobodys):
                told_apart.append(f"{route}:\n{told(of_ours, {})}\n{told(of_nothing, {})}")
            if of_ours.status_code not in (404, 422) and not is_empty(of_ours):
                let_in.append(f"{route}: {of_ours.status_code} {of_ours.text}")

        assert told_apart == []
        assert let_in == []
        record_property("counts", f"{2 * len(asked)} requests, of ours and of nobody's")


class TestOfAnotherClient:
    async def test_is_told_what_is_said_of_nobodys_things(
        self, world: World, rows: Rows, record_property: Callable[[str, object], None]
    ) -> None:
        """A client's own person, with the ids of a neighbour's records and of the firm's people."""
        before = await neighbours(rows, world)
        told_apart: list[str] = []
        asked = [(route, body) for route, body in requests() if route.ids & world.ids.keys()]
        for route, body in asked:
            tag, nobodys, bob = world.tag(route), world.nobodys(), await another_client(world.firm)
            of_ours = await answer_to(bob, route, body, world.ids, tag)
            of_nothing = await answer_to(bob, route, body, nobodys, tag)
            if told(of_ours, world.ids) != told(of_nothing, nobodys):
                told_apart.append(f"{route}:\n{told(of_ours, {})}\n{told(of_nothing, {})}")

        assert told_apart == []
        assert await neighbours(rows, world) == before
        record_property("counts", f"{2 * len(asked)} requests, of a neighbour's and of nobody's")


def is_empty(answer: httpx.Response) -> bool:
    """A list of what somebody has who has nothing."""
    return answer.is_success and (
        not answer.content or answer.json() == [] or answer.json().get("items") == []
    )


async def our_ids(rows: Rows, world: World) -> set[str]:
    return rows.ids(world.firm.organization_id)


async def another_client(firm: Firm) -> Firm:
    """The firm as the person of a client sees it who is new there."""
    client_id = uuid4()
    await clients.add_client(firm.actor, client_id, NewClient(name="Charles"))
    return await make.colleague(replace(firm, client_id=client_id), Role.CLIENT)


async def neighbours(rows: Rows, world: World) -> dict[str, str]:
    """What hangs on the things whose ids were tried."""
    return rows.of_things(world.firm.organization_id, set(world.ids.values()))
