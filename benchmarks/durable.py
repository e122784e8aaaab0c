"""What the local durable engine costs: python -m benchmarks.durable.

Prints milliseconds of wall time for a step, stories a second for many at once, and the CPU
milliseconds of the last replay of a long story by the SDK as it is, by the SDK with the
engine's cache of dates, and of the engine's own walks through the same history.
"""

import asyncio
import json
import statistics
import tempfile
import time
import warnings
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import azure.durable_functions as df
from azure.durable_functions.models.utils import http_utils
from azure.functions import OrchestrationContext
from dateutil.parser import parse

from local.durable.audit import AzureNumbering
from local.durable.dates import remember_dates, sdk_history
from local.durable.engine import DurableFunctions, Engine
from local.durable.numbering import Numbering
from local.durable.wire import context_body, read_answer

CHAINS, STEPS = 20, 10
STORIES, ACTIVITIES = 200, 3
LONG = (100, 500)
REPLAYS = 5

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


async def measure_steps() -> None:
    async with running() as client:
        took: list[float] = []
        for n in range(CHAINS):
            began = time.perf_counter()
            await run_chain(client, f"chain-{n}", STEPS)
            took.append((time.perf_counter() - began) * 1000 / STEPS)
    print(
        f"a step of a chain of {STEPS}: median {statistics.median(took):.2f} ms, "
        f"best {min(took):.2f} ms"
    )


async def measure_many() -> None:
    async with running() as client:
        began, cpu = time.perf_counter(), time.process_time()
        await asyncio.gather(*[run_chain(client, f"m-{n}", ACTIVITIES) for n in range(STORIES)])
        took, used = time.perf_counter() - began, time.process_time() - cpu
    print(
        f"{STORIES} stories of {ACTIVITIES} activities: {took:.2f} s wall, {used:.2f} s CPU, "
        f"{STORIES / took:.0f} stories/s, {STORIES * ACTIVITIES / took:.0f} activities/s"
    )


async def measure_replay(steps: int) -> None:
    async with running() as client:
        began = time.perf_counter()
        await run_chain(client, "long", steps)
        took = time.perf_counter() - began
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
    print(
        f"{steps} steps ({len(events)} events, {len(body) >> 10} KiB) in {took:.1f} s; the last "
        f"replay: SDK {stock:.1f} ms, with cached dates {cached:.1f} ms "
        f"({stock / cached:.1f} times faster), numbering {walks:.1f} ms, audit {audit:.1f} ms"
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


async def main() -> None:
    warnings.simplefilter("ignore", DeprecationWarning)
    remember_dates()
    await measure_steps()
    await measure_many()
    for steps in LONG:
        await measure_replay(steps)
    await http_utils._close_session()  # noqa: SLF001 # pyright: ignore[reportPrivateUsage]


if __name__ == "__main__":
    asyncio.run(main())
