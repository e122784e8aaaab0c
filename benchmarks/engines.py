"""What each engine of the local host costs: python -m benchmarks.engines.

CPU time of indexing the product in a new process, and of a call of a function that does
nothing; the two engines in turn, the lowest of each, since other work on the machine only adds.
"""

import asyncio
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from benchmarks.figures import Figure, table
from local.engines import ENGINES

ROOT = Path(__file__).resolve().parents[1]
ROUNDS = 5
CALLS = 2000
APP = """
import azure.functions as func

app = func.FunctionApp()


@app.route("async")
async def asynchronous(req: func.HttpRequest) -> func.HttpResponse:
    return func.HttpResponse("ok")


@app.route("plain")
def plain(req: func.HttpRequest) -> func.HttpResponse:
    return func.HttpResponse("ok")
"""
FIGURES = {
    "index_ms": "CPU to import and index the product, ms",
    "memory_mib": "memory after that, MiB",
    "asynchronous_us": "CPU of a call of an async HTTP function, µs",
    "plain_us": "CPU of a call of a plain HTTP function, on a thread, µs",
}


def measure() -> list[Figure]:
    lowest = {engine: dict.fromkeys(FIGURES, float("inf")) for engine in ENGINES}
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "function_app.py").write_text(APP)
        for _ in range(ROUNDS):
            for engine, best in lowest.items():
                for task, app in ((_index.__name__, str(ROOT)), (_call.__name__, folder)):
                    for name, figure in _in_a_child(task, engine, app).items():
                        best[name] = min(best[name], figure)
    return [
        Figure(what, ", ".join(f"{engine} {best[name]:.0f}" for engine, best in lowest.items()))
        for name, what in FIGURES.items()
    ]


def _in_a_child(task: str, engine: str, app: str) -> dict[str, float]:
    settings = json.loads((ROOT / "local.settings.sample.json").read_text())["Values"]
    command = [sys.executable, "-m", "benchmarks.engines", task, engine, app]
    environment = {**settings, **os.environ}
    ended = subprocess.run(command, cwd=ROOT, env=environment, check=True, stdout=subprocess.PIPE)
    return json.loads(ended.stdout)


def _index(engine: str, app: Path) -> dict[str, float]:
    from local.functions_host.workers.choice import make_worker

    make_worker(engine).load(app)
    used = resource.getrusage(resource.RUSAGE_SELF)
    return {"index_ms": 1000 * (used.ru_utime + used.ru_stime), "memory_mib": used.ru_maxrss / 1024}


def _call(engine: str, app: Path) -> dict[str, float]:
    return asyncio.run(_calls(engine, app))


async def _calls(engine: str, app: Path) -> dict[str, float]:
    from local.functions_host.invocation import Invoker
    from local.functions_host.workers.choice import make_worker

    worker = make_worker(engine)
    figures: dict[str, float] = {}
    invoker = Invoker(worker)
    for function in worker.load(app):
        began = time.process_time()
        for _ in range(CALLS):
            await invoker.invoke(function, {"req": _request()})
        figures[f"{function.name}_us"] = (time.process_time() - began) / CALLS * 1e6
    invoker.close()
    return figures


def _request() -> Any:
    from azure.functions.meta import Datum

    from local.functions_host.bindings import text

    parts = {"method": text("GET"), "url": text("http://localhost/api/x?a=1")}
    folded = {"headers": {"host": text("localhost")}, "query": {"a": text("1")}, "params": {}}
    return Datum({**parts, **folded, "body": Datum(b"", "bytes")}, "http")


if __name__ == "__main__":
    if sys.argv[1:]:
        task, engine, folder = sys.argv[1:]
        print(json.dumps({"_index": _index, "_call": _call}[task](engine, Path(folder))))
    else:
        print(table(measure()))
