from uuid import UUID, uuid4

import pytest

from shared.operations import operations, running
from shared.operations.errors import OperationEnded, UnknownWork
from shared.operations.models import Job, OperationState, Progress
from shared.operations.queries import operations as queries
from shared.platform.actor import Actor, Role, system
from shared.platform.db import transaction
from shared.platform.errors import NotFound
from shared.platform.paging import Asked
from tests.make import identity as make
from tests.make.identity import Firm
from tests.shared.operations.conftest import KIND, KNOWN, ask, count, see


async def events(firm: Firm, operation_id: UUID) -> list[str]:
    async with transaction(firm.actor) as tx:
        cursor = await tx.connection.execute(
            "SELECT topic FROM outbox_events WHERE subject_id = %s ORDER BY id", [operation_id]
        )
        return [topic for (topic,) in await cursor.fetchall()]


async def audited(firm: Firm, operation_id: UUID) -> list[str]:
    async with transaction(firm.actor) as tx:
        cursor = await tx.connection.execute(
            "SELECT action FROM audit_entries WHERE subject_id = %s ORDER BY id", [operation_id]
        )
        return [action for (action,) in await cursor.fetchall()]


class TestAsking:
    async def test_notes_an_operation_that_waits(self, firm: Firm) -> None:
        operation = await see(firm.actor, await ask(firm.actor))

        assert operation.kind == KIND
        assert operation.state is OperationState.PENDING
        assert (operation.percent, operation.eta) == (0, None)
        assert operation.user_id == firm.actor.user_id
        assert await audited(firm, operation.id) == ["operation.requested"]

    async def test_twice_with_one_id_notes_one(self, firm: Firm) -> None:
        operation_id = uuid4()
        for _ in range(2):
            async with transaction(firm.actor) as tx:
                await operations.request_operation(tx, operation_id, KIND, {"to": 1})

        page = await operations.list_operations(firm.actor, Asked())
        assert [each.id for each in page.items] == [operation_id]
        assert await audited(firm, operation_id) == ["operation.requested"]

    async def test_with_the_id_of_somebody_else_finds_nothing(self, firm: Firm) -> None:
        operation_id = await ask((await make.colleague(firm, Role.MANAGER)).actor)

        with pytest.raises(NotFound):
            async with transaction(firm.actor) as tx:
                await operations.request_operation(tx, operation_id, KIND)


class TestWatching:
    async def test_is_for_who_asked(self, firm: Firm, other_firm: Firm) -> None:
        operation_id = await ask(firm.actor)
        colleague = (await make.colleague(firm, Role.ADMIN)).actor

        for somebody in (colleague, other_firm.actor):
            with pytest.raises(NotFound):
                await see(somebody, operation_id)
            assert (await operations.list_operations(somebody, Asked())).items == []

    async def test_of_anyones_stays_within_the_firm(self, firm: Firm, other_firm: Firm) -> None:
        colleague = (await make.colleague(firm, Role.MANAGER)).actor
        operation_id = await ask(colleague)

        found = await operations.get_operation(firm.actor, operation_id, of_anyone=True)
        listed = await operations.list_operations(firm.actor, Asked(), of_anyone=True)
        assert [each.id for each in listed.items] == [found.id]
        with pytest.raises(NotFound):
            await operations.get_operation(other_firm.actor, operation_id, of_anyone=True)

    async def test_goes_through_pages_newest_first_and_back(self, firm: Firm) -> None:
        asked = [await ask(firm.actor) for _ in range(5)]

        first = await operations.list_operations(firm.actor, Asked(limit=2))
        second = await operations.list_operations(firm.actor, Asked(first.next, limit=2))
        back = await operations.list_operations(firm.actor, Asked(second.prev, limit=2))

        assert [each.id for each in first.items + second.items] == asked[:0:-1]
        assert back.items == first.items

    async def test_tells_how_far_it_is_and_when_it_will_end(
        self, firm: Firm, one_step_at_a_time: None
    ) -> None:
        operation_id = await ask(firm.actor, to=4)

        assert await running.advance(system(firm.organization_id), operation_id, KNOWN)

        operation = await see(firm.actor, operation_id)
        assert operation.state is OperationState.RUNNING
        assert (operation.done, operation.total, operation.percent) == (1, 4, 25)
        assert operation.started_at
        assert operation.progressed_at
        a_quarter = operation.progressed_at - operation.started_at
        assert operation.eta == operation.progressed_at + 3 * a_quarter


