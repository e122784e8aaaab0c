from collections.abc import Sequence
from typing import Any, LiteralString
from uuid import UUID

import pytest

from shared.documents import corrections, storage, views
from shared.documents.errors import PageNotReady
from shared.documents.kinds import DocumentKind
from shared.documents.models import DocumentState, FieldCorrection
from shared.documents.queries import fields
from shared.documents.queries.lists import Filters
from shared.platform.actor import Actor, Role
from shared.platform.db import Tx
from shared.platform.errors import Forbidden, NotFound
from shared.platform.paging import Asked, BadCursor
from shared.vendors.fakes import FakeReader
from tests.make import documents as make
from tests.make import readings
from tests.make.identity import Firm, colleague


async def ids_of_all_pages(actor: Actor, limit: int = 2) -> list[str]:
    found: list[str] = []
    cursor: str | None = None
    while True:
        page = await views.list_documents(actor, Asked(cursor, limit))
        found += [str(each.id) for each in page.items]
        cursor = page.next
        if cursor is None:
            return found


class TestListDocuments:
    async def test_newest_first_and_each_once(self, firm: Firm, storage: None) -> None:
        made = [str(await make.expected(firm)) for _ in range(5)]

        assert await ids_of_all_pages(firm.actor) == made[::-1]

    @pytest.mark.parametrize("filters", Filters, ids=lambda filters: filters.name)
    async def test_every_combination_of_filters(
        self, firm: Firm, reader: FakeReader, filters: Filters
    ) -> None:
        reader.reading = readings.reading(readings.tax_return())
        document = await make.processed(firm)
        await make.expected(firm)
        by_client, by_state, by_kind = filters.value

        page = await views.list_documents(
            firm.actor,
            Asked(),
            client_id=firm.client_id if by_client else None,
            state=DocumentState.ACCEPTED if by_state else None,
            kind=DocumentKind.F1040 if by_kind else None,
        )

        narrows = by_state or by_kind
        assert len(page.items) == (1 if narrows else 2)
        assert document.id in {each.id for each in page.items}

    async def test_a_cursor_is_not_made_up(self, firm: Firm) -> None:
        with pytest.raises(BadCursor):
            await views.list_documents(firm.actor, Asked("nonsense"))

    async def test_another_firm_cannot_see_them(
        self, firm: Firm, other_firm: Firm, storage: None
    ) -> None:
        await make.expected(firm)

        assert await ids_of_all_pages(other_firm.actor) == []


class TestReviewQueue:
    async def test_longest_wait_first(self, firm: Firm, reader: FakeReader) -> None:
        reader.reading = readings.reading(readings.letter())
        waiting = [(await make.processed(firm)).id for _ in range(3)]

        first = await views.list_to_review(firm.actor, Asked(limit=2))
        second = await views.list_to_review(firm.actor, Asked(first.next, 2))

        assert [each.id for each in [*first.items, *second.items]] == waiting
        assert second.next is None

    async def test_another_firm_cannot_see_it(
        self, firm: Firm, other_firm: Firm, reader: FakeReader
    ) -> None:
        reader.reading = readings.reading(readings.letter())
        await make.processed(firm)

        assert (await views.list_to_review(other_firm.actor, Asked())).items == []

    async def test_not_for_clients(self, firm: Firm) -> None:
        client = await colleague(firm, Role.CLIENT)

        with pytest.raises(Forbidden):
            await views.list_to_review(client.actor, Asked())


