from dataclasses import replace
from uuid import UUID

import pytest

from shared.compliance import security_events, watch
from shared.documents import revealing, storage, views
from shared.documents.errors import PageNotReady
from shared.documents.revealing import NothingSealed
from shared.identity.refusals import MfaRequired
from shared.identity.revealing import Reason
from shared.platform.actor import Actor, Role
from shared.platform.alerts import AlertKind
from shared.platform.db import transaction
from shared.platform.errors import Forbidden, NotFound
from shared.platform.paging import Asked
from shared.vendors.fakes import FakeReader
from tests.make import documents as make
from tests.make import readings
from tests.make.identity import Firm, colleague

WHY = Reason(reason="To compare it with the card")


@pytest.fixture
async def document_id(firm: Firm, reader: FakeReader) -> UUID:
    reader.reading = readings.reading(readings.w2())
    return (await make.processed(firm)).id


def proved(firm: Firm) -> Actor:
    return replace(firm.actor, has_second_factor=True)


class TestRevealField:
    async def test_shows_what_is_masked_everywhere_else(
        self, firm: Firm, document_id: UUID
    ) -> None:
        shown = await revealing.reveal_field(proved(firm), document_id, "employee_ssn", WHY)

        assert shown.tin == readings.SSN
        document = await views.get_document(firm.actor, document_id)
        assert document.fields["employee_ssn"].value == "***-**-7834"

    async def test_tells_the_auditor_who_what_and_why(self, firm: Firm, document_id: UUID) -> None:
        await revealing.reveal_field(proved(firm), document_id, "employee_ssn", WHY)

        async with transaction(firm.actor) as tx:
            told = await tx.value(
                str,
                """
                SELECT user_id::text || detail::text FROM audit_entries
                WHERE action = 'document.field_revealed' AND subject_id = %(id)s
                """,
                id=document_id,
            )
        assert str(firm.actor.user_id) in told
        assert WHY.reason in told
        assert "employee_ssn" in told
        assert readings.SSN not in told

    @pytest.mark.parametrize("name", ["box_1", "nothing"])
    async def test_not_what_is_no_tin(self, firm: Firm, document_id: UUID, name: str) -> None:
        with pytest.raises(NothingSealed):
            await revealing.reveal_field(proved(firm), document_id, name, WHY)

    async def test_not_without_a_second_factor(self, firm: Firm, document_id: UUID) -> None:
        with pytest.raises(MfaRequired):
            await revealing.reveal_field(firm.actor, document_id, "employee_ssn", WHY)

    @pytest.mark.parametrize("role", [Role.ADMIN, Role.STAFF, Role.INTERN, Role.CLIENT])
    async def test_not_by_every_role(self, firm: Firm, document_id: UUID, role: Role) -> None:
        somebody = await colleague(firm, role)

        with pytest.raises(Forbidden):
            await revealing.reveal_field(proved(somebody), document_id, "employee_ssn", WHY)

    async def test_not_of_another_firm(
        self, firm: Firm, other_firm: Firm, document_id: UUID
    ) -> None:
        with pytest.raises(NotFound):
            await revealing.reveal_field(proved(other_firm), document_id, "employee_ssn", WHY)
        del firm


class TestRevealPage:
    async def test_shows_what_is_blacked_out_everywhere_else(
        self, firm: Firm, document_id: UUID
    ) -> None:
        shown = await revealing.reveal_page(proved(firm), document_id, 1, WHY)

        plain = await storage.read_image(firm.actor, document_id, 1, 1, is_masked=False)
        masked, _ = await views.get_page_image(firm.actor, document_id, 1)
        assert shown == plain
        assert shown != masked

    async def test_tells_the_auditor_who_what_and_why(self, firm: Firm, document_id: UUID) -> None:
        await revealing.reveal_page(proved(firm), document_id, 1, WHY)

        async with transaction(firm.actor) as tx:
            told = await tx.value(
                str,
                """
                SELECT concat_ws(' ', user_id, subject_id, tin_of, detail->>'page',
                                 detail->>'reason')
                FROM audit_entries
                WHERE action = 'document.page_revealed'
                """,
            )
        assert told == f"{firm.actor.user_id} {document_id} {firm.client_id} 1 {WHY.reason}"

    async def test_many_of_them_are_told_of(
        self, firm: Firm, document_id: UUID, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(watch, "MASS_REVEAL", 2)

        for _ in range(3):
            await revealing.reveal_page(proved(firm), document_id, 1, WHY)

        told = await security_events.list_events(
            firm.actor, Asked(limit=10), kind=AlertKind.MASS_REVEAL
        )
        assert [event.detail for event in told.items] == [{"count": 3}]

    async def test_a_page_that_is_not_there_was_not_seen(
        self, firm: Firm, document_id: UUID
    ) -> None:
        with pytest.raises(PageNotReady):
            await revealing.reveal_page(proved(firm), document_id, 2, WHY)

        async with transaction(firm.actor) as tx:
            seen = "SELECT count(*) FROM audit_entries WHERE action = 'document.page_revealed'"
            assert await tx.value(int, seen) == 0

    async def test_not_without_a_second_factor(self, firm: Firm, document_id: UUID) -> None:
        with pytest.raises(MfaRequired):
            await revealing.reveal_page(firm.actor, document_id, 1, WHY)

    @pytest.mark.parametrize("role", [Role.ADMIN, Role.STAFF, Role.INTERN, Role.CLIENT])
    async def test_not_by_every_role(self, firm: Firm, document_id: UUID, role: Role) -> None:
        somebody = await colleague(firm, role)

        with pytest.raises(Forbidden):
            await revealing.reveal_page(proved(somebody), document_id, 1, WHY)

    async def test_not_of_another_firm(
        self, firm: Firm, other_firm: Firm, document_id: UUID
    ) -> None:
        with pytest.raises(NotFound):
            await revealing.reveal_page(proved(other_firm), document_id, 1, WHY)
        del firm
