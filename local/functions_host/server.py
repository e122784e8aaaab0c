"""Serve a host on a port until a signal says to stop."""

import asyncio
import contextlib
import errno
import signal
import socket
import time
from collections.abc import Generator
from pathlib import Path

import uvicorn

from local.functions_host.host import Host

LOCAL = "127.0.0.1"
BACKLOG = 2048
LAST_BYTES = 1  # seconds for answers that are still on their way when nothing runs any more


class PortTaken(Exception):
    """Another program listens on the port."""


class _Server(uvicorn.Server):
    """Uvicorn's own wakes ten times a second to look whether it is to end."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.ending = asyncio.Event()

    async def main_loop(self) -> None:
        await self.ending.wait()

    @contextlib.contextmanager
    def capture_signals(self) -> Generator[None]:
        """Leave signals alone: the host must hear of them before the server does."""
        yield


async def serve(
    app: Path,
    *,
    port: int,
    state: Path,
    durable_port: int,
    engine: str,
    grace: float,
    began: float,
) -> bool:
    """Serve; whether the end was asked for, rather than brought about by a time-out."""
    listening = _listen(port)
    host = Host(app, state, durable_port=durable_port, engine=engine)
    server = _Server(
        uvicorn.Config(
            host,
            lifespan="off",
            log_config=None,
            access_log=False,
            timeout_graceful_shutdown=LAST_BYTES,
            server_header=False,
            date_header=False,  # uvicorn writes the time at which it last woke
        )
    )
    ending = _ending_signal()
    await _start(host, durable_port)
    serving = asyncio.create_task(server.serve(sockets=[listening]))
    took = (time.perf_counter() - began) * 1000
    what = f"{len(host.functions)} functions, engine {engine}"
    print(f"ready in {took:.0f} ms: http://{LOCAL}:{port}, {what}", flush=True)
    was_asked = await _first(ending, host.invoker.fatal)
    await host.stop(grace if was_asked else 0)
    server.ending.set()
    await serving
    return was_asked


def _listen(port: int) -> socket.socket:
    # asyncio turns off Nagle's algorithm, 40 ms for an answer in two parts, only if told it is TCP.
    listening = socket.socket(proto=socket.IPPROTO_TCP)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((LOCAL, port))
        listening.listen(BACKLOG)
    except OSError as error:
        listening.close()
        raise _named(error, port) from error
    listening.setblocking(False)
    return listening


async def _start(host: Host, durable_port: int) -> None:
    try:
        await host.start()
    except OSError as error:
        raise _named(error, durable_port) from error


def _named(error: OSError, port: int) -> Exception:
    if error.errno == errno.EADDRINUSE:
        return PortTaken(f"Port {port} is taken by another program. Choose another one.")
    return error


def _ending_signal() -> asyncio.Event:
    ending = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, ending.set)
    return ending


async def _first(ending: asyncio.Event, fatal: asyncio.Event) -> bool:
    waits = [asyncio.create_task(event.wait()) for event in (ending, fatal)]
    await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
    for wait in waits:
        wait.cancel()
    return ending.is_set()
