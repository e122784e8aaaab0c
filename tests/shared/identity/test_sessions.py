import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
import time_machine

from shared.identity import access, sessions, settings
from shared.identity.access_models import EndReason, Session
from shared.identity.membership_rules import RoleAboveOwn
from shared.identity.models import SettingsChange
from shared.identity.refusals import PeopleOnly, SessionExpired, SessionRevoked
from shared.platform.actor import Actor, Origin, Role
from shared.platform.db import transaction
from shared.platform.errors import Forbidden, NotFound
from shared.platform.paging import Asked
from tests.make.identity import Firm, colleague
from tests.shared.identity.signing_in import HOME, come, kinds

ELSEWHERE = Origin("request-2", ip="198.51.100.20", user_agent="Firefox/135.0")


def seconds_from_now(seconds: int) -> int:
    return int(datetime.now(UTC).timestamp()) + seconds


async def session_of(actor: Actor) -> Session:
    found = (await sessions.list_sessions(actor, Asked())).items
    return next(each for each in found if each.id == actor.session_id)


async def come_later(firm: Firm, after: timedelta) -> Actor:
    """To a process that has not seen them lately; the token is one that was refreshed."""
    access.forget(firm.organization_id)
    with time_machine.travel(datetime.now(UTC) + after):
        return await come(firm)


async def choose(firm: Firm, **chosen: object) -> None:
    version = (await settings.get_settings(firm.actor)).version
    await settings.change_settings(firm.actor, version, SettingsChange.model_validate(chosen))


class TestASession:
    async def test_begins_with_the_first_token_and_goes_on_with_the_next(self, firm: Firm) -> None:
        first = await come(firm, auth_time=1)
        second = await come(firm, auth_time=1, jti="refreshed")

        assert first.session_id == second.session_id
        begun = await session_of(first)
        assert (begun.ip, begun.user_agent) == ("203.0.113.7", "Firefox/135.0")
        assert begun.ended_at is None

    async def test_is_another_after_signing_in_anew(self, firm: Firm) -> None:
        first = await come(firm, auth_time=1)
        second = await come(firm, auth_time=2)

        assert first.session_id != second.session_id

    async def test_says_when_it_was_last_used_to_within_minutes(self, firm: Firm) -> None:
        actor = await come(firm)
        begun = await session_of(actor)

        await come_later(firm, timedelta(minutes=4))
        assert (await session_of(actor)).last_seen_at == begun.last_seen_at

        await come_later(firm, timedelta(minutes=6))
        assert (await session_of(actor)).last_seen_at > begun.last_seen_at + timedelta(minutes=5)

    async def test_that_was_ended_is_over_for_its_refreshed_tokens_too(self, firm: Firm) -> None:
        actor = await come(firm, auth_time=1)
        assert actor.session_id

        await sessions.end_session(actor, actor.session_id)

        with pytest.raises(SessionRevoked) as refused:
            await come(firm, auth_time=1, jti="refreshed")
        assert (refused.value.status, refused.value.code) == (401, "session_revoked")
        assert "max_age" in refused.value.headers["www-authenticate"]
        assert await come(firm, auth_time=2)

    async def test_that_was_ended_is_known_to_the_auditor_and_the_watch(self, firm: Firm) -> None:
        actor = await come(firm)
        assert actor.session_id
        await sessions.end_session(actor, actor.session_id)
        await sessions.end_session(actor, actor.session_id)  # changes nothing

        async with transaction(firm.actor) as tx:
            audited = await tx.value(
                int,
                "SELECT count(*)::int FROM audit_entries WHERE action = 'session.ended'"
                " AND subject_id = %(id)s",
                id=actor.session_id,
            )
        assert audited == 1
        assert await kinds(firm) == ["session_revoked"]
        assert (await session_of(actor)).end_reason is EndReason.REVOKED


