"""Against real JWKS endpoints: what is believed, and how often an issuer is asked."""

import asyncio
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
from aiohttp.test_utils import BaseTestServer, TestServer
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from jwt.algorithms import ECAlgorithm, RSAAlgorithm

from shared.platform import tokens
from shared.platform.settings import Settings, TokenIssuer, settings
from shared.platform.tokens import (
    MOST_LETTERS,
    REFETCH_AFTER,
    STALE_AFTER,
    Claims,
    InvalidToken,
    KeySet,
)
from tests.make.identity import AUDIENCE, ISSUER

PrivateKey = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey

FIRST, SECOND = (rsa.generate_private_key(public_exponent=65537, key_size=2048) for _ in "12")
SHORT = rsa.generate_private_key(public_exponent=65537, key_size=1024)
CURVE = ec.generate_private_key(ec.SECP256R1())
OTHER_ISSUER = "https://other-login.test"
TestServer.__test__ = False  # type: ignore[attr-defined]  # its name looks like a test's


def published(key: PrivateKey) -> dict[str, Any]:
    if isinstance(key, rsa.RSAPrivateKey):
        return RSAAlgorithm.to_jwk(key.public_key(), as_dict=True)
    return ECAlgorithm.to_jwk(key.public_key(), as_dict=True)


@dataclass
class Issuer:
    """Publishes keys and counts who asks; ``answer`` makes it say something else."""

    keys: dict[str, PrivateKey] = field(default_factory=lambda: {"first": FIRST})
    extra: dict[str, Any] = field(default_factory=lambda: {"use": "sig"})
    answer: web.Response | None = None
    asked: int = 0

    async def jwks(self, _: web.Request) -> web.Response:
        self.asked += 1
        await asyncio.sleep(0)
        if self.answer:
            return self.answer
        public = [{**published(key), "kid": name} | self.extra for name, key in self.keys.items()]
        return web.json_response({"keys": public})


def known(issuer: str = ISSUER) -> KeySet:
    return tokens.key_sets()[issuer]


def wait_over(seconds: float = REFETCH_AFTER) -> None:
    """As if the issuer had been asked so long ago."""
    known().asked_at -= seconds


def publish(
    server: BaseTestServer, monkeypatch: pytest.MonkeyPatch, name: str, *algorithms: Any
) -> None:
    trusted = TokenIssuer(
        issuer=name,
        audience=AUDIENCE,
        jwks_url=str(server.make_url("/jwks")),
        algorithms=algorithms or ("RS256", "ES256"),
    )
    monkeypatch.setitem(tokens.key_sets(), name, KeySet(trusted))


def server_of(issuer: Issuer) -> TestServer:
    app = web.Application()
    app.router.add_get("/jwks", issuer.jwks)
    return TestServer(app)


@pytest.fixture
async def issuer(monkeypatch: pytest.MonkeyPatch) -> AsyncGenerator[Issuer]:
    made = Issuer()
    async with server_of(made) as server:
        publish(server, monkeypatch, ISSUER)
        yield made


@pytest.fixture
async def other_issuer(monkeypatch: pytest.MonkeyPatch) -> AsyncGenerator[Issuer]:
    """Signs by elliptic curve, and is trusted for nothing else."""
    made = Issuer({"curve": CURVE, "first": FIRST})
    async with server_of(made) as server:
        publish(server, monkeypatch, OTHER_ISSUER, "ES256")
        yield made


def token(key: PrivateKey = FIRST, key_id: str | None = "first", **changes: Any) -> str:
    headers = {"kid": key_id} if key_id else {}
    algorithm = "RS256" if isinstance(key, rsa.RSAPrivateKey) else "ES256"
    return jwt.encode(claims(**changes), key, algorithm=algorithm, headers=headers)


