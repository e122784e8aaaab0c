"""What an app gives the engine to run."""

import asyncio
import inspect
from collections.abc import Awaitable, Callable, Mapping
from concurrent.futures import Executor
from dataclasses import dataclass
from typing import Any, TypeAlias

Function: TypeAlias = Callable[..., Any]
Invoke: TypeAlias = Callable[[str, Callable[[], Awaitable[Any]]], Awaitable[Any]]


@dataclass(frozen=True)
class DurableFunctions:
    """Functions by name, as get_user_function() gives them.

    Orchestrators and entities, plain or async, take the SDK's context and give its answer's text.
    An activity, plain or async, takes its decoded input and nothing else: whatever more it
    is bound to has to be filled in before.
    """

    orchestrators: Mapping[str, Function]
    activities: Mapping[str, Function]
    entities: Mapping[str, Function]

    def orchestrator(self, name: str) -> Function | None:
        return _find(self.orchestrators, name)

    def activity(self, name: str) -> Function | None:
        return _find(self.activities, name)

    def entity(self, name: str) -> Function | None:
        return _find(self.entities, name)


async def invoke_plainly(_name: str, call: Callable[[], Awaitable[Any]]) -> Any:
    return await call()


async def ask(function: Function, context: Any, threads: Executor) -> str:
    """Give an orchestrator or entity its turn; a plain one on a thread."""
    if inspect.iscoroutinefunction(function):
        return await function(context)
    return await asyncio.get_running_loop().run_in_executor(threads, function, context)


def _find(functions: Mapping[str, Function], name: str) -> Function | None:
    """Azure compares function names without regard to case."""
    if name in functions:
        return functions[name]
    return next((f for known, f in functions.items() if known.lower() == name.lower()), None)
