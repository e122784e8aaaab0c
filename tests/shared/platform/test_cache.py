"""Redis, as the processes share it: keys of one firm, and nobody waits for it."""

import asyncio
import os
from uuid import uuid4

import pytest
from redis.asyncio import Redis
from redis.exceptions import AuthenticationError

from shared.platform import cache
from shared.platform.actor import Actor, Role
from shared.platform.cache import CacheUnavailable
from shared.platform.cache_identity import SCOPE, Identity
from tests.conftest import Configure
from tests.servers import free_ports


def somebody() -> Actor:
    return Actor(uuid4(), uuid4(), Role.OWNER)


async def test_what_is_put_in_comes_back() -> None:
    name = cache.key(somebody(), "greeting")

    await cache.client().set(name, "hello", ex=10)

    assert await cache.client().get(name) == "hello"


def test_a_key_begins_with_the_firm_and_no_other_firm_has_it() -> None:
    mine, theirs = somebody(), somebody()

    assert cache.key(mine, "a", "b") == f"{{{mine.organization_id}}}:a:b"
    assert cache.key(mine, "a", "b") != cache.key(theirs, "a", "b")


async def test_without_the_password_nobody_gets_in() -> None:
    stranger = Redis.from_url(os.environ["TEST_REDIS_URL"].replace("password", "guess"))

    with pytest.raises(AuthenticationError):
        await stranger.ping()  # pyright: ignore[reportGeneralTypeIssues]
    await stranger.aclose()


async def test_a_server_that_is_away_is_said_in_our_words(configure: Configure) -> None:
    configure(redis_url=f"redis://:secret@127.0.0.1:{free_ports(1)[0]}/0")
    await cache.close()

    with pytest.raises(CacheUnavailable):
        await cache.ping()
    await cache.close()


async def test_a_server_that_says_nothing_is_not_waited_for(configure: Configure) -> None:
    async def say_nothing(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()

    mute = await asyncio.start_server(say_nothing, "127.0.0.1", 0)
    configure(redis_url=f"redis://:secret@127.0.0.1:{mute.sockets[0].getsockname()[1]}/0")
    await cache.close()

    async with asyncio.timeout(20 * cache.PATIENCE):  # the driver's own patience is endless
        with pytest.raises(CacheUnavailable):
            await cache.ping()

    await cache.close()
    mute.close()


async def test_without_a_password_the_app_signs_in_as_itself(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The name is the object id in the token, the password is the token."""
    asked: list[str] = []
    token = "eyJhbGciOiJub25lIn0.eyJvaWQiOiJvdXItaWQifQ."

    class Credential:
        async def get_token(self, scope: str) -> object:
            asked.append(scope)
            return type("Token", (), {"token": token})()

    monkeypatch.setattr("shared.platform.azure_identity.credential", Credential)

    assert await Identity().get_credentials_async() == ("our-id", token)
    assert asked == [SCOPE]
