"""Our own worker: Microsoft's converters around a plain call of the handler."""

import asyncio
import contextvars
import inspect
import os
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from azure.functions.meta import Datum

from local.functions_host import bindings
from local.functions_host.functions import Function
from local.functions_host.indexing import load_functions
from local.functions_host.workers.worker import Invocation, RetryContext, TraceContext

_thread_local_storage = threading.local()


@dataclass(frozen=True)
class Context:
    """What a handler gets for its parameter ``context``."""

    invocation_id: str
    function_name: str
    retry_context: RetryContext
    trace_context: TraceContext
    function_directory: str = ""
    thread_local_storage: threading.local = _thread_local_storage


class DirectWorker:
    def __init__(self) -> None:
        threads = os.environ.get("PYTHON_THREADPOOL_THREAD_COUNT")
        self._pool = ThreadPoolExecutor(int(threads) if threads else None, "function")

    def load(self, app: Path) -> list[Function]:
        return load_functions(app)

    async def run(
        self, function: Function, inputs: Mapping[str, Datum], invocation: Invocation
    ) -> Datum | None:
        arguments = _decode(function, inputs, invocation)
        return bindings.encode(function, await self._call(function, arguments, invocation))

    async def run_activity(
        self, function: Function, value: Any, clients: Mapping[str, Datum], invocation: Invocation
    ) -> Any:
        arguments = {function.trigger_name: value, **_decode(function, clients, invocation)}
        return await self._call(function, arguments, invocation)

    def durable_handler(self, function: Function) -> Callable[[Any], Any]:
        return function.handler

    def close(self) -> None:
        self._pool.shutdown(wait=False, cancel_futures=True)

    async def _call(
        self, function: Function, arguments: dict[str, Any], invocation: Invocation
    ) -> Any:
        if function.wants_context:
            arguments["context"] = Context(
                invocation.id, function.name, invocation.retry, invocation.trace
            )
        if inspect.iscoroutinefunction(function.handler):
            return await function.handler(**arguments)
        run = contextvars.copy_context().run
        return await asyncio.get_running_loop().run_in_executor(
            self._pool, lambda: run(function.handler, **arguments)
        )


def _decode(
    function: Function, inputs: Mapping[str, Datum], invocation: Invocation
) -> dict[str, Any]:
    return {
        name: bindings.decode(function.parameters[name], datum, invocation.metadata)
        for name, datum in inputs.items()
    }
