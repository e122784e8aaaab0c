"""Servers to compare, and what asks them: as little of HTTP as it takes, or we would measure it."""

import asyncio
import os
import statistics
import subprocess
import sys
import time
from collections.abc import AsyncGenerator, Generator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from local.parts.part import HOST, accepts

ROUNDS, WARM_UP, REQUESTS = 7, 200, 600


@dataclass
class Side:
    """One server and the request it gets; of each round requests a second and CPU of a request.

    ``latencies`` are those of all requests, in milliseconds.
    """

    port: int
    process: psutil.Process
    request: bytes
    rates: list[float] = field(default_factory=list[float])
    costs: list[float] = field(default_factory=list[float])
    latencies: list[float] = field(default_factory=list[float])

    @property
    def rate(self) -> float:
        return statistics.median(self.rates)

    @property
    def cost(self) -> float:
        """Milliseconds of processor time that the server spends on a request."""
        return statistics.median(self.costs) * 1000

    @property
    def latency(self) -> float:
        return statistics.median(self.latencies)

    def forget(self) -> None:
        for kept in (self.rates, self.costs, self.latencies):
            kept.clear()


def get(path: str, token: str) -> bytes:
    return (
        f"GET {path} HTTP/1.1\r\nhost: {HOST}\r\nauthorization: Bearer {token}\r\n\r\n"
    ).encode()


async def compare(sides: Sequence[Side], connections: int) -> None:
    """Each in turn, round after round, so that what else the machine does falls on all of them."""
    for side in sides:
        await _ask(side, connections, WARM_UP)
        side.forget()
    for number in range(ROUNDS):
        for side in sides if number % 2 else reversed(sides):
            await _ask(side, connections, REQUESTS)


@contextmanager
def uvicorn(app: str, port: int, settings: Mapping[str, str]) -> Generator[psutil.Process]:
    process = subprocess.Popen(
        [
            *(sys.executable, "-m", "uvicorn", app, "--port", str(port)),
            *("--no-access-log", "--log-level", "warning"),
        ],
        cwd=Path(__file__).resolve().parents[1],
        env={**os.environ, **settings},
    )
    try:
        while not asyncio.run(accepts(port)):
            if process.poll() is not None:
                raise RuntimeError(f"{app} did not start")
            time.sleep(0.05)
        yield psutil.Process(process.pid)
    finally:
        process.terminate()
        process.wait()


async def _ask(side: Side, connections: int, requests: int) -> None:
    async with _connected(side.port, connections) as lines:
        cpu, began = _cpu(side.process), time.perf_counter()
        took = await asyncio.gather(
            *(line.ask(side.request, requests // connections) for line in lines)
        )
        lasted, used = time.perf_counter() - began, _cpu(side.process) - cpu
    asked = requests // connections * connections
    side.rates.append(asked / lasted)
    side.costs.append(used / asked)
    side.latencies.extend(each * 1000 for line in took for each in line)


def _cpu(process: psutil.Process) -> float:
    times = process.cpu_times()
    return times.user + times.system


@dataclass(frozen=True, slots=True)
class Line:
    """One kept connection."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    async def ask(self, request: bytes, times: int) -> list[float]:
        """The seconds that each answer took."""
        took: list[float] = []
        for _ in range(times):
            began = time.perf_counter()
            self.writer.write(request)
            head = await self.reader.readuntil(b"\r\n\r\n")
            if not head.startswith(b"HTTP/1.1 200"):
                raise RuntimeError(f"refused: {head!r}")
            length = head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0]
            await self.reader.readexactly(int(length))
            took.append(time.perf_counter() - began)
        return took


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
