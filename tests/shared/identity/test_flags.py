from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from shared.identity import flags
from shared.identity.flags import FlagExpired
from shared.identity.models import Flag, FlagChange
from shared.platform.actor import Role
from shared.platform.db import transaction
from shared.platform.errors import Forbidden, Stale
from tests.make.identity import Firm, colleague
from tests.shared.identity.audit import trail

NEXT_WEEK = datetime.now(UTC) + timedelta(days=7)
OFF = FlagChange(enabled=False)


async def is_on(firm: Firm, flag: Flag) -> bool:
    async with transaction(firm.actor) as tx:
        return await flags.is_on(tx, flag)


async def test_until_somebody_says_something_the_default_holds(firm: Firm) -> None:
    told = await flags.list_flags(firm.actor)

    assert [each.name for each in told] == list(Flag)
    assert {each.name for each in told if each.is_on} == flags.ON_BY_DEFAULT
    assert {each.version for each in told} == {0}


async def test_a_flag_is_switched_for_one_firm_alone(firm: Firm, other_firm: Firm) -> None:
    await flags.change_flag(firm.actor, Flag.CLIENT_PORTAL, 0, OFF)

    assert not await is_on(firm, Flag.CLIENT_PORTAL)
    assert await is_on(other_firm, Flag.CLIENT_PORTAL)
    assert (await flags.get_flag(other_firm.actor, Flag.CLIENT_PORTAL)).version == 0


async def test_when_it_expires_the_default_holds_again(firm: Firm) -> None:
    await flags.change_flag(
        firm.actor, Flag.CLIENT_PORTAL, 0, FlagChange(enabled=False, expires_at=NEXT_WEEK)
    )

    assert not await is_on(firm, Flag.CLIENT_PORTAL)
    with time_machine.travel(NEXT_WEEK, tick=False):
        assert await is_on(firm, Flag.CLIENT_PORTAL)
        shown = await flags.get_flag(firm.actor, Flag.CLIENT_PORTAL)
    assert (shown.enabled, shown.is_on, shown.default) == (False, True, True)


async def test_what_is_not_named_stays_and_null_clears(firm: Firm) -> None:
    said = FlagChange(enabled=True, expires_at=NEXT_WEEK, note="A trial")
    await flags.change_flag(firm.actor, Flag.CLIENT_PORTAL, 0, said)

    changed = await flags.change_flag(
        firm.actor, Flag.CLIENT_PORTAL, 1, FlagChange.model_validate({"expires_at": None})
    )

    assert (changed.enabled, changed.expires_at, changed.note) == (True, None, "A trial")
    assert changed.version == 2


async def test_an_end_that_has_passed_is_refused(firm: Firm) -> None:
    past = FlagChange(enabled=True, expires_at=datetime.now(UTC) - timedelta(seconds=1))

    with pytest.raises(FlagExpired):
        await flags.change_flag(firm.actor, Flag.CLIENT_PORTAL, 0, past)


async def test_on_what_somebody_else_has_changed_it_is_stale(firm: Firm) -> None:
    await flags.change_flag(firm.actor, Flag.CLIENT_PORTAL, 0, OFF)

    with pytest.raises(Stale):
        await flags.change_flag(firm.actor, Flag.CLIENT_PORTAL, 0, FlagChange(enabled=True))


async def test_it_can_be_reset_which_is_audited_as_the_change_was(firm: Firm) -> None:
    await flags.change_flag(firm.actor, Flag.CLIENT_PORTAL, 0, OFF)

    await flags.reset_flag(firm.actor, Flag.CLIENT_PORTAL)
    await flags.reset_flag(firm.actor, Flag.CLIENT_PORTAL)

    assert await is_on(firm, Flag.CLIENT_PORTAL)
    (changed,) = await trail(firm.actor, firm.organization_id, "feature_flag.updated")
    (reset,) = await trail(firm.actor, firm.organization_id, "feature_flag.reset")
    assert changed.detail == reset.detail == {"name": "client_portal"}
    assert (changed.before, changed.after) == (reset.after, reset.before)


async def test_what_was_seen_before_a_reset_is_stale_after_it(firm: Firm) -> None:
    seen = await flags.change_flag(firm.actor, Flag.CLIENT_PORTAL, 0, FlagChange(enabled=False))
    await flags.reset_flag(firm.actor, Flag.CLIENT_PORTAL)
    again = await flags.get_flag(firm.actor, Flag.CLIENT_PORTAL)

    assert (again.enabled, again.version) == (True, 2)
    with pytest.raises(Stale):
        await flags.change_flag(
            firm.actor, Flag.CLIENT_PORTAL, seen.version, FlagChange(enabled=True)
        )
    changed = await flags.change_flag(
        firm.actor, Flag.CLIENT_PORTAL, 2, FlagChange(enabled=False, note="Closed again")
    )
    assert changed.version == 3


@pytest.mark.parametrize("role", [Role.MANAGER, Role.CLIENT])
async def test_flags_are_for_owners_and_admins(firm: Firm, role: Role) -> None:
    somebody = (await colleague(firm, role)).actor

    for attempt in (
        flags.list_flags(somebody),
        flags.get_flag(somebody, Flag.CLIENT_PORTAL),
        flags.change_flag(somebody, Flag.CLIENT_PORTAL, 0, OFF),
        flags.reset_flag(somebody, Flag.CLIENT_PORTAL),
    ):
        with pytest.raises(Forbidden):
            await attempt
