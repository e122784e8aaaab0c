from types import SimpleNamespace
from typing import Any

import azure.functions as func
import pytest
from azure.durable_functions import Blueprint

from orchestrations.document_processing.messages import DocumentJob
from orchestrations.document_processing.starting import STORY
from orchestrations.durable import (
    StepBroke,
    StepFailed,
    call,
    has_ended,
    start_once,
    step,
    wake,
)
from shared.documents.models import Measured
from shared.platform.errors import NotFound, VendorUnavailable
from tests.local.durable.client import Client
from tests.orchestrations.conftest import Host
from tests.orchestrations.drive import FakeContext
from tests.orchestrations.record import JOB, LATER, asks, plain, to_the_wait

DUPLICATE = {"measure_document": plain(Measured(is_duplicate=True))}
WAITING = asks(LATER, LATER)


async def begin(client: Client) -> None:
    await start_once(client, STORY, JOB.instance_id, JOB.model_dump(mode="json"))


class TestStartOnce:
    async def test_starts_a_story(self, host: Host) -> None:
        client = await host(DUPLICATE)

        await begin(client)

        assert (await client.wait(JOB.instance_id)).output == "duplicate"

    async def test_leaves_a_story_that_runs_as_it_is(self, host: Host) -> None:
        client = await host(WAITING)
        await begin(client)
        await to_the_wait(client)
        before = await client.history(JOB.instance_id)

        await begin(client)

        assert await client.history(JOB.instance_id) == before

    async def test_never_restarts_a_story_that_has_ended(self, host: Host) -> None:
        """Durable itself would."""
        client = await host(DUPLICATE)
        await begin(client)
        await client.wait(JOB.instance_id)
        before = await client.history(JOB.instance_id)

        await begin(client)

        assert await client.state(JOB.instance_id) == "Completed"
        assert await client.history(JOB.instance_id) == before

    async def test_forgives_somebody_who_was_faster(self) -> None:
        client: Any = Racing(is_there_afterwards=True)

        await start_once(client, STORY, JOB.instance_id, {})

        assert client.asked == 2

    async def test_says_when_it_could_not_start(self) -> None:
        client: Any = Racing(is_there_afterwards=False)

        with pytest.raises(Exception, match="The Functions runtime is busy"):
            await start_once(client, STORY, JOB.instance_id, {})


class Racing:
    """A client whose start fails: somebody else was faster, or nobody was."""

    def __init__(self, *, is_there_afterwards: bool) -> None:
        self.is_there_afterwards = is_there_afterwards
        self.asked = 0

    async def get_status(self, _instance_id: str) -> Any:
        self.asked += 1
        is_there = self.asked > 1 and self.is_there_afterwards
        return SimpleNamespace(runtime_status="Running" if is_there else None)

    async def start_new(self, _story: str, _instance_id: str, _job: object) -> None:
        raise Exception("The Functions runtime is busy")  # noqa: TRY002 - as Durable


class TestWake:
    async def test_reaches_a_story_that_waits(self, host: Host) -> None:
        client = await host(WAITING)
        await begin(client)
        await to_the_wait(client)

        assert await wake(client, JOB.instance_id, JOB.decision_event)
        assert (await client.wait(JOB.instance_id)).output == "accepted"

    async def test_says_when_the_story_has_ended(self, host: Host) -> None:
        client = await host(DUPLICATE)
        await begin(client)
        await client.wait(JOB.instance_id)

        assert not await wake(client, JOB.instance_id, JOB.decision_event)

    async def test_says_when_there_is_no_story(self, host: Host) -> None:
        assert not await wake(await host({}), "document-nobody-knows-1", "reviewed-1")

    async def test_does_not_hide_what_it_does_not_know(self, host: Host) -> None:
        with pytest.raises(ValueError, match="event_name must be"):
            await wake(await host({}), JOB.instance_id, "")


class TestHasEnded:
    async def test_of_a_story_that_never_began_or_waits_is_false(self, host: Host) -> None:
        client = await host(WAITING)
        assert not await has_ended(client, JOB.instance_id)

        await begin(client)
        await to_the_wait(client)

        assert not await has_ended(client, JOB.instance_id)

    async def test_of_a_story_that_completed_or_was_terminated_is_true(self, host: Host) -> None:
        client = await host(WAITING)
        await begin(client)
        await to_the_wait(client)

        await client.terminate(JOB.instance_id, "by hand")
        await client.wait(JOB.instance_id)

        assert await has_ended(client, JOB.instance_id)


def activity_that_raises(error: Exception) -> Any:
    bp = Blueprint()

    @step(bp)
    async def always_fails(_job: DocumentJob) -> None:
        raise error

    app = func.FunctionApp()
    app.register_functions(bp)
    (registered,) = app.get_functions()
    return registered.get_user_function()


class TestAStep:
    async def test_answers_in_plain_json(self) -> None:
        bp = Blueprint()

        @step(bp)
        async def measure(job: DocumentJob) -> Measured:
            return Measured(is_duplicate=job.number == 1)

        (builder,) = bp._function_builders  # pyright: ignore[reportPrivateUsage]
        activity: Any = builder.build(func.AuthLevel.ANONYMOUS).get_user_function()

        assert await activity(JOB.model_dump(mode="json")) == {"is_duplicate": True}
        assert await measure(JOB) == Measured(is_duplicate=True)

    async def test_answers_with_a_refusal_when_no_retry_mends_it(self) -> None:
        answer = await activity_that_raises(NotFound("gone"))(JOB.model_dump(mode="json"))

        assert answer == {"refused": {"code": "not_found", "detail": "gone"}}

    async def test_puts_no_tin_into_history(self) -> None:
        refused = NotFound("No client has 412-55-7834")

        answer = await activity_that_raises(refused)(JOB.model_dump(mode="json"))

        assert answer["refused"]["detail"] == "No client has ***-**-7834"

    async def test_fails_when_a_retry_may_mend_it(self) -> None:
        with pytest.raises(VendorUnavailable):
            await activity_that_raises(VendorUnavailable("busy"))(JOB.model_dump(mode="json"))

    async def test_fails_without_a_tin_when_nobody_expected_it(self) -> None:
        """Durable keeps what an error says, and the host logs it."""
        with pytest.raises(StepBroke, match=r"RuntimeError: no row for \*\*\*-\*\*-7834") as broke:
            await activity_that_raises(RuntimeError("no row for 412-55-7834"))(
                JOB.model_dump(mode="json")
            )

        assert broke.value.__cause__ is None


def test_a_step_that_fails_for_good_says_which_and_not_why() -> None:
    """What it said may hold a client's data, and history keeps it."""
    bp = Blueprint()

    @step(bp)
    async def measure(_job: DocumentJob) -> None: ...

    context: Any = FakeContext(JOB, {})
    steps = call(context, measure, JOB)
    next(steps)

    with pytest.raises(StepFailed) as failed:
        steps.throw(Exception("Ada Lovelace, 412-55-7834"))
    assert str(failed.value) == "measure"
