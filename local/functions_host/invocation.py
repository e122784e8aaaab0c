"""One way to run a function, whatever triggered it: time limit, log line, and the worker."""

import asyncio
import logging
import time
import uuid
from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from typing import Any, TypeVar

from azure.functions.meta import Datum

from local.functions_host import bindings
from local.functions_host.functions import Function
from local.functions_host.logs import current_invocation
from local.functions_host.workers.worker import (
    NO_RETRY,
    NO_TRACE,
    Invocation,
    RetryContext,
    TraceContext,
    Worker,
)

log = logging.getLogger(__name__)
Answer = TypeVar("Answer")


class FunctionTimedOut(TimeoutError):
    """The function ran longer than host.json's functionTimeout."""


class Invoker:
    """Runs functions. In Azure a timed-out function takes its whole worker along: see ``fatal``."""

    def __init__(self, worker: Worker, limit: timedelta | None = None) -> None:
        self._worker = worker
        self._limit = limit.total_seconds() if limit else None
        self.client_payload: Callable[[], str] | None = None
        self.fatal = asyncio.Event()
        self.running = 0

    def close(self) -> None:
        self._worker.close()

    async def invoke(
        self,
        function: Function,
        inputs: Mapping[str, Datum],
        metadata: Mapping[str, Datum] = bindings.NO_METADATA,
        *,
        retry: RetryContext = NO_RETRY,
        trace: TraceContext = NO_TRACE,
        invocation_id: str = "",
    ) -> Datum | None:
        """Run it; whatever the function raises has been logged and comes out."""

        async def run(invocation_id: str) -> Datum | None:
            given = {**inputs, **self._durable_clients(function)}
            invocation = Invocation(invocation_id, metadata, retry, trace)
            return await self._worker.run(function, given, invocation)

        return await self._accounted(function, run, invocation_id)

    async def call(self, function: Function, value: Any) -> Any:
        """Run an activity: the durable engine decodes its input and encodes its answer."""

        async def run(invocation_id: str) -> Any:
            clients = self._durable_clients(function)
            return await self._worker.run_activity(
                function, value, clients, Invocation(invocation_id)
            )

        return await self._accounted(function, run)

    def durable_handler(self, function: Function) -> Callable[[Any], Any]:
        return self._worker.durable_handler(function)

    def _durable_clients(self, function: Function) -> dict[str, Datum]:
        """The SDK's decorator makes a client of this text just before it calls the handler."""
        names = [p.name for p in function.parameters.values() if p.binding == "durableClient"]
        if names and self.client_payload is None:
            raise RuntimeError(f"{function.name} wants a durable client, but no engine runs")
        return {name: bindings.text(self.client_payload()) for name in names if self.client_payload}

    async def _accounted(
        self,
        function: Function,
        run: Callable[[str], Awaitable[Answer]],
        invocation_id: str = "",
    ) -> Answer:
        invocation_id = invocation_id or str(uuid.uuid4())
        token = current_invocation.set(invocation_id)
        began = time.perf_counter()
        self.running += 1
        outcome, problem = "succeeded", None
        try:
            return await self._limited(function, run(invocation_id))
        except asyncio.CancelledError:
            outcome = "cancelled"
            raise
        except Exception as error:
            outcome, problem = "failed", error
            raise
        finally:
            self.running -= 1
            took = (time.perf_counter() - began) * 1000
            line = "function=%s outcome=%s ms=%.1f"
            log.log(_level(function, problem), line, function.name, outcome, took, exc_info=problem)
            current_invocation.reset(token)

    async def _limited(self, function: Function, running: Awaitable[Answer]) -> Answer:
        deadline = asyncio.timeout(self._limit)
        try:
            async with deadline:
                return await running
        except TimeoutError as error:
            if not deadline.expired():
                raise
            self.fatal.set()
            raise FunctionTimedOut(f"{function.name} ran longer than {self._limit} s") from error


def _level(function: Function, problem: Exception | None) -> int:
    if problem:
        return logging.ERROR
    # The HTTP trigger's own line tells more.
    return logging.DEBUG if function.kind == "httpTrigger" else logging.INFO
