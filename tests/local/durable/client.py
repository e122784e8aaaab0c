"""The SDK's unmodified client, which here can also wait."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from azure.durable_functions import DurableOrchestrationClient
from azure.durable_functions.models.DurableOrchestrationStatus import DurableOrchestrationStatus
from azure.durable_functions.models.history import HistoryEventType

ENDED = ("Completed", "Failed", "Terminated")


async def until(is_so: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(20):
        while True:
            if await is_so():
                return
            await asyncio.sleep(0.005)


class Client(DurableOrchestrationClient):
    async def wait(self, instance_id: str, *states: str) -> DurableOrchestrationStatus:
        """Wait for one of these states, or for the end."""

        async def is_there() -> bool:
            return await self.state(instance_id) in (states or ENDED)

        await until(is_there)
        return await self.get_status(instance_id)

    async def run(
        self, name: str, given: Any = None, instance_id: str | None = None
    ) -> DurableOrchestrationStatus:
        return await self.wait(await self.start_new(name, instance_id, given))

    async def state(self, instance_id: str) -> str | None:
        status = await self.get_status(instance_id)
        return status.runtime_status.value if status.runtime_status else None

    async def wait_for_custom_status(self, instance_id: str, wanted: Any) -> None:
        async def is_there() -> bool:
            return (await self.get_status(instance_id)).custom_status == wanted

        await until(is_there)

    async def history(self, instance_id: str, *, with_results: bool = False) -> list[Any]:
        status: Any = await self.get_status(
            instance_id, show_history=True, show_history_output=with_results
        )
        return status.historyEvents

    async def wait_for_event(self, instance_id: str, kind: HistoryEventType) -> None:
        """Wait until the history holds such an event."""

        async def is_there() -> bool:
            return any(event["EventType"] == kind for event in await self.history(instance_id))

        await until(is_there)