class TestTheFirmsPolicy:
    async def test_ends_a_session_that_is_too_old(self, firm: Firm) -> None:
        await choose(firm, session_hours=8)
        await come(firm)

        assert await come_later(firm, timedelta(hours=7, minutes=55))
        with pytest.raises(SessionExpired) as refused:
            await come_later(firm, timedelta(hours=8, minutes=1))
        assert (refused.value.status, refused.value.code) == (401, "session_expired")

    async def test_ends_a_session_that_was_idle(self, firm: Firm) -> None:
        await choose(firm, session_idle_minutes=30)
        await come(firm)

        with pytest.raises(SessionExpired):
            await come_later(firm, timedelta(minutes=36))

    async def test_lets_a_session_go_on_that_is_in_use(self, firm: Firm) -> None:
        await choose(firm, session_idle_minutes=30)
        await come(firm)

        for minutes in range(25, 200, 25):
            assert await come_later(firm, timedelta(minutes=minutes))

    async def test_never_ends_one_before_its_idle_time(self, firm: Firm) -> None:
        """What was not written down counts for whoever is signed in."""
        await choose(firm, session_idle_minutes=5)
        await come(firm)
        await come_later(firm, timedelta(seconds=50))  # too soon to be written down

        assert await come_later(firm, timedelta(minutes=5, seconds=45))


class TestANewDevice:
    async def test_is_told_to_the_firm(self, firm: Firm) -> None:
        await come(firm, auth_time=1)
        assert await kinds(firm) == []

        await come(firm, ELSEWHERE, auth_time=2)
        assert await kinds(firm) == ["new_device"]

        await come(firm, ELSEWHERE, auth_time=3)
        assert await kinds(firm) == ["new_device"]

    @pytest.mark.parametrize(
        "origin",
        [
            Origin(ip="203.0.113.200", user_agent="Firefox/135.0"),
            Origin(ip="203.0.113.7", user_agent="Firefox/136.1"),
        ],
        ids=["another address of the network", "an update"],
    )
    async def test_is_not_one_that_only_changed_a_little(self, firm: Firm, origin: Origin) -> None:
        await come(firm, auth_time=1)
        await come(firm, origin, auth_time=2)

        assert await kinds(firm) == []

    async def test_may_be_known_by_nothing_at_all(self, firm: Firm) -> None:
        await come(firm, Origin(), auth_time=1)
        await come(firm, Origin(ip="2001:db8::1"), auth_time=2)

        assert await kinds(firm) == ["new_device"]


class TestListing:
    async def test_shows_ones_own_the_latest_first_and_page_by_page(self, firm: Firm) -> None:
        made = [(await come(firm, auth_time=number)).session_id for number in range(1, 6)]
        actor = await come(firm, auth_time=5)

        first = await sessions.list_sessions(actor, Asked(limit=2))
        second = await sessions.list_sessions(actor, Asked(first.next, limit=2))
        third = await sessions.list_sessions(actor, Asked(second.next, limit=2))
        back = await sessions.list_sessions(actor, Asked(third.prev, limit=2))

        shown = [each.id for page in (first, second, third) for each in page.items]
        assert shown == made[::-1]
        assert (first.prev, third.next) == (None, None)
        assert back.items == second.items

    async def test_shows_a_colleagues_to_whoever_looks_after_people(self, firm: Firm) -> None:
        person = await colleague(firm, Role.STAFF)
        theirs = await come(person)

        found = await sessions.list_sessions(firm.actor, Asked(), person.actor.user_id)

        assert [each.id for each in found.items] == [theirs.session_id]

    async def test_shows_a_colleagues_to_nobody_else(self, firm: Firm) -> None:
        person = await colleague(firm, Role.MANAGER)

        with pytest.raises(Forbidden):
            await sessions.list_sessions(person.actor, Asked(), firm.actor.user_id)

    async def test_shows_nothing_of_another_firm(self, firm: Firm, other_firm: Firm) -> None:
        await come(other_firm)

        found = await sessions.list_sessions(firm.actor, Asked(), other_firm.actor.user_id)

        assert found.items == []


