"""Those who must not get through, and what they are told.

Each says with which headers it comes; a firm of its own is made for it, with everything of the
world's, so that the walk can harm nobody else.
"""

import base64
import json
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from shared.identity import api_keys, members, organizations, sessions
from shared.identity.access_models import IssuedKey, NewApiKey
from shared.identity.key_format import KeyText, parse_key
from shared.identity.permissions import ROLES
from shared.platform.actor import Role
from tests.isolation.world import caller, caller_of
from tests.make import identity as make
from tests.make.identity import Firm

ANOTHER_KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)


def expired(firm: Firm) -> str:
    return make.token(firm.subject, exp=datetime.now(UTC) - timedelta(minutes=1))


def not_yet_valid(firm: Firm) -> str:
    return make.token(firm.subject, nbf=datetime.now(UTC) + timedelta(minutes=4))


def for_another_audience(firm: Firm) -> str:
    return make.token(firm.subject, aud="api://another")


def of_another_issuer(firm: Firm) -> str:
    return make.token(firm.subject, iss="https://login.example")


def with_a_broken_signature(firm: Firm) -> str:
    head, claims, signature = make.token(firm.subject).split(".")
    broken = signature[:-4] + ("AAAA" if signature[-4:] != "AAAA" else "BBBB")
    return f"{head}.{claims}.{broken}"


def with_other_claims_under_the_signature(firm: Firm) -> str:
    """Whoever signs in honestly may not go on as somebody else."""
    head, claims, signature = make.token(str(uuid4())).split(".")
    told = json.loads(base64.urlsafe_b64decode(claims + "=="))
    changed = json.dumps(told | {"sub": firm.subject}).encode()
    return f"{head}.{base64.urlsafe_b64encode(changed).decode().rstrip('=')}.{signature}"


def signed_with_another_key(firm: Firm) -> str:
    return make.token(firm.subject, key=ANOTHER_KEY)


def without_signature(firm: Firm) -> str:
    return jwt.encode(_claims_of(firm), "", algorithm="none", headers={"kid": make.KEY_ID})


def signed_with_the_public_key(firm: Firm) -> str:
    """As a secret of HS256: a server that lets the token choose takes it for genuine.

    The library will not do that, so it is done by hand.
    """
    public = make.KEY.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    head, claims, _ = without_signature(firm).split(".")
    told = json.loads(base64.urlsafe_b64decode(head + "=="))
    head = _encoded(json.dumps(told | {"alg": "HS256"}).encode())
    algorithm = jwt.get_algorithm_by_name("HS256")
    signature = algorithm.sign(f"{head}.{claims}".encode(), public)
    return f"{head}.{claims}.{_encoded(signature)}"


def with_an_unknown_key_id(firm: Firm) -> str:
    claims = _claims_of(firm)
    return jwt.encode(claims, make.KEY, algorithm="RS256", headers={"kid": "nobodys"})


def not_a_token(firm: Firm) -> str:
    del firm
    return "not.a.token"


def _claims_of(firm: Firm) -> dict[str, object]:
    return jwt.decode(make.token(firm.subject), options={"verify_signature": False})


def _encoded(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


FORGERS: tuple[Callable[[Firm], str], ...] = (
    expired,
    not_yet_valid,
    for_another_audience,
    of_another_issuer,
    with_a_broken_signature,
    with_other_claims_under_the_signature,
    signed_with_another_key,
    without_signature,
    signed_with_the_public_key,
    with_an_unknown_key_id,
    not_a_token,
)


async def of_no_firm(firm: Firm) -> str:
    del firm
    return make.token(str(uuid4()))


async def suspended(firm: Firm) -> str:
    partner = await make.colleague(firm, Role.OWNER)
    token = await _used(partner)
    await members.suspend_member(firm.actor, _id(partner))
    return token


async def offboarded(firm: Firm) -> str:
    partner = await make.colleague(firm, Role.OWNER)
    token = await _used(partner)
    leaving = {"statement": "She has retired", "successor_id": str(firm.actor.user_id)}
    async with caller_of(firm) as http:
        left = await http.post(f"/members/{_id(partner)}/offboard", json=leaving)
    assert left.is_success, left.text
    return token


async def signed_out_elsewhere(firm: Firm) -> str:
    token = await _used(firm)
    await sessions.end_sessions(firm.actor)
    return token


async def of_a_suspended_firm(firm: Firm) -> str:
    token = await _used(firm)
    await organizations.suspend_organization(firm.organization_id)
    return token


async def with_a_revoked_key(firm: Firm) -> str:
    key = await _key(firm)
    await api_keys.revoke_key(firm.actor, key.id)
    return key.secret


async def with_the_key_of_a_suspended_member(firm: Firm) -> str:
    partner = await make.colleague(firm, Role.OWNER)
    key = await _key(partner)
    await members.suspend_member(firm.actor, _id(partner))
    return key.secret


async def with_a_key_of_another_secret(firm: Firm) -> str:
    """Whoever has read a prefix in a list, and has a key of another firm's."""
    ours, theirs = await _key(firm), await _key(await make.firm())
    theirs_parsed = parse_key(theirs.secret)
    assert theirs_parsed
    return str(KeyText(ours.prefix, theirs_parsed.secret))


async def _key(firm: Firm) -> IssuedKey:
    scopes = sorted(api_keys.GRANTABLE & ROLES[firm.actor.role])
    key = await api_keys.issue_key(firm.actor, NewApiKey(name="Import", scopes=scopes))
    await _use(key.secret)
    return key


async def _used(firm: Firm) -> str:
    """A token that has opened the door before."""
    token = make.token(firm.subject)
    await _use(token)
    return token


async def _use(credential: str) -> None:
    async with caller(credential) as http:
        answer = await http.get("/clients")
    assert answer.is_success, answer.text


def _id(somebody: Firm) -> UUID:
    assert somebody.actor.user_id
    return somebody.actor.user_id


SHUT_OUT: tuple[Callable[[Firm], Awaitable[str]], ...] = (
    of_no_firm,
    suspended,
    offboarded,
    signed_out_elsewhere,
    of_a_suspended_firm,
    with_a_revoked_key,
    with_the_key_of_a_suspended_member,
    with_a_key_of_another_secret,
)
"""What they show is genuine, or was, and yet they may not come in, or no longer."""
