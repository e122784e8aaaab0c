"""Programs under test: waiting for what they promise, without a clock in the assertion."""

import asyncio
from collections.abc import Awaitable, Callable

PATIENCE_SECONDS = 60


async def until(holds: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not await holds():  # noqa: ASYNC110 - another process has no event to set
            await asyncio.sleep(0.05)
