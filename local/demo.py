"""Two demo firms, so that there is something to see, and somebody who must not see it.

Run as a program of its own, with the settings the functions host gets. Asked again,
it changes nothing.
"""

import asyncio
import json
import os
import secrets
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID, uuid5

from local.state import write_private
from shared.clients.clients import add_client
from shared.clients.models import EntityType, NewClient
from shared.identity.models import NewMember
from shared.identity.organizations import add_member, found_organization
from shared.identity.plans import Plan
from shared.platform import db
from shared.platform.actor import Role

NAMESPACE = UUID("8a6e0804-2bd0-4672-b79d-d97027f9071a")
OWNER = "owner@demo.test"
PORTAL_CLIENT = "Rivera Family"


@dataclass(frozen=True, slots=True)
class Person:
    email: str
    name: str
    role: Role
    has_second_factor: bool = True

    @property
    def subject(self) -> str:
        return str(uuid5(NAMESPACE, self.email))


@dataclass(frozen=True, slots=True)
class Firm:
    name: str
    plan: Plan
    owner: Person
    members: tuple[Person, ...]
    clients: tuple[NewClient, ...]

    @property
    def id(self) -> UUID:
        return uuid5(NAMESPACE, self.name)

    def client_id(self, name: str) -> UUID:
        return uuid5(self.id, name)

    def people(self) -> tuple[Person, ...]:
        return (self.owner, *self.members)


FIRMS = (
    Firm(
        name="Demo & Partners CPAs",
        plan=Plan.ENTERPRISE,
        owner=Person(OWNER, "Olivia Owner", Role.OWNER),
        members=(
            Person("admin@demo.test", "Ada Admin", Role.ADMIN),
            Person("manager@demo.test", "Marcus Manager", Role.MANAGER),
            Person("cpa@demo.test", "Clara Chang", Role.CPA),
            Person(
                "password-only@demo.test", "Paul Passwordonly", Role.CPA, has_second_factor=False
            ),
            Person("staff@demo.test", "Sofia Staff", Role.STAFF),
            Person("intern@demo.test", "Ian Intern", Role.INTERN),
            Person("client@demo.test", "Carmen Rivera", Role.CLIENT),
        ),
        clients=(
            NewClient(name=PORTAL_CLIENT),
            NewClient(name="Blue Heron Bakery LLC", entity_type=EntityType.LLC),
            NewClient(name="Northside Dental PC", entity_type=EntityType.S_CORP),
        ),
    ),
    Firm(
        name="Other Accounting Group",
        plan=Plan.PROFESSIONAL,
        owner=Person("owner@other.test", "Oscar Other", Role.OWNER),
        members=(Person("staff@other.test", "Sam Elsewhere", Role.STAFF),),
        clients=(NewClient(name="Quiet Harbor Trust", entity_type=EntityType.TRUST),),
    ),
)


# The sign-in provider knows them, and no firm does until they are invited, as this for instance.
UNINVITED = (
    Person("nora@demo.test", "Nora New", Role.CPA),
    Person("diego@demo.test", "Diego Rivera", Role.CLIENT),
)


def write_users(path: Path) -> None:
    """The sign-in provider's people; they share one password, made up for this machine.

    Whoever is there stays, with their password, also when they were added by hand.
    """
    known = json.loads(path.read_text()) if path.exists() else []
    password = known[0]["password"] if known else secrets.token_hex(4)
    emails = {user["email"] for user in known}
    missing = [
        {
            "email": person.email,
            "sub": person.subject,
            "name": person.name,
            "password": password,
            "second_factor": person.has_second_factor,
        }
        for person in (*(each for firm in FIRMS for each in firm.people()), *UNINVITED)
        if person.email not in emails
    ]
    if missing:
        write_private(path, json.dumps([*known, *missing], indent=2))


async def found(firm: Firm, issuer: str) -> None:
    owner = _member(firm, firm.owner, issuer)
    actor = await found_organization(firm.id, firm.name, owner, firm.plan)
    for client in firm.clients:
        await add_client(actor, firm.client_id(client.name), client)
    for person in firm.members:
        await add_member(actor, _member(firm, person, issuer))


def _member(firm: Firm, person: Person, issuer: str) -> NewMember:
    return NewMember(
        issuer=issuer,
        subject=person.subject,
        email=person.email,
        name=person.name,
        role=person.role,
        client_id=firm.client_id(PORTAL_CLIENT) if person.role is Role.CLIENT else None,
    )


async def _found_all() -> None:
    for firm in FIRMS:
        await found(firm, os.environ["TOKEN_ISSUER"])
    await db.pool().close()


if __name__ == "__main__":
    asyncio.run(_found_all())
