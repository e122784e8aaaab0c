import asyncio
from collections.abc import Generator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from psycopg.errors import InsufficientPrivilege
from pydantic import ValidationError

from shared.identity import settings
from shared.identity.models import OrganizationSettings, SettingsChange
from shared.identity.settings import NotRetroactive, OwnAddressShutOut, SecondFactorFirst
from shared.platform.actor import Actor, Origin, Role
from shared.platform.db import transaction
from shared.platform.errors import Forbidden, Stale
from shared.platform.paging import Asked
from shared.vendors import roster
from shared.vendors.fakes import FakeReader
from shared.vendors.form_recognizer import FormRecognizerReader, Service
from shared.vendors.local_reader import LocalReader
from shared.vendors.reading import CloudReaderMissing
from shared.vendors.roster import Vendors
from tests.make.identity import Firm, colleague

ON = SettingsChange(cloud_reading=True)


@pytest.fixture
def with_cloud() -> Generator[None]:
    """A deployment that has a cloud reader; nobody asks it here."""
    cloud = FormRecognizerReader(LocalReader(), Service("https://nowhere.test"))
    with roster.playing(Vendors(reader=FakeReader(), cloud=cloud)):
        yield


async def audited(firm: Firm) -> list[list[dict[str, Any]]]:
    """Before and after of each change."""
    async with transaction(firm.actor) as tx:
        found = await tx.value(
            list,
            """
            SELECT coalesce(array_agg(ARRAY[before, after] ORDER BY id), '{}') FROM audit_entries
            WHERE action = 'organization.settings_changed' AND subject_id = %(firm)s
            """,
            firm=firm.organization_id,
        )
    return list(found)


async def test_until_a_firm_chooses_nothing_is_sent_anywhere(firm: Firm) -> None:
    assert await settings.get_settings(firm.actor) == OrganizationSettings(
        cloud_reading=False, cloud_reading_fallback=True, version=0
    )


async def test_a_choice_is_kept_and_audited_with_what_was_before(
    firm: Firm, with_cloud: None
) -> None:
    changed = await settings.change_settings(firm.actor, 0, ON)
    again = await settings.change_settings(
        firm.actor, 1, SettingsChange(cloud_reading_fallback=False)
    )

    assert (changed.cloud_reading, changed.version) == (True, 1)
    assert again == await settings.get_settings(firm.actor)
    assert (again.cloud_reading, again.cloud_reading_fallback, again.version) == (True, False, 2)
    assert await audited(firm) == [
        [{"cloud_reading": False}, {"cloud_reading": True}],
        [{"cloud_reading_fallback": True}, {"cloud_reading_fallback": False}],
    ]


async def test_what_is_chosen_already_is_no_change(firm: Firm, with_cloud: None) -> None:
    first = await settings.change_settings(firm.actor, 0, ON)

    assert await settings.change_settings(firm.actor, 1, ON) == first
    assert len(await audited(firm)) == 1


async def test_a_choice_on_what_was_is_stale(firm: Firm, with_cloud: None) -> None:
    await settings.change_settings(firm.actor, 0, ON)

    with pytest.raises(Stale):
        await settings.change_settings(firm.actor, 0, SettingsChange(cloud_reading=False))
    assert (await settings.get_settings(firm.actor)).cloud_reading


async def test_what_the_deployment_does_not_have_cannot_be_switched_on(firm: Firm) -> None:
    with pytest.raises(CloudReaderMissing):
        await settings.change_settings(firm.actor, 0, ON)
    assert not (await settings.get_settings(firm.actor)).cloud_reading


@pytest.mark.parametrize("role", [Role.MANAGER, Role.STAFF, Role.CLIENT])
async def test_only_who_answers_for_the_firm_sees_or_changes_it(
    firm: Firm, with_cloud: None, role: Role
) -> None:
    somebody = await colleague(firm, role)

    with pytest.raises(Forbidden):
        await settings.get_settings(somebody.actor)
    with pytest.raises(Forbidden):
        await settings.change_settings(somebody.actor, 0, ON)


async def test_another_firm_chooses_for_itself(
    firm: Firm, other_firm: Firm, with_cloud: None
) -> None:
    await settings.change_settings(firm.actor, 0, ON)

    assert not (await settings.get_settings(other_firm.actor)).cloud_reading
    assert (await settings.change_settings(other_firm.actor, 0, ON)).version == 1
    assert (await settings.get_settings(firm.actor)).version == 1


async def test_two_choices_on_the_same_version_are_one_choice_and_one_refusal(
    firm: Firm,
) -> None:
    answers = await asyncio.gather(
        settings.change_settings(firm.actor, 0, SettingsChange(locale="en-GB")),
        settings.change_settings(firm.actor, 0, SettingsChange(locale="es-US")),
        return_exceptions=True,
    )

    assert sorted(type(answer).__name__ for answer in answers) == ["OrganizationSettings", "Stale"]


async def test_null_is_the_default_again(firm: Firm) -> None:
    await settings.change_settings(firm.actor, 0, SettingsChange(session_hours=8, locale="en-GB"))

    cleared = await settings.change_settings(
        firm.actor, 1, SettingsChange.model_validate({"session_hours": None, "locale": None})
    )

    assert cleared == OrganizationSettings(version=2)


