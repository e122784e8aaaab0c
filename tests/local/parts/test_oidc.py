"""Signing in at the real provider, the way a browser does, and what its tokens are worth."""

import asyncio
import json
import os
from collections.abc import AsyncGenerator
from pathlib import Path

import httpx
import jwt
import pytest

from local.parts.oidc import AUDIENCE, CLIENT_ID, issuer, jwks_url, oidc
from local.sign_in import CALLBACK, SignInRefused, refresh, sign_in
from tests.local.programs import until
from tests.servers import free_ports

PORT = free_ports(2)[0]
ISSUER = issuer(PORT)
EMAIL, PASSWORD = "owner@demo.test", "correct horse"


class Provider:
    def __init__(self, folder: Path) -> None:
        users = folder / "users.json"
        person = {"email": EMAIL, "sub": "s-1", "name": "Olivia", "password": PASSWORD}
        users.write_text(json.dumps([person]))
        self.folder = folder
        self._part = oidc(folder, PORT, users=users, web_port=PORT + 1)

    async def start(self) -> None:
        environment = {**os.environ, **self._part.environment}
        self._server = await asyncio.create_subprocess_exec(
            *self._part.command, env=environment, stdout=asyncio.subprocess.DEVNULL
        )
        await until(self._part.is_healthy)

    async def kill(self) -> None:
        self._server.kill()
        await self._server.wait()


@pytest.fixture(scope="module")
async def provider(tmp_path_factory: pytest.TempPathFactory) -> AsyncGenerator[Provider]:
    running = Provider(tmp_path_factory.mktemp("oidc"))
    await running.start()
    yield running
    await running.kill()


def claims(token: str) -> dict[str, object]:
    """What a careful reader accepts: signature, algorithm, issuer and audience."""
    key = jwt.PyJWKClient(jwks_url(PORT)).get_signing_key_from_jwt(token)
    return jwt.decode(token, key.key, algorithms=["RS256"], audience=AUDIENCE, issuer=ISSUER)


def test_the_access_token_is_a_signed_jwt_for_our_api(provider: Provider) -> None:
    tokens = sign_in(ISSUER, EMAIL, PASSWORD)

    found = claims(tokens.access_token)
    assert found["sub"] == "s-1"
    assert found["scope"] == "access_as_user"


def test_a_wrong_password_gets_no_token(provider: Provider) -> None:
    with pytest.raises(SignInRefused, match=EMAIL):
        sign_in(ISSUER, EMAIL, "wrong")


def test_a_stranger_gets_no_token(provider: Provider) -> None:
    with pytest.raises(SignInRefused):
        sign_in(ISSUER, "stranger@demo.test", PASSWORD)


def test_nobody_signs_in_without_pkce(provider: Provider) -> None:
    question = {"client_id": CLIENT_ID, "redirect_uri": CALLBACK, "response_type": "code"}
    answer = httpx.get(f"{ISSUER}/auth", params={**question, "scope": "openid"})

    assert "error=invalid_request" in answer.headers["location"]
    assert "PKCE" in answer.headers["location"]


def test_a_code_is_never_sent_to_a_strangers_address(provider: Provider) -> None:
    question = {"client_id": CLIENT_ID, "redirect_uri": "https://evil.test/", "scope": "openid"}
    answer = httpx.get(f"{ISSUER}/auth", params={**question, "response_type": "code"})

    assert answer.status_code == 400
    assert "location" not in answer.headers


async def test_tokens_outlive_a_killed_provider(provider: Provider) -> None:
    tokens = sign_in(ISSUER, EMAIL, PASSWORD)
    await provider.kill()
    await provider.start()

    assert claims(tokens.access_token)["sub"] == "s-1"
    assert claims(refresh(ISSUER, tokens.refresh_token).access_token)["sub"] == "s-1"


def test_the_signing_key_is_for_its_owner_only(provider: Provider) -> None:
    assert (provider.folder / "jwks.json").stat().st_mode & 0o777 == 0o600
