from collections.abc import Generator
from typing import Any

import pytest

from shared.identity import settings
from shared.identity.models import OrganizationSettings, SettingsChange
from shared.platform.actor import Role
from shared.platform.db import transaction
from shared.platform.errors import Forbidden, Stale
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


async def audited(firm: Firm) -> list[dict[str, Any]]:
    async with transaction(firm.actor) as tx:
        found = await tx.value(
            list,
            """
            SELECT coalesce(array_agg(detail ORDER BY id), '{}') FROM audit_entries
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
    assert (await audited(firm))[0] == {
        "before": {"cloud_reading": False, "cloud_reading_fallback": True},
        "after": {"cloud_reading": True, "cloud_reading_fallback": True},
    }
    assert len(await audited(firm)) == 2


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
