from contextlib import AsyncExitStack, suppress
from typing import ClassVar
from uuid import UUID, uuid4

import psycopg
import pytest
from psycopg.errors import InsufficientPrivilege, ReadOnlySqlTransaction, UndefinedTable
from pydantic import BaseModel

from shared.clients.queries import clients
from shared.platform import db
from shared.platform.db import DatabaseUnavailable, Glance, transaction
from shared.platform.errors import AppError, NotFound, UnknownReference
from shared.platform.messages import Change, Event
from tests.make.identity import Firm


class Something(BaseModel):
    id: UUID


class Backend(BaseModel):
    pid: int


class SomethingHappened(Event):
    topic: ClassVar[str] = "something.happened"

    id: UUID

    @property
    def subject_id(self) -> UUID:
        return self.id


class Broken(Exception):
    """Raised to end a transaction."""


class TestWithoutAnActor:
    """The walls fail closed: a query that reaches Postgres past us finds nothing."""

    async def test_nothing_is_visible(self, firm: Firm) -> None:
        async with db.pool().connection() as conn:
            cursor = await conn.execute("SELECT count(*) FROM clients")
            assert await cursor.fetchone() == (0,)

    async def test_nothing_can_be_changed(self, firm: Firm) -> None:
        async with db.pool().connection() as conn:
            changed = await conn.execute("UPDATE clients SET name = 'Mallory'")
            deleted = await conn.execute("DELETE FROM clients")
            assert (changed.rowcount, deleted.rowcount) == (0, 0)

    async def test_nothing_can_be_added(self, firm: Firm) -> None:
        with pytest.raises(InsufficientPrivilege):
            async with db.pool().connection() as conn:
                await conn.execute(
                    "INSERT INTO clients (organization_id, name) VALUES (%s, 'Mallory')",
                    [firm.organization_id],
                )


class TestATransaction:
    async def test_leaves_no_setting_behind_in_the_pool(self, firm: Firm) -> None:
        async with transaction(firm.actor) as tx:
            backend = await tx.value(int, "SELECT pg_backend_pid()")

        left: dict[int, tuple[str | None, ...]] = {}
        async with AsyncExitStack() as held:  # any of the pool's may be handed out: take them all
            for _ in range(db.pool().max_size):
                conn = await held.enter_async_context(db.pool().connection())
                cursor = await conn.execute(
                    """
                    SELECT pg_backend_pid(), current_setting('app.organization_id', true),
                           current_setting('app.client_id', true), tenant_id()
                    """
                )
                row = await cursor.fetchone()
                assert row
                pid, *settings = row
                left[pid] = tuple(settings)
        assert left[backend] == ("", "", None)

    async def test_leaves_no_setting_behind_when_it_fails(self, firm: Firm) -> None:
        with pytest.raises(Broken):
            async with transaction(firm.actor):
                raise Broken

        async with db.pool().connection() as conn:
            cursor = await conn.execute("SELECT tenant_id()")
            assert await cursor.fetchone() == (None,)

    async def test_keeps_what_it_announces_and_records_only_if_it_commits(self, firm: Firm) -> None:
        change = Change(action="something.happened", subject_id=uuid4())
        event = SomethingHappened(organization_id=firm.organization_id, id=change.subject_id)
        with pytest.raises(Broken):
            await note(firm, change, event, then=Broken())
        assert await kept(firm, change.subject_id) == (0, 0)

        await note(firm, change, event)
        assert await kept(firm, change.subject_id) == (1, 1)

    async def test_says_who_did_what(self, firm: Firm) -> None:
        subject = uuid4()
        async with transaction(firm.actor) as tx:
            await tx.record(Change(action="something.happened", subject_id=subject))

        async with transaction(firm.actor) as tx:
            user_id = await tx.value(
                UUID,
                "SELECT user_id FROM audit_entries WHERE subject_id = %(subject)s",
                subject=subject,
            )
        assert user_id == firm.actor.user_id


async def note(firm: Firm, change: Change, event: Event, *, then: Exception | None = None) -> None:
    async with transaction(firm.actor) as tx:
        await tx.record(change)
        await tx.publish(event)
        if then:
            raise then


