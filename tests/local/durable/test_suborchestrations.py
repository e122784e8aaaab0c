from azure.durable_functions import OrchestrationRuntimeStatus

from tests.local.durable.client import Client


async def test_children_fan_out_fail_and_are_retried(client: Client) -> None:
    ended = await client.run("parent")

    assert ended.output == {"children": [0, 1, 4], "caught": True, "retried": 49}


async def test_an_unknown_child_fails_the_call(client: Client) -> None:
    ended = await client.run("adopts", {"name": "no_such", "id": None})

    assert "The function 'no_such' doesn't exist" in ended.output


async def test_a_child_may_not_take_the_id_of_a_running_instance(client: Client) -> None:
    await client.start_new("forever", "taken")
    await client.wait("taken", "Running")

    ended = await client.run("adopts", {"name": "child", "id": "taken"})

    assert "already exists" in ended.output
    taken = await client.get_status("taken")
    assert taken.name == "forever"
    assert taken.runtime_status == OrchestrationRuntimeStatus.Running


async def test_a_terminated_child_fails_the_call(client: Client) -> None:
    story = await client.start_new("adopts", None, {"name": "forever", "id": "stopped-child"})
    await client.wait("stopped-child", "Running")
    await client.terminate("stopped-child", "enough")

    assert "enough" in (await client.wait(story)).output


async def test_continue_as_new_keeps_the_history_short(client: Client) -> None:
    ended = await client.run("counter_loop", {"n": 0, "sum": 0, "until": 20}, "loop")

    assert ended.output == sum(n * n for n in range(21))
    assert len(await client.history("loop")) < 10


async def test_events_are_read_across_continue_as_new(client: Client) -> None:
    story = await client.start_new("mailbox", None, [])
    for n in range(3):
        await client.wait_for_custom_status(story, f"read {n}")
        await client.raise_event(story, f"mail-{n}", n)

    assert (await client.wait(story)).output == ["0", "1", "2"]
