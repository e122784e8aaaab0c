"""Moving windows on a real Valkey, and in memory where there is none."""

import asyncio
import json
import logging
import os
import subprocess
import sys
from collections.abc import AsyncGenerator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import limits
import pytest
import time_machine
from limits.aio.storage import RedisStorage

from shared.platform import cache, ratelimit
from shared.platform.actor import Actor, Role
from shared.platform.ratelimit import Charge, RateLimited, Window
from tests.conftest import Configure
from tests.servers import free_ports

ROOT = Path(__file__).parents[3]


@pytest.fixture(params=["redis", "memory"])
async def store(request: pytest.FixtureRequest, configure: Configure) -> None:
    if request.param == "memory":
        configure(redis_url="")


@pytest.fixture(autouse=True)
async def fresh() -> AsyncGenerator[None]:
    ratelimit.try_again()
    yield
    await cache.close()  # some of these tests talk to another server
    ratelimit.try_again()


def window(rate: str = "3/minute", name: str = "user") -> Window:
    return Window(name, f"{{{uuid4()}}}:rate:test", limits.parse(rate), cost=1)


async def charged(*windows: Window, cost: int = 1) -> Charge:
    charge = await ratelimit.charge([replace(each, cost=cost) for each in windows])
    assert charge is not None
    return charge


async def age(window: Window, seconds: float) -> None:
    """As if that time had gone by."""
    redis: Any = cache.client()
    entries = await redis.lrange(window.key, 0, -1)
    await redis.delete(window.key)
    await redis.rpush(window.key, *(f"{float(each) - seconds:.6f}" for each in entries))


def left(charge: Charge) -> list[int]:
    return [count.remaining for count in charge.counts]


@pytest.mark.usefixtures("store")
class TestAWindow:
    async def test_has_room_for_as_many_as_it_says(self) -> None:
        mine = window("3/minute")

        assert [left(await charged(mine)) for _ in range(3)] == [[2], [1], [0]]
        refused = await charged(mine)

        assert refused.refusing == mine
        assert 0 < refused.retry_after <= 60
        with pytest.raises(RateLimited, match="3 per 1 minute"):
            refused.require_room()

    async def test_moves(self) -> None:
        mine = window("2/second")
        await charged(mine, cost=2)
        assert (await charged(mine)).refusing

        await asyncio.sleep(1.05)

        assert left(await charged(mine)) == [1]

    async def test_is_charged_what_the_request_costs(self) -> None:
        mine = window("10/minute")

        assert left(await charged(mine, cost=7)) == [3]
        assert (await charged(mine, cost=4)).refusing
        assert left(await charged(mine, cost=3)) == [0]

    async def test_smaller_than_a_cost_can_still_be_used(self) -> None:
        mine = window("3/minute")

        assert left(await charged(mine, cost=5)) == [0]
        assert (await charged(mine, cost=5)).refusing

    async def test_that_refuses_leaves_what_is_shared_alone(self) -> None:
        """One who asks too much does not use up the firm's share."""
        mine, ours = window("1/minute"), window("10/minute", "organization")
        await charged(mine, ours)

        for _ in range(5):
            refused = await charged(mine, ours)
            assert refused.refusing == mine

        assert left(await charged(window(), ours))[1] == 8

    async def test_is_exact_under_a_rush(self) -> None:
        mine = window("25/minute")

        rush = await asyncio.gather(*(charged(mine) for _ in range(60)))

        assert sum(charge.refusing is None for charge in rush) == 25


