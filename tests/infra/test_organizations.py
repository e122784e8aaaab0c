"""The service operator's command, as it is typed."""

import asyncio
import json
import os
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple
from uuid import uuid4

import pytest

from shared.clients import clients
from shared.clients.models import NewClient
from shared.compliance import erasure, seals
from shared.compliance.models import Erasure
from shared.identity import access, invitations
from shared.identity.refusals import OrganizationSuspended
from shared.platform.actor import Role
from tests.make import audit as make
from tests.make.identity import Firm
from tests.shared.identity.signing_in import HOME, claims, come

OWNER = ("--name", "Ledger & Sons", "--owner-name", "Ada Owner")
TIN = "219-09-9998"


class Said(NamedTuple):
    code: int
    out: str
    error: str

    @property
    def told(self) -> dict[str, Any]:
        assert self.code == 0, self.error
        return json.loads(self.out)


async def typed(*words: object, **settings: str) -> Said:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "infra.organizations", *map(str, words)),
        env={**os.environ, **settings},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    out, error = await process.communicate()
    assert process.returncode is not None
    return Said(process.returncode, out.decode(), error.decode())


def email() -> str:
    return f"{uuid4()}@firm.test"


async def test_a_firm_is_founded_and_its_owner_comes_in_by_the_invitation(firm: Firm) -> None:
    address = email()
    founded = (
        await typed("found", *OWNER, "--owner-email", address, "--plan", "professional")
    ).told
    secret = founded["invitation"]["secret"]

    owner = await invitations.accept_invitation(
        claims(replace(firm, subject=str(uuid4()))), secret, HOME
    )

    assert (owner.role, owner.email, owner.name) == (Role.OWNER, address, "Ada Owner")
    moved = (await typed("plan", founded["id"], "enterprise")).told
    assert (moved["plan"], moved["state"], moved["plan_ends_at"]) == ("enterprise", "active", None)


async def test_a_firm_is_suspended_and_reinstated(firm: Firm) -> None:
    assert (await typed("suspend", firm.organization_id)).told["state"] == "suspended"
    access.forget(firm.organization_id)
    with pytest.raises(OrganizationSuspended):
        await come(firm)

    assert (await typed("reinstate", firm.organization_id)).told["state"] == "active"
    assert await come(firm)


async def test_an_erased_firms_trail_is_verified(firm: Firm) -> None:
    owner = replace(firm.actor, has_second_factor=True)
    await erasure.erase_organization(
        owner, Erasure(name="Ledger & Daughters", reason="The firm has closed for good")
    )
    await seals.seal_entries(firm.organization_id)

    found = (await typed("verify", firm.organization_id)).told

    assert (found["is_intact"], found["seals"], found["tail"]["count"]) == (True, 1, 0)
    assert (await typed("verify", firm.organization_id, "--head", found["head"])).code == 0


async def test_a_trail_that_somebody_has_changed_fails_the_command(
    firm: Firm, database: str
) -> None:
    (changed,) = await make.entries(firm.actor, 1)
    await seals.seal_entries(firm.organization_id)
    make.tamper(database, "UPDATE audit_entries SET ip = '::1' WHERE id = %(id)s", id=changed)

    found = await typed("verify", firm.organization_id)

    assert found.code == 1
    assert json.loads(found.out)["broken"]["entry_id"] == changed


async def test_nothing_a_firm_has_is_told(firm: Firm) -> None:
    await clients.add_client(firm.actor, uuid4(), NewClient(name="Grace Hopper", tin=TIN))
    ends = (datetime.now(UTC) + timedelta(days=30)).isoformat()

    said = [
        await typed("plan", firm.organization_id, "trial", "--ends", ends),
        await typed("suspend", firm.organization_id),
        await typed("verify", firm.organization_id),
    ]

    assert [each.code for each in said] == [0, 0, 0]
    assert "Hopper" not in str(said)
    assert "9998" not in str(said)


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("suspend", uuid4()), "There is no such firm."),
        (("verify", uuid4()), "There is no such firm."),
        (("plan", uuid4(), "enterprise"), "There is no such firm."),
        (("suspend", "somebody"), "this is not an id"),
        (("verify", uuid4(), "--head", "1"), "this is not a head"),
        (("plan", uuid4(), "trial", "--ends", "tomorrow"), "this is not a moment with its zone"),
        (("plan", uuid4(), "free"), "invalid Plan value"),
        (("found", *OWNER, "--owner-email", "nobody"), "this is not an address"),
    ],
)
async def test_what_cannot_be_done_is_said(words: tuple[object, ...], told: str) -> None:
    said = await typed(*words)

    assert said.code != 0
    assert told in said.error
    assert "Traceback" not in said.error


async def test_it_takes_the_settings_the_app_takes_and_refuses_with_it() -> None:
    said = await typed("suspend", uuid4(), CURSOR_KEY="")

    assert said.code == 1
    assert said.error.startswith("The app does not start: CURSOR_KEY")
