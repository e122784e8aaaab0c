"""Bearer tokens: the one place that says whom a caller has proved to be.

Keys come from the issuer's JWKS and are kept. An unknown key id may mean that the issuer has
rotated its keys, so it is asked again, at most once in ``REFETCH_AFTER`` seconds: a caller cannot
make us hammer it. While the issuer is away the keys we have go on working.
"""

from __future__ import annotations

import asyncio
import logging
import time
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any

from shared.platform.errors import Unauthenticated
from shared.platform.settings import settings

if TYPE_CHECKING:
    from jwt import PyJWK

REFETCH_AFTER = 60.0
RETRY_AFTER = 2.0  # while no key has ever been read, as when both of us have just started
TIMEOUT = 5.0
LEEWAY = 30.0

log = logging.getLogger(__name__)


class InvalidToken(Unauthenticated):
    code = "invalid_token"


@dataclass(frozen=True, slots=True)
class Claims:
    issuer: str
    subject: str


@dataclass
class KeySet:
    """The issuer's public keys by key id."""

    url: str
    keys: dict[str, PyJWK] = field(default_factory=dict[str, "PyJWK"])
    asked_at: float = float("-inf")
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def find(self, key_id: str) -> PyJWK | None:
        if key_id not in self.keys:
            async with self.lock:
                await self._refetch(key_id)
        return self.keys.get(key_id)

    @property
    def _patience(self) -> float:
        return REFETCH_AFTER if self.keys else RETRY_AFTER

    async def _refetch(self, key_id: str) -> None:
        if key_id in self.keys or time.monotonic() - self.asked_at < self._patience:
            return
        import aiohttp
        from jwt import PyJWKSet, PyJWTError

        self.asked_at = time.monotonic()
        try:
            timeout = aiohttp.ClientTimeout(total=TIMEOUT)
            async with (
                aiohttp.ClientSession(timeout=timeout, raise_for_status=True) as session,
                session.get(self.url) as answer,
            ):
                said = await answer.json(content_type=None)
            found = PyJWKSet.from_dict(said if isinstance(said, dict) else {})
        except (aiohttp.ClientError, TimeoutError, ValueError, PyJWTError) as error:
            log.warning("the token issuer's keys cannot be read: %s", type(error).__name__)
            return
        self.keys = {key.key_id: key for key in found.keys if key.key_id}


@cache
def key_set() -> KeySet:
    return KeySet(settings().token_jwks_url)


async def verify(token: str) -> Claims:
    import jwt

    try:
        key = await key_set().find(str(jwt.get_unverified_header(token).get("kid")))
        if key is None:
            raise InvalidToken("The bearer token is signed with a key nobody knows")
        found = _decode(token, key)
    except jwt.InvalidTokenError as error:
        raise InvalidToken("The bearer token is not valid") from error
    return Claims(issuer=found["iss"], subject=found["sub"])


def _decode(token: str, key: PyJWK) -> dict[str, Any]:
    import jwt

    config = settings()
    return jwt.decode(
        token,
        key,
        algorithms=["RS256"],  # never what the token itself asks for
        issuer=config.token_issuer,
        audience=config.token_audience,
        leeway=LEEWAY,
        options={"require": ["exp", "iss", "aud", "sub"]},
    )
