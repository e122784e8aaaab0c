"""Erasing a firm: what it takes, what it leaves, and that nothing opens afterwards."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from psycopg.sql import SQL, Identifier

from shared.clients import clients
from shared.clients.models import NewClient
from shared.compliance import erasure, seals, verification
from shared.compliance.erasure import OtherName
from shared.compliance.models import Erasure
from shared.documents.storage import upload_name
from shared.identity import organizations
from shared.identity.keys import KeysDestroyed, open_keyring
from shared.identity.models import NewMember, OrganizationChange
from shared.identity.refusals import MfaRequired
from shared.platform import blob
from shared.platform.actor import Actor, Role, system
from shared.platform.crypto import NotOurs
from shared.platform.db import transaction
from shared.platform.errors import Forbidden, NotFound
from shared.vendors.fakes import FakeReader
from shared.vendors.key_wrapping import Wrapped
from shared.vendors.roster import vendors
from tests.architecture.test_walls import INSERT_ONLY, tenant_tables
from tests.conftest import client_of
from tests.functions.transport import Durable
from tests.make import documents as make
from tests.make import readings
from tests.make.identity import ISSUER, Firm, colleague

NAME = "Ledger & Daughters"
ASKED = Erasure(name=NAME, reason="The firm has closed for good")
TIN = "412-55-7834"
LEFT = INSERT_ONLY - {"document_versions", "offboardings", "organization_settings_versions"}


@pytest.fixture
def owner(firm: Firm) -> Actor:
    return replace(firm.actor, has_second_factor=True)


@pytest.fixture
async def document_id(firm: Firm, reader: FakeReader) -> UUID:
    """The firm has a client with a TIN, and a document that was read."""
    await clients.add_client(firm.actor, uuid4(), NewClient(name="Grace", tin=TIN))
    reader.reading = readings.reading(readings.w2())
    return (await make.processed(firm)).id


def rows(database: str, table: str, organization_id: UUID) -> list[dict[str, Any]]:
    query = SQL("SELECT to_jsonb(t) FROM {} AS t WHERE organization_id = %s")
    with psycopg.connect(database) as admin:
        found = admin.execute(query.format(Identifier(table)), [organization_id])
        return [row for (row,) in found.fetchall()]


def tables(database: str) -> set[str]:
    with psycopg.connect(database) as admin:
        return tenant_tables(admin)


class TestEraseOrganization:
    async def test_leaves_the_audit_trail_and_nothing_else(
        self, firm: Firm, owner: Actor, document_id: UUID, database: str
    ) -> None:
        before = {t for t in tables(database) if rows(database, t, firm.organization_id)}
        assert {"clients", "documents", "extracted_fields", "users", "organization_keys"} <= before

        await erasure.erase_organization(owner, ASKED)

        after = {t for t in tables(database) if rows(database, t, firm.organization_id)}
        assert after <= LEFT
        assert "audit_entries" in after
        del document_id

    async def test_keeps_a_nameless_tombstone(self, firm: Firm, owner: Actor) -> None:
        await erasure.erase_organization(owner, ASKED)

        async with transaction(system(firm.organization_id)) as tx:
            told = await tx.value(
                str, "SELECT state || ', ' || name FROM organizations WHERE erased_at IS NOT NULL"
            )
        assert told == "erased, An erased firm"

    async def test_nothing_that_was_sealed_opens_with_all_that_the_database_has(
        self, firm: Firm, owner: Actor, document_id: UUID, database: str
    ) -> None:
        sealed = sealed_values(database, firm.organization_id)
        kept_keys = rows(database, "organization_keys", firm.organization_id)
        assert sealed
        assert kept_keys

        await erasure.erase_organization(owner, ASKED)

        with pytest.raises(KeysDestroyed):
            async with transaction(system(firm.organization_id)) as tx:
                await open_keyring(tx)
        left = every_value(database)
        for key in kept_keys:
            for column in ("seal_key_wrapped", "hash_key_wrapped"):
                assert key[column] not in left
        purpose = f"{firm.organization_id}|seal"
        for wrapped in other_keys(database):
            with pytest.raises(NotOurs):
                await vendors().wrapper.unwrap(wrapped, purpose)
        del document_id

    async def test_nobody_of_the_firm_gets_in(
        self, firm: Firm, owner: Actor, durable: Durable
    ) -> None:
        async with client_of(firm, durable) as http:
            assert (await http.get("/clients")).status_code == 200

            await erasure.erase_organization(owner, ASKED)

            assert (await http.get("/clients")).status_code in (401, 403)

    async def test_the_trail_is_whole_to_its_last_entry(self, firm: Firm, owner: Actor) -> None:
        await erasure.erase_organization(owner, ASKED)
        await seals.seal_entries(firm.organization_id)

        async with transaction(system(firm.organization_id)) as tx:
            last = await tx.value(str, "SELECT action FROM audit_entries ORDER BY id DESC LIMIT 1")
        assert last == "organization.erased"
        found = await verification.verify_as_service(firm.organization_id)
        assert found.is_intact

    async def test_another_firm_keeps_everything(
        self, firm: Firm, other_firm: Firm, owner: Actor, database: str
    ) -> None:
        before = {t: rows(database, t, other_firm.organization_id) for t in tables(database)}

        await erasure.erase_organization(owner, ASKED)

        assert before == {
            t: rows(database, t, other_firm.organization_id) for t in tables(database)
        }
        del firm

    async def test_the_name_is_typed_to_confirm(self, firm: Firm, owner: Actor) -> None:
        with pytest.raises(OtherName):
            await erasure.erase_organization(owner, Erasure(name="Ledger", reason=ASKED.reason))

        assert (await clients.get_client(firm.actor, firm.client_id)).name == "Ada Lovelace"

    async def test_not_without_a_second_factor(self, firm: Firm) -> None:
        with pytest.raises(MfaRequired):
            await erasure.erase_organization(firm.actor, ASKED)

    @pytest.mark.parametrize("role", [Role.ADMIN, Role.MANAGER, Role.CLIENT])
    async def test_not_by_every_role(self, firm: Firm, role: Role) -> None:
        somebody = await colleague(firm, role)

        with pytest.raises(Forbidden):
            await erasure.erase_organization(replace(somebody.actor, has_second_factor=True), ASKED)


class TestPurgeErased:
    async def test_deletes_the_blobs_of_the_firm_alone(
        self, firm: Firm, other_firm: Firm, owner: Actor, document_id: UUID
    ) -> None:
        theirs = await make.uploaded(other_firm)
        assert await blobs_of(firm)
        await erasure.erase_organization(owner, ASKED)

        await erasure.purge_erased()

        assert await blobs_of(firm) == set()
        assert upload_name(other_firm.organization_id, theirs) in await blobs_of(other_firm)
        del document_id

    async def test_looks_again_until_no_upload_can_come_any_more(
        self, firm: Firm, owner: Actor, storage: None
    ) -> None:
        await erasure.erase_organization(owner, ASKED)
        await erasure.purge_erased()
        late = upload_name(firm.organization_id, uuid4())
        await blob.write(blob.UPLOADS, late, b"412-55-7834", "text/plain")

        await erasure.purge_erased(datetime.now(UTC) + timedelta(hours=2))

        assert await blobs_of(firm) == set()
        async with transaction(system(firm.organization_id)) as tx:
            assert await tx.value(bool, "SELECT purged_at IS NOT NULL FROM organizations")

    async def test_deletes_what_another_process_let_in_meanwhile(
        self, firm: Firm, owner: Actor, storage: None, database: str
    ) -> None:
        """Who may do what is remembered there for a while."""
        await erasure.erase_organization(owner, ASKED)
        await clients.add_client(firm.actor, uuid4(), NewClient(name="Late Larry"))

        await erasure.purge_erased()

        after = {t for t in tables(database) if rows(database, t, firm.organization_id)}
        assert after <= LEFT

    async def test_a_firm_that_was_erased_gets_no_name(self, firm: Firm, owner: Actor) -> None:
        version = (await organizations.get_organization(owner)).version
        await erasure.erase_organization(owner, ASKED)

        with pytest.raises(NotFound):
            await organizations.change_organization(
                owner, version, OrganizationChange(name="Ledger again")
            )


class TestHowSomebodySignsIn:
    async def test_is_forgotten_with_their_only_firm(
        self, firm: Firm, owner: Actor, database: str
    ) -> None:
        assert is_known(database, firm)

        await erasure.erase_organization(owner, ASKED)

        assert not is_known(database, firm)

    async def test_is_kept_for_another_firm_of_theirs(
        self, firm: Firm, other_firm: Firm, owner: Actor, database: str
    ) -> None:
        theirs = NewMember(
            email="ada@other.test", name="Ada", issuer=ISSUER, subject=firm.subject, role=Role.CPA
        )
        await organizations.add_member(other_firm.actor, theirs)

        await erasure.erase_organization(owner, ASKED)

        assert is_known(database, firm)


def is_known(database: str, firm: Firm) -> bool:
    with psycopg.connect(database) as admin:
        asked = "SELECT FROM identities WHERE subject = %s"
        return admin.execute(asked, [firm.subject]).fetchone() is not None


async def blobs_of(firm: Firm) -> set[str]:
    found: set[str] = set()
    for container in blob.CONTAINERS:
        found |= await blob.names(container, f"{firm.organization_id}/")
    return found


def sealed_values(database: str, organization_id: UUID) -> list[str]:
    return [
        value
        for table in tables(database)
        for row in rows(database, table, organization_id)
        for column, value in row.items()
        if column.endswith("_sealed") and value
    ]


def every_value(database: str) -> str:
    with psycopg.connect(database) as admin:
        found = [
            admin.execute(
                SQL("SELECT coalesce(string_agg(t::text, ' '), '') FROM {} AS t").format(
                    Identifier(table)
                )
            ).fetchone()
            for table in tenant_tables(admin)
        ]
    return " ".join(row[0] for row in found if row)


def other_keys(database: str) -> list[Wrapped]:
    with psycopg.connect(database) as admin:
        found = admin.execute(
            "SELECT wrapped_by, seal_key_wrapped FROM organization_keys LIMIT 200"
        ).fetchall()
    return [Wrapped(by, text) for by, text in found]
