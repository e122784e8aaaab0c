"""A host in this process, and one in a process of its own."""

import asyncio
import os
import signal
import socket
import sys
import time
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

import httpx

from local.engines import DEFAULT_ENGINE
from local.functions_host.host import Host
from tests import leaks

APPS = Path(__file__).parent / "apps"
PATIENCE = 30.0
NO_SETTINGS: Mapping[str, str] = {}
# Nothing listens there: for tests that are not about blobs.
NO_STORAGE = (
    "DefaultEndpointsProtocol=http;AccountName=none;AccountKey=bm9uZQ==;"
    "BlobEndpoint=http://127.0.0.1:9/none;"
)


@dataclass(frozen=True)
class Hosted:
    host: Host
    app: Any  # the module function_app, whose variables say what ran
    http: httpx.AsyncClient

    @property
    def as_master(self) -> dict[str, str]:
        return {"x-functions-key": self.host.keys.master}


@asynccontextmanager
async def hosted(
    app: str, state: Path, *, engine: str = DEFAULT_ENGINE, **settings: str
) -> AsyncGenerator[Hosted]:
    before = dict(os.environ)
    os.environ.update(settings)
    try:
        host = Host(APPS / app, state, engine=engine)
        await host.start()
        module: ModuleType = sys.modules["function_app"]
        transport = httpx.ASGITransport(app=host, client=("203.0.113.7", 4711))
        try:
            async with httpx.AsyncClient(transport=transport, base_url="http://host.test") as http:
                yield Hosted(host, module, http)
        finally:
            await host.stop()
    finally:
        os.environ.clear()
        os.environ.update(before)


async def until(is_so: Callable[[], Any], patience: float = PATIENCE) -> Any:
    """Wait until the condition holds; how long that takes is not what a test is about."""
    deadline = time.monotonic() + patience
    while not (found := is_so()):
        assert time.monotonic() < deadline, "waited in vain"
        await asyncio.sleep(0.02)
    return found


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@dataclass(frozen=True)
class Served:
    """``python -m local.functions_host`` on a port."""

    process: asyncio.subprocess.Process
    port: int
    log: Path

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/api"

    async def end(self, number: signal.Signals = signal.SIGTERM) -> int:
        self.process.send_signal(number)
        return await self.process.wait()


async def start_server(
    app: str | Path,
    state: Path,
    *options: str,
    settings: Mapping[str, str] = NO_SETTINGS,
    port: int | None = None,
) -> Served:
    port = port or free_port()
    log = state.with_suffix(".log")
    with log.open("ab") as stream:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "local.functions_host", "--app", str(APPS / app)),
            *("--port", str(port), "--state", str(state), *options),
            stdout=stream,
            stderr=stream,
            env={**os.environ, **settings},
        )
    return Served(process, port, log)


@asynccontextmanager
async def serving(
    app: str | Path,
    state: Path,
    *options: str,
    settings: Mapping[str, str] = NO_SETTINGS,
) -> AsyncGenerator[Served]:
    served = await start_server(app, state, *options, settings=settings)
    try:
        await until(lambda: _is_ready(served))
        yield served
    finally:
        if served.process.returncode is None:
            served.process.kill()
            await served.process.wait()
        leaks.look_at(served.log)


def _is_ready(served: Served) -> bool:
    text = served.log.read_text()
    assert served.process.returncode is None, text
    return "ready in" in text and f":{served.port}," in text
