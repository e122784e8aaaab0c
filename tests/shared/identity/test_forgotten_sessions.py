"""Sessions that nobody has come with for 90 days, and those that must not be forgotten."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
import time_machine

from functions.timers import sessions as timer
from shared.identity import access, sessions
from shared.identity.queries import sessions as queries
from shared.identity.refusals import SessionRevoked
from shared.platform.actor import Actor
from shared.platform.paging import Asked
from tests.functions.test_timers import fire
from tests.make import audit as admin
from tests.make.identity import Firm
from tests.shared.identity.signing_in import HOME, come, kinds

LONG_AGO = timedelta(days=91)
NOT_SO_LONG_AGO = timedelta(days=89)


async def ids(firm: Firm) -> list[UUID | None]:
    listed = await sessions.list_sessions(firm.actor, Asked(limit=200))
    return [each.id for each in listed.items]


async def session(firm: Firm, number: int) -> Actor:
    """Another sign-in of the same person, in the same browser."""
    return await come(firm, auth_time=number, sid=f"session {number}")


async def has_been_gone(actor: Actor, database: str, since: timedelta) -> None:
    admin.tamper(
        database,
        """
        UPDATE user_sessions
        SET started_at = started_at - %(since)s, last_seen_at = last_seen_at - %(since)s,
            ended_at = ended_at - %(since)s, refused_at = refused_at - %(since)s
        WHERE id = %(id)s
        """,
        since=since,
        id=actor.session_id,
    )


async def is_due(firm: Firm) -> bool:
    due = await queries.list_organizations_with_old_sessions()
    return firm.organization_id in {each.organization_id for each in due}


async def test_one_that_nobody_came_with_is_forgotten(firm: Firm, database: str) -> None:
    old, newer = await session(firm, 1), await session(firm, 2)
    await has_been_gone(old, database, LONG_AGO)
    assert await is_due(firm)

    await fire(timer.bp)

    assert await ids(firm) == [newer.session_id]
    assert not await is_due(firm)


async def test_one_that_was_ended_is_forgotten_as_well(firm: Firm, database: str) -> None:
    old, newer = await session(firm, 1), await session(firm, 2)
    assert old.session_id
    await sessions.end_session(firm.actor, old.session_id)
    await has_been_gone(old, database, LONG_AGO)

    await fire(timer.bp)

    assert await ids(firm) == [newer.session_id]


@pytest.mark.parametrize("moment", ["last_seen_at", "ended_at", "refused_at"])
async def test_one_that_was_used_or_ended_since_is_not(
    firm: Firm, database: str, moment: str
) -> None:
    old, newer = await session(firm, 1), await session(firm, 2)
    await has_been_gone(old, database, LONG_AGO)
    admin.tamper(
        database,
        f"UPDATE user_sessions SET {moment} = %(at)s, end_reason = CASE WHEN %(ended)s THEN"
        " 'revoked' END WHERE id = %(id)s",
        at=datetime.now(UTC) - NOT_SO_LONG_AGO,
        ended=moment == "ended_at",
        id=old.session_id,
    )
    assert not await is_due(firm)

    await fire(timer.bp)

    assert await ids(firm) == [newer.session_id, old.session_id]


async def test_one_that_was_revoked_stays_over_while_somebody_keeps_coming_with_it(
    firm: Firm, database: str
) -> None:
    """Its tokens are refreshed elsewhere: were it forgotten, the next would begin it anew."""
    stolen = await session(firm, 1)
    await session(firm, 2)
    assert stolen.session_id
    await sessions.end_session(firm.actor, stolen.session_id)
    await has_been_gone(stolen, database, LONG_AGO)
    with pytest.raises(SessionRevoked):
        await session(firm, 1)

    await fire(timer.bp)

    assert stolen.session_id in await ids(firm)
    with pytest.raises(SessionRevoked):
        await session(firm, 1)


async def test_coming_with_it_again_and_again_is_noted_once_a_day(
    firm: Firm, database: str
) -> None:
    over = await session(firm, 1)
    assert over.session_id
    now = datetime.now(UTC)
    noted: list[datetime | None] = []
    for hours in (0, 23, 25):
        with time_machine.travel(now + timedelta(hours=hours), tick=False):
            await sessions.note_refusal(over, over.session_id)
        noted.append(_refused_at(database, over))

    assert noted == [now, now, now + timedelta(hours=25)]


def _refused_at(database: str, actor: Actor) -> datetime | None:
    return admin.found(
        database, "SELECT refused_at FROM user_sessions WHERE id = %(id)s", id=actor.session_id
    )


async def test_each_persons_newest_stays_so_that_another_device_is_told_of(
    firm: Firm, database: str
) -> None:
    last = await session(firm, 1)
    await has_been_gone(last, database, timedelta(days=400))

    await fire(timer.bp)
    access.forget(firm.organization_id)
    elsewhere = replace(HOME, ip="198.51.100.20", user_agent="Opera/1.0")
    await come(firm, elsewhere, auth_time=2, sid=str(uuid4()))

    assert await kinds(firm) == ["new_device"]


async def test_what_is_forgotten_of_one_firm_is_not_of_another(
    firm: Firm, other_firm: Firm, database: str
) -> None:
    old = await session(firm, 1)
    await session(firm, 2)
    await has_been_gone(old, database, LONG_AGO)
    theirs = [await session(other_firm, number) for number in (1, 2)]

    assert await is_due(firm)
    assert not await is_due(other_firm)
    await fire(timer.bp)

    assert set(await ids(other_firm)) == {each.session_id for each in theirs}
