"""Whoever does not prove to be a member gets nowhere, on every route there is."""

from collections.abc import Awaitable, Callable

import httpx
import pytest

from tests.isolation.callers import FORGERS, SHUT_OUT
from tests.isolation.routes import Route, requests, shown
from tests.isolation.rows import Rows
from tests.isolation.world import World, ask, caller, make_world
from tests.make import identity as make
from tests.make.identity import Firm

TOLD = {401, 403}


async def walked(world: World, credential: str | None) -> list[tuple[Route, httpx.Response]]:
    """The answers of every guarded route to requests that would otherwise succeed."""
    answers: list[tuple[Route, httpx.Response]] = []
    async with caller(credential) as http:
        for route, body in requests():
            if not route.is_anonymous:
                answer = await ask(http, route, body, world.ids, world.tag(route))
                answers.append((route, answer))
    return answers


def counted(record_property: Callable[[str, object], None], answers: int, caller: str) -> None:
    record_property("counts", f"{answers} requests, {len(shown())} routes, as somebody {caller}")


async def test_nobody_in_particular(
    world: World, rows: Rows, record_property: Callable[[str, object], None]
) -> None:
    before = rows.checksums(world.firm.organization_id)
    answers = await walked(world, None)

    assert [
        f"{route}: {answer.status_code} {answer.text}"
        for route, answer in answers
        if (answer.status_code, answer.json()["code"]) != (401, "unauthenticated")
    ] == []
    assert rows.checksums(world.firm.organization_id) == before
    counted(record_property, len(answers), "who shows nothing")


@pytest.mark.parametrize("forge", FORGERS, ids=lambda forge: forge.__name__)
async def test_whose_token_is(
    world: World,
    rows: Rows,
    forge: Callable[[Firm], str],
    record_property: Callable[[str, object], None],
) -> None:
    before = rows.checksums(world.firm.organization_id)
    answers = await walked(world, forge(world.firm))

    assert [
        f"{route}: {answer.status_code} {answer.text}"
        for route, answer in answers
        if (answer.status_code, answer.json()["code"]) != (401, "invalid_token")
    ] == []
    assert rows.checksums(world.firm.organization_id) == before
    counted(record_property, len(answers), f"whose token is {forge.__name__}")


@pytest.mark.parametrize("shut_out", SHUT_OUT, ids=lambda shut_out: shut_out.__name__)
async def test_who_is(
    storage: None,
    rows: Rows,
    shut_out: Callable[[Firm], Awaitable[str]],
    record_property: Callable[[str, object], None],
) -> None:
    """In a world of its own: who is shut out of the firm may have been its owner."""
    world = await make_world(await make.firm())
    credential = await shut_out(world.firm)
    before = kept(rows, world)
    answers = await walked(world, credential)

    assert [
        f"{route}: {answer.status_code} {answer.text}"
        for route, answer in answers
        if route.needs_member and answer.status_code not in TOLD
    ] == []
    assert kept(rows, world) == before
    counted(record_property, len(answers), f"who is {shut_out.__name__}")


def kept(rows: Rows, world: World) -> dict[str, str]:
    """All but what is noted of those who try."""
    found = rows.checksums(world.firm.organization_id)
    del found["security_events"]
    del found["user_sessions"]  # a session that is over remembers when it was last tried
    return found
