"""Signing in at the real provider, the way a browser does, and what its tokens are worth."""

import asyncio
import json
import os
import re
from collections.abc import AsyncGenerator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

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
PASSWORD_ONLY = "password-only@demo.test"
VERIFIER = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"  # RFC 7636's own pair
CHALLENGE = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
APP = "http://localhost:5173"


class Provider:
    def __init__(self, folder: Path) -> None:
        users = folder / "users.json"
        person = {"email": EMAIL, "sub": "s-1", "name": "Olivia", "password": PASSWORD}
        simple = {**person, "email": PASSWORD_ONLY, "sub": "s-2", "second_factor": False}
        users.write_text(json.dumps([person, simple]))
        self.folder = folder
        self._part = oidc(folder, PORT, users=users, web_port=PORT + 1, apps=[APP])

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


def test_the_access_token_says_how_somebody_has_signed_in(provider: Provider) -> None:
    with_code = claims(sign_in(ISSUER, EMAIL, PASSWORD).access_token)
    without = claims(sign_in(ISSUER, PASSWORD_ONLY, PASSWORD).access_token)

    assert with_code["amr"] == ["pwd", "otp", "mfa"]
    assert without["amr"] == ["pwd"]
    assert with_code["auth_time"]


def test_a_refresh_is_the_same_session_and_a_sign_in_is_another(provider: Provider) -> None:
    tokens = sign_in(ISSUER, EMAIL, PASSWORD)
    first = claims(tokens.access_token)
    refreshed = claims(refresh(ISSUER, tokens.refresh_token).access_token)
    anew = claims(sign_in(ISSUER, EMAIL, PASSWORD).access_token)

    for name in ("sid", "auth_time", "amr"):
        assert refreshed[name] == first[name]
    assert anew["sid"] != first["sid"]


class TestTheCode:
    def test_that_is_wrong_gets_nobody_in_and_has_an_end(self, provider: Provider) -> None:
        with httpx.Client(base_url=ISSUER) as browser:
            page = asked_for_the_code(browser)
            for _ in range(4):
                page = browser.post(form_of(page), data={"code": "nonsense"})
                assert (page.status_code, "The code is wrong" in page.text) == (401, True)
            code = re.findall(r"<output>(\d+)</output>", page.text)[0]
            assert "password" in browser.post(form_of(page), data={"code": "nonsense"}).text

            late = browser.post(form_of(page), data={"code": code})

        assert late.status_code == 401

    def test_without_the_password_before_gets_nobody_in(self, provider: Provider) -> None:
        with httpx.Client(base_url=ISSUER) as browser:
            page = asked(browser)

            assert browser.post(form_of(page), data={"code": "000000"}).status_code == 401

    def test_is_no_use_to_another_browser(self, provider: Provider) -> None:
        with httpx.Client(base_url=ISSUER) as browser, httpx.Client(base_url=ISSUER) as thief:
            page = asked_for_the_code(browser)
            code = re.findall(r"<output>(\d+)</output>", page.text)[0]

            assert thief.post(form_of(page), data={"code": code}).is_error


def asked(browser: httpx.Client, redirect_uri: str = CALLBACK) -> httpx.Response:
    question = {
        "client_id": CLIENT_ID,
        "redirect_uri": redirect_uri,
        "response_type": "code",
        "scope": "openid",
        "code_challenge": CHALLENGE,
        "code_challenge_method": "S256",
    }
    return browser.get("/auth", params=question, follow_redirects=True)


def asked_for_the_code(browser: httpx.Client) -> httpx.Response:
    return browser.post(form_of(asked(browser)), data={"email": EMAIL, "password": PASSWORD})


def form_of(page: httpx.Response) -> str:
    return re.findall(r'action="([^"]+)"', page.text)[0]


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


@pytest.mark.parametrize("page", ["/", "/callback"])
def test_an_app_under_development_may_sign_people_in(provider: Provider, page: str) -> None:
    origin = {"origin": APP}
    with httpx.Client(base_url=ISSUER) as browser:
        asking = asked(browser, redirect_uri=APP + page)
        code = browser.post(form_of(asking), data={"email": PASSWORD_ONLY, "password": PASSWORD})
        while not code.headers["location"].startswith(APP):
            code = browser.get(code.headers["location"])
        redeemed = browser.post(
            "/token",
            data={
                "client_id": CLIENT_ID,
                "grant_type": "authorization_code",
                "code": parse_qs(urlsplit(code.headers["location"]).query)["code"][0],
                "code_verifier": VERIFIER,
                "redirect_uri": APP + page,
            },
            headers=origin,
        )

    assert claims(redeemed.json()["access_token"])["sub"] == "s-2"
    assert redeemed.headers["access-control-allow-origin"] == APP


def test_a_strangers_page_reads_no_token(provider: Provider) -> None:
    stranger = {"origin": "https://evil.test"}
    answer = httpx.post(f"{ISSUER}/token", data={"client_id": CLIENT_ID}, headers=stranger)

    assert answer.status_code == 400
    assert "access-control-allow-origin" not in answer.headers


async def test_tokens_outlive_a_killed_provider(provider: Provider) -> None:
    tokens = sign_in(ISSUER, EMAIL, PASSWORD)
    await provider.kill()
    await provider.start()

    assert claims(tokens.access_token)["sub"] == "s-1"
    assert claims(refresh(ISSUER, tokens.refresh_token).access_token)["sub"] == "s-1"


def test_the_signing_key_is_for_its_owner_only(provider: Provider) -> None:
    assert (provider.folder / "jwks.json").stat().st_mode & 0o777 == 0o600
