"""What is told of a file as a whole, and what it does to the decision."""

import pytest

from shared.documents import views
from shared.documents.models import DocumentState
from shared.documents.remarks import remarks
from shared.platform.errors import NotFound
from shared.vendors.fakes import FakeReader
from shared.vendors.reading import Cargo, FormField, Reading
from tests.make import documents as make
from tests.make import readings
from tests.make.identity import Firm


def carrying(*cargo: Cargo) -> Reading:
    """A tax return, of which we are sure."""
    return readings.reading(readings.tax_return()).model_copy(update={"cargo": cargo})


class TestABlankFile:
    async def test_waits_for_a_person_and_says_why(self, firm: Firm, reader: FakeReader) -> None:
        reader.reading = readings.reading(readings.page(), readings.page(number=2))

        document = await make.processed(firm)

        assert (document.state, document.code) == (DocumentState.NEEDS_REVIEW, "document_blank")
        assert [page.page for page in document.pages] == [1, 2]

    async def test_is_another_firms_as_little_as_any(
        self, firm: Firm, other_firm: Firm, reader: FakeReader
    ) -> None:
        reader.reading = readings.reading(readings.page())
        document = await make.processed(firm)

        with pytest.raises(NotFound):
            await views.get_document(other_firm.actor, document.id)

    def test_is_not_one_with_words_on_its_last_page(self) -> None:
        assert remarks(readings.reading(readings.page(), readings.letter(number=2))) == []

    def test_is_not_one_with_a_form_that_is_filled_in(self) -> None:
        filled = FormField(name="wages", value="1.00", box=(0.1, 0.1, 0.2, 0.2))
        page = readings.page().model_copy(update={"fields": (filled,)})

        assert remarks(readings.reading(page)) == []


class TestWhatAFileCarries:
    async def test_documents_inside_need_a_person(self, firm: Firm, reader: FakeReader) -> None:
        reader.reading = carrying(Cargo.DOCUMENTS)

        document = await make.processed(firm)

        assert (document.state, document.code) == (
            DocumentState.NEEDS_REVIEW,
            "embedded_documents",
        )

    @pytest.mark.parametrize("cargo", [Cargo.FILES, Cargo.SCRIPTS])
    async def test_other_things_inside_are_told_and_need_nobody(
        self, firm: Firm, reader: FakeReader, cargo: Cargo
    ) -> None:
        reader.reading = carrying(cargo)

        document = await make.processed(firm)

        assert document.state is DocumentState.ACCEPTED
        assert [(each.rule, each.severity) for each in document.findings] == [(cargo, "info")]
