"""The durable functions of the app, and the local engine that runs them."""

from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Any

from local.durable.engine import DurableFunctions, Engine
from local.functions_host.configuration import Configuration
from local.functions_host.functions import Function
from local.functions_host.invocation import Invoker

# The trigger kinds, each with the setting that may give the function another name.
KINDS = {
    "orchestrationTrigger": "orchestration",
    "activityTrigger": "activity",
    "entityTrigger": "entityName",
}


def has_durable_functions(functions: Sequence[Function]) -> bool:
    return any(f.kind in KINDS for f in functions)


def make_engine(
    functions: Sequence[Function], invoker: Invoker, configuration: Configuration, store: Path
) -> Engine:
    def named(kind: str) -> dict[str, Function]:
        return {f.trigger.get(KINDS[kind]) or f.name: f for f in functions if f.kind == kind}

    split = DurableFunctions(
        orchestrators={
            name: invoker.durable_handler(f) for name, f in named("orchestrationTrigger").items()
        },
        activities={name: _activity(f, invoker) for name, f in named("activityTrigger").items()},
        entities={name: invoker.durable_handler(f) for name, f in named("entityTrigger").items()},
    )
    return Engine(
        split,
        store,
        max_activities=configuration.max_activities,
        max_orchestrators=configuration.max_orchestrators,
    )


def _activity(function: Function, invoker: Invoker) -> Callable[[Any], Awaitable[Any]]:
    """The activity as the engine calls it, with the host's time limit and log line."""

    async def activity(payload: Any) -> Any:
        return await invoker.call(function, payload)

    return activity


async def stop_engine(engine: Engine, grace: float) -> None:
    await engine.stop(grace)
    # The client keeps one HTTP session for the process, and Azure's worker no way to end it.
    from azure.durable_functions.models.utils import http_utils

    await http_utils._close_session()  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]
