"""`python -m local status`: each part, its port, process, memory, health and age.

The durable engine has a line of its own, though it lives in the host's process. What the host has
given up on is told below the table.
"""

import asyncio
import json
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import httpx
import psutil
from rich.console import Console
from rich.table import Table

from local import pids
from local.parts.oidc import issuer
from local.parts.part import HOST, accepts, answers_ok, web_client
from local.pids import Started
from local.ports import Ports
from local.state import State

EXPECTED = ("postgres", "azurite", "oidc", "valkey", "host")

_CHECKS: dict[str, Callable[[int], Awaitable[bool]]] = {
    "host": lambda port: answers_ok(f"http://{HOST}:{port}/api/health"),
    "oidc": lambda port: answers_ok(f"{issuer(port)}/.well-known/openid-configuration"),
}


@dataclass(frozen=True, slots=True)
class Line:
    part: str
    port: int | None
    pid: int | None
    memory: int
    health: str
    uptime: timedelta


async def status(state: State) -> int:
    """The exit status: 1 when something is down."""
    started = {each.name: each for each in pids.noted(state.root / "run")}
    found = [(name, started.get(name)) for name in EXPECTED]
    lines = await asyncio.gather(
        *(_look_at(*each) for each in found), _durable(started.get("host"))
    )
    Console().print(_table(lines))
    await _print_troubles(state, started.get("host"))
    if state.record() is None and any(line.pid for line in lines):
        Console().print(
            "No stack watches these: they were left behind by a crash. The next start, "
            "`python -m local up`, clears them away."
        )
        return 1
    return int(any(line.health != "healthy" for line in lines))


async def _look_at(name: str, started: Started | None) -> Line:
    process = started.process() if started else None
    if started is None or process is None:
        return Line(name, started.port if started else None, None, 0, "down", timedelta())
    is_healthy = await _CHECKS.get(name, accepts)(started.port)
    health = "healthy" if is_healthy else "not answering"
    return Line(name, started.port, started.pid, _memory(process), health, _age(started))


async def _durable(host: Started | None) -> Line:
    port = Ports(host.port).durable if host else None
    process = host.process() if host else None
    if host is None or port is None or process is None:
        return Line("durable", port, None, 0, "down", timedelta())
    health = "healthy" if await accepts(port) else "not answering"
    return Line("durable", port, host.pid, 0, health, _age(host))


async def _print_troubles(state: State, host: Started | None) -> None:
    told = await _host_status(state, host.port) if host else {}
    for each in told.get("poisonedBlobs", []):
        Console().print(
            f"[red]{each['function']} failed too often on {each['blob']}[/]. Deliver it again: "
            f'POST /admin/functions/{each["function"]} {{"input": "{each["blob"]}"}}',
            soft_wrap=True,
        )
    for each in told.get("deadLetteredEvents", []):
        Console().print(
            f"[red]The event of {each['blob']} was never taken[/]: {each['reason']}",
            soft_wrap=True,
        )


async def _host_status(state: State, port: int) -> dict[str, Any]:
    """What the host says of itself, nothing when it does not answer."""
    try:
        key = json.loads((state.root / "host/keys.json").read_text())["master"]
        async with web_client() as client:
            answer = await client.get(
                f"http://{HOST}:{port}/admin/host/status", headers={"x-functions-key": key}
            )
    except (OSError, httpx.HTTPError):
        return {}
    return answer.json() if answer.is_success else {}


def _age(started: Started) -> timedelta:
    return timedelta(seconds=int(time.time() - started.at))


def _memory(process: psutil.Process) -> int:
    """Bytes of it and its children; pages that PostgreSQL's processes share count once each."""
    total = 0
    for each in (process, *process.children(recursive=True)):
        try:
            total += each.memory_info().rss
        except psutil.NoSuchProcess:
            continue
    return total


def _table(lines: list[Line]) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("part")
    for column in ("port", "pid", "MiB"):
        table.add_column(column, justify="right")
    table.add_column("health")
    table.add_column("uptime", justify="right")
    for line in lines:
        colour = "green" if line.health == "healthy" else "red"
        table.add_row(
            line.part,
            str(line.port or ""),
            str(line.pid or ""),
            str(line.memory // 2**20) if line.memory else "",
            f"[{colour}]{line.health}[/]",
            str(line.uptime) if line.pid else "",
        )
    return table
