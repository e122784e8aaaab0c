"""Activities: each runs at least once, and its result is recorded exactly once."""

import asyncio
import contextvars
import inspect
import json
import logging
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

import aiohttp
from azure.durable_functions.constants import HTTP_ACTION_NAME
from azure.durable_functions.models.history import HistoryEventType
from azure.functions.durable_functions import ActivityTriggerConverter
from azure.functions.meta import Datum

from local.durable.functions import DurableFunctions, Invoke
from local.durable.records import ActivityCall
from local.durable.store import Store
from local.durable.wire import Event, event, stamp

_log = logging.getLogger(__name__)

_MAX_ATTEMPTS = 5


class Activities:
    def __init__(
        self, store: Store, functions: DurableFunctions, invoke: Invoke, limit: int
    ) -> None:
        self._store = store
        self._functions = functions
        self._invoke = invoke
        self._slots = asyncio.Semaphore(limit)
        self._threads = ThreadPoolExecutor(limit, thread_name_prefix="activity")
        self._running: set[asyncio.Task[None]] = set()
        self._is_stopping = False

    def resume(self) -> None:
        """Run what the last process had queued or under way.

        An activity that brings the process down each time it runs is not tried for ever.
        """
        for call in self._store.waiting_activities():
            if call.attempts < _MAX_ATTEMPTS:
                self.launch(call)
            else:
                self._record(call, _failed(call, f"the host died {call.attempts} times in it"))

    def launch(self, call: ActivityCall) -> None:
        if self._is_stopping:
            return
        task = asyncio.get_running_loop().create_task(self._run(call))
        self._running.add(task)
        task.add_done_callback(self._running.discard)

    async def stop(self, grace: float) -> None:
        """Give those under way some seconds; what does not end runs again at the next start."""
        self._is_stopping = True
        if self._running:
            await asyncio.wait(self._running, timeout=grace)
        for task in self._running:
            task.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def _run(self, call: ActivityCall) -> None:
        async with self._slots:
            if self._is_stopping or not self._store.begin_activity(call):
                return
            try:
                result = await self._invoke(call.name, partial(self._call, call.name, call.input))
                ended = _completed(call, result)
            except asyncio.CancelledError:
                if self._is_stopping:
                    self._store.put_activity_back(call)
                    raise
                ended = _failed(call, "it was cancelled")
            except Exception as error:  # noqa: BLE001 - whatever it is, the orchestrator hears it
                ended = _failed(call, f"{type(error).__name__}: {error}")
            self._record(call, ended)

    def _record(self, call: ActivityCall, ended: Event) -> None:
        has_failed = ended["EventType"] == HistoryEventType.TASK_FAILED
        with self._store.transaction():
            self._store.end_activity(call)
            self._store.post(
                call.instance_id,
                ended,
                execution=call.execution,
                leads=bool(call.retries) and has_failed,
            )

    async def _call(self, name: str, raw_input: str) -> Any:
        if name == HTTP_ACTION_NAME:
            return await _request(json.loads(raw_input))
        function = self._functions.activity(name)
        if function is None:
            raise LookupError(f"The activity function '{name}' does not exist")
        value = ActivityTriggerConverter.decode(Datum(raw_input, "string"), trigger_metadata=None)
        if inspect.iscoroutinefunction(function):
            return await function(value)
        in_context = partial(contextvars.copy_context().run, function, value)
        return await asyncio.get_running_loop().run_in_executor(self._threads, in_context)


def _completed(call: ActivityCall, result: Any) -> Event:
    encoded = ActivityTriggerConverter.encode(result, expected_type=None)
    return event(
        HistoryEventType.TASK_COMPLETED, stamp(), TaskScheduledId=call.task, Result=encoded.value
    )


def _failed(call: ActivityCall, why: str) -> Event:
    return event(
        HistoryEventType.TASK_FAILED,
        stamp(),
        TaskScheduledId=call.task,
        Reason=f"Activity function '{call.name}' failed: {why}",
        Details=why,
    )


async def _request(wanted: dict[str, Any]) -> dict[str, Any]:
    """Make the request of a call_http, whose answer goes into the history."""
    async with (
        aiohttp.ClientSession() as session,
        session.request(
            wanted["method"],
            wanted["uri"],
            data=wanted.get("content"),
            headers=wanted.get("headers"),
        ) as response,
    ):
        return {
            "statusCode": response.status,
            "headers": dict(response.headers),
            "content": await response.text(),
        }