class TestWorking:
    async def test_goes_on_to_the_end_and_says_so(self, firm: Firm) -> None:
        operation_id = await ask(firm.actor, to=3)

        assert not await running.advance(system(firm.organization_id), operation_id, KNOWN)

        operation = await see(firm.actor, operation_id)
        assert operation.state is OperationState.SUCCEEDED
        assert operation.result == {"counted": 3}
        assert (operation.percent, operation.eta) == (100, None)
        assert operation.finished_at
        assert await events(firm, operation_id) == ["operation.finished"]
        assert await audited(firm, operation_id) == ["operation.requested", "operation.succeeded"]

    async def test_once_ended_is_not_begun_again(self, firm: Firm) -> None:
        operation_id = await ask(firm.actor, to=1)
        worked = 0

        async def work(actor: Actor, job: Job) -> Progress:
            nonlocal worked
            worked += 1
            return await count(actor, job)

        for _ in range(3):
            await running.advance(system(firm.organization_id), operation_id, {KIND: work})

        assert worked == 1
        assert await events(firm, operation_id) == ["operation.finished"]

    async def test_takes_a_step_again_that_was_not_noted(
        self, firm: Firm, one_step_at_a_time: None
    ) -> None:
        """As when the process dies between the two."""
        operation_id = await ask(firm.actor, to=3)
        seen: list[Job] = []

        async def dies(_actor: Actor, job: Job) -> Progress:
            seen.append(job)
            raise KeyboardInterrupt

        async def goes_on(actor: Actor, job: Job) -> Progress:
            seen.append(job)
            return await count(actor, job)

        actor = system(firm.organization_id)
        await running.advance(actor, operation_id, KNOWN)
        with pytest.raises(KeyboardInterrupt):
            await running.advance(actor, operation_id, {KIND: dies})
        await running.advance(actor, operation_id, {KIND: goes_on})

        assert seen[0] == seen[1]
        assert seen[0].cursor == {"counted": 1}
        assert (await see(firm.actor, operation_id)).done == 2

    async def test_twice_at_once_notes_each_step_once(self, firm: Firm) -> None:
        """Durable may call an activity again while it is still at work."""
        operation_id = await ask(firm.actor, to=3)
        actor = system(firm.organization_id)

        async def overtaken(actor: Actor, job: Job) -> Progress:
            async with transaction(actor) as tx:
                await queries.save_progress(tx, job, await count(actor, job))
            return Progress(done=99, total=99, cursor={"counted": 99})

        made = iter([overtaken, count, count])

        async def first_overtaken(actor: Actor, job: Job) -> Progress:
            return await next(made)(actor, job)

        await running.advance(actor, operation_id, {KIND: first_overtaken})

        operation = await see(firm.actor, operation_id)
        assert operation.result == {"counted": 3}

    async def test_of_a_kind_nobody_knows_is_refused(self, firm: Firm) -> None:
        operation_id = await ask(firm.actor)

        with pytest.raises(UnknownWork):
            await running.advance(system(firm.organization_id), operation_id, {})

    async def test_that_fails_says_why_with_no_tin_in_it(self, firm: Firm) -> None:
        operation_id = await ask(firm.actor)
        actor = system(firm.organization_id)

        for _ in range(2):
            await running.fail(actor, operation_id, "processing_failed", "Choked on 123-45-6789")

        operation = await see(firm.actor, operation_id)
        assert operation.state is OperationState.FAILED
        assert (operation.code, operation.detail) == (
            "processing_failed",
            "Choked on ***-**-6789",
        )
        assert await events(firm, operation_id) == ["operation.finished"]


class TestCancelling:
    async def test_what_nobody_has_begun_ends_it(self, firm: Firm) -> None:
        operation_id = await ask(firm.actor)

        operation = await operations.cancel_operation(firm.actor, operation_id)

        assert operation.state is OperationState.CANCELLED
        assert not await running.advance(system(firm.organization_id), operation_id, KNOWN)
        assert (await see(firm.actor, operation_id)).state is OperationState.CANCELLED
        assert await events(firm, operation_id) == ["operation.finished"]

    async def test_stops_the_work_before_its_next_step(
        self, firm: Firm, one_step_at_a_time: None
    ) -> None:
        operation_id = await ask(firm.actor, to=9)
        actor = system(firm.organization_id)
        await running.advance(actor, operation_id, KNOWN)

        asked = await operations.cancel_operation(firm.actor, operation_id)
        assert asked.state is OperationState.RUNNING
        assert asked.cancel_requested_at
        assert not await running.advance(actor, operation_id, KNOWN)

        operation = await see(firm.actor, operation_id)
        assert (operation.state, operation.done) == (OperationState.CANCELLED, 1)
        assert await events(firm, operation_id) == ["operation.finished"]

    async def test_twice_is_as_once(self, firm: Firm) -> None:
        operation_id = await ask(firm.actor)

        first = await operations.cancel_operation(firm.actor, operation_id)
        second = await operations.cancel_operation(firm.actor, operation_id)

        assert first == second

    async def test_what_has_ended_is_refused(self, firm: Firm) -> None:
        operation_id = await ask(firm.actor)
        await running.advance(system(firm.organization_id), operation_id, KNOWN)

        with pytest.raises(OperationEnded):
            await operations.cancel_operation(firm.actor, operation_id)

    async def test_somebody_elses_looks_like_one_that_is_not_there(
        self, firm: Firm, other_firm: Firm
    ) -> None:
        operation_id = await ask(firm.actor)

        for somebody in (other_firm.actor, (await make.colleague(firm, Role.ADMIN)).actor):
            with pytest.raises(NotFound):
                await operations.cancel_operation(somebody, operation_id)
        assert (await see(firm.actor, operation_id)).state is OperationState.PENDING
