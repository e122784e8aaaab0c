import pytest

from shared.documents import corrections, review, storage, views
from shared.documents.errors import (
    BadValue,
    NotCorrectable,
    NotRereadable,
    ReadingLost,
    UnknownField,
)
from shared.documents.kinds import DocumentKind
from shared.documents.models import Accept, DocumentState, DocumentView, FieldCorrection
from shared.documents.storage import upload_name
from shared.documents.understanding.models import FieldSource
from shared.platform import blob, storage_account
from shared.platform.actor import Role
from shared.platform.db import transaction
from shared.platform.errors import Forbidden, NotFound, Stale
from shared.vendors.fakes import FakeReader
from shared.vendors.reading import NotADocument
from tests.make import documents as make
from tests.make import readings
from tests.make.identity import Firm, colleague


async def wrong_w2(firm: Firm, reader: FakeReader) -> DocumentView:
    """Box 4 is not 6.2 % of box 3, so a person is asked."""
    reader.reading = readings.reading(readings.w2(box_4="2000.00"))
    return await make.processed(firm)


class TestCorrectField:
    async def test_a_persons_value_takes_its_place(self, firm: Firm, reader: FakeReader) -> None:
        document = await wrong_w2(firm, reader)
        assert document.state is DocumentState.NEEDS_REVIEW

        await self.correct(firm, document, "box_4", "3100.00")

        corrected = await views.get_document(firm.actor, document.id)
        field = corrected.fields["box_4"]
        assert (field.value, field.source, field.confidence) == ("3100.00", FieldSource.PERSON, 1)
        assert field.box == document.fields["box_4"].box
        assert corrected.version > document.version

    async def test_the_rules_are_checked_again(self, firm: Firm, reader: FakeReader) -> None:
        document = await wrong_w2(firm, reader)
        assert "W2-03" in [each.rule for each in document.findings]

        await self.correct(firm, document, "box_4", "3100.00")

        corrected = await views.get_document(firm.actor, document.id)
        assert "W2-03" not in [each.rule for each in corrected.findings]

    async def test_an_accepted_document_that_breaks_a_rule_is_reviewed_again(
        self, firm: Firm, reader: FakeReader
    ) -> None:
        reader.reading = readings.reading(readings.w2())
        document = await make.processed(firm)
        assert document.state is DocumentState.ACCEPTED

        await self.correct(firm, document, "box_4", "2000.00")

        corrected = await views.get_document(firm.actor, document.id)
        assert (corrected.state, corrected.code) == (DocumentState.NEEDS_REVIEW, "rules_failed")

    async def test_an_accepted_document_that_keeps_the_rules_stays_accepted(
        self, firm: Firm, reader: FakeReader
    ) -> None:
        reader.reading = readings.reading(readings.w2())
        document = await make.processed(firm)

        await self.correct(firm, document, "employee_name", "Ada King")

        corrected = await views.get_document(firm.actor, document.id)
        assert corrected.state is DocumentState.ACCEPTED

    async def test_a_tin_stays_sealed_and_masked(self, firm: Firm, reader: FakeReader) -> None:
        document = await wrong_w2(firm, reader)
        assert document.fields["employee_ssn"].value == "***-**-7834"

        await self.correct(firm, document, "employee_ssn", "412-55-9999")

        corrected = await views.get_document(firm.actor, document.id)
        assert corrected.fields["employee_ssn"].value == "***-**-9999"
        async with transaction(firm.actor) as tx:
            everything = """
                SELECT coalesce(string_agg(t::text, ' '), '') FROM (
                    SELECT extracted_fields::text FROM extracted_fields
                    UNION ALL SELECT audit_entries::text FROM audit_entries
                    UNION ALL SELECT outbox_events::text FROM outbox_events
                    UNION ALL SELECT findings::text FROM findings
                ) AS t
            """
            kept = await tx.value(str, everything)
        assert readings.SSN not in kept
        assert "412-55-9999" not in kept
        assert "***-**-9999" in kept

    @pytest.mark.parametrize(
        ("name", "value"), [("employee_ssn", "12-34"), ("employee_ssn", "Ada")]
    )
    async def test_refuses_what_cannot_be_that(
        self, firm: Firm, reader: FakeReader, name: str, value: str
    ) -> None:
        document = await wrong_w2(firm, reader)

        with pytest.raises(BadValue):
            await self.correct(firm, document, name, value)

    async def test_refuses_a_field_the_form_has_not(self, firm: Firm, reader: FakeReader) -> None:
        document = await wrong_w2(firm, reader)

        with pytest.raises(UnknownField):
            await self.correct(firm, document, "favourite_colour", "blue")

    async def test_refuses_what_has_changed_since(self, firm: Firm, reader: FakeReader) -> None:
        document = await wrong_w2(firm, reader)
        await self.correct(firm, document, "box_4", "3100.00")

        with pytest.raises(Stale):
            await self.correct(firm, document, "box_4", "3100.01")

    async def test_refuses_a_rejected_file(self, firm: Firm, reader: FakeReader) -> None:
        reader.error = NotADocument("a program")
        document = await make.processed(firm)

        with pytest.raises(NotCorrectable):
            await self.correct(firm, document, "box_1", "1.00")

    async def test_not_by_an_intern(self, firm: Firm, reader: FakeReader) -> None:
        document = await wrong_w2(firm, reader)
        intern = await colleague(firm, Role.INTERN)

        with pytest.raises(Forbidden):
            await self.correct(intern, document, "box_4", "3100.00")

    async def test_another_firm_cannot_see_it(
        self, firm: Firm, other_firm: Firm, reader: FakeReader
    ) -> None:
        document = await wrong_w2(firm, reader)

        with pytest.raises(NotFound):
            await self.correct(other_firm, document, "box_4", "3100.00")

    @staticmethod
    async def correct(firm: Firm, document: DocumentView, name: str, value: str) -> None:
        await corrections.correct_field(
            firm.actor, document.id, document.version, name, FieldCorrection(value=value)
        )


