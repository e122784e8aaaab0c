"""One route through the host against the same route bare: python -m benchmarks.api.

``GET /documents/{id}`` of a W-2, asked over kept connections, host and bare app in turn. The ratio
is that of the medians of requests a second; beside it, the processor time a request costs the
server, which hangs less on what else the machine does.
"""

import asyncio
import os
import statistics
import subprocess
import sys
import time
from collections.abc import AsyncGenerator, Generator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from benchmarks.figures import Figure, tell
from benchmarks.running import RunningStack, a_folder, a_new_stack
from local.parts.part import HOST, accepts
from local.samples import make_many

BARE_PORT = 21820
ROUNDS, WARM_UP, REQUESTS = 7, 200, 600
CONNECTIONS = (1, 32)
AIM = 0.5


@dataclass
class Side:
    """One of the two servers, and what each round took: requests a second, CPU of a request."""

    port: int
    process: psutil.Process
    rates: list[float] = field(default_factory=list[float])
    costs: list[float] = field(default_factory=list[float])


def measure() -> list[Figure]:
    with a_folder() as folder, a_new_stack() as stack:
        (sample,) = make_many(folder, 1, seed=3)
        (read,) = stack.read([sample.path])
        request = (
            f"GET /api/v1/documents/{read['document_id']} HTTP/1.1\r\nhost: {HOST}\r\n"
            f"authorization: Bearer {stack.token()}\r\n\r\n"
        ).encode()
        with _bare(stack) as bare:
            return [
                figure
                for count in CONNECTIONS
                for figure in asyncio.run(_compare(stack.part("host"), bare, request, count))
            ]


@contextmanager
def _bare(stack: RunningStack) -> Generator[psutil.Process]:
    """With the settings the host has."""
    process = subprocess.Popen(
        [
            *(sys.executable, "-m", "uvicorn", "benchmarks.bare:app", "--port", str(BARE_PORT)),
            *("--no-access-log", "--log-level", "warning"),
        ],
        cwd=Path(__file__).resolve().parents[1],
        env={**os.environ, **stack.part("host").environ()},
    )
    try:
        while not asyncio.run(accepts(BARE_PORT)):
            if process.poll() is not None:
                raise RuntimeError("the bare app did not start")
            time.sleep(0.05)
        yield psutil.Process(process.pid)
    finally:
        process.terminate()
        process.wait()


async def _compare(
    host: psutil.Process, bare: psutil.Process, request: bytes, count: int
) -> list[Figure]:
    ours, theirs = Side(_web_port(host), host), Side(BARE_PORT, bare)
    for side in (ours, theirs):
        await _ask(side, request, count, WARM_UP)
        side.rates.clear()
        side.costs.clear()
    for number in range(ROUNDS):
        for side in (ours, theirs) if number % 2 else (theirs, ours):
            await _ask(side, request, count, REQUESTS)
    return _figures(ours, theirs, count)


def _web_port(host: psutil.Process) -> int:
    words = host.cmdline()
    return int(words[words.index("--port") + 1])


def _figures(ours: Side, theirs: Side, count: int) -> list[Figure]:
    rate, bare_rate = (statistics.median(side.rates) for side in (ours, theirs))
    cost, bare_cost = (statistics.median(side.costs) * 1000 for side in (ours, theirs))
    connections = f"{count} connection{'s' if count > 1 else ''}"
    return [
        Figure.at_least(
            f"`GET /documents/{{id}}`, {connections}, host : bare FastAPI, requests/s",
            rate / bare_rate,
            AIM,
            "{:.2f}",
            f"{rate:.0f} : {bare_rate:.0f}",
        ),
        Figure(
            f"the same, CPU of the server for a request, {connections}",
            f"{cost:.2f} ms : {bare_cost:.2f} ms",
        ),
    ]


async def _ask(side: Side, request: bytes, connections: int, requests: int) -> None:
    async with _connected(side.port, connections) as lines:
        cpu, began = _cpu(side.process), time.perf_counter()
        await asyncio.gather(*(line.ask(request, requests // connections) for line in lines))
        took, used = time.perf_counter() - began, _cpu(side.process) - cpu
    asked = requests // connections * connections
    side.rates.append(asked / took)
    side.costs.append(used / asked)


def _cpu(process: psutil.Process) -> float:
    times = process.cpu_times()
    return times.user + times.system


@dataclass(frozen=True, slots=True)
class Line:
    """One kept connection; as little of HTTP as it takes, or we would measure the asker."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    async def ask(self, request: bytes, times: int) -> None:
        for _ in range(times):
            self.writer.write(request)
            head = await self.reader.readuntil(b"\r\n\r\n")
            if not head.startswith(b"HTTP/1.1 200"):
                raise RuntimeError(f"refused: {head!r}")
            length = head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0]
            await self.reader.readexactly(int(length))


@asynccontextmanager
async def _connected(port: int, count: int) -> AsyncGenerator[Sequence[Line]]:
    opened = await asyncio.gather(*(asyncio.open_connection(HOST, port) for _ in range(count)))
    lines = [Line(*streams) for streams in opened]
    try:
        yield lines
    finally:
        for line in lines:
            line.writer.close()
            await line.writer.wait_closed()


if __name__ == "__main__":
    sys.exit(tell(measure()))
