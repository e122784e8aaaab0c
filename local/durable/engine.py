"""The engine a host embeds: give it an app's durable functions and a file, start it, stop it."""

import asyncio
import os
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from local.durable.activities import Activities
from local.durable.dates import remember_dates
from local.durable.dispatch import Clock, Dispatcher
from local.durable.entities import Entities, is_entity
from local.durable.functions import DurableFunctions, Invoke, invoke_plainly
from local.durable.instances import Instances
from local.durable.links import Links
from local.durable.management import Management
from local.durable.retention import Retention
from local.durable.scheduling import Scheduling
from local.durable.store import Store
from local.durable.turns import Turns

__all__ = ["DurableFunctions", "Engine"]

_CORES = os.cpu_count() or 1


class Engine:
    """Runs an app's orchestrations on the event loop that starts it.

    One process owns the store. `invoke` goes round every activity, for the host's timeout and
    log. The limits are host.json's maxConcurrentActivityFunctions (Azure's default: ten a core)
    and maxConcurrentOrchestratorFunctions (here one a core: under one interpreter lock, more
    would only wait for each other). Async activities run on the event loop, plain ones on
    threads.
    """

    def __init__(
        self,
        functions: DurableFunctions,
        store: Path,
        *,
        invoke: Invoke | None = None,
        max_activities: int = 10 * _CORES,
        max_orchestrators: int = _CORES,
    ) -> None:
        self._store = Store(store, self._announce)
        self._orchestrator_threads = ThreadPoolExecutor(max_orchestrators, "orchestrator")
        self._activities = Activities(
            self._store, functions, invoke or invoke_plainly, max_activities
        )
        self._instances = Instances(self._store, functions)
        self._entities = Entities(self._store, functions, self._orchestrator_threads)
        self._turns = Turns(
            self._store,
            functions,
            self._instances,
            Scheduling(self._store, self._instances, self._activities),
            self._orchestrator_threads,
        )
        self._dispatcher = Dispatcher(self._take_turn, self._give_up, max_orchestrators)
        self._clock = Clock(self._store, self._dispatcher.kick)
        self._management = Management(self._store, self._instances, self._entities)
        self._links = Links("", "")
        self._retention = Retention(self._store, self._instances)
        self._background: list[asyncio.Task[None]] = []

    @property
    def port(self) -> int:
        return int(self._links.origin.rpartition(":")[2])

    def client_payload(self) -> str:
        """Say what the host passes for a parameter bound by durable_client_input."""
        return self._links.client_payload()

    async def start(self, port: int = 0) -> None:
        """Take the store, go on with what it holds, and serve the management API."""
        remember_dates()
        self._store.open()
        try:
            self._links = await self._management.start(port)
        except BaseException:
            await self._management.stop()
            self._store.close()
            raise
        self._activities.resume()
        self._background = [
            asyncio.create_task(self._clock.run()),
            asyncio.create_task(self._retention.run()),
        ]

    async def stop(self, grace: float = 5.0) -> None:
        """End tidily: activities get `grace` seconds, and what is cut off runs again later."""
        if not self._background:
            return
        background, self._background = self._background, []
        for task in background:
            task.cancel()
        await asyncio.gather(*background, return_exceptions=True)
        await self._dispatcher.stop()
        await self._activities.stop(grace)
        await self._management.stop()
        self._orchestrator_threads.shutdown(wait=False, cancel_futures=True)
        self._store.close()

    def _announce(self, receiver: str, due_at: float) -> None:
        if due_at <= time.time():
            self._dispatcher.kick(receiver)
        else:
            self._clock.expect(due_at)

    async def _take_turn(self, receiver: str) -> None:
        if is_entity(receiver):
            await self._entities.take_turn(receiver)
        else:
            await self._turns.take(receiver)

    def _give_up(self, receiver: str, error: Exception) -> None:
        if is_entity(receiver):
            self._entities.give_up(receiver)
        else:
            self._instances.give_up(receiver, error)
