"""The story of an operation: told in memory, and carried out in a real engine."""

from functools import partial
from typing import Any
from uuid import UUID

import pytest

from orchestrations.durable import Refused
from orchestrations.operation import activities, starting
from orchestrations.operation.messages import BROKE_OFF, OperationJob
from orchestrations.operation.orchestrator import run_operation_v1
from orchestrations.operation.work import WORK
from shared.operations import operations
from shared.operations.models import Job, OperationState, Progress
from shared.platform.actor import Actor
from shared.platform.db import transaction
from shared.platform.errors import AppError, Invalid
from shared.platform.settings import settings
from tests.functions.transport import Durable
from tests.make.identity import Firm
from tests.orchestrations.drive import FakeContext, RealContext, carry_out, run
from tests.shared.operations.conftest import KIND, ask, count, see

JOB = OperationJob(organization_id=UUID(int=1), operation_id=UUID(int=2))


@pytest.fixture
def counting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(WORK, KIND, count)


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """What nothing was heard of is silent at once."""
    config = settings().model_copy(update={"sweep_silent_after": -1.0})
    monkeypatch.setattr("shared.operations.sweep.settings", lambda: config)


def job_of(firm: Firm, operation_id: UUID) -> OperationJob:
    return OperationJob(organization_id=firm.organization_id, operation_id=operation_id)


async def tell(firm: Firm, operation_id: UUID) -> RealContext:
    steps: dict[str, Any] = {
        step.name: partial(_as_the_host, step)
        for step in (activities.advance_operation, activities.fail_operation)
    }
    context = RealContext(job_of(firm, operation_id), steps)
    await carry_out(run_operation_v1, context)
    return context


async def _as_the_host(step: Any, payload: Any) -> Any:
    """What the registered activity does with a refusal is tested in test_durable."""
    try:
        answer = await step(step.takes.validate_python(payload))
    except AppError as error:
        return {"refused": {"code": error.code, "detail": str(error)}}
    return step.gives.dump_python(answer, mode="json")


class TestTheStory:
    def test_goes_on_while_there_is_more_to_do(self) -> None:
        answers = iter([True, True, False])
        context = FakeContext(JOB, _Each("advance_operation", answers))

        assert run(run_operation_v1, context) == "ended"
        assert context.called == ["advance_operation"] * 3

    def test_notes_a_refusal(self) -> None:
        refused = {"refused": {"code": "too_many_rows", "detail": "A workbook cannot hold them"}}
        context = FakeContext(JOB, {"advance_operation": refused})

        assert run(run_operation_v1, context) == "failed"
        assert context.called == ["advance_operation", "fail_operation"]

    def test_notes_a_step_that_fails_for_good(self) -> None:
        context = FakeContext(JOB, {"advance_operation": Exception("a bug of ours")})

        assert run(run_operation_v1, context) == "failed"
        assert context.called == ["advance_operation", "fail_operation"]

    def test_carries_ids_alone(self) -> None:
        assert set(OperationJob.model_fields) == {"organization_id", "operation_id"}
        assert JOB.instance_id == f"operation-{JOB.operation_id}"


class _Each(dict[str, Any]):
    """A new answer at each call."""

    def __init__(self, name: str, answers: Any) -> None:
        super().__init__()
        self.name, self.answers = name, answers

    def get(self, key: str, default: Any = None) -> Any:
        return {"is_unfinished": next(self.answers)} if key == self.name else default


class TestWithTheRealSteps:
    async def test_work_is_done_to_its_end(self, firm: Firm, counting: None) -> None:
        operation_id = await ask(firm.actor, to=3)

        context = await tell(firm, operation_id)

        assert context.called == ["advance_operation"]
        assert (await see(firm.actor, operation_id)).result == {"counted": 3}

    async def test_a_refusal_is_told_to_who_asked(
        self, firm: Firm, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        async def refuse(_actor: Actor, _job: Job) -> Progress:
            raise Invalid("It makes no sense")

        monkeypatch.setitem(WORK, KIND, refuse)
        operation_id = await ask(firm.actor)

        await tell(firm, operation_id)

        operation = await see(firm.actor, operation_id)
        assert operation.state is OperationState.FAILED
        assert (operation.code, operation.detail) == ("invalid", "It makes no sense")

    async def test_another_firms_operation_is_not_worked_on(
        self, firm: Firm, other_firm: Firm, counting: None
    ) -> None:
        operation_id = await ask(firm.actor)

        with pytest.raises(Refused, match="not found"):
            await tell(other_firm, operation_id)

        assert (await see(firm.actor, operation_id)).state is OperationState.PENDING


class TestTheSweep:
    async def test_starts_what_was_committed_and_never_begun(
        self, firm: Firm, durable: Durable, at_once: None
    ) -> None:
        operation_id = await ask(firm.actor)

        await starting.sweep_operations(durable)  # pyright: ignore[reportArgumentType]

        job = job_of(firm, operation_id)
        assert durable.started[job.instance_id] == job.model_dump(mode="json")

    async def test_leaves_alone_what_has_ended_and_what_is_at_work(
        self, firm: Firm, durable: Durable
    ) -> None:
        young = await ask(firm.actor)
        cancelled = await ask(firm.actor)
        await operations.cancel_operation(firm.actor, cancelled)

        await starting.sweep_operations(durable)  # pyright: ignore[reportArgumentType]

        ids = {job_of(firm, each).instance_id for each in (young, cancelled)}
        assert not ids & set(durable.started)

    async def test_says_of_what_broke_off_that_it_did(
        self, firm: Firm, durable: Durable, at_once: None, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        operation_id = await ask(firm.actor)

        async def has_ended(_client: Any, instance_id: str) -> bool:
            return instance_id == job_of(firm, operation_id).instance_id

        monkeypatch.setattr(starting, "has_ended", has_ended)
        await starting.sweep_operations(durable)  # pyright: ignore[reportArgumentType]

        operation = await see(firm.actor, operation_id)
        assert operation.state is OperationState.FAILED
        assert operation.detail == BROKE_OFF

    async def test_forgets_what_ended_a_week_ago_with_its_files(
        self, firm: Firm, durable: Durable, storage: None
    ) -> None:
        old, young = await ask(firm.actor), await ask(firm.actor)
        for each in (old, young):
            await operations.cancel_operation(firm.actor, each)
        async with transaction(firm.actor) as tx:
            await tx.run(
                """
                UPDATE operations SET finished_at = now() - interval '8 days'
                WHERE id = %(old)s
                """,
                old=old,
            )

        await starting.sweep_operations(durable)  # pyright: ignore[reportArgumentType]

        listed = await operations.list_operations(firm.actor, operations.Asked())
        assert [each.id for each in listed.items] == [young]