class TestAChangeThatWaitsForItsDay:
    SOON = timedelta(days=3)

    async def schedule(self, actor: Actor, version: int = 0) -> datetime:
        day = datetime.now(UTC) + self.SOON
        await settings.change_settings(
            actor, version, SettingsChange(retention_years=10, effective_from=day)
        )
        return day

    async def test_holds_from_then_on_and_not_before(self, firm: Firm) -> None:
        day = await self.schedule(firm.actor)

        assert (await settings.get_settings(firm.actor)).retention_years == 7
        assert (await settings.get_settings(firm.actor, day)).retention_years == 10
        with time_machine.travel(day + timedelta(seconds=1), tick=False):
            async with transaction(firm.actor) as tx:
                assert (await settings.current_settings(tx)).retention_years == 10

    async def test_survives_what_is_chosen_in_the_meantime(self, firm: Firm) -> None:
        day = await self.schedule(firm.actor)
        await settings.change_settings(firm.actor, 1, SettingsChange(locale="en-GB"))

        then = await settings.get_settings(firm.actor, day)

        assert (then.retention_years, then.locale) == (10, "en-GB")

    async def test_makes_what_was_seen_before_it_stale(self, firm: Firm) -> None:
        """Else somebody would overwrite it who has never seen it hold."""
        day = await self.schedule(firm.actor)

        with time_machine.travel(day + timedelta(seconds=1), tick=False):
            assert (await settings.get_settings(firm.actor)).version == 2
            with pytest.raises(Stale):
                await settings.change_settings(firm.actor, 1, SettingsChange(locale="en-GB"))

    async def test_lies_in_the_future(self, firm: Firm) -> None:
        yesterday = datetime.now(UTC) - timedelta(days=1)

        with pytest.raises(NotRetroactive):
            await settings.change_settings(
                firm.actor, 0, SettingsChange(locale="en-GB", effective_from=yesterday)
            )

    async def test_is_in_the_history_with_who_chose_it(self, firm: Firm) -> None:
        day = await self.schedule(firm.actor)
        await settings.change_settings(firm.actor, 1, SettingsChange(locale="en-GB"))

        first = await settings.list_history(firm.actor, Asked(limit=1))
        second = await settings.list_history(firm.actor, Asked(first.next, 1))

        assert [each.changes for each in (*first.items, *second.items)] == [
            {"locale": "en-GB"},
            {"retention_years": 10},
        ]
        assert second.items[0].effective_from == day
        assert second.items[0].changed_by == firm.actor.user_id
        assert second.next is None


async def test_what_held_last_year_can_still_be_asked(firm: Firm) -> None:
    with time_machine.travel(datetime(2025, 3, 1, tzinfo=UTC), tick=False):
        await settings.change_settings(firm.actor, 0, SettingsChange(time_zone="America/Denver"))
    await settings.change_settings(firm.actor, 1, SettingsChange(time_zone="America/Phoenix"))

    before, then, now = [
        (await settings.get_settings(firm.actor, at)).time_zone
        for at in (datetime(2025, 2, 1, tzinfo=UTC), datetime(2025, 4, 1, tzinfo=UTC), None)
    ]

    assert (before, then, now) == ("America/New_York", "America/Denver", "America/Phoenix")


async def test_whoever_demands_a_second_factor_has_one(firm: Firm) -> None:
    demand = SettingsChange(mfa_required=True)
    lift = SettingsChange(mfa_required=False)

    with pytest.raises(SecondFactorFirst):
        await settings.change_settings(replace(firm.actor, has_second_factor=False), 0, demand)

    strong = replace(firm.actor, has_second_factor=True)
    assert (await settings.change_settings(strong, 0, demand)).mfa_required
    with pytest.raises(SecondFactorFirst):
        await settings.change_settings(firm.actor, 1, lift)
    assert not (await settings.change_settings(strong, 1, lift)).mfa_required


async def test_nobody_shuts_themselves_out(firm: Firm) -> None:
    here = replace(firm.actor, origin=Origin(ip="198.51.100.7"))
    elsewhere = SettingsChange.model_validate({"ip_allow_list": ["203.0.113.0/24"]})
    both = SettingsChange.model_validate({"ip_allow_list": ["203.0.113.0/24", "198.51.100.9/24"]})

    with pytest.raises(OwnAddressShutOut):
        await settings.change_settings(here, 0, elsewhere)

    chosen = await settings.change_settings(here, 0, both)
    assert chosen.ip_allow_list == ("203.0.113.0/24", "198.51.100.0/24")


@pytest.mark.parametrize(
    "change",
    [
        {"time_zone": "Mars/Olympus_Mons"},
        {"time_zone": "../../etc/passwd"},
        {"ip_allow_list": ["10.0.0.0/33"]},
        {"ip_allow_list": ["everywhere"]},
        {"session_hours": 0},
        {"session_idle_minutes": 1441},
        {"invitation_days": 31},
        {"retention_years": 2},
        {"locale": "english"},
        {"effective_from": "2030-01-01T00:00:00"},
        {"version": 3},
    ],
    ids=str,
)
def test_what_makes_no_sense_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        SettingsChange.model_validate(change)


async def test_the_history_cannot_be_rewritten(firm: Firm) -> None:
    await settings.change_settings(firm.actor, 0, SettingsChange(locale="en-GB"))

    with pytest.raises(InsufficientPrivilege, match="permission denied"):
        async with transaction(firm.actor) as tx:
            await tx.run("UPDATE organization_settings_versions SET changes = '{}'")
