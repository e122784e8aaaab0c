"""Resting, and waking from it."""

import asyncio

import pytest

from local.functions_host.sources import LIVELY_SECONDS, Activity, Rounds


async def test_a_rest_ends_when_the_host_begins_to_be_used() -> None:
    activity = Activity(idle=LIVELY_SECONDS)
    resting = asyncio.create_task(activity.sleep(3600))
    await asyncio.sleep(0)

    activity.note()

    await asyncio.wait_for(resting, 30)


async def test_a_host_in_use_does_not_cut_a_short_rest_shorter() -> None:
    activity = Activity()
    activity.note()
    resting = asyncio.create_task(activity.sleep(3600))
    await asyncio.sleep(0)

    activity.note()
    await asyncio.sleep(0.01)

    assert not resting.done()
    resting.cancel()


async def test_rounds_can_be_cut_off(caplog: pytest.LogCaptureFixture) -> None:
    rounds = Rounds()
    rounds.start(asyncio.sleep(3600))

    await rounds.cancel()

    assert rounds.ending
    assert caplog.text == ""
