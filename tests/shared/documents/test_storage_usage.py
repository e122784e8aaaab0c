"""How much of the firm's room its documents take, and what happens when there is none left."""

import asyncio
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from uuid import uuid4

import pytest
from httpx import AsyncClient

from shared.compliance import erasure
from shared.compliance.models import Erasure
from shared.documents import intake, losses
from shared.documents.models import NewUpload
from shared.documents.queries import documents, usage
from shared.identity import organizations
from shared.identity.entitlements import PlanLimitReached
from shared.identity.plans import PLANS, Limit, Plan
from shared.platform.actor import Actor, Role, system
from shared.platform.db import transaction
from shared.vendors.fakes import FakeReader
from tests.make import audit as admin
from tests.make import documents as make
from tests.make import readings
from tests.make.identity import Firm, colleague

ROOM = PLANS[Plan.STARTER].limits[Limit.STORAGE_BYTES]
NOW = timedelta(0)


async def used(firm: Firm) -> int:
    async with transaction(firm.actor) as tx:
        return await usage.count_stored_bytes(tx)


async def added_up(firm: Firm) -> int:
    """What the sum has to be: by what each document is, and not by what is kept of it."""
    async with transaction(firm.actor) as tx:
        return await tx.value(
            int,
            """
            SELECT coalesce(sum(coalesce(size, announced_size)), 0)::bigint
            FROM documents
            WHERE parent_id IS NULL AND code IS DISTINCT FROM 'upload_never_came'
            """,
        )


async def fill_up(firm: Firm, database: str, *, leaving: int) -> None:
    await organizations.change_plan(
        firm.organization_id, Plan.STARTER, datetime.now(UTC) + timedelta(days=9)
    )
    async with transaction(firm.actor) as tx:  # so that there is a row
        await tx.run(
            """
            INSERT INTO organization_usage (organization_id, stored_bytes)
            VALUES (%(firm)s, 0)
            ON CONFLICT DO NOTHING
            """,
            firm=firm.organization_id,
        )
    admin.tamper(
        database,
        "UPDATE organization_usage SET stored_bytes = %(bytes)s WHERE organization_id = %(firm)s",
        bytes=ROOM - leaving,
        firm=firm.organization_id,
    )


def announcement(firm: Firm, size: int, name: str = "w2.pdf") -> NewUpload:
    digest = sha256(f"{name}{size}".encode()).hexdigest()
    return NewUpload(client_id=firm.client_id, name=name, size=size, sha256=digest)


class TestWhatIsCounted:
    async def test_is_what_was_announced_until_it_comes(self, firm: Firm) -> None:
        await intake.reserve_upload(firm.actor, announcement(firm, 1_000))
        await intake.reserve_upload(firm.actor, announcement(firm, 1_000))  # the same
        await intake.reserve_upload(firm.actor, announcement(firm, 234))

        assert await used(firm) == await added_up(firm) == 1_234

    async def test_is_what_came(self, firm: Firm, storage: None) -> None:
        """Whoever announces little and sends much has its room taken by what lies there."""
        document_id = await make.expected(firm, b"little")
        await make.put(firm, document_id, b"much more than was announced")
        await intake.receive_blob(firm.organization_id, document_id)

        assert await used(firm) == await added_up(firm) == len(b"much more than was announced")

    async def test_is_nothing_for_what_never_came(self, firm: Firm) -> None:
        new = announcement(firm, 1_000)
        document_id = (await intake.reserve_upload(firm.actor, new)).document_id

        await losses.give_up(system(firm.organization_id), document_id, NOW)
        assert await used(firm) == await added_up(firm) == 0

        assert (await intake.reserve_upload(firm.actor, new)).document_id == document_id
        assert await used(firm) == await added_up(firm) == 1_000

    async def test_is_a_file_once_whatever_is_found_in_it(
        self, firm: Firm, reader: FakeReader
    ) -> None:
        reader.reading = readings.reading(readings.w2(number=1), readings.letter(number=2))

        packet = await make.processed(firm, b"a packet")

        assert len(packet.children) > 1
        assert await used(firm) == await added_up(firm) == len(b"a packet")

    async def test_is_what_the_documents_come_to_after_all_that_can_happen(
        self, firm: Firm, reader: FakeReader
    ) -> None:
        reader.reading = readings.reading(readings.w2())
        read = await make.processed(firm, b"read")
        await make.processed(firm)
        async with transaction(system(firm.organization_id)) as tx:
            await losses.note_lost(tx, await documents.lock_document(tx, read.id))
        await make.expected(firm, b"still expected")
        rejected = await make.expected(firm, b"as announced")
        await make.put(firm, rejected, b"not as announced")
        await intake.receive_blob(firm.organization_id, rejected)
        given_up = await make.expected(firm, b"never")
        await losses.give_up(system(firm.organization_id), given_up, NOW)

        assert await used(firm) == await added_up(firm) > 0

    async def test_is_each_firms_own(self, firm: Firm, other_firm: Firm) -> None:
        await intake.reserve_upload(firm.actor, announcement(firm, 1_000))

        assert (await used(firm), await used(other_firm)) == (1_000, 0)

    async def test_goes_with_the_documents(self, firm: Firm, database: str) -> None:
        for size in (1_000, 200, 30):
            await intake.reserve_upload(firm.actor, announcement(firm, size))
        admin.tamper(
            database,
            "DELETE FROM documents WHERE organization_id = %(firm)s AND announced_size > 100",
            firm=firm.organization_id,
        )

        assert await used(firm) == await added_up(firm) == 30

    async def test_goes_with_the_firm(self, firm: Firm) -> None:
        await intake.reserve_upload(firm.actor, announcement(firm, 1_000))
        owner = Actor(firm.organization_id, firm.actor.user_id, Role.OWNER, has_second_factor=True)
        await erasure.erase_organization(
            owner, Erasure(name="Ledger & Daughters", reason="The firm has closed for good")
        )

        assert await used(firm) == 0