class TestInRedis:
    async def test_the_callers_clock_does_not_matter(self) -> None:
        mine = window("3/minute")
        for shift in (-3600, 0, 3600):
            with time_machine.travel(datetime.now(UTC) + timedelta(seconds=shift)):
                await charged(mine)

        assert (await charged(mine)).refusing

    async def test_limits_reads_the_windows_as_its_own(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        mine = window("10/minute")
        for _ in range(4):
            await charged(mine)
        storage = RedisStorage(f"async+{os.environ['TEST_REDIS_URL']}", implementation="redispy")
        monkeypatch.setattr(storage.bridge, "prefixed_key", str)

        _, count = await storage.get_moving_window(mine.key, 10, 60)

        assert count == 4
        await storage.bridge.get_connection().aclose()  # pyright: ignore[reportAttributeAccessIssue]

    async def test_windows_go_when_they_are_empty(self) -> None:
        mine = window("3/second")
        await charged(mine)
        assert await cache.client().ttl(mine.key) in (0, 1)

    async def test_a_window_keeps_nothing_that_no_longer_counts(self) -> None:
        redis: Any = cache.client()
        mine = window("10000/second")
        kept: list[int] = []
        for _ in range(20):
            await charged(mine, cost=10)
        for older in (0.5, 0.6, 60):
            await age(mine, older)
            await charged(mine)
            kept.append(await redis.llen(mine.key))

        assert kept == [201, 2, 1]

    async def test_a_firms_windows_are_under_the_firms_name(self) -> None:
        actor = Actor(uuid4(), uuid4(), Role.OWNER, api_key_id=uuid4())

        names = [each.key for each in ratelimit.windows_of(actor, 1)]

        assert len(names) == 3
        assert all(name.startswith(f"{{{actor.organization_id}}}:rate:") for name in names)

    async def test_a_server_that_forgot_the_script_gets_it_again(self) -> None:
        mine = window()
        await charged(mine)
        await cache.client().script_flush()

        assert left(await charged(mine)) == [1]


CHILD = """
import asyncio, json, sys
import limits
from shared.platform import ratelimit
from shared.platform.ratelimit import Window

async def main():
    window = Window("user", sys.argv[1], limits.parse("100/minute"), cost=1)
    charges = [await ratelimit.charge([window]) for _ in range(80)]
    print(json.dumps(sum(charge.refusing is None for charge in charges)))

asyncio.run(main())
"""


def test_two_processes_share_one_limit() -> None:
    name = f"{{{uuid4()}}}:rate:shared"
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", CHILD, name], cwd=ROOT, stdout=subprocess.PIPE, text=True
        )
        for _ in range(2)
    ]
    passed = [json.loads(process.communicate(timeout=60)[0]) for process in processes]

    assert sum(passed) == 100
    assert min(passed) >= 20, "each asks 80 times, so neither can have had more"


class TestWhileRedisIsAway:
    async def test_nothing_is_counted_and_it_is_told_once(
        self, configure: Configure, caplog: pytest.LogCaptureFixture
    ) -> None:
        await self._leave(configure)
        with caplog.at_level(logging.WARNING):
            answers = [await ratelimit.charge([window()]) for _ in range(5)]

        assert answers == [None] * 5
        told = [record.getMessage() for record in caplog.records]
        assert len(told) == 1
        assert "not counted" in told[0]
        assert "secret" not in caplog.text

    async def test_it_is_asked_for_only_now_and_then(self, configure: Configure) -> None:
        """A server that is slow to say nothing must not slow every request."""
        asked = 0

        async def say_nothing(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            nonlocal asked
            asked += 1
            await reader.read()
            writer.close()

        mute = await asyncio.start_server(say_nothing, "127.0.0.1", 0)
        await self._leave(configure, mute.sockets[0].getsockname()[1])

        for _ in range(20):
            assert await ratelimit.charge([window()]) is None

        assert asked <= 2  # the first try and its repetition
        await cache.close()
        mute.close()

    async def test_it_is_counted_again_when_it_is_back(
        self, configure: Configure, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(ratelimit, "SKIP_AFTER_FAILURE", 0.0)
        await self._leave(configure)
        assert await ratelimit.charge([window()]) is None
        await cache.close()

        configure(redis_url=os.environ["TEST_REDIS_URL"])

        assert left(await charged(window())) == [2]

    async def _leave(self, configure: Configure, port: int | None = None) -> None:
        await cache.close()
        configure(redis_url=f"redis://:secret@127.0.0.1:{port or free_ports(1)[0]}/0")


class TestAddresses:
    @pytest.mark.parametrize(
        ("one", "other", "same"),
        [
            ("192.0.2.1", "192.0.2.2", False),
            ("192.0.2.1", "::ffff:192.0.2.1", True),
            ("2001:db8::1", "2001:db8::ffff:1", True),
            ("2001:db8::1", "2001:db8:0:1::1", False),
            (None, "nonsense", True),
        ],
    )
    def test_are_one_caller_when_one_person_has_them(
        self, one: str | None, other: str, *, same: bool
    ) -> None:
        keys = [ratelimit.window_of_address(each, 1).key for each in (one, other)]

        assert (keys[0] == keys[1]) is same
