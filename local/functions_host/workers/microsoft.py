"""The library of Azure's own Python worker, in this process instead of behind gRPC.

It keeps what it indexes in variables of its modules: a process has one such app at a time.
"""

import json
import sys
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import azure_functions_runtime as runtime
from azure.functions.durable_functions import ActivityTriggerConverter
from azure.functions.meta import Datum
from azure_functions_runtime import handle_event

from local.functions_host.bindings import text
from local.functions_host.functions import Function, RetryPolicy
from local.functions_host.indexing import (
    Declared,
    IndexingError,
    find_script,
    read_functions,
)
from local.functions_host.logs import invocation_variables
from local.functions_host.workers import protos
from local.functions_host.workers.worker import Invocation

Message = SimpleNamespace

DIRECTIONS = {"IN": 0, "OUT": 1, "INOUT": 2}


class MicrosoftWorker:
    def __init__(self) -> None:
        self._ids: dict[str, str] = {}
        runtime.start_threadpool_executor()
        invocation_variables.add(runtime.invocation_id_cv)

    def load(self, app: Path) -> list[Function]:
        """Refuse what Microsoft's indexer refuses, and then what it lets pass but ours does not."""
        indexed = index(app)
        self._ids = {each.name: each.function_id for each in indexed}
        return read_functions([_declared(each) for each in indexed])

    async def run(
        self, function: Function, inputs: Mapping[str, Datum], invocation: Invocation
    ) -> Datum | None:
        request = self._request(function, inputs, invocation)
        response = await runtime.invocation_request(_asked(invocation_request=request))
        if response.result.status != protos.StatusResult.Success:
            raise response.result.exception.error
        return protos.datum(response.return_value)

    async def run_activity(
        self, function: Function, value: Any, clients: Mapping[str, Datum], invocation: Invocation
    ) -> Any:
        encoded = ActivityTriggerConverter.encode(value, expected_type=None)
        inputs = {function.trigger_name: encoded, **clients}
        answer = await self.run(function, inputs, invocation)
        return answer and ActivityTriggerConverter.decode(answer, trigger_metadata=None)

    def durable_handler(self, function: Function) -> Callable[[Any], Awaitable[Any]]:
        async def turn(context: Any) -> Any:
            inputs = {function.trigger_name: text(context.body)}
            answer = await self.run(function, inputs, Invocation(id=""))
            return answer and answer.value

        return turn

    def close(self) -> None:
        # The runtime's own stop waits for every thread, even one that a handler hangs in.
        threads = runtime.get_threadpool_executor()
        if threads:
            threads.shutdown(wait=False, cancel_futures=True)

    def _request(
        self, function: Function, inputs: Mapping[str, Datum], invocation: Invocation
    ) -> Message:
        retry, trace = invocation.retry, invocation.trace
        return Message(
            invocation_id=invocation.id,
            function_id=self._ids[function.name],
            input_data=[
                protos.ParameterBinding(name=name, data=protos.typed_data(datum))
                for name, datum in inputs.items()
            ],
            trigger_metadata={
                name: protos.typed_data(datum) for name, datum in invocation.metadata.items()
            },
            retry_context=retry,
            trace_context=Message(
                trace_parent=trace.trace_parent, trace_state=trace.trace_state, attributes={}
            ),
        )


def index(app: Path) -> list[Message]:
    """Give the metadata that Azure's host would be told, or raise IndexingError."""
    script = find_script(app)
    sys.path.insert(0, str(app))
    sys.modules.pop(script.stem, None)  # that of an app indexed before
    response = _answer(
        runtime.worker_init_request(
            _asked(worker_init_request=Message(capabilities={}, function_app_directory=str(app)))
        )
    )
    if response.result.status != protos.StatusResult.Success:
        raise IndexingError(f"Microsoft's indexer refuses: {response.result.exception.message}")
    indexed = _answer(runtime.functions_metadata_request(None)).function_metadata_results
    return list(indexed or ())


def _asked(**request: Message) -> Message:
    return Message(request=Message(**request), properties={"protos": protos, "host": "127.0.0.1"})


def _answer(request: Coroutine[Any, Any, Message]) -> Message:
    """Run to its end what is a coroutine but never waits, whether or not an event loop runs."""
    try:
        request.send(None)
    except StopIteration as done:
        return done.value
    raise RuntimeError("the runtime waits while it indexes")


def _declared(indexed: Message) -> Declared:
    # Nothing that the runtime offers tells of the handlers, whose signatures we read.
    known: Any = handle_event._functions  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]
    bindings = [json.loads(each) for each in indexed.raw_bindings]
    return Declared(
        name=indexed.name,
        handler=known.get_function(indexed.function_id).func,
        bindings=[{**each, "direction": DIRECTIONS[each["direction"]]} for each in bindings],
        retry=_retry_policy(indexed.retry_options),
    )


def _retry_policy(options: Message | None) -> RetryPolicy | None:
    if options is None:
        return None
    is_fixed = options.retry_strategy == "fixed_delay"
    return RetryPolicy(
        attempts=options.max_retry_count,
        strategy=options.retry_strategy,
        delay=options.delay_interval if is_fixed else options.minimum_interval,
        longest_delay=options.delay_interval if is_fixed else options.maximum_interval,
    )
