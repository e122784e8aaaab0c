from typing import LiteralString
from uuid import uuid4

import pytest
from psycopg.errors import InsufficientPrivilege

from shared.identity import organizations
from shared.identity.models import NewMember
from shared.platform import db
from shared.platform.actor import Role
from shared.platform.db import transaction
from shared.platform.errors import UnknownReference
from tests.make.identity import ISSUER, Firm

TABLES: dict[str, LiteralString] = {
    "organizations": "SELECT count(*) FROM organizations",
    "organization_keys": "SELECT count(*) FROM organization_keys",
    "users": "SELECT count(*) FROM users",
    "memberships": "SELECT count(*) FROM memberships",
    "audit_entries": "SELECT count(*) FROM audit_entries WHERE action = 'organization.founded'",
}


def member(role: Role = Role.OWNER) -> NewMember:
    subject = str(uuid4())
    return NewMember(
        issuer=ISSUER, subject=subject, email=f"{subject}@firm.test", name="Grace", role=role
    )


async def count(firm: Firm, table: str) -> int:
    async with transaction(firm.actor) as tx:
        return await tx.value(int, TABLES[table])


async def test_a_firm_founded_twice_is_one_firm() -> None:
    organization_id, owner = uuid4(), member()

    first = await organizations.found_organization(organization_id, "Ledger & Daughters", owner)
    again = await organizations.found_organization(organization_id, "Another name", owner)

    assert first == again
    founded = Firm(first, uuid4(), owner.subject)
    assert {table: await count(founded, table) for table in TABLES} == dict.fromkeys(TABLES, 1)


async def test_two_identities_are_two_people_wherever_one_ends_and_the_other_begins(
    firm: Firm,
) -> None:
    split = [("https://login.test", "a#b"), ("https://login.test#a", "b")]

    admitted = [
        await organizations.add_member(
            firm.actor,
            member(Role.STAFF).model_copy(update={"issuer": issuer, "subject": f"{subject}{firm}"}),
        )
        for issuer, subject in split
    ]

    assert admitted[0].user_id != admitted[1].user_id


async def test_a_member_added_twice_is_one_member_with_the_first_role(firm: Firm) -> None:
    new = member(Role.STAFF)

    first = await organizations.add_member(firm.actor, new)
    await organizations.add_member(firm.actor, new.model_copy(update={"role": Role.OWNER}))

    async with transaction(firm.actor) as tx:
        role = await tx.value(
            str, "SELECT role FROM memberships WHERE user_id = %(user_id)s", user_id=first.user_id
        )
    assert role == "staff"


@pytest.mark.parametrize("table", TABLES)
async def test_a_firm_sees_its_own_rows_alone(firm: Firm, other_firm: Firm, table: str) -> None:
    """Each has one row of its own; with the walls down each would see two at least."""
    assert await count(firm, table) == 1
    assert await count(other_firm, table) == 1


async def test_identities_belong_to_nobody_and_nobody_reads_them(firm: Firm) -> None:
    with pytest.raises(InsufficientPrivilege):
        async with db.pool().connection() as conn:
            await conn.execute("SELECT subject FROM identities")


async def test_nobody_from_another_firms_client_can_be_let_in(firm: Firm, other_firm: Firm) -> None:
    new = member(Role.CLIENT).model_copy(update={"client_id": other_firm.client_id})

    with pytest.raises(UnknownReference):
        await organizations.add_member(firm.actor, new)
