"""What a request costs, and how soon what was taken from somebody is gone everywhere."""

import asyncio
import json
import os
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncGenerator, Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import TypeAlias
from uuid import uuid4

import pytest
import time_machine
from jwt.algorithms import RSAAlgorithm

from shared.identity import access, api_keys, callers, members, organizations, sessions
from shared.identity.access import KEPT_FOR, Admission
from shared.identity.access_models import NewApiKey
from shared.identity.permissions import Permission
from shared.platform import db
from shared.platform.actor import Actor, Origin, Role
from shared.platform.errors import AppError
from shared.platform.tokens import InvalidToken
from tests.make.identity import ISSUER, KEY, KEY_ID, Firm, colleague, token
from tests.shared.identity.signing_in import HOME

Revoke: TypeAlias = Callable[[Firm, Actor], Awaitable[object]]


class AnotherProcess:
    def __init__(self, process: Process) -> None:
        self._process = process

    async def say(self, **message: object) -> None:
        assert self._process.stdin
        self._process.stdin.write(json.dumps(message).encode() + b"\n")
        await self._process.stdin.drain()

    async def let_in(self, credential: str, ahead: float = 0) -> str:
        await self.say(credential=credential, ahead=ahead)
        assert self._process.stdout
        return (await self._process.stdout.readline()).decode().strip()

    async def end(self) -> None:
        assert self._process.stdin
        self._process.stdin.close()
        await self._process.wait()


@pytest.fixture(scope="module")
async def another_process(configured: None) -> AsyncGenerator[AnotherProcess]:
    program = [sys.executable, "-m", "tests.shared.identity.another_process"]
    started = await asyncio.create_subprocess_exec(
        *program, stdin=PIPE, stdout=PIPE, env=dict(os.environ)
    )
    other = AnotherProcess(started)
    jwk = RSAAlgorithm.to_jwk(KEY.public_key(), as_dict=True)
    await other.say(issuer=ISSUER, kid=KEY_ID, jwk=jwk)
    yield other
    await other.end()


async def suspend(firm: Firm, somebody: Actor) -> None:
    assert somebody.user_id
    await members.suspend_member(firm.actor, somebody.user_id)


async def end_session(_: Firm, somebody: Actor) -> None:
    assert somebody.session_id
    await sessions.end_session(somebody, somebody.session_id)


async def revoke_key(firm: Firm, somebody: Actor) -> None:
    assert somebody.api_key_id
    await api_keys.revoke_key(firm.actor, somebody.api_key_id)


async def suspend_firm(firm: Firm, _: Actor) -> None:
    await organizations.suspend_organization(firm.organization_id)


async def credential_of(firm: Firm, kind: str) -> str:
    if kind != "key":
        lasting = datetime.now(UTC) + timedelta(hours=1)
        return token((await colleague(firm, Role.MANAGER)).subject, exp=lasting)
    new = NewApiKey(name="A key", scopes=[Permission.READ_CLIENTS])
    return (await api_keys.issue_key(firm.actor, new)).secret


class TestWhoeverIsRevoked:
    @pytest.mark.parametrize(
        ("kind", "revoke", "code"),
        [
            ("user", suspend, "member_suspended"),
            ("session", end_session, "session_revoked"),
            ("key", revoke_key, "invalid_api_key"),
            ("organization", suspend_firm, "organization_suspended"),
        ],
    )
    async def test_is_refused_within_a_minute_everywhere(
        self, firm: Firm, another_process: AnotherProcess, kind: str, revoke: Revoke, code: str
    ) -> None:
        credential = await credential_of(firm, kind)
        somebody = await callers.identify(credential, None, HOME)
        assert await another_process.let_in(credential) == "in"

        await revoke(firm, somebody)

        with pytest.raises(AppError) as refused:  # here it holds at once
            await callers.identify(credential, None, HOME)
        assert refused.value.code == code
        assert await another_process.let_in(credential, ahead=10) == "in"  # it has not asked again
        assert await another_process.let_in(credential, ahead=KEPT_FOR + 1) == code

    async def test_stays_out_when_the_clock_is_set_back(
        self, firm: Firm, another_process: AnotherProcess
    ) -> None:
        credential = await credential_of(firm, "user")
        somebody = await callers.identify(credential, None, HOME)
        assert await another_process.let_in(credential, ahead=20) == "in"

        await suspend(firm, somebody)

        assert await another_process.let_in(credential) == "member_suspended"


class TestACallerWhoWasHereAMomentAgo:
    async def test_costs_no_question_to_the_database(
        self, firm: Firm, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        credential = token(firm.subject)
        first = await callers.identify(credential, None, HOME)

        def nowhere() -> None:
            raise AssertionError("the database was asked")

        monkeypatch.setattr(db, "pool", nowhere)

        assert await callers.identify(credential, None, HOME) == first

    async def test_brings_an_origin_of_their_own(self, firm: Firm) -> None:
        credential = token(firm.subject)
        await callers.identify(credential, None, HOME)

        again = await callers.identify(credential, None, Origin("request-2"))

        assert again.origin == Origin("request-2")

    async def test_still_has_to_show_a_token_that_has_not_ended(self, firm: Firm) -> None:
        credential = token(firm.subject, exp=datetime.now(UTC) + timedelta(seconds=5))
        await callers.identify(credential, None, HOME)

        with (
            time_machine.travel(datetime.now(UTC) + timedelta(minutes=1)),
            pytest.raises(InvalidToken),
        ):
            await callers.identify(credential, None, HOME)

    async def test_is_somebody_else_in_another_firm(self, firm: Firm, other_firm: Firm) -> None:
        credential = token(firm.subject)
        await callers.identify(credential, firm.organization_id, HOME)

        with pytest.raises(AppError) as refused:
            await callers.identify(credential, other_firm.organization_id, HOME)
        assert refused.value.code == "not_a_member"


class TestWhatIsKept:
    def test_never_outlives_the_proof(self) -> None:
        actor = Actor(uuid4(), uuid4(), Role.STAFF)
        now = datetime.now(UTC)
        access.keep(b"short", Admission(actor, ends_at=now.timestamp() + 5))

        assert access.recall(b"short")
        with time_machine.travel(now + timedelta(seconds=6)):
            assert access.recall(b"short") is None

    def test_has_an_end_in_number(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(access, "MOST_KEPT", 3)
        monkeypatch.setattr(access, "_admitted", {})
        actor = Actor(uuid4(), uuid4(), Role.STAFF)

        for number in range(5):
            access.keep(bytes([number]), Admission(actor))

        kept = [number for number in range(5) if access.recall(bytes([number]))]
        assert kept == [2, 3, 4]

    def test_holds_no_token(self, firm: Firm) -> None:
        credential = token(firm.subject)

        assert len(access.name_of(credential, None)) == 32
        assert access.name_of(credential, None) != access.name_of(credential, uuid4())

    def test_is_forgotten_for_one_firm_alone(self) -> None:
        ours, theirs = (Actor(uuid4(), uuid4(), Role.STAFF) for _ in "12")
        access.keep(b"ours", Admission(ours))
        access.keep(b"theirs", Admission(theirs))

        access.forget(ours.organization_id)

        assert access.recall(b"ours") is None
        assert access.recall(b"theirs")
