"""Firms, their people, and tokens that prove who they are."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm

from shared.clients import clients
from shared.clients.models import NewClient
from shared.identity import organizations
from shared.identity.models import NewMember
from shared.identity.plans import Plan
from shared.platform import tokens
from shared.platform.actor import Actor, Role

ISSUER = "https://login.test"
AUDIENCE = "api://advisoros"
KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
KEY_ID = "the-key"


@dataclass(frozen=True, slots=True)
class Firm:
    """A firm, one of its people, and one of its clients."""

    actor: Actor
    client_id: UUID
    subject: str

    @property
    def organization_id(self) -> UUID:
        return self.actor.organization_id


async def firm(role: Role = Role.OWNER) -> Firm:
    """A new firm; its person has the role, and its client is called Ada."""
    owner = _member(Role.OWNER)
    founder = await organizations.found_organization(
        uuid4(), "Ledger & Daughters", owner, plan=Plan.ENTERPRISE
    )
    client_id = uuid4()
    await clients.add_client(founder, client_id, NewClient(name="Ada Lovelace"))
    founded = Firm(founder, client_id, owner.subject)
    return founded if role is Role.OWNER else await colleague(founded, role)


async def colleague(founded: Firm, role: Role) -> Firm:
    """The same firm, seen by another of its people, or by its client."""
    new = _member(role, founded.client_id if role is Role.CLIENT else None)
    actor = await organizations.add_member(founded.actor, new)
    return replace(founded, actor=actor, subject=new.subject)


def _member(role: Role, client_id: UUID | None = None) -> NewMember:
    subject = str(uuid4())
    return NewMember(
        issuer=ISSUER,
        subject=subject,
        email=f"{subject}@firm.test",
        name="Somebody",
        role=role,
        client_id=client_id,
    )


def publish_key() -> None:
    """As if the issuer's JWKS had been read."""
    public = jwt.PyJWK(RSAAlgorithm.to_jwk(KEY.public_key(), as_dict=True), algorithm="RS256")
    tokens.key_sets()[ISSUER].keys[KEY_ID] = public


def token(subject: str, *, key: rsa.RSAPrivateKey = KEY, **changes: object) -> str:
    publish_key()
    now = datetime.now(UTC)
    claims = {
        "iss": ISSUER,
        "aud": AUDIENCE,
        "sub": subject,
        "sid": f"session of {subject}",
        "iat": now,
        "exp": now + timedelta(minutes=5),
        "amr": ["pwd", "mfa"],
    } | changes
    return jwt.encode(claims, key, algorithm="RS256", headers={"kid": KEY_ID})
