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


class PortTaken(Exception):
    """Another program listens on the port."""


class _Server(uvicorn.Server):
    @contextlib.contextmanager
    def capture_signals(self) -> Generator[None]:
        """Leave signals alone: the host must hear of them before the server does."""
        yield


async def serve(
    app: Path, *, port: int, state: Path, durable_port: int, grace: float, began: float
) -> bool:
    """Serve; whether the end was asked for, rather than brought about by a time-out."""
    listening = _listen(port)
    host = Host(app, state, durable_port=durable_port)
    server = _Server(
        uvicorn.Config(
            host,
            lifespan="off",
            log_config=None,
            access_log=False,
            timeout_graceful_shutdown=int(grace),
            server_header=False,
        )
    )
    ending = _ending_signal()
    await _start(host, durable_port)
    serving = asyncio.create_task(server.serve(sockets=[listening]))
    took = (time.perf_counter() - began) * 1000
    count = len(host.functions)
    print(f"ready in {took:.0f} ms: http://{LOCAL}:{port}, {count} functions", flush=True)
    was_asked = await _first(ending, host.invoker.fatal)
    server.should_exit = True
    await asyncio.gather(serving, host.stop(grace if was_asked else 0))
    return was_asked


def _listen(port: int) -> socket.socket:
    listening = socket.socket()
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
