"""What one run, one person or one part does to another."""

import asyncio
from typing import Any

import pytest

from orchestrations.document_processing.messages import DocumentJob
from shared.documents import corrections, intake, review, storage, sweep, views
from shared.documents.errors import NotCorrectable, NotRereadable, Overtaken
from shared.documents.kinds import DocumentKind
from shared.documents.models import (
    Accept,
    DocumentState,
    DocumentView,
    FieldCorrection,
    Reject,
)
from shared.platform.db import transaction
from shared.platform.errors import Stale
from shared.platform.paging import Asked
from shared.vendors.fakes import FakeReader
from shared.vendors.reading import Measurement, ReaderGaveUp
from tests.make import documents as make
from tests.make import readings
from tests.make.identity import Firm

ACCEPT, REJECT = Accept(verdict="accepted"), Reject(verdict="rejected")
WRONG: dict[str, Any] = {"box_4": "2000.00"}


async def step(name: str, job: DocumentJob, **more: Any) -> Any:
    return await make.STEPS[name](job.model_dump(mode="json") | more)


async def packet(firm: Firm, reader: FakeReader) -> DocumentView:
    reader.reading = readings.reading(readings.w2(**WRONG), readings.tax_return(number=2))
    return await make.processed(firm)


async def reread(firm: Firm, document: DocumentView) -> DocumentJob:
    run, _ = await corrections.request_reread(firm.actor, document.id)
    return make.job_of(firm, run)


def job_of_run(firm: Firm, document: DocumentView, number: int) -> DocumentJob:
    return DocumentJob(organization_id=firm.organization_id, document_id=document.id, number=number)


async def look(firm: Firm, document: Any) -> DocumentView:
    return await views.get_document(firm.actor, getattr(document, "id", document))


async def when_found(firm: Firm) -> list[Any]:
    async with transaction(firm.actor) as tx:
        return await tx.value(list, "SELECT array_agg(created_at ORDER BY id) FROM findings")


class TestALateStepOfTheOldRun:
    """Run 2 is being read; a step of run 1 that was thought lost comes through."""

    @pytest.fixture
    async def document(self, firm: Firm, reader: FakeReader) -> DocumentView:
        reader.reading = readings.reading(readings.tax_return())
        return await make.processed(firm)

    async def at_work(self, firm: Firm, document: DocumentView) -> DocumentJob:
        new = await reread(firm, document)
        await step("measure_document", new)
        assert (await look(firm, document)).state is DocumentState.PROCESSING
        return new

    async def test_decides_nothing(self, firm: Firm, document: DocumentView) -> None:
        await self.at_work(firm, document)
        await step("decide_review", job_of_run(firm, document, 1))
        assert (await look(firm, document)).state is DocumentState.PROCESSING

    async def test_fails_nothing(self, firm: Firm, document: DocumentView) -> None:
        await self.at_work(firm, document)
        await step("note_failure", job_of_run(firm, document, 1), code="x", detail="x")
        assert (await look(firm, document)).state is DocumentState.PROCESSING

    async def test_rejects_nothing(self, firm: Firm, document: DocumentView) -> None:
        await self.at_work(firm, document)
        late = job_of_run(firm, document, 1)
        await step("note_refusal", late, code="document_damaged", detail="x")
        assert (await look(firm, document)).state is DocumentState.PROCESSING

    async def test_classifies_nothing(self, firm: Firm, reader: FakeReader) -> None:
        document = await packet(firm, reader)
        reader.reading = readings.reading(readings.tax_return())
        new = await self.at_work(firm, document)
        await step("classify_document", job_of_run(firm, document, 1))
        assert (await look(firm, document)).children == []
        await step("read_document", new)
        await step("classify_document", new)
        await step("extract_document", job_of_run(firm, document, 1))
        assert (await look(firm, document)).fields == {}

    async def test_checks_nothing_that_a_person_may_be_correcting(
        self, firm: Firm, reader: FakeReader
    ) -> None:
        seen = await packet(firm, reader)
        assert (await look(firm, seen)).state is DocumentState.NEEDS_REVIEW
        before = await when_found(firm)
        await step("validate_document", job_of_run(firm, seen, 1))
        assert await when_found(firm) == before

    async def test_measuring_keeps_the_new_run_open(
        self, firm: Firm, document: DocumentView
    ) -> None:
        await reread(firm, document)
        await step("measure_document", job_of_run(firm, document, 1))
        assert (await look(firm, document)).state is DocumentState.RECEIVED