def claims(**changes: Any) -> dict[str, Any]:
    said = {
        "iss": ISSUER,
        "aud": AUDIENCE,
        "sub": "ada",
        "sid": "s1",
        "iat": in_minutes(0),
        "exp": in_minutes(5),
    } | changes
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
        said = token(exp=in_minutes(5), email="ada@firm.test", name="Ada")

        assert await tokens.verify(said) == Claims(
            issuer=ISSUER,
            subject="ada",
            session='["s1", null]',
            expires_at=datetime.fromtimestamp(claims()["exp"], UTC),
            signed_in_at=datetime.fromtimestamp(claims()["iat"], UTC),
            email="ada@firm.test",
            name="Ada",
        )

    async def test_forgives_clocks_that_differ_a_little(self, issuer: Issuer) -> None:
        assert await tokens.verify(token(exp=in_minutes(0) - 10))
        assert await tokens.verify(token(iat=in_minutes(0) + 10, nbf=in_minutes(0) + 10))

    @pytest.mark.parametrize(
        "changes",
        [
            pytest.param({"exp": in_minutes(-5)}, id="expired"),
            pytest.param({"exp": None}, id="never-expires"),
            pytest.param({"exp": in_minutes(0) - 31}, id="expired-beyond-any-skew"),
            pytest.param({"nbf": in_minutes(60)}, id="not-yet"),
            pytest.param({"iat": in_minutes(60)}, id="of-the-future"),
            pytest.param({"iat": None}, id="of-no-time"),
            pytest.param({"sub": 7}, id="about-a-number"),
            pytest.param({"aud": "api://something-else"}, id="for-somebody-else"),
            pytest.param({"aud": None}, id="for-nobody"),
            pytest.param({"iss": "https://login.evil.test"}, id="of-another-issuer"),
            pytest.param({"iss": None}, id="of-nobody"),
            pytest.param({"sub": None}, id="about-nobody"),
            pytest.param({"sub": "a\0b"}, id="about-somebody-with-a-nul"),
            pytest.param({"sub": "\ud800"}, id="about-half-a-character"),
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

    async def test_refuses_a_token_that_is_too_long_without_looking_into_it(
        self, issuer: Issuer
    ) -> None:
        long = token(padding="x" * MOST_LETTERS)

        with pytest.raises(InvalidToken, match="too long"):
            await tokens.verify(long)
        assert issuer.asked == 0

    async def test_says_nothing_of_the_token_in_an_error(self, issuer: Issuer) -> None:
        with pytest.raises(InvalidToken) as refused:
            await tokens.verify(token(SECOND))

        assert not any(part in str(refused.value) for part in token(SECOND).split("."))


class TestSeveralIssuers:
    async def test_each_vouches_for_its_own_people(
        self, issuer: Issuer, other_issuer: Issuer
    ) -> None:
        theirs = token(CURVE, "curve", iss=OTHER_ISSUER)

        assert (await tokens.verify(theirs)).issuer == OTHER_ISSUER
        assert (await tokens.verify(token())).issuer == ISSUER

    async def test_none_vouches_for_anothers(self, issuer: Issuer, other_issuer: Issuer) -> None:
        with pytest.raises(InvalidToken):
            await tokens.verify(token(CURVE, "curve"))

    async def test_an_algorithm_is_pinned_for_each(
        self, issuer: Issuer, other_issuer: Issuer
    ) -> None:
        """The other publishes an RSA key, too, but may sign by elliptic curve alone."""
        with pytest.raises(InvalidToken):
            await tokens.verify(token(iss=OTHER_ISSUER))

    def test_come_from_the_settings(self) -> None:
        more = [{"issuer": OTHER_ISSUER, "audience": "x", "jwks_url": f"{OTHER_ISSUER}/jwks"}]
        said = settings().model_dump(by_alias=True) | {"token_issuers": json.dumps(more)}
        found = Settings.model_validate(said)

        assert [each.issuer for each in found.issuers] == [ISSUER, OTHER_ISSUER]

    @pytest.mark.parametrize(
        "change",
        [
            {"issuer": None},
            {"issuer": "http://x.test"},
            {"jwks_url": "http://x.test/jwks"},
            {"audience": "*"},
            {"algorithms": ["HS256"]},
            {"algorithms": []},
            {"secret": "x"},
        ],
        ids=str,
    )
    def test_are_refused_in_the_settings_when_they_are_unsafe(self, change: dict[str, Any]) -> None:
        good = {"issuer": "https://x.test", "audience": "a", "jwks_url": "https://x.test/jwks"}
        said = settings().model_dump(by_alias=True)

        assert Settings.model_validate(said | {"token_issuers": json.dumps([good])})
        for bad in (json.dumps([good | change]), "not json"):
            with pytest.raises(ValueError, match="token_issuers"):
                Settings.model_validate(said | {"token_issuers": bad})


class TestAKeyThatDoesNotFit:
    @pytest.mark.parametrize(
        ("keys", "extra", "signed"),
        [
            pytest.param({"first": SHORT}, {}, SHORT, id="short"),
            pytest.param({"first": FIRST}, {"use": "enc"}, FIRST, id="for-encryption"),
            pytest.param({"first": FIRST}, {"alg": "RS512"}, FIRST, id="of-another-algorithm"),
            pytest.param({"first": FIRST}, {"alg": "HS256"}, FIRST, id="of-a-shared-secret"),
            pytest.param({"first": CURVE}, {"alg": "RS256"}, CURVE, id="of-another-type"),
        ],
    )
    @pytest.mark.filterwarnings("ignore::jwt.InsecureKeyLengthWarning")
    async def test_opens_nothing(
        self,
        issuer: Issuer,
        keys: dict[str, PrivateKey],
        extra: dict[str, Any],
        signed: PrivateKey,
    ) -> None:
        issuer.keys, issuer.extra = keys, extra

        with pytest.raises(InvalidToken):
            await tokens.verify(token(signed))

    async def test_by_its_curve_is_not_taken_for_another(self, issuer: Issuer) -> None:
        issuer.keys = {"first": ec.generate_private_key(ec.SECP384R1())}

        with pytest.raises(InvalidToken):
            await tokens.verify(token(CURVE))


class TestSession:
    async def test_is_kept_by_a_refresh_and_ended_by_signing_in_anew(self, issuer: Issuer) -> None:
        first = await tokens.verify(token(auth_time=1_700_000_000))
        refreshed = await tokens.verify(token(auth_time=1_700_000_000, iat=in_minutes(-1)))
        anew = await tokens.verify(token(auth_time=1_700_009_999))

        assert first.session == refreshed.session != anew.session

    async def test_is_the_token_itself_where_the_issuer_names_none(self, issuer: Issuer) -> None:
        found = {
            (await tokens.verify(token(sid=None, iat=in_minutes(minutes)))).session
            for minutes in (-1, -2)
        }

        assert len(found) == 2


class TestSecondFactor:
    @pytest.mark.parametrize(
        ("said", "has"),
        [
            ({}, False),
            ({"amr": ["pwd"]}, False),
            ({"amr": ["otp"]}, False),  # a code by e-mail, with no password before
            ({"amr": ["pwd", "otp"]}, True),
            ({"amr": ["pwd", "mfa"]}, True),
            ({"amr": ["fido"]}, True),
            ({"amr": ["hwk"]}, True),
            ({"amr": "pwd mfa"}, False),
            ({"amr": {"mfa": True}}, False),
            ({"acr": "b2c_1_signin_mfa"}, True),
            ({"tfp": "B2C_1_signin"}, False),
            ({"tfp": "b2c_1_signin_mfa"}, True),
            ({"acrs": ["p1", "c2"]}, True),
            ({"acr": 1}, False),
        ],
        ids=str,
    )
    async def test_is_told_by_methods_and_classes(
        self, issuer: Issuer, monkeypatch: pytest.MonkeyPatch, *, said: dict[str, Any], has: bool
    ) -> None:
        config = settings().model_copy(update={"mfa_acr_values": "b2c_1_signin_mfa c2"})
        monkeypatch.setattr(tokens, "settings", lambda: config)

        assert (await tokens.verify(token(**said))).has_second_factor is has


class TestMicrosoftsTokens:
    """Shapes as Microsoft documents them for access tokens to one's own API."""

    async def test_of_entra_external_id(
        self, issuer: Issuer, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        tenant = "f3fbdf14-8a3c-4b43-8d3f-2ae4b8b8a1d2"
        name = f"https://{tenant}.ciamlogin.com/{tenant}/v2.0"
        known().issuer = known().issuer.model_copy(update={"issuer": name})
        monkeypatch.setitem(tokens.key_sets(), name, known())
        found = await tokens.verify(
            token(
                iss=name,
                nbf=in_minutes(0),
                sub="mJ1k0s6Q2nJ1ZrC0tE8iXo9o2p5bqS0lW1c",
                oid="5f5d8c2e-71e4-4c44-9d4c-6c9f2f6f0c11",
                tid=tenant,
                azp="9c1f9d0c-3f0e-4f1e-8a53-1f4d5f3a9c77",
                azpacr="0",
                scp="access_as_user",
                ver="2.0",
                uti="b0bXj2k0mUu2",
                sid="002b6b1c-7c4f-4b6e-8a8e-0a1e5a7f9b42",
            )
        )

        assert found.subject == "mJ1k0s6Q2nJ1ZrC0tE8iXo9o2p5bqS0lW1c"  # pairwise; never oid
        assert "002b6b1c" in found.session
        assert not found.has_second_factor  # v2.0 access tokens have no amr

    async def test_of_azure_ad_b2c(self, issuer: Issuer, monkeypatch: pytest.MonkeyPatch) -> None:
        name = "https://firm.b2clogin.com/775527ff-9a37-4307-8b3d-cc311f58d925/v2.0/"
        known().issuer = known().issuer.model_copy(update={"issuer": name})
        monkeypatch.setitem(tokens.key_sets(), name, known())
        found = await tokens.verify(
            token(
                iss=name,
                sid=None,
                nbf=in_minutes(0),
                sub="884408e1-2918-4cz0-b12d-3aa027d7563b",
                tfp="B2C_1_signupsignin",
                auth_time=1_700_000_000,
                azp="90c0fe63-bcf2-44d5-8fb7-b8bbc0b29dc6",
                scp="access_as_user",
                ver="1.0",
            )
        )

        assert found.subject == "884408e1-2918-4cz0-b12d-3aa027d7563b"
        assert found.session == "[null, 1700000000]"


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

        wait_over()
        for made_up in ("x", "y", "z"):
            with pytest.raises(InvalidToken):
                await tokens.verify(token(key_id=made_up))
        assert issuer.asked == 2

    async def test_may_be_rotated(self, issuer: Issuer) -> None:
        await tokens.verify(token())
        issuer.keys = {"second": SECOND}
        wait_over()

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
        wait_over()

        with pytest.raises(InvalidToken):
            await tokens.verify(token(SECOND, "second"))
        assert issuer.asked == 2
        assert await tokens.verify(token())

    async def test_fifty_who_ask_at_once_make_one_question(self, issuer: Issuer) -> None:
        await tokens.verify(token())
        wait_over()

        answers = await asyncio.gather(
            *(tokens.verify(token(key_id=f"made-up-{number}")) for number in range(50)),
            return_exceptions=True,
        )

        assert {type(each) for each in answers} == {InvalidToken}
        assert issuer.asked == 2

    async def test_are_looked_at_anew_now_and_then_while_the_old_go_on(
        self, issuer: Issuer
    ) -> None:
        await tokens.verify(token())
        issuer.keys = {"second": SECOND}
        wait_over(STALE_AFTER + 1)

        assert await tokens.verify(token())
        renewing = known().renewing
        assert renewing
        await renewing

        with pytest.raises(InvalidToken):
            await tokens.verify(token())

    async def test_an_issuer_nobody_reaches_vouches_for_nobody(self, issuer: Issuer) -> None:
        nowhere = {"jwks_url": "http://127.0.0.1:9/jwks"}
        known().issuer = known().issuer.model_copy(update=nowhere)

        with pytest.raises(InvalidToken):
            await tokens.verify(token())