class TestEnding:
    async def test_a_colleagues_is_for_whoever_looks_after_people(self, firm: Firm) -> None:
        person = await colleague(firm, Role.STAFF)
        theirs = await come(person)
        assert theirs.session_id

        await sessions.end_session(firm.actor, theirs.session_id)

        with pytest.raises(SessionRevoked):
            await come(person)

    async def test_somebody_elses_finds_nothing_to_end(self, firm: Firm, other_firm: Firm) -> None:
        """A colleague's, another firm's, and one that never was look the same."""
        person = await colleague(firm, Role.STAFF)
        ours, theirs = await come(firm), await come(other_firm)
        answers: set[str] = set()
        for session_id in (ours.session_id, theirs.session_id, uuid4()):
            assert session_id
            with pytest.raises(NotFound) as refused:
                await sessions.end_session(person.actor, session_id)
            answers.add(str(refused.value))

        assert len(answers) == 1
        assert await come(firm)
        assert await come(other_firm)

    async def test_an_owners_is_not_for_those_below(self, firm: Firm) -> None:
        admin = await colleague(firm, Role.ADMIN)
        owner = await come(firm)
        assert owner.session_id

        with pytest.raises(RoleAboveOwn):
            await sessions.end_session(admin.actor, owner.session_id)
        with pytest.raises(RoleAboveOwn):
            await sessions.end_sessions(admin.actor, firm.actor.user_id)
        assert (await session_of(owner)).ended_at is None

    async def test_is_for_people(self, firm: Firm) -> None:
        owner = await come(firm)
        assert owner.session_id
        program = replace(firm.actor, api_key_id=uuid4(), scopes=frozenset({"clients:read"}))

        for attempt in (
            sessions.list_sessions(program, Asked()),
            sessions.end_session(program, owner.session_id),
            sessions.end_sessions(program),
        ):
            with pytest.raises(PeopleOnly):
                await attempt
        assert (await session_of(owner)).ended_at is None

    async def test_all_signs_somebody_out_everywhere(self, firm: Firm) -> None:
        here, _ = await come(firm, auth_time=1), await come(firm, ELSEWHERE, auth_time=2)

        await sessions.end_sessions(here)

        for auth_time in (1, 2):
            with pytest.raises(SessionRevoked):
                await come(firm, auth_time=auth_time)

    async def test_all_ends_what_was_issued_and_has_not_come_yet(self, firm: Firm) -> None:
        """A sign-in after it is let in; one that is refreshed is the one before."""
        here = await come(firm)
        before = seconds_from_now(-120)

        await sessions.end_sessions(here)

        for sid, auth_time in (("unseen", None), (None, before), (None, None)):
            with pytest.raises(SessionRevoked):
                await come(firm, sid=sid, auth_time=auth_time, iat=before)
        assert await come(firm, sid="unseen", auth_time=seconds_from_now(5))

    async def test_all_is_audited_also_when_no_session_was_known(self, firm: Firm) -> None:
        person = await colleague(firm, Role.STAFF)

        await sessions.end_sessions(firm.actor, person.actor.user_id)

        assert await kinds(firm) == ["session_revoked"]

    async def test_one_the_issuer_has_no_name_for_ends_all_issued_before(self, firm: Firm) -> None:
        first = await come(firm, sid=None, iat=seconds_from_now(-60))
        assert first.session_id

        await sessions.end_session(firm.actor, first.session_id)

        with pytest.raises(SessionRevoked):
            await come(firm, sid=None, iat=seconds_from_now(-59))
        again = await come(firm, sid=None, iat=seconds_from_now(5))
        await sessions.end_session(firm.actor, first.session_id)  # changes nothing
        access.forget(firm.organization_id)
        assert (await come(firm, sid=None, iat=seconds_from_now(5))).user_id == again.user_id

    async def test_one_the_issuer_has_a_name_for_leaves_the_others(self, firm: Firm) -> None:
        first, _ = await come(firm, sid="one"), await come(firm, sid="two")
        assert first.session_id

        await sessions.end_session(firm.actor, first.session_id)

        assert await come(firm, sid="two")
        assert await come(firm, sid="three", iat=seconds_from_now(-60))

    async def test_all_of_a_colleague_is_not_for_everybody(self, firm: Firm) -> None:
        person = await colleague(firm, Role.MANAGER)

        with pytest.raises(Forbidden):
            await sessions.end_sessions(person.actor, firm.actor.user_id)

    async def test_all_of_another_firms_person_ends_nothing(
        self, firm: Firm, other_firm: Firm
    ) -> None:
        await come(other_firm)

        await sessions.end_sessions(firm.actor, other_firm.actor.user_id)

        access.forget(other_firm.organization_id)
        assert await come(other_firm)


async def test_requests_that_come_at_once_begin_one_session(firm: Firm) -> None:
    actors = await asyncio.gather(*(come(firm, HOME, jti=str(n)) for n in range(10)))

    assert len({actor.session_id for actor in actors}) == 1
    assert len((await sessions.list_sessions(actors[0], Asked())).items) == 1
