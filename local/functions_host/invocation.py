"""One way to run a function, whatever triggered it: arguments, time limit, log line."""

import asyncio
import contextvars
import inspect
import logging
import os
import threading
import time
import uuid
from collections.abc import Awaitable, Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, TypeVar

from azure.functions.meta import Datum

from local.functions_host import bindings
from local.functions_host.functions import Function
from local.functions_host.logs import current_invocation

log = logging.getLogger(__name__)
Answer = TypeVar("Answer")
_thread_local_storage = threading.local()


@dataclass(frozen=True)
class RetryContext:
    retry_count: int = 0
    max_retry_count: int = 0
    exception: None = None


@dataclass(frozen=True)
class TraceContext:
    trace_parent: str = ""
    trace_state: str = ""


@dataclass(frozen=True)
class Context:
    """What a handler gets for its parameter ``context``."""

    invocation_id: str
    function_name: str
    retry_context: RetryContext
    trace_context: TraceContext
    function_directory: str = ""
    thread_local_storage: threading.local = _thread_local_storage


class FunctionTimedOut(TimeoutError):
    """The function ran longer than host.json's functionTimeout."""


class Invoker:
    """Runs functions. In Azure a timed-out function takes its whole worker along: see ``fatal``."""

    def __init__(self, limit: timedelta | None = None) -> None:
        threads = os.environ.get("PYTHON_THREADPOOL_THREAD_COUNT")
        self._pool = ThreadPoolExecutor(int(threads) if threads else None, "function")
        self._limit = limit.total_seconds() if limit else None
        self.client_payload: Callable[[], str] | None = None
        self.fatal = asyncio.Event()
        self.running = 0

    def close(self) -> None:
        self._pool.shutdown(wait=False, cancel_futures=True)

    async def invoke(
        self,
        function: Function,
        inputs: Mapping[str, Datum],
        metadata: Mapping[str, Datum] = bindings.NO_METADATA,
        *,
        retry: RetryContext | None = None,
        trace: TraceContext | None = None,
    ) -> Datum | None:
        """Decode, run, encode; whatever the function raises has been logged and comes out."""

        async def run(invocation_id: str) -> Datum | None:
            arguments = {
                name: bindings.decode(function.parameters[name], datum, metadata)
                for name, datum in inputs.items()
            }
            context = Context(
                invocation_id, function.name, retry or RetryContext(), trace or TraceContext()
            )
            return bindings.encode(function, await self._call(function, arguments, context))

        return await self._accounted(function, run)

    async def call(self, function: Function, value: Any) -> Any:
        """Run an activity: the durable engine decodes its input and encodes its answer."""

        async def run(invocation_id: str) -> Any:
            context = Context(invocation_id, function.name, RetryContext(), TraceContext())
            return await self._call(function, {function.trigger_name: value}, context)

        return await self._accounted(function, run)

    async def _call(
        self, function: Function, arguments: Mapping[str, Any], context: Context
    ) -> Any:
        given = {**arguments, **self._durable_clients(function)}
        if function.wants_context:
            given["context"] = context
        if inspect.iscoroutinefunction(function.handler):
            return await function.handler(**given)
        run = contextvars.copy_context().run
        return await asyncio.get_running_loop().run_in_executor(
            self._pool, lambda: run(function.handler, **given)
        )

    def _durable_clients(self, function: Function) -> dict[str, str]:
        """The SDK's decorator makes a client of this text just before it calls the handler."""
        names = [p.name for p in function.parameters.values() if p.binding == "durableClient"]
        if names and self.client_payload is None:
            raise RuntimeError(f"{function.name} wants a durable client, but no engine runs")
        return {name: self.client_payload() for name in names if self.client_payload}

    async def _accounted(
        self, function: Function, run: Callable[[str], Awaitable[Answer]]
    ) -> Answer:
        invocation_id = str(uuid.uuid4())
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
            level = logging.ERROR if problem else logging.INFO
            line = "function=%s outcome=%s ms=%.1f"
            log.log(level, line, function.name, outcome, took, exc_info=problem)
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
