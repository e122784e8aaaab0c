"""What travels without a caller: each message says whose it is, and is believed in that alone."""

from typing import Any

import psycopg
import pytest

from shared.vendors.fakes import FakeReader
from tests.isolation.routes import requests
from tests.isolation.rows import Rows
from tests.isolation.world import AREAS, World, ask, caller_of
from tests.make import identity as make
from tests.make.functions import registered
from tests.make.identity import Firm


def activities() -> dict[str, Any]:
    """Every step of every story that the host can start, by name."""
    return {
        str(function.get_function_name()): function.get_user_function()
        for function in registered()
        if any(each.type == "activityTrigger" for each in function.get_bindings())
    }


STEPS = activities()


def job(organization_id: object, ids: dict[str, str]) -> dict[str, Any]:
    """One payload that every step takes: each looks at what it knows."""
    return ids | {
        "organization_id": str(organization_id),
        "number": 1,
        "code": "hostile",
        "detail": "It says whose it is not",
    }


async def outcome(name: str, payload: dict[str, Any]) -> str:
    """What it answers, or the error that Durable would write down."""
    try:
        return str(await STEPS[name](payload))
    except Exception as error:  # noqa: BLE001 - steps raise what a retry might mend
        return f"{type(error).__name__}: {error}"


def test_there_are_steps_to_try() -> None:
    assert len(STEPS) > 8


@pytest.mark.parametrize("name", sorted(STEPS))
async def test_a_step_for_another_firm_finds_nothing_of_ours(
    name: str, world: World, rows: Rows, other_firm: Firm, reader: FakeReader
) -> None:
    """A job with another firm's id and our things' is as good as one with nobody's."""
    nobodys = world.nobodys()
    before = rows.checksums(world.firm.organization_id)
    theirs = rows.checksums(other_firm.organization_id)

    hostile = await outcome(name, job(other_firm.organization_id, dict(world.ids)))
    lost = await outcome(name, job(other_firm.organization_id, nobodys))

    assert "ValidationError" not in hostile, "the payload lacks what this step takes"
    for ours, theirs_too in zip(world.ids.values(), nobodys.values(), strict=True):
        hostile, lost = hostile.replace(ours, "<id>"), lost.replace(theirs_too, "<id>")
    assert hostile == lost
    assert rows.checksums(world.firm.organization_id) == before
    assert rows.checksums(other_firm.organization_id) == theirs


class TestAnEvent:
    def test_says_whose_it_is(self, world: World, rows: Rows) -> None:
        """The row's policy and the payload a consumer reads name the same firm."""
        assert events(rows.admin, "organization_id = payload ->> 'organization_id'") > 3
        assert (
            events(rows.admin, "organization_id IS DISTINCT FROM payload ->> 'organization_id'")
            == 0
        )


def events(admin: psycopg.Connection, condition: str) -> int:
    query = f"SELECT count(*) FROM outbox_events WHERE {condition}".replace(
        "organization_id ", "organization_id::text ", 1
    )
    (found,) = admin.execute(query.encode()).fetchone() or (0,)
    return found


class TestAStory:
    async def test_is_never_begun_or_woken_for_another_firm(self, world: World) -> None:
        """Its name is made of ids; the API never takes one from a caller."""
        told = len(AREAS.durable.started), len(AREAS.durable.woken)
        for route, body in requests():
            async with caller_of(await make.firm()) as http:
                await ask(http, route, body, world.ids, world.tag(route))
        begun = [*AREAS.durable.started][told[0] :]
        woken = [name for name, _ in AREAS.durable.woken[told[1] :]]

        assert [
            each for each in begun + woken if any(id_ in each for id_ in world.ids.values())
        ] == []

    async def test_says_whose_it_is(self, world: World) -> None:
        """What the API has started for the world's firm, and anybody else's, names the firm."""
        assert AREAS.durable.started
        for payload in AREAS.durable.started.values():
            assert payload["organization_id"]