class TestGetDocument:
    async def test_shows_values_with_their_places(self, firm: Firm, reader: FakeReader) -> None:
        reader.reading = readings.reading(readings.w2())
        document = await make.processed(firm)

        wages = document.fields["box_1"]

        assert (wages.value, wages.page, wages.source) == ("50000.00", 1, "text_layer")
        assert wages.box
        assert 0 < wages.box[0] < wages.box[2] < 1
        assert document.tax_year == 2024

    @pytest.mark.parametrize("forms", [1, 2, 12])
    async def test_asks_as_many_questions_for_a_packet_as_for_a_form(
        self, firm: Firm, reader: FakeReader, monkeypatch: pytest.MonkeyPatch, forms: int
    ) -> None:
        page = (readings.w2, readings.tax_return)
        reader.reading = readings.reading(*(page[at % 2](number=at + 1) for at in range(forms)))
        document = await make.processed(firm)
        usual, asked = Tx.many, list[str]()

        async def many(tx: Tx, row: type[Any], query: LiteralString, **params: object) -> Any:
            asked.append(query)
            return await usual(tx, row, query, **params)

        monkeypatch.setattr(Tx, "many", many)
        shown = await views.get_document(firm.actor, document.id)

        assert len(asked) == 6
        assert len(shown.children) == (forms if forms > 1 else 0)
        w2s = [each for each in (shown, *shown.children) if each.kind is DocumentKind.W2]
        assert [each.fields["box_1"].value for each in w2s] == ["50000.00"] * ((forms + 1) // 2)

    async def test_shows_one_moment(
        self, firm: Firm, reader: FakeReader, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """A correction commits between two of the questions."""
        reader.reading = readings.reading(readings.w2(box_4="2000.00"))
        document = await make.processed(firm)
        usual = fields.list_findings_of

        async def correct_first(tx: Tx, ids: Sequence[UUID], run: int) -> Any:
            correction = FieldCorrection(value="3100.00")
            await corrections.correct_field(
                firm.actor, document.id, document.version, "box_4", correction
            )
            return await usual(tx, ids, run)

        monkeypatch.setattr(fields, "list_findings_of", correct_first)
        shown = await views.get_document(firm.actor, document.id)
        monkeypatch.undo()

        assert shown == document
        assert await views.get_document(firm.actor, document.id) != document

    async def test_masks_every_tin(self, firm: Firm, reader: FakeReader) -> None:
        reader.reading = readings.reading(readings.w2())
        document = await make.processed(firm)

        assert document.fields["employee_ssn"].value == "***-**-7834"
        assert document.fields["employer_ein"].value == "***-**-4321"
        assert readings.SSN not in document.model_dump_json()

    async def test_another_firm_cannot_see_it(
        self, firm: Firm, other_firm: Firm, storage: None
    ) -> None:
        document_id = await make.expected(firm)

        with pytest.raises(NotFound):
            await views.get_document(other_firm.actor, document_id)

    async def test_a_client_sees_its_own(self, firm: Firm, storage: None) -> None:
        document_id = await make.expected(firm)
        client = await colleague(firm, Role.CLIENT)

        assert (await views.get_document(client.actor, document_id)).id == document_id


class TestPageImage:
    @pytest.mark.parametrize("role", [Role.OWNER, Role.CPA, Role.STAFF, Role.CLIENT])
    async def test_is_masked_whoever_looks(
        self, firm: Firm, reader: FakeReader, role: Role
    ) -> None:
        reader.reading = readings.reading(readings.w2())
        document = await make.processed(firm)
        somebody = await colleague(firm, role)
        masked = await storage.read_image(firm.actor, document.id, 1, 1, is_masked=True)

        shown = await views.get_page_image(somebody.actor, document.id, 1)

        assert shown == (masked, "1-1-masked")

    async def test_there_is_none_of_a_page_that_is_not_there(
        self, firm: Firm, reader: FakeReader
    ) -> None:
        reader.reading = readings.reading(readings.w2())
        document = await make.processed(firm)

        with pytest.raises(PageNotReady):
            await views.get_page_image(firm.actor, document.id, 2)

    async def test_another_firm_cannot_see_it(
        self, firm: Firm, other_firm: Firm, reader: FakeReader
    ) -> None:
        reader.reading = readings.reading(readings.w2())
        document = await make.processed(firm)

        with pytest.raises(NotFound):
            await views.get_page_image(other_firm.actor, document.id, 1)
