"""Against a real JWKS endpoint: what is believed, and how often the issuer is asked."""

import base64
import hmac
import json
from collections.abc import AsyncGenerator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from jwt.algorithms import RSAAlgorithm

from shared.platform import tokens
from shared.platform.tokens import REFETCH_AFTER, Claims, InvalidToken
from tests.make.identity import AUDIENCE, ISSUER

FIRST, SECOND = (rsa.generate_private_key(public_exponent=65537, key_size=2048) for _ in "12")
TestServer.__test__ = False  # type: ignore[attr-defined]  # its name looks like a test's


@dataclass
class Issuer:
    """Publishes keys and counts who asks; ``answer`` makes it say something else."""

    keys: dict[str, RSAPrivateKey] = field(default_factory=lambda: {"first": FIRST})
    answer: web.Response | None = None
    asked: int = 0

    async def jwks(self, _: web.Request) -> web.Response:
        self.asked += 1
        if self.answer:
            return self.answer
        public = [
            {**RSAAlgorithm.to_jwk(key.public_key(), as_dict=True), "kid": key_id, "use": "sig"}
            for key_id, key in self.keys.items()
        ]
        return web.json_response({"keys": public})


@pytest.fixture
async def issuer(monkeypatch: pytest.MonkeyPatch) -> AsyncGenerator[Issuer]:
    made = Issuer()
    app = web.Application()
    app.router.add_get("/jwks", made.jwks)
    async with TestServer(app) as server:
        known = tokens.key_set()
        monkeypatch.setattr(known, "url", str(server.make_url("/jwks")))
        monkeypatch.setattr(known, "keys", {})
        monkeypatch.setattr(known, "asked_at", float("-inf"))
        yield made


def token(key: RSAPrivateKey = FIRST, key_id: str | None = "first", **changes: Any) -> str:
    headers = {"kid": key_id} if key_id else {}
    return jwt.encode(claims(**changes), key, algorithm="RS256", headers=headers)


def claims(**changes: Any) -> dict[str, Any]:
    said = {"iss": ISSUER, "aud": AUDIENCE, "sub": "ada", "exp": in_minutes(5)} | changes
    return {name: value for name, value in said.items() if value is not None}


def in_minutes(count: int) -> int:
    return int((datetime.now(UTC) + timedelta(minutes=count)).timestamp())


def part(content: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(content).encode()).decode().rstrip("=")


def unsigned() -> str:
    return f"{part({'alg': 'none', 'kid': 'first'})}.{part(claims())}."


def signed_with_the_public_key() -> str:
    """Our public key, which anyone can have, taken for the secret of another algorithm."""
    secret = FIRST.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    text = f"{part({'alg': 'HS256', 'kid': 'first'})}.{part(claims())}"
    signature = hmac.digest(secret, text.encode(), "sha256")
    return f"{text}.{base64.urlsafe_b64encode(signature).decode().rstrip('=')}"


def tampered() -> str:
    head, _, signature = token().split(".")
    return f"{head}.{part(claims(sub='somebody-else'))}.{signature}"


class TestVerify:
    async def test_says_who_the_issuer_has_vouched_for(self, issuer: Issuer) -> None:
        assert await tokens.verify(token()) == Claims(issuer=ISSUER, subject="ada")

    async def test_forgives_clocks_that_differ_a_little(self, issuer: Issuer) -> None:
        assert await tokens.verify(token(exp=in_minutes(0) - 10))

    @pytest.mark.parametrize(
        "changes",
        [
            pytest.param({"exp": in_minutes(-5)}, id="expired"),
            pytest.param({"exp": None}, id="never-expires"),
            pytest.param({"nbf": in_minutes(60)}, id="not-yet"),
            pytest.param({"aud": "api://something-else"}, id="for-somebody-else"),
            pytest.param({"aud": None}, id="for-nobody"),
            pytest.param({"iss": "https://login.evil.test"}, id="of-another-issuer"),
            pytest.param({"iss": None}, id="of-nobody"),
            pytest.param({"sub": None}, id="about-nobody"),
        ],
    )
    async def test_refuses_claims_that_are_not_for_us_and_now(
        self, issuer: Issuer, changes: dict[str, Any]
    ) -> None:
        with pytest.raises(InvalidToken) as refused:
            await tokens.verify(token(**changes))

        assert (refused.value.status, refused.value.code) == (401, "invalid_token")

    @pytest.mark.parametrize(
        "forged",
        [
            pytest.param(tampered(), id="tampered"),
            pytest.param(unsigned(), id="unsigned"),
            pytest.param(signed_with_the_public_key(), id="public-key-as-secret"),
            pytest.param(token(SECOND), id="another-key"),
            pytest.param(token()[:-9], id="cut-off"),
            pytest.param("", id="empty"),
            pytest.param("not-a-token", id="a-word"),
            pytest.param("a.b.c", id="three-words"),
            pytest.param(f"{part([])}.{part(claims())}.", id="header-is-a-list"),
            pytest.param(f"{part({'alg': 'RS256', 'kid': ['x']})}.e30.c2ln", id="kid-is-a-list"),
        ],
    )
    async def test_refuses_what_the_issuer_has_not_signed(
        self, issuer: Issuer, forged: str
    ) -> None:
        with pytest.raises(InvalidToken):
            await tokens.verify(forged)

    async def test_refuses_a_token_that_names_no_key(self, issuer: Issuer) -> None:
        with pytest.raises(InvalidToken):
            await tokens.verify(token(key_id=None))


class TestTheIssuersKeys:
    async def test_are_asked_for_once(self, issuer: Issuer) -> None:
        for _ in range(3):
            await tokens.verify(token())

        assert issuer.asked == 1

    async def test_an_unknown_key_id_makes_us_ask_once_in_a_while(self, issuer: Issuer) -> None:
        await tokens.verify(token())
        for made_up in ("x", "y", "z"):
            with pytest.raises(InvalidToken):
                await tokens.verify(token(key_id=made_up))
        assert issuer.asked == 1

        tokens.key_set().asked_at -= REFETCH_AFTER
        for made_up in ("x", "y", "z"):
            with pytest.raises(InvalidToken):
                await tokens.verify(token(key_id=made_up))
        assert issuer.asked == 2

    async def test_may_be_rotated(self, issuer: Issuer) -> None:
        await tokens.verify(token())
        issuer.keys = {"second": SECOND}
        tokens.key_set().asked_at -= REFETCH_AFTER

        assert await tokens.verify(token(SECOND, "second"))
        with pytest.raises(InvalidToken):
            await tokens.verify(token())

    @pytest.mark.parametrize(
        "answer",
        [
            {"status": 503, "text": "down"},
            {"text": "<html>login</html>"},
            {"text": "{}"},
            {"text": "[]"},
            {"text": '{"keys": []}'},
            {"text": '{"keys": [{"kty": "OKP", "kid": "first"}]}'},
        ],
        ids=lambda answer: answer["text"],
    )
    async def test_go_on_working_while_the_issuer_is_away(
        self, issuer: Issuer, answer: dict[str, Any]
    ) -> None:
        await tokens.verify(token())
        issuer.answer = web.Response(**answer)
        tokens.key_set().asked_at -= REFETCH_AFTER

        with pytest.raises(InvalidToken):
            await tokens.verify(token(SECOND, "second"))
        assert issuer.asked == 2
        assert await tokens.verify(token())

    async def test_an_issuer_nobody_reaches_vouches_for_nobody(
        self, issuer: Issuer, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(tokens.key_set(), "url", "http://127.0.0.1:9/jwks")

        with pytest.raises(InvalidToken):
            await tokens.verify(token())