class TestChangeKind:
    async def test_the_values_are_looked_for_again(self, firm: Firm, reader: FakeReader) -> None:
        document = await wrong_w2(firm, reader)

        changed = await corrections.change_kind(
            firm.actor, document.id, document.version, DocumentKind.OTHER
        )

        assert (changed.kind, changed.confidence) == (DocumentKind.OTHER, 1)
        assert (await views.get_document(firm.actor, document.id)).fields == {}
        back = await corrections.change_kind(
            firm.actor, document.id, changed.version, DocumentKind.W2
        )
        assert back.state is DocumentState.NEEDS_REVIEW
        assert "box_1" in (await views.get_document(firm.actor, document.id)).fields

    async def test_what_was_accepted_is_reviewed_again(
        self, firm: Firm, reader: FakeReader
    ) -> None:
        reader.reading = readings.reading(readings.tax_return())
        document = await make.processed(firm)

        changed = await corrections.change_kind(
            firm.actor, document.id, document.version, DocumentKind.K1
        )
        decided, _ = await review.decide_document(
            firm.actor, document.id, await self.version(firm, document), Accept(verdict="accepted")
        )

        assert changed.state is DocumentState.NEEDS_REVIEW
        assert decided.state is DocumentState.ACCEPTED

    async def test_refuses_what_storage_has_lost_the_reading_of(
        self, firm: Firm, reader: FakeReader
    ) -> None:
        document = await wrong_w2(firm, reader)
        reading = f"{upload_name(firm.organization_id, document.id)}/1/reading"
        await storage_account.service().get_blob_client(blob.DERIVED, reading).delete_blob()

        with pytest.raises(ReadingLost):
            await corrections.change_kind(
                firm.actor, document.id, document.version, DocumentKind.K1
            )

        assert await views.get_document(firm.actor, document.id) == document

    async def test_has_masked_what_is_secret_then_before_it_shows(
        self, firm: Firm, reader: FakeReader, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Masked after it, a failure there would leave the number readable for good."""
        document = await wrong_w2(firm, reader)

        async def away(*_args: object) -> None:
            raise storage_account.StorageUnavailable("away")

        monkeypatch.setattr(storage, "keep_masked_image", away)
        with pytest.raises(storage_account.StorageUnavailable):
            await corrections.change_kind(
                firm.actor, document.id, document.version, DocumentKind.K1
            )

        assert await views.get_document(firm.actor, document.id) == document

    async def test_another_firm_cannot_see_it(
        self, firm: Firm, other_firm: Firm, reader: FakeReader
    ) -> None:
        document = await wrong_w2(firm, reader)

        with pytest.raises(NotFound):
            await corrections.change_kind(
                other_firm.actor, document.id, document.version, DocumentKind.OTHER
            )

    @staticmethod
    async def version(firm: Firm, document: DocumentView) -> int:
        return (await views.get_document(firm.actor, document.id)).version


class TestReread:
    async def test_opens_another_run_on_the_same_document(
        self, firm: Firm, reader: FakeReader
    ) -> None:
        document = await wrong_w2(firm, reader)
        reader.reading = readings.reading(readings.w2())

        run, ended = await corrections.request_reread(firm.actor, document.id)
        await make.carry_out_run(make.job_of(firm, run))

        again = await views.get_document(firm.actor, document.id)
        assert (run.number, ended.number) == (2, 1)
        assert again.state is DocumentState.ACCEPTED
        assert again.fields["box_4"].value == "3100.00"
        assert [each.outcome for each in again.runs] == ["needs_review", "accepted"]

    async def test_a_failed_document_can_be_read_again(
        self, firm: Firm, reader: FakeReader
    ) -> None:
        reader.error = RuntimeError("a bug")
        document = await make.processed(firm)
        reader.error, reader.reading = None, readings.reading(readings.w2())

        run, _ = await corrections.request_reread(firm.actor, document.id)

        assert await make.carry_out_run(make.job_of(firm, run)) == "accepted"

    async def test_not_while_it_is_being_read(self, firm: Firm, reader: FakeReader) -> None:
        document = await wrong_w2(firm, reader)
        await corrections.request_reread(firm.actor, document.id)

        with pytest.raises(NotRereadable):
            await corrections.request_reread(firm.actor, document.id)

    async def test_another_firm_cannot_see_it(
        self, firm: Firm, other_firm: Firm, reader: FakeReader
    ) -> None:
        document = await wrong_w2(firm, reader)

        with pytest.raises(NotFound):
            await corrections.request_reread(other_firm.actor, document.id)
