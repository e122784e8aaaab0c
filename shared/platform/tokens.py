"""Bearer tokens: the one place that says whom a caller has proved to be.

Keys come from each issuer's JWKS and are kept. An unknown key id may mean that the issuer has
rotated its keys, so it is asked again, at most once in ``REFETCH_AFTER`` seconds: a caller cannot
make us hammer it. While the issuer is away the keys we have go on working.
"""

from __future__ import annotations

import asyncio
import json
import logging
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from typing import TYPE_CHECKING, Any

from shared.platform.errors import Unauthenticated
from shared.platform.settings import TokenIssuer, settings

if TYPE_CHECKING:
    from jwt import PyJWK

REFETCH_AFTER = 60.0
RETRY_AFTER = 2.0  # while no key has ever been read, as when both of us have just started
STALE_AFTER = 3600.0  # so that a key which the issuer has withdrawn does not work for ever
TIMEOUT = 5.0
LEEWAY = 30.0
MOST_LETTERS = 8192
LEAST_RSA_BITS = 2048

# RFC 8176, and what Entra ID adds. A code alone proves a telephone, and a password must have come
# first; a security key, a passkey or a smart card is used by whoever can also unlock it.
MULTIPLE_FACTORS = frozenset({"mfa", "ngcmfa", "fido", "hwk", "sc"})
SECOND_FACTORS = frozenset({"otp", "sms", "tel", "swk"})

log = logging.getLogger(__name__)


class InvalidToken(Unauthenticated):
    """The bearer token is expired, forged, or for somebody else."""

    code = "invalid_token"
    remedy = "Sign in again"


@dataclass(frozen=True, slots=True)
class Claims:
    """``session`` is the same for every token that one sign-in has led to.

    ``is_lone`` says that the issuer does not tell which sign-in it was, nor when.
    """

    issuer: str
    subject: str
    session: str
    expires_at: datetime
    signed_in_at: datetime
    is_lone: bool = False
    has_second_factor: bool = False
    email: str | None = None
    name: str | None = None


@dataclass
class KeySet:
    """One issuer's public keys by key id."""

    issuer: TokenIssuer
    keys: dict[str, PyJWK] = field(default_factory=dict[str, "PyJWK"])
    asked_at: float = float("-inf")
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    renewing: asyncio.Task[None] | None = None

    async def find(self, key_id: str) -> PyJWK | None:
        known = self.keys.get(key_id)
        if known is None:
            await self._refetch(key_id)
        elif time.monotonic() - self.asked_at > STALE_AFTER and self._is_idle:
            self.renewing = asyncio.create_task(self._refetch())  # nobody waits for it
        return known or self.keys.get(key_id)

    @property
    def _is_idle(self) -> bool:
        return self.renewing is None or self.renewing.done()

    @property
    def _patience(self) -> float:
        return REFETCH_AFTER if self.keys else RETRY_AFTER

    async def _refetch(self, wanted: str | None = None) -> None:
        async with self.lock:
            if wanted in self.keys or time.monotonic() - self.asked_at < self._patience:
                return
            self.asked_at = time.monotonic()
            found = await _fetch(self.issuer)
        self.keys = found or self.keys


async def _fetch(issuer: TokenIssuer) -> dict[str, PyJWK]:
    """Nothing when the issuer is away, or says something else."""
    import aiohttp
    from jwt import PyJWKSet, PyJWTError

    try:
        timeout = aiohttp.ClientTimeout(total=TIMEOUT)
        async with (
            aiohttp.ClientSession(timeout=timeout, raise_for_status=True) as session,
            session.get(issuer.jwks_url) as answer,
        ):
            said = await answer.json(content_type=None)
        found = PyJWKSet.from_dict(said if isinstance(said, dict) else {})
    except (aiohttp.ClientError, TimeoutError, ValueError, RecursionError, PyJWTError) as error:
        log.warning("the token issuer's keys cannot be read: %s", type(error).__name__)
        return {}
    return {key.key_id: key for key in found.keys if key.key_id and _is_fit(key, issuer)}