async def kept(firm: Firm, subject: UUID) -> tuple[int, int]:
    """Rows for the auditor, and events that will leave."""
    async with transaction(firm.actor) as tx:
        return (
            await tx.value(
                int,
                "SELECT count(*) FROM audit_entries WHERE subject_id = %(subject)s",
                subject=subject,
            ),
            await tx.value(
                int,
                "SELECT count(*) FROM outbox_events WHERE subject_id = %(subject)s",
                subject=subject,
            ),
        )


class TestAsking:
    async def test_for_a_row_that_is_not_there_says_so(self, firm: Firm, other_firm: Firm) -> None:
        """Missing and another firm's look the same."""
        told: list[str] = []
        for client_id in (uuid4(), other_firm.client_id):
            with pytest.raises(NotFound) as missing:
                async with transaction(firm.actor) as tx:
                    await clients.get_client(tx, client_id)
            told.append(str(missing.value))

        assert told[0] == told[1]

    async def test_for_a_value_of_the_wrong_kind_is_a_bug(self, firm: Firm) -> None:
        with pytest.raises(TypeError):
            async with transaction(firm.actor) as tx:
                await tx.value(int, "SELECT 'text'")

    async def test_a_wrong_statement_is_a_bug_and_no_answer_to_the_caller(self, firm: Firm) -> None:
        with pytest.raises(UndefinedTable) as error:
            async with transaction(firm.actor) as tx:
                await tx.many(Something, "SELECT id FROM nothing_of_the_kind")

        assert not isinstance(error.value, AppError)

    async def test_pointing_at_what_is_not_there_is_an_unknown_reference(
        self, firm: Firm, other_firm: Firm
    ) -> None:
        told: list[tuple[str, str]] = []
        for client_id in (uuid4(), other_firm.client_id):
            with pytest.raises(UnknownReference) as unknown:
                await point_at(firm, client_id)
            told.append((unknown.value.code, str(unknown.value)))

        assert told[0] == told[1]
        assert told[0][0] == "unknown_reference"

    async def test_what_no_grant_allows_is_a_bug_and_no_answer_to_the_caller(
        self, firm: Firm
    ) -> None:
        with pytest.raises(InsufficientPrivilege):
            async with transaction(firm.actor) as tx:
                await tx.run("DELETE FROM audit_entries")

    async def test_writing_into_another_firm_looks_like_a_reference_to_nothing(
        self, firm: Firm, other_firm: Firm
    ) -> None:
        with pytest.raises(UnknownReference):
            async with transaction(firm.actor) as tx:
                await tx.run(
                    "INSERT INTO clients (organization_id, name) VALUES (%(theirs)s, 'Mallory')",
                    theirs=other_firm.organization_id,
                )


async def point_at(firm: Firm, client_id: UUID) -> None:
    async with transaction(firm.actor) as tx:
        await tx.run(
            """
            INSERT INTO documents
                (organization_id, client_id, name, announced_size, announced_sha256)
            VALUES (%(organization_id)s, %(client_id)s, 'w2.pdf', 1, 'x')
            """,
            organization_id=firm.organization_id,
            client_id=client_id,
        )


class TestASnapshot:
    async def test_sees_one_moment(self, firm: Firm) -> None:
        async with db.snapshot(firm.actor) as tx:
            before = await tx.value(int, "SELECT count(*) FROM clients")
            async with transaction(firm.actor) as other:
                await other.run(
                    "INSERT INTO clients (organization_id, name) VALUES (%(firm)s, 'Ada')",
                    firm=firm.organization_id,
                )
            assert await tx.value(int, "SELECT count(*) FROM clients") == before

    async def test_changes_nothing(self, firm: Firm) -> None:
        with pytest.raises(ReadOnlySqlTransaction):
            async with db.snapshot(firm.actor) as tx:
                await tx.run("UPDATE clients SET name = 'Grace'")

    async def test_sees_its_own_firm_alone(self, firm: Firm, other_firm: Firm) -> None:
        async with db.snapshot(firm.actor) as tx:
            ids = await tx.value(list, "SELECT array_agg(id) FROM clients")

        assert ids == [firm.client_id]
        assert other_firm.client_id not in ids