class TestRoom:
    async def test_for_the_last_byte_is_given_and_for_one_more_refused(
        self, firm: Firm, database: str
    ) -> None:
        await fill_up(firm, database, leaving=1_000)

        with pytest.raises(PlanLimitReached, match="26,843,545,600"):
            await intake.reserve_upload(firm.actor, announcement(firm, 1_001))
        assert await used(firm) == ROOM - 1_000
        assert (await intake.reserve_upload(firm.actor, announcement(firm, 1_000))).upload_url
        assert await used(firm) == ROOM

    async def test_is_nothing_that_two_can_take_at_once(self, firm: Firm, database: str) -> None:
        await fill_up(firm, database, leaving=1_000)
        wanted = [announcement(firm, 400, f"{number}.pdf") for number in range(6)]

        answers = await asyncio.gather(
            *(intake.reserve_upload(firm.actor, new) for new in wanted), return_exceptions=True
        )

        refused = [each for each in answers if isinstance(each, BaseException)]
        assert [type(each) for each in refused] == [PlanLimitReached] * 4
        assert await used(firm) == ROOM - 200

    async def test_is_not_asked_for_what_is_here_already(
        self, firm: Firm, reader: FakeReader, database: str
    ) -> None:
        content = uuid4().bytes
        reader.reading = readings.reading(readings.w2())
        known = await make.processed(firm, content)
        await fill_up(firm, database, leaving=0)

        upload = await intake.reserve_upload(firm.actor, make.new_upload(firm, content))

        assert (upload.already_received, upload.document_id) == (True, known.id)

    async def test_is_made_by_what_never_came(self, firm: Firm, database: str) -> None:
        first = await intake.reserve_upload(firm.actor, announcement(firm, 1_000))
        await fill_up(firm, database, leaving=0)
        with pytest.raises(PlanLimitReached):
            await intake.reserve_upload(firm.actor, announcement(firm, 900))

        await losses.give_up(system(firm.organization_id), first.document_id, NOW)

        assert (await intake.reserve_upload(firm.actor, announcement(firm, 900))).upload_url

    async def test_is_without_end_in_the_largest_plan(self, firm: Firm, database: str) -> None:
        await fill_up(firm, database, leaving=0)
        await organizations.change_plan(firm.organization_id, Plan.ENTERPRISE, None)

        assert (await intake.reserve_upload(firm.actor, announcement(firm, 1_000))).upload_url

    async def test_is_the_firms_also_for_its_clients_people(
        self, firm: Firm, database: str
    ) -> None:
        portal = await colleague(firm, Role.CLIENT)
        await intake.reserve_upload(portal.actor, announcement(firm, 1_000))
        assert await used(firm) == 1_000

        await fill_up(firm, database, leaving=0)
        with pytest.raises(PlanLimitReached):
            await intake.reserve_upload(portal.actor, announcement(firm, 1_001))

    async def test_that_is_missing_is_a_402(
        self, firm: Firm, database: str, http: AsyncClient
    ) -> None:
        await fill_up(firm, database, leaving=0)

        answer = await http.post(
            "/documents/uploads", json=announcement(firm, 1).model_dump(mode="json")
        )

        assert (answer.status_code, answer.json()["code"]) == (402, "plan_limit_reached")


async def test_a_document_that_is_refused_room_is_not_there(firm: Firm, database: str) -> None:
    await fill_up(firm, database, leaving=0)
    with pytest.raises(PlanLimitReached):
        await intake.reserve_upload(firm.actor, announcement(firm, 1))

    async with transaction(firm.actor) as tx:
        assert await tx.value(int, "SELECT count(*) FROM documents") == 0
