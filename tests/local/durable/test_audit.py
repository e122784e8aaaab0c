"""Warnings about what works here and would not on Azure."""

import pytest

from tests.local.durable.client import Client


async def test_a_retry_that_outlives_its_task_any_would_hang(
    client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    ended = await client.run("any_then_retry", None, "hangs")

    assert ended.output == [2, [0, 1, 4, 9]]
    assert "hangs: Azure's host would number task" in caplog.text
    assert "#603" in caplog.text


async def test_after_a_failed_task_all_azure_would_wait_for_the_siblings(
    client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    ended = await client.run("fail_fast", None, "fast")

    assert ended.output == 9
    assert "fast: on Azure task 2 (square) would only start when every sibling" in caplog.text


@pytest.mark.parametrize(
    ("name", "given"),
    [
        ("chain", {"fail": {"1": 1}}),
        ("fan_out_with_retries", 8),
        ("approval", 0.05),
        ("parent", None),
        ("uses_entity", "quiet"),
        ("counter_loop", {"n": 0, "sum": 0, "until": 3}),
        ("failing", None),
    ],
)
async def test_it_is_silent_about_sound_stories(
    client: Client, caplog: pytest.LogCaptureFixture, name: str, given: object
) -> None:
    await client.run(name, given)

    assert caplog.text == ""