class TestNewBytesWhileTheOldAreRead:
    async def test_the_old_story_does_not_settle_the_new_run(
        self, firm: Firm, reader: FakeReader
    ) -> None:
        reader.reading = readings.reading(readings.tax_return())
        old = await make.received(firm, b"sent twice")
        await step("measure_document", old)
        await step("read_document", old)
        await step("classify_document", old)
        await make.put(firm, old.document_id, b"sent twice")
        run = await intake.receive_blob(firm.organization_id, old.document_id)
        assert run
        assert run.number == 2
        new = make.job_of(firm, run)
        await step("measure_document", new)
        assert (await step("decide_review", old))["state"] != "accepted"
        await make.carry_out_run(new)
        document = await look(firm, old.document_id)
        assert [each.outcome for each in document.runs][1] == document.state


class TestMeasuringTwiceAtOnce:
    async def test_does_not_undo_a_persons_decision(self, firm: Firm, reader: FakeReader) -> None:
        """The first attempt hangs in the reader; the second carries the story to its end."""
        reader.reading = readings.reading(readings.w2(**WRONG))
        job = await make.received(firm, b"same bytes")
        usual, stuck, go = reader.measure, asyncio.Event(), asyncio.Event()

        async def slow(file: Any) -> Measurement:
            found = await usual(file)
            stuck.set()
            await go.wait()
            return found

        reader.measure = slow  # type: ignore[method-assign]
        late = asyncio.create_task(step("measure_document", job))
        await stuck.wait()
        reader.measure = usual  # type: ignore[method-assign]
        await make.carry_out_run(job)
        waiting = await look(firm, job.document_id)
        await review.decide_document(firm.actor, waiting.id, waiting.version, REJECT)
        await make.processed(firm, b"same bytes")  # the client sends it again
        go.set()
        await late
        assert (await look(firm, job.document_id)).state is DocumentState.REJECTED


class TestPartsOfAnOlderRun:
    async def test_a_decision_on_one_settles_nothing_of_the_new(
        self, firm: Firm, reader: FakeReader
    ) -> None:
        """Run 1 saw two parts, run 2 sees one file; the old part is still on a screen."""
        old = await packet(firm, reader)
        part = await look(firm, old.children[0].document_id)
        reader.reading = readings.reading(readings.w2(**WRONG))
        await make.carry_out_run(await reread(firm, old))
        assert (await look(firm, old)).state is DocumentState.NEEDS_REVIEW
        with pytest.raises(Overtaken):
            await review.decide_document(firm.actor, part.id, part.version, ACCEPT)
        assert (await look(firm, old)).state is DocumentState.NEEDS_REVIEW