def _is_fit(key: PyJWK, issuer: TokenIssuer) -> bool:
    """It signs in a way that the issuer is known for, and is strong enough for it."""
    fits = {"RS256": "RSA", "ES256": "EC"}.get(key.algorithm_name) == key.key_type
    is_long = key.key_type != "RSA" or key.key.key_size >= LEAST_RSA_BITS
    is_for_signing = key.public_key_use in (None, "sig")
    return fits and is_long and is_for_signing and key.algorithm_name in issuer.algorithms


@cache
def key_sets() -> dict[str, KeySet]:
    return {each.issuer: KeySet(each) for each in settings().issuers}


async def verify(token: str) -> Claims:
    import jwt

    if len(token) > MOST_LETTERS:
        raise InvalidToken("The bearer token is too long to be one")
    try:
        issuer, key_id = _claimed(token)
        known = key_sets().get(issuer)
        key = await known.find(key_id) if known else None
        if known is None or key is None:
            raise InvalidToken("The bearer token is signed with a key nobody knows")
        return _claims(_decode(token, key, known.issuer))
    except (jwt.PyJWTError, RecursionError) as error:
        raise InvalidToken("The bearer token is not valid") from error


def _claimed(token: str) -> tuple[str, str]:
    """Whose it says it is, which only chooses the keys it is then checked with.

    Every request pays for this: ``jwt`` would look at all of the token here, and then once more.
    """
    header, payload, _ = (*token.split(".", 2), "", "")[:3]
    return str(_unproved(payload).get("iss")), str(_unproved(header).get("kid"))


def _unproved(part: str) -> dict[str, Any]:
    from jwt.utils import base64url_decode

    try:
        said = json.loads(base64url_decode(part))
    except ValueError as error:
        raise InvalidToken("The bearer token is not one") from error
    return said if isinstance(said, dict) else {}


def _decode(token: str, key: PyJWK, issuer: TokenIssuer) -> dict[str, Any]:
    import jwt

    return jwt.decode(
        token,
        key,
        algorithms=list(issuer.algorithms),  # never what the token itself asks for
        issuer=issuer.issuer,
        audience=issuer.audience,
        leeway=LEEWAY,
        options={"require": ["exp", "iat", "iss", "aud", "sub"]},
    )


def _claims(said: dict[str, Any]) -> Claims:
    try:
        expires_at = datetime.fromtimestamp(int(said["exp"]), UTC)
        signed_in_at = datetime.fromtimestamp(int(said.get("auth_time") or said["iat"]), UTC)
    except (OverflowError, OSError, TypeError, ValueError) as error:
        raise InvalidToken("The bearer token is not valid") from error
    return Claims(
        issuer=said["iss"],
        subject=_subject(said["sub"]),
        session=_session(said),
        expires_at=expires_at,
        signed_in_at=signed_in_at,
        is_lone=not _login(said),
        has_second_factor=_has_second_factor(said),
        email=_text(said.get("email")),
        name=_text(said.get("name")),
    )


def _subject(said: str) -> str:
    """Postgres holds neither NUL nor half a character: nobody can be known by them."""
    try:
        said.encode()
    except UnicodeEncodeError as error:
        raise InvalidToken("The bearer token is not valid") from error
    if "\0" in said:
        raise InvalidToken("The bearer token is not valid")
    return said


def _session(said: dict[str, Any]) -> str:
    """A refresh keeps ``sid`` and ``auth_time``; to prove oneself anew changes ``auth_time``.

    Where the issuer says neither, each token is a session of its own.
    """
    return json.dumps(_login(said) or ["iat", said["iat"]])


def _login(said: dict[str, Any]) -> list[Any]:
    login = [said.get("sid"), said.get("auth_time")]
    return login if any(login) else []


def _has_second_factor(said: dict[str, Any]) -> bool:
    methods = _words(said.get("amr"))
    classes = _words(said.get("acr")) | _words(said.get("tfp")) | _words(said.get("acrs"))
    is_multiple = bool(methods & MULTIPLE_FACTORS)
    is_second = "pwd" in methods and bool(methods & SECOND_FACTORS)
    return is_multiple or is_second or bool(classes & set(settings().mfa_acr_values.split()))


def _words(said: object) -> set[str]:
    found = said if isinstance(said, list) else [said]
    return {each for each in found if isinstance(each, str)}


def _text(said: object) -> str | None:
    return said if isinstance(said, str) else None