class TestAGlance:
    async def test_sees_its_own_firm_alone(self, firm: Firm, other_firm: Firm) -> None:
        ours = await Glance(firm.actor).many(Something, "SELECT id FROM clients")

        assert [each.id for each in ours] == [firm.client_id]
        with pytest.raises(NotFound):
            await clients.get_client(Glance(firm.actor), other_firm.client_id)

    async def test_changes_nothing(self, firm: Firm) -> None:
        with pytest.raises(ReadOnlySqlTransaction):
            await Glance(firm.actor).many(Something, "DELETE FROM clients RETURNING id")

    async def test_leaves_nothing_behind_in_the_pool(self, firm: Firm) -> None:
        pids = {
            (await Glance(firm.actor).one(Backend, "SELECT pg_backend_pid() AS pid")).pid
            for _ in range(8)
        }

        left: dict[int, tuple[object, ...]] = {}
        async with AsyncExitStack() as held:
            for _ in range(db.pool().max_size):
                conn = await held.enter_async_context(db.pool().connection())
                cursor = await conn.execute(
                    """
                    SELECT pg_backend_pid(), current_setting('app.organization_id', true),
                           tenant_id(), current_setting('transaction_read_only')
                    """
                )
                row = await cursor.fetchone()
                assert row
                pid, *settings = row
                left[pid] = tuple(settings)
        assert {left[pid] for pid in pids} == {("", None, "off")}

    async def test_that_fails_leaves_its_connection_well(self, firm: Firm) -> None:
        for _ in range(db.pool().max_size):
            with pytest.raises(UndefinedTable):
                await Glance(firm.actor).many(Something, "SELECT id FROM no_such_table")

        assert await clients.get_client(Glance(firm.actor), firm.client_id)


class TestABrokenConnection:
    async def test_is_unavailable_now_and_well_again_the_next_time(
        self, firm: Firm, database: str
    ) -> None:
        with pytest.raises(DatabaseUnavailable) as unavailable:
            await lose_the_connection(firm, database)

        assert (unavailable.value.status, unavailable.value.retryable) == (503, True)
        async with transaction(firm.actor) as tx:
            assert await tx.value(int, "SELECT 1") == 1

    async def test_never_looks_as_if_it_had_committed(self, firm: Firm, database: str) -> None:
        """Also where somebody has caught the error that told of it."""
        with pytest.raises(DatabaseUnavailable):
            await lose_the_connection_unnoticed(firm, database)

    async def test_that_broke_while_it_lay_in_the_pool_is_not_noticed(
        self, firm: Firm, database: str
    ) -> None:
        """As after a failover: every connection we had is dead."""
        kill(database, *backends(database))

        async with transaction(firm.actor) as tx:
            assert await tx.value(int, "SELECT 1") == 1


async def lose_the_connection(firm: Firm, database: str) -> None:
    async with transaction(firm.actor) as tx:
        kill(database, await tx.value(int, "SELECT pg_backend_pid()"))
        await tx.value(int, "SELECT 1")


async def lose_the_connection_unnoticed(firm: Firm, database: str) -> None:
    async with transaction(firm.actor) as tx:
        kill(database, await tx.value(int, "SELECT pg_backend_pid()"))
        with suppress(psycopg.OperationalError):
            await tx.value(int, "SELECT 1")


def backends(database: str) -> list[int]:
    """Those the app's role has in this database."""
    with psycopg.connect(database) as admin:
        found = admin.execute(
            """
            SELECT pid FROM pg_stat_activity
            WHERE usename = 'app' AND datname = current_database()
            """
        ).fetchall()
    return [pid for (pid,) in found]


def kill(database: str, *pids: int) -> None:
    with psycopg.connect(database) as admin:
        for pid in pids:
            gone = admin.execute("SELECT pg_terminate_backend(%s, 5000)", [pid]).fetchone()
            assert gone == (True,)