class TestAPacket:
    async def test_correcting_a_part_is_a_new_version_of_the_file(
        self, firm: Firm, reader: FakeReader
    ) -> None:
        seen = await packet(firm, reader)
        part = seen.children[0]
        await corrections.correct_field(
            firm.actor, part.document_id, part.version, "box_1", FieldCorrection(value="1.00")
        )
        with pytest.raises(Stale):
            await review.decide_document(firm.actor, seen.id, seen.version, ACCEPT)

    async def test_changing_the_kind_of_an_accepted_part_brings_the_file_back(
        self, firm: Firm, reader: FakeReader
    ) -> None:
        seen = await packet(firm, reader)
        await review.decide_document(firm.actor, seen.id, seen.version, ACCEPT)
        part = await look(firm, seen.children[0].document_id)
        await corrections.change_kind(firm.actor, part.id, part.version, DocumentKind.OTHER)
        assert (await look(firm, part)).state is DocumentState.NEEDS_REVIEW
        queue = await views.list_to_review(firm.actor, Asked())
        assert [each.id for each in queue.items] == [seen.id]

    async def test_that_fails_leaves_no_part_on_the_way(
        self, firm: Firm, reader: FakeReader, at_once: None
    ) -> None:
        reader.reading = readings.reading(readings.w2(**WRONG), readings.tax_return(number=2))
        job = await make.received(firm)
        for name in ("measure_document", "read_document", "classify_document"):
            await step(name, job)
        await step("note_failure", job, code="processing_failed", detail="x")
        document = await look(firm, job.document_id)
        assert document.state is DocumentState.FAILED
        assert "processing" not in [part.state for part in document.children]
        await sweep.check_blobs(firm.organization_id)
        assert firm.organization_id not in await sweep.list_organizations_due()

    async def test_that_turns_out_not_to_be_what_was_announced_leaves_no_part_on_the_way(
        self, firm: Firm, reader: FakeReader
    ) -> None:
        reader.reading = readings.reading(readings.w2(**WRONG), readings.tax_return(number=2))
        job = await make.received(firm)
        for name in ("measure_document", "read_document", "classify_document"):
            await step(name, job)
        await step("note_refusal", job, code="upload_mismatch", detail="other bytes")
        document = await look(firm, job.document_id)
        assert document.state is DocumentState.REJECTED
        assert {part.state for part in document.children} == {DocumentState.REJECTED}

    async def test_is_of_no_kind_even_when_a_person_says_so(
        self, firm: Firm, reader: FakeReader
    ) -> None:
        seen = await packet(firm, reader)
        with pytest.raises(NotCorrectable):
            await corrections.change_kind(firm.actor, seen.id, seen.version, DocumentKind.W2)
        after = await look(firm, seen)
        assert (after.kind is None) == bool(after.children)

    async def test_found_with_fewer_parts_the_second_time(
        self, firm: Firm, reader: FakeReader
    ) -> None:
        """The step ran twice, on readings that differ; the first time's values were kept."""
        reader.reading = readings.reading(
            readings.w2(**WRONG), readings.tax_return(number=2), readings.letter(number=3)
        )
        job = await make.received(firm)
        for name in ("measure_document", "read_document", "classify_document", "extract_document"):
            await step(name, job)
        reader.reading = readings.reading(readings.tax_return())
        await step("read_document", job)
        answer = await step("classify_document", job)
        assert "refused" not in answer, answer

    async def test_two_people_at_once(self, firm: Firm, reader: FakeReader) -> None:
        """One decides the part, one the file: one of them is late, neither is told 503."""
        outcomes: list[Any] = []
        for _ in range(8):
            seen = await packet(firm, reader)
            part = seen.children[0]
            outcomes += await asyncio.gather(
                review.decide_document(firm.actor, part.document_id, part.version, ACCEPT),
                review.decide_document(firm.actor, seen.id, seen.version, ACCEPT),
                return_exceptions=True,
            )
        bad = [each for each in outcomes if getattr(each, "code", "") == "database_unavailable"]
        assert bad == []


