"""One server of the stack: its command, and how to tell that it serves."""

import asyncio
import signal
import ssl
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from local.parts.nobody import Identity

HOST = "127.0.0.1"
_NO_TLS = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)  # httpx would load all authorities for each look


def _nothing() -> None:
    pass


@dataclass(frozen=True, slots=True)
class Part:
    name: str
    port: int
    command: list[str]
    is_healthy: Callable[[], Awaitable[bool]]
    environment: Mapping[str, str] = field(default_factory=dict[str, str])
    folder: Path = Path("/")
    identity: Identity = field(default_factory=Identity)
    prepare: Callable[[], None] = _nothing  # runs in a thread, before every start
    equip: Callable[[], None] = _nothing  # likewise, once it serves
    stop_signal: signal.Signals = signal.SIGTERM
    stop_seconds: float = 20


async def accepts(port: int) -> bool:
    try:
        _, writer = await asyncio.open_connection(HOST, port)
    except OSError:
        return False
    writer.close()
    return True


def web_client() -> httpx.AsyncClient:
    return httpx.AsyncClient(timeout=5, trust_env=False, verify=_NO_TLS)


async def answers_ok(url: str) -> bool:
    try:
        async with web_client() as client:
            return (await client.get(url)).is_success
    except httpx.HTTPError:
        return False
