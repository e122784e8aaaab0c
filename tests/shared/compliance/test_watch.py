"""Noticing what is unusual, once."""

import asyncio
from typing import Any
from uuid import uuid4

import pytest

from shared.compliance import audit, security_events, watch
from shared.compliance.models import SecurityEvent
from shared.platform.actor import Actor, Origin, Role, system
from shared.platform.alerts import MEANINGS, AlertKind
from shared.platform.db import transaction
from shared.platform.errors import Forbidden
from shared.platform.messages import Alert, Change
from shared.platform.paging import Asked
from tests.make import audit as make
from tests.make.identity import Firm, colleague


async def events(actor: Actor, **filters: Any) -> list[SecurityEvent]:
    return (await security_events.list_events(actor, Asked(limit=200), **filters)).items


async def told(actor: Actor, kind: AlertKind) -> list[dict[str, Any]]:
    return [event.detail for event in await events(actor, kind=kind)]


async def reveal(actor: Actor, action: str = "client.tin_revealed") -> None:
    async with transaction(actor) as tx:
        await tx.record(Change(action=action, subject_id=uuid4()))
        await watch.note_reveal(tx)


class TestManyReveals:
    @pytest.fixture(autouse=True)
    def few(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(watch, "MASS_REVEAL", 3)

    async def test_by_one_person_within_an_hour_are_told_of_once(self, firm: Firm) -> None:
        for action in [*watch.REVEALS, *watch.REVEALS, *watch.REVEALS]:
            await reveal(firm.actor, action)

        assert await told(firm.actor, AlertKind.MASS_REVEAL) == [{"count": 4}]

    async def test_up_to_the_limit_are_usual(self, firm: Firm) -> None:
        for _ in range(3):
            await reveal(firm.actor)

        assert await told(firm.actor, AlertKind.MASS_REVEAL) == []

    async def test_of_several_people_are_counted_for_each(self, firm: Firm) -> None:
        other = (await colleague(firm, Role.CPA)).actor
        for actor in (firm.actor, other):
            for _ in range(3):
                await reveal(actor)

        assert await told(firm.actor, AlertKind.MASS_REVEAL) == []

    async def test_of_another_hour_do_not_count(self, firm: Firm, database: str) -> None:
        for _ in range(3):
            await reveal(firm.actor)
        make.tamper(
            database,
            "UPDATE audit_entries SET recorded_at = recorded_at - interval '61 minutes' "
            "WHERE organization_id = %(firm)s",
            firm=firm.organization_id,
        )
        await reveal(firm.actor)

        assert await told(firm.actor, AlertKind.MASS_REVEAL) == []

    async def test_are_told_of_again_in_another_hour(self, firm: Firm, database: str) -> None:
        for _ in range(4):
            await reveal(firm.actor)
        make.tamper(
            database,
            "UPDATE security_events SET occurred_at = occurred_at - interval '61 minutes' "
            "WHERE organization_id = %(firm)s",
            firm=firm.organization_id,
        )
        await reveal(firm.actor)

        assert len(await told(firm.actor, AlertKind.MASS_REVEAL)) == 2

    async def test_at_the_same_time_are_told_of_once(self, firm: Firm) -> None:
        for _ in range(3):
            await reveal(firm.actor)

        await asyncio.gather(*(reveal(firm.actor) for _ in range(4)))

        assert len(await told(firm.actor, AlertKind.MASS_REVEAL)) == 1

    async def test_by_a_story_are_nobodys(self, firm: Firm) -> None:
        for _ in range(5):
            await reveal(system(firm.organization_id))

        assert await told(firm.actor, AlertKind.MASS_REVEAL) == []


class TestAnExport:
    async def test_of_many_records_is_told_of(self, firm: Firm) -> None:
        for _ in range(2):
            async with transaction(firm.actor) as tx:
                await watch.note_export(tx, "clients", watch.MASS_EXPORT + 1)

        assert await told(firm.actor, AlertKind.MASS_EXPORT) == [
            {"kind": "clients", "rows": watch.MASS_EXPORT + 1}
        ]

    async def test_of_few_is_not(self, firm: Firm) -> None:
        async with transaction(firm.actor) as tx:
            await watch.note_export(tx, "clients", watch.MASS_EXPORT)

        assert await told(firm.actor, AlertKind.MASS_EXPORT) == []


async def test_reading_the_trail_is_told_of_and_not_recorded_page_by_page(firm: Firm) -> None:
    before = await make.ids(firm.actor)
    for _ in range(3):
        await audit.list_entries(firm.actor, Asked())

    (event,) = await events(firm.actor, kind=AlertKind.AUDIT_READ)

    assert event.user_id == firm.actor.user_id
    assert await make.ids(firm.actor) == before


class TestListingEvents:
    async def test_tells_what_happened_to_whom_and_from_where(self, firm: Firm) -> None:
        origin = Origin(request_id="r-1", ip="203.0.113.7", user_agent="a browser")
        actor = Actor(
            firm.organization_id, firm.actor.user_id, Role.OWNER, session_id=uuid4(), origin=origin
        )
        async with transaction(actor) as tx:
            await tx.alert(Alert(kind=AlertKind.NEW_DEVICE, detail={"said": "219-09-9999"}))

        event = (await events(firm.actor))[0]

        assert (event.kind, event.meaning) == (
            AlertKind.NEW_DEVICE,
            MEANINGS[AlertKind.NEW_DEVICE],
        )
        assert (event.user_id, event.session_id) == (actor.user_id, actor.session_id)
        assert (event.request_id, event.ip, event.user_agent) == (
            "r-1",
            "203.0.113.7",
            "a browser",
        )
        assert event.detail == {"said": "***-**-9999"}

    async def test_filters_by_kind_person_and_time(self, firm: Firm) -> None:
        other = (await colleague(firm, Role.CPA)).actor
        for actor in (firm.actor, other):
            for kind in (AlertKind.NEW_DEVICE, AlertKind.SESSION_REVOKED):
                async with transaction(actor) as tx:
                    await tx.alert(Alert(kind=kind))

        found = await events(firm.actor)
        devices = await events(firm.actor, kind=AlertKind.NEW_DEVICE)
        others = await events(firm.actor, user_id=other.user_id)
        both = await events(firm.actor, user_id=other.user_id, kind=AlertKind.NEW_DEVICE)
        since = await events(firm.actor, since=found[1].occurred_at)
        until = await events(firm.actor, until=found[1].occurred_at)

        assert [event.user_id for event in devices] == [other.user_id, firm.actor.user_id]
        assert others == found[:2]
        assert both == others[1:]
        assert since == found[:2]
        assert until == found[2:]

    async def test_goes_on_from_page_to_page_and_back(self, firm: Firm) -> None:
        for _ in range(5):
            async with transaction(firm.actor) as tx:
                await tx.alert(Alert(kind=AlertKind.NEW_DEVICE))

        first = await security_events.list_events(firm.actor, Asked(limit=3))
        second = await security_events.list_events(firm.actor, Asked(first.next, 3))
        back = await security_events.list_events(firm.actor, Asked(second.prev, 3))

        assert len({event.id for event in first.items + second.items}) == 5
        assert back.items == first.items

    async def test_another_firm_sees_none_of_them(self, firm: Firm, other_firm: Firm) -> None:
        async with transaction(firm.actor) as tx:
            await tx.alert(Alert(kind=AlertKind.NEW_DEVICE))

        assert await events(other_firm.actor, user_id=firm.actor.user_id) == []

    @pytest.mark.parametrize("role", [Role.SENIOR_CPA, Role.STAFF, Role.INTERN, Role.CLIENT])
    async def test_is_not_for_staff_and_clients(self, firm: Firm, role: Role) -> None:
        with pytest.raises(Forbidden):
            await events((await colleague(firm, role)).actor)


def test_every_kind_of_event_says_what_it_means() -> None:
    assert MEANINGS.keys() == set(AlertKind)
    assert all(meaning.endswith(".") for meaning in MEANINGS.values())
