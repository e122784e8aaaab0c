"""Redis: what the processes share and may forget. One client for each event loop.

Nothing here is the only copy of anything, and nobody waits for it: an answer that does not come
within ``PATIENCE`` is none. Every key of a firm begins with the firm's id, in the braces that keep
all of them on one shard, so one script may look at several.
"""

from __future__ import annotations

import asyncio
from collections.abc import Generator
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING, TypeAlias
from weakref import WeakKeyDictionary

from shared.platform.actor import Actor
from shared.platform.errors import VendorUnavailable
from shared.platform.settings import settings

if TYPE_CHECKING:
    from redis.asyncio import Redis
    from redis.credentials import CredentialProvider

    Client: TypeAlias = Redis

PATIENCE = 0.25  # seconds
MOST_CONNECTIONS = 64


class CacheUnavailable(VendorUnavailable):
    """The cache does not answer."""

    code = "cache_unavailable"
    remedy = "Send the request again in a few seconds"


def is_configured() -> bool:
    return bool(settings().redis_url.get_secret_value())


def key(actor: Actor, *parts: str) -> str:
    """The name of something of the actor's firm; no other firm can make the same one."""
    return ":".join((f"{{{actor.organization_id}}}", *parts))


def client() -> Client:
    loop = asyncio.get_running_loop()
    if loop not in _clients():
        _clients()[loop] = _connect()
    return _clients()[loop]


async def ping() -> None:
    with translated():
        await client().ping()  # pyright: ignore[reportGeneralTypeIssues] - typed as if it might be sync


async def close() -> None:
    """Give this event loop's connections back."""
    ours = _clients().pop(asyncio.get_running_loop(), None)
    if ours:
        await ours.aclose()


@contextmanager
def translated() -> Generator[None]:
    """The driver's errors in our words."""
    from redis.exceptions import RedisError

    try:
        yield
    except (RedisError, OSError) as error:  # TimeoutError is an OSError
        raise CacheUnavailable("The cache does not answer") from error


@cache
def _clients() -> WeakKeyDictionary[asyncio.AbstractEventLoop, Client]:
    return WeakKeyDictionary()


def _connect() -> Client:
    from redis.asyncio import BlockingConnectionPool, Redis
    from redis.asyncio.retry import Retry
    from redis.backoff import NoBackoff

    pool = BlockingConnectionPool.from_url(
        settings().redis_url.get_secret_value(),
        max_connections=MOST_CONNECTIONS,
        timeout=PATIENCE,
        socket_timeout=PATIENCE,
        socket_connect_timeout=PATIENCE,
        decode_responses=True,
        retry=Retry(NoBackoff(), 1),  # at once and once: a server that was restarted hangs up on us
        health_check_interval=0,
        **_credentials(),
    )
    return Redis.from_pool(pool)


def _credentials() -> dict[str, CredentialProvider]:
    """Without a password in the address this app's identity signs in."""
    from urllib.parse import urlsplit

    if urlsplit(settings().redis_url.get_secret_value()).password:
        return {}
    from shared.platform.cache_identity import Identity

    return {"credential_provider": Identity()}
