import pytest

from orchestrations.document_processing.messages import DocumentJob
from shared.documents import processing, views
from shared.documents.kinds import DocumentKind
from shared.documents.models import DocumentState
from shared.platform import blob
from shared.platform.db import transaction
from shared.platform.errors import NotFound
from shared.vendors.fakes import FakeReader
from shared.vendors.reading import (
    DocumentDamaged,
    DocumentEncrypted,
    EmptyFile,
    NotADocument,
    ReaderGaveUp,
    ReaderUnavailable,
)
from tests.make import documents as make
from tests.make import readings
from tests.make.identity import Firm


async def topics(firm: Firm) -> list[str]:
    async with transaction(firm.actor) as tx:
        found = await tx.value(list, "SELECT array_agg(topic ORDER BY id) FROM outbox_events")
    return list(map(str, found))


class TestATaxReturn:
    async def test_is_kept_without_values_and_without_a_person(
        self, firm: Firm, reader: FakeReader
    ) -> None:
        reader.reading = readings.reading(readings.tax_return())

        document = await make.processed(firm)

        assert document.kind is DocumentKind.F1040
        assert document.state is DocumentState.ACCEPTED
        assert document.fields == {}
        assert [page.page for page in document.pages] == [1]
        assert [run.outcome for run in document.runs] == ["accepted"]
        assert await topics(firm) == ["document.received", "document.accepted"]


class TestWhatNobodyCanRead:
    @pytest.mark.parametrize(
        ("error", "code"),
        [
            (EmptyFile("It has no bytes"), "document_empty"),
            (NotADocument("It is a program"), "not_a_document"),
            (DocumentEncrypted("It needs a password"), "document_encrypted"),
            (DocumentDamaged("It is cut off"), "document_damaged"),
        ],
        ids=lambda value: value if isinstance(value, str) else "",
    )
    async def test_is_rejected_with_a_code_and_kept(
        self, firm: Firm, reader: FakeReader, error: Exception, code: str
    ) -> None:
        reader.error = error

        document = await make.processed(firm, b"hostile")

        assert (document.state, document.code) == (DocumentState.REJECTED, code)
        assert document.detail == str(error)
        name = f"{firm.organization_id}/{document.id}"
        assert await blob.read(blob.UPLOADS, name) == b"hostile"
        assert await topics(firm) == ["document.received", "document.rejected"]


class TestWhatOnlyWeCannotRead:
    @pytest.mark.parametrize("error", [ReaderUnavailable("no OCR"), ReaderGaveUp("it hung")])
    async def test_waits_for_a_person(
        self, firm: Firm, reader: FakeReader, error: Exception
    ) -> None:
        reader.error = error

        document = await make.processed(firm)

        assert document.state is DocumentState.NEEDS_REVIEW
        assert document.code == getattr(error, "code", None)
        assert [finding.rule for finding in document.findings] == [document.code]


class TestDuplicates:
    async def test_the_same_bytes_of_the_same_client_are_one_document(
        self, firm: Firm, reader: FakeReader
    ) -> None:
        """Announced twice before either arrived, so only measuring finds it."""
        reader.reading = readings.reading(readings.tax_return())
        jobs = [await make.received(firm, b"twice") for _ in range(2)]

        outcomes = [await make.carry_out_run(job) for job in jobs]

        assert outcomes == ["accepted", "duplicate"]
        copy = await views.get_document(firm.actor, jobs[1].document_id)
        assert copy.duplicate_of == jobs[0].document_id
        assert len(reader.read_files) == 1

    async def test_whichever_is_measured_first_is_the_original(
        self, firm: Firm, reader: FakeReader
    ) -> None:
        reader.reading = readings.reading(readings.tax_return())
        earlier, later = [await make.received(firm, b"twice") for _ in range(2)]

        assert await make.carry_out_run(later) == "accepted"
        assert await make.carry_out_run(earlier) == "duplicate"


class TestEveryStep:
    async def test_can_run_twice(self, firm: Firm, reader: FakeReader) -> None:
        """A crash between a step's commit and its record runs it again."""
        reader.reading = readings.reading(readings.tax_return())
        job = await make.received(firm)
        for name in ("measure_document", "read_document", "classify_document", "mask_pages"):
            for _ in range(2):
                await make.STEPS[name](job.model_dump(mode="json"))

        decided = [await make.STEPS["decide_review"](job.model_dump(mode="json")) for _ in range(2)]

        assert decided[0] == decided[1]
        assert await topics(firm) == ["document.received", "document.accepted"]

    async def test_never_undoes_what_was_decided(self, firm: Firm, reader: FakeReader) -> None:
        reader.reading = readings.reading(readings.tax_return())
        document = await make.processed(firm)
        job = DocumentJob(organization_id=firm.organization_id, document_id=document.id, number=1)

        await make.carry_out_run(job)

        assert await views.get_document(firm.actor, document.id) == document

    async def test_sees_its_own_firm_alone(
        self, firm: Firm, other_firm: Firm, reader: FakeReader
    ) -> None:
        job = await make.received(firm)

        with pytest.raises(NotFound):
            await processing.measure_document(other_firm.actor, job.document_id, 1)


class TestAFailure:
    async def test_leaves_the_document_for_another_attempt(
        self, firm: Firm, reader: FakeReader
    ) -> None:
        reader.error = RuntimeError("a bug of ours")

        document = await make.processed(firm)

        assert (document.state, document.code) == (DocumentState.FAILED, "processing_failed")
        assert "bug" not in (document.detail or "")
        assert (await topics(firm))[-1] == "document.failed"
