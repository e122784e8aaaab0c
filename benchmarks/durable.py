"""What the local durable engine costs: python -m benchmarks.durable.

Milliseconds of wall time for a step, seconds for many stories at once, and the CPU milliseconds of
the last replay of a long story by the SDK as it is, by the SDK with the engine's cache of dates,
and of the engine's own walks through the same history. The aims are what the engine took when it
was first built, before it stood in this project.
"""

import asyncio
import json
import statistics
import sys
import tempfile
import time
import warnings
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import azure.durable_functions as df
from azure.durable_functions.models.utils import http_utils
from azure.functions import OrchestrationContext
from dateutil.parser import parse

from benchmarks.figures import Figure, tell
from local.durable.audit import AzureNumbering
from local.durable.dates import remember_dates, sdk_history
from local.durable.engine import DurableFunctions, Engine
from local.durable.numbering import Numbering
from local.durable.wire import context_body, read_answer

CHAINS, STEPS = 20, 10
STORIES, ACTIVITIES = 200, 3
REPLAYS = 5
STEP_MS, STORIES_SECONDS = 2.6, 2.0
REPLAY_MS = {100: 8.0, 500: 26.0}
"""The last replay of a story of so many steps."""

app = df.DFApp()
ended: dict[str, asyncio.Event] = {}


@app.activity_trigger(input_name="n")
async def square(n: int) -> int:
    return n * n


@app.activity_trigger(input_name="instance_id")
async def note_end(instance_id: str) -> None:
    ended[instance_id].set()


@app.orchestration_trigger(context_name="context")
def chain(context: df.DurableOrchestrationContext) -> Any:
    steps: Any = context.get_input()
    total = 0
    for n in range(steps - 1):
        total += yield context.call_activity("square", n)
    yield context.call_activity("note_end", context.instance_id)
    return total


_user = {f.get_function_name(): f.get_user_function() for f in app.get_functions()}
functions = DurableFunctions(
    orchestrators={"chain": _user["chain"]},
    activities={"square": _user["square"], "note_end": _user["note_end"]},
    entities={},
)


@asynccontextmanager
async def running() -> AsyncGenerator[df.DurableOrchestrationClient]:
    with tempfile.TemporaryDirectory() as folder:
        engine = Engine(functions, Path(folder) / "durable.db")
        await engine.start()
        try:
            yield df.DurableOrchestrationClient(engine.client_payload())
        finally:
            await engine.stop()


async def run_chain(client: df.DurableOrchestrationClient, instance_id: str, steps: int) -> None:
    ended[instance_id] = asyncio.Event()
    await client.start_new("chain", instance_id, steps)
    await ended[instance_id].wait()


async def _steps() -> Figure:
    async with running() as client:
        took: list[float] = []
        for n in range(CHAINS):
            began = time.perf_counter()
            await run_chain(client, f"chain-{n}", STEPS)
            took.append((time.perf_counter() - began) * 1000 / STEPS)
    return Figure.at_most(
        f"a step of a chain of {STEPS}, median",
        statistics.median(took),
        STEP_MS,
        "{:.1f} ms",
        f"best {min(took):.1f} ms",
    )


async def _many() -> Figure:
    async with running() as client:
        began, cpu = time.perf_counter(), time.process_time()
        await asyncio.gather(*[run_chain(client, f"m-{n}", ACTIVITIES) for n in range(STORIES)])
        took, used = time.perf_counter() - began, time.process_time() - cpu
    return Figure.at_most(
        f"{STORIES} stories of {ACTIVITIES} activities at once",
        took,
        STORIES_SECONDS,
        "{:.1f} s",
        f"{used:.1f} s CPU",
    )


async def _long_replay(steps: int, aim: float) -> Figure:
    async with running() as client:
        await run_chain(client, "long", steps)
        status: Any = await client.get_status("long", show_history=True, show_history_output=True)
    events = status.historyEvents
    body = context_body("long", None, str(steps), [], [json.dumps(event) for event in events])
    cached = best_cpu(lambda: _replay(body))
    module = sdk_history()
    module.dt_parse, kept = parse, module.dt_parse
    stock = best_cpu(lambda: _replay(body))
    module.dt_parse = kept
    actions = read_answer(_replay(body)).actions or []
    walks = best_cpu(lambda: Numbering("x").walk(events, actions))
    audit = best_cpu(lambda: AzureNumbering(events, actions))
    return Figure.at_most(
        f"the last replay of {steps} steps, CPU",
        cached,
        aim,
        "{:.1f} ms",
        f"stock SDK {stock:.1f} ms, numbering {walks:.1f} ms, audit {audit:.1f} ms",
    )


def _replay(body: str) -> str:
    return functions.orchestrators["chain"](OrchestrationContext(body))


def best_cpu(work: Callable[[], object]) -> float:
    took: list[float] = []
    for _ in range(REPLAYS):
        began = time.process_time()
        work()
        took.append((time.process_time() - began) * 1000)
    return min(took)


def measure() -> list[Figure]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        return asyncio.run(_all())


async def _all() -> list[Figure]:
    remember_dates()
    return [figure async for figure in _figures()]


async def _figures() -> AsyncIterator[Figure]:
    yield await _steps()
    yield await _many()
    for steps, aim in REPLAY_MS.items():
        yield await _long_replay(steps, aim)
    await http_utils._close_session()  # noqa: SLF001 # pyright: ignore[reportPrivateUsage]


if __name__ == "__main__":
    sys.exit(tell(measure()))
