"""What a client can do to an instance, and what it is told."""

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from azure.durable_functions import OrchestrationRuntimeStatus as Status

from tests.local.durable.client import Client

HOUR_AGO = timedelta(hours=-1)


async def test_a_running_id_is_not_started_again(client: Client) -> None:
    await client.start_new("forever", "mine")

    with pytest.raises(Exception, match="already exists"):
        await client.start_new("forever", "mine")


async def test_an_ended_id_is_started_afresh(client: Client) -> None:
    first = await client.run("plain_chain", 2, "again")
    second = await client.run("plain_chain", 3, "again")

    assert (first.output, second.output) == (1, 5)


async def test_an_unknown_orchestrator_is_refused(client: Client) -> None:
    with pytest.raises(Exception, match="The function 'no_such' doesn't exist"):
        await client.start_new("no_such")


async def test_function_names_are_compared_without_regard_to_case(client: Client) -> None:
    assert (await client.run("Plain_Chain", 3)).output == 5


async def test_the_status_of_an_unknown_id_is_falsy(client: Client) -> None:
    status = await client.get_status("nope")

    assert not status
    assert status.runtime_status is None


async def test_a_waiting_story_shows_its_custom_status(client: Client) -> None:
    await client.start_new("forever", "waits")
    await client.wait_for_custom_status("waits", "waiting")

    status = await client.get_status("waits")

    assert status.runtime_status == Status.Running


async def test_the_history_is_shown_on_request(client: Client) -> None:
    await client.run("plain_chain", 2, "told")

    bare = await client.history("told")
    full = await client.history("told", with_results=True)

    assert not any("Result" in event for event in bare)
    assert [event["Result"] for event in full if "Result" in event] == ["0", "1"]


async def test_a_suspended_story_reads_its_events_when_it_is_resumed(client: Client) -> None:
    story = await client.start_new("approval", None, 600)
    await client.wait(story, "Running")
    await client.suspend(story, "pause")
    await client.raise_event(story, "Approval", "late")
    await asyncio.sleep(0.1)

    assert (await client.get_status(story)).runtime_status == Status.Suspended
    assert not any("Input" in event for event in (await client.history(story))[2:])
    await client.resume(story, "go on")
    assert (await client.wait(story)).output["approved"] == '"late"'


async def test_terminate_ends_a_story_with_the_reason(client: Client) -> None:
    await client.start_new("forever", "stopped")
    await client.wait("stopped", "Running")
    await client.terminate("stopped", "test over")

    status = await client.get_status("stopped")

    assert status.runtime_status == Status.Terminated
    assert status.output == "test over"


async def test_a_result_that_comes_after_terminate_is_dropped(
    client: Client, tmp_path: Path
) -> None:
    gate = tmp_path / "gate"
    story = await client.start_new("chain", None, {"steps": 2, "gates": {"0": str(gate)}})
    await client.wait(story, "Running")
    await client.terminate(story, "too slow")
    gate.touch()
    await client.run("chain", {"steps": 2, "gates": {"0": str(gate)}})

    assert (await client.get_status(story)).runtime_status == Status.Terminated


class TestGone:
    """The texts that the product matches, since the SDK has no classes for them."""

    async def test_an_event_for_an_ended_story_is_gone(self, client: Client) -> None:
        await client.run("plain_chain", 1, "over")

        with pytest.raises(Exception, match=r"^Instance with ID over is gone"):
            await client.raise_event("over", "late")

    async def test_an_event_for_an_unknown_id_is_not_found(self, client: Client) -> None:
        with pytest.raises(Exception, match=r"^No instance with ID nope found"):
            await client.raise_event("nope", "late")

    async def test_terminate_of_an_unknown_id_is_not_found(self, client: Client) -> None:
        with pytest.raises(Exception, match="No instance with ID 'nope' found"):
            await client.terminate("nope", "why not")

    async def test_suspend_of_an_ended_story_is_quietly_gone(self, client: Client) -> None:
        await client.run("plain_chain", 1, "over")

        await client.suspend("over", "pause")

        assert (await client.get_status("over")).runtime_status == Status.Completed

    async def test_rewind_says_that_it_is_not_there(self, client: Client) -> None:
        await client.run("failing", None, "failed")

        with pytest.raises(Exception, match=r"501|cannot rewind"):
            await client.rewind("failed", "please")


async def test_a_restart_gets_the_old_input_and_a_new_id(client: Client) -> None:
    await client.run("plain_chain", 4, "once")

    copy = await client.restart("once")
    same = await client.restart("once", restart_with_new_instance_id=False)

    assert copy != "once"
    assert same == "once"
    assert (await client.wait(copy)).output == (await client.wait("once")).output == 14


async def test_instances_are_listed_by_status_and_prefix(client: Client) -> None:
    await client.run("plain_chain", 1, "chain_1")
    await client.run("plain_chain", 1, "chainX1")
    await client.run("failing", None, "fails")

    failed = await client.get_status_by(
        datetime.now(UTC) + HOUR_AGO, runtime_status=[Status.Failed]
    )
    prefixed = await client.get_status_by(instance_id_prefix="chain_")

    assert [status.instance_id for status in failed] == ["fails"]
    assert [status.instance_id for status in prefixed] == ["chain_1"]
    assert len(await client.get_status_all()) == 3


async def test_purge_forgets_ended_stories_only(client: Client) -> None:
    await client.run("plain_chain", 1, "one")
    await client.run("failing", None, "two")
    await client.start_new("forever", "three")

    alone = await client.purge_instance_history("one")
    running = await client.purge_instance_history("three")
    failed = await client.purge_instance_history_by(
        datetime.now(UTC) + HOUR_AGO, None, [Status.Failed]
    )

    assert (alone.instances_deleted, running.instances_deleted) == (1, 0)
    assert failed.instances_deleted == 1
    assert [s.instance_id for s in await client.get_status_all()] == ["three"]


async def test_a_story_that_changed_its_mind_is_stopped(client: Client) -> None:
    ended = await client.run("nondeterministic")

    assert ended.runtime_status == Status.Failed
    assert "Non-Deterministic workflow detected" in ended.output