class TestReadingAgain:
    async def test_forgets_what_the_run_before_had_said(
        self, firm: Firm, reader: FakeReader
    ) -> None:
        reader.reading = readings.reading(readings.w2(**WRONG))
        document = await make.processed(firm)
        assert document.tax_year == 2024
        reader.reading = readings.reading(readings.letter())
        await make.carry_out_run(await reread(firm, document))
        again = await look(firm, document)
        assert (again.kind, again.tax_year) == ("other", None)

    async def test_that_nobody_can_do_forgets_too(self, firm: Firm, reader: FakeReader) -> None:
        reader.reading = readings.reading(readings.w2(**WRONG))
        document = await make.processed(firm)
        reader.error = ReaderGaveUp("it hung")
        await make.carry_out_run(await reread(firm, document))
        again = await look(firm, document)
        assert (again.kind, again.tax_year, again.code) == (None, None, "reader_gave_up")

    async def test_is_no_way_around_the_size_limit(
        self, firm: Firm, reader: FakeReader, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for module in (intake, storage):
            monkeypatch.setattr(module, "MAX_UPLOAD_BYTES", 10)
        document_id = await make.expected(firm, b"small")
        await make.put(firm, document_id, b"x" * 100)
        assert await intake.receive_blob(firm.organization_id, document_id) is None
        document = await look(firm, document_id)
        assert document.code == "document_too_large"
        try:
            job = await reread(firm, document)
        except NotRereadable:
            return
        await make.carry_out_run(job)
        assert reader.measured == [], "100 bytes were downloaded, and it might be terabytes"


class TestARoundThatWasDecided:
    async def test_is_not_overdue(self, firm: Firm, reader: FakeReader) -> None:
        """The wake-up was lost, and the deadline came before the sweep."""
        reader.reading = readings.reading(readings.letter())
        document = await make.processed(firm)
        await review.decide_document(firm.actor, document.id, document.version, ACCEPT)
        await step("report_overdue", job_of_run(firm, document, 1))
        assert "review_overdue" not in [each.rule for each in (await look(firm, document)).findings]

    async def test_says_what_the_last_decision_was(self, firm: Firm, reader: FakeReader) -> None:
        reader.reading = readings.reading(readings.letter())
        document = await make.processed(firm)
        await review.decide_document(firm.actor, document.id, document.version, ACCEPT)
        document = await look(firm, document)
        await corrections.change_kind(firm.actor, document.id, document.version, DocumentKind.W9)
        document = await look(firm, document)
        await review.decide_document(firm.actor, document.id, document.version, REJECT)
        async with transaction(firm.actor) as tx:
            verdicts = await tx.value(
                list, "SELECT array_agg(verdict ORDER BY round) FROM document_reviews"
            )
        assert verdicts[-1] == "rejected"


class TestKindChanges:
    async def test_an_accepted_document_that_goes_back_says_so_to_listeners(
        self, firm: Firm, reader: FakeReader
    ) -> None:
        reader.reading = readings.reading(readings.tax_return())
        document = await make.processed(firm)
        await corrections.change_kind(firm.actor, document.id, document.version, DocumentKind.OTHER)
        async with transaction(firm.actor) as tx:
            topics = await tx.value(list, "SELECT array_agg(topic ORDER BY id) FROM outbox_events")
        assert topics[-1] != "document.accepted"

    async def test_to_the_same_kind_keeps_a_persons_values(
        self, firm: Firm, reader: FakeReader
    ) -> None:
        reader.reading = readings.reading(readings.w2(**WRONG))
        document = await make.processed(firm)
        await corrections.correct_field(
            firm.actor, document.id, document.version, "box_4", FieldCorrection(value="3100.00")
        )
        document = await look(firm, document)
        await corrections.change_kind(firm.actor, document.id, document.version, DocumentKind.W2)
        assert (await look(firm, document)).fields["box_4"].value == "3100.00"

    async def test_of_what_nobody_read_lets_a_person_fill_in_any_box(
        self, firm: Firm, reader: FakeReader
    ) -> None:
        reader.error = ReaderGaveUp("it hung")
        document = await make.processed(firm)
        await corrections.change_kind(firm.actor, document.id, document.version, DocumentKind.W2)
        document = await look(firm, document)
        await corrections.correct_field(
            firm.actor, document.id, document.version, "box_2", FieldCorrection(value="6000.00")
        )


class TestTheSweep:
    async def test_finds_the_upload_of_an_announcement_made_again_days_later(
        self, firm: Firm, storage: None, at_once: None
    ) -> None:
        given = b"late" * 5
        new = make.new_upload(firm, given, "late.pdf")
        first = await intake.reserve_upload(firm.actor, new)
        async with transaction(firm.actor) as tx:
            await tx.run(
                "UPDATE documents SET announced_at = now() - interval '2 days' WHERE id = %(id)s",
                id=first.document_id,
            )
        again = await intake.reserve_upload(firm.actor, new)
        await make.put(firm, again.document_id, given)
        found = await sweep.receive_unannounced(firm.organization_id)
        assert [each.document_id for each in found] == [again.document_id]

    async def test_a_run_overtaken_by_new_bytes_ends(self, firm: Firm, reader: FakeReader) -> None:
        reader.reading = readings.reading(readings.tax_return())
        old = await make.received(firm, b"sent twice")
        await make.put(firm, old.document_id, b"sent twice")
        run = await intake.receive_blob(firm.organization_id, old.document_id)
        assert run
        await make.carry_out_run(make.job_of(firm, run))
        await make.carry_out_run(old)
        document = await look(firm, old.document_id)
        assert [each.outcome is not None for each in document.runs] == [True, True]
